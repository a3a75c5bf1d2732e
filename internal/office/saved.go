package office

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/workflow"
)

// savedFilter is a way to look at the inbox that somebody keeps under a name.
type savedFilter struct {
	ID      string    `db:"id"`
	Account string    `db:"account"`
	Agency  string    `db:"agency"` // "": the account's alone
	Name    string    `db:"name"`
	Query   string    `db:"query"`
	At      time.Time `db:"created_at"`
}

// mostFilters bounds what one account keeps.
const mostFilters = 20

var (
	errFilter        = errs.Define(errs.Invalid, "office_filter_invalid", "筛选没有保存，请按提示修改。")
	errFilterUnknown = errs.Define(errs.NotFound, "office_filter_unknown", "没有这个筛选，可能已经删除。")
)

// leads tells whether the actor sees to who does what in their own agency.
func (m *Module) leads(ctx context.Context) bool {
	a := identity.FromContext(ctx)
	if a.Agency == "" {
		return false
	}
	body, err := m.Org.Agency(ctx, a.Agency)
	return err == nil && a.Can(workflow.VerbReassign, identity.Place{Agency: body.Code, Division: body.Division, Dept: body.Dept})
}

// filters lists the filters of the actor and those their agency shares.
func (m *Module) filters(ctx context.Context) ([]savedFilter, error) {
	a := identity.FromContext(ctx)
	var list []savedFilter
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT id, account, agency, name, query, created_at FROM office_filter
		WHERE account = $1 OR (agency <> '' AND agency = $2) ORDER BY agency DESC, name, id LIMIT 60`, a.Account, a.Agency)
	if err != nil {
		return nil, fmt.Errorf("read saved filters: %w", err)
	}
	return list, nil
}

// keepFilter saves the filter of the inbox under a name; the same name again
// replaces it.
func (m *Module) keepFilter(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	x := parseFilter(form.Value("in"))
	id, err := m.saveFilter(r.Context(), savedFilter{Name: form.Value("name"), Query: x.encode()}, form.Value("shared") != "")
	if err == nil && form.Value("default") != "" {
		err = m.prefer(r.Context(), func(p *preference) { p.Filter = id })
	}
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.showInbox(w, r, http.StatusUnprocessableEntity, x, form)
	}
	web.Flash(r, "success", "筛选“"+form.Value("name")+"”已保存。")
	return web.Redirect(w, r, inboxURL(x))
}

func (m *Module) saveFilter(ctx context.Context, s savedFilter, shared bool) (string, error) {
	a := identity.FromContext(ctx)
	if n := utf8.RuneCountInString(s.Name); n == 0 || n > 20 {
		return "", errFilter.Field("name", "请写一个20个字以内的名称。")
	}
	if s.Query == "" {
		return "", errFilter.Field("name", "现在没有筛选条件，先选好条件再保存。")
	}
	if shared {
		if !m.leads(ctx) {
			return "", errFilter.Field("shared", "只有科（股）长、单位负责人可以设为全单位共用。")
		}
		s.Agency = a.Agency
	}
	s.ID = db.NewID()
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		var n int
		err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM office_filter WHERE account = $1 AND name <> $2`, a.Account, s.Name)
		if err != nil {
			return fmt.Errorf("count saved filters: %w", err)
		}
		if n >= mostFilters {
			return errFilter.Field("name", fmt.Sprintf("最多保存%d个筛选，请先删除不用的。", mostFilters))
		}
		return m.DB.Conn(ctx).Get(ctx, &s.ID, `INSERT INTO office_filter (id, account, agency, name, query, created_at)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account, name) DO UPDATE SET query = excluded.query, agency = excluded.agency
			RETURNING id`, s.ID, a.Account, s.Agency, s.Name, s.Query, m.now(ctx))
	})
	return s.ID, err
}

// changeFilter deletes a filter, or makes it (or no filter) the one the inbox
// opens with.
func (m *Module) changeFilter(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, id := r.Context(), r.PathValue("id")
	list, err := m.filters(ctx)
	if err != nil {
		return err
	}
	var found *savedFilter
	for i := range list {
		if list[i].ID == id {
			found = &list[i]
		}
	}
	if found == nil {
		return errFilterUnknown
	}
	switch form.Value("do") {
	case "default":
		err = m.prefer(ctx, func(p *preference) { p.Filter = id })
	case "usual":
		err = m.prefer(ctx, func(p *preference) { p.Filter = "" })
	case "delete":
		err = m.deleteFilter(ctx, *found)
	default:
		return errFilter
	}
	if err != nil {
		return err
	}
	web.Flash(r, "success", "筛选“"+found.Name+"”已"+map[string]string{"default": "设为默认", "usual": "取消默认", "delete": "删除"}[form.Value("do")]+"。")
	return web.Redirect(w, r, "/office?box=")
}

func (m *Module) deleteFilter(ctx context.Context, s savedFilter) error {
	if s.Account != identity.FromContext(ctx).Account {
		return errFilterUnknown // shared by another: theirs to take away
	}
	n, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM office_filter WHERE id = $1 AND account = $2`, s.ID, s.Account)
	if err == nil && n == 0 {
		return errFilterUnknown
	}
	return err
}

// usual gives the filter that the inbox of the actor opens with.
func (m *Module) usual(ctx context.Context, p preference) (filter, bool, error) {
	if p.Filter == "" {
		return filter{}, false, nil
	}
	a := identity.FromContext(ctx)
	var query string
	err := m.DB.Conn(ctx).Get(ctx, &query, `SELECT query FROM office_filter WHERE id = $1 AND (account = $2 OR (agency <> '' AND agency = $3))`,
		p.Filter, a.Account, a.Agency)
	if errors.Is(err, db.ErrNoRows) {
		return filter{}, false, nil
	}
	if err != nil {
		return filter{}, false, fmt.Errorf("read the usual filter: %w", err)
	}
	return parseFilter(query), true, nil
}
