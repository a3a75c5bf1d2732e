package queue

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Summary is how a hall stands now.
type Summary struct {
	Outlet  string
	Waiting int // people
	AtDesk  int // called or being served
	Held    int
	Done    int
	Missed  int
	Taken   int
	Seats   int // counters with somebody at them
	Queues  []Line
}

// Line is how one queue of it stands.
type Line struct {
	Queue
	Taken, Waiting, AtDesk, Held, Done, Missed int

	Counters int           // that serve it now
	Each     time.Duration // what one service takes, by today's or as supposed
}

// Minutes is how long somebody who takes a number now will about wait; -1 when
// no counter serves the queue.
func (l Line) Minutes() int { return l.after(l.Waiting) }

// after is how long ahead people before one take.
func (l Line) after(ahead int) int {
	if l.Counters == 0 {
		return -1
	}
	return int((l.Each*time.Duration(ahead)/time.Duration(l.Counters) + time.Minute - 1) / time.Minute)
}

// meanFrom is how many services of a day are enough to go by.
const meanFrom = 5

// Waiting gives how a hall stands now. Public: it is on the wall. An outlet
// without queues has none.
func (m *Module) Waiting(ctx context.Context, outlet string) (Summary, error) {
	s := Summary{Outlet: outlet}
	queues, err := m.Queues(ctx, outlet)
	if err != nil || len(queues) == 0 {
		return s, err
	}
	days, err := m.dayRows(ctx, outlet)
	if err != nil {
		return s, err
	}
	seats, err := m.Seats(ctx, outlet)
	if err != nil {
		return s, err
	}
	serving, err := m.servedNow(ctx, seats, queues)
	if err != nil {
		return s, err
	}
	s.Seats = len(seats)
	for _, q := range queues {
		d := days[q.ID]
		l := Line{Queue: q, Taken: d.Taken, Waiting: d.Waiting, AtDesk: d.AtDesk, Held: d.Held, Done: d.Done, Missed: d.Missed,
			Counters: serving[q.ID], Each: time.Duration(q.Minutes) * time.Minute}
		if d.Done >= meanFrom {
			l.Each = max(time.Minute, time.Duration(d.Seconds/int64(d.Done))*time.Second)
		}
		s.Queues = append(s.Queues, l)
	}
	for _, d := range days { // closed queues may still have people
		s.Waiting, s.AtDesk, s.Held, s.Done, s.Missed, s.Taken = s.Waiting+d.Waiting, s.AtDesk+d.AtDesk, s.Held+d.Held, s.Done+d.Done, s.Missed+d.Missed, s.Taken+d.Taken
	}
	return s, nil
}

type dayRow struct {
	Queue   string `db:"queue"`
	Taken   int    `db:"taken"`
	Waiting int    `db:"waiting"`
	AtDesk  int    `db:"at_desk"`
	Held    int    `db:"held"`
	Done    int    `db:"done"`
	Missed  int    `db:"missed"`
	Seconds int64  `db:"seconds"`
}

func (m *Module) dayRows(ctx context.Context, outlet string) (map[string]dayRow, error) {
	var rows []dayRow
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT queue, taken, waiting, at_desk, held, done, missed, seconds FROM queue_day
		WHERE outlet = $1 AND day = $2`, outlet, m.today(ctx))
	all := make(map[string]dayRow, len(rows))
	for _, r := range rows {
		all[r.Queue] = r
	}
	return all, err
}

// servedNow counts the manned counters of each queue.
func (m *Module) servedNow(ctx context.Context, seats []Seat, queues []Queue) (map[string]int, error) {
	ids := make([]string, len(seats))
	for i, s := range seats {
		ids[i] = s.Counter
	}
	var w db.Where
	var rows []struct {
		Counter string `db:"counter"`
		Queue   string `db:"queue"`
	}
	w.In("counter", ids)
	if err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT counter, queue FROM queue_serves`+w.SQL(), w.Args()...); err != nil {
		return nil, err
	}
	chosen, n := map[string]bool{}, map[string]int{}
	for _, r := range rows {
		chosen[r.Counter] = true
		n[r.Queue]++
	}
	for _, id := range ids {
		if !chosen[id] {
			for _, q := range queues {
				n[q.ID]++
			}
		}
	}
	return n, nil
}

// Followed is what somebody sees of their own ticket.
type Followed struct {
	Ticket
	Ahead   int // people before one; those of the priority lane count as before everybody else
	Minutes int // about how long; -1 when nobody serves the queue now
}

