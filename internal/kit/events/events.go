package events

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
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
	all   []Subscription
}

// laterOn is a subscriber of Later.
type laterOn struct {
	subscriber, kind string
	fn               func(ctx context.Context, e Event) error
}

// New makes a bus whose later subscribers run as jobs of q.
func New(q *jobs.Queue) *Bus {
	return &Bus{q: q, now: map[string][]func(context.Context, Event) error{}, later: map[string][]laterOn{}}
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

// Later runs fn as a job of its own, after the publisher's transaction.
func Later[E Event](b *Bus, subscriber string, fn func(ctx context.Context, e E) error) {
	name := b.add(nameOf[E](), subscriber, false)
	kind := "event:" + name + ":" + subscriber
	jobs.RegisterRaw(b.q, kind, func(ctx context.Context, raw []byte) error {
		var e E
		if err := json.Unmarshal(raw, &e); err != nil {
			return fmt.Errorf("read event: %w", err)
		}
		return fn(ctx, e)
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	b.later[name] = append(b.later[name], laterOn{subscriber, kind, func(ctx context.Context, e Event) error {
		own, ok := e.(E)
		if !ok {
			return fmt.Errorf("events: %s was told as %T, %s expects %T", name, e, subscriber, own)
		}
		return fn(ctx, own)
	}})
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
