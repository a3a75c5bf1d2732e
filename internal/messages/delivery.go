package messages

import (
	"context"
	"errors"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// State is where a delivery stands.
type State string

// The states of a delivery.
//
//	waiting ─► sending ─► sent
//	   ▲          ├─► waiting   a failure that may pass: tried again later
//	   │          └─► failed    refused, or tried often enough
//	   └─ retry ───────┘
//	waiting ─► skipped          the person had enough text messages today
const (
	Waiting State = "waiting"
	Sending State = "sending"
	Sent    State = "sent"
	Failed  State = "failed"
	Skipped State = "skipped"
)

// delivery is a message on its way by one channel.
type delivery struct {
	ID        string     `db:"id"`
	Message   string     `db:"message"`
	Template  string     `db:"template"`
	Division  string     `db:"division"`
	Channel   string     `db:"channel"`
	State     State      `db:"state"`
	Urgent    bool       `db:"urgent"`
	Required  bool       `db:"required"`
	Address   string     `db:"address"`
	Subject   string     `db:"subject"`
	Text      string     `db:"text"`
	Attempts  int        `db:"attempts"`
	Reason    string     `db:"reason"`
	Receipt   string     `db:"receipt"`
	CreatedAt time.Time  `db:"created_at"`
	DueAt     time.Time  `db:"due_at"`
	SentAt    *time.Time `db:"sent_at"`
}

const deliveryColumns = `id, message, template, division, channel, state, urgent, required, address, subject, text,
	attempts, reason, receipt, created_at, due_at, sent_at`

// Deliver is the job that brings one delivery on its way.
type Deliver struct {
	ID string `json:"id"`
}

// Kind is the name of the job.
func (Deliver) Kind() string { return "messages.deliver" }

// pauses are how long to wait after each failure; after the last one it is
// given up until an administrator tries again.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour}

// deliver sends one delivery. What has been sent, failed or left is left
// alone. A process that dies while sending sends again under the same id.
func (m *Module) deliver(ctx context.Context, id string) error {
	d, ready, err := m.begin(ctx, id)
	if err != nil || !ready {
		return err
	}
	receipt, failure := m.sender(d.Channel).Send(ctx, Outgoing{ID: d.ID, To: d.Address, Subject: d.Subject, Text: d.Text})
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		now := m.now(ctx)
		switch {
		case failure == nil:
			d.Receipt, d.Reason, d.SentAt = receipt, "", &now
			return m.move(ctx, d, Sent)
		case permanent(failure) || d.Attempts > len(pauses):
			d.Reason = reasonOf(failure)
			return m.move(ctx, d, Failed)
		}
		d.Reason, d.DueAt = reasonOf(failure), now.Add(pauses[d.Attempts-1])
		if err := m.move(ctx, d, Waiting); err != nil {
			return err
		}
		return m.later(ctx, d.ID, d.DueAt)
	})
}

// begin takes a delivery for sending, or puts it off: at night, and when
// enough has left this hour or to this person today.
func (m *Module) begin(ctx context.Context, id string) (d delivery, ready bool, err error) {
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		err := m.DB.Conn(ctx).Get(ctx, &d, "SELECT "+deliveryColumns+" FROM messages_delivery WHERE id = $1", id)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		if err != nil {
			return wrap("read delivery", err)
		}
		if d.State != Waiting && d.State != Sending {
			return nil
		}
		if m.sender(d.Channel) == nil {
			d.Reason = "发送渠道没有配置"
			return m.move(ctx, d, Failed)
		}
		if d.Channel == SMS && d.State == Waiting {
			if put, err := m.hold(ctx, &d); put || err != nil {
				return err
			}
		}
		d.Attempts++
		ready = true
		return m.move(ctx, d, Sending)
	})
	if ready {
		d.State = Sending
	}
	return d, ready, err
}

func (m *Module) insertDelivery(ctx context.Context, d delivery) error {
	_, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO messages_delivery (`+deliveryColumns+`) VALUES
		(:id, :message, :template, :division, :channel, :state, :urgent, :required, :address, :subject, :text,
		:attempts, :reason, :receipt, :created_at, :due_at, :sent_at)`, d)
	if err != nil {
		return wrap("store delivery", err)
	}
	return m.tally(ctx, d, "", d.State)
}

// move changes the state of a delivery and its counts.
func (m *Module) move(ctx context.Context, d delivery, to State) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE messages_delivery SET state = $2, attempts = $3, reason = $4, receipt = $5,
		due_at = $6, sent_at = $7 WHERE id = $1`, d.ID, string(to), d.Attempts, d.Reason, d.Receipt, d.DueAt, d.SentAt)
	if err != nil {
		return wrap("change delivery", err)
	}
	return m.tally(ctx, d, d.State, to)
}

