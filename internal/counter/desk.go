package counter

import (
	"context"
	"net/http"
	"net/url"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/org"
)

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
	finder
	calls  calls
	outlet org.Outlet
	tab    tab
	q      string
	counts map[string]int
	list   []cases.Case
	next   string
	drafts []cases.Draft
	paged  bool
	wizard *apply.Wizard
	visit  *Visit // the last one, if it still runs
	reader bool   // a card reader is connected
}

// desk shows who is next and what is at this outlet: tabs by what has to be
// done, newest first.
func (m *Module) desk(w http.ResponseWriter, r *http.Request) error {
	p, err := m.deskOf(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, deskView(p))
}

func (m *Module) deskOf(r *http.Request) (*deskPage, error) {
	ctx := r.Context()
	actor, q := identity.FromContext(ctx), r.URL.Query()
	p := &deskPage{tab: tabs[0], q: q.Get("q"), counts: map[string]int{}, paged: q.Get("after") != "", wizard: m.wizard}
	for _, t := range tabs {
		if t.ID == q.Get("tab") {
			p.tab = t
		}
	}
	var err error
	if p.outlet, err = m.ownOutlet(ctx); err != nil {
		return nil, err
	}
	totals, err := m.Cases.Totals(ctx, cases.Query{Outlet: actor.Outlet})
	if err != nil {
		return nil, err
	}
	for _, t := range tabs {
		for _, s := range t.States {
			p.counts[t.ID] += totals[s]
		}
	}
	query := cases.Query{States: p.tab.States, Outlet: actor.Outlet, Q: p.q}
	if p.q != "" {
		query.States = nil // whoever types a number wants that case, whatever its state
	}
	if p.list, p.next, err = m.Cases.List(ctx, query, db.Page{Limit: 20, After: q.Get("after")}); err != nil {
		return nil, err
	}
	if p.drafts, _, err = m.Cases.Drafts(ctx, db.Page{Limit: 5}); err != nil {
		return nil, err
	}
	if v, there, err := m.newest(ctx); err != nil {
		return nil, err
	} else if there {
		p.visit = &v
	}
	if p.calls, err = m.callsOf(ctx); err != nil {
		return nil, err
	}
	p.reader, err = m.hasReader(ctx)
	return p, err
}

// ownOutlet is where the clerk works; the zero Outlet for somebody of none.
func (m *Module) ownOutlet(ctx context.Context) (org.Outlet, error) {
	actor := identity.FromContext(ctx)
	if actor.Outlet == "" {
		return org.Outlet{}, nil
	}
	return m.Org.Outlet(ctx, actor.Outlet)
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
