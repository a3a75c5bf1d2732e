package proofs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// States of an entry.
const (
	Kept      = "kept"      // 保留: may be asked for
	Cancelled = "cancelled" // 取消
	Replaced  = "replaced"  // 替代: something else does instead
)

// Ways in which something stands in for a proof (替代方式).
const (
	WayLicence = "licence" // 证照
	WayData    = "data"    // 数据共享
	WayOrgan   = "organ"   // 部门核验
	WayPromise = "promise" // 告知承诺
)

// Origins: how an entry came out of the clearance of proofs.
const (
	OriginFirst     = "first"     // cancelled in the first batch
	OriginConsulted = "consulted" // cancelled after everybody was asked
	OriginKept      = "kept"
	OriginAdded     = "added" // came onto the list later
)

var (
	stateNames = map[string]string{Kept: "保留", Cancelled: "取消", Replaced: "替代"}
	wayNames   = map[string]string{WayLicence: "出示证照", WayData: "数据共享查询", WayOrgan: "部门核查", WayPromise: "告知承诺"}
	wayOrder   = []string{WayLicence, WayData, WayOrgan, WayPromise}
	number     = regexp.MustCompile(`^[0-9A-Z]{1,10}$`)
)

// Entry is one proof (证明事项) as the list has it. Which items ask for it is
// known to the catalogue.
type Entry struct {
	Number      string   `json:"number"`
	Name        string   `json:"name"`
	Purpose     string   `json:"purpose,omitempty"`      // what it proves
	Demander    string   `json:"demander,omitempty"`     // 索要单位
	Basis       string   `json:"basis,omitempty"`        // law that lets it be asked for
	Issuer      string   `json:"issuer,omitempty"`       // 开具单位
	IssueBasis  string   `json:"issue_basis,omitempty"`  // law by which it is issued
	How         string   `json:"how,omitempty"`          // 开具流程
	Limit       string   `json:"limit,omitempty"`        // 开具时限
	Fee         string   `json:"fee,omitempty"`          // 收费
	Sample      string   `json:"sample,omitempty"`       // 样式
	Validity    string   `json:"validity,omitempty"`     // 有效期
	Ways        []string `json:"ways,omitempty"`         // what stands in for it
	Promise     string   `json:"promise,omitempty"`      // words of the promise
	Electronic  bool     `json:"electronic,omitempty"`   // to be issued electronically
	LicenceType string   `json:"licence_type,omitempty"` // type of electronic licence
	State       string   `json:"state"`
	Origin      string   `json:"origin"`
	Trust       string   `json:"trust,omitempty"`
	// Who issues it electronically: the department's agency at that level (org.Level;
	// 0: the county's), at home or, ByPlace, where the matter is.
	Dept    string `json:"dept,omitempty"`
	Level   int    `json:"level,omitempty"`
	ByPlace bool   `json:"by_place,omitempty"`
	Each    bool   `json:"each,omitempty"` // it tells of one matter: one that is held does not do for another
	// Elsewhere says where to get it, of one that no agency of this city issues.
	Elsewhere string `json:"elsewhere,omitempty"`
	Source    string `json:"source,omitempty"`

	Version     int          `json:"-"`
	PublishedOn workday.Date `json:"-"`
}

// StateName is the state in words.
func (e Entry) StateName() string { return stateNames[e.State] }

// WayNames are the ways that stand in for it, in words.
func (e Entry) WayNames() []string {
	var list []string
	for _, w := range wayOrder {
		if slices.Contains(e.Ways, w) {
			list = append(list, wayNames[w])
		}
	}
	return list
}

// check finds what is wrong with an entry that is to be published.
func (e Entry) check(bad *errs.Fields) {
	if !number.MatchString(e.Number) {
		bad.Add("number", "编号用数字或大写字母，1到10个字符。")
	}
	if n := utf8.RuneCountInString(e.Name); n < 2 || n > 60 {
		bad.Add("name", "证明名称要写2到60个字。")
	}
	if stateNames[e.State] == "" {
		bad.Add("state", "请选择状态。")
	}
	for _, w := range e.Ways {
		if wayNames[w] == "" {
			bad.Add("ways", "没有这种替代方式，请重新选择。")
		}
	}
	if e.State == Kept {
		for _, f := range []struct{ name, value, message string }{
			{"purpose", e.Purpose, "保留的证明要写明用途。"}, {"issuer", e.Issuer, "保留的证明要写明开具单位。"}, {"how", e.How, "保留的证明要写明怎么开具。"},
		} {
			if f.value == "" {
				bad.Add(f.name, "%s", f.message)
			}
		}
	}
	if e.State == Replaced && len(e.Ways) == 0 {
		bad.Add("ways", "替代的证明至少选一种替代方式。")
	}
	for _, f := range e.texts() {
		if utf8.RuneCountInString(*f.value) > f.most {
			bad.Add(f.name, "%s最多%d个字。", f.label, f.most)
		}
	}
}

type text struct {
	name, label string
	value       *string
	most        int
	long        bool
}

// texts are the fields of an entry that are plain words, in the order of the form.
func (e *Entry) texts() []text {
	return []text{
		{"purpose", "用途（证明什么）", &e.Purpose, 200, true}, {"demander", "索要单位", &e.Demander, 200, false},
		{"basis", "设定依据", &e.Basis, 500, true}, {"issuer", "开具单位", &e.Issuer, 100, false},
		{"issue_basis", "开具依据", &e.IssueBasis, 500, true}, {"how", "怎么开具", &e.How, 500, true},
		{"limit", "开具时限", &e.Limit, 50, false}, {"fee", "收费", &e.Fee, 50, false}, {"validity", "有效期", &e.Validity, 50, false},
		{"sample", "样式", &e.Sample, 1000, true}, {"promise", "承诺内容", &e.Promise, 500, true},
	}
}

