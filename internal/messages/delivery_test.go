package messages

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

func TestAFailureIsTriedAgainAndGivenUp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.sms.err = errors.New("no answer for 13812345678")
		w.must(w.Send(w.system, accepted(w.villager, "k")))
		for i := range len(pauses) + 1 {
			w.drain()
			if len(w.sms.sent) != i+1 {
				t.Fatalf("after %d rounds tried %d times", i+1, len(w.sms.sent))
			}
			w.drain() // not before its time
			if i < len(pauses) {
				w.clock.Advance(pauses[i])
			}
			if w.clock.Now().In(time.FixedZone("", 8*3600)).Hour() >= 20 {
				w.clock.Advance(12 * time.Hour) // over the quiet hours
			}
		}
		list, _, err := w.deliveries(w.system, Filter{}, db.Page{})
		w.must(err)
		if len(list) != 1 || list[0].State != Failed || list[0].Attempts != len(pauses)+1 || strings.Contains(list[0].Reason, "1381234") {
			t.Fatalf("given up: %+v", list)
		}
		for _, o := range w.sms.sent {
			if o.ID != list[0].ID || o.Text != w.sms.sent[0].Text {
				t.Errorf("tried as another: %+v", o)
			}
		}
		w.sms.err = nil
		w.must(w.Retry(w.system, list[0].ID))
		w.refused(w.Retry(w.system, list[0].ID), ErrNotFailed)
		w.drain()
		if got := w.states(SMS); got[Sent] != 1 || len(got) != 1 {
			t.Errorf("after the retry: %v", got)
		}
		w.must(w.compactTally(w.system))
		if got := w.states(SMS); got[Sent] != 1 {
			t.Errorf("after summing up: %v", got)
		}
	})
}

func TestWhatIsRefusedIsNotTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.sms.err = Permanent(errors.New("no such number"))
		for i := range 3 {
			w.must(w.Send(w.system, accepted(w.villager, fmt.Sprint(i))))
		}
		w.drain()
		if got := w.states(SMS); got[Failed] != 3 || len(w.sms.sent) != 3 {
			t.Errorf("refused: %v after %d tries", got, len(w.sms.sent))
		}
		w.sms.err = nil
		n, err := w.RetryFailed(w.system, SMS)
		w.must(err)
		w.drain()
		if got := w.states(SMS); n != 3 || got[Sent] != 3 {
			t.Errorf("%d tried again: %v", n, got)
		}
	})
}

// A process that died while sending sends once more under the same id.
func TestATakenDeliveryIsFinished(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.Send(w.system, accepted(w.villager, "k")))
		list, _, err := w.deliveries(w.system, Filter{}, db.Page{})
		w.must(err)
		_, taken, err := w.take(w.system)
		w.must(err)
		if got := w.states(SMS); len(taken) != 1 || taken[0].ID != list[0].ID || got[Sending] != 1 {
			t.Fatalf("taken: %v, %v", taken, got)
		}
		w.drain() // whoever took it may still be at it
		if len(w.sms.sent) != 0 {
			t.Fatalf("sent beside whoever took it: %+v", w.sms.sent)
		}
		w.clock.Advance(sendLease)
		w.drain()
		w.drain()
		if got := w.states(SMS); got[Sent] != 1 || len(w.sms.sent) != 1 {
			t.Errorf("finished: %v, %d sent", got, len(w.sms.sent))
		}
	})
}

// Most that wait do so for another day, and there may be very many of them.
func TestWhatIsDueIsFoundWithoutLookingAtWhatIsNot(t *testing.T) {
	w := newWorld(t, dbtest.Open(t, sources))
	plans := dbtest.Plans(t, w.db, "messages_delivery", func(ctx context.Context) {
		_, _, err := w.take(ctx)
		w.must(err)
		_, err = w.due(ctx)
		w.must(err)
	})
	for _, p := range plans {
		if !strings.Contains(p, "messages_delivery_due (due_at<") {
			t.Errorf("found by %q", p)
		}
	}
}

