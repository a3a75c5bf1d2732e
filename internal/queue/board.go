package queue

import (
	"context"
	"strings"
	"time"

	"yimen/internal/org"
)

// Board is what the wall of a hall shows: numbers and windows, nothing of
// anybody.
type Board struct {
	Outlet  org.Outlet
	Version int64 // the same version shows the same
	Calls   []Shown
	Missed  []string
	Summary
}

// Shown is one number on the wall.
type Shown struct {
	ID       string // of this call: another call of the same number has another
	No       string
	Counter  string // as on the sign
	Name     string
	Priority bool
	Serving  bool // the person is there
	Calls    int
	At       time.Time
}

// Say is what the voice reads: digits one by one, as a number on a slip is read.
func (s Shown) Say() string {
	return "请，" + spelt.Replace(s.No) + "号，到" + s.Counter + "号窗口"
}

var spelt = strings.NewReplacer("0", "零", "1", "一", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "七", "8", "八", "9", "九")

// How much fits on the wall.
const (
	shownCalls  = 12
	shownMissed = 8
)

// Board gives what the wall of a hall shows now. Public.
func (m *Module) Board(ctx context.Context, outlet string) (Board, error) {
	var b Board
	var err error
	if b.Outlet, err = m.Org.Outlet(ctx, outlet); err != nil {
		return b, err
	}
	if b.Version, err = m.version(ctx, outlet); err != nil {
		return b, err
	}
	if b.Summary, err = m.Waiting(ctx, outlet); err != nil {
		return b, err
	}
	var rows []ticketRow
	err = m.DB.Conn(ctx).Select(ctx, &rows, selectTicket+` WHERE outlet = $1 AND day = $2 AND state IN ('called', 'serving')
		ORDER BY called_at DESC LIMIT $3`, outlet, m.today(ctx), shownCalls)
	if err != nil {
		return b, err
	}
	for i := range rows {
		r := &rows[i]
		at := when(r.CalledAt)
		b.Calls = append(b.Calls, Shown{ID: r.ID + "-" + at.Format("150405.000000"), No: r.no(), Counter: r.CounterNo, Name: r.CounterName,
			Priority: r.Priority != "", Serving: r.State == Serving, Calls: r.Calls, At: at})
	}
	rows = nil
	err = m.DB.Conn(ctx).Select(ctx, &rows, selectTicket+` WHERE outlet = $1 AND day = $2 AND state = 'missed'
		ORDER BY called_at DESC LIMIT $3`, outlet, m.today(ctx), shownMissed)
	for i := range rows {
		b.Missed = append(b.Missed, rows[i].no())
	}
	return b, err
}
