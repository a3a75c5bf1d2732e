package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
)

const searchKind = "item"

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
	Version      int // in force; of lists of drafts: the newest
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
}

// Search lists published items that match; by code when Q is empty, else those
// whose name holds what was typed first. errs.ErrInvalid, db.ErrCursor,
// org.ErrDivisionUnknown.
func (m *Module) Search(ctx context.Context, q Query, p db.Page) ([]Item, string, error) {
	var w db.Where
	w.And("i.state = ?", Published)
	if err := m.narrow(ctx, &w, &q); err != nil {
		return nil, "", err
	}
	items, next, err := m.list(ctx, &w, q, p)
	if err != nil {
		return nil, "", err
	}
	return items, next, m.nameAgencies(ctx, items, q.Division)
}

// DeskQuery says which items an editor wants.
type DeskQuery struct {
	Q     string
	Dept  string
	State State // of the item, or of the version on its way
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
	if typed := strings.TrimSpace(q.Q); typed != "" {
		w.And(`(i.name LIKE ? ESCAPE '\' OR i.code LIKE ? ESCAPE '\')`, like(typed), like(strings.ToUpper(typed)))
	}
	return m.list(ctx, &w, Query{}, p)
}

// narrow adds the conditions of a public search.
func (m *Module) narrow(ctx context.Context, w *db.Where, q *Query) error {
	if utf8.RuneCountInString(q.Q) > 100 {
		return errs.ErrInvalid.Field("q", "搜索的内容不能超过100个字，请缩短。")
	}
	q.Q = strings.TrimSpace(q.Q)
	if q.Q != "" {
		if codePattern.MatchString(strings.ToUpper(q.Q)) {
			w.And("i.code = ?", strings.ToUpper(q.Q))
		} else {
			m.index.Where(w, searchKind, "i.code", q.Q)
		}
	}
	levels := []int{q.Level}
	if q.Division != "" {
		if _, err := m.Org.Division(ctx, q.Division); err != nil {
			return err
		}
		levels = append(levels, int(org.LevelOf(q.Division)))
	}
	for _, level := range levels {
		if level == 0 {
			continue
		}
		column, ok := levelColumns[level]
		if !ok {
			return errs.ErrInvalid.Field("level", "行使层级应为 3（市）、4（县）、5（镇）或 6（村）。")
		}
		w.And(column + " = TRUE")
	}
	switch q.Audience {
	case "":
	case "person":
		w.And("i.for_person = TRUE")
	case "enterprise":
		w.And("i.for_enterprise = TRUE")
	default:
		return errs.ErrInvalid.Field("audience", "服务对象应为 person（个人）或 enterprise（企业）。")
	}
	if q.Dept != "" {
		w.And("i.dept = ?", q.Dept)
	}
	if q.Domain != "" {
		w.And("i.domain = ?", q.Domain)
	}
	if q.Tag != "" {
		w.And("i.code IN (SELECT item FROM catalogue_item_tag WHERE tag = ?)", q.Tag)
	}
	return nil
}

var levelColumns = map[int]string{LevelCity: "i.at_city", LevelCounty: "i.at_county", LevelTown: "i.at_town", LevelVillage: "i.at_village"}

// listRow is an item with its place in the order.
type listRow struct {
	itemRow
	Rank int `db:"ranked"`
}

// list pages through items by (rank, code); rank 0 are names that hold what
// was typed.
func (m *Module) list(ctx context.Context, w *db.Where, q Query, p db.Page) ([]Item, string, error) {
	rank := "0"
	if q.Q != "" {
		rank = `CASE WHEN i.name LIKE ` + w.Arg(like(q.Q)) + ` ESCAPE '\' THEN 0 ELSE 1 END`
	}
	var afterRank int
	var afterCode string
	more, err := p.Key(&afterRank, &afterCode)
	if err != nil {
		return nil, "", err
	}
	if more {
		w.And("("+rank+") > ? OR (("+rank+") = ? AND i.code > ?)", afterRank, afterRank, afterCode)
	}
	var rows []listRow
	err = m.DB.Conn(ctx).Select(ctx, &rows, `SELECT i.*, `+rank+` AS ranked FROM catalogue_item i`+w.SQL()+
		` ORDER BY ranked, i.code LIMIT `+w.Arg(p.Size()+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	rows, next := db.Cut(rows, p, func(r listRow) []any { return []any{r.Rank, r.Code} })
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
		Kind: r.Kind, DecidedAt: r.DecidedAt, PromisedDays: r.PromisedDays, Version: r.Published, State: r.State, OpenState: r.OpenState}
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

// indexItem makes a published item findable: by its names, by what people call
// it, its tags, department, materials.
func (m *Module) indexItem(ctx context.Context, d *Definition) error {
	text := []string{d.BaseName, d.Domain, d.DeptName, d.Result.Name, d.Code}
	text = append(text, d.Tags...)
	text = append(text, d.Synonyms...)
	text = append(text, d.PersonThemes...)
	text = append(text, d.EnterpriseThemes...)
	for _, mat := range d.Materials {
		text = append(text, mat.Name)
	}
	return m.index.Put(ctx, searchKind, d.Code, strings.Join(append([]string{d.Name}, d.Synonyms...), " "), strings.Join(text, " "))
}

func versionWord(n int) string { return "第" + strconv.Itoa(n) + "版" }
