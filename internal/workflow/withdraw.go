package workflow

import (
	"context"
	"fmt"
	"slices"
)

// WithdrawAct undoes what the actor last did to a task (撤回): the approval,
// return, refusal or added approver. What it opened is taken back, what it
// closed stands again. It needs that nobody has touched what followed, and
// that the instance still runs. The history keeps both. Errors:
// ErrTaskUnknown, ErrNothingToUndo, ErrFollowed, ErrTaskHeld.
func (m *Module) WithdrawAct(ctx context.Context, task, reason string) error {
	return m.onTask(ctx, task, func(ctx context.Context, r *run, t *taskRow) error {
		if err := checkOpinion(reason, false); err != nil {
			return err
		}
		if t.LastAct == "" || t.DoneBy != r.actor.Account {
			return ErrNothingToUndo.Allowed(t.allowed(r.actor)...)
		}
		if r.inst.State != "running" {
			return ErrFollowed.Say("办件流程已经办结，不能撤回。")
		}
		if r.inst.HeldOn != "" {
			return ErrTaskHeld
		}
		u, err := r.undoable(ctx, t)
		if err != nil {
			return err
		}
		r.record(t, ActWithdraw, reason, t.LastAct, "")
		r.tell(ActWithdrawn{
			Subject: t.Subject, Instance: t.Instance, Task: t.ID, Node: t.Node, Name: t.Name, Act: u.act,
			By: r.actor.Account, ByName: r.actor.Name, At: r.now,
		})
		return r.undo(ctx, t, u)
	})
}

// undoing is what an act left behind.
type undoing struct {
	act     string     // its name
	created []*taskRow // tasks that the act made
	woken   []*taskRow // tasks that were waiting for it
	closed  []*taskRow // tasks that it made pointless
}

// undoable finds the effects of the task's last act, and refuses when
// something has followed from them.
func (r *run) undoable(ctx context.Context, t *taskRow) (undoing, error) {
	var rows []*taskRow
	err := r.m.DB.Conn(ctx).Select(ctx, &rows, `SELECT `+taskColumns+` FROM workflow_task WHERE instance = $1
		AND (created_act = $2 OR opened_act = $2 OR closed_act = $2) ORDER BY id`, t.Instance, t.LastAct)
	if err != nil {
		return undoing{}, fmt.Errorf("read what followed: %w", err)
	}
	u := undoing{}
	err = r.m.DB.Conn(ctx).Get(ctx, &u.act, `SELECT act FROM workflow_act WHERE id = $1`, t.LastAct)
	if err != nil {
		return undoing{}, fmt.Errorf("read act: %w", err)
	}
	for _, x := range rows {
		switch {
		case x.ClosedAct == t.LastAct && x.State == Superseded:
			u.closed = append(u.closed, x)
		case x.Touched || x.State != Open && x.State != Waiting:
			return u, ErrFollowed.Allowed(t.allowed(r.actor)...)
		case x.CreatedAct == t.LastAct:
			u.created = append(u.created, x)
		default:
			u.woken = append(u.woken, x)
		}
	}
	if !r.plan.consistent(r.after(t, u)) {
		return u, ErrFollowed.Allowed(t.allowed(r.actor)...)
	}
	return u, nil
}

// after are the tasks that would be open once the act is undone.
func (r *run) after(t *taskRow, u undoing) []token {
	var left []token
	for _, x := range r.tasks {
		if x.ID == t.ID || slices.ContainsFunc(u.created, func(c *taskRow) bool { return c.ID == x.ID }) {
			continue
		}
		k := x.token()
		if slices.ContainsFunc(u.woken, func(w *taskRow) bool { return w.ID == x.ID }) {
			k.wait = true
		}
		left = append(left, k)
	}
	for _, x := range u.closed {
		k := x.token()
		k.wait = x.ClosedFrom == Waiting
		left = append(left, k)
	}
	k := t.token()
	k.wait = false
	return append(left, k)
}

func (r *run) undo(ctx context.Context, t *taskRow, u undoing) error {
	for _, x := range u.created {
		if err := r.m.exec(ctx, 1, `UPDATE workflow_task SET state = 'undone', closed_act = $2 WHERE id = $1`, x.ID, r.act); err != nil {
			return err
		}
	}
	for _, x := range u.woken {
		if err := r.m.exec(ctx, 1, `UPDATE workflow_task SET state = 'waiting' WHERE id = $1`, x.ID); err != nil {
			return err
		}
	}
	for _, x := range u.closed {
		if err := r.m.exec(ctx, 1, `UPDATE workflow_task SET state = closed_from, closed_from = '', closed_act = '' WHERE id = $1`, x.ID); err != nil {
			return err
		}
		r.tell(r.opened(x))
	}
	err := r.m.exec(ctx, 1, `UPDATE workflow_task SET state = 'open', result = '', opinion = '', done_at = NULL, done_by = '',
		done_name = '', done_on = '', last_act = '', touched = $2 WHERE id = $1`, t.ID, true)
	if err != nil {
		return err
	}
	if step := r.plan.steps[t.Node].step; step.Decision && t.Added == "" && r.inst.Outcome != "" {
		r.inst.Outcome = ""
		return r.saveInstance(ctx, false)
	}
	return nil
}
