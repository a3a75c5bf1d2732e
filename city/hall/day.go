package hall

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/org"
	"yimen/internal/queue"
	"yimen/workday"
)

// Days is how many working days before today have people too.
const Days = 4

// Halls with people: the city's centre and 乳源.
const (
	centre = "440200000000"
	ruyuan = "440232000000"
)

// City is what the people come to.
type City struct {
	Queue    *queue.Module
	Org      *org.Module
	Identity *identity.Module
}

// Live makes about n numbers in the centre today, half as many in 乳源, and
// fewer on the days before: the same ones for the same moment.
func (c City) Live(ctx context.Context, now time.Time, n int) error {
	today := workday.DateOf(now, clock.Beijing)
	cal := c.Org.Calendar(ctx, "")
	day := today
	for range Days {
		for day = day.Add(-1); !cal.IsWorkday(day); {
			day = day.Add(-1)
		}
		from := day.Time(clock.Beijing).Add(8*time.Hour + 30*time.Minute)
		if err := c.day(ctx, centre, from, from.Add(9*time.Hour), n/3, true); err != nil {
			return err
		}
	}
	from := began(now)
	if err := c.day(ctx, centre, from, now, n, false); err != nil {
		return err
	}
	return c.day(ctx, ruyuan, from, now, n/2, false)
}

// began is when the day in the hall began: half past eight, or, for whoever
// looks at the sample at night, two hours ago, but today.
func began(now time.Time) time.Time {
	midnight := workday.DateOf(now, clock.Beijing).Time(clock.Beijing)
	open := midnight.Add(8*time.Hour + 30*time.Minute)
	if since := now.Sub(open); since > 30*time.Minute && since < 4*time.Hour {
		return open
	}
	if from := now.Add(-2 * time.Hour); from.After(midnight) {
		return from
	}
	return midnight
}

// place is one counter that is manned, and until when it is busy.
type place struct {
	org.Counter
	ctx  context.Context
	free time.Time
}

// hallDay is one day in one hall on its way.
type hallDay struct {
	City
	outlet string
	ctx    context.Context
	clock  *clock.Fake
	r      *rand.Rand
	queues []queue.Queue
	places []*place
	until  time.Time
}

// day plays a day: people arrive at random, counters call whom the rule of the
// line gives them. On a day that is over everybody is served.
func (c City) day(ctx context.Context, outlet string, from, until time.Time, n int, over bool) error {
	d := &hallDay{City: c, outlet: outlet, clock: clock.NewFake(from), until: until, r: rand.New(rand.NewPCG(uint64(from.Unix()), uint64(n)))}
	d.ctx = clock.With(ctx, d.clock)
	if err := d.begin(n); err != nil {
		return fmt.Errorf("sample hall %s: %w", outlet, err)
	}
	arrivals := make([]time.Time, n)
	for i := range arrivals {
		arrivals[i] = from.Add(time.Duration(d.r.Float64() * 0.93 * float64(until.Sub(from))))
	}
	slices.SortFunc(arrivals, time.Time.Compare)
	if err := d.run(arrivals); err != nil {
		return fmt.Errorf("sample hall %s: %w", outlet, err)
	}
	if over {
		d.clock.Set(until.Add(30 * time.Minute))
		return d.end()
	}
	d.clock.Set(until)
	return nil
}

// begin seats clerks at some counters: so many that people wait, not for ever.
func (d *hallDay) begin(n int) error {
	var err error
	if d.queues, err = d.Queue.Queues(d.ctx, d.outlet); err != nil {
		return err
	}
	counters, err := d.Org.Counters(d.ctx, d.outlet)
	if err != nil {
		return err
	}
	manned := min(max(3, int(float64(n)*9/d.until.Sub(d.clock.Now()).Minutes())), 8)
	slices.SortFunc(counters, func(a, b org.Counter) int { return len(a.No)*1000 + int(a.No[0]) - len(b.No)*1000 - int(b.No[0]) })
	for i := range manned {
		actor, err := d.Identity.Actor(d.ctx, fmt.Sprintf("clerk-%s-%02d", d.outlet, i+2))
		if err != nil {
			return err
		}
		p := &place{Counter: counters[i+1], ctx: identity.With(d.ctx, actor), free: d.clock.Now()}
		if err := d.Queue.Sit(p.ctx, p.ID); err != nil {
			return err
		}
		d.places = append(d.places, p)
	}
	return nil
}

