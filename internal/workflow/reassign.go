package workflow

import (
	"context"

	"yimen/internal/identity"
)

// Reassign gives a task to an account that may do it (改派): one's own, or
// somebody else's with task.reassign over the agency. What was delegated no
// longer is. Errors: ErrTaskUnknown, ErrTaskOver, ErrTaskDenied,
// ErrAccountUnfit.
func (m *Module) Reassign(ctx context.Context, task, to, reason string) error {
	return m.onTask(ctx, task, func(ctx context.Context, r *run, t *taskRow) error {
		if err := r.stale(t); err != nil {
			return err
		}
		if t.Assignee != r.actor.Account && !r.actor.Can(VerbReassign, t.place()) {
			return ErrTaskDenied
		}
		if err := checkOpinion(reason, false); err != nil {
			return err
		}
		other, err := m.account(ctx, to)
		if err != nil {
			return err
		}
		if !other.Can(verbOf[t.Role], t.place()) {
			return ErrAccountUnfit.Field("to", ErrAccountUnfit.Message)
		}
		return r.assign(ctx, t, ActReassign, other.Account, "", reason)
	})
}

// Delegate hands one's own task to a colleague of the same agency, who acts on
// one's behalf (委托): the record names both. Claim takes it back, Unclaim by the
// colleague gives it back. Errors: ErrTaskUnknown, ErrTaskOver, ErrNotYours,
// ErrDelegated, ErrAccountUnfit, ErrDelegateAgency.
func (m *Module) Delegate(ctx context.Context, task, to, reason string) error {
	return m.onTask(ctx, task, func(ctx context.Context, r *run, t *taskRow) error {
		if err := r.own(t); err != nil {
			return err
		}
		if t.OnBehalf != "" {
			return ErrDelegated.Allowed(t.allowed(r.actor)...)
		}
		if err := checkOpinion(reason, false); err != nil {
			return err
		}
		other, err := m.account(ctx, to)
		if err != nil {
			return err
		}
		if other.Agency != t.Agency || other.Account == r.actor.Account {
			return ErrDelegateAgency.Field("to", ErrDelegateAgency.Message)
		}
		return r.assign(ctx, t, ActDelegate, other.Account, r.actor.Account, reason)
	})
}

// account reads somebody who is to get a task: staff, and known.
func (m *Module) account(ctx context.Context, account string) (identity.Actor, error) {
	unfit := ErrAccountUnfit.Field("to", ErrAccountUnfit.Message)
	if account == "" {
		return identity.Actor{}, unfit
	}
	a, err := m.Accounts.Actor(ctx, account)
	if err != nil {
		return a, unfit.Because(err)
	}
	if !a.IsStaff() || a.IsSystem() {
		return a, unfit
	}
	return a, nil
}
