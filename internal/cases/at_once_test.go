package cases

import (
	"sync"
	"testing"

	"yimen/internal/kit/errs"
	"yimen/internal/workflow"
)

// The case and its workflow are two rows that every act on either takes. Acts
// from both sides at once wait for one another and are then refused in words;
// taken in different orders, PostgreSQL would break them off as a deadlock,
// which people see as "the system is busy".
func TestActsFromBothSidesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 12 {
			c := w.reviewing()
			w.pass("approver", c.Number, "review")
			task := w.openTask(c.Number)
			acts := map[string]func() error{
				"decide":   func() error { return second(w.Decide(w.as("head"), c.Number, Act{Outcome: Granted})) },
				"approve":  func() error { return w.flow.Approve(w.as("approver"), task, workflow.Act{Outcome: workflow.Granted}) },
				"withdraw": func() error { return second(w.Withdraw(w.as("clerk"), c.Number, Act{Opinion: "本人要求撤回"})) },
				"pause": func() error {
					return second(w.Pause(w.as("approver"), c.Number, Act{Procedure: "inspection", Days: 5, Opinion: "现场勘验"}))
				},
			}
			var all sync.WaitGroup
			var mu sync.Mutex
			told := map[string]error{}
			for name, act := range acts {
				all.Go(func() {
					err := act()
					mu.Lock()
					defer mu.Unlock()
					told[name] = err
				})
			}
			all.Wait()
			won := 0
			for name, err := range told {
				switch kind := errs.KindOf(err); {
				case err == nil:
					won++
				case kind == errs.Internal || kind == errs.Unavailable:
					t.Errorf("%s: %v", name, err)
				}
			}
			if won == 0 || w.find(c.Number).State == StateReviewing {
				t.Fatalf("%d acts done, the case is %s: %v", won, w.find(c.Number).State, told)
			}
		}
	})
}

// openTask is the task that is open.
func (w *world) openTask(number string) string {
	w.t.Helper()
	for _, task := range one[workflow.Instance](w)(w.flow.Instance(w.ctx, number)).Tasks {
		if task.State == workflow.Open {
			return task.ID
		}
	}
	w.t.Fatalf("case %s has no open task", number)
	return ""
}
