package clock

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// jumpFrom is what a step of the clock begins at: less is the drift that
	// a time service takes away little by little.
	jumpFrom = time.Second
	// believed is the step that is followed. A larger one could let terms of
	// the law end, or begin, that have not.
	believed = time.Minute
	// melting is the part of the time that passes by which own time, when it is
	// ahead after a small step back, goes slower until both agree again.
	melting = 10
)

// Guard is the machine's clock for as long as it can be believed. It knows how
// much time really passed by the counter that nobody sets (the monotonic clock,
// and the time the machine slept), so it notices when the clock is set while the
// program runs:
//
//   - its time never goes back. After a small step back it goes a little slower
//     until the machine has caught up;
//   - a step of more than a minute is not followed, forward or back: it goes on
//     with its own count and says so in Status, until the machine's clock is
//     right again, Follow is told that the new time is the right one, or the
//     program is started anew.
//
// Safe for concurrent use.
type Guard struct {
	machine func() (wall time.Time, counter time.Duration)
	slept   func() (time.Duration, bool)
	onJump  func(Status)

	mu      sync.Mutex
	wall    time.Time     // the machine's clock when it was last looked at
	counter time.Duration // the counter then
	sleeps  time.Duration // what the machine had slept by then
	ahead   time.Duration // own time minus the machine's
	last    time.Time     // the last time given
	jumps   int
	at      time.Time // own time of the last jump
	step    time.Duration
}

// Status is how a Guard stands to the machine's clock.
type Status struct {
	Off   time.Duration // the machine's clock minus own time; 0: they agree
	Held  bool          // the difference is too large to be followed: somebody must look
	Jumps int           // steps noticed since the program was started
	Step  time.Duration // the last one; negative: back
	At    time.Time     // when, by own time
}

// NewGuard begins with the machine's clock as it stands.
func NewGuard() *Guard {
	start := time.Now()
	return newGuard(func() (time.Time, time.Duration) {
		now := time.Now()
		return now.Round(0), now.Sub(start)
	}, sleptSinceBoot)
}

func newGuard(machine func() (time.Time, time.Duration), slept func() (time.Duration, bool)) *Guard {
	g := &Guard{machine: machine, slept: slept}
	g.wall, g.counter = machine()
	g.sleeps, _ = slept()
	return g
}

// OnJump calls f, in a goroutine of its own, when a jump was noticed. To be
// set before the guard is used by others.
func (g *Guard) OnJump(f func(Status)) { g.onJump = f }

// Now gives the time that can be believed.
func (g *Guard) Now() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.look()
	now := g.wall.Add(g.ahead).UTC().Truncate(time.Microsecond)
	if now.Before(g.last) {
		now = g.last
	}
	g.last = now
	return now
}

// look reads the machine's clock and judges what it did since the last time.
func (g *Guard) look() {
	wall, counter := g.machine()
	passed := counter - g.counter
	step := wall.Sub(g.wall) - passed
	if step >= jumpFrom || step <= -jumpFrom {
		passed += g.newSleep()
		step = wall.Sub(g.wall) - passed
	}
	g.wall, g.counter = wall, counter
	if step >= jumpFrom || step <= -jumpFrom {
		g.ahead -= step
		g.jumps, g.step, g.at = g.jumps+1, step, wall.Add(g.ahead).UTC()
	}
	switch {
	case g.ahead > believed || g.ahead < -believed: // held
	case g.ahead <= 0: // behind by little: follow
		g.ahead = 0
	default:
		g.ahead -= min(g.ahead, max(passed, 0)/melting)
	}
	if (step >= jumpFrom || step <= -jumpFrom) && g.onJump != nil {
		go g.onJump(g.status())
	}
}

// newSleep is how long the machine slept since the last look: the counter
// stands still meanwhile, the clock rightly does not.
func (g *Guard) newSleep() time.Duration {
	sleeps, ok := g.slept()
	if !ok {
		return 0
	}
	slept := sleeps - g.sleeps
	g.sleeps = sleeps
	if slept < jumpFrom {
		return 0
	}
	return slept
}

// Status says how the guard stands to the machine's clock now.
func (g *Guard) Status() Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.look()
	return g.status()
}

func (g *Guard) status() Status {
	return Status{Off: -g.ahead, Held: g.ahead > believed || g.ahead < -believed, Jumps: g.jumps, Step: g.step, At: g.at}
}

// Follow takes the machine's clock for right although it jumped ahead: another
// clock, on another machine, agrees with it. A jump back is not followed: that
// would let own time stand still until the machine has caught up.
func (g *Guard) Follow() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.look()
	g.ahead = max(g.ahead, 0)
}

// NotBefore lets own time begin no earlier than t, for a program that was
// started a little before what is already written.
func (g *Guard) NotBefore(t time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.look()
	if behind := t.Sub(g.wall.Add(g.ahead)); behind > 0 {
		g.ahead += behind
	}
}

var started = time.Now()

// sleptSinceBoot is how long the machine has slept, up to a constant: what the
// kernel's uptime counts and Go's clock does not. false where it cannot be told.
func sleptSinceBoot() (time.Duration, bool) {
	raw, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return 0, false
	}
	first, _, _ := strings.Cut(string(raw), " ")
	up, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0, false
	}
	return time.Duration(up*float64(time.Second)) - time.Since(started), true
}
