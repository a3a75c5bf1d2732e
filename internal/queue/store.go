package queue

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
)

// ticketPhone is sealed.
var ticketPhone = sealed.Define("queue_ticket", "id", "phone")

// ticketRow is one row of queue_ticket.
type ticketRow struct {
	ID          string     `db:"id"`
	Code        string     `db:"code"`
	Outlet      string     `db:"outlet"`
	Division    string     `db:"division"`
	Day         string     `db:"day"`
	Queue       string     `db:"queue"`
	Letter      string     `db:"letter"`
	N           int        `db:"n"`
	State       State      `db:"state"`
	Priority    string     `db:"priority"`
	Place       time.Time  `db:"place"`
	Counter     string     `db:"counter"`
	CounterNo   string     `db:"counter_no"`
	CounterName string     `db:"counter_name"`
	Reserved    string     `db:"reserved"`
	Calls       int        `db:"calls"`
	Clerk       string     `db:"clerk"`
	Name        string     `db:"name"`
	Phone       string     `db:"phone"`
	TakenAt     time.Time  `db:"taken_at"`
	FirstCalled *time.Time `db:"first_called"`
	CalledAt    *time.Time `db:"called_at"`
	ServedAt    *time.Time `db:"served_at"`
	DoneAt      *time.Time `db:"done_at"`
	Revision    int        `db:"revision"`
}

var (
	ticketColumns = strings.Fields(`id code outlet division day queue letter n state priority place counter counter_no counter_name
		reserved calls clerk name phone taken_at first_called called_at served_at done_at revision`)
	movedColumns = strings.Fields(`queue state priority place counter counter_no counter_name reserved calls clerk
		first_called called_at served_at done_at`)

	selectTicket = "SELECT " + strings.Join(ticketColumns, ", ") + " FROM queue_ticket"
	insertTicket = "INSERT INTO queue_ticket (" + strings.Join(ticketColumns, ", ") + ") VALUES (:" + strings.Join(ticketColumns, ", :") + ")"
	updateTicket = "UPDATE queue_ticket SET revision = revision + 1, " + assigned(movedColumns) + " WHERE id = :id AND revision = :revision"
)

func assigned(columns []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c + " = :" + c
	}
	return strings.Join(parts, ", ")
}

func (r *ticketRow) no() string { return number(r.Letter, r.N) }

func when(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func (r *ticketRow) ticket(names map[string]string) Ticket {
	return Ticket{ID: r.ID, No: r.no(), Code: r.Code, Outlet: r.Outlet, Queue: r.Queue, QueueName: names[r.Queue], Day: r.Day,
		State: r.State, Priority: r.Priority, Counter: r.Counter, CounterNo: r.CounterNo, CounterName: r.CounterName,
		Reserved: r.Reserved, Calls: r.Calls, Clerk: r.Clerk, Name: r.Name, Phone: r.Phone,
		TakenAt: r.TakenAt, CalledAt: when(r.CalledAt), ServedAt: when(r.ServedAt), DoneAt: when(r.DoneAt)}
}

// present gives rows with the names of their queues.
func (m *Module) present(ctx context.Context, outlet string, rows ...ticketRow) ([]Ticket, error) {
	names, err := m.queueNames(ctx, outlet)
	if err != nil {
		return nil, err
	}
	list := make([]Ticket, len(rows))
	for i := range rows {
		if rows[i].Phone, err = m.Keys.Open(ticketPhone, rows[i].ID, rows[i].Phone); err != nil {
			return nil, err
		}
		list[i] = rows[i].ticket(names)
	}
	return list, nil
}

func (m *Module) queueNames(ctx context.Context, outlet string) (map[string]string, error) {
	all, err := m.allQueues(ctx, outlet)
	names := make(map[string]string, len(all))
	for _, q := range all {
		names[q.ID] = q.Name
	}
	return names, err
}

func (m *Module) presentOne(ctx context.Context, r *ticketRow) (Ticket, error) {
	list, err := m.present(ctx, r.Outlet, *r)
	if err != nil {
		return Ticket{}, err
	}
	return list[0], nil
}

// ticketBy reads one ticket; ErrTicketUnknown.
func (m *Module) ticketBy(ctx context.Context, column, value string) (*ticketRow, error) {
	var r ticketRow
	err := m.DB.Conn(ctx).Get(ctx, &r, selectTicket+" WHERE "+column+" = $1", value)
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrTicketUnknown
	}
	return &r, err
}

// tickets lists the tickets of an outlet's day in some states, by place.
func (m *Module) tickets(ctx context.Context, outlet, day string, limit int, states ...State) ([]ticketRow, error) {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	var w db.Where
	w.And("outlet = ?", outlet).And("day = ?", day).In("state", words)
	var rows []ticketRow
	err := m.DB.Conn(ctx).Select(ctx, &rows, selectTicket+w.SQL()+" ORDER BY place, id LIMIT "+w.Arg(limit), w.Args()...)
	return rows, err
}

