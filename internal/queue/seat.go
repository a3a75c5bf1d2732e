package queue

import (
	"context"
	"errors"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/org"
)

// Seat is who sits at a counter today (坐席).
type Seat struct {
	Counter string    `db:"counter"`
	Outlet  string    `db:"outlet"`
	Day     string    `db:"day"`
	Account string    `db:"account"`
	Name    string    `db:"name"`
	Since   time.Time `db:"since"`
	Streak  int       `db:"streak"`
}

const seatColumns = `SELECT counter, outlet, day, account, name, since, streak FROM queue_seat`

// Sit says that the actor works at a counter today, and leaves the one before.
// A counter whose clerk left without a word may be taken over; one with
// somebody in front of it may not. Errors: ErrCounterUnknown, ErrNotHere,
// ErrSeatTaken, ErrSeatBusy when the actor's own counter has a number open.
func (m *Module) Sit(ctx context.Context, counter string) error {
	c, err := m.counter(ctx, counter)
	if err != nil {
		return err
	}
	if _, err := m.hall(ctx, VerbCall, c.Outlet); err != nil {
		return err
	}
	actor, now := identity.FromContext(ctx), m.now(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if own, ok, err := m.seatOf(ctx); err != nil || ok && own.Counter == counter {
			return err
		}
		if err := m.lock(ctx, c.Outlet); err != nil {
			return err
		}
		if err := m.takeOver(ctx, c); err != nil {
			return err
		}
		if err := m.leave(ctx); err != nil {
			return err
		}
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO queue_seat (counter, outlet, day, account, name, since, streak) VALUES ($1, $2, $3, $4, $5, $6, 0)
			ON CONFLICT (counter) DO UPDATE SET outlet = excluded.outlet, day = excluded.day, account = excluded.account,
			name = excluded.name, since = excluded.since, streak = 0`, c.ID, c.Outlet, dayOf(now), actor.Account, actor.Name, now)
		return err
	})
}

// takeOver refuses a counter where somebody is being served by another clerk.
func (m *Module) takeOver(ctx context.Context, c org.Counter) error {
	s, ok, err := m.seatAt(ctx, c.ID)
	if err != nil || !ok || s.Account == identity.FromContext(ctx).Account {
		return err
	}
	_, busy, err := m.atCounter(ctx, c.ID)
	if err == nil && busy {
		err = ErrSeatTaken.Say("%s号窗口正由%s办理，请选择别的窗口。", c.No, s.Name)
	}
	return err
}

// Leave gives up the actor's counter for today; without one it does nothing.
// ErrSeatBusy while a number is open there.
func (m *Module) Leave(ctx context.Context) error {
	return m.DB.InTx(ctx, m.leave)
}

func (m *Module) leave(ctx context.Context) error {
	s, ok, err := m.seatOf(ctx)
	if err != nil || !ok {
		return err
	}
	r, busy, err := m.atCounter(ctx, s.Counter)
	if err != nil {
		return err
	}
	if busy {
		return ErrSeatBusy.Say("%s号还没有办完，请先办完、挂起或转走。", r.no())
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `DELETE FROM queue_seat WHERE counter = $1 AND account = $2`, s.Counter, s.Account)
	return err
}

// SeatOf gives the counter the actor in ctx sits at today.
func (m *Module) SeatOf(ctx context.Context) (org.Counter, bool, error) {
	s, ok, err := m.seatOf(ctx)
	if err != nil || !ok {
		return org.Counter{}, false, err
	}
	c, err := m.counter(ctx, s.Counter)
	if errors.Is(err, ErrCounterUnknown) { // taken away since
		return c, false, nil
	}
	return c, err == nil, err
}

func (m *Module) seatOf(ctx context.Context) (Seat, bool, error) {
	return m.seat(ctx, `account = $1`, identity.FromContext(ctx).Account)
}

func (m *Module) seatAt(ctx context.Context, counter string) (Seat, bool, error) {
	return m.seat(ctx, `counter = $1`, counter)
}

func (m *Module) seat(ctx context.Context, cond, value string) (Seat, bool, error) {
	var s Seat
	err := m.DB.Conn(ctx).Get(ctx, &s, seatColumns+` WHERE `+cond+` AND day = $2 ORDER BY since DESC LIMIT 1`, value, m.today(ctx))
	if errors.Is(err, db.ErrNoRows) {
		return s, false, nil
	}
	return s, err == nil, err
}

// Seats lists who sits where at an outlet today, by counter.
func (m *Module) Seats(ctx context.Context, outlet string) ([]Seat, error) {
	var list []Seat
	err := m.DB.Conn(ctx).Select(ctx, &list, seatColumns+` WHERE outlet = $1 AND day = $2 ORDER BY counter`, outlet, m.today(ctx))
	return list, err
}
