package messages

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

// A new number counts once the code sent to it came back; the old one is told.
func TestTelephoneIsProven(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		phone := func() string {
			p, err := w.id.Person(w.system, "villager")
			w.must(err)
			return p.Phone
		}
		w.refused(w.ProvePhone(w.clerk, "13900001111"), identity.ErrSignIn)
		for _, bad := range []string{"", "1390000111", "0751-8888888", "13812345678"} {
			if err := w.ProvePhone(w.villager, bad); errs.KindOf(err) != errs.Invalid {
				t.Errorf("the number %q: %v", bad, err)
			}
		}
		w.must(w.ProvePhone(w.villager, "13900001111"))
		w.refused(w.ProvePhone(w.villager, "13900001112"), ErrTooSoon)
		w.drain()
		code := w.code(0, "13900001111")
		if pending, err := w.PendingPhone(w.villager); err != nil || pending != "13900001111" || phone() != "13812345678" {
			t.Errorf("waiting: %q, %v; the number is %s", pending, err, phone())
		}
		w.refused(w.ConfirmPhone(w.villager, "00000x"), ErrPhoneCode)
		w.refused(w.ConfirmPhone(w.clerk, code), ErrPhoneCode)
		w.must(w.ConfirmPhone(w.villager, " "+code))
		w.refused(w.ConfirmPhone(w.villager, code), ErrPhoneCode)
		w.drain()
		old := slices.IndexFunc(w.sms.sent, func(m Outgoing) bool { return m.To == "13812345678" }) // two are told, in whichever order
		if phone() != "13900001111" || old < 0 || !strings.Contains(w.sms.sent[old].Text, "139****1111") {
			t.Errorf("the number is %s; told: %+v", phone(), w.sms.sent)
		}
		w.unread(w.villager, 1)
	})
}

func TestTelephoneCodesEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.ProvePhone(w.villager, "13900001111"))
		for range codeTries {
			w.refused(w.ConfirmPhone(w.villager, "wrong!"), ErrPhoneCode)
		}
		w.drain()
		w.refused(w.ConfirmPhone(w.villager, w.code(0, "13900001111")), ErrPhoneCode)
		w.clock.Advance(2 * codePause)
		w.must(w.ProvePhone(w.villager, "13900001111"))
		w.drain()
		w.clock.Advance(codeLives + time.Second)
		w.refused(w.ConfirmPhone(w.villager, w.code(1, "13900001111")), ErrPhoneCode)
		for range codesPerNumber - 2 {
			w.must(w.ProvePhone(w.villager, "13900001111"))
			w.clock.Advance(2 * codePause)
		}
		w.refused(w.ProvePhone(w.villager, "13900001111"), ErrTooMany)
		w.must(w.ProvePhone(w.villager, "13900002222"))
		w.must(w.CancelPhone(w.villager))
		if pending, err := w.PendingPhone(w.villager); err != nil || pending != "" {
			t.Errorf("given up, and %q waits: %v", pending, err)
		}
		w.Module.SMS = nil
		w.clock.Advance(2 * codePause)
		w.refused(w.ProvePhone(w.villager, "13900003333"), ErrChannelOff)
	})
}

// code is the code in the n-th text message, which must have gone to a number.
func (w *world) code(n int, to string) string {
	w.t.Helper()
	if len(w.sms.sent) <= n || w.sms.sent[n].To != to {
		w.t.Fatalf("no message to %s: %+v", to, w.sms.sent)
	}
	return regexp.MustCompile(`\d{6}`).FindString(w.sms.sent[n].Text)
}
