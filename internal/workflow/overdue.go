package workflow

import (
	"context"
	"errors"
	"fmt"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/workday"
)

// batch is how many tasks a periodic job reads at a time.
const batch = 500

// CheckOverdue deals, once for each task, with limits that are over:
// TaskOverdue is told, and where the step says so the task is escalated. It is
// safe to run twice.
func (m *Module) CheckOverdue(ctx context.Context) error {
	ctx = identity.With(ctx, identity.System("workflow"))
	today := day(m.now(ctx)).String()
	after, failed := "", error(nil)
	for {
		var ids []string
		err := m.DB.Conn(ctx).Select(ctx, &ids, `SELECT id FROM workflow_task WHERE state = 'open' AND due_on < $1
			AND held = $2 AND overdue = $2 AND id > $3 ORDER BY id LIMIT $4`, today, false, after, batch)
		if err != nil {
			return fmt.Errorf("read overdue tasks: %w", err)
		}
		for _, id := range ids {
			err := m.onTask(ctx, id, func(ctx context.Context, r *run, t *taskRow) error { return r.overdue(ctx, t) })
			if err != nil { // the others are not to wait for this one
				failed = errors.Join(failed, fmt.Errorf("deal with overdue task %s: %w", id, err))
			}
		}
		if len(ids) < batch {
			return failed
		}
		after = ids[len(ids)-1]
	}
}

func (r *run) overdue(ctx context.Context, t *taskRow) error {
	if t.State != Open || t.Held || t.Overdue || t.DueOn >= r.today.String() {
		return nil // done since it was read
	}
	escalate := r.plan.steps[t.Node].step.OnTimeout == TimeoutEscalate && t.Added == ""
	r.record(t, ActOverdue, "", t.Assignee, "")
	r.tell(TaskOverdue{
		Subject: t.Subject, Instance: t.Instance, Task: t.ID, Node: t.Node, Name: t.Name, Agency: t.Agency,
		Assignee: t.Assignee, DueOn: t.due(), Escalated: escalate, At: r.now,
	})
	if !escalate {
		return r.m.exec(ctx, 1, `UPDATE workflow_task SET overdue = $2 WHERE id = $1`, t.ID, true)
	}
	// From whoever had it to those of the agency who decide.
	r.record(t, ActEscalate, "", t.Assignee, "")
	return r.m.exec(ctx, 1, `UPDATE workflow_task SET overdue = $2, touched = $2, role = $3, assignee = '', on_behalf = ''
		WHERE id = $1`, t.ID, true, RoleDecide)
}

// Redate moves the deadlines of open tasks to where the calendar puts them
// now: holidays are sometimes changed in the middle of a year. It changes only
// what differs, and is safe to run twice.
func (m *Module) Redate(ctx context.Context) error {
	ctx = identity.With(ctx, identity.System("workflow"))
	after := ""
	for {
		var rows []*taskRow
		err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT `+taskColumns+` FROM workflow_task WHERE id > $1
			AND state = 'open' AND days > 0 AND held = $2 ORDER BY id LIMIT $3`, after, false, batch)
		if err != nil {
			return fmt.Errorf("read open tasks: %w", err)
		}
		if err := m.redateBatch(ctx, rows); err != nil {
			return err
		}
		if len(rows) < batch {
			return nil
		}
		after = rows[len(rows)-1].ID
	}
}

// redateBatch looks at the deadlines without a lock and takes one only for the
// instances where something moves.
func (m *Module) redateBatch(ctx context.Context, rows []*taskRow) error {
	if len(rows) == 0 {
		return nil
	}
	held, err := m.heldSpans(ctx, rows)
	if err != nil {
		return err
	}
	divisions, err := m.divisions(ctx, rows)
	if err != nil {
		return err
	}
	for _, t := range rows {
		if t.newDue(m.Calendar(ctx, divisions[t.Instance]), held[t.Instance]) == t.DueOn {
			continue
		}
		err := m.onSubject(ctx, t.Subject, func(ctx context.Context, r *run) error { return r.redate(ctx) })
		if err != nil && !errors.Is(err, ErrNotRunning) {
			return fmt.Errorf("redate %s: %w", t.Subject, err)
		}
	}
	return nil
}

func (t *taskRow) newDue(cal *workday.Calendar, held []span) string {
	opened, err := workday.ParseDate(t.OpenedOn)
	if err != nil || t.Days == 0 {
		return t.DueOn
	}
	return dueDate(cal, opened, t.Days, held)
}

func (m *Module) heldSpans(ctx context.Context, rows []*taskRow) (map[string][]span, error) {
	var holds []struct {
		Instance string `db:"instance"`
		span
	}
	in := instancesOf(rows)
	err := m.DB.Conn(ctx).Select(ctx, &holds, `SELECT instance, from_on, to_on FROM workflow_hold
		WHERE to_on <> '' AND instance IN (`+placeholders(0, len(in))+`) ORDER BY from_on, id`, in...)
	if err != nil {
		return nil, fmt.Errorf("read holds: %w", err)
	}
	byInstance := map[string][]span{}
	for _, h := range holds {
		byInstance[h.Instance] = append(byInstance[h.Instance], h.span)
	}
	return byInstance, nil
}

func (m *Module) divisions(ctx context.Context, rows []*taskRow) (map[string]string, error) {
	var found []struct {
		ID       string `db:"id"`
		Division string `db:"division"`
	}
	in := instancesOf(rows)
	err := m.DB.Conn(ctx).Select(ctx, &found, `SELECT id, division FROM workflow_instance
		WHERE id IN (`+placeholders(0, len(in))+`)`, in...)
	if err != nil {
		return nil, fmt.Errorf("read divisions of instances: %w", err)
	}
	byInstance := map[string]string{}
	for _, f := range found {
		byInstance[f.ID] = f.Division
	}
	return byInstance, nil
}

// instancesOf are the values of an IN.
func instancesOf(rows []*taskRow) []any {
	list := make([]any, len(rows))
	for i, t := range rows {
		list[i] = t.Instance
	}
	return db.Filled(list)
}
