package workflow

import (
	"context"
	"fmt"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/workday"
)

// Load is how much of an agency's work is in somebody's hands.
type Load struct {
	Account string `db:"account"` // "": in nobody's name
	Open    int    `db:"open"`
	Urgent  int    `db:"urgent"` // red or overdue
	Overdue int    `db:"overdue"`
	Done    int    `db:"done"` // this week, from Monday
}

// Weight is what the open work weighs when more is shared out: what is urgent
// counts twice, what is overdue three times.
func (l Load) Weight() int { return l.Open + l.Urgent + l.Overdue }

// mayLead tells whether the actor sees to who does what in the agency.
func (m *Module) mayLead(ctx context.Context, agency string) error {
	a := identity.FromContext(ctx)
	if a.IsSystem() {
		return nil
	}
	at, err := m.Agencies.Place(ctx, agency)
	if err != nil || !a.Can(VerbReassign, at) {
		return ErrTaskDenied
	}
	return nil
}

// Loads gives the load of everybody who has or did something in the agency, by
// account; the row of "" is what nobody has taken. It needs task.reassign over
// the agency: ErrTaskDenied.
func (m *Module) Loads(ctx context.Context, agency string) (map[string]Load, error) {
	if err := m.mayLead(ctx, agency); err != nil {
		return nil, err
	}
	l, today := m.lights(ctx), day(m.now(ctx))
	var open, done []Load
	err := m.DB.Conn(ctx).Select(ctx, &open, `SELECT assignee AS account, COUNT(*) AS open,
		SUM(CASE WHEN held = $2 AND due_on <= $3 THEN 1 ELSE 0 END) AS urgent,
		SUM(CASE WHEN held = $2 AND due_on < $4 THEN 1 ELSE 0 END) AS overdue
		FROM workflow_task WHERE agency = $1 AND state = 'open' GROUP BY assignee`, agency, false, l.red, l.today)
	if err != nil {
		return nil, fmt.Errorf("read loads: %w", err)
	}
	err = m.DB.Conn(ctx).Select(ctx, &done, `SELECT done_by AS account, COUNT(*) AS done FROM workflow_task
		WHERE agency = $1 AND done_on <> '' AND done_on >= $2 GROUP BY done_by`, agency, monday(today))
	if err != nil {
		return nil, fmt.Errorf("read what was done: %w", err)
	}
	loads := map[string]Load{}
	for _, x := range open {
		loads[x.Account] = x
	}
	for _, x := range done {
		y := loads[x.Account]
		y.Account, y.Done = x.Account, x.Done
		loads[x.Account] = y
	}
	return loads, nil
}

func monday(d workday.Date) workday.Date { return d.Add(-(int(d.Weekday()) + 6) % 7) }

// Day is what came to an agency and what it did on one day.
type Day struct {
	On   workday.Date
	Came int // tasks opened
	Done int
	Late int // of those done: after their limit
}

// Days gives every day from a day until today, those without work too. It
// needs task.reassign over the agency: ErrTaskDenied.
func (m *Module) Days(ctx context.Context, agency string, from workday.Date) ([]Day, error) {
	if err := m.mayLead(ctx, agency); err != nil {
		return nil, err
	}
	var came, done []struct {
		On   string `db:"on_day"`
		N    int    `db:"n"`
		Late int    `db:"late"`
	}
	err := m.DB.Conn(ctx).Select(ctx, &came, `SELECT opened_on AS on_day, COUNT(*) AS n, 0 AS late FROM workflow_task
		WHERE agency = $1 AND opened_on >= $2 GROUP BY opened_on`, agency, from)
	if err != nil {
		return nil, fmt.Errorf("read what came: %w", err)
	}
	err = m.DB.Conn(ctx).Select(ctx, &done, `SELECT done_on AS on_day, COUNT(*) AS n, SUM(CASE WHEN done_on > due_on THEN 1 ELSE 0 END) AS late
		FROM workflow_task WHERE agency = $1 AND done_on <> '' AND done_on >= $2 GROUP BY done_on`, agency, from)
	if err != nil {
		return nil, fmt.Errorf("read what was done: %w", err)
	}
	var days []Day
	at := map[string]int{}
	for d := from; !d.After(day(m.now(ctx))); d = d.Add(1) {
		at[d.String()] = len(days)
		days = append(days, Day{On: d})
	}
	for _, x := range came {
		if i, ok := at[x.On]; ok {
			days[i].Came = x.N
		}
	}
	for _, x := range done {
		if i, ok := at[x.On]; ok {
			days[i].Done, days[i].Late = x.N, x.Late
		}
	}
	return days, nil
}

// Untaken lists up to n open tasks of an agency that are in nobody's name, the
// worst first, for the program's own sharing out.
func (m *Module) Untaken(ctx context.Context, agency string, n int) ([]Task, error) {
	tasks, _, err := m.Tasks(ctx, Query{Agency: agency, Free: true}, db.Page{Limit: n})
	return tasks, err
}

// Busy lists the agencies that have open tasks. It needs the program's own
// right: ErrTaskDenied.
func (m *Module) Busy(ctx context.Context) ([]string, error) {
	if !identity.FromContext(ctx).IsSystem() {
		return nil, ErrTaskDenied
	}
	var codes []string
	err := m.DB.Conn(ctx).Select(ctx, &codes, `SELECT DISTINCT agency FROM workflow_task WHERE state = 'open' ORDER BY agency`)
	if err != nil {
		return nil, fmt.Errorf("read agencies with open tasks: %w", err)
	}
	return codes, nil
}
