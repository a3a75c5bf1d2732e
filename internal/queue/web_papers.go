package queue

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
	"yimen/workday"
)

// papersPage is the papers of a place: to hand over, to sign for, on their way.
type papersPage struct {
	outlet org.Outlet // "" for an agency, which only signs
	here   []destination
	coming []Bundle
	sent   []Bundle
	today  workday.Date
	form   *web.Form
}

// destination is the papers that go to one agency.
type destination struct {
	Agency, Name string
	Papers       []Paper
}

// papersShown is how many papers and bundles a page lists.
const papersShown = 100

func (m *Module) papers(w http.ResponseWriter, r *http.Request) error {
	return m.papersAgain(w, r, nil)
}

func (m *Module) papersAgain(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	ctx := r.Context()
	p := papersPage{form: form, today: m.date(ctx)}
	o, err := m.paperOutlet(r)
	if err != nil {
		return err
	}
	if p.outlet = o; o.Code != "" {
		list, err := m.PapersHere(ctx, o.Code, papersShown)
		if err != nil {
			return err
		}
		p.here = destinations(list)
	}
	if p.coming, _, err = m.Bundles(ctx, true, PaperSent, db.Page{Limit: papersShown}); err != nil {
		return err
	}
	if p.sent, _, err = m.Bundles(ctx, false, PaperSent, db.Page{Limit: papersShown}); err != nil {
		return err
	}
	slices.SortStableFunc(p.sent, func(a, b Bundle) int { return strings.Compare(a.DueOn, b.DueOn) })
	return web.Render(w, r, form.Status(), papersView(p))
}

// paperOutlet is the outlet whose papers the viewer hands over; none for those
// who only sign.
func (m *Module) paperOutlet(r *http.Request) (org.Outlet, error) {
	code := identity.FromContext(r.Context()).Outlet
	if code == "" {
		return org.Outlet{}, nil
	}
	return m.hall(r.Context(), VerbPaper, code)
}

// addPapers looks up the papers of a case by its number, scanned or typed.
func (m *Module) addPapers(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	number := strings.ReplaceAll(form.Value("number"), " ", "")
	n, err := m.CaseCame(r.Context(), number)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		form.Error("number", cases.ErrUnknown.Message)
		err = nil
	} else if err == nil && n == 0 {
		form.Error("number", ErrSamePlace.Message)
	}
	if err != nil {
		return err
	}
	if !form.OK() {
		return m.papersAgain(w, r, form)
	}
	return web.Redirect(w, r, "/counter/papers/case/"+url.PathEscape(number))
}

func (m *Module) sendPapers(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	o, err := m.paperOutlet(r)
	if err != nil {
		return err
	}
	b, err := m.SendPapers(r.Context(), Send{Outlet: o.Code, Papers: form.Values("paper"), Way: form.Value("way"),
		Tracking: form.Value("tracking"), Note: form.Value("note")})
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.papersAgain(w, r, form)
	}
	web.Flash(r, "success", "交接单已生成，请打印后随材料交出。")
	return web.Redirect(w, r, bundleURL(b.ID))
}

// bundlePage is one bundle, to print and to sign for.
type bundlePage struct {
	Bundle
	papers  []Paper
	receive bool
	overdue bool
	home    ui.Crumb
}

func (m *Module) showBundle(w http.ResponseWriter, r *http.Request) error {
	b, list, err := m.Bundle(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, bundleView(bundlePage{b, list, MayReceive(r.Context(), b),
		b.Overdue(m.date(r.Context())), homeOf(identity.FromContext(r.Context()).Outlet)}))
}

func (m *Module) receiveBundle(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := m.ReceivePapers(r.Context(), id, form.Values("paper"), form.Value("difference")); err != nil {
		return err
	}
	web.Flash(r, "success", "已签收；少的材料已退回交出方的待交清单。")
	return web.Redirect(w, r, bundleURL(id))
}

// casePapersPage is the papers of one case: where each has been, and those that
// the viewer's outlet has still to hand over.
type casePapersPage struct {
	papersPage
	number string
	list   []Paper
}

