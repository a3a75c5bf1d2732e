package cases

import (
	"errors"
	"strings"
	"testing"

	"yimen/internal/identity"
)

// TestForgetKeepsWhatWasHandedIn: drafts go, of the closed account alone; cases
// stay as long as the law has them, and one that goes on is in the way.
func TestForgetKeepsWhatWasHandedIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		filed := one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		mine := one[Draft](w)(w.SaveDraft(w.as("zhang"), w.web("zhang")))
		theirs := one[Draft](w)(w.SaveDraft(w.as("li"), w.web("li")))
		if why := one[[]string](w)(w.InTheWayOfClosing(w.ctx, "zhang", identity.LevelRegister)); len(why) != 1 {
			t.Errorf("a case that goes on: %v", why)
		}
		w.must(w.Forget(w.ctx, identity.Person{Account: "zhang"}))
		if _, err := w.Draft(w.as("zhang"), mine.Number); !errors.Is(err, ErrDraftUnknown) {
			t.Errorf("the draft: %v", err)
		}
		one[Draft](w)(w.Draft(w.as("li"), theirs.Number))
		if c := one[Case](w)(w.Find(w.as("approver"), filed.Number)); len(c.Content.Form) == 0 {
			t.Error("what was handed in is gone")
		}
		one[Case](w)(w.Withdraw(w.as("zhang"), filed.Number, Act{}))
		if why := one[[]string](w)(w.InTheWayOfClosing(w.ctx, "zhang", identity.LevelRegister)); len(why) != 0 {
			t.Errorf("nothing goes on: %v", why)
		}
	})
}

// TestClosingTellsNoMoreThanMayBeSeen: of what a window filed under the number
// the account hears at the level at which it sees it, and not even a count below;
// what it filed itself it always hears of.
func TestClosingTellsNoMoreThanMayBeSeen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.atWindow()
		s.Applicant.Name, s.Applicant.IDNo = w.have["zhang"].Name, idOf("zhang")
		c := one[Case](w)(w.Submit(w.as("clerk"), s))
		if c.Account != "zhang" {
			t.Fatalf("the case stands under %q", c.Account)
		}
		for _, low := range []identity.Level{identity.LevelNone, identity.LevelPhone, identity.LevelRegister} {
			if why := one[[]string](w)(w.InTheWayOfClosing(w.ctx, "zhang", low)); len(why) != 0 {
				t.Errorf("level %d is told %v", low, why)
			}
		}
		if why := one[[]string](w)(w.InTheWayOfClosing(w.ctx, "zhang", OwnLevel)); len(why) != 1 || !strings.Contains(why[0], "1件事") {
			t.Errorf("its owner is told %v", why)
		}
		one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		if why := one[[]string](w)(w.InTheWayOfClosing(w.ctx, "zhang", identity.LevelRegister)); len(why) != 1 || !strings.Contains(why[0], "1件事") {
			t.Errorf("of what it filed itself: %v", why)
		}
	})
}
