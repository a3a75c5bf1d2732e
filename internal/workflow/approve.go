package workflow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"yimen/internal/kit/db"
)

// MaxOpinion is the longest opinion, in characters.
const MaxOpinion = 2000

// Act is what comes with an approval.
type Act struct {
	Opinion string
	// Outcome is Granted or Denied at a decision step ("" is Granted), and
	// empty elsewhere.
	Outcome string
}

// Approve completes a task (同意). At the decision step it carries the outcome;
// a denial needs an opinion, and ends the instance. Errors: ErrTaskUnknown,
// ErrTaskOver, ErrTaskTaken, ErrTaskWaiting, ErrTaskHeld, ErrTaskDenied,
// ErrSameSigner, ErrOutcome, ErrOpinionNeeded.
func (m *Module) Approve(ctx context.Context, task string, a Act) error {
	return m.onTask(ctx, task, func(ctx context.Context, r *run, t *taskRow) error {
		if err := r.actable(t); err != nil {
			return err
		}
		outcome, err := r.outcome(t, a)
		if err != nil {
			return err
		}
		if outcome == Denied {
			return r.refuse(ctx, t, a.Opinion)
		}
		if err := checkOpinion(a.Opinion, false); err != nil {
			return err
		}
		if err := r.anotherSigner(ctx, t); err != nil {
			return err
		}
		return r.do(ctx, t, ActApprove, a.Opinion, outcome, r.plan.approve(r.tokens(), t.token(), outcome))
	})
}

// Refuse records a negative opinion (不同意), which needs words. At the decision
// step, and where the definition says may_refuse, the instance ends denied;
// elsewhere the case goes straight to the decision step, where it is confirmed
// or granted all the same. Errors: as Approve, and ErrAlreadyDecided after the
// decision.
func (m *Module) Refuse(ctx context.Context, task, opinion string) error {
	return m.onTask(ctx, task, func(ctx context.Context, r *run, t *taskRow) error {
		if err := r.actable(t); err != nil {
			return err
		}
		return r.refuse(ctx, t, opinion)
	})
}

func (r *run) refuse(ctx context.Context, t *taskRow, opinion string) error {
	if err := checkOpinion(opinion, true); err != nil {
		return err
	}
	if err := r.anotherSigner(ctx, t); err != nil {
		return err
	}
	c, ok := r.plan.refuse(r.tokens(), t.token())
	if !ok {
		return ErrAlreadyDecided
	}
	return r.do(ctx, t, ActRefuse, opinion, c.outcome, c)
}

// Return sends the case back to an earlier step (退回), one of Targets; an
// opinion is needed. Branches beside the task that are left are closed.
// Errors: as Approve, and ErrReturnTarget.
func (m *Module) Return(ctx context.Context, task, to, opinion string) error {
	return m.onTask(ctx, task, func(ctx context.Context, r *run, t *taskRow) error {
		if err := r.actable(t); err != nil {
			return err
		}
		if err := checkOpinion(opinion, true); err != nil {
			return err
		}
		c, ok := r.plan.sendBack(r.tokens(), t.token(), to)
		if !ok {
			return ErrReturnTarget.Field("to", ErrReturnTarget.Message)
		}
		r.record(t, ActReturn, opinion, to, "")
		if err := r.apply(ctx, t, ActReturn, opinion, c); err != nil {
			return err
		}
		r.tell(Returned{
			Subject: t.Subject, Instance: t.Instance, From: t.Node, FromName: t.Name, To: to, ToName: c.open[0].Name,
			Opinion: opinion, By: r.actor.Account, ByName: r.actor.Name, Round: r.inst.Round, At: r.now,
		})
		return nil
	})
}

// do records and applies an approval or refusal.
func (r *run) do(ctx context.Context, t *taskRow, act, opinion, outcome string, c change) error {
	r.record(t, act, opinion, "", outcome)
	r.tell(TaskDone{
		Subject: t.Subject, Instance: t.Instance, Task: t.ID, Node: t.Node, Name: t.Name, Agency: t.Agency,
		Result: act, Opinion: opinion, By: r.actor.Account, ByName: r.actor.Name, OnBehalf: r.acts[0].OnBehalf, At: r.now,
	})
	return r.apply(ctx, t, act, opinion, c)
}

// outcome is what an approval decides: only at the decision step, and not by
// an approver added there, who advises.
func (r *run) outcome(t *taskRow, a Act) (string, error) {
	decides := r.plan.steps[t.Node].step.Decision && t.Added == ""
	switch {
	case !decides && a.Outcome == "":
		return "", nil
	case decides && (a.Outcome == "" || a.Outcome == Granted):
		return Granted, nil
	case decides && a.Outcome == Denied:
		return Denied, nil
	}
	return "", ErrOutcome.Field("outcome", ErrOutcome.Message)
}

// anotherSigner sees to it that a step signed by all is signed by different
// people. The program itself is nobody: the sample city's history may sign twice.
func (r *run) anotherSigner(ctx context.Context, t *taskRow) error {
	if t.Added != "" || r.actor.IsSystem() || r.plan.steps[t.Node].step.signing() != SignAll {
		return nil
	}
	var other string
	err := r.m.DB.Conn(ctx).Get(ctx, &other, `SELECT id FROM workflow_task WHERE instance = $1 AND node = $2 AND round = $3
		AND state = 'done' AND added = '' AND done_by = $4 LIMIT 1`, t.Instance, t.Node, t.Round, r.actor.Account)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("look for other signatures: %w", err)
	}
	return ErrSameSigner
}

func checkOpinion(opinion string, needed bool) error {
	switch {
	case utf8.RuneCountInString(opinion) > MaxOpinion:
		return ErrOpinionLong.Field("opinion", ErrOpinionLong.Message)
	case needed && strings.TrimSpace(opinion) == "":
		return ErrOpinionNeeded.Field("opinion", ErrOpinionNeeded.Message)
	}
	return nil
}