func TestNightsAndLimits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Limits.PerHour, w.Limits.PerPerson = 4, 2
		w.clock.Set(time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC)) // 23:30 in Beijing
		for i := range 3 {
			w.must(w.Send(w.system, delivered(w.villager, fmt.Sprint("progress:", i))))
		}
		w.must(w.Send(w.system, accepted(w.villager, "required")))
		waiting, _, err := w.deliveries(w.system, Filter{}, db.Page{Limit: 1})
		w.must(err)
		if waiting[0].Reason != atNight || !waiting[0].DueAt.After(w.clock.Now()) { // without a job that finds it out
			t.Errorf("at night: %+v", waiting[0])
		}
		w.drain()
		if len(w.sms.sent) != 0 || w.states(SMS)[Waiting] != 4 {
			t.Fatalf("sent at night: %+v", w.sms.sent)
		}
		list, _, err := w.deliveries(w.system, Filter{}, db.Page{Limit: 1})
		w.must(err)
		if want := time.Date(2026, 11, 18, 23, 0, 0, 0, time.UTC); !list[0].DueAt.Equal(want) {
			t.Errorf("put off until %s", list[0].DueAt)
		}
		w.clock.Set(list[0].DueAt) // 7:00
		w.drain()
		if got := w.states(SMS); got[Sent] != 3 || got[Skipped] != 1 {
			t.Errorf("two of progress and what the law requires: %v", got)
		}
		for i := range 2 {
			w.must(w.Send(w.system, accepted(w.villager, fmt.Sprint("more:", i))))
		}
		w.drain()
		if got := w.states(SMS); got[Sent] != 4 || got[Waiting] != 1 {
			t.Errorf("four in an hour: %v", got)
		}
		w.clock.Advance(time.Hour)
		w.drain()
		if got := w.states(SMS); got[Sent] != 5 {
			t.Errorf("the next hour: %v", got)
		}
	})
}

// However many wait, each is held once: it is given the hour in which its turn
// comes, over the night where one lies between, and what is urgent still leaves.
func TestAFullHourGivesTurns(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Limits.PerHour, w.Limits.PerPerson = 10, 1000
		w.clock.Set(time.Date(2026, 11, 18, 12, 20, 0, 0, time.UTC)) // 20:20 in Beijing
		for i := range 35 {
			w.must(w.Send(w.system, accepted(w.villager, fmt.Sprint("many:", i))))
		}
		w.drain()
		turns := func() map[string]int {
			list, _, err := w.deliveries(w.system, Filter{Channel: SMS}, db.Page{Limit: 200})
			w.must(err)
			found := map[string]int{}
			for _, d := range list {
				found[string(d.State)+" "+d.Turn]++
			}
			return found
		}
		want := map[string]int{"sent ": 9, "waiting 2026-11-18 21": 9, "waiting 2026-11-19 07": 9, "waiting 2026-11-19 08": 8}
		if got := turns(); !maps.Equal(got, want) {
			t.Fatalf("turns: %v", got)
		}
		urgent := Notice{Phone: "13900000001", Template: "account.phone_code", Key: "urgent", Vars: map[string]string{"verify": "123456"}}
		w.must(w.Send(w.system, urgent))
		w.must(w.Send(w.system, accepted(w.villager, "late"))) // after all others
		w.drain()
		want["sent "], want["waiting 2026-11-19 08"] = 10, 9
		if got := turns(); !maps.Equal(got, want) {
			t.Fatalf("with an urgent one: %v", got)
		}
		for _, step := range []struct {
			at   time.Time
			sent int
		}{{start.Add(11 * time.Hour), 19}, {start.Add(21 * time.Hour), 28}, {start.Add(22 * time.Hour), 37}} {
			w.clock.Set(step.at)
			w.drain()
			if got := w.states(SMS)[Sent]; got != step.sent {
				t.Errorf("%s: %d sent, want %d", step.at, got, step.sent)
			}
		}
	})
}

