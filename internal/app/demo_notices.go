package app

import (
	"context"
	"slices"
	"sort"
	"time"

	"yimen/internal/cases"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/events"
	"yimen/internal/messages"
)

// What of its past the sample city is told: enough to fill the boxes of those
// one can be, and no more, because the first start has seconds.
const (
	pastDays    = 30
	pastEach    = 10  // messages of one account
	pastAtMost  = 600 // of all accounts
	pastStillIn = 3   // of each account, the newest stay unread
)

// past is what was published while the sample city was made.
type past struct {
	list   []happened
	papers []handed
}

// handed is an application that came in at a window, on paper perhaps.
type handed struct {
	number string
	at     time.Time
}

// pastPapers is how long papers may still lie where they were received.
const pastPapers = 7 * 24 * time.Hour

// notePapers notes the papers of the last days; older ones have long been
// handed on.
func (p *past) notePapers(ctx context.Context, a *App) error {
	for _, x := range p.papers {
		if a.Clock.Now().Sub(x.at) > pastPapers {
			continue
		}
		if err := a.paper(clock.With(ctx, clock.NewFake(x.at)), x.number); err != nil {
			return err
		}
	}
	return nil
}

type happened struct {
	event   events.Event
	account string
	at      time.Time
}

// listen keeps the notices of the city's past from becoming one job each.
func (p *past) listen(ctx context.Context, c clock.Clock) context.Context {
	ctx = events.Hold(ctx, papersOf, func(ctx context.Context, e events.Event) {
		if x, ok := e.(cases.Submitted); ok && x.Channel == cases.ChannelWindow {
			p.papers = append(p.papers, handed{x.Number, clock.FromContext(ctx, c).Now()})
		}
	})
	// What was granted in the past was handed out on paper: no licence is issued for it.
	ctx = events.Hold(ctx, licencesOf, func(context.Context, events.Event) {})
	return events.Hold(ctx, tellers, func(ctx context.Context, e events.Event) {
		p.list = append(p.list, happened{e, accountOf(e), clock.FromContext(ctx, c).Now()})
	})
}

// accountOf is whose case an event is about; "" for those of tasks.
func accountOf(e events.Event) string {
	if about, ok := e.(interface{ Of() cases.Ref }); ok {
		return about.Of().Account
	}
	return ""
}

// tell lets the newest of it reach the people through the same reactions as
// any other day, at the time it happened.
func (p *past) tell(ctx context.Context, a *App) error {
	sort.SliceStable(p.list, func(i, j int) bool { return p.list[i].at.After(p.list[j].at) })
	var chosen []happened
	of := map[string]int{}
	since := a.Clock.Now().AddDate(0, 0, -pastDays)
	for _, h := range p.list {
		if h.account == "" || h.at.Before(since) || of[h.account] >= pastEach || len(chosen) >= pastAtMost {
			continue
		}
		of[h.account]++
		chosen = append(chosen, h)
	}
	slices.Reverse(chosen)
	for _, h := range chosen {
		of[h.account]--
		then := messages.Past(clock.With(ctx, clock.NewFake(h.at)))
		if of[h.account] >= pastStillIn {
			then = messages.Read(then)
		}
		if err := a.Bus.Tell(then, tellers, h.event); err != nil {
			return err
		}
	}
	return nil
}
