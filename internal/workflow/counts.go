package workflow

import (
	"context"
	"fmt"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Counts are the open tasks of an inbox by light.
type Counts struct {
	Open    int `json:"open"    db:"open"`
	Mine    int `json:"mine"    db:"mine"`
	Normal  int `json:"normal"  db:"normal"`
	Yellow  int `json:"yellow"  db:"yellow"`
	Red     int `json:"red"     db:"red"`
	Overdue int `json:"overdue" db:"overdue"`
}

// Counts counts the open tasks that the actor of ctx may see, by the same rule
// as Tasks, in one pass over their index range.
func (m *Module) Counts(ctx context.Context) (Counts, error) {
	actor, l := identity.FromContext(ctx), m.lights(ctx)
	w := &db.Where{}
	sum := func(cond string, args ...any) string {
		for _, a := range args {
			cond = strings.Replace(cond, "?", w.Arg(a), 1)
		}
		return "COALESCE(SUM(CASE WHEN " + cond + " THEN 1 ELSE 0 END), 0)"
	}
	columns := []string{
		"COUNT(*) AS open",
		sum("assignee = ?", actor.Account) + " AS mine",
		sum("held = ? AND due_on > ? AND due_on <= ?", false, l.red, l.yellow) + " AS yellow",
		sum("held = ? AND due_on >= ? AND due_on <= ?", false, l.today, l.red) + " AS red",
		sum("held = ? AND due_on < ?", false, l.today) + " AS overdue",
	}
	w.And("state = 'open'")
	scope(w, actor)
	var c Counts
	err := m.DB.Conn(ctx).Get(ctx, &c, `SELECT `+strings.Join(columns, ", ")+` FROM workflow_task`+w.SQL(), w.Args()...)
	if err != nil {
		return c, fmt.Errorf("count tasks: %w", err)
	}
	c.Normal = c.Open - c.Yellow - c.Red - c.Overdue
	return c, nil
}