// Whoever missed a turn, since nothing ran in that hour, is counted anew.
func TestAMissedTurn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Limits.PerHour = 2
		for i := range 4 {
			w.must(w.Send(w.system, accepted(w.villager, fmt.Sprint(i))))
		}
		w.drain()
		w.clock.Advance(3 * time.Hour)
		w.must(w.Send(w.system, accepted(w.villager, "new")))
		w.drain()
		if got := w.states(SMS); got[Sent] != 4 || got[Waiting] != 1 {
			t.Errorf("after three hours: %v", got)
		}
	})
}

// Many notices in one go are as many in a row: boxes, counts and deliveries.
func TestGather(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.Send(w.system, accepted(w.villager, "before")))
		w.must(w.Gather(w.system, func(ctx context.Context) error {
			for _, key := range []string{"before", "a", "b", "a"} {
				w.must(w.Send(ctx, accepted(w.villager, key)))
			}
			w.must(w.Send(ctx, delivered(w.clerk, "c")))
			return w.Send(ctx, Notice{Phone: "13900000001", Template: "account.phone_code", Key: "d", Vars: map[string]string{"verify": "123456"}})
		}))
		w.unread(w.villager, 3)
		w.unread(w.clerk, 1)
		w.drain()
		if got := w.states(SMS); got[Sent] != 4 || len(got) != 1 {
			t.Errorf("sent: %v", got)
		}
		undo := errors.New("undo")
		w.refused(w.Gather(w.system, func(ctx context.Context) error {
			w.must(w.Send(ctx, accepted(w.villager, "lost")))
			return undo
		}), undo)
		if err := w.Gather(w.system, func(ctx context.Context) error {
			return w.Send(ctx, Notice{To: account(w.clerk), Template: "case.accepted", Key: "hole"})
		}); err == nil {
			t.Error("a notice with a hole was sent")
		}
		w.unread(w.villager, 3)
	})
}

func TestQuietHours(t *testing.T) {
	l := Limits{}.withDefaults()
	for clock, want := range map[string]string{"21:59": "", "22:00": "07:00", "03:00": "07:00", "06:59": "07:00", "07:00": "", "12:00": ""} {
		at, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-18 "+clock, time.FixedZone("CST", 8*3600))
		if err != nil {
			t.Fatal(err)
		}
		until, quiet := l.quiet(at)
		got := ""
		if quiet {
			got = until.In(at.Location()).Format("15:04")
			if !until.After(at) || until.Sub(at) > 9*time.Hour {
				t.Errorf("%s: quiet until %s", clock, until)
			}
		}
		if got != want {
			t.Errorf("%s: until %q, want %q", clock, got, want)
		}
	}
	if _, quiet := (Limits{QuietFrom: 12, QuietTo: 14}).quiet(time.Date(2026, 11, 18, 5, 0, 0, 0, time.UTC)); !quiet { // 13:00
		t.Error("noon is not quiet")
	}
}

