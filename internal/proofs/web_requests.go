package proofs

import (
	"context"
	"net/http"
	"net/url"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/licences"
	"yimen/workday"
)

// Addresses of electronic proofs.
const (
	// RequestsURL is where somebody asks for proofs and sees those asked for.
	RequestsURL = "/my/proofs"
	askURL      = RequestsURL + "/new"
	// DeskURL is where proofs are checked and issued.
	DeskURL = "/office/proofs"
)

func myRequestURL(id string) string { return RequestsURL + "/" + url.PathEscape(id) }
func requestURL(id string) string   { return DeskURL + "/" + url.PathEscape(id) }

// AskURL is the form for a proof of the list.
func AskURL(number string) string { return askURL + "?proof=" + url.QueryEscape(number) }

func licenceURL(identifier string) string { return "/my/licences/" + url.PathEscape(identifier) }

func (m *Module) requestRoutes(rt *web.Router) {
	rt.Get(RequestsURL, identity.Applicant(), m.myRequests)
	rt.Get(askURL, identity.Applicant(), m.newRequest)
	rt.Post(askURL, identity.Applicant(), m.makeRequest)
	rt.Get(RequestsURL+"/{id}", identity.Applicant(), m.myRequest)
	rt.Post(RequestsURL+"/{id}", identity.Applicant(), m.takeBack)
	work := identity.HasAny(VerbIssue, VerbCheck)
	rt.Get(DeskURL, work, m.desk)
	rt.Get(DeskURL+"/{id}", work, m.showRequest)
	rt.Post(DeskURL+"/{id}", work, m.workOnRequest)
}

func (m *Module) myRequests(w http.ResponseWriter, r *http.Request) error {
	list, err := m.MyRequests(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, myRequestsView(list))
}

type askPage struct {
	form      *web.Form
	entries   []Entry
	chosen    Entry // the zero Entry: none yet
	have      *Have
	elsewhere []Entry     // kept, but no agency of this city issues them
	places    []ui.Option // where the matter may be, of one that is issued there
}

func (m *Module) newRequest(w http.ResponseWriter, r *http.Request) error {
	if err := identity.FromContext(r.Context()).Enough(askLevel); err != nil {
		return err // leads to the page of proving oneself, and back here
	}
	return m.renderAsk(w, r, web.NewForm(r.URL.Query()))
}

func (m *Module) renderAsk(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	ctx := r.Context()
	p := askPage{form: f}
	all, err := m.Entries(ctx)
	if err != nil {
		return err
	}
	for _, e := range all {
		switch {
		case e.Online():
			p.entries = append(p.entries, e)
		case e.State == Kept && e.Elsewhere != "":
			p.elsewhere = append(p.elsewhere, e)
		}
	}
	for _, e := range p.entries {
		if e.Number == f.Value("proof") {
			p.chosen = e
		}
	}
	if p.chosen.Number != "" {
		have, ok, err := m.Held(ctx, p.chosen)
		if err != nil {
			return err
		}
		if ok {
			p.have = &have
		}
		if err := m.offerPlaces(ctx, &p); err != nil {
			return err
		}
	}
	return web.Render(w, r, f.Status(), askView(p))
}

// offerPlaces lists where the matter may be, home first.
func (m *Module) offerPlaces(ctx context.Context, p *askPage) error {
	if !p.chosen.ByPlace {
		return nil
	}
	list, err := m.places(ctx, p.chosen)
	if err != nil {
		return err
	}
	for _, d := range list {
		p.places = append(p.places, ui.Option{Value: d.Code, Label: d.ShortName})
	}
	if p.form.Value("place") == "" {
		at, err := m.homePlace(ctx, p.chosen)
		if err != nil {
			return err
		}
		p.form.Set("place", at)
	}
	return nil
}

