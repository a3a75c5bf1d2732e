package workday

import (
	"maps"
	"slices"
	"sort"
	"time"
)

// A Day is what a notice says about one date: Off for a holiday, not Off for a make-up working day (调休上班).
type Day struct {
	Date   Date
	Off    bool
	Name   string // the festival, 国庆节
	Notice string // address or number of the notice that says so
}

// A Calendar tells working days from days off. It is immutable and safe for concurrent use; amendments make a new one.
//
// The nil Calendar is valid: Monday to Friday, no holiday known.
type Calendar struct {
	days map[Date]Day

	// Where the calendar departs from plain Monday–Friday, ascending, and the number of working days from 0001-01-01 up
	// to and including each such date. Between two departures the count is arithmetic, so a deadline costs two binary
	// searches over some 250 entries, whatever its length.
	departs []int32
	count   []int32
}

// NewCalendar makes a calendar from parent and the days that differ from it; a day named here overrides the parent's,
// and the last one wins if a date is named twice. Days without a date are ignored. A nil parent is plain Monday–Friday.
func NewCalendar(parent *Calendar, days ...Day) *Calendar {
	c := &Calendar{days: make(map[Date]Day, len(days))}
	if parent != nil {
		maps.Copy(c.days, parent.days)
	}
	for _, day := range days {
		if !day.Date.IsZero() {
			c.days[day.Date] = day
		}
	}
	c.index()
	return c
}

// With gives an amended calendar, as after a mid-year notice. The receiver stays as it was.
func (c *Calendar) With(days ...Day) *Calendar { return NewCalendar(c, days...) }

func (c *Calendar) index() {
	for date, day := range c.days {
		if day.Off == onWeekday(date.n) {
			c.departs = append(c.departs, date.n)
		}
	}
	slices.Sort(c.departs)
	c.count = make([]int32, len(c.departs))
	shift := int32(0)
	for i, n := range c.departs {
		if onWeekday(n) {
			shift--
		} else {
			shift++
		}
		c.count[i] = weekdays(n) + shift
	}
}

// Day gives what the notices say about d. ok is false for an ordinary weekday or weekend.
func (c *Calendar) Day(d Date) (day Day, ok bool) {
	if c == nil {
		return Day{}, false
	}
	day, ok = c.days[d]
	return day, ok
}

// Days lists what the notices say about the year's dates, ascending.
func (c *Calendar) Days(year int) []Day {
	if c == nil {
		return nil
	}
	var list []Day
	for date, day := range c.days {
		if date.Year() == year {
			list = append(list, day)
		}
	}
	slices.SortFunc(list, func(a, b Day) int { return a.Date.Compare(b.Date) })
	return list
}

// Covers tells whether the State Council's notice for the year is known: every such notice names both New Year's Day and
// 1 October. Deadlines reaching into a year that is not covered are provisional.
func (c *Calendar) Covers(year int) bool {
	newYear, a := c.Day(NewDate(year, time.January, 1))
	national, b := c.Day(NewDate(year, time.October, 1))
	return a && b && newYear.Off && national.Off
}

// IsWorkday tells whether d is a working day. No date is none.
func (c *Calendar) IsWorkday(d Date) bool {
	if d.IsZero() {
		return false
	}
	return onWeekday(d.n) != c.departsOn(d.n)
}

// Next gives the first working day after d.
func (c *Calendar) Next(d Date) Date { return c.AddWorkdays(d, 1) }

// AddWorkdays gives the n-th working day after from; from itself is not counted. A deadline of n working days ends with
// that day (24:00). n = 0 gives from, a negative n the n-th working day before it. No date stays no date.
func (c *Calendar) AddWorkdays(from Date, n int) Date {
	switch {
	case from.IsZero() || n == 0:
		return from
	case n > 0:
		return c.nth(int(c.upTo(from.n)) + n)
	}
	return c.nth(int(c.upTo(from.n-1)) + n + 1)
}

// Options are the two habits in which systems differ. The zero value is the rule of this package.
type Options struct {
	CountStartDay bool // the start day is day 1 if it is a working day
	RollToWorkday bool // a natural-day limit ending on a day off ends with the next working day
}

// Deadline gives the last day of a limit of n working days from from. Without CountStartDay it is AddWorkdays; with it,
// a start day that is a working day is day 1. n = 0 or less gives from.
func (c *Calendar) Deadline(from Date, n int, o Options) Date {
	if n <= 0 || from.IsZero() {
		return from
	}
	if o.CountStartDay {
		return c.nth(int(c.upTo(from.n-1)) + n)
	}
	return c.AddWorkdays(from, n)
}

// WorkdaysBetween counts the working days after from up to and including to. It is the inverse of AddWorkdays:
// WorkdaysBetween(d, AddWorkdays(d, n)) = n for every n ≥ 0. If to is before from it is minus the count of the opposite
// direction. 0 when either is no date.
func (c *Calendar) WorkdaysBetween(from, to Date) int {
	if from.IsZero() || to.IsZero() {
		return 0
	}
	return int(c.upTo(to.n)) - int(c.upTo(from.n))
}

// upTo counts the working days from 0001-01-01 to day n, inclusive.
func (c *Calendar) upTo(n int32) int32 {
	i := c.search(n + 1)
	if i == 0 {
		return weekdays(n)
	}
	return c.count[i-1] + weekdays(n) - weekdays(c.departs[i-1])
}

// nth gives the day on which the count of working days reaches target.
func (c *Calendar) nth(target int) Date {
	i := 0
	if c != nil {
		i = sort.Search(len(c.count), func(i int) bool { return int(c.count[i]) >= target })
	}
	day := 0
	if i == 0 {
		day = nthWeekday(target)
	} else {
		before := i - 1
		day = nthWeekday(int(weekdays(c.departs[before])) + target - int(c.count[before]))
	}
	// Plain weekdays lead past the next departure only if that is the make-up day which completes the count.
	if c != nil && i < len(c.departs) && day > int(c.departs[i]) {
		day = int(c.departs[i])
	}
	return fromDays(day)
}

// search gives the index of the first departure on or after day n.
func (c *Calendar) search(n int32) int {
	if c == nil {
		return 0
	}
	lo, hi := 0, len(c.departs)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if c.departs[mid] < n {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func (c *Calendar) departsOn(n int32) bool {
	i := c.search(n)
	return c != nil && i < len(c.departs) && c.departs[i] == n
}

func onWeekday(n int32) bool { return n%7 >= 1 && n%7 <= 5 }

// weekdays counts Mondays to Fridays from day 1, a Monday, to day n ≥ 0.
func weekdays(n int32) int32 { return n/7*5 + min(n%7, 5) }

// nthWeekday gives the day number of the t-th weekday; below 1 for t < 1.
func nthWeekday(t int) int {
	if t < 1 {
		return 0
	}
	return (t-1)/5*7 + (t-1)%5 + 1
}
