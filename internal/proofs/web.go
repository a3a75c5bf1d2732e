package proofs

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// Addresses.
const (
	ListURL  = "/proofs"
	adminURL = "/admin/proofs"
)

// EntryURL is the page of an entry for everybody, AdminURL that for its editors.
func EntryURL(number string) string { return ListURL + "/" + url.PathEscape(number) }

// AdminURL is the page of an entry for its editors.
func AdminURL(number string) string { return adminURL + "/" + url.PathEscape(number) }

func changeURL(id string) string { return adminURL + "/changes/" + url.PathEscape(id) }

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	m.orderRoutes(rt)
	m.requestRoutes(rt)
	m.commitmentRoutes(rt)
	look := identity.HasAny(VerbEdit, VerbPublish)
	rt.Get(ListURL, web.Public, web.MayLag(m.list))
	rt.Get(ListURL+"/{number}", web.Public, web.MayLag(m.entry))
	rt.Get(adminURL, look, m.adminList)
	rt.Get(adminURL+"/new", identity.Has(VerbEdit), m.newEntry)
	rt.Post(adminURL+"/new", identity.Has(VerbEdit), m.propose)
	rt.Get(adminURL+"/{number}", look, m.adminEntry)
	rt.Post(adminURL+"/{number}", identity.Has(VerbEdit), m.propose)
	rt.Get(adminURL+"/changes/{id}", look, m.change)
	rt.Post(adminURL+"/changes/{id}", look, m.decideChange)
}

type listPage struct {
	q, state string
	all      []Entry
	shown    []Entry
	funnel   Funnel
}

func (m *Module) readList(r *http.Request) (listPage, error) {
	p := listPage{q: strings.TrimSpace(r.URL.Query().Get("q")), state: r.URL.Query().Get("state")}
	var err error
	if p.all, err = m.Entries(r.Context()); err != nil {
		return p, err
	}
	p.funnel = FunnelOf(p.all)
	for _, e := range p.all {
		if (p.state == "" || e.State == p.state) && e.says(p.q) {
			p.shown = append(p.shown, e)
		}
	}
	return p, nil
}

// says finds words in what people know a proof by.
func (e Entry) says(q string) bool {
	return q == "" || e.Number == q || strings.Contains(e.Name, q) || strings.Contains(e.Purpose, q) || strings.Contains(e.Issuer, q)
}

func (p listPage) tabs(base string) []ui.Tab {
	var tabs []ui.Tab
	for _, s := range []struct{ state, label string }{{"", "全部"}, {Kept, "保留"}, {Cancelled, "取消"}, {Replaced, "替代"}} {
		n := len(p.all)
		if s.state != "" {
			n = len(slices.DeleteFunc(slices.Clone(p.all), func(e Entry) bool { return e.State != s.state }))
		}
		v := url.Values{}
		for name, value := range map[string]string{"q": p.q, "state": s.state} {
			if value != "" {
				v.Set(name, value)
			}
		}
		to := base
		if len(v) > 0 {
			to += "?" + v.Encode()
		}
		tabs = append(tabs, ui.Tab{Label: s.label, URL: to, Active: p.state == s.state, Count: strconv.Itoa(n)})
	}
	return tabs
}

func (m *Module) list(w http.ResponseWriter, r *http.Request) error {
	p, err := m.readList(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listView(p))
}

type entryPage struct {
	Entry
	uses     []Use
	versions []Version
}

func (m *Module) entry(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var p entryPage
	var err error
	if p.Entry, err = m.Entry(ctx, r.PathValue("number")); err != nil {
		return err
	}
	if p.uses, err = m.UsesOf(ctx, p.Number); err != nil {
		return err
	}
	if p.versions, err = m.Versions(ctx, p.Number); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, entryView(p))
}

