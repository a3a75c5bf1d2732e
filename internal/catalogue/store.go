package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yimen/internal/kit/db"
)

// itemRow is a row of catalogue_item.
type itemRow struct {
	Code          string    `db:"code"`
	Published     int       `db:"published"`
	Latest        int       `db:"latest"`
	Edit          int64     `db:"edit"`
	State         State     `db:"state"`
	OpenState     State     `db:"open_state"`
	Name          string    `db:"name"`
	BaseCode      string    `db:"base_code"`
	Seq           string    `db:"seq"`
	ItemType      string    `db:"item_type"`
	Domain        string    `db:"domain"`
	Dept          string    `db:"dept"`
	DeptName      string    `db:"dept_name"`
	Agency        string    `db:"agency"`
	Division      string    `db:"division"`
	Kind          string    `db:"kind"`
	PromisedDays  int       `db:"promised_days"`
	ForPerson     bool      `db:"for_person"`
	ForEnterprise bool      `db:"for_enterprise"`
	AtCity        bool      `db:"at_city"`
	AtCounty      bool      `db:"at_county"`
	AtTown        bool      `db:"at_town"`
	AtVillage     bool      `db:"at_village"`
	DecidedAt     int       `db:"decided_at"`
	Depth         int       `db:"depth"`
	Visits        int       `db:"visits"`
	Hall          bool      `db:"hall"`
	HallExempt    bool      `db:"hall_exempt"`
	ByWindow      bool      `db:"by_window"`
	Tags          string    `db:"tags"`
	ChangedAt     time.Time `db:"changed_at"`
}

// itemColumns are the columns of itemRow, in the order of the table.
var itemColumns = []string{"code", "published", "latest", "edit", "state", "open_state", "name", "base_code", "seq", "item_type",
	"domain", "dept", "dept_name", "agency", "division", "kind", "promised_days", "for_person", "for_enterprise",
	"at_city", "at_county", "at_town", "at_village", "decided_at", "depth", "visits", "hall", "hall_exempt", "by_window",
	"tags", "changed_at"}

// describe copies what lists show from a definition into the row.
func (r *itemRow) describe(d *Definition) {
	r.Code, r.Name, r.BaseCode, r.Seq, r.ItemType = d.Code, d.Name, d.BaseCode, d.Seq, d.Type
	r.Domain, r.Dept, r.DeptName, r.Kind = d.Domain, d.Dept, d.DeptName, d.Kind
	r.PromisedDays = d.Promised.Workdays()
	r.ForPerson, r.ForEnterprise = d.Serves("person"), d.Serves("enterprise")
	r.AtCity, r.AtCounty, r.AtTown, r.AtVillage = d.At(LevelCity), d.At(LevelCounty), d.At(LevelTown), d.At(LevelVillage)
	r.DecidedAt, r.Depth, r.Visits = d.DecidedAt, d.Depth, d.Visits
	r.Hall, r.HallExempt, r.ByWindow = d.Hall, d.HallExempt != "", d.AcceptedBy == AcceptedByWindow
	tags, _ := json.Marshal(nonNil(d.Tags)) // a list of strings always can
	r.Tags = string(tags)
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

var (
	insertItem = "INSERT INTO catalogue_item (" + strings.Join(itemColumns, ", ") + ") VALUES (:" + strings.Join(itemColumns, ", :") + ")"
	updateItem = "UPDATE catalogue_item SET " + assignments(itemColumns[1:]) + " WHERE code = :code"
)

func assignments(columns []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c + " = :" + c
	}
	return strings.Join(parts, ", ")
}

// versionRow is a row of catalogue_version.
type versionRow struct {
	Item         string     `db:"item"`
	N            int        `db:"n"`
	State        State      `db:"state"`
	Definition   string     `db:"definition"`
	Author       string     `db:"author"`
	AuthorName   string     `db:"author_name"`
	Reviewer     string     `db:"reviewer"`
	ReviewerName string     `db:"reviewer_name"`
	Opinion      string     `db:"opinion"`
	CreatedAt    time.Time  `db:"created_at"`
	PublishedAt  *time.Time `db:"published_at"`
	EndedAt      *time.Time `db:"ended_at"`
	EffectiveAt  *time.Time `db:"effective_at"`
}

