package queue

import (
	"context"
	"errors"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/org"
)

// Call calls the next person to a counter (叫号), by the rule of the package
// doc. Whoever is being served there is finished; a number that was called and
// is neither there nor passed over comes first (ErrCalledStill). Errors:
// ErrNobodyWaiting, ErrCounterUnknown, ErrNotHere.
func (m *Module) Call(ctx context.Context, counter string) (Ticket, error) {
	c, err := m.counter(ctx, counter)
	if err != nil {
		return Ticket{}, err
	}
	if _, err := m.hall(ctx, VerbCall, c.Outlet); err != nil {
		return Ticket{}, err
	}
	var called Ticket
	nobody := false
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.lock(ctx, c.Outlet); err != nil {
			return err
		}
		if err := m.clear(ctx, c); err != nil {
			return err
		}
		r, err := m.next(ctx, c)
		if nobody = errors.Is(err, ErrNobodyWaiting); nobody {
			return nil // whoever was there is finished all the same
		}
		if err != nil {
			return err
		}
		called, err = m.presentOne(ctx, r)
		return err
	})
	if err == nil && nobody {
		err = ErrNobodyWaiting
	}
	return called, err
}

// clear finishes whoever is served at the counter.
func (m *Module) clear(ctx context.Context, c org.Counter) error {
	r, busy, err := m.atCounter(ctx, c.ID)
	if err != nil || !busy {
		return err
	}
	if r.State == Called {
		return ErrCalledStill.Say("%s号还没有处理，请先点“已到”、“重呼”或“过号”。", r.no())
	}
	return m.apply(ctx, r, ActFinish, finish)
}

