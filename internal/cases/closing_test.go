package cases

import (
	"errors"
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
		if why := one[[]string](w)(w.InTheWayOfClosing(w.ctx, "zhang")); len(why) != 1 {
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
		if why := one[[]string](w)(w.InTheWayOfClosing(w.ctx, "zhang")); len(why) != 0 {
			t.Errorf("nothing goes on: %v", why)
		}
	})
}
