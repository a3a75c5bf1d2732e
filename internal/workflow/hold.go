package workflow

import (
	"context"
	"fmt"

	"yimen/internal/kit/db"
)

// Hold stops the deadlines of a subject's running instance (暂停): until
// Release nothing can be approved, returned or refused there. The day of the
// hold still counts, the day of the release does not (as in workday.Ledger).
// Holding what is held changes nothing. ErrNotRunning without an instance. It
// asks no right: the caller has.
func (m *Module) Hold(ctx context.Context, subject string) error {
	return m.onSubject(ctx, subject, func(ctx context.Context, r *run) error {
		if r.inst.HeldOn != "" {
			return nil
		}
		r.record(nil, ActHold, "", "", "")
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO workflow_hold (id, instance, from_on, to_on) VALUES ($1, $2, $3, '')`,
			db.NewID(), r.inst.ID, r.today.String())
		if err != nil {
			return fmt.Errorf("hold: %w", err)
		}
		return r.setHeld(ctx, r.today.String())
	})
}

// Release lets the deadlines run on (恢复), moved by the working days held.
// Releasing what is not held changes nothing. ErrNotRunning without an instance.
func (m *Module) Release(ctx context.Context, subject string) error {
	return m.onSubject(ctx, subject, func(ctx context.Context, r *run) error {
		if r.inst.HeldOn == "" {
			return nil
		}
		r.record(nil, ActRelease, "", "", "")
		err := m.exec(ctx, 1, `UPDATE workflow_hold SET to_on = $2 WHERE instance = $1 AND to_on = ''`, r.inst.ID, r.today.String())
		if err != nil {
			return err
		}
		if err := r.setHeld(ctx, ""); err != nil {
			return err
		}
		return r.redate(ctx)
	})
}

func (r *run) setHeld(ctx context.Context, since string) error {
	if err := r.m.exec(ctx, 1, `UPDATE workflow_instance SET held_on = $2 WHERE id = $1`, r.inst.ID, since); err != nil {
		return err
	}
	return r.m.exec(ctx, len(r.tasks), `UPDATE workflow_task SET held = $2 WHERE instance = $1 AND state IN ('open', 'waiting')`,
		r.inst.ID, since != "")
}

// redate computes the deadlines of the open tasks anew, from the day they
// opened and the days held since.
func (r *run) redate(ctx context.Context) error {
	var held []span
	err := r.m.DB.Conn(ctx).Select(ctx, &held, `SELECT from_on, to_on FROM workflow_hold WHERE instance = $1 AND to_on <> ''
		ORDER BY from_on, id`, r.inst.ID)
	if err != nil {
		return fmt.Errorf("read holds: %w", err)
	}
	cal := r.m.Calendar(ctx, r.inst.Division)
	for _, t := range r.tasks {
		if t.Days == 0 {
			continue
		}
		due := t.newDue(cal, held)
		if due == t.DueOn {
			continue
		}
		overdue := t.Overdue && due < r.today.String()
		err := r.m.exec(ctx, 1, `UPDATE workflow_task SET due_on = $2, overdue = $3 WHERE id = $1`, t.ID, due, overdue)
		if err != nil {
			return err
		}
	}
	return nil
}

// Cancel ends a subject's running instance without a decision (终止): the
// applicant withdrew, say. ErrNotRunning without an instance. It asks no
// right: the caller has.
func (m *Module) Cancel(ctx context.Context, subject, reason string) error {
	return m.onSubject(ctx, subject, func(ctx context.Context, r *run) error {
		r.record(nil, ActCancel, reason, "", "")
		err := m.exec(ctx, len(r.tasks), `UPDATE workflow_task SET state = 'cancelled', closed_act = $2 WHERE instance = $1
			AND state IN ('open', 'waiting')`, r.inst.ID, r.act)
		if err != nil {
			return err
		}
		return m.exec(ctx, 1, `UPDATE workflow_instance SET state = 'cancelled', ended_at = $2 WHERE id = $1`, r.inst.ID, r.now)
	})
}