// next takes the first of the line; the hall is locked.
func (m *Module) next(ctx context.Context, c org.Counter) (*ticketRow, error) {
	r, streak, err := m.first(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := m.apply(ctx, r, ActCall, callTo(c, identity.FromContext(ctx).Account)); err != nil {
		return nil, err
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE queue_seat SET streak = $2 WHERE counter = $1`, c.ID, streak)
	return r, err
}

// callTo is a call to a counter.
func callTo(c org.Counter, clerk string) func(context.Context, *change) error {
	return func(_ context.Context, x *change) error {
		r := x.r
		r.State, r.Counter, r.CounterNo, r.CounterName, r.Reserved = Called, c.ID, c.No, c.Name, ""
		r.Calls, r.Clerk, r.CalledAt, r.ServedAt = 1, clerk, &x.now, nil
		if r.FirstCalled == nil {
			r.FirstCalled = &x.now
		}
		return nil
	}
}

// first finds who is next at a counter and how long its row of priorities is
// after them. ErrNobodyWaiting.
func (m *Module) first(ctx context.Context, c org.Counter) (*ticketRow, int, error) {
	seat, _, err := m.seatAt(ctx, c.ID)
	if err != nil {
		return nil, 0, err
	}
	if own, err := m.lane(ctx, c, "reserved = ?", c.ID); err != nil || own != nil {
		return own, seat.Streak, err
	}
	queues, err := m.Serves(ctx, c)
	if err != nil {
		return nil, 0, err
	}
	ids := make([]string, len(queues))
	for i, q := range queues {
		ids[i] = q.ID
	}
	ahead, err := m.lane(ctx, c, "priority <> ''", nil, ids...)
	if err != nil {
		return nil, 0, err
	}
	ordinary, err := m.lane(ctx, c, "priority = ''", nil, ids...)
	switch {
	case err != nil:
		return nil, 0, err
	case ahead == nil && ordinary == nil:
		return nil, 0, ErrNobodyWaiting
	case ordinary == nil:
		return ahead, 0, nil // nobody is kept waiting by it
	case ahead == nil || seat.Streak >= PriorityInARow:
		return ordinary, 0, nil
	}
	return ahead, seat.Streak + 1, nil
}

// lane gives the first waiting of one lane, nil when it is empty.
func (m *Module) lane(ctx context.Context, c org.Counter, cond string, arg any, queues ...string) (*ticketRow, error) {
	var w db.Where
	w.And("outlet = ?", c.Outlet).And("day = ?", m.today(ctx)).And("state = ?", Waiting)
	if arg != nil {
		w.And(cond, arg)
	} else {
		w.And(cond).And("reserved = ''").In("queue", queues)
	}
	var r ticketRow
	err := m.DB.Conn(ctx).Get(ctx, &r, selectTicket+w.SQL()+" ORDER BY place, id LIMIT 1", w.Args()...)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	return &r, err
}

// atCounter gives the ticket that was called to a counter or is served there.
func (m *Module) atCounter(ctx context.Context, counter string) (*ticketRow, bool, error) {
	var r ticketRow
	err := m.DB.Conn(ctx).Get(ctx, &r, selectTicket+` WHERE counter = $1 AND day = $2 AND state IN ('called', 'serving')
		ORDER BY called_at DESC LIMIT 1`, counter, m.today(ctx))
	if errors.Is(err, db.ErrNoRows) {
		return nil, false, nil
	}
	return &r, err == nil, err
}

// Serving gives the number that was called to a counter or is served there.
func (m *Module) Serving(ctx context.Context, counter string) (Ticket, bool, error) {
	r, ok, err := m.atCounter(ctx, counter)
	if err != nil || !ok {
		return Ticket{}, false, err
	}
	if !may(ctx, VerbView, r.Division) {
		return Ticket{}, false, ErrNotHere
	}
	t, err := m.presentOne(ctx, r)
	return t, err == nil, err
}

// Recall calls the same number again (重呼): the wall and the voice repeat it.
func (m *Module) Recall(ctx context.Context, id string) (Ticket, error) {
	return m.act(ctx, id, ActRecall, func(_ context.Context, c *change) error {
		c.r.Calls++
		c.r.CalledAt = &c.now
		return nil
	})
}

// Arrive notes that the person stands at the counter; from here the time of
// service runs.
func (m *Module) Arrive(ctx context.Context, id string) (Ticket, error) {
	return m.act(ctx, id, ActArrive, func(_ context.Context, c *change) error {
		c.r.State, c.r.ServedAt = Serving, &c.now
		return nil
	})
}

// Finish ends a service (办完).
func (m *Module) Finish(ctx context.Context, id string) error {
	_, err := m.act(ctx, id, ActFinish, finish)
	return err
}

func finish(_ context.Context, c *change) error {
	c.r.State, c.r.DoneAt = Done, &c.now
	return nil
}

// Miss passes over a number that was called three times (过号); ErrCallAgain
// before.
func (m *Module) Miss(ctx context.Context, id string) (Ticket, error) {
	return m.act(ctx, id, ActMiss, func(_ context.Context, c *change) error {
		if left := CallsBeforeMissed - c.r.Calls; left > 0 {
			return ErrCallAgain.Say("叫满三次、人还没来，才能过号，请再呼叫%d次。", left)
		}
		c.r.State = Missed
		return nil
	})
}

// Revive gives somebody who missed the call a place again (过号恢复): behind the
// next three who wait in that queue.
func (m *Module) Revive(ctx context.Context, id string) (Ticket, error) {
	return m.act(ctx, id, ActRevive, func(ctx context.Context, c *change) error {
		if c.r.Day != dayOf(c.now) {
			return ErrAct.Say("%s号是别的日子的，请重新取号。", c.r.no())
		}
		place, err := m.behind(ctx, c.r)
		if err != nil {
			return err
		}
		c.r.State, c.r.Counter, c.r.CounterNo, c.r.CounterName, c.r.Reserved, c.r.Calls = Waiting, "", "", "", "", 0
		c.r.Place = c.now
		if !place.IsZero() {
			c.r.Place = place
		}
		return nil
	})
}
