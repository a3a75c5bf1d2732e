package org

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yimen/internal/kit/clock"
	"yimen/workday"
)

// Opening says whether an outlet is open at a moment, and when that changes.
type Opening struct {
	Open  bool
	Until time.Time // when it closes; zero while closed
	Next  time.Time // when it opens; zero while open, and when it never does
	Today []Hours   // the spans of this day
	at    time.Time
}

// lookAhead is how far the next opening is looked for: longer than any holiday.
const lookAhead = 15

// Opening looks at the hours and the calendar: on a statutory holiday nothing is
// open, on a Saturday worked instead of another day the hours of a working day
// hold.
func (o Outlet) Opening(cal *workday.Calendar, at time.Time) Opening {
	at = at.In(clock.Beijing)
	today := workday.DateOf(at, clock.Beijing)
	p := Opening{at: at, Today: o.hoursOn(cal, today)}
	for _, h := range p.Today {
		if from, to := h.on(today); !at.Before(from) && at.Before(to) {
			p.Open, p.Until = true, to
			return p
		}
	}
	for n := range lookAhead {
		day := today.Add(n)
		for _, h := range o.hoursOn(cal, day) {
			if from, _ := h.on(day); from.After(at) && (p.Next.IsZero() || from.Before(p.Next)) {
				p.Next = from
			}
		}
		if !p.Next.IsZero() {
			return p
		}
	}
	return p
}

// hoursOn are the spans of a day, in order.
func (o Outlet) hoursOn(cal *workday.Calendar, day workday.Date) []Hours {
	weekday := (int(day.Weekday())+6)%7 + 1
	_, noticed := cal.Day(day)
	switch working := cal.IsWorkday(day); {
	case noticed && !working:
		return nil // a holiday
	case working && weekday > 5:
		weekday = 1 // worked instead of another day
	}
	var spans []Hours
	for _, h := range o.Hours {
		if h.has(weekday) {
			spans = append(spans, h)
		}
	}
	slices.SortFunc(spans, func(a, b Hours) int { return strings.Compare(a.Open, b.Open) })
	return spans
}

func (h Hours) has(weekday int) bool {
	for part := range strings.SplitSeq(h.Days, ",") {
		from, to, span := strings.Cut(part, "-")
		if !span {
			to = from
		}
		a, errA := strconv.Atoi(from)
		b, errB := strconv.Atoi(to)
		if errA == nil && errB == nil && a <= weekday && weekday <= b {
			return true
		}
	}
	return false
}

// on gives the span as moments of a day; the form of Hours was checked when it
// was stored.
func (h Hours) on(day workday.Date) (from, to time.Time) {
	return clockOn(day, h.Open), clockOn(day, h.Close)
}

func clockOn(day workday.Date, text string) time.Time {
	var hour, minute int
	_, _ = fmt.Sscanf(text, "%d:%d", &hour, &minute)
	y, m, d := day.YMD()
	return time.Date(y, m, d, hour, minute, 0, 0, clock.Beijing)
}

// Text says it to people: 正在上班，17:30下班.
func (p Opening) Text() string {
	if p.Open {
		rest := "下班"
		if slices.ContainsFunc(p.Today, func(h Hours) bool { return h.Open > p.Until.Format("15:04") }) {
			rest = "午休"
		}
		return "正在上班，" + p.Until.Format("15:04") + rest
	}
	if p.Next.IsZero() {
		return "开放时间请电话咨询"
	}
	days := workday.DateOf(p.Next, clock.Beijing).Sub(workday.DateOf(p.at, clock.Beijing))
	when := p.Next.Format("1月2日")
	switch days {
	case 0:
		when = "今天"
	case 1:
		when = "明天"
	}
	if len(p.Today) == 0 {
		return "今天休息，" + when + p.Next.Format("15:04") + "上班"
	}
	return "现在休息，" + when + p.Next.Format("15:04") + "上班"
}

// TodayText gives the hours of the day: 8:30—12:00、14:30—17:30; "" when closed.
func (p Opening) TodayText() string {
	parts := make([]string, len(p.Today))
	for i, h := range p.Today {
		parts[i] = h.Open + "—" + h.Close
	}
	return strings.Join(parts, "、")
}