// Filter narrows a list of deliveries; empty fields do not.
type Filter struct {
	Channel  string
	State    State
	Template string
}

// scope is the viewer's right as a condition.
func scope(ctx context.Context, w *db.Where) *db.Where {
	identity.FromContext(ctx).Scope(VerbManage).Where(w, identity.Columns{Division: "division"})
	return w
}

// deliveries lists what left or was to leave, the newest first, as far as the
// viewer looks after it.
func (m *Module) deliveries(ctx context.Context, f Filter, p db.Page) ([]delivery, string, error) {
	w := scope(ctx, new(db.Where))
	for _, x := range []struct{ column, value string }{{"channel", f.Channel}, {"state", string(f.State)}, {"template", f.Template}} {
		if x.value != "" {
			w.And(x.column+" = ?", x.value)
		}
	}
	var at time.Time
	var id string
	after, err := p.Key(&at, &id)
	if err != nil {
		return nil, "", err
	}
	if after {
		w.And("(created_at, id) < (?, ?)", at, id)
	}
	limit := w.Arg(p.Size() + 1)
	var list []delivery
	err = m.DB.Conn(ctx).Select(ctx, &list, "SELECT "+deliveryColumns+" FROM messages_delivery"+w.SQL()+
		" ORDER BY created_at DESC, id DESC LIMIT "+limit, w.Args()...)
	if err != nil {
		return nil, "", wrap("list deliveries", err)
	}
	list, next := db.Cut(list, p, func(d delivery) []any { return []any{d.CreatedAt, d.ID} })
	return list, next, nil
}

// Retry sends a failed delivery again, at once. Errors: ErrDelivery for those
// outside the viewer's right too, ErrNotFailed.
func (m *Module) Retry(ctx context.Context, id string) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		w := scope(ctx, new(db.Where).And("id = ?", id))
		var d delivery
		err := m.DB.Conn(ctx).Get(ctx, &d, "SELECT "+deliveryColumns+" FROM messages_delivery"+w.SQL(), w.Args()...)
		if errors.Is(err, db.ErrNoRows) {
			return ErrDelivery
		}
		if err != nil {
			return wrap("read delivery", err)
		}
		if d.State != Failed && d.State != Skipped {
			return ErrNotFailed
		}
		d.Attempts, d.DueAt = 0, m.now(ctx)
		if err := m.move(ctx, d, Waiting); err != nil {
			return err
		}
		if err := m.later(ctx, d.ID, d.DueAt); err != nil {
			return err
		}
		return m.record(ctx, "message.retry", "message_delivery", d.ID)
	})
}

// RetryFailed sends up to 500 failed deliveries of a channel again, the oldest
// first, and says how many.
func (m *Module) RetryFailed(ctx context.Context, channel string) (int, error) {
	n := 0
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		w := scope(ctx, new(db.Where).And("state = ?", string(Failed)))
		if channel != "" {
			w.And("channel = ?", channel)
		}
		var list []delivery
		err := m.DB.Conn(ctx).Select(ctx, &list, "SELECT "+deliveryColumns+" FROM messages_delivery"+w.SQL()+
			" ORDER BY created_at, id LIMIT 500", w.Args()...)
		if err != nil {
			return wrap("list failed deliveries", err)
		}
		for _, d := range list {
			d.Attempts, d.DueAt = 0, m.now(ctx)
			if err := m.move(ctx, d, Waiting); err != nil {
				return err
			}
			if err := m.later(ctx, d.ID, d.DueAt); err != nil {
				return err
			}
		}
		if n = len(list); n == 0 {
			return nil
		}
		return m.record(ctx, "message.retry_failed", "message_delivery", channel)
	})
	return n, err
}

// forget removes deliveries made before a moment, from the counts too.
func (m *Module) forget(ctx context.Context, before time.Time) error {
	c := m.DB.Conn(ctx)
	var sums []struct {
		Division string `db:"division"`
		Channel  string `db:"channel"`
		State    State  `db:"state"`
		N        int64  `db:"n"`
	}
	err := c.Select(ctx, &sums, `SELECT division, channel, state, COUNT(*) AS n FROM messages_delivery
		WHERE created_at < $1 GROUP BY division, channel, state`, before)
	if err != nil {
		return wrap("count old deliveries", err)
	}
	var rows [][]any
	for _, s := range sums {
		rows = append(rows, []any{db.NewID(), s.Division, s.Channel, string(s.State), -s.N})
	}
	if err := c.InsertRows(ctx, "messages_tally", tallyColumns, "", rows); err != nil {
		return err
	}
	_, err = c.Exec(ctx, `DELETE FROM messages_delivery WHERE created_at < $1`, before)
	return wrap("forget old deliveries", err)
}