func TestPreferences(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.Prefer(w.villager, false, false))
		w.must(w.Send(w.system, delivered(w.villager, "progress")))
		w.must(w.Send(w.system, accepted(w.villager, "required")))
		w.drain()
		if len(w.sms.sent) != 1 || !strings.Contains(w.sms.sent[0].Text, "已受理") {
			t.Errorf("only what the law requires: %+v", w.sms.sent)
		}
		w.unread(w.villager, 2)

		w.refused(w.ProveMail(w.villager, "not an address"), ErrAddress)
		w.must(w.ProveMail(w.villager, "lan@example.com"))
		w.refused(w.ProveMail(w.villager, "lan@example.com"), ErrTooSoon)
		w.drain()
		if len(w.mail.sent) != 1 || w.mail.sent[0].To != "lan@example.com" {
			t.Fatalf("codes: %+v", w.mail.sent)
		}
		code := w.mail.sent[0].Subject[len(w.mail.sent[0].Subject)-6:]
		w.refused(w.ConfirmMail(w.villager, "00000x"), ErrCode)
		w.refused(w.ConfirmMail(w.clerk, code), ErrCode)
		w.must(w.ConfirmMail(w.villager, code))
		w.refused(w.ConfirmMail(w.villager, code), ErrCode)
		w.must(w.Send(w.system, delivered(w.villager, "by mail")))
		w.drain()
		last := w.mail.sent[len(w.mail.sent)-1]
		if len(w.mail.sent) != 2 || last.Subject != "恢复办理：林木采伐许可证核发" || !strings.Contains(last.Text, "https://yimen.test/my/cases/2611180345712946") {
			t.Errorf("mail: %+v", w.mail.sent)
		}
		w.must(w.ForgetMail(w.villager))
		if p, err := w.Preference(w.villager); err != nil || p.Address != "" || p.SMS || !p.Mail {
			t.Errorf("forgotten: %+v, %v", p, err)
		}
		_, err := w.Preference(context.Background())
		w.refused(err, identity.ErrSignIn)
		w.refused(w.Prefer(context.Background(), true, true), identity.ErrSignIn)
	})
}

func TestACodeEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		code := func() string {
			w.drain()
			subject := w.mail.sent[len(w.mail.sent)-1].Subject
			return subject[len(subject)-6:]
		}
		w.must(w.ProveMail(w.villager, "lan@example.com"))
		for range codeTries {
			w.refused(w.ConfirmMail(w.villager, "wrong!"), ErrCode)
		}
		w.refused(w.ConfirmMail(w.villager, code()), ErrCode)
		w.clock.Advance(2 * codePause)
		w.must(w.ProveMail(w.villager, "lan@example.com"))
		late := code()
		w.clock.Advance(codeLives + time.Second)
		w.refused(w.ConfirmMail(w.villager, late), ErrCode)
	})
}

// An administrator of a county sees the deliveries of the county.
func TestDeliveriesByRight(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for division, key := range map[string]string{"440232000000": "a", "440222000000": "b", "": "c"} {
			n := accepted(w.villager, key)
			n.Division = division
			w.must(w.Send(w.system, n))
		}
		w.sms.err = Permanent(errors.New("refused"))
		w.drain()
		county := w.person("county", identity.NewAccount{Kind: identity.KindStaff, DisplayName: "县管理员",
			Roles: []identity.RoleAt{{Role: "system_admin", At: identity.Reach{Division: "440232000000"}}}})
		list, _, err := w.deliveries(county, Filter{State: Failed}, db.Page{})
		w.must(err)
		if len(list) != 1 || list[0].Division != "440232000000" {
			t.Fatalf("the county sees %+v", list)
		}
		counts, err := w.counts(county)
		w.must(err)
		if counts[SMS][Failed] != 1 {
			t.Errorf("the county counts %v", counts)
		}
		all, _, err := w.deliveries(w.system, Filter{}, db.Page{})
		w.must(err)
		for _, d := range all {
			if d.Division != "440232000000" {
				w.refused(w.Retry(county, d.ID), ErrDelivery)
			}
		}
		if n, err := w.RetryFailed(county, ""); err != nil || n != 1 {
			t.Errorf("the county tried %d again, %v", n, err)
		}
		if none, _, err := w.deliveries(w.clerk, Filter{}, db.Page{}); err != nil || len(none) != 0 {
			t.Errorf("a clerk sees %d, %v", len(none), err)
		}
		w.refused(w.SaveWords(county, "case.accepted", 0, Words{}, ""), ErrDenied)
		w.refused(w.Test(county, "case.accepted", SMS, "13812345678"), ErrDenied)
	})
}
