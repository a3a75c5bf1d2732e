package ui

import (
	"time"

	"yimen/internal/kit/clock"
)

// Date writes a moment as a civil date of Beijing: 2026年9月30日. The zero
// time is "—".
func Date(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(clock.Beijing).Format("2006年1月2日")
}

// DateTime writes a moment by Beijing's clock: 2026年9月30日 15:04.
func DateTime(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(clock.Beijing).Format("2006年1月2日 15:04")
}

// ShortTime writes a moment for dense tables: 09-30 15:04, with the year when
// it is not that of now.
func ShortTime(t, now time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t, now = t.In(clock.Beijing), now.In(clock.Beijing)
	if t.Year() != now.Year() {
		return t.Format("2006-01-02 15:04")
	}
	return t.Format("01-02 15:04")
}

// machineTime is for the datetime attribute.
func machineTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