// lock makes the acts of one hall follow one another. Without it two counters
// that finish one person and call the next would wait for each other's rows.
// It comes before anything else is written.
func (m *Module) lock(ctx context.Context, outlet string) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO queue_hall AS h (outlet, version) VALUES ($1, 1)
		ON CONFLICT (outlet) DO UPDATE SET version = h.version + 1`, outlet)
	return err
}

// version grows with every act in a hall; 0 before the first.
func (m *Module) version(ctx context.Context, outlet string) (int64, error) {
	var v int64
	err := m.DB.Conn(ctx).Get(ctx, &v, `SELECT version FROM queue_hall WHERE outlet = $1`, outlet)
	if errors.Is(err, db.ErrNoRows) {
		return 0, nil
	}
	return v, err
}

// change is one act on one ticket, on its way into the database.
type change struct {
	act    Act
	r      *ticketRow
	was    ticketRow
	now    time.Time
	detail string
}

// act does something to a ticket in one transaction: it looks whether the
// actor works in that hall and the state allows it, lets do change the row, and
// writes row, history and figures. ErrAct when somebody was faster.
func (m *Module) act(ctx context.Context, id string, a Act, do func(ctx context.Context, c *change) error) (Ticket, error) {
	var t Ticket
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := m.ticketBy(ctx, "id", id)
		if err != nil {
			return err
		}
		if !may(ctx, VerbCall, r.Division) {
			return ErrNotHere
		}
		if err := m.lock(ctx, r.Outlet); err != nil {
			return err
		}
		if r, err = m.ticketBy(ctx, "id", id); err != nil { // as it is now that nobody else is at it
			return err
		}
		if err := m.apply(ctx, r, a, do); err != nil {
			return err
		}
		t, err = m.presentOne(ctx, r)
		return err
	})
	return t, err
}

func (m *Module) apply(ctx context.Context, r *ticketRow, a Act, do func(ctx context.Context, c *change) error) error {
	if !allowed(a, r.State) {
		return ErrAct
	}
	c := &change{act: a, r: r, was: *r, now: m.now(ctx)}
	if err := do(ctx, c); err != nil {
		return err
	}
	n, err := m.DB.Conn(ctx).ExecNamed(ctx, updateTicket, r)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrAct
	}
	r.Revision++
	return m.keep(ctx, c)
}

// keep appends to the history and brings the figures up to date.
func (m *Module) keep(ctx context.Context, c *change) error {
	if err := m.count(ctx, c); err != nil {
		return err
	}
	if err := m.countHour(ctx, c); err != nil {
		return err
	}
	a := identity.FromContext(ctx)
	counter := cmp.Or(c.r.Counter, c.was.Counter)
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO queue_event (ticket, seq, at, act, counter, who, who_name, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, c.r.ID, c.r.Revision, c.now, c.act, counter, a.Account, a.Name, c.detail)
	return err
}

// standing is what queue_day counts, one of them for each open or ended ticket.
type standing struct{ waiting, atDesk, held, done, missed int }

func standingOf(s State) standing {
	switch s {
	case Waiting:
		return standing{waiting: 1}
	case Called, Serving:
		return standing{atDesk: 1}
	case Held:
		return standing{held: 1}
	case Done:
		return standing{done: 1}
	case Missed:
		return standing{missed: 1}
	}
	return standing{}
}

// count moves one ticket in the figures of its queue's day.
func (m *Module) count(ctx context.Context, c *change) error {
	type delta struct {
		queue string
		standing
		sign, taken int
		seconds     int64
	}
	list := []delta{{queue: c.r.Queue, standing: standingOf(c.r.State), sign: 1, seconds: c.served()}}
	if c.act == ActTake {
		list[0].taken = 1
	} else {
		list = append(list, delta{queue: c.was.Queue, standing: standingOf(c.was.State), sign: -1})
	}
	// In one order, so that two transfers in opposite directions wait for each other.
	slices.SortFunc(list, func(a, b delta) int { return strings.Compare(a.queue, b.queue) })
	for _, d := range list {
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO queue_day AS q (queue, day, outlet, taken, waiting, at_desk, held, done, missed, seconds)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (queue, day) DO UPDATE SET taken = q.taken + excluded.taken,
			waiting = q.waiting + excluded.waiting, at_desk = q.at_desk + excluded.at_desk, held = q.held + excluded.held,
			done = q.done + excluded.done, missed = q.missed + excluded.missed, seconds = q.seconds + excluded.seconds`,
			d.queue, c.r.Day, c.r.Outlet, d.taken, d.sign*d.waiting, d.sign*d.atDesk, d.sign*d.held, d.sign*d.done, d.sign*d.missed, d.seconds)
		if err != nil {
			return err
		}
	}
	return nil
}

// served is how many seconds the service took that ends with this change.
func (c *change) served() int64 {
	if c.act != ActFinish {
		return 0
	}
	from := c.was.ServedAt
	if from == nil {
		from = c.was.CalledAt
	}
	return max(0, int64(c.now.Sub(when(from)).Seconds()))
}

// countHour notes the change in the figures by hour and counter.
func (m *Module) countHour(ctx context.Context, c *change) error {
	var taken, called, done, missed, waited int64
	counter := cmp.Or(c.r.Counter, c.was.Counter)
	switch c.act {
	case ActTake:
		taken = 1
	case ActCall:
		if c.was.FirstCalled != nil {
			return nil // called before, at another counter: one wait is counted once
		}
		called, waited = 1, int64(c.r.waitedUntil(c.now).Seconds())
		if err := m.countWait(ctx, c.r, waited/60); err != nil {
			return err
		}
	case ActFinish:
		done = 1
	case ActMiss:
		missed = 1
	default:
		return nil
	}
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO queue_hour AS h (outlet, day, hour, counter, taken, called, done, missed, waited, served)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (outlet, day, hour, counter) DO UPDATE SET
		taken = h.taken + excluded.taken, called = h.called + excluded.called, done = h.done + excluded.done,
		missed = h.missed + excluded.missed, waited = h.waited + excluded.waited, served = h.served + excluded.served`,
		c.r.Outlet, c.r.Day, c.now.In(clock.Beijing).Hour(), counter, taken, called, done, missed, waited, c.served())
	return err
}

func (m *Module) countWait(ctx context.Context, r *ticketRow, minutes int64) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO queue_wait AS w (outlet, day, queue, minutes, n) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (outlet, day, queue, minutes) DO UPDATE SET n = w.n + 1`, r.Outlet, r.Day, r.Queue, minutes)
	return err
}
