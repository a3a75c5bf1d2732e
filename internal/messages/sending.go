package messages

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"yimen/internal/kit/db"
)

// How deliveries leave.
const (
	sendEvery  = 500 * time.Millisecond
	sendAtMost = 50 // taken at a time
	sendAtOnce = 10 // on their way at the same time
	// sendLease is after which a delivery that was taken is taken again: its
	// process died. Longer than a sender may need for all that were taken.
	sendLease = 3 * time.Minute
)

// pauses are how long to wait after each failure; after the last one it is
// given up until an administrator tries again.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour}

// sendDue sends some of what is due and says how many were looked at. What has
// been sent, failed or left out is left alone. A process that dies while
// sending has them sent again under the same id.
func (m *Module) sendDue(ctx context.Context) (int, error) {
	n, list, err := m.take(ctx)
	if err != nil || len(list) == 0 {
		return n, err
	}
	failures, now := m.sendAll(ctx, list), m.now(ctx)
	var done []delivery
	for i, d := range list {
		if failures[i] != nil && ctx.Err() != nil {
			continue // cut off by the end of the program: taken again when the lease is over
		}
		d.came(failures[i], now)
		done = append(done, d)
	}
	return n, m.save(context.WithoutCancel(ctx), done)
}

// came notes what became of a delivery.
func (d *delivery) came(failure error, now time.Time) {
	switch {
	case failure == nil:
		d.State, d.Reason, d.SentAt = Sent, "", &now
	case permanent(failure) || d.Attempts > len(pauses):
		d.State, d.Reason = Failed, reasonOf(failure)
	default:
		d.State, d.Reason, d.DueAt = Waiting, reasonOf(failure), now.Add(pauses[d.Attempts-1])
	}
}

// sendAll brings deliveries on their way, several at a time, and gives each
// one's failure or nil.
func (m *Module) sendAll(ctx context.Context, list []delivery) []error {
	failures := make([]error, len(list))
	var wg sync.WaitGroup
	slots := make(chan struct{}, sendAtOnce)
	for i := range list {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			failures[i] = m.sendOne(ctx, &list[i])
		})
	}
	wg.Wait()
	return failures
}

// errNoAddress is of a delivery whose address does not open.
var errNoAddress = errors.New("the address cannot be read with the keys of this city")

// sendOne sends one. A panic is a failure like another.
func (m *Module) sendOne(ctx context.Context, d *delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if d.Address == "" {
		return errNoAddress
	}
	receipt, err := m.sender(d.Channel).Send(ctx, Outgoing{ID: d.ID, To: d.Address, Subject: d.Subject, Text: d.Text})
	if err == nil {
		d.Receipt = receipt
	}
	return err
}

// open are the states of deliveries that may be due, as their index knows them.
const open = "state IN ('waiting', 'sending')"

// byDue is the deliveries by when they are due. SQLite, which knows nothing of
// how many wait for another day, would look at all of these.
func (m *Module) byDue() string {
	if m.DB.Engine() == db.SQLite {
		return "messages_delivery INDEXED BY messages_delivery_due"
	}
	return "messages_delivery"
}

// take takes what is due for sending, and puts off or leaves out what the
// limits hold back; n is how many there were of both.
func (m *Module) take(ctx context.Context) (n int, ready []delivery, err error) {
	now := m.now(ctx)
	var ids []string // a look without a transaction first: mostly there is nothing
	err = m.DB.Conn(ctx).Select(ctx, &ids, `SELECT id FROM `+m.byDue()+` WHERE `+open+` AND due_at <= $1 LIMIT 1`, now)
	if err != nil || len(ids) == 0 {
		return 0, nil, wrap("look for what is due", err)
	}
	lock := ""
	if m.DB.Engine() == db.Postgres {
		lock = " FOR UPDATE SKIP LOCKED" // what another process takes
	}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		var list []delivery
		err := m.DB.Conn(ctx).Select(ctx, &list, "SELECT "+deliveryColumns+` FROM `+m.byDue()+`
			WHERE `+open+` AND due_at <= $1 ORDER BY due_at, id LIMIT $2`+lock, now, sendAtMost)
		if n = len(list); err != nil || n == 0 {
			return wrap("read what is due", err)
		}
		m.reveal(list)
		for i := range list {
			list[i].stored = list[i].State
		}
		if err := m.hold(ctx, list, now); err != nil {
			return err
		}
		if err := m.save(ctx, list); err != nil {
			return err
		}
		ready = ready[:0]
		for _, d := range list {
			if d.State == Sending {
				ready = append(ready, d)
			}
		}
		return nil
	})
	return n, ready, err
}

// due counts what sendDue would find.
func (m *Module) due(ctx context.Context) (int, error) {
	var n int
	err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM `+m.byDue()+` WHERE `+open+` AND due_at <= $1`, m.now(ctx))
	return n, wrap("count what is due", err)
}
