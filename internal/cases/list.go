package cases

import (
	"context"
	"fmt"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// List lists the cases that the viewer may see, newest first; next is "" at
// the end. The right is part of the query. Content is not loaded.
//
// Errors: errs.ErrInvalid for a state or a light that is none, db.ErrCursor.
func (m *Module) List(ctx context.Context, q Query, p db.Page) (list []Case, next string, err error) {
	actor, h := identity.FromContext(ctx), m.horizon(ctx)
	w, err := m.condition(ctx, q, h, actor)
	if err != nil {
		return nil, "", err
	}
	var at time.Time
	var id string
	after, err := p.Key(&at, &id)
	if err != nil {
		return nil, "", err
	}
	if after {
		w.And("(submitted_at, id) < (?, ?)", at, id)
	}
	const newest = " ORDER BY submitted_at DESC, id DESC"
	found := w.SQL() + newest + " LIMIT " + w.Arg(p.Size()+1)
	if q.Item != "" || byName(q.Q) {
		// Thousands share an item or a family name: which are the newest is read
		// from the index, and only those are fetched.
		found = " WHERE id IN (SELECT id FROM cases_case" + found + ")" + newest
	}
	rows, err := m.selectRecords(ctx, selectRecord+found, w.Args()...)
	if err != nil {
		return nil, "", fmt.Errorf("list cases: %w", err)
	}
	rows, next = db.Cut(rows, p, func(r record) []any { return []any{r.SubmittedAt, r.ID} })
	list = make([]Case, len(rows))
	for i := range rows {
		list[i] = rows[i].present(actor, h)
	}
	return list, next, nil
}

// condition is the query and the viewer's right in SQL.
func (m *Module) condition(ctx context.Context, q Query, h horizon, a identity.Actor) (*db.Where, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	w := new(db.Where)
	if q.Outlet != "" { // by the index, which is by division
		if o, err := m.Org.Outlet(ctx, q.Outlet); err == nil {
			w.And("receiving_division = ?", o.Division)
		}
	}
	q.where(w, h, a)
	narrow(w, a)
	return w, nil
}

// where is the query in SQL, without the right.
func (q Query) where(w *db.Where, h horizon, a identity.Actor) {
	switch {
	case q.State != "":
		w.And("state = ?", q.State)
	case len(q.States) > 0:
		w.In("state", stateWords(q.States))
	}
	if q.Mine {
		cond, args := own(a)
		w.And("? <> '' AND ("+cond+")", append([]any{a.Account}, args...)...)
		switch q.Whose {
		case "self":
			w.And("account = ?", a.Account)
		case "others":
			w.And("account <> ?", a.Account)
		}
	}
	for _, x := range []struct{ column, value string }{
		{"competent_agency", q.Agency}, {"receiving_outlet", q.Outlet}, {"item", q.Item},
	} {
		if x.value != "" {
			w.And(x.column+" = ?", x.value)
		}
	}
	if !q.From.IsZero() {
		w.And("submitted_at >= ?", q.From.Time(clock.Beijing).UTC())
	}
	if !q.To.IsZero() {
		w.And("submitted_at < ?", q.To.End(clock.Beijing).UTC())
	}
	if q.Sample != nil {
		w.And("sample = ?", *q.Sample)
	}
	h.where(w, q.Light)
	search(w, q.Q)
}

func (q Query) check() error {
	var bad errs.Fields
	for _, s := range append([]State{q.State}, q.States...) {
		if s != "" && !s.Valid() {
			bad.Add("state", "没有“%s”这个办件状态，请重新选择。", string(s))
		}
	}
	switch q.Light {
	case "", LightNormal, LightYellow, LightRed, LightOverdue:
	default:
		bad.Add("light", "红黄灯只能是normal、yellow、red或overdue。")
	}
	return bad.Err()
}

// where is light in SQL; they change together (TestLightsListedAsShown).
func (h horizon) where(w *db.Where, light string) {
	if light == "" {
		return
	}
	w.In("state", stateWords(running))
	today, red, yellow := h.today.String(), h.red.String(), h.yellow.String()
	switch light {
	case LightOverdue:
		w.And("due_on < ?", today)
	case LightRed:
		w.And("due_on >= ? AND due_on < ? AND kind <> ?", today, red, kindInstant)
	case LightYellow:
		w.And("due_on >= ? AND due_on < ? AND kind <> ?", red, yellow, kindInstant)
	case LightNormal:
		w.And("due_on >= ? AND (kind = ? OR due_on >= ?)", today, kindInstant, yellow)
	}
}

// search finds a case number or its beginning, else the applicant's name or
// its beginning: both from an index.
func search(w *db.Where, q string) {
	q = strings.TrimSpace(q)
	switch {
	case q == "":
	case byName(q):
		nameBegins(w, q)
	case len(q) == 16:
		w.And("number = ?", q)
	default:
		w.And("number >= ? AND number < ?", q, q+":") // ':' follows '9'
	}
}

// byName tells whether search looks for the applicant's name.
func byName(q string) bool {
	q = strings.TrimSpace(q)
	return q != "" && !allDigits(q)
}

// nameBegins finds applicants whose name is or begins with the words.
func nameBegins(w *db.Where, name string) {
	key := nameKey(name)
	w.And("applicant_key >= ? AND applicant_key < ?", key, key+"g") // 'g' follows 'f'
}
