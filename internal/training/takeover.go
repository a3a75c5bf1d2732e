package training

import (
	"context"
	"fmt"

	"yimen/internal/kit/db"
	"yimen/internal/org"
	"yimen/workday"
)

// Earned is a certificate that somebody held before this register was kept here.
type Earned struct {
	Staff org.Staff
	From  workday.Date // until then and the months of the course
}

// TakeOver enters certificates of a course that were earned elsewhere, numbered
// like those given here, in a series of their own (PX-…). Who is not active is
// left out.
func (m *Module) TakeOver(ctx context.Context, course string, list []Earned) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		c, err := m.manage(ctx, course)
		if err != nil {
			return err
		}
		var rows [][]any
		for i, e := range list {
			if !e.Staff.Active {
				continue
			}
			a, err := m.attendance(ctx, "", e.Staff)
			if err != nil {
				return err
			}
			number := fmt.Sprintf("PX-%s-%05d", c.ID[len(c.ID)-6:], i+1)
			rows = append(rows, []any{db.NewID(), number, c.ID, a.Staff, a.Name, a.Division, a.Unit, e.From, monthsAfter(e.From, c.Months), "", ""})
		}
		err = m.DB.Conn(ctx).InsertRows(ctx, "training_certificate",
			[]string{"id", "number", "course", "staff", "name", "division", "unit", "from_on", "until_on", "revoked_on", "reason"}, "", rows)
		if err != nil {
			return wrap("take over certificates", err)
		}
		return m.record(ctx, "training.take_over", "training_course", c.ID, "", fmt.Sprint(len(rows)))
	})
}
