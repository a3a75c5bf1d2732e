package org

import (
	"context"
	"fmt"

	"yimen/workday"
)

// CalendarDays lists the days of one year by which a division itself differs
// from what it inherits, ascending: what SetCalendarDays stored.
func (m *Module) CalendarDays(ctx context.Context, division string, year int) ([]CalendarDay, error) {
	var list []CalendarDay
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT division, day, is_off, name, notice FROM org_calendar_day
		WHERE division = $1 AND day >= $2 AND day <= $3 ORDER BY day`, division, workday.NewDate(year, 1, 1), workday.NewDate(year, 12, 31))
	if err != nil {
		return nil, fmt.Errorf("read calendar days: %w", err)
	}
	return list, nil
}
