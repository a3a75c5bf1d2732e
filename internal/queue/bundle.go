package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Ways in which papers travel.
var Ways = []struct{ ID, Name string }{{"courier", "专人送达"}, {"self", "对方来取"}, {"post", "邮寄"}}

func wayName(id string) string {
	for _, w := range Ways {
		if w.ID == id {
			return w.Name
		}
	}
	return ""
}

// Bundle is papers on their way together (纸质材料交接单).
type Bundle struct {
	ID           string     `db:"id"`
	Number       string     `db:"number"`
	State        string     `db:"state"` // sent | received
	FromOutlet   string     `db:"from_outlet"`
	FromName     string     `db:"from_name"`
	FromDivision string     `db:"from_division"`
	ToAgency     string     `db:"to_agency"`
	ToName       string     `db:"to_name"`
	ToDivision   string     `db:"to_division"`
	ToDept       string     `db:"to_dept"`
	Way          string     `db:"way"`
	Tracking     string     `db:"tracking"`
	Note         string     `db:"note"`
	Papers       int        `db:"papers"`
	Missing      int        `db:"missing"`
	DueOn        string     `db:"due_on"`
	SentAt       time.Time  `db:"sent_at"`
	SentBy       string     `db:"sent_by"`
	SentName     string     `db:"sent_name"`
	ReceivedAt   *time.Time `db:"received_at"`
	ReceivedBy   string     `db:"received_by"`
	ReceivedName string     `db:"received_name"`
	Difference   string     `db:"difference"`
}

const bundleColumns = `SELECT id, number, state, from_outlet, from_name, from_division, to_agency, to_name, to_division, to_dept, way, tracking,
	note, papers, missing, due_on, sent_at, sent_by, sent_name, received_at, received_by, received_name, difference FROM queue_bundle`

// to is where the papers go: the agency that decides, and the windows of its
// division's hall, which sign for it.
func (b Bundle) to() identity.Place {
	return identity.Place{Receiving: b.ToDivision, Division: b.ToDivision, Agency: b.ToAgency, Dept: b.ToDept}
}

var (
	fromColumns = identity.Columns{Receiving: "from_division", Division: "from_division"}
	toColumns   = identity.Columns{Receiving: "to_division", Division: "to_division", Agency: "to_agency", Dept: "to_dept"}
)

// Overdue says that the bundle should have arrived before a day.
func (b Bundle) Overdue(today workday.Date) bool {
	return b.State == PaperSent && b.DueOn < today.String()
}

func (m *Module) date(ctx context.Context) workday.Date {
	return workday.DateOf(m.now(ctx), clock.Beijing)
}

// Send is papers to hand over.
type Send struct {
	Outlet   string   // that hands over
	Papers   []string // ids, all to one agency
	Way      string   // one of Ways
	Tracking string   // by post: its number
	Note     string
}

// SendPapers makes a bundle and sends it (交出). Errors: ErrNotHere,
// ErrNoPapers, ErrWay, ErrPaperState when one of them has gone already or goes
// elsewhere than the first.
func (m *Module) SendPapers(ctx context.Context, s Send) (Bundle, error) {
	var b Bundle
	if _, err := m.hall(ctx, VerbPaper, s.Outlet); err != nil {
		return b, err
	}
	s.Tracking = strings.TrimSpace(s.Tracking)
	var f errs.Fields
	if wayName(s.Way) == "" {
		f.Add("way", "请选择送达方式。")
	}
	if s.Way == "post" && s.Tracking == "" || len(s.Tracking) > 40 {
		f.Add("tracking", "邮寄的请填写邮件号码，40个字符以内。")
	}
	if len([]rune(s.Note)) > 200 {
		f.Add("note", "备注不超过200字。")
	}
	if err := wrong(ErrWay, f); err != nil {
		return b, err
	}
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		var w db.Where
		w.And("from_outlet = ?", s.Outlet).And("state IN ('here', 'missing')").In("id", s.Papers)
		var list []Paper
		if err := m.DB.Conn(ctx).Select(ctx, &list, paperColumns+w.SQL()+" ORDER BY handed_at, id", w.Args()...); err != nil {
			return err
		}
		if len(s.Papers) == 0 {
			return ErrNoPapers
		}
		if len(list) != len(s.Papers) {
			return ErrPaperState
		}
		for _, p := range list {
			if p.ToAgency != list[0].ToAgency {
				return ErrPaperState
			}
		}
		var err error
		b, err = m.bundle(ctx, s, list)
		return err
	})
	return b, err
}

