package messages

import (
	"context"
	"errors"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
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
	Turn      string     `db:"turn"` // hour for which a text message was counted beforehand
	stored    State      // as the database has it; "": not yet
}

// Deliver was the job of one delivery, until deliveries were taken by when
// they are due. Those of the last release may still wait in the queue.
type Deliver struct {
	ID string `json:"id"`
}

// Kind is the name of the job.
func (Deliver) Kind() string { return "messages.deliver" }

var deliveryRow = []string{"id", "message", "template", "division", "channel", "state", "urgent", "required", "address", "subject", "text",
	"attempts", "reason", "receipt", "created_at", "due_at", "sent_at", "turn"}

// Columns that are sealed.
var (
	deliveryAddress = sealed.Define("messages_delivery", "id", "address")
	phonePending    = sealed.Define("messages_phone", "account", "pending")
)

// reveal opens the addresses of deliveries that were read. One that does not
// open is empty: nothing leaves to it, and the delivery says that it failed.
func (m *Module) reveal(list []delivery) {
	for i := range list {
		list[i].Address, _ = m.Keys.Open(deliveryAddress, list[i].ID, list[i].Address)
	}
}

var deliveryColumns = strings.Join(deliveryRow, ", ")

func (d delivery) row() []any {
	return []any{d.ID, d.Message, d.Template, d.Division, d.Channel, string(d.State), d.Urgent, d.Required, d.Address, d.Subject, d.Text,
		d.Attempts, d.Reason, d.Receipt, d.CreatedAt, d.DueAt, d.SentAt, d.Turn}
}

// insertDeliveries stores new deliveries and counts them.
func (m *Module) insertDeliveries(ctx context.Context, list []delivery) error {
	return m.write(ctx, list, "")
}

// save changes deliveries and the counts by their state.
func (m *Module) save(ctx context.Context, list []delivery) error {
	return m.write(ctx, list, `ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
		reason = excluded.reason, receipt = excluded.receipt, due_at = excluded.due_at, sent_at = excluded.sent_at, turn = excluded.turn`)
}

func (m *Module) write(ctx context.Context, list []delivery, conflict string) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		rows, change := make([][]any, len(list)), counting{}
		for i, d := range list {
			stored := d
			stored.Address = m.Keys.Seal(deliveryAddress, d.ID, d.Address)
			rows[i] = stored.row()
			change.move(d, d.stored, d.State)
		}
		if err := m.DB.Conn(ctx).InsertRows(ctx, "messages_delivery", deliveryRow, conflict, rows); err != nil {
			return wrap("store deliveries", err)
		}
		for i := range list {
			list[i].stored = list[i].State
		}
		return m.tally(ctx, change)
	})
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
	m.reveal(list)
	list, next := db.Cut(list, p, func(d delivery) []any { return []any{d.CreatedAt, d.ID} })
	return list, next, nil
}

// again makes a delivery due as if it were new.
func (d *delivery) again(now time.Time) {
	d.stored, d.State, d.Attempts, d.DueAt, d.Turn = d.State, Waiting, 0, now, ""
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
		d.again(m.now(ctx))
		if err := m.save(ctx, []delivery{d}); err != nil {
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
		for i := range list {
			list[i].again(m.now(ctx))
		}
		if n = len(list); n == 0 {
			return nil
		}
		if err := m.save(ctx, list); err != nil {
			return err
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