type entryRow struct {
	Number      string       `db:"number"`
	Place       int          `db:"place"`
	Name        string       `db:"name"`
	Origin      string       `db:"origin"`
	State       string       `db:"state"`
	Ways        string       `db:"ways"`
	Promise     string       `db:"promise"`
	Document    string       `db:"document"`
	Version     int          `db:"version"`
	PublishedOn workday.Date `db:"published_on"`
}

func (r entryRow) entry() (Entry, error) {
	e := Entry{}
	err := json.Unmarshal([]byte(r.Document), &e)
	e.Version, e.PublishedOn = r.Version, r.PublishedOn
	return e, wrap("read entry "+r.Number, err)
}

func rowOf(e Entry, place int) (entryRow, error) {
	raw, err := json.Marshal(e)
	return entryRow{Number: e.Number, Place: place, Name: e.Name, Origin: e.Origin, State: e.State, Ways: strings.Join(e.Ways, ","),
		Promise: e.Promise, Document: string(raw), Version: e.Version, PublishedOn: e.PublishedOn}, err
}

// mostEntries bounds the list: what a city may ask people to prove is read whole.
const mostEntries = 1000

// Entries gives the whole list, in its order.
func (m *Module) Entries(ctx context.Context) ([]Entry, error) {
	var rows []entryRow
	if err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT * FROM proofs_entry ORDER BY place, number LIMIT $1`, mostEntries); err != nil {
		return nil, wrap("read list", err)
	}
	list := make([]Entry, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = r.entry(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Entry finds one. ErrUnknown.
func (m *Module) Entry(ctx context.Context, number string) (Entry, error) {
	var r entryRow
	err := m.DB.Conn(ctx).Get(ctx, &r, `SELECT * FROM proofs_entry WHERE number = $1`, number)
	if errors.Is(err, db.ErrNoRows) {
		return Entry{}, ErrUnknown
	}
	if err != nil {
		return Entry{}, wrap("read entry", err)
	}
	return r.entry()
}

// Listed implements catalogue.Proofs.
func (m *Module) Listed(ctx context.Context, numbers ...string) ([]catalogue.ListedProof, error) {
	var w db.Where
	if len(numbers) > 0 {
		w.In("number", numbers)
	}
	limit := w.Arg(mostEntries)
	var rows []entryRow
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT * FROM proofs_entry`+w.SQL()+` ORDER BY place, number LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, wrap("read list", err)
	}
	list := make([]catalogue.ListedProof, len(rows))
	for i, r := range rows {
		e, err := r.entry()
		if err != nil {
			return nil, err
		}
		list[i] = catalogue.ListedProof{Number: r.Number, Name: r.Name, Kept: r.State == Kept, Promise: r.Promise, LicenceType: e.LicenceType,
			ByPromise: slices.Contains(e.Ways, WayPromise), ByOrgan: slices.Contains(e.Ways, WayData) || slices.Contains(e.Ways, WayOrgan)}
	}
	return list, nil
}

// Version is one version of an entry that was in force.
type Version struct {
	Number       string    `db:"number"`
	N            int       `db:"n"`
	State        string    `db:"state"`
	Reason       string    `db:"reason"`
	AuthorName   string    `db:"author_name"`
	ReviewerName string    `db:"reviewer_name"`
	PublishedAt  time.Time `db:"published_at"`
}

// Versions lists those of an entry, newest first.
func (m *Module) Versions(ctx context.Context, number string) ([]Version, error) {
	var list []Version
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT number, n, state, reason, author_name, reviewer_name, published_at
		FROM proofs_version WHERE number = $1 ORDER BY n DESC LIMIT $2`, number, db.MaxLimit)
	return list, wrap("list versions", err)
}

// Funnel is what came of the clearance: how many were looked at, how many were
// cancelled in each round, how many are kept today.
type Funnel struct{ All, First, Consulted, Kept int }

// FunnelOf counts a list.
func FunnelOf(list []Entry) Funnel {
	f := Funnel{All: len(list)}
	for _, e := range list {
		switch {
		case e.State == Kept:
			f.Kept++
		case e.Origin == OriginFirst:
			f.First++
		case e.Origin == OriginConsulted:
			f.Consulted++
		}
	}
	return f
}

// Gone is how many were taken off after the clearance.
func (f Funnel) Gone() int { return f.All - f.First - f.Consulted - f.Kept }

// Load takes a first list over, where there is none.
func (m *Module) Load(ctx context.Context, list []Entry) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		var n int
		if err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM proofs_entry`); err != nil || n > 0 {
			return wrap("count list", err)
		}
		for i, e := range list {
			e.Version, e.PublishedOn = 1, m.today(ctx)
			var bad errs.Fields
			if e.check(&bad); bad.Err() != nil {
				return fmt.Errorf("proofs: entry %s of the first list: %w", e.Number, bad.Err())
			}
			if err := m.insert(ctx, e, i+1, change{Reason: "首次公布"}); err != nil {
				return err
			}
		}
		return m.record(ctx, "proof.load", "proof", "", "")
	})
}
