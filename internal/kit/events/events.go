package events

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sync"

	"yimen/internal/kit/jobs"
)

// Event is what happened: a struct that JSON can hold. Its name ends in a
// version ("cases.closed.v1"): rows with the old shape may still wait when a
// new release starts.
type Event interface{ EventName() string }

var nameShape = regexp.MustCompile(`^[a-z_]+\.[a-z_]+\.v[0-9]+$`)

// Subscription is who hears of what, for a look at the wiring.
type Subscription struct {
	Event      string
	Subscriber string
	Now        bool // in the publisher's transaction
}

// Bus brings events to their subscribers.
type Bus struct {
	q *jobs.Queue

	mu    sync.RWMutex
	now   map[string][]func(ctx context.Context, e Event) error
	later map[string][]laterOn // by event name
	named map[string]laterOn   // the same by kind of job
	all   []Subscription
}

// laterOn is a subscriber of Later.
type laterOn struct {
	subscriber, kind string
	wants            func(e Event) bool
	read             func(raw []byte) (Event, error)
	fn               func(ctx context.Context, e Event) error
}

// New makes a bus whose later subscribers run as jobs of q.
func New(q *jobs.Queue) *Bus {
	return &Bus{q: q, now: map[string][]func(context.Context, Event) error{}, later: map[string][]laterOn{},
		named: map[string]laterOn{}}
}

// Publish tells that e has happened. Inside InTx it is part of that
// transaction, else it has its own. The subscribers of Now run at once, in the
// order they were wired; the first error is returned.
func (b *Bus) Publish(ctx context.Context, e Event) error {
	name := e.EventName()
	b.mu.RLock()
	now, later := b.now[name], b.later[name]
	b.mu.RUnlock()
	if len(now) == 0 && len(later) == 0 {
		return nil
	}
	kinds := unheld(ctx, later, e)
	return b.q.DB().InTx(ctx, func(ctx context.Context) error {
		for _, fn := range now {
			if err := fn(ctx, e); err != nil {
				return err
			}
		}
		if len(kinds) == 0 {
			return nil
		}
		raw, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("events: write %s: %w", name, err)
		}
		return b.q.InsertRaw(ctx, kinds, raw)
	})
}

// Now runs fn inside the publisher's transaction.
func Now[E Event](b *Bus, subscriber string, fn func(ctx context.Context, e E) error) {
	name := b.add(nameOf[E](), subscriber, true)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now[name] = append(b.now[name], func(ctx context.Context, e Event) error {
		own, ok := e.(E)
		if !ok {
			return fmt.Errorf("events: %s was published as %T, %s expects %T", name, e, subscriber, own)
		}
		if err := fn(ctx, own); err != nil {
			return fmt.Errorf("%s on %s: %w", subscriber, name, err)
		}
		return nil
	})
}

// Later runs fn as a job of its own, after the publisher's transaction: of the
// events that every one of wants says yes to. Those look at nothing but the event, so
// that what concerns nobody costs no job.
func Later[E Event](b *Bus, subscriber string, fn func(ctx context.Context, e E) error, wants ...func(e E) bool) {
	name := b.add(nameOf[E](), subscriber, false)
	kind := "event:" + name + ":" + subscriber
	wanted := func(e Event) bool {
		own, ok := e.(E)
		return !ok || !slices.ContainsFunc(wants, func(f func(E) bool) bool { return !f(own) }) // another type is told by fn
	}
	l := laterOn{subscriber, kind, wanted, func(raw []byte) (Event, error) {
		var e E
		if err := json.Unmarshal(raw, &e); err != nil {
			return nil, fmt.Errorf("read event: %w", err)
		}
		return e, nil
	}, func(ctx context.Context, e Event) error {
		own, ok := e.(E)
		if !ok {
			return fmt.Errorf("events: %s was told as %T, %s expects %T", name, e, subscriber, own)
		}
		return fn(ctx, own)
	}}
	jobs.RegisterRaw(b.q, kind, func(ctx context.Context, raw []byte) error {
		e, err := l.read(raw)
		if err != nil {
			return err
		}
		return l.fn(ctx, e)
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	b.later[name], b.named[kind] = append(b.later[name], l), l
}

// Tell runs the subscriber for one event.
type Tell func(ctx context.Context, e Event) error

// Together has what a subscriber of Later hears done for many events at once:
// fn gets those that happened since the last time, in their order, in a
// transaction, and tells them one by one with tell, or does for all of them
// at once what it can. Nothing but the database may be changed: see
// jobs.RegisterTogether. To be called when the subscriber has been wired to
// all its events.
func Together(b *Bus, subscriber string, fn func(ctx context.Context, list []Event, tell Tell) error) {
	b.mu.RLock()
	var kinds []string
	for kind, l := range b.named {
		if l.subscriber == subscriber {
			kinds = append(kinds, kind)
		}
	}
	b.mu.RUnlock()
	if len(kinds) == 0 {
		panic("events: " + subscriber + " hears of nothing later")
	}
	tell := func(ctx context.Context, e Event) error { return b.Tell(ctx, subscriber, e) }
	jobs.RegisterTogether(b.q, subscriber, func(ctx context.Context, items []jobs.Item) error {
		list := make([]Event, len(items))
		for i, x := range items {
			var err error
			if list[i], err = b.read(x); err != nil {
				return err
			}
		}
		return fn(ctx, list, tell)
	}, kinds...)
}

// read makes an event of a job.
func (b *Bus) read(x jobs.Item) (Event, error) {
	b.mu.RLock()
	l := b.named[x.Kind]
	b.mu.RUnlock()
	return l.read(x.Args)
}

// Subscriptions lists who hears of what, in the order it was wired.
func (b *Bus) Subscriptions() []Subscription {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return append([]Subscription(nil), b.all...)
}

func nameOf[E Event]() string {
	var zero E
	return zero.EventName()
}

func (b *Bus) add(name, subscriber string, now bool) string {
	if !nameShape.MatchString(name) {
		panic("events: name must look like module.what.v1: " + name)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.all {
		if s.Event == name && s.Subscriber == subscriber && s.Now == now {
			panic("events: " + subscriber + " subscribed twice to " + name)
		}
	}
	b.all = append(b.all, Subscription{name, subscriber, now})
	return name
}
