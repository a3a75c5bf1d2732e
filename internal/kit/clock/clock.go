// Package clock gives the time. Modules take a Clock and never call time.Now,
// so that a test, and the sample city's two months of history, can move it.
package clock

import (
	"context"
	"sync"
	"time"
)

// Clock gives the present moment in UTC, cut to the microsecond: the
// precision that both databases keep.
type Clock interface {
	Now() time.Time
}

// Real is the machine's clock.
var Real Clock = realClock{}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Beijing is the civil time zone of every deadline and of every page.
var Beijing = time.FixedZone("CST", 8*3600)

// Fake is a clock that stands still until it is moved. Safe for concurrent use.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake starts a fake clock at t.
func NewFake(t time.Time) *Fake { return &Fake{now: t.UTC().Truncate(time.Microsecond)} }

// Now returns the moment the clock stands at.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Set moves the clock to t.
func (f *Fake) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = t.UTC().Truncate(time.Microsecond)
}

// Advance moves the clock forward by d.
func (f *Fake) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

type key struct{}

// With puts a clock into ctx for work that replays history (the sample
// city): FromContext then prefers it.
func With(ctx context.Context, c Clock) context.Context { return context.WithValue(ctx, key{}, c) }

// FromContext gives the clock of ctx, or fallback.
func FromContext(ctx context.Context, fallback Clock) Clock {
	if c, ok := ctx.Value(key{}).(Clock); ok {
		return c
	}
	return fallback
}
