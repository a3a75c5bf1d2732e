package clock

import (
	"testing"
	"time"
)

// A machine is a clock on the wall, the counter nobody sets, and its sleep.
type machine struct {
	wall    time.Time
	counter time.Duration
	asleep  time.Duration
	moved   time.Duration // own time must have moved by this
}

func newMachine() *machine {
	return &machine{wall: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), counter: time.Hour}
}

func (m *machine) guard() *Guard {
	return newGuard(func() (time.Time, time.Duration) { return m.wall, m.counter },
		func() (time.Duration, bool) { return m.asleep, true })
}

func (m *machine) pass(d time.Duration) {
	m.wall, m.counter, m.moved = m.wall.Add(d), m.counter+d, m.moved+d
}

func (m *machine) set(d time.Duration) { m.wall = m.wall.Add(d) }

func TestGuardDoesNotFollowAJump(t *testing.T) {
	for name, step := range map[string]time.Duration{
		"a day ahead": 24 * time.Hour, "an hour back": -time.Hour, "a year back": -365 * 24 * time.Hour,
		"two minutes ahead": 2 * time.Minute, "two minutes back": -2 * time.Minute,
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine()
			g, start := m.guard(), m.wall
			m.pass(time.Minute)
			g.Now()
			m.set(step)
			for range 5 {
				m.pass(10 * time.Second)
				if got := g.Now(); !got.Equal(start.Add(m.moved)) {
					t.Fatalf("own time %v, want %v", got, start.Add(m.moved))
				}
			}
			if s := g.Status(); !s.Held || s.Off != step || s.Jumps != 1 || s.Step != step {
				t.Errorf("%+v", s)
			}
			m.set(-step) // somebody has mended it
			m.pass(time.Second)
			if got := g.Now(); !got.Equal(start.Add(m.moved)) {
				t.Errorf("mended: %v, want %v", got, start.Add(m.moved))
			}
			if s := g.Status(); s.Held || s.Off != 0 || s.Jumps != 2 {
				t.Errorf("mended: %+v", s)
			}
		})
	}
}

func TestGuardFollowsSmallSteps(t *testing.T) {
	m := newMachine()
	g := m.guard()
	m.set(30 * time.Second)
	if got := g.Now(); !got.Equal(m.wall) {
		t.Errorf("forward: %v, want %v", got, m.wall)
	}
	m.set(-30 * time.Second)
	last := g.Now()
	if !last.After(m.wall) {
		t.Errorf("went back to %v", last)
	}
	for range 60 {
		m.pass(5 * time.Second)
		now := g.Now()
		if !now.After(last) {
			t.Fatalf("stood still at %v", now)
		}
		last = now
	}
	if !last.Equal(m.wall) || g.Status().Off != 0 {
		t.Errorf("five minutes later %v, the machine has %v", last, m.wall)
	}
}

func TestGuardKnowsSleep(t *testing.T) {
	m := newMachine()
	g := m.guard()
	g.Now()
	m.set(8 * time.Hour) // the lid was closed: the counter stood still
	m.asleep += 8 * time.Hour
	if got := g.Now(); !got.Equal(m.wall) || g.Status().Held || g.Status().Jumps != 0 {
		t.Errorf("%v, want %v: %+v", got, m.wall, g.Status())
	}
}

func TestGuardToldWhichClockIsRight(t *testing.T) {
	m := newMachine()
	g := m.guard()
	told := make(chan Status, 1)
	g.OnJump(func(s Status) { told <- s })
	m.set(time.Hour)
	before := g.Now()
	if s := <-told; !s.Held || s.Step != time.Hour {
		t.Errorf("%+v", s)
	}
	g.Follow()
	if got := g.Now(); !got.Equal(before.Add(time.Hour)) || g.Status().Held {
		t.Errorf("%v, %+v", got, g.Status())
	}

	late := newMachine()
	g = late.guard()
	g.NotBefore(late.wall.Add(40 * time.Second))
	if got := g.Now(); !got.Equal(late.wall.Add(40 * time.Second)) {
		t.Errorf("begins at %v", got)
	}
}

func TestGuardOfThisMachine(t *testing.T) {
	g := NewGuard()
	first := g.Now()
	if second := g.Now(); second.Before(first) || time.Since(second).Abs() > time.Minute {
		t.Errorf("%v after %v", second, first)
	}
	if s := g.Status(); s.Jumps != 0 {
		t.Errorf("%+v", s)
	}
}