// bundle writes the bundle of papers that were looked at.
func (m *Module) bundle(ctx context.Context, s Send, list []Paper) (Bundle, error) {
	first, now, a := list[0], m.now(ctx), identity.FromContext(ctx)
	b := Bundle{ID: db.NewID(), State: PaperSent, FromOutlet: first.FromOutlet, FromName: first.FromName, FromDivision: first.FromDivision,
		ToAgency: first.ToAgency, ToName: first.ToName, ToDivision: first.ToDivision, ToDept: first.ToDept, Way: s.Way, Tracking: s.Tracking, Note: s.Note,
		Papers: len(list), DueOn: m.dueOn(ctx, first.FromDivision, s.Way).String(), SentAt: now, SentBy: a.Account, SentName: a.Name}
	b.Number = "JJ" + now.In(clock.Beijing).Format("060102") + newCode()[:6]
	_, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO queue_bundle (id, number, state, from_outlet, from_name, from_division, to_agency, to_name,
		to_division, to_dept, way, tracking, note, papers, missing, due_on, sent_at, sent_by, sent_name, received_by, received_name, difference)
		VALUES (:id, :number, :state, :from_outlet, :from_name, :from_division, :to_agency, :to_name, :to_division, :to_dept, :way, :tracking, :note,
		:papers, 0, :due_on, :sent_at, :sent_by, :sent_name, '', '', '')`, b)
	if err != nil {
		return b, err
	}
	var w db.Where
	w.And("state IN ('here', 'missing')").In("id", s.Papers)
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE queue_paper SET state = 'sent', bundle = `+w.Arg(b.ID)+w.SQL(), w.Args()...)
	if err != nil {
		return b, err
	}
	if int(n) != len(list) { // somebody else was faster
		return b, ErrPaperState
	}
	return b, m.passed(ctx, s.Papers, "交出（"+wayName(s.Way)+"）", b.ToName, b.Number, now)
}

// Bundle gives one bundle with its papers, for either side; ErrBundleUnknown.
func (m *Module) Bundle(ctx context.Context, id string) (Bundle, []Paper, error) {
	var b Bundle
	err := m.DB.Conn(ctx).Get(ctx, &b, bundleColumns+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return b, nil, ErrBundleUnknown
	}
	if err != nil {
		return b, nil, err
	}
	if a := identity.FromContext(ctx); !a.Can(VerbPaper, at(b.FromDivision)) && !a.Can(VerbPaper, b.to()) {
		return Bundle{}, nil, ErrBundleUnknown
	}
	var ids []string
	if err := m.DB.Conn(ctx).Select(ctx, &ids, `SELECT DISTINCT paper FROM queue_paper_event WHERE bundle = $1`, b.Number); err != nil {
		return b, nil, err
	}
	var w db.Where
	w.In("id", ids)
	var list []Paper
	err = m.DB.Conn(ctx).Select(ctx, &list, paperColumns+w.SQL()+` ORDER BY case_number, handed_at, id`, w.Args()...)
	return b, list, err
}

// MayReceive tells whether the actor is on the receiving side.
func MayReceive(ctx context.Context, b Bundle) bool {
	return b.State == PaperSent && identity.FromContext(ctx).Can(VerbPaper, b.to())
}

// ReceivePapers signs for a bundle (签收): there are the papers that are really
// in it, the others are missing and stand again with the sender. Errors:
// ErrBundleUnknown, ErrNotHere, ErrBundleState.
func (m *Module) ReceivePapers(ctx context.Context, id string, there []string, difference string) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		b, list, err := m.Bundle(ctx, id)
		if err != nil {
			return err
		}
		if b.State != PaperSent {
			return ErrBundleState
		}
		if !MayReceive(ctx, b) {
			return ErrNotHere
		}
		in := map[string]bool{}
		for _, p := range there {
			in[p] = true
		}
		var got, missing []string
		for _, p := range list {
			if in[p.ID] {
				got = append(got, p.ID)
			} else {
				missing = append(missing, p.ID)
			}
		}
		a, now := identity.FromContext(ctx), m.now(ctx)
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE queue_bundle SET state = 'received', received_at = $2, received_by = $3, received_name = $4,
			missing = $5, difference = $6 WHERE id = $1 AND state = 'sent'`, id, now, a.Account, a.Name, len(missing), cut(difference, 200))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrBundleState
		}
		if err := m.settle(ctx, got, PaperReceived, "签收", b, now); err != nil {
			return err
		}
		return m.settle(ctx, missing, PaperMissing, "签收时少件", b, now)
	})
}

func (m *Module) settle(ctx context.Context, papers []string, state, act string, b Bundle, now time.Time) error {
	if len(papers) == 0 {
		return nil
	}
	var w db.Where
	w.In("id", papers)
	if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE queue_paper SET state = `+w.Arg(state)+w.SQL(), w.Args()...); err != nil {
		return fmt.Errorf("settle papers: %w", err)
	}
	return m.passed(ctx, papers, act, b.ToName, b.Number, now)
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// Bundles lists bundles on one side of the actor, newest first: coming to them
// (in) or sent by them, in a state. The page is at most one of MaxLimit.
func (m *Module) Bundles(ctx context.Context, in bool, state string, p db.Page) ([]Bundle, string, error) {
	var w db.Where
	w.And("state = ?", state)
	scope, cols := identity.FromContext(ctx).Scope(VerbPaper), fromColumns
	if in {
		cols = toColumns
	}
	scope.Where(&w, cols)
	var at time.Time
	var id string
	if ok, err := p.Key(&at, &id); err != nil {
		return nil, "", err
	} else if ok {
		w.And("(sent_at < ? OR sent_at = ? AND id < ?)", at, at, id)
	}
	var rows []Bundle
	err := m.DB.Conn(ctx).Select(ctx, &rows, bundleColumns+w.SQL()+" ORDER BY sent_at DESC, id DESC LIMIT "+w.Arg(p.Size()+1), w.Args()...)
	rows, next := db.Cut(rows, p, func(b Bundle) []any { return []any{b.SentAt, b.ID} })
	return rows, next, err
}
