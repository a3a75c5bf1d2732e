package workflow

import (
	"context"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/workday"
)

// openSteps opens a task for each seat of each step.
func (r *run) openSteps(ctx context.Context, steps []*Node) error {
	if len(steps) == 0 {
		return nil
	}
	at, err := r.inst.places()
	if err != nil {
		return err
	}
	var rows []*taskRow
	for _, n := range steps {
		due := r.dueOn(ctx, n.Limit)
		for seat, ref := range n.seats() {
			t := r.newTask(n.ID, n.Name, n.Role, at[ref])
			t.Seat, t.Days, t.DueOn = seat, n.Limit, due
			rows = append(rows, t)
		}
	}
	if err := r.m.insertTasks(ctx, rows); err != nil {
		return err
	}
	r.tasks = append(r.tasks, rows...)
	for _, t := range rows {
		r.tell(r.opened(t))
	}
	return nil
}

func (r *run) newTask(node, name, role string, at identity.Place) *taskRow {
	return &taskRow{
		ID: db.NewID(), Instance: r.inst.ID, Subject: r.inst.Subject, Title: r.inst.Title, Item: r.inst.Item,
		Node: node, Name: name, Round: r.inst.Round, Role: role,
		Agency: at.Agency, Receiving: at.Receiving, Division: at.Division, Dept: at.Dept,
		State: Open, Held: r.inst.HeldOn != "", OpenedOn: r.today.String(), DueOn: noLimit, OpenedAt: r.now,
		CreatedAct: r.act, OpenedAct: r.act,
	}
}

// dueOn is the last day of a limit that starts today.
func (r *run) dueOn(ctx context.Context, days int) string {
	if days == 0 {
		return noLimit
	}
	return dueDate(r.m.Calendar(ctx, r.inst.Division), r.today, days, nil)
}

// span is a time during which the deadlines stood still: from the day of the
// pause, which still counts, to the day of the release, which does not.
type span struct {
	From string `db:"from_on"`
	To   string `db:"to_on"`
}

// dueDate is the last day of a limit of working days, with what was held
// since the task opened added.
func dueDate(cal *workday.Calendar, opened workday.Date, days int, held []span) string {
	for _, h := range held {
		from, err1 := workday.ParseDate(h.From)
		to, err2 := workday.ParseDate(h.To)
		if err1 != nil || err2 != nil || to.Before(opened) {
			continue
		}
		if from.Before(opened) {
			from = opened
		}
		days += cal.WorkdaysBetween(from, to)
	}
	return cal.AddWorkdays(opened, days).String()
}
