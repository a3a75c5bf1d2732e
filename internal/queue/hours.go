package queue

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/org"
	"yimen/workday"
)

// early is how long before opening numbers are given out: whoever comes early
// stands in line already.
const early = 30 * time.Minute

// open tells whether the outlet gives out numbers now: from half an hour
// before it opens in the morning until it closes in the evening, the noon
// break included. ErrClosed.
func (m *Module) open(ctx context.Context, o org.Outlet) error {
	now := m.now(ctx).In(clock.Beijing)
	from, to, ok := hoursOn(o, workday.DateOf(now, clock.Beijing), m.Org.Calendar(ctx, o.Division))
	if len(o.Hours) == 0 || ok && !now.Before(from.Add(-early)) && now.Before(to) {
		return nil
	}
	return ErrClosed.Say("现在不是取号时间。%s办公时间：%s。", o.Name, o.HoursText())
}

// hoursOn gives when the outlet opens first and closes last on a day; false
// when it is shut. A holiday is shut whatever weekday it is, and a weekend day
// worked in its place has the hours of a Monday.
func hoursOn(o org.Outlet, d workday.Date, cal *workday.Calendar) (from, to time.Time, ok bool) {
	weekday := (int(d.Weekday())+6)%7 + 1 // ISO
	switch moved, special := cal.Day(d); {
	case special && moved.Off:
		return from, to, false
	case special && weekday > 5:
		weekday = 1
	}
	for _, h := range o.Hours {
		if !slices.Contains(daysOf(h.Days), weekday) {
			continue
		}
		opens, closes := clockTime(d, h.Open), clockTime(d, h.Close)
		if !ok || opens.Before(from) {
			from = opens
		}
		if !ok || closes.After(to) {
			to = closes
		}
		ok = true
	}
	return from, to, ok
}

// daysOf reads "1-5", "6", "1,3,5" as ISO weekdays.
func daysOf(text string) []int {
	var days []int
	for part := range strings.SplitSeq(text, ",") {
		from, to, span := strings.Cut(part, "-")
		if !span {
			to = from
		}
		a, _ := strconv.Atoi(from) // org.ParseHours has looked at the form
		b, _ := strconv.Atoi(to)
		for d := a; d <= b; d++ {
			days = append(days, d)
		}
	}
	return days
}

func clockTime(d workday.Date, hhmm string) time.Time {
	h, m, _ := strings.Cut(hhmm, ":")
	hours, _ := strconv.Atoi(h)
	minutes, _ := strconv.Atoi(m)
	return d.Time(clock.Beijing).Add(time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute)
}