// papersOfCase shows where every paper of a case has been.
func (m *Module) papersOfCase(w http.ResponseWriter, r *http.Request) error {
	p := casePapersPage{number: r.PathValue("number")}
	var err error
	if p.outlet, err = m.paperOutlet(r); err != nil {
		return err
	}
	if p.list, err = m.PapersOf(r.Context(), p.number); err != nil {
		return err
	}
	p.here = destinations(slices.DeleteFunc(slices.Clone(p.list), func(x Paper) bool {
		return p.outlet.Code == "" || x.FromOutlet != p.outlet.Code || x.State != PaperHere && x.State != PaperMissing
	}))
	return web.Render(w, r, http.StatusOK, casePapersView(p))
}

// destinations groups papers, which come in that order, by where they go.
func destinations(list []Paper) []destination {
	var all []destination
	for _, x := range list {
		if n := len(all); n == 0 || all[n-1].Agency != x.ToAgency {
			all = append(all, destination{Agency: x.ToAgency, Name: x.ToName})
		}
		all[len(all)-1].Papers = append(all[len(all)-1].Papers, x)
	}
	return all
}

// home is where the viewer works: at a window, or in an office that only signs.
func (p papersPage) home() ui.Crumb { return homeOf(p.outlet.Code) }

func homeOf(outlet string) ui.Crumb {
	if outlet == "" {
		return ui.Crumb{Label: "待办", URL: "/office"}
	}
	return ui.Crumb{Label: "窗口", URL: "/counter"}
}

// overdue counts what was sent and should have arrived by now.
func (p papersPage) overdue() int {
	n := 0
	for _, b := range p.sent {
		if b.Overdue(p.today) {
			n++
		}
	}
	return n
}

// sentTo tells whether the form that came back is that of a destination.
func (p papersPage) sentTo(d destination) bool {
	return p.form.Has("to") && p.form.Value("to") == d.Agency
}

// sendField is one field of a destination's form: each has its own, and what is
// wrong stands beside the one that was sent.
func (p papersPage) sendField(d destination, o ui.FieldOpts) ui.FieldOpts {
	if p.sentTo(d) {
		return p.form.Field(o)
	}
	o.ID = o.Name + "-" + d.Agency
	return o
}

// ticked: everything goes, but what was unticked in the form that came back.
func (p papersPage) ticked(d destination, paper string) bool {
	return !p.sentTo(d) || slices.Contains(p.form.Values("paper"), paper)
}

func bundleURL(id string) string { return "/counter/papers/" + url.PathEscape(id) }

func wayOptions() []ui.Option {
	var list []ui.Option
	for _, w := range Ways {
		list = append(list, ui.Option{Value: w.ID, Label: w.Name})
	}
	return list
}

func (b Bundle) due() string {
	d, err := workday.ParseDate(b.DueOn)
	if err != nil {
		return b.DueOn
	}
	return d.Chinese()
}

func (b Bundle) rows() []ui.Row {
	rows := []ui.Row{{Label: "单号", Value: b.Number}, {Label: "交出方", Value: b.FromName}, {Label: "接收方", Value: b.ToName},
		{Label: "方式", Value: wayName(b.Way)}, {Label: "份数", Value: itoa(b.Papers) + "份"}, {Label: "应于何时签收", Value: b.due()}}
	if b.Tracking != "" {
		rows = append(rows, ui.Row{Label: "邮件号码", Value: b.Tracking})
	}
	if b.Note != "" {
		rows = append(rows, ui.Row{Label: "备注", Value: b.Note})
	}
	if b.State == PaperReceived {
		rows = append(rows, ui.Row{Label: "差异", Value: firstText(b.Difference, missingText(b.Missing))})
	}
	return rows
}

// box is for a tick by hand while the bundle is on its way, and what came of it
// afterwards.
func (p bundlePage) box(x Paper) string {
	switch {
	case p.State == PaperSent:
		return "□"
	case x.State == PaperReceived:
		return "✓"
	}
	return "✗"
}

func (p Paper) tone() string {
	switch p.State {
	case PaperMissing:
		return "danger"
	case PaperReceived:
		return "success"
	case PaperSent:
		return "info"
	}
	return "muted"
}

func missingText(n int) string {
	if n == 0 {
		return "无"
	}
	return "少" + itoa(n) + "份"
}

func (p Paper) timeline() []ui.TimelineEntry {
	var list []ui.TimelineEntry
	for _, e := range p.Trail {
		x := ui.TimelineEntry{At: e.At, Title: e.Act, Who: e.WhoName, Text: e.Place, Kind: "done"}
		if e.Bundle != "" {
			x.Text += "，交接单 " + e.Bundle
		}
		list = append(list, x)
	}
	return list
}
