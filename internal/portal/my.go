package portal

import (
	"net/http"
	"slices"
	"strconv"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
)

// shown is one way to look at one's own cases.
type shown struct {
	id, label, empty string
	states           []cases.State
}

var views = []shown{
	{"", "全部", "您还没有申请过事项。", nil},
	{"running", "办理中", "没有正在办理的申请。", []cases.State{
		cases.StateSubmitted, cases.StateReceived, cases.StateCorrecting, cases.StateAccepted, cases.StateReviewing,
		cases.StatePaused, cases.StateDecided, cases.StateIssuing, cases.StateDelivering}},
	{"done", "已办结", "还没有办结的申请。", []cases.State{
		cases.StateClosed, cases.StateArchived, cases.StateRefused, cases.StateWithdrawn, cases.StateTerminated}},
	{"drafts", "草稿", "没有草稿。填到一半的申请会自动保存在这里。", nil},
}

// myPage is the applicant's own cases.
type myPage struct {
	m      *Module
	view   shown
	todo   []cases.Case // waiting for the applicant, on the first page
	list   []cases.Case
	drafts []cases.Draft
	next   string
	paged  bool
	whose  string // "", self or others

	actsForOthers bool
	asked         int    // mandates that wait for a yes or no
	surer         string // where cases filed at windows are reached; "" when they are here
}

// surer leads whoever has not shown surely enough who they are to where that is
// done, and back; "" for the others.
func (m *Module) surer(r *http.Request) string {
	a := identity.FromContext(r.Context())
	if a.Kind != identity.KindPerson || a.Enough(cases.OwnLevel) == nil {
		return ""
	}
	return m.Identity.StepUp(cases.OwnLevel, r.URL.Path)
}

// fewDrafts is how many drafts stand on the first page; the rest have a page
// of their own.
const fewDrafts = 3

// mine lists the applicant's own cases: what waits for them first, then
// drafts, then everything, newest first.
func (m *Module) mine(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	p := myPage{m: m, view: views[0], surer: m.surer(r), paged: q.Get("after") != "", actsForOthers: len(identity.FromContext(ctx).Mandates) > 0}
	if w := q.Get("whose"); w == "self" || w == "others" {
		p.whose = w
	}
	for _, v := range views {
		if v.id == q.Get("show") {
			p.view = v
		}
	}
	after := db.Page{Limit: 20, After: q.Get("after")}
	var err error
	if p.view.id == "drafts" {
		p.drafts, p.next, err = m.Cases.Drafts(ctx, after)
		if err != nil {
			return err
		}
		return web.Render(w, r, http.StatusOK, myView(p))
	}
	if p.list, p.next, err = m.Cases.List(ctx, cases.Query{Mine: true, Whose: p.whose, States: p.view.states}, after); err != nil {
		return err
	}
	if p.view.id == "" && p.whose == "" && !p.paged {
		if err := p.urgent(r); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, myView(p))
}

// urgent finds what the applicant has to do: corrections, then results to be
// fetched, then drafts to finish.
func (p *myPage) urgent(r *http.Request) error {
	for _, s := range []cases.State{cases.StateCorrecting, cases.StateDelivering} {
		list, _, err := p.m.Cases.List(r.Context(), cases.Query{Mine: true, State: s}, db.Page{Limit: 20})
		if err != nil {
			return err
		}
		p.todo = append(p.todo, list...)
	}
	p.list = slices.DeleteFunc(p.list, func(c cases.Case) bool { // it stands above
		return slices.ContainsFunc(p.todo, func(t cases.Case) bool { return t.Number == c.Number })
	})
	var err error
	if p.drafts, _, err = p.m.Cases.Drafts(r.Context(), db.Page{Limit: fewDrafts}); err != nil {
		return err
	}
	p.asked, err = p.m.Identity.MandatesAsked(r.Context())
	return err
}

func (p myPage) askedText() string { return strconv.Itoa(p.asked) + "份" }

// url is this list another way.
func (p myPage) url(show, whose, after string) string {
	return "/my" + query("show", show, "whose", whose, "after", after)
}

func (p myPage) nextURL() string {
	if p.next == "" {
		return ""
	}
	return p.url(p.view.id, p.whose, p.next)
}

func (p myPage) firstURL() string {
	if !p.paged {
		return ""
	}
	return p.url(p.view.id, p.whose, "")
}
