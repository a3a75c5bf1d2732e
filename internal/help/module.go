package help

import (
	"embed"
	"io/fs"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/static"
	"yimen/internal/kit/web/ui"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this module.
var Migrations = db.Embedded("help", migrations)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("help: " + err.Error()) // embedded at build time
	}
	static.Add(sub)
}

// ErrGuideUnknown is told for a guide that is none.
var ErrGuideUnknown = errs.Define(errs.NotFound, "help_guide_unknown", "没有这份指南，请从帮助页选择。")

// Deps is what the module stands on.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Demo  bool // the sample city: tours may try things on invented people
}

// Module is the help pages.
type Module struct{ Deps }

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	return &Module{d}
}

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	rt.Get("/help", web.Public, m.start)
	rt.Get("/help/{guide}", web.Public, m.guide)
	rt.Get("/help/page", web.Public, m.about)
	rt.Get("/help/shortcuts", web.Public, m.keys)
	rt.Get("/help/tour", identity.Staff(), m.startPage)
	rt.PostEach("/help/tour", identity.Staff(), m.walk)
}

// URL is where the "?" of a page leads.
func (m *Module) URL(r *http.Request) string {
	at := r.URL.Path
	if r.Method != http.MethodGet {
		at = "/"
	}
	return "/help/page?" + url.Values{"at": {at}}.Encode()
}

// Bar is the hint of the tour that stands under the header of every page while
// somebody is on the way; nil for everybody else.
func (m *Module) Bar(r *http.Request) templ.Component {
	t, step := onTour(r)
	if step == 0 {
		return nil
	}
	return tourBar(t, step, m.Demo)
}

type startPage struct {
	actor identity.Actor
	q     string
	found []found
	own   []Guide
	other []Guide
	tour  bool
}

// start lists the guides, the reader's own first, or what a search found.
func (m *Module) start(w http.ResponseWriter, r *http.Request) error {
	p := startPage{actor: identity.FromContext(r.Context()), q: r.URL.Query().Get("q")}
	if p.q != "" {
		p.found = find(p.q)
	}
	own := ownGuides(p.actor)
	for _, g := range Guides() {
		if slices.Contains(own, g.ID) {
			p.own = append(p.own, g)
		} else {
			p.other = append(p.other, g)
		}
	}
	_, p.tour = tourOf(p.actor)
	return web.Render(w, r, http.StatusOK, startView(p))
}

// ownGuides are those that somebody needs for their work, or as a citizen.
func ownGuides(a identity.Actor) []string {
	var list []string
	add := func(guide string, verbs ...identity.Verb) {
		if slices.ContainsFunc(verbs, a.Has) {
			list = append(list, guide)
		}
	}
	add("clerk", "case.submit_for", "case.receive")
	add("approver", "task.review", "task.approve", "task.decide", "task.reassign")
	add("editor", "item.edit", "item.review")
	add("administrator", identity.VerbSystemView, identity.VerbAccountManage, identity.VerbGrantManage, identity.VerbAuditView)
	if len(list) == 0 {
		return []string{"citizen", "words"}
	}
	return list
}

func (m *Module) guide(w http.ResponseWriter, r *http.Request) error {
	g, ok := library[r.PathValue("guide")]
	if !ok {
		return ErrGuideUnknown
	}
	return web.Render(w, r, http.StatusOK, guideView(identity.FromContext(r.Context()), g))
}

// about shows what explains the page at: beside it, or by going to the guide.
func (m *Module) about(w http.ResponseWriter, r *http.Request) error {
	s, ok := SectionOf(r.URL.Query().Get("at"), identity.FromContext(r.Context()))
	w.Header().Add("Vary", "HX-Request-Type")
	if r.Header.Get("HX-Request-Type") == "partial" {
		return web.Render(w, r, http.StatusOK, panelView(s, ok))
	}
	if !ok {
		return web.Redirect(w, r, "/help")
	}
	return web.Redirect(w, r, s.URL())
}

// keys lists the shortcuts.
func (m *Module) keys(w http.ResponseWriter, r *http.Request) error {
	return web.RenderPart(w, r, http.StatusOK, keysView(identity.FromContext(r.Context())), keysPanel())
}

// opts is the frame of a help page: staff stay among their own pages.
func opts(a identity.Actor, title, lead string) ui.PageOpts {
	o := ui.PageOpts{Title: title, Lead: lead, Styles: []string{"help.css"}, Breadcrumb: []ui.Crumb{{Label: "帮助", URL: "/help"}, {Label: title}}}
	if a.IsStaff() {
		o.Face = ui.Staff
	}
	return o
}