// facts are the fields of an entry that say something.
func (e Entry) facts() []ui.Row {
	rows := []ui.Row{{Label: "编号", Value: e.Number}, {Label: "状态", Value: e.StateName()}}
	if ways := e.WayNames(); len(ways) > 0 {
		rows = append(rows, ui.Row{Label: "用什么代替", Value: strings.Join(ways, "、")})
	}
	for _, f := range e.texts() {
		if *f.value != "" {
			rows = append(rows, ui.Row{Label: f.label, Value: *f.value})
		}
	}
	rows = append(rows, ui.Row{Label: "版本", Value: "第" + strconv.Itoa(e.Version) + "版，" + e.PublishedOn.Chinese() + "公布"})
	return rows
}

func tone(state string) string {
	switch state {
	case Kept:
		return "info"
	case Replaced:
		return "warning"
	}
	return "muted"
}

type adminPage struct {
	listPage
	changes []Change
	off     []Use
	mayEdit bool
}

func (m *Module) adminList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var p adminPage
	var err error
	if p.listPage, err = m.readList(r); err != nil {
		return err
	}
	if p.changes, err = m.Changes(ctx); err != nil {
		return err
	}
	if p.off, err = m.OffList(ctx); err != nil {
		return err
	}
	if p.mayEdit, err = m.allowed(ctx, VerbEdit); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, adminView(p))
}

// editPage is an entry with the form of its next version.
type editPage struct {
	entryPage
	form    *web.Form
	waiting *Change
	mayEdit bool
	issuers []org.Agency // by which department
}

func (p editPage) issuerOptions() []ui.Option {
	list := []ui.Option{{Value: "", Label: "按上面的开具单位名称查找"}}
	for _, a := range p.issuers {
		list = append(list, ui.Option{Value: a.Dept, Label: a.Name})
	}
	return list
}

func levelOptions() []ui.Option {
	return []ui.Option{{Value: strconv.Itoa(int(org.City)), Label: "市级"}, {Value: strconv.Itoa(int(org.County)), Label: "县级"},
		{Value: strconv.Itoa(int(org.Town)), Label: "镇（街道）级"}}
}

func (m *Module) newEntry(w http.ResponseWriter, r *http.Request) error {
	f := web.NewForm(nil)
	f.Set("state", Kept)
	p := editPage{form: f, mayEdit: true}
	var err error
	if p.issuers, err = m.issuers(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, editView(p))
}

func (m *Module) adminEntry(w http.ResponseWriter, r *http.Request) error {
	return m.showEdit(w, r, nil)
}

func (m *Module) showEdit(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	ctx := r.Context()
	p := editPage{form: f}
	var err error
	if p.Entry, err = m.Entry(ctx, r.PathValue("number")); err != nil {
		return err
	}
	if p.uses, err = m.UsesOf(ctx, p.Number); err != nil {
		return err
	}
	if p.versions, err = m.Versions(ctx, p.Number); err != nil {
		return err
	}
	if p.mayEdit, err = m.allowed(ctx, VerbEdit); err != nil {
		return err
	}
	if p.issuers, err = m.issuers(ctx); err != nil {
		return err
	}
	changes, err := m.Changes(ctx)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(changes, func(c Change) bool { return c.Entry.Number == p.Number }); i >= 0 {
		p.waiting = &changes[i]
	}
	if f == nil {
		p.form = formOf(p.Entry)
	}
	return web.Render(w, r, p.form.Status(), editView(p))
}

func formOf(e Entry) *web.Form {
	v := url.Values{"number": {e.Number}, "name": {e.Name}, "state": {e.State}, "ways": e.Ways, "base": {strconv.Itoa(e.Version)}}
	if e.Electronic {
		v.Set("electronic", "true")
	}
	v.Set("dept", e.Dept)
	v.Set("level", strconv.Itoa(int(e.level())))
	v.Set("elsewhere", e.Elsewhere)
	if e.ByPlace {
		v.Set("by_place", "1")
	}
	if e.Each {
		v.Set("each", "1")
	}
	for _, t := range e.texts() {
		v.Set(t.name, *t.value)
	}
	return web.NewForm(v)
}

