package admin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

type auditPage struct {
	form   *web.Form
	list   []audit.Entry
	next   string
	names  map[string]string // of the accounts that were changed, by id
	report *audit.Report     // nil: not verified just now
}

var auditFields = []string{"actor", "action", "object", "object_id", "result", "from", "to"}

// searchAudit lists what was done, newest first.
func (m *Module) searchAudit(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := auditPage{form: form}
	if err := m.findAudit(r.Context(), &p); err != nil {
		return err
	}
	status := http.StatusOK
	if !form.OK() {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, auditView(p))
}

func (m *Module) findAudit(ctx context.Context, p *auditPage) error {
	f := p.form
	q, err := m.auditQuery(ctx, f)
	if err != nil || !f.OK() {
		return err
	}
	list, next, err := m.Audit.Search(ctx, q, db.Page{Limit: 50, After: f.Value("after")})
	if err := f.Merge(err); err != nil {
		return err
	}
	p.list = list
	var ids []string
	for _, e := range list {
		if e.Object == "account" || e.Object == "person" {
			ids = append(ids, e.ObjectID)
		}
	}
	if p.names, err = m.Identity.NamesOf(ctx, ids); err != nil {
		return err
	}
	if next != "" {
		v := filterOf(f)
		v.Set("after", next)
		p.next = "/admin/audit?" + v.Encode()
	}
	return nil
}

// refusedOnly asks for everything that was not done.
const refusedOnly = "refused"

// resultOptions are the results to choose from.
var resultOptions = []ui.Option{{Value: "ok", Label: "成功"}, {Value: refusedOnly, Label: "被拒绝或没有成功"}}

// filterOf are the conditions typed, for addresses.
func filterOf(f *web.Form) url.Values {
	v := url.Values{}
	for _, name := range auditFields {
		if f.Value(name) != "" {
			v.Set(name, f.Value(name))
		}
	}
	return v
}

func exportURL(f *web.Form) string { return "/admin/audit/export.csv?" + filterOf(f).Encode() }

// auditQuery reads the conditions; what is wrong with them is in f.
func (m *Module) auditQuery(ctx context.Context, f *web.Form) (audit.Query, error) {
	q := audit.Query{Action: f.Value("action"), Object: f.Value("object"), ObjectID: f.Value("object_id")}
	switch result := f.Value("result"); result {
	case refusedOnly:
		q.Refused = true
	default:
		q.Result = result
	}
	if from := f.Date("from"); !from.IsZero() {
		q.From = from.Time(clock.Beijing)
	}
	if to := f.Date("to"); !to.IsZero() {
		q.To = to.End(clock.Beijing)
	}
	var err error
	q.Actor, err = m.actorID(ctx, f)
	return q, err
}

// objectName is which one of its kind an entry is about, as people know it.
func (p auditPage) objectName(e audit.Entry) string {
	return orText(p.names[e.ObjectID], e.ObjectID)
}

// maxExport is how many entries one file holds; a narrower search gives the rest.
const maxExport = 20_000

// exportAudit writes the entries found as a table. That somebody took them
// away is an entry itself.
func (m *Module) exportAudit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	q, err := m.auditQuery(ctx, form)
	if err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, auditView(auditPage{form: form}))
	}
	actor := identity.FromContext(ctx)
	err = m.Audit.Write(ctx, audit.Entry{Actor: actor.Account, ActorName: actor.Name, Address: actor.Address,
		Action: "audit.export", Object: "audit", Result: "ok", Detail: filterOf(form).Encode()})
	if err != nil {
		return err
	}
	out := web.StartTable(w, "审计日志.csv", "时间", "账号", "姓名", "角色", "地址", "操作", "对象", "对象编号", "目的", "结果", "说明")
	for p, rows := (db.Page{Limit: db.MaxLimit}), 0; rows < maxExport; {
		list, next, err := m.Audit.Search(ctx, q, p)
		if err != nil {
			return err
		}
		for _, e := range list {
			out.Row(ui.DateTime(e.At), e.Actor, e.ActorName, identity.RoleTitles(e.Role), e.Address, e.Action, e.Object, e.ObjectID, e.Purpose, e.Result, e.Detail)
		}
		if rows, p.After = rows+len(list), next; next == "" {
			break
		}
	}
	out.Close()
	return nil
}

// actorID is the account a name means; entries hold ids. What is no account
// (a job of the program) is looked for as it stands.
func (m *Module) actorID(ctx context.Context, f *web.Form) (string, error) {
	name := f.Value("actor")
	if name == "" {
		return "", nil
	}
	a, err := m.Identity.Actor(ctx, name)
	switch {
	case err == nil:
		return a.Account, nil
	case errors.Is(err, identity.ErrAccountUnknown), errors.Is(err, identity.ErrAccountDisabled):
		return name, nil
	}
	return "", err
}

// verifyAudit computes the whole chain again and shows what it found.
func (m *Module) verifyAudit(w http.ResponseWriter, r *http.Request) error {
	report, err := m.Audit.Verify(r.Context())
	if err != nil {
		return err
	}
	actor := identity.FromContext(r.Context())
	result := "ok"
	if !report.OK() {
		result = "broken"
	}
	err = m.Audit.Write(r.Context(), audit.Entry{Actor: actor.Account, ActorName: actor.Name, Address: actor.Address,
		Action: "audit.verify", Object: "audit", Result: result})
	if err != nil {
		return err
	}
	p := auditPage{form: web.NewForm(nil), report: &report}
	if err := m.findAudit(r.Context(), &p); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, auditView(p))
}

var findingNames = map[string]string{
	audit.RowChanged: "记录被改动", audit.RowRemoved: "记录被删除", audit.RowAdded: "记录从外部插入",
	audit.BatchBroken: "批次校验不符", audit.BatchMissing: "批次缺失", audit.HeadBroken: "末尾批次不符",
}

// detailWords is the detail of an entry as people read it: ways of signing in and
// of recognising somebody have names, and so has what stands before "="; the
// rest stands as it was written.
func detailWords(e audit.Entry) string {
	switch e.Action {
	case "login":
		return identity.MethodName(e.Detail)
	case "visit.begin":
		if word, ok := map[string]string{"typed": "手工输入号码", "reader": "读卡器读取"}[e.Detail]; ok {
			return word
		}
	}
	var words []string
	for _, word := range strings.Fields(e.Detail) {
		name, value, parted := strings.Cut(word, "=")
		switch title := detailNames[name]; {
		case !parted || title == "":
			words = append(words, word)
		case value != "":
			words = append(words, title+value)
		}
	}
	return strings.Join(words, " ")
}

// detailNames say what a name=value in a detail is.
var detailNames = map[string]string{"case": "办件", "agency": "单位", "outlet": "网点", "client": "应用", "grant": "授权"}