func (m *Module) makeRequest(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if f.Value("proof") == "" {
		return web.Redirect(w, r, askURL) // without a script or a page of ours: choose first
	}
	q, have, err := m.Ask(r.Context(), Wish{Proof: f.Value("proof"), Purpose: f.Value("purpose"), Recipient: f.Value("recipient"), Detail: f.Value("detail"),
		Place: f.Value("place"), Another: f.Value("another") != ""})
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.renderAsk(w, r, f)
	}
	if have.Identifier != "" {
		web.Flash(r, "info", "您已有一份有效的，直接用这份就行，不用再开。")
		return web.Redirect(w, r, licenceURL(have.Identifier))
	}
	web.Flash(r, "success", "申请已交给"+q.AgencyName+"，"+q.DueOn.Chinese()+"前办好。")
	return web.Redirect(w, r, myRequestURL(q.ID))
}

func (m *Module) myRequest(w http.ResponseWriter, r *http.Request) error {
	q, err := m.Request(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if q.Account != identity.FromContext(r.Context()).Account {
		return ErrRequestUnknown
	}
	return web.Render(w, r, http.StatusOK, myRequestView(q))
}

func (m *Module) takeBack(w http.ResponseWriter, r *http.Request) error {
	q, err := m.Grant(r.Context(), r.PathValue("id"), Grant{Verb: GrantTakeBack})
	if err != nil {
		return err
	}
	web.Flash(r, "success", "申请已撤回。")
	return web.Redirect(w, r, myRequestURL(q.ID))
}

// Parts of the desk.
const (
	partIssue = "issue"
	partCheck = "check"
	partDone  = "done"
)

type deskPage struct {
	part        string
	issue, know bool // what the viewer may do
	list        []Request
	people      map[string]identity.Person // who asked, by account
	next, first string
	today       workday.Date
}

func (m *Module) desk(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	a := identity.FromContext(ctx)
	p := deskPage{part: q.Get("part"), issue: a.Has(VerbIssue), know: a.Has(VerbCheck), today: m.today(ctx)}
	if p.part == "" || p.part == partIssue && !p.issue || p.part == partCheck && !p.know {
		p.part = partCheck
		if p.issue {
			p.part = partIssue
		}
	}
	toCheck := p.part == partCheck || p.part == partDone && !p.issue
	var err error
	if p.list, p.next, err = m.Requests(ctx, toCheck, p.part != partDone, db.Page{Limit: 50, After: q.Get("after")}); err != nil {
		return err
	}
	asked := make([]string, len(p.list))
	for i, q := range p.list {
		asked[i] = q.Account
	}
	if p.people, err = m.Identity.People(ctx, asked); err != nil {
		return err
	}
	base := DeskURL + "?part=" + url.QueryEscape(p.part)
	if q.Get("after") != "" {
		p.first = base
	}
	if p.next != "" {
		p.next = base + "&after=" + url.QueryEscape(p.next)
	}
	return web.Render(w, r, http.StatusOK, deskView(p))
}

func (p deskPage) tabs() []ui.Tab {
	var tabs []ui.Tab
	add := func(part, label string, may bool) {
		if may {
			tabs = append(tabs, ui.Tab{Label: label, URL: DeskURL + "?part=" + part, Active: p.part == part})
		}
	}
	add(partIssue, "待开具", p.issue)
	add(partCheck, "待核实", p.know)
	add(partDone, "办完的", true)
	return tabs
}

type requestPage struct {
	Request
	person   identity.Person
	register string // what the person register says of name and number
	place    string // where the matter is, or the person lives
	of       licences.Type
	acts     []string
	form     *web.Form
	today    workday.Date
}

func (m *Module) showRequest(w http.ResponseWriter, r *http.Request) error {
	return m.renderRequest(w, r, nil)
}

func (m *Module) renderRequest(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	ctx := r.Context()
	a := identity.FromContext(ctx)
	p := requestPage{form: f, today: m.today(ctx)}
	var err error
	if p.Request, err = m.Request(ctx, r.PathValue("id")); err != nil {
		return err
	}
	if !p.mayIssue(a) && !p.mayCheck(a) {
		return ErrRequestUnknown
	}
	if p.person, err = m.Identity.Person(ctx, p.Account); err != nil {
		return err
	}
	if p.register, err = m.registered(r, p.person); err != nil {
		return err
	}
	if p.of, err = m.Licences.Type(ctx, p.Type); err != nil {
		return err
	}
	if p.place, err = m.Org.FullName(ctx, p.Village); err != nil {
		return err
	}
	p.acts = p.Request.acts(a)
	return web.Render(w, r, f.Status(), requestView(p))
}

// registered asks the person register about the name and number.
func (m *Module) registered(r *http.Request, p identity.Person) (string, error) {
	if m.People == nil {
		return "人口信息没有接通，请核对原件", nil
	}
	ok, err := m.People.Match(r.Context(), p.Name, p.IDNo)
	if err != nil {
		m.Log.WarnContext(r.Context(), "proofs: the person register could not be asked", "error", err)
		return "人口信息暂时查不了，请稍后刷新", nil
	}
	if !ok {
		return "姓名和证件号码与人口信息不一致，不能开具", nil
	}
	return "姓名和证件号码与人口信息一致", nil
}

func (p requestPage) personRows() []ui.Row {
	return []ui.Row{{Label: "姓名", Value: p.person.Name}, {Label: "证件号码", Value: gb.MaskIDNumber(gb.IDType(p.person.IDType), p.person.IDNo)},
		{Label: "住址", Value: p.person.Address}, {Label: "由哪里核实", Value: p.place}, {Label: "人口信息", Value: p.register}}
}

func (q Request) rows() []ui.Row {
	rows := []ui.Row{{Label: "编号", Value: q.Number}, {Label: "证明", Value: q.ProofName}, {Label: "用途", Value: q.Purpose}, {Label: "给谁看", Value: q.Recipient}}
	for _, x := range []ui.Row{{Label: "情况说明", Value: q.Detail}, {Label: "请村里核实", Value: q.Question}, {Label: "核实情况", Value: q.Answer}, {Label: "核实人", Value: q.CheckerName},
		{Label: "没有开具的原因", Value: q.Reason}, {Label: "电子证照标识", Value: q.Identifier}} {
		if x.Value != "" {
			rows = append(rows, x)
		}
	}
	return append(rows, ui.Row{Label: "开具单位", Value: q.AgencyName}, ui.Row{Label: "申请时间", Value: ui.DateTime(q.MadeAt)}, ui.Row{Label: "办结期限", Value: q.DueOn.Chinese()})
}

// value is what a field of an act shows: what was typed into this act's form,
// else what it begins with.
func (p requestPage) value(act, name, first string) string {
	if p.form == nil || p.form.Value("verb") != act {
		return first
	}
	return p.form.Value(name)
}

func (p requestPage) errorOf(act, name string) string {
	if p.form == nil || p.form.Value("verb") != act {
		return ""
	}
	return p.form.ErrorOf(name)
}

// first is what a field of the proof begins with: its purpose is known.
func (p requestPage) first(f licences.Field) string {
	if f.Label == "用途" {
		return p.Purpose
	}
	return ""
}

// until is the day that is offered as the last one: half a year.
func (p requestPage) until() string { return p.today.Add(182).String() }

func (m *Module) workOnRequest(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	g := Grant{Verb: f.Value("verb"), Text: f.Value("text"), Fields: map[string]string{}}
	if g.Verb == GrantIssue {
		q, err := m.Request(ctx, r.PathValue("id"))
		if err != nil {
			return err
		}
		t, err := m.Licences.Type(ctx, q.Type)
		if err != nil {
			return err
		}
		for _, field := range t.Fields {
			g.Fields[field.Name] = f.Value("fields." + field.Name)
		}
		g.Until = f.Date("until")
	}
	if f.OK() {
		_, err = m.Grant(ctx, r.PathValue("id"), g)
	}
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.renderRequest(w, r, f)
	}
	web.Flash(r, "success", "已办："+grantMoves[g.Verb].name+"。")
	return web.Redirect(w, r, requestURL(r.PathValue("id")))
}

// light is how near the day is on which a request is due.
func (q Request) light(today workday.Date) (light, text string) {
	return Order{Open: q.Open, DueOn: q.DueOn}.light(today)
}
