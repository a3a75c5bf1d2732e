package web

import (
	"testing"
	"time"
)

// A clock that was set back must not keep out whoever came while it was ahead.
func TestRateLimitWhenTheClockIsSetBack(t *testing.T) {
	noon := time.Date(2026, 11, 20, 12, 0, 30, 0, time.UTC)
	for _, ahead := range []time.Duration{time.Hour, 365 * 24 * time.Hour} {
		l := &limiter{name: "door", most: 10, per: time.Minute}
		for i := range 3 { // in two windows, so that one counts as the one before
			for _, at := range []time.Time{noon.Add(ahead), noon.Add(ahead + time.Minute)} {
				if !l.pass(t.Context(), nil, "visitor", at) {
					t.Fatalf("visit %d was refused", i)
				}
			}
		}
		if !l.pass(t.Context(), nil, "visitor", noon) {
			t.Errorf("after the clock was set back by %v a visitor is refused", ahead)
		}
	}
	l := &limiter{name: "door", most: 10, per: time.Minute}
	for i := range 12 {
		at := noon.Add(time.Duration(-i) * 3 * time.Second) // across the beginning of the minute
		if ok := l.pass(t.Context(), nil, "visitor", at); ok != (i < 10) {
			t.Errorf("visit %d while the clock creeps back: %v", i, ok)
		}
	}
}
