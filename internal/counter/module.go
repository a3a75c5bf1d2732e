package counter

import (
	"embed"
	"io/fs"
	"net/http"
	"net/url"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/static"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("counter: " + err.Error()) // embedded at build time
	}
	static.Add(sub)
}

// Deps is what the module stands on.
type Deps struct {
	Cases     *cases.Module
	Catalogue *catalogue.Module
	Org       *org.Module
	Wizard    apply.Wizard // completed by New
}

// Module is the counter's pages.
type Module struct {
	Deps
	wizard *apply.Wizard
}

// Guard lets in those who receive applications.
var Guard = identity.Has("case.submit_for")

// New makes the module.
func New(d Deps) *Module {
	w := d.Wizard
	w.Base, w.Face, w.Side, w.Guard = "/counter/apply", ui.Staff, apply.Window, Guard
	w.Home = ui.Crumb{Label: "窗口", URL: "/counter"}
	w.CaseURL = DoneURL
	return &Module{Deps: d, wizard: &w}
}

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	rt.Get("/counter", Guard, m.desk)
	rt.Get("/counter/new", Guard, m.chooseItem)
	rt.Get("/counter/done/{number}", Guard, m.done)
	m.wizard.Mount(rt)
}

// DoneURL is the page after an application was taken in: the receipt and what
// comes next.
func DoneURL(number string) string { return "/counter/done/" + url.PathEscape(number) }

// CaseURL is the page of a case.
func CaseURL(number string) string { return "/office/cases/" + url.PathEscape(number) }

// tab is one list of the desk.
type tab struct {
	ID, Label, Empty string
	States           []cases.State
}

var tabs = []tab{
	{"received", "待受理", "没有等待受理的申请。", []cases.State{cases.StateReceived, cases.StateSubmitted}},
	{"correcting", "待补正", "没有等待补正的申请。", []cases.State{cases.StateCorrecting}},
	{"delivering", "待送达", "没有等待领取的结果。", []cases.State{cases.StateDelivering}},
	{"running", "办理中", "没有正在办理的办件。", []cases.State{cases.StateAccepted, cases.StateReviewing, cases.StatePaused, cases.StateDecided, cases.StateIssuing}},
	{"closed", "已办结", "还没有办结的办件。", []cases.State{cases.StateClosed, cases.StateArchived, cases.StateRefused, cases.StateWithdrawn, cases.StateTerminated}},
}

// deskPage is the clerk's first page.
type deskPage struct {
	outlet org.Outlet
	tab    tab
	q      string
	counts map[string]int
	list   []cases.Case
	next   string
	drafts []cases.Draft
	paged  bool
	wizard *apply.Wizard
}

// desk shows what is at this outlet: tabs by what has to be done, newest first.
func (m *Module) desk(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	actor, q := identity.FromContext(ctx), r.URL.Query()
	p := deskPage{tab: tabs[0], q: q.Get("q"), counts: map[string]int{}, paged: q.Get("after") != "", wizard: m.wizard}
	for _, t := range tabs {
		if t.ID == q.Get("tab") {
			p.tab = t
		}
	}
	var err error
	if actor.Outlet != "" {
		if p.outlet, err = m.Org.Outlet(ctx, actor.Outlet); err != nil {
			return err
		}
	}
	for _, t := range tabs {
		if p.counts[t.ID], err = m.Cases.Count(ctx, cases.Query{States: t.States, Outlet: actor.Outlet}); err != nil {
			return err
		}
	}
	query := cases.Query{States: p.tab.States, Outlet: actor.Outlet, Q: p.q}
	if p.q != "" {
		query.States = nil // whoever types a number wants that case, whatever its state
	}
	if p.list, p.next, err = m.Cases.List(ctx, query, db.Page{Limit: 20, After: q.Get("after")}); err != nil {
		return err
	}
	if p.drafts, _, err = m.Cases.Drafts(ctx, db.Page{Limit: 5}); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, deskView(p))
}

func (p deskPage) url(tab, after string) string {
	v := url.Values{"tab": {tab}}
	if p.q != "" {
		v.Set("q", p.q)
	}
	if after != "" {
		v.Set("after", after)
	}
	return "/counter?" + v.Encode()
}

func (p deskPage) nextURL() string {
	if p.next == "" {
		return ""
	}
	return p.url(p.tab.ID, p.next)
}

func (p deskPage) firstURL() string {
	if !p.paged {
		return ""
	}
	return p.url(p.tab.ID, "")
}

// choosePage finds the item a person at the window came for.
type choosePage struct {
	q      string
	list   []catalogue.Item
	next   string
	outlet org.Outlet
	wizard *apply.Wizard
}

// chooseItem searches the items that this window may take.
func (m *Module) chooseItem(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	actor, q := identity.FromContext(ctx), r.URL.Query()
	p := choosePage{q: q.Get("q"), wizard: m.wizard}
	var err error
	if actor.Outlet != "" {
		if p.outlet, err = m.Org.Outlet(ctx, actor.Outlet); err != nil {
			return err
		}
	}
	p.list, p.next, err = m.Catalogue.Search(ctx, catalogue.Query{Q: p.q, Division: p.outlet.Division}, db.Page{Limit: 30, After: q.Get("after")})
	if err != nil {
		return err
	}
	return web.RenderPart(w, r, http.StatusOK, chooseView(p), foundItems(p))
}

func (p choosePage) nextURL() string {
	if p.next == "" {
		return ""
	}
	return "/counter/new?" + url.Values{"q": {p.q}, "after": {p.next}}.Encode()
}

// done shows the receipt to print and what can be done at once.
func (m *Module) done(w http.ResponseWriter, r *http.Request) error {
	c, err := m.Cases.Find(r.Context(), r.PathValue("number"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, doneView(c))
}