// run lets people and counters act in the order of time.
func (d *hallDay) run(arrivals []time.Time) error {
	for {
		p := slices.MinFunc(d.places, func(a, b *place) int { return a.free.Compare(b.free) })
		switch {
		case len(arrivals) > 0 && !arrivals[0].After(p.free):
			d.clock.Set(arrivals[0])
			arrivals = arrivals[1:]
			if err := d.take(); err != nil {
				return err
			}
		case p.free.After(d.until):
			return nil
		default:
			d.clock.Set(p.free)
			if err := d.serve(p); err != nil {
				return err
			}
		}
	}
}

var priorities = []string{queue.Elder, queue.Elder, queue.Elder, queue.Soldier, queue.Disabled, queue.Pregnant, queue.Booked, queue.Booked}

func (d *hallDay) take() error {
	t := queue.Take{Outlet: d.outlet, Queue: d.queues[0].ID}
	if d.r.IntN(100) < 55 {
		t.Queue = d.queues[d.r.IntN(len(d.queues)-1)].ID
	}
	if d.r.IntN(100) < 18 {
		t.Priority = priorities[d.r.IntN(len(priorities))]
	}
	_, err := d.Queue.Take(d.places[0].ctx, t)
	return err
}

// serve calls the next to a counter; now and then nobody comes, or somebody
// has to fetch a paper.
func (d *hallDay) serve(p *place) error {
	t, err := d.Queue.Call(p.ctx, p.ID)
	if errors.Is(err, queue.ErrNobodyWaiting) {
		p.free = d.clock.Now().Add(2 * time.Minute)
		return nil
	}
	if err != nil {
		return err
	}
	if d.r.IntN(100) < 5 {
		return d.miss(p, t)
	}
	if p.free = d.later(20 + d.r.IntN(40)); p.free.After(d.until) {
		return nil // called this moment
	}
	if t, err = d.Queue.Arrive(p.ctx, t.ID); err != nil {
		return err
	}
	if d.r.IntN(100) < 3 {
		p.free = d.later(90)
		_, err = d.Queue.Hold(p.ctx, t.ID)
		return err
	}
	p.free = d.clock.Now().Add(time.Duration((0.4 + 1.4*d.r.Float64()) * 9 * float64(time.Minute)))
	return nil
}

func (d *hallDay) miss(p *place, t queue.Ticket) error {
	for range queue.CallsBeforeMissed - 1 {
		if p.free = d.later(30); p.free.After(d.until) {
			return nil
		}
		if _, err := d.Queue.Recall(p.ctx, t.ID); err != nil {
			return err
		}
	}
	if p.free = d.later(30); p.free.After(d.until) {
		return nil
	}
	_, err := d.Queue.Miss(p.ctx, t.ID)
	return err
}

// later moves the clock on by seconds, not past the end, and gives the moment.
func (d *hallDay) later(seconds int) time.Time {
	t := d.clock.Now().Add(time.Duration(seconds) * time.Second)
	if !t.After(d.until) {
		d.clock.Set(t)
	}
	return t
}

// end serves whoever is left and sends the clerks home.
func (d *hallDay) end() error {
	for _, p := range d.places {
		for {
			t, ok, err := d.Queue.Serving(p.ctx, p.ID)
			if err != nil {
				return err
			}
			if ok {
				if err := d.Queue.Finish(p.ctx, t.ID); err != nil {
					return err
				}
			}
			if _, err := d.Queue.Call(p.ctx, p.ID); errors.Is(err, queue.ErrNobodyWaiting) {
				break
			} else if err != nil {
				return err
			}
			d.clock.Advance(4 * time.Minute)
		}
		if err := d.Queue.Leave(p.ctx); err != nil {
			return err
		}
	}
	return nil
}
