package org

import (
	"context"

	"yimen/workday"
)

// CalendarDay is a day on which a division differs from the State Council's
// notice: a festival of an autonomous county, a local suspension. Division ""
// amends the national calendar itself. Divisions below inherit.
type CalendarDay struct {
	Division string       `db:"division"`
	Day      workday.Date `db:"day"`
	Off      bool         `db:"is_off"` // false: a working day although the notice says otherwise
	Name     string       `db:"name"`
	Notice   string       `db:"notice"` // document that says so
}

// Calendar gives the working-day calendar of a division. It always answers:
// when the database cannot be read, with what was known last, at worst the
// national notices.
func (m *Module) Calendar(ctx context.Context, division string) *workday.Calendar {
	s, err := m.view(ctx)
	if h := m.current.Load(); err != nil && h != nil {
		s, err = h.snapshot, nil
	}
	if err != nil {
		return workday.China()
	}
	return s.book.For(division)
}

func newBook(days []CalendarDay) *workday.Book {
	own := map[string][]workday.Day{}
	for _, d := range days {
		own[d.Division] = append(own[d.Division], workday.Day{Date: d.Day, Off: d.Off, Name: d.Name, Notice: d.Notice})
	}
	book := workday.NewBook(workday.China().With(own[""]...))
	for division, list := range own {
		if division != "" {
			book = book.Set(division, list...)
		}
	}
	return book
}

// Calendars answers with the calendar of a division.
type Calendars func(division string) *workday.Calendar

// CalendarsWith gives the calendars as they would be if the days of a year by
// which a division itself differs were exactly these: what SetCalendarDays
// would bring about.
func (m *Module) CalendarsWith(ctx context.Context, division string, year int, days []workday.Day) (Calendars, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	kept := make([]CalendarDay, 0, len(s.calendarDays)+len(days))
	for _, d := range s.calendarDays {
		if d.Division != division || d.Day.Year() != year {
			kept = append(kept, d)
		}
	}
	for _, d := range days {
		kept = append(kept, CalendarDay{Division: division, Day: d.Date, Off: d.Off, Name: d.Name, Notice: d.Notice})
	}
	return newBook(kept).For, nil
}
