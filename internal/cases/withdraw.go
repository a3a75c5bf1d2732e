package cases

import (
	"context"
	"errors"

	"yimen/internal/kit/errs"
	"yimen/internal/workflow"
	"yimen/workday"
)

// Withdraw takes an application back (撤回), by the applicant or by the clerk who
// acts for them, at any time before the decision.
func (m *Module) Withdraw(ctx context.Context, number string, a Act) (Case, error) {
	return m.act(ctx, number, VerbWithdraw, a, func(ctx context.Context, t *turn) error {
		var bad errs.Fields
		checkText(&bad, "opinion", &a.Opinion, "")
		if !t.r.owns(t.actor) && a.Opinion == "" {
			bad.Add("opinion", "代申请人撤回须写明申请人的撤回意愿和理由。")
		}
		if err := bad.Err(); err != nil {
			return err
		}
		return t.end(ctx, VerbWithdraw, a.Opinion)
	})
}

// Terminate ends a case without a decision (终止审查): the applicant died, the
// matter no longer exists, force majeure. Reasons are needed.
func (m *Module) Terminate(ctx context.Context, number string, a Act) (Case, error) {
	return m.act(ctx, number, VerbTerminate, a, func(ctx context.Context, t *turn) error {
		var bad errs.Fields
		checkText(&bad, "opinion", &a.Opinion, "请写明终止办理的理由和依据。")
		if err := bad.Err(); err != nil {
			return err
		}
		return t.end(ctx, VerbTerminate, a.Opinion)
	})
}

// end closes a case before its time: the clock stops, the process is
// cancelled, the applicant gets it in writing.
func (t *turn) end(ctx context.Context, v Verb, reason string) error {
	decided := !t.r.DecidedOn.IsZero()
	if err := t.step(v, reason, nil); err != nil {
		return err
	}
	if !t.r.AcceptedOn.IsZero() && !decided {
		if err := t.clock(ctx, workday.Entry{Kind: workday.Stop, On: t.today}); err != nil {
			return err
		}
		err := t.m.Workflow.Cancel(ctx, t.r.Number, reason)
		if err != nil && !errors.Is(err, workflow.ErrNotRunning) {
			return err
		}
	}
	at := t.now
	t.r.ClosedAt = &at
	def, err := t.definition(ctx)
	if err != nil {
		return err
	}
	t.give(endSheet(t.r, def, v, reason))
	if v == VerbWithdraw {
		t.tell(Withdrawn{t.r.ref()})
	} else {
		t.tell(Terminated{t.r.ref()})
	}
	return nil
}
