package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/org"
)

// Item is a row of a list of items.
type Item struct {
	Code         string
	Name         string
	Dept         string
	DeptName     string
	Agency       string // who decides: named for the division asked for, else the department
	Domain       string
	Type         string
	Kind         string
	PromisedDays int // working days, 0: 即办
	Audience     []string
	Levels       []int
	DecidedAt    int
	Tags         []string
	Visits       int  // to the counter
	Online       bool // can be applied for on the web; not told in lists of drafts
	Version      int  // in force; of lists of drafts: the newest
	State        State
	OpenState    State // of a version on its way, ""
}

// Query says which items. Empty fields do not matter.
type Query struct {
	Q        string // what somebody typed: words, two characters, pinyin, initials, a code
	Division string // only items that can be applied for at its level
	Audience string // person | enterprise
	Dept     string
	Domain   string
	Tag      string
	Level    int
	Way      string // online: can be applied for on the web | none: without one visit
	Region   string // where who asks lives: what is popular there comes first
}

// Search lists published items that match; by code when Q is empty, else the
// best match first. errs.ErrInvalid, db.ErrCursor, org.ErrDivisionUnknown.
func (m *Module) Search(ctx context.Context, q Query, p db.Page) ([]Item, string, error) {
	r, err := m.Find(ctx, q, p)
	return r.Items, r.Next, err
}

// DeskQuery says which items an editor wants.
type DeskQuery struct {
	Q     string
	Dept  string
	State State // of the item, or of the version on its way
	Tag   string
	Level int
}

// Desk lists the items, published or not, that the actor may see the drafts of.
func (m *Module) Desk(ctx context.Context, q DeskQuery, p db.Page) ([]Item, string, error) {
	var w db.Where
	identity.FromContext(ctx).Scope(RightViewDraft).Where(&w, identity.Columns{Division: "i.division", Agency: "i.agency", Dept: "i.dept"})
	if q.State != "" {
		w.And("(i.state = ? OR i.open_state = ?)", q.State, q.State)
	}
	if q.Dept != "" {
		w.And("i.dept = ?", q.Dept)
	}
	if q.Tag != "" {
		w.And("i.code IN (SELECT item FROM catalogue_item_tag WHERE tag = ?)", q.Tag)
	}
	if column, ok := levelColumns[q.Level]; ok {
		w.And(column + " = TRUE")
	}
	if typed := strings.TrimSpace(q.Q); typed != "" {
		w.And(`(i.name LIKE ? ESCAPE '\' OR i.code LIKE ? ESCAPE '\')`, like(typed), like(strings.ToUpper(typed)))
	}
	return m.list(ctx, &w, p)
}

// list pages through items by code.
func (m *Module) list(ctx context.Context, w *db.Where, p db.Page) ([]Item, string, error) {
	var after string
	more, err := p.Key(&after)
	if err != nil {
		return nil, "", err
	}
	if more {
		w.And("i.code > ?", after)
	}
	var rows []itemRow
	err = m.DB.Conn(ctx).Select(ctx, &rows, `SELECT i.* FROM catalogue_item i`+w.SQL()+` ORDER BY i.code LIMIT `+w.Arg(p.Size()+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	rows, next := db.Cut(rows, p, func(r itemRow) []any { return []any{r.Code} })
	items := make([]Item, len(rows))
	for i, r := range rows {
		if items[i], err = r.item(); err != nil {
			return nil, "", err
		}
	}
	return items, next, nil
}

func like(typed string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(typed) + "%"
}

func (r itemRow) item() (Item, error) {
	it := Item{Code: r.Code, Name: r.Name, Dept: r.Dept, DeptName: r.DeptName, Agency: r.DeptName, Domain: r.Domain, Type: r.ItemType,
		Kind: r.Kind, DecidedAt: r.DecidedAt, Visits: r.Visits, PromisedDays: r.PromisedDays, Version: r.Published, State: r.State, OpenState: r.OpenState}
	if it.Version == 0 {
		it.Version = r.Latest
	}
	if r.ForPerson {
		it.Audience = append(it.Audience, "person")
	}
	if r.ForEnterprise {
		it.Audience = append(it.Audience, "enterprise")
	}
	for i, at := range []bool{r.AtCity, r.AtCounty, r.AtTown, r.AtVillage} {
		if at {
			it.Levels = append(it.Levels, LevelCity+i)
		}
	}
	if err := json.Unmarshal([]byte(r.Tags), &it.Tags); err != nil {
		return it, fmt.Errorf("catalogue: tags of item %s: %w", r.Code, err)
	}
	return it, nil
}

// nameAgencies puts the agency that decides for the division beside each item.
func (m *Module) nameAgencies(ctx context.Context, items []Item, division string) error {
	if division == "" {
		return nil
	}
	for i := range items {
		a, err := m.Org.CompetentAgency(ctx, items[i].Dept, org.Level(items[i].DecidedAt), division)
		switch {
		case errors.Is(err, org.ErrNoAgency), errors.Is(err, org.ErrDivisionTooHigh):
		case err != nil:
			return err
		default:
			items[i].Agency = a.Name
		}
	}
	return nil
}

func versionWord(n int) string { return "第" + strconv.Itoa(n) + "版" }

// levelColumns says where an item is offered at a level.
var levelColumns = map[int]string{LevelCity: "i.at_city", LevelCounty: "i.at_county", LevelTown: "i.at_town", LevelVillage: "i.at_village"}