const insertVersion = `INSERT INTO catalogue_version
	(item, n, state, definition, author, author_name, reviewer, reviewer_name, opinion, created_at, published_at, ended_at)
	VALUES (:item, :n, :state, :definition, :author, :author_name, :reviewer, :reviewer_name, :opinion, :created_at, :published_at, :ended_at)`

// actRow is a row of catalogue_act.
type actRow struct {
	Item      string    `db:"item"`
	Edit      int64     `db:"edit"`
	N         int       `db:"n"`
	Verb      Verb      `db:"verb"`
	At        time.Time `db:"at"`
	Actor     string    `db:"actor"`
	ActorName string    `db:"actor_name"`
	Opinion   string    `db:"opinion"`
	Changed   string    `db:"changed"`
	Sitting   bool      `db:"sitting"`
	Edits     string    `db:"edits"`
}

const insertAct = `INSERT INTO catalogue_act (item, edit, n, verb, at, actor, actor_name, opinion, changed)
	VALUES (:item, :edit, :n, :verb, :at, :actor, :actor_name, :opinion, :changed)`

// lockItem reads an item's row for a change; on PostgreSQL it holds the row
// until the transaction ends, on SQLite there is one writer anyway.
func (m *Module) lockItem(ctx context.Context, code string) (itemRow, error) {
	lock := ""
	if m.DB.Engine() == db.Postgres {
		lock = " FOR UPDATE"
	}
	var row itemRow
	err := m.DB.Conn(ctx).Get(ctx, &row, `SELECT * FROM catalogue_item WHERE code = $1`+lock, code)
	if errors.Is(err, db.ErrNoRows) {
		return row, ErrItemUnknown
	}
	return row, err
}

func (m *Module) readVersion(ctx context.Context, item string, n int) (versionRow, error) {
	var row versionRow
	err := m.DB.Conn(ctx).Get(ctx, &row, `SELECT * FROM catalogue_version WHERE item = $1 AND n = $2`, item, n)
	if errors.Is(err, db.ErrNoRows) {
		return row, ErrVersion
	}
	return row, err
}

// writeDraft replaces the definition of a version that is not out yet. The
// condition on the state is what keeps a published version as it is.
func (m *Module) writeDraft(ctx context.Context, v versionRow) error {
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE catalogue_version SET definition = $1, state = $2, author = $3, author_name = $4,
		reviewer = '', reviewer_name = '', opinion = '' WHERE item = $5 AND n = $6 AND published_at IS NULL AND state IN ('draft', 'rejected')`,
		v.Definition, v.State, v.Author, v.AuthorName, v.Item, v.N)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrMove
	}
	return nil
}

// writeTags makes the tag rows of an item those of its definition.
func (m *Module) writeTags(ctx context.Context, d *Definition) error {
	c := m.DB.Conn(ctx)
	if _, err := c.Exec(ctx, `DELETE FROM catalogue_item_tag WHERE item = $1`, d.Code); err != nil {
		return err
	}
	rows := tagRows(d)
	if len(rows) == 0 {
		return nil
	}
	_, err := c.ExecNamed(ctx, `INSERT INTO catalogue_item_tag (tag, item) VALUES (:tag, :item)`, rows)
	return err
}

type tagRow struct {
	Tag  string `db:"tag"`
	Item string `db:"item"`
}

func tagRows(d *Definition) []tagRow {
	var rows []tagRow
	for i, tag := range d.Tags {
		if !slices.Contains(d.Tags[:i], tag) {
			rows = append(rows, tagRow{tag, d.Code})
		}
	}
	return rows
}

func decode(item string, n int, raw string) (*Definition, error) {
	var d Definition
	if err := json.Unmarshal([]byte(raw), &d); err != nil {
		return nil, fmt.Errorf("catalogue: read version %d of item %s: %w", n, item, err)
	}
	return &d, nil
}
