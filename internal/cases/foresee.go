package cases

import (
	"context"

	"yimen/workday"
)

// Shift is an open case whose due date another calendar would move. It names
// no person.
type Shift struct {
	Number   string
	ItemName string
	Agency   string // name of the competent agency
	State    State
	From, To workday.Date
}

// Shifts is what a change of the calendar would do to the open cases.
type Shifts struct {
	Later, Earlier int // cases whose present due date moves
	List           []Shift
	Unread         int // cases whose clock is damaged: nobody can tell
}

// Foresee tells which open deadlines of a division, "" all, would move by other
// calendars; at most limit of them by name. Cases whose present due date stays,
// although a later one of theirs moves, do not count. For those who keep the
// calendar: the numbers are of the whole division, whoever may see the cases.
func (m *Module) Foresee(ctx context.Context, division string, calendar func(division string) *workday.Calendar, limit int) (Shifts, error) {
	var s Shifts
	err := m.redated(ctx, division, calendar, func(before, r *record, unread error) error {
		if unread != nil {
			s.Unread++
			return nil
		}
		switch before.DueOn.Compare(r.DueOn) {
		case 0:
			return nil
		case -1:
			s.Later++
		default:
			s.Earlier++
		}
		if len(s.List) < limit {
			s.List = append(s.List, Shift{Number: r.Number, ItemName: r.ItemName, Agency: r.CompetentName, State: r.State, From: before.DueOn, To: r.DueOn})
		}
		return nil
	})
	return s, err
}
