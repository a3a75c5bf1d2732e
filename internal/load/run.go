package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"yimen/internal/kit/clock"
)

var beijing = clock.Beijing

// Options say what is played.
type Options struct {
	URL      string  // of a sample city
	Profile  string  // hour, day, year, rush or read
	Cases    int     // 0: the profile's
	Clients  int     // requests at a time; 0: the profile's
	Speed    float64 // how often faster than life people think and come; 0: the profile's
	Seed     uint64
	Patience time.Duration // how long a request that failed for a while is tried again; at least six times
	City     City
	Progress io.Writer // the bar; nil: none
	Live     bool      // Progress is a terminal, on which a line may be written over
	Raw      *Raw      // what the database does alone, if it is known
	Database string    // which it is, if it is known
	// Waiting counts the jobs that the server still has to do now; nil where
	// only the server's own process can tell. The run ends when none are left.
	Waiting func(ctx context.Context) (int, error)
	Samples int // cases whose history the audit reads; 0: 300
}

// run is one run.
type run struct {
	Options
	profile profile
	rec     *recorder
	site    *site
	world   *world
	ledger  *ledger

	mu    sync.Mutex
	notes []string // why stories stopped; the first of them
}

// Run plays a profile to its end, or until ctx ends, audits, and gives what it
// found. The error is about what made a run impossible; refusals and
// differences are in the result.
func Run(ctx context.Context, o Options) (*Result, error) {
	p, err := profileOf(o.Profile)
	if err != nil {
		return nil, err
	}
	o.Cases, o.Clients, o.Samples = cmp.Or(o.Cases, p.cases), cmp.Or(o.Clients, p.clients), cmp.Or(o.Samples, 300)
	if p.speed = cmp.Or(o.Speed, p.speed); o.Cases < 1 || o.Clients < 1 || p.speed < 0 {
		return nil, errors.New("cases and clients are at least 1, and speed is not below 0")
	}
	rec := newRecorder(time.Now())
	u := &run{Options: o, profile: p, rec: rec, ledger: &ledger{}}
	if u.site, err = newSite(o.URL, o.Clients, rec); err != nil {
		return nil, err
	}
	u.site.patience = o.Patience
	if u.world, err = learn(ctx, u.site, o.City); err != nil {
		return nil, fmt.Errorf("learn the city: %w", err)
	}
	before, err := u.totals(ctx)
	if err != nil {
		return nil, fmt.Errorf("count the cases before: %w", err)
	}
	first, err := u.stories(ctx)
	if err != nil {
		return nil, err
	}
	result := u.play(ctx, first)
	if err := u.settled(ctx, result); err != nil {
		return nil, fmt.Errorf("wait for the server's jobs: %w", err)
	}
	u.audit(context.WithoutCancel(ctx), before, result)
	return result, nil
}

// stories gives what the agenda begins with.
func (u *run) stories(ctx context.Context) (func(i int) (step, time.Duration), error) {
	tell := u.tell
	if u.profile.reads {
		readers, err := u.readers(ctx)
		if err != nil {
			return nil, err
		}
		tell = readers.visit
	}
	length := 0.0
	if u.profile.length > 0 && u.profile.speed > 0 {
		length = float64(u.profile.length) / u.profile.speed
	}
	return func(i int) (step, time.Duration) {
		r := rand.New(rand.NewPCG(u.Seed+1, uint64(i)))
		return tell(i), time.Duration(u.profile.when(i, u.Cases, r) * length)
	}, nil
}

func (u *run) play(ctx context.Context, first func(i int) (step, time.Duration)) *Result {
	u.rec.begin(time.Now())
	room := u.profile.open
	if u.profile.reads { // a visitor comes when another has left
		room = u.Clients
	}
	a := newAgenda(u.rec.start, u.Cases, room, first)
	bar := u.bar()
	a.work(ctx, u.Clients)
	bar.stop()
	x := u.rec.result()
	x.Profile, x.Server, x.Database, x.Clients, x.Cases, x.Seed = u.Profile, u.URL, u.Database, u.Clients, u.Cases, u.Seed
	x.Interrupted, x.Raw, x.LeftOut = ctx.Err() != nil, u.Raw, u.world.leftOut
	if u.profile.length > 0 {
		x.Speed = u.profile.speed
	}
	x.WaitedForClient = a.late.summary()
	x.Notes = u.notes
	return x
}

// note keeps why a story stopped.
func (u *run) note(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.notes) < 20 {
		u.notes = append(u.notes, short(err))
	}
}

// settled waits until the server has done in the background what the run left
// it to do: a case is not told before its people are. An interruption ends the
// wait.
func (u *run) settled(ctx context.Context, x *Result) error {
	if u.Waiting == nil {
		return nil
	}
	begin := time.Now()
	for {
		n, err := u.Waiting(context.WithoutCancel(ctx))
		if err != nil {
			return err
		}
		if x.JobsLeft == nil {
			x.JobsLeft = &n
		}
		if n == 0 || ctx.Err() != nil {
			x.JobsSeconds = time.Since(begin).Seconds()
			return nil
		}
		// Counting must not slow down what is counted.
		time.Sleep(min(max(time.Duration(n)*time.Millisecond, 50*time.Millisecond), 2*time.Second))
	}
}
