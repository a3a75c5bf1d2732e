package queue

import (
	"context"
	"crypto/rand"
	"math/big"
	"regexp"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
)

// Take asks for a number.
type Take struct {
	Outlet   string
	Queue    string // id; "" the outlet's first
	Priority string // one of Priorities, "" for none
	Name     string // optional
	Phone    string // optional, for a message when it is nearly one's turn
}

var phoneForm = regexp.MustCompile(`^1[3-9]\d{9}$`)

func (t Take) check() error {
	var f errs.Fields
	if t.Priority != "" && PriorityName(t.Priority) == "" {
		return ErrPriority
	}
	if len([]rune(t.Name)) > 30 {
		f.Add("name", "姓名不超过30个字。")
	}
	if t.Phone != "" && !phoneForm.MatchString(t.Phone) {
		f.Add("phone", "手机号应为11位数字，不留手机号也能取号。")
	}
	return f.Err()
}

// Take gives out the next number (取号). The caller answers for who may take
// one: the page of the machine, or a clerk. Errors: org.ErrOutletUnknown,
// ErrQueueUnknown, ErrPriority, ErrClosed outside the hours in which numbers
// are given out, unless a clerk of that hall takes it for somebody.
func (m *Module) Take(ctx context.Context, t Take) (Ticket, error) {
	if err := t.check(); err != nil {
		return Ticket{}, err
	}
	o, err := m.Org.Outlet(ctx, t.Outlet)
	if err != nil {
		return Ticket{}, err
	}
	if !m.Demo && !may(ctx, VerbCall, o.Division) {
		if err := m.open(ctx, o); err != nil {
			return Ticket{}, err
		}
	}
	var taken Ticket
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.lock(ctx, o.Code); err != nil {
			return err
		}
		q, err := m.choose(ctx, o, t.Queue)
		if err != nil {
			return err
		}
		r, err := m.give(ctx, o, q, t)
		if err != nil {
			return err
		}
		taken = r.ticket(map[string]string{q.ID: q.Name})
		return nil
	})
	return taken, err
}

// choose finds the queue to stand in.
func (m *Module) choose(ctx context.Context, o org.Outlet, id string) (Queue, error) {
	open, err := m.Queues(ctx, o.Code)
	if err != nil {
		return Queue{}, err
	}
	for _, q := range open {
		if id == "" || q.ID == id {
			return q, nil
		}
	}
	return Queue{}, ErrQueueUnknown
}

// give writes the ticket under the next number of its letter. The row of the
// sequence is what keeps two at once from getting the same.
func (m *Module) give(ctx context.Context, o org.Outlet, q Queue, t Take) (*ticketRow, error) {
	now := m.now(ctx)
	r := &ticketRow{ID: db.NewID(), Code: newCode(), Outlet: o.Code, Division: o.Division, Day: dayOf(now), Queue: q.ID, Letter: q.Letter,
		State: Waiting, Priority: t.Priority, Place: now, Name: t.Name, Phone: t.Phone, TakenAt: now, Revision: 1}
	err := m.DB.Conn(ctx).Get(ctx, &r.N, `INSERT INTO queue_sequence AS s (outlet, day, letter, last) VALUES ($1, $2, $3, 1)
		ON CONFLICT (outlet, day, letter) DO UPDATE SET last = s.last + 1 RETURNING last`, r.Outlet, r.Day, r.Letter)
	if err != nil {
		return nil, err
	}
	stored := *r
	stored.Phone = m.Keys.Seal(ticketPhone, r.ID, r.Phone)
	if _, err := m.DB.Conn(ctx).ExecNamed(ctx, insertTicket, stored); err != nil {
		return nil, err
	}
	return r, m.keep(ctx, &change{act: ActTake, r: r, now: now, detail: PriorityName(t.Priority)})
}

// codeLetters leaves out what is mistaken for something else when read aloud.
const codeLetters = "34679ACDEFGHJKMNPQRTWXY"

// newCode makes the twelve characters by which a ticket is followed on a
// phone: 23^12, nobody guesses another's.
func newCode() string {
	b := make([]byte, 12)
	for i := range b {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(codeLetters))))
		if err != nil {
			panic("queue: no randomness: " + err.Error())
		}
		b[i] = codeLetters[n.Int64()]
	}
	return string(b)
}
