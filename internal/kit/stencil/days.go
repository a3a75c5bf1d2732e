package stencil

import (
	"time"

	"yimen/internal/kit/clock"
	"yimen/workday"
)

// Days numbers the working days of a calendar over some years.
type Days struct {
	first   workday.Date
	number  []int32 // by natural day from first: of the working day, -1 of others
	working []workday.Date
}

// NewDays numbers the working days from first to last.
func NewDays(cal *workday.Calendar, first, last workday.Date) *Days {
	d := &Days{first: first}
	for x := first; !x.After(last); x = x.Add(1) {
		n := int32(-1)
		if cal.IsWorkday(x) {
			n = int32(len(d.working))
			d.working = append(d.working, x)
		}
		d.number = append(d.number, n)
	}
	return d
}

// Number gives which working day x is; false for other days and beyond the years.
func (d *Days) Number(x workday.Date) (int, bool) {
	if i := x.Sub(d.first); !x.IsZero() && i >= 0 && i < len(d.number) && d.number[i] >= 0 {
		return int(d.number[i]), true
	}
	return 0, false
}

// Day gives the n-th working day, the nearest when there are not so many.
func (d *Days) Day(n int) workday.Date {
	return d.working[min(max(n, 0), len(d.working)-1)]
}

// Move carries what happened around one working day over to another.
func (d *Days) Move(from, to workday.Date) Move {
	m := Move{days: d, from: from, natural: to.Sub(from)}
	a, okA := d.Number(from)
	b, okB := d.Number(to)
	m.working, m.even = b-a, okA && okB
	return m
}

// Move is a distance between two days.
type Move struct {
	days    *Days
	from    workday.Date
	natural int
	working int
	even    bool // both are working days
}

// near is how far, in natural days, a date may lie from the day that is moved
// and still belong to it: dates further off are somebody's birthday, or never.
const near = 500

// Near tells whether a date belongs to what is moved.
func (m Move) Near(x workday.Date) bool {
	n := x.Sub(m.from)
	return !x.IsZero() && n > -near && n < near
}

// Date moves a date: a working day to the one as many working days on, another
// as many natural days. One that is not near stays.
func (m Move) Date(x workday.Date) workday.Date {
	if !m.Near(x) {
		return x
	}
	if n, ok := m.days.Number(x); ok && m.even {
		if n += m.working; n >= 0 && n < len(m.days.working) {
			return m.days.working[n]
		}
	}
	return x.Add(m.natural)
}

// Time moves a moment to the same time of another day.
func (m Move) Time(t time.Time) time.Time {
	x := workday.DateOf(t, clock.Beijing)
	return t.Add(time.Duration(m.Date(x).Sub(x)) * 24 * time.Hour)
}

// Text moves a date written 2006-01-02; anything else stays.
func (m Move) Text(s string) string {
	x, err := workday.ParseDate(s)
	if err != nil {
		return s
	}
	return m.Date(x).String()
}
