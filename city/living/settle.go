package living

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/org"
	"yimen/workday"
)

// Place is where settled cases are wanted: handed in at an outlet, about a
// matter of a division.
type Place struct {
	Division, Outlet string
	N                int
}

// settledBefore is how long ago settled cases were handed in, in natural days:
// so long that the slowest of them is decided, delivered and filed away.
const settledBefore = 330

// settledFate is how a settled case ended: those of fates that end by people's acts.
func (l *life) settledFate() string {
	for {
		switch fate := l.fate(); fate {
		case "uncorrected", "neglected": // end by a job, when a term is over
		default:
			return fate
		}
	}
}

// Settle makes cases that are over, of invented people without accounts who
// came to a window, and gives the numbers of those of each place. tell is
// called after each. Every case is a transaction.
func (c City) Settle(ctx context.Context, now time.Time, places []Place, people []identity.NewAccount, tell func()) ([][]string, error) {
	l := &life{City: c, now: now, clock: clock.NewFake(now), r: rand.New(rand.NewPCG(uint64(now.Unix()), 2019)),
		actors: map[string]identity.Actor{}, scans: map[string]string{}, fields: map[string][]catalogue.FormField{}}
	l.ctx = clock.With(ctx, l.clock)
	if err := l.prepare(people); err != nil {
		return nil, err
	}
	first := workday.DateOf(now, clock.Beijing).Add(-settledBefore)
	numbers := make([][]string, len(places))
	for i, p := range places {
		for range p.N {
			number, err := l.settled(p, l.calendar.AddWorkdays(first, 1+l.r.IntN(20)))
			if err != nil {
				return nil, fmt.Errorf("settle a case in %s: %w", p.Outlet, err)
			}
			numbers[i] = append(numbers[i], number)
			tell()
		}
	}
	return numbers, l.fileAway(first)
}

// settled makes one case; where it cannot be applied for, another item is tried.
func (l *life) settled(p Place, on workday.Date) (string, error) {
	var err error
	for range 30 {
		s := &story{life: l, fate: l.settledFate(), place: &p, channel: cases.ChannelWindow}
		if s.def = l.itemAt(org.LevelOf(p.Division)); s.def == nil {
			return "", errors.New("nothing can be applied for at this level")
		}
		s.t = at(on, 8+s.r.IntN(9), 30+s.r.IntN(29))
		err = l.DB.InTx(l.ctx, func(ctx context.Context) error {
			outer := l.ctx
			l.ctx = ctx
			defer func() { l.ctx = outer }()
			return s.settle()
		})
		if err == nil {
			return s.c.Number, nil
		}
		clear(l.scans) // what the undone transaction stored is gone
		if l.ctx.Err() != nil {
			return "", l.ctx.Err()
		}
	}
	return "", err
}

func (s *story) settle() error {
	home := s.people[s.r.IntN(len(s.people))]
	for !s.def.Serves(audienceOf(home)) {
		home = s.people[s.r.IntN(len(s.people))]
	}
	var err error
	if s.village, err = s.Org.Division(s.ctx, home.Division); err != nil {
		return err
	}
	s.applicant = home
	s.applicant.Name = ""
	if home.Kind != identity.KindEnterprise {
		id, err := gb.ParseResidentID(home.IDNo, workday.Date{})
		if err != nil {
			return err
		}
		x := Invent("person", id.Birth().Add(s.r.IntN(700)-350), home.IDNo, s.r)
		s.applicant.DisplayName, s.applicant.IDNo, s.applicant.Phone = x.Name, x.IDNo, x.Phone
	} else {
		x := Invent("enterprise", workday.Date{}, home.IDNo, s.r)
		s.applicant.DisplayName, s.applicant.IDNo, s.applicant.Phone = x.Name, x.IDNo, x.Phone
	}
	if err := s.run(); err != nil {
		return err
	}
	if !s.c.State.Ended() {
		return fmt.Errorf("%s %s is %s and does not end", s.def.Code, s.c.Number, s.c.State)
	}
	return nil
}

// itemAt draws an item of a level: a few are asked for very often and most
// seldom. nil when there is none.
func (l *life) itemAt(level org.Level) *catalogue.Definition {
	var list []*catalogue.Definition
	for _, d := range l.items {
		// A promise in natural days does not keep its length from one day to another.
		if d.At(int(level)) && d.Promised.Unit != catalogue.UnitDay {
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		return nil
	}
	n := len(list)
	return list[(min(l.r.IntN(n), l.r.IntN(n))+int(level)*31)%n]
}

// fileAway lets the days pass until the last of them is filed away.
func (l *life) fileAway(first workday.Date) error {
	for d := first; d.Before(workday.DateOf(l.now, clock.Beijing)); d = d.Add(2) {
		l.clock.Set(at(d, 3, 0))
		if err := l.Cases.ArchiveClosed(l.ctx); err != nil {
			return err
		}
	}
	return nil
}
