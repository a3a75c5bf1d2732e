package workflow

import "context"

// Claim takes a task that nobody has (签收), or takes back one's own that was
// delegated, or one of a colleague on leave for whom the actor stands in.
// Errors: ErrTaskUnknown, ErrTaskOver, ErrTaskTaken, ErrTaskDenied.
func (m *Module) Claim(ctx context.Context, task string) error {
	return m.onTask(ctx, task, func(ctx context.Context, r *run, t *taskRow) error {
		if err := r.stale(t); err != nil {
			return err
		}
		if t.OnBehalf == r.actor.Account && r.actor.SignedIn() {
			return r.assign(ctx, t, ActClaim, r.actor.Account, "", "")
		}
		if t.State == Waiting {
			return ErrTaskWaiting.Allowed(t.allowed(r.actor)...)
		}
		if t.covered(r.actor) {
			return r.assign(ctx, t, ActClaim, r.actor.Account, t.Assignee, "")
		}
		if t.Assignee != "" {
			return ErrTaskTaken.Allowed(t.allowed(r.actor)...)
		}
		if err := t.mayAct(r.actor); err != nil {
			return err
		}
		return r.assign(ctx, t, ActClaim, r.actor.Account, "", "")
	})
}

// Unclaim gives a task back: to everybody of the agency, or, when it was
// delegated, to the delegator. Errors: ErrTaskUnknown, ErrTaskOver, ErrNotYours.
func (m *Module) Unclaim(ctx context.Context, task string) error {
	return m.onTask(ctx, task, func(ctx context.Context, r *run, t *taskRow) error {
		if err := r.own(t); err != nil {
			return err
		}
		return r.assign(ctx, t, ActUnclaim, t.OnBehalf, "", "")
	})
}

// own says whether the task is open and in the actor's name.
func (r *run) own(t *taskRow) error {
	if err := r.stale(t); err != nil {
		return err
	}
	if t.Assignee != r.actor.Account || !r.actor.SignedIn() {
		return ErrNotYours.Allowed(t.allowed(r.actor)...)
	}
	return nil
}

// assign records the act and puts the task into somebody's hands.
func (r *run) assign(ctx context.Context, t *taskRow, act, to, behalf, reason string) error {
	r.record(t, act, reason, to, "")
	if to != r.actor.Account && (act == ActReassign || act == ActDelegate) {
		r.tell(TaskAssigned{
			Subject: t.Subject, Instance: t.Instance, Task: t.ID, Name: t.Name, Agency: t.Agency, Assignee: to,
			Act: act, DueOn: t.due(), By: r.actor.Account, ByName: r.actor.Name, At: r.now,
		})
	}
	return r.m.exec(ctx, 1, `UPDATE workflow_task SET assignee = $2, on_behalf = $3, touched = $4 WHERE id = $1
		AND state IN ('open', 'waiting')`, t.ID, to, behalf, true)
}
