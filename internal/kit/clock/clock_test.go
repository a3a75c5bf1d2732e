package clock_test

import (
	"context"
	"testing"
	"time"

	"yimen/internal/kit/clock"
)

func TestRealIsUTCToTheMicrosecond(t *testing.T) {
	before := time.Now().Add(-time.Microsecond)
	now := clock.Real.Now()
	if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 || now.Before(before) || now.After(time.Now()) {
		t.Errorf("%v", now)
	}
}

func TestFakeMovesOnlyWhenMoved(t *testing.T) {
	start := time.Date(2026, 3, 2, 9, 0, 0, 1_999, clock.Beijing)
	f := clock.NewFake(start)
	want := time.Date(2026, 3, 2, 1, 0, 0, 1_000, time.UTC)
	for range 2 {
		if f.Now() != want {
			t.Errorf("%v, want %v", f.Now(), want)
		}
	}
	f.Advance(48 * time.Hour)
	if f.Now() != want.Add(48*time.Hour) {
		t.Errorf("after Advance: %v", f.Now())
	}
	f.Set(start)
	if f.Now() != want {
		t.Errorf("after Set: %v", f.Now())
	}
}

func TestClockOfTheContextGoesFirst(t *testing.T) {
	past := clock.NewFake(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
	ctx := context.Background()
	if clock.FromContext(ctx, clock.Real) != clock.Real {
		t.Error("the fallback is not used")
	}
	if clock.FromContext(clock.With(ctx, past), clock.Real) != clock.Clock(past) {
		t.Error("the context's clock is not used")
	}
}