func (m *Module) propose(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	e := Entry{Number: r.PathValue("number"), Name: f.Value("name"), State: f.Value("state"), Ways: f.Values("ways"), Electronic: f.Value("electronic") != "",
		Dept: f.Value("dept"), ByPlace: f.Value("by_place") != "", Each: f.Value("each") != "", Elsewhere: strings.TrimSpace(f.Value("elsewhere"))}
	if f.Value("level") != "" {
		e.Level, _ = strconv.Atoi(f.Value("level")) // what is no number is no level, and refused
		if e.Level == 0 {
			e.Level = -1
		}
	}
	fresh := e.Number == ""
	base, _ := strconv.Atoi(f.Value("base")) // what is no number is no version, and refused as changed meanwhile
	if fresh {
		e.Number, base = f.Value("number"), 0
	} else if base == 0 {
		base = -1
	}
	for _, t := range e.texts() {
		*t.value = f.Value(t.name)
	}
	c, err := m.Propose(r.Context(), e, base, f.Value("reason"))
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() && fresh {
		p := editPage{form: f, mayEdit: true}
		if p.issuers, err = m.issuers(r.Context()); err != nil {
			return err
		}
		return web.Render(w, r, f.Status(), editView(p))
	}
	if !f.OK() {
		return m.showEdit(w, r, f)
	}
	web.Flash(r, "success", "已提交审核。由另一位审核人员发布后生效。")
	return web.Redirect(w, r, changeURL(c.ID))
}

type changePage struct {
	Change
	old      Entry
	uses     []Use
	form     *web.Form
	mayCheck bool
	mine     bool
}

func (m *Module) change(w http.ResponseWriter, r *http.Request) error {
	return m.showChange(w, r, nil)
}

func (m *Module) showChange(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	ctx := r.Context()
	p := changePage{form: f}
	list, err := m.Changes(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(c Change) bool { return c.ID == r.PathValue("id") })
	if i < 0 {
		return ErrDecided
	}
	p.Change = list[i]
	if p.Base > 0 {
		if p.old, err = m.Entry(ctx, p.Change.Entry.Number); err != nil {
			return err
		}
	}
	if p.uses, err = m.UsesOf(ctx, p.Change.Entry.Number); err != nil {
		return err
	}
	p.mine = identity.FromContext(ctx).Account == p.Author
	if p.mayCheck, err = m.allowed(ctx, VerbPublish); err != nil {
		return err
	}
	return web.Render(w, r, f.Status(), changeView(p))
}

// differences are the fields that a change makes other, before and after.
func (p changePage) differences() [][3]string {
	var list [][3]string
	add := func(label, before, after string) {
		if before != after {
			list = append(list, [3]string{label, before, after})
		}
	}
	add("证明名称", p.old.Name, p.Entry.Name)
	add("状态", p.old.StateName(), p.Entry.StateName())
	add("用什么代替", strings.Join(p.old.WayNames(), "、"), strings.Join(p.Entry.WayNames(), "、"))
	add("哪个部门在网上开具", p.old.Dept, p.Entry.Dept)
	add("哪一级开具", p.old.level().String(), p.Entry.level().String())
	add("按事情所在地开具", yes(p.old.ByPlace), yes(p.Entry.ByPlace))
	add("每件事单独开", yes(p.old.Each), yes(p.Entry.Each))
	add("本市不开具的，去哪里开", p.old.Elsewhere, p.Entry.Elsewhere)
	before := p.old.texts()
	for i, t := range p.Entry.texts() {
		add(t.label, *before[i].value, *t.value)
	}
	return list
}

func (m *Module) decideChange(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, id, said := r.Context(), r.PathValue("id"), ""
	switch f.Value("act") {
	case "publish":
		said = "已发布，马上生效。"
		_, err = m.Publish(ctx, id)
	case "withdraw":
		err, said = m.Withdraw(ctx, id), "已撤回。"
	default:
		err, said = m.Refuse(ctx, id, f.Value("opinion")), "已退回。"
	}
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.showChange(w, r, f)
	}
	web.Flash(r, "success", said)
	return web.Redirect(w, r, adminURL)
}

func yes(b bool) string {
	if b {
		return "是"
	}
	return "否"
}
