package workflow

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

func TestTwoPeopleOnOneTask(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 10 {
			subject := fmt.Sprintf("C%d", i)
			w.start(subject, line, nil)
			id := w.open(subject, "a")
			results := together(8, func(k int) error {
				if k%2 == 0 {
					return w.Approve(w.as("ann"), id, Act{})
				}
				return w.Refuse(w.as("ben"), id, "不同意")
			})
			won := 0
			for _, err := range results {
				if err == nil {
					won++
				} else if !errors.Is(err, ErrTaskOver) || errs.KindOf(err) != errs.Conflict {
					t.Errorf("loser got %v", err)
				}
			}
			if won != 1 {
				t.Errorf("%s: %d won", subject, won)
			}
			if s := w.shape(subject); s != "b" && s != "d" {
				t.Errorf("%s stands at %s", subject, s)
			}
		}
	})
}

func TestSixtyFourAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		results := together(64, func(k int) error {
			subject := fmt.Sprintf("C%d", k)
			w.start(subject, line, nil)
			for _, node := range []string{"a", "b", "d"} {
				if err := w.Approve(w.as("ann"), w.open(subject, node), Act{}); err != nil {
					return err
				}
			}
			return nil
		})
		for k, err := range results {
			if err != nil {
				t.Errorf("C%d: %v", k, err)
			}
		}
		if n := len(heard[Finished](w)); n != 64 {
			t.Errorf("%d finished", n)
		}
	})
}

// Branches finish at the same moment: the join must open exactly one decision.
func TestJoinAtTheSameMoment(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var branches []Branch
		for k := range 8 {
			branches = append(branches, branch("", step(fmt.Sprintf("s%d", k))))
		}
		w.start("C1", def(parallel("p", branches...), decide("d")), nil)
		ids := make([]string, 8)
		for k := range ids {
			ids[k] = w.open("C1", fmt.Sprintf("s%d", k))
		}
		for k, err := range together(8, func(k int) error { return w.Approve(w.as("ann"), ids[k], Act{}) }) {
			if err != nil {
				t.Errorf("branch %d: %v", k, err)
			}
		}
		w.wantShape("C1", "d")
	})
}

func together(n int, fn func(k int) error) []error {
	results := make([]error, n)
	var ready, done sync.WaitGroup
	ready.Add(n)
	for k := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			results[k] = fn(k)
		})
	}
	done.Wait()
	return results
}

// TestRandomActs plays random definitions with random acts of random people,
// withdrawals among them, and looks at the tables after each.
func TestRandomActs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for seed := range uint64(25) {
			rnd := rand.New(rand.NewPCG(seed, 7))
			g := &generator{rnd: rnd}
			subject := fmt.Sprintf("R%d", seed)
			w.start(subject, g.definition(), map[string]any{"x": rnd.IntN(3)})
			for range 60 {
				i, err := w.Instance(w.ctx, subject)
				w.must(err)
				if i.State != "running" {
					break
				}
				w.randomAct(i, rnd)
				w.checkInstance(subject)
			}
			w.checkInstance(subject)
		}
		if len(heard[ActWithdrawn](w)) < 20 || len(heard[Finished](w)) < 5 || len(heard[Returned](w)) < 10 {
			t.Errorf("too little happened: %d withdrawn, %d finished, %d returned",
				len(heard[ActWithdrawn](w)), len(heard[Finished](w)), len(heard[Returned](w)))
		}
	})
}

// randomAct does something that may be refused, but must not go wrong.
func (w *world) randomAct(i Instance, rnd *rand.Rand) {
	w.t.Helper()
	ctx := identity.With(w.ctx, identity.Actor{Account: fmt.Sprint("p", rnd.IntN(6)), Kind: identity.KindStaff, Grants: everything()})
	task := i.Tasks[rnd.IntN(len(i.Tasks))].ID // often one that is over
	if rnd.IntN(3) > 0 {
		task = i.Tasks[len(i.Tasks)-1].ID
	}
	var err error
	switch rnd.IntN(12) {
	case 0:
		err = w.Refuse(ctx, task, "不同意")
	case 1, 2:
		targets, terr := w.Targets(ctx, task)
		w.must(terr)
		if len(targets) > 0 {
			err = w.Return(ctx, task, targets[rnd.IntN(len(targets))].Node, "退回")
		}
	case 3:
		err = w.AddApprover(ctx, task, Extra{Agency: countyFire, Position: []string{Before, After}[rnd.IntN(2)]})
	case 4, 5, 6:
		act := i.History[len(i.History)-1-rnd.IntN(min(3, len(i.History)))]
		if act.Task == "" {
			return
		}
		ctx = identity.With(w.ctx, identity.Actor{Account: act.Actor, Kind: identity.KindStaff, Grants: everything()})
		err = w.WithdrawAct(ctx, act.Task, "撤回")
	default:
		err = w.Approve(ctx, task, Act{})
	}
	if k := errs.KindOf(err); err != nil && k != errs.Conflict && k != errs.Invalid {
		w.t.Fatalf("random act: %v", err)
	}
}

func everything() []identity.Grant {
	var grants []identity.Grant
	for _, v := range verbOf {
		grants = append(grants, identity.Grant{Verb: v})
	}
	return grants
}

func (w *world) checkInstance(subject string) {
	w.t.Helper()
	i, err := w.Instance(w.ctx, subject)
	w.must(err)
	var rows []*taskRow
	w.must(w.DB.Conn(w.ctx).Select(w.ctx, &rows, `SELECT `+taskColumns+` FROM workflow_task WHERE instance = $1
		AND state IN ('open', 'waiting')`, i.ID))
	b := &board{plan: newPlan(i.Definition, i.way), outcome: i.Outcome}
	open := 0
	for _, row := range rows {
		b.tasks = append(b.tasks, row.token())
		if row.State == Open {
			open++
		}
	}
	if i.State != "running" {
		b.finished = 1
	} else if open == 0 {
		w.t.Fatalf("%s is stuck: %s", subject, b)
	}
	checkInvariants(w.t, b)
	finished := 0
	for _, f := range heard[Finished](w) {
		if f.Subject == subject {
			finished++
		}
	}
	if finished != b.finished {
		w.t.Fatalf("%s: finished told %d times, is %s", subject, finished, i.State)
	}
}
