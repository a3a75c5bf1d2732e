package queue

import (
	"context"
	"errors"
	"strings"
	"time"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// Shift is the sheet a clerk hands over at the end of a shift (交接班单).
type Shift struct {
	ID            string     `db:"id"`
	Outlet        string     `db:"outlet"`
	Division      string     `db:"division"`
	Counter       string     `db:"counter"`
	CounterNo     string     `db:"counter_no"`
	Account       string     `db:"account"`
	Name          string     `db:"name"`
	From          time.Time  `db:"from_at"`
	To            time.Time  `db:"to_at"`
	Served        int        `db:"served"`
	Missed        int        `db:"missed"`
	Held          string     `db:"held"`   // numbers still held at the counter, with 、
	Drafts        int        `db:"drafts"` // of the clerk's own, at most MaxLimit are counted
	Papers        int        `db:"papers"` // at the outlet, not sent on yet
	Note          string     `db:"note"`
	ConfirmedBy   string     `db:"confirmed_by"`
	ConfirmedName string     `db:"confirmed_name"`
	ConfirmedAt   *time.Time `db:"confirmed_at"`
	Counted       int        `db:"counted"`    // papers, by whoever took over; -1 not counted
	Difference    string     `db:"difference"` // what does not add up, in their words
}

// Differs says that what was taken over is not what the sheet says.
func (s Shift) Differs() bool {
	return s.Difference != "" || s.Counted >= 0 && s.Counted != s.Papers
}

// Takeover is what whoever takes over a shift has counted and found.
type Takeover struct {
	Papers     int    // at the outlet, counted by hand
	Difference string // what does not add up; needed when the papers do not
}

// Errors of shifts.
var (
	ErrShiftUnknown = errs.Define(errs.NotFound, "shift_unknown", "没有这张交接班单，请从列表中选择。")
	ErrShiftOwn     = errs.Define(errs.Conflict, "shift_own", "自己的交接班要由接班人员或负责人确认，请换人确认。")
	ErrShiftDone    = errs.Define(errs.Conflict, "shift_confirmed", "这张交接班单已经确认过，请刷新后查看。")
	ErrTakeover     = errs.Define(errs.Invalid, "shift_takeover", "接班前请清点纸质材料；对不上的，写明差在哪里。")
	ErrShiftNote    = errs.Define(errs.Invalid, "shift_note", "交接说明不超过500字，请缩短。")
)

const shiftColumns = `SELECT id, outlet, division, counter, counter_no, account, name, from_at, to_at, served, missed, held, drafts,
	papers, note, confirmed_by, confirmed_name, confirmed_at, counted, difference FROM queue_shift`

// ShiftNow gives the sheet as it would be if the actor's shift ended now;
// false when they sit nowhere.
func (m *Module) ShiftNow(ctx context.Context) (Shift, bool, error) {
	seat, ok, err := m.seatOf(ctx)
	if err != nil || !ok {
		return Shift{}, false, err
	}
	c, err := m.counter(ctx, seat.Counter)
	if err != nil {
		return Shift{}, false, err
	}
	o, err := m.Org.Outlet(ctx, c.Outlet)
	if err != nil {
		return Shift{}, false, err
	}
	s := Shift{Outlet: o.Code, Division: o.Division, Counter: c.ID, CounterNo: c.No, Account: seat.Account, Name: seat.Name, From: seat.Since, To: m.now(ctx), Counted: -1}
	count := func(state State) (n int, err error) {
		err = m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM queue_ticket WHERE counter = $1 AND day = $2 AND state = $3 AND clerk = $4 AND called_at >= $5`,
			c.ID, seat.Day, state, seat.Account, seat.Since)
		return n, err
	}
	if s.Served, err = count(Done); err != nil {
		return s, false, err
	}
	if s.Missed, err = count(Missed); err != nil {
		return s, false, err
	}
	if s.Held, s.Papers, err = m.Standing(ctx, s); err != nil {
		return s, false, err
	}
	if m.Cases != nil {
		var drafts []cases.Draft
		if drafts, _, err = m.Cases.Drafts(ctx, db.Page{Limit: db.MaxLimit}); err != nil {
			return s, false, err
		}
		s.Drafts = len(drafts)
	}
	return s, true, nil
}

// EndShift writes the sheet and gives up the counter. Errors: ErrNoSeat,
// ErrSeatBusy, ErrShiftNote.
func (m *Module) EndShift(ctx context.Context, note string) (Shift, error) {
	var s Shift
	if len([]rune(note)) > 500 {
		return s, ErrShiftNote.Field("note", ErrShiftNote.Message)
	}
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		var ok bool
		var err error
		if s, ok, err = m.ShiftNow(ctx); err != nil {
			return err
		}
		if !ok {
			return ErrNoSeat
		}
		if err := m.leave(ctx); err != nil {
			return err
		}
		s.ID, s.Note = db.NewID(), note
		_, err = m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO queue_shift (id, outlet, division, counter, counter_no, account, name, from_at, to_at,
			served, missed, held, drafts, papers, note, confirmed_by, confirmed_name) VALUES (:id, :outlet, :division, :counter, :counter_no,
			:account, :name, :from_at, :to_at, :served, :missed, :held, :drafts, :papers, :note, '', '')`, s)
		return err
	})
	return s, err
}

