package events

import (
	"context"
	"fmt"
)

type holdKey struct{}

// held is a subscriber that is not told for now.
type held struct {
	subscriber string
	keep       func(ctx context.Context, e Event)
	outer      *held // held before it, another subscriber perhaps
}

// of finds who holds events back from a subscriber; nil is nobody.
func (h *held) of(subscriber string) *held {
	for ; h != nil && h.subscriber != subscriber; h = h.outer {
	}
	return h
}

// Hold keeps from one subscriber of Later what is published under the returned
// context: no job is made, keep gets the event instead, and may have it told
// by Tell. For making a long history at once (the sample city), where one job
// for each thing that ever happened would be most of the work.
func Hold(ctx context.Context, subscriber string, keep func(ctx context.Context, e Event)) context.Context {
	outer, _ := ctx.Value(holdKey{}).(*held)
	return context.WithValue(ctx, holdKey{}, &held{subscriber, keep, outer})
}

// unheld gives the jobs to insert for an event, and hands it to whoever holds
// it back.
func unheld(ctx context.Context, later []laterOn, e Event) []string {
	hold, _ := ctx.Value(holdKey{}).(*held)
	var kinds []string
	for _, l := range later {
		if !l.wants(e) {
			continue
		}
		if h := hold.of(l.subscriber); h != nil {
			h.keep(ctx, e)
			continue
		}
		kinds = append(kinds, l.kind)
	}
	return kinds
}

// Tell runs a subscriber of Later now, in ctx, for an event that was held back.
func (b *Bus) Tell(ctx context.Context, subscriber string, e Event) error {
	b.mu.RLock()
	later := b.later[e.EventName()]
	b.mu.RUnlock()
	for _, l := range later {
		if l.subscriber == subscriber {
			return l.fn(ctx, e)
		}
	}
	return fmt.Errorf("events: %s does not hear of %s", subscriber, e.EventName())
}
