package queue

import (
	"context"
	"time"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Cases is what we ask of cases: which papers a case has, and a clerk's drafts.
type Cases interface {
	Find(ctx context.Context, number string) (cases.Case, error)
	WithPapers(ctx context.Context, numbers []string) ([]cases.Case, error)
	Drafts(ctx context.Context, p db.Page) ([]cases.Draft, string, error)
}

// States of a paper.
const (
	PaperHere     = "here"     // at the outlet that received it
	PaperSent     = "sent"     // on its way
	PaperReceived = "received" // with the agency that decides
	PaperMissing  = "missing"  // was not in the bundle it was said to be in
)

var paperStates = map[string]string{PaperHere: "待交出", PaperSent: "在途", PaperReceived: "已签收", PaperMissing: "少件"}

// Paper is one material on paper of a case that another place decides (纸质材料).
type Paper struct {
	ID           string    `db:"id"`
	Case         string    `db:"case_number"`
	Item         string    `db:"item_name"`
	Material     string    `db:"material"`
	Name         string    `db:"name"`
	HandedAt     time.Time `db:"handed_at"`
	State        string    `db:"state"`
	FromOutlet   string    `db:"from_outlet"`
	FromName     string    `db:"from_name"`
	FromDivision string    `db:"from_division"`
	ToAgency     string    `db:"to_agency"`
	ToName       string    `db:"to_name"`
	ToDivision   string    `db:"to_division"`
	ToDept       string    `db:"to_dept"`
	Bundle       string    `db:"bundle"`
	Trail        []Passed  `db:"-"` // PapersOf fills it
}

// StateName is the state for people.
func (p Paper) StateName() string { return paperStates[p.State] }

// Passed is one line of a paper's history.
type Passed struct {
	Paper   string    `db:"paper"`
	At      time.Time `db:"at"`
	Act     string    `db:"act"` // in words: 窗口收取, 交出, 签收, 签收时少件
	Place   string    `db:"place"`
	Bundle  string    `db:"bundle"` // number of the bundle
	Who     string    `db:"who"`
	WhoName string    `db:"who_name"`
}

// Errors of papers.
var (
	ErrNoPapers      = errs.Define(errs.Invalid, "paper_none", "请至少选择一份要交出的材料。")
	ErrPaperState    = errs.Define(errs.Conflict, "paper_state", "有材料已经交出或签收，请刷新后重新选择。")
	ErrBundleUnknown = errs.Define(errs.NotFound, "bundle_unknown", "没有这张交接单，请核对单号。")
	ErrBundleState   = errs.Define(errs.Conflict, "bundle_received", "这张交接单已经签收，请刷新后查看。")
	ErrWay           = errs.Define(errs.Invalid, "bundle_way", "请选择送达方式；邮寄的请填写邮件号码。")
	ErrSamePlace     = errs.Define(errs.Conflict, "paper_same_place", "这个办件没有要交接的纸质材料，或者就在本网点决定，请核对办件编号。")
)

const paperColumns = `SELECT id, case_number, item_name, material, name, handed_at, state, from_outlet, from_name, from_division,
	to_agency, to_name, to_division, to_dept, bundle FROM queue_paper`

// CaseCame notes the papers of a case that is decided elsewhere, those that are
// not noted yet, and gives how many papers of it are known. It may run twice.
// cases.ErrUnknown outside the actor's rights.
func (m *Module) CaseCame(ctx context.Context, number string) (int, error) {
	c, err := m.Cases.Find(ctx, number)
	if err != nil {
		return 0, err
	}
	if c.Receiving.Code == "" || c.Receiving.Code == c.Competent.Code {
		return 0, nil
	}
	return m.came(ctx, []cases.Case{c})
}

// CasesCame is CaseCame for many cases at once; those outside the actor's
// rights are left out.
func (m *Module) CasesCame(ctx context.Context, numbers []string) error {
	list, err := m.Cases.WithPapers(ctx, numbers)
	if err == nil {
		_, err = m.came(ctx, list)
	}
	return err
}

var (
	paperRow = []string{"id", "case_number", "item_name", "material", "name", "handed_at", "state", "from_outlet", "from_name",
		"from_division", "to_agency", "to_name", "to_division", "to_dept", "bundle"}
	paperEventRow = []string{"paper", "seq", "at", "act", "place", "bundle", "who", "who_name"}
)

// came notes the papers of cases that are decided elsewhere, with the first
// line of their history, and says how many are known.
func (m *Module) came(ctx context.Context, list []cases.Case) (int, error) {
	var rows [][]any
	first, actor := map[string][]any{}, identity.FromContext(ctx)
	for _, c := range list {
		for _, x := range c.Content.Materials {
			if x.Way != "paper" {
				continue
			}
			id := db.NewID()
			rows = append(rows, []any{id, c.Number, c.ItemName, x.ID, x.Name, x.At, PaperHere, c.Receiving.Code, c.Receiving.Name,
				c.Receiving.Division, c.Competent.Code, c.Competent.Name, c.Competent.Division, c.Dept, ""})
			first[id] = []any{id, 1, x.At, "窗口收取", c.Receiving.Name, "", actor.Account, actor.Name}
		}
	}
	return len(rows), m.DB.InTx(ctx, func(ctx context.Context) error {
		var ids []string // of those that were not known
		err := db.InsertAnswering(ctx, m.DB.Conn(ctx), &ids, "queue_paper", paperRow,
			"ON CONFLICT (case_number, material, handed_at) DO NOTHING RETURNING id", rows)
		if err != nil {
			return err
		}
		events := make([][]any, len(ids))
		for i, id := range ids {
			events[i] = first[id]
		}
		return m.DB.Conn(ctx).InsertRows(ctx, "queue_paper_event", paperEventRow, "", events)
	})
}

// passed appends one line to the history of papers.
func (m *Module) passed(ctx context.Context, papers []string, act, place, bundle string, at time.Time) error {
	a := identity.FromContext(ctx)
	for _, id := range papers {
		var n int
		if err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM queue_paper_event WHERE paper = $1`, id); err != nil {
			return err
		}
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO queue_paper_event (paper, seq, at, act, place, bundle, who, who_name)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, id, n+1, at, act, place, bundle, a.Account, a.Name)
		if err != nil {
			return err
		}
	}
	return nil
}

// papersHere counts what an outlet has not sent on.
func (m *Module) papersHere(ctx context.Context, outlet string) (int, error) {
	var n int
	err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM queue_paper WHERE from_outlet = $1 AND state IN ('here', 'missing')`, outlet)
	return n, err
}

// PapersHere lists what an outlet has to send on, by destination and age, at
// most limit. ErrNotHere.
func (m *Module) PapersHere(ctx context.Context, outlet string, limit int) ([]Paper, error) {
	if _, err := m.hall(ctx, VerbPaper, outlet); err != nil {
		return nil, err
	}
	var list []Paper
	err := m.DB.Conn(ctx).Select(ctx, &list, paperColumns+` WHERE from_outlet = $1 AND state IN ('here', 'missing')
		ORDER BY to_agency, handed_at, id LIMIT $2`, outlet, limit)
	return list, err
}

// PapersOf gives the papers of a case with everything that happened to each,
// for whoever may see the case: cases.ErrUnknown for others.
func (m *Module) PapersOf(ctx context.Context, number string) ([]Paper, error) {
	if _, err := m.Cases.Find(ctx, number); err != nil {
		return nil, err
	}
	var list []Paper
	if err := m.DB.Conn(ctx).Select(ctx, &list, paperColumns+` WHERE case_number = $1 ORDER BY handed_at, id`, number); err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	var w db.Where
	w.In("paper", ids)
	var trail []Passed
	err := m.DB.Conn(ctx).Select(ctx, &trail, `SELECT paper, at, act, place, bundle, who, who_name FROM queue_paper_event`+w.SQL()+` ORDER BY paper, seq`, w.Args()...)
	for i := range list {
		for _, e := range trail {
			if e.Paper == list[i].ID {
				list[i].Trail = append(list[i].Trail, e)
			}
		}
	}
	return list, err
}

// days until a bundle should be there, by way, in working days.
var arrives = map[string]int{"self": 1, "courier": 2, "post": 5}

func (m *Module) dueOn(ctx context.Context, division, way string) workday.Date {
	return m.Org.Calendar(ctx, division).AddWorkdays(m.date(ctx), arrives[way])
}