// Follow finds a ticket by the code on it. Public: whoever holds the code holds
// the ticket. ErrTicketUnknown.
func (m *Module) Follow(ctx context.Context, code string) (Followed, error) {
	r, err := m.ticketBy(ctx, "code", code)
	if err != nil {
		return Followed{}, err
	}
	t, err := m.presentOne(ctx, r)
	f := Followed{Ticket: t, Minutes: -1}
	if err != nil || r.State != Waiting {
		return f, err
	}
	if f.Ahead, err = m.ahead(ctx, r); err != nil {
		return f, err
	}
	s, err := m.Waiting(ctx, r.Outlet)
	for _, l := range s.Queues {
		if l.ID == r.Queue {
			f.Minutes = l.after(f.Ahead)
		}
	}
	return f, err
}

// ahead counts who is called before a waiting ticket. Of the priority lane, at
// most two go before each of the ordinary one.
func (m *Module) ahead(ctx context.Context, r *ticketRow) (int, error) {
	count := func(lane string, before bool) (n int, err error) {
		var w db.Where
		w.And("outlet = ?", r.Outlet).And("day = ?", r.Day).And("state = ?", Waiting).And("queue = ?", r.Queue).And(lane)
		if before {
			w.And("(place < ? OR place = ? AND id < ?)", r.Place, r.Place, r.ID)
		}
		err = m.DB.Conn(ctx).Get(ctx, &n, "SELECT COUNT(*) FROM queue_ticket"+w.SQL(), w.Args()...)
		return n, err
	}
	if r.Priority != "" {
		mine, err := count("priority <> ''", true)
		if err != nil {
			return 0, err
		}
		others, err := count("priority = ''", false)
		return mine + min(others, mine/PriorityInARow), err
	}
	mine, err := count("priority = ''", true)
	if err != nil {
		return 0, err
	}
	others, err := count("priority <> ''", false)
	return mine + min(others, PriorityInARow*(mine+1)), err
}

// Find gives a ticket of today by its number, at a hall the actor may look at:
// for a clerk who types A012. ErrTicketUnknown.
func (m *Module) Find(ctx context.Context, outlet, no string) (Ticket, error) {
	if _, err := m.hall(ctx, VerbView, outlet); err != nil {
		return Ticket{}, err
	}
	f := numberForm.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(no)))
	if f == nil {
		return Ticket{}, ErrTicketUnknown
	}
	n, err := strconv.Atoi(f[2])
	if err != nil {
		return Ticket{}, ErrTicketUnknown
	}
	var r ticketRow
	err = m.DB.Conn(ctx).Get(ctx, &r, selectTicket+` WHERE outlet = $1 AND day = $2 AND letter = $3 AND n = $4`, outlet, m.today(ctx), f[1], n)
	if errors.Is(err, db.ErrNoRows) {
		return Ticket{}, ErrTicketUnknown
	}
	if err != nil {
		return Ticket{}, err
	}
	return m.presentOne(ctx, &r)
}

var numberForm = regexp.MustCompile(`^([A-Z])(\d{1,6})$`)

// Tickets lists today's tickets of a hall in some states, by place, at most
// limit. ErrNotHere.
func (m *Module) Tickets(ctx context.Context, outlet string, limit int, states ...State) ([]Ticket, error) {
	if _, err := m.hall(ctx, VerbView, outlet); err != nil {
		return nil, err
	}
	rows, err := m.tickets(ctx, outlet, m.today(ctx), limit, states...)
	if err != nil {
		return nil, err
	}
	return m.present(ctx, outlet, rows...)
}

// HeldAt lists the numbers held at a counter today.
func (m *Module) HeldAt(ctx context.Context, counter string) ([]Ticket, error) {
	c, err := m.counter(ctx, counter)
	if err != nil {
		return nil, err
	}
	if _, err := m.hall(ctx, VerbView, c.Outlet); err != nil {
		return nil, err
	}
	var rows []ticketRow
	err = m.DB.Conn(ctx).Select(ctx, &rows, selectTicket+` WHERE counter = $1 AND day = $2 AND state = 'held' ORDER BY place, id`, counter, m.today(ctx))
	if err != nil {
		return nil, err
	}
	return m.present(ctx, c.Outlet, rows...)
}

// Entry is one line of a ticket's history.
type Entry struct {
	At      time.Time `db:"at"`
	Act     Act       `db:"act"`
	Counter string    `db:"counter"`
	Who     string    `db:"who"`
	WhoName string    `db:"who_name"`
	Detail  string    `db:"detail"`
}

// History gives everything that happened to a ticket, oldest first.
func (m *Module) History(ctx context.Context, id string) ([]Entry, error) {
	r, err := m.ticketBy(ctx, "id", id)
	if err != nil {
		return nil, err
	}
	if !identity.FromContext(ctx).Can(VerbView, at(r.Division)) {
		return nil, ErrNotHere
	}
	var list []Entry
	err = m.DB.Conn(ctx).Select(ctx, &list, `SELECT at, act, counter, who, who_name, detail FROM queue_event WHERE ticket = $1 ORDER BY seq`, id)
	return list, err
}
