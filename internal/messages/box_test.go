package messages

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/org"
)

func TestANoticeReachesTheBoxOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.Send(w.system, accepted(w.villager, "case:1:accepted")))
		w.must(w.Send(w.system, accepted(w.villager, "case:1:accepted")))
		w.unread(w.villager, 1)
		w.unread(w.clerk, 0)
		list, next, err := w.List(w.villager, false, db.Page{})
		w.must(err)
		if len(list) != 1 || next != "" || list[0].Title != "已受理：林木采伐许可证核发" || !list[0].Required ||
			!strings.Contains(list[0].Text, "承诺在2026年12月2日前作出决定") || list[0].Link != "/my/cases/2611180345712946" {
			t.Fatalf("box: %+v, %q", list, next)
		}
		if other, _, err := w.List(w.clerk, false, db.Page{}); err != nil || len(other) != 0 {
			t.Errorf("somebody else's box: %+v, %v", other, err)
		}
		w.drain()
		if len(w.sms.sent) != 1 || w.sms.sent[0].To != "13812345678" || !strings.HasPrefix(w.sms.sent[0].Text, "【一门政务】“林木采伐许可证核发”已受理") {
			t.Errorf("text messages: %+v", w.sms.sent)
		}
		if len(w.mail.sent) != 0 {
			t.Errorf("mail without an address: %+v", w.mail.sent)
		}
	})
}

// Staff are told by the number in the register of staff, unless they do not
// want to, or have left.
func TestStaffAreToldByTelephone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		remind := func(key string) int {
			t.Helper()
			w.sms.sent = nil
			w.must(w.Send(w.system, Notice{To: account(w.clerk), Template: "task.reminded", Key: key, Link: "/office",
				Vars: map[string]string{"by": "盘秀兰", "task": "审查", "item": "林木采伐许可证核发", "number": "2611180345712946", "due": "2026年12月2日"}}))
			w.drain()
			return len(w.sms.sent)
		}
		register := func() {
			t.Helper()
			w.must(w.org.LoadCity(w.system, org.Rows{Staff: []org.Staff{{ID: "s-1", Name: "李建国", Post: "approver", Phone: "13912345678", Active: true}}}))
		}
		if n := remind("1"); n != 0 {
			t.Errorf("%d text messages to somebody without a number", n)
		}
		register()
		if n := remind("2"); n != 1 || w.sms.sent[0].To != "13912345678" {
			t.Errorf("text messages: %+v", w.sms.sent)
		}
		w.must(w.Prefer(w.clerk, false, true))
		if n := remind("3"); n != 0 {
			t.Errorf("%d text messages to somebody who wants none", n)
		}
		w.must(w.Prefer(w.clerk, true, true))
		_, err := w.db.Conn(w.system).Exec(w.system, `UPDATE org_staff SET active = $1`, false)
		w.must(err)
		if n := remind("4"); n != 0 {
			t.Errorf("%d text messages to somebody who has left", n)
		}
	})
}

// A notice is part of what it tells of.
func TestNoCommitNoMessage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		undone := errors.New("undone")
		err := w.db.InTx(w.system, func(ctx context.Context) error {
			w.must(w.Send(ctx, accepted(w.villager, "case:1:accepted")))
			return undone
		})
		w.refused(err, undone)
		w.drain()
		w.unread(w.villager, 0)
		if len(w.sms.sent) != 0 {
			t.Errorf("told of what never happened: %+v", w.sms.sent)
		}
	})
}

func TestReadingHidingAndOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 5 {
			w.must(w.Send(w.system, accepted(w.villager, fmt.Sprint("case:", i))))
			w.clock.Advance(time.Minute)
		}
		list, _, err := w.List(w.villager, false, db.Page{})
		w.must(err)
		oldest, newest := list[4].ID, list[0].ID
		x, err := w.Open(w.villager, newest)
		w.must(err)
		if x.ID != newest {
			t.Errorf("opened %+v", x)
		}
		_, err = w.Open(w.villager, newest) // counted once
		w.must(err)
		w.unread(w.villager, 4)
		_, err = w.Open(w.clerk, oldest)
		w.refused(err, ErrUnknown)
		_, err = w.Open(context.Background(), oldest)
		w.refused(err, ErrUnknown)
		w.refused(w.Hide(w.clerk, oldest), ErrUnknown)
		w.must(w.Hide(w.villager, oldest))
		w.refused(w.Hide(w.villager, oldest), ErrUnknown)
		w.unread(w.villager, 3)

		// Unread ones first, and each on one page.
		var order []string
		page := db.Page{Limit: 2}
		for {
			part, next, err := w.List(w.villager, false, page)
			w.must(err)
			for _, m := range part {
				order = append(order, m.ID)
			}
			if page.After = next; next == "" {
				break
			}
		}
		if len(order) != 4 || order[3] != newest {
			t.Errorf("order %v, the one read is %s", order, newest)
		}
		if only, _, err := w.List(w.villager, true, db.Page{}); err != nil || len(only) != 3 {
			t.Errorf("unread only: %d, %v", len(only), err)
		}
		w.must(w.ReadAll(w.villager))
		w.must(w.ReadAll(w.villager))
		w.unread(w.villager, 0)
		_, _, err = w.List(context.Background(), false, db.Page{})
		w.refused(err, identity.ErrSignIn)
		w.refused(w.ReadAll(context.Background()), identity.ErrSignIn)
		_, _, err = w.List(w.villager, false, db.Page{After: "nonsense"})
		w.refused(err, db.ErrCursor)
	})
}

func TestWithoutAnAccountBySMSAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := accepted(context.Background(), "case:1:accepted")
		n.Name, n.Phone = "王小明", "13900000001"
		w.must(w.Send(w.system, n))
		w.drain()
		if len(w.sms.sent) != 1 || w.sms.sent[0].To != "13900000001" {
			t.Errorf("text messages: %+v", w.sms.sent)
		}
	})
}

func TestWhatSendRefuses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := accepted(w.villager, "k")
		n.Template = "case.nonsense"
		w.refused(w.Send(w.system, n), ErrTemplateUnknown)
		n = accepted(w.villager, "")
		if err := w.Send(w.system, n); err == nil {
			t.Error("sent without a key")
		}
		n = accepted(w.villager, "k")
		n.Vars = map[string]string{"item": "x", "number": "1", "agency": "y"}
		if err := w.Send(w.system, n); err == nil || !strings.Contains(err.Error(), "due") {
			t.Errorf("sent with a hole in it: %v", err)
		}
		w.unread(w.villager, 0)
	})
}

func TestSweepForgetsWhatIsOld(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.Send(w.system, accepted(w.villager, "old")))
		w.drain()
		w.clock.Advance(200 * 24 * time.Hour)
		w.must(w.Send(w.system, accepted(w.villager, "newer")))
		w.drain()
		w.must(w.Sweep(w.system))
		if got := w.states(SMS); got[Sent] != 1 {
			t.Errorf("deliveries left: %v", got)
		}
		w.unread(w.villager, 2)
		w.clock.Advance(keepMessages - 100*24*time.Hour)
		w.must(w.Sweep(w.system))
		w.unread(w.villager, 1)
	})
}