// Shift gives one sheet of a hall that the actor may look at; ErrShiftUnknown.
func (m *Module) Shift(ctx context.Context, id string) (Shift, error) {
	var s Shift
	err := m.DB.Conn(ctx).Get(ctx, &s, shiftColumns+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) || err == nil && !may(ctx, VerbView, s.Division) {
		return Shift{}, ErrShiftUnknown
	}
	return s, err
}

// Shifts lists the sheets of a hall, newest first.
func (m *Module) Shifts(ctx context.Context, outlet string, p db.Page) ([]Shift, string, error) {
	if _, err := m.hall(ctx, VerbView, outlet); err != nil {
		return nil, "", err
	}
	var w db.Where
	w.And("outlet = ?", outlet)
	var at time.Time
	var id string
	if ok, err := p.Key(&at, &id); err != nil {
		return nil, "", err
	} else if ok {
		w.And("(to_at < ? OR to_at = ? AND id < ?)", at, at, id)
	}
	var rows []Shift
	err := m.DB.Conn(ctx).Select(ctx, &rows, shiftColumns+w.SQL()+" ORDER BY to_at DESC, id DESC LIMIT "+w.Arg(p.Size()+1), w.Args()...)
	rows, next := db.Cut(rows, p, func(s Shift) []any { return []any{s.To, s.ID} })
	return rows, next, err
}

// ConfirmShift notes that the actor has taken over (接班确认), with what they
// counted. Errors: ErrShiftUnknown, ErrShiftOwn, ErrShiftDone, ErrNotHere,
// ErrTakeover with fields papers and difference.
func (m *Module) ConfirmShift(ctx context.Context, id string, t Takeover) error {
	s, err := m.Shift(ctx, id)
	if err != nil {
		return err
	}
	actor := identity.FromContext(ctx)
	switch {
	case !may(ctx, VerbShift, s.Division):
		return ErrNotHere
	case s.Account == actor.Account:
		return ErrShiftOwn
	}
	t.Difference = strings.TrimSpace(t.Difference)
	if err := t.check(s); err != nil {
		return err
	}
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE queue_shift SET confirmed_by = $2, confirmed_name = $3, confirmed_at = $4, counted = $5, difference = $6
		WHERE id = $1 AND confirmed_by = ''`, id, actor.Account, actor.Name, m.now(ctx), t.Papers, t.Difference)
	if err == nil && n == 0 {
		err = ErrShiftDone
	}
	return err
}

func (t Takeover) check(s Shift) error {
	var f errs.Fields
	if t.Papers < 0 || t.Papers > 99999 {
		f.Add("papers", "请清点后填写份数，没有就填0。")
	} else if t.Papers != s.Papers && t.Difference == "" {
		f.Add("difference", "交班单上是%d份，实点%d份，请写明差在哪里。", s.Papers, t.Papers)
	}
	if len([]rune(t.Difference)) > 500 {
		f.Add("difference", "不超过500字。")
	}
	return wrong(ErrTakeover, f)
}

// Standing is what the sheet speaks of as it is now: numbers held at its
// counter, and papers that the outlet has not sent on.
func (m *Module) Standing(ctx context.Context, s Shift) (held string, papers int, err error) {
	tickets, err := m.HeldAt(ctx, s.Counter)
	if err != nil {
		return "", 0, err
	}
	papers, err = m.papersHere(ctx, s.Outlet)
	return numbersOf(tickets), papers, err
}

func numbersOf(list []Ticket) string {
	numbers := make([]string, len(list))
	for i, t := range list {
		numbers[i] = t.No
	}
	return strings.Join(numbers, "、")
}
