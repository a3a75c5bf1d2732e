package queue

import (
	"context"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// behind is the place right after the next three who wait in the ticket's
// lane; zero when fewer wait, which is the end of the line.
func (m *Module) behind(ctx context.Context, r *ticketRow) (time.Time, error) {
	var w db.Where
	w.And("outlet = ?", r.Outlet).And("day = ?", r.Day).And("state = ?", Waiting).And("queue = ?", r.Queue)
	if r.Priority == "" {
		w.And("priority = ''")
	} else {
		w.And("priority <> ''")
	}
	var places []time.Time
	err := m.DB.Conn(ctx).Select(ctx, &places, "SELECT place FROM queue_ticket"+w.SQL()+" ORDER BY place, id LIMIT "+w.Arg(RevivedBehind), w.Args()...)
	if err != nil || len(places) < RevivedBehind {
		return time.Time{}, err
	}
	return places[RevivedBehind-1].Add(time.Microsecond), nil
}

// Hold sets a number aside (挂起) while its person fetches something; the
// counter is free for others.
func (m *Module) Hold(ctx context.Context, id string) (Ticket, error) {
	return m.act(ctx, id, ActHold, func(_ context.Context, c *change) error {
		c.r.State = Held
		return nil
	})
}

// Unhold takes a held number up again (恢复). At the actor's own counter, if
// nobody stands there, the person is served at once; otherwise they are the
// next one called at the counter that held them.
func (m *Module) Unhold(ctx context.Context, id string) (Ticket, error) {
	return m.act(ctx, id, ActUnhold, func(ctx context.Context, c *change) error {
		here, seated, err := m.SeatOf(ctx)
		if err != nil {
			return err
		}
		if seated && here.Outlet == c.r.Outlet {
			if _, busy, err := m.atCounter(ctx, here.ID); err != nil {
				return err
			} else if !busy {
				if err := callTo(here, identity.FromContext(ctx).Account)(ctx, c); err != nil {
					return err
				}
				c.r.State, c.r.ServedAt = Serving, &c.now
				return nil
			}
		}
		c.r.State, c.r.Reserved = Waiting, c.r.Counter
		return nil
	})
}

// To is where a number goes: another queue, another counter, or a counter that
// serves it from another queue.
type To struct{ Queue, Counter string }

// Transfer sends a number on (转移). It keeps its place, that is, all of its
// waiting: it is soon called there. Errors: ErrTransfer for a queue or counter
// of another hall, or the place where it is.
func (m *Module) Transfer(ctx context.Context, id string, to To) (Ticket, error) {
	return m.act(ctx, id, ActTransfer, func(ctx context.Context, c *change) error {
		if to.Queue == "" && to.Counter == "" || to.Counter != "" && to.Counter == c.r.Counter {
			return ErrTransfer
		}
		if to.Queue != "" {
			q, err := m.queue(ctx, to.Queue)
			if err != nil {
				return err
			}
			if q.Outlet != c.r.Outlet || !q.Active || q.ID == c.r.Queue && to.Counter == "" && c.r.State == Waiting {
				return ErrTransfer
			}
			c.r.Queue, c.detail = q.ID, q.Name
		}
		if to.Counter != "" {
			target, err := m.counter(ctx, to.Counter)
			if err != nil {
				return err
			}
			if target.Outlet != c.r.Outlet {
				return ErrTransfer
			}
			c.detail = target.No + "号窗口"
		}
		c.r.State, c.r.Reserved = Waiting, to.Counter
		c.r.Counter, c.r.CounterNo, c.r.CounterName, c.r.Calls, c.r.ServedAt = "", "", "", 0, nil
		return nil
	})
}
