package proofs

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// Addresses of supervision.
const (
	reportPath = ListURL + "/report"
	reports    = ListURL + "/reports/"
	// MineURL is the list of what somebody has reported.
	MineURL = "/my/proof-reports"
	// SupervisionURL is where orders are worked on.
	SupervisionURL = "/office/supervision"
)

// reportRate is how many reports one address may send in an hour; photoLimit the
// largest form, in bytes.
const (
	reportRate = 20
	photoLimit = 11 << 20
)

func orderURL(id string) string { return SupervisionURL + "/" + url.PathEscape(id) }

// ReportURL is the form on which somebody tells that they were asked for a proof
// off the list, with item, case and outlet filled in where they are known.
func ReportURL(item, number, outlet string) string {
	v := url.Values{}
	for name, value := range map[string]string{"item": item, "case": number, "outlet": outlet} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return reportPath
	}
	return reportPath + "?" + v.Encode()
}

func reportURL(code string) string { return reports + url.PathEscape(code) }

func (m *Module) orderRoutes(rt *web.Router) {
	rt.Get(reportPath, web.Public, m.askReport)
	rt.PostLimit(reportPath, web.Public.And(web.RateLimit("proof report", reportRate, time.Hour, web.ClientAddr)), photoLimit, m.makeReport)
	rt.Get(ListURL+"/reports/{code}", web.Public.And(web.RateLimit("proof report seen", 60, time.Minute, web.ClientAddr)), m.showReport)
	rt.Get(MineURL, identity.Applicant(), m.mine)
	work := identity.HasAny(VerbSupervise, VerbReply)
	rt.Get(SupervisionURL, work, m.orders)
	rt.Get(SupervisionURL+"/{id}", work, m.showOrder)
	rt.Post(SupervisionURL+"/{id}", work, m.actOnOrder)
	rt.Get(SupervisionURL+"/{id}/photo", work, m.photo)
}

type reportPage struct {
	form     *web.Form
	itemName string
	place    string // name of the outlet that is known already
	signedIn bool
}

func (m *Module) askReport(w http.ResponseWriter, r *http.Request) error {
	return m.renderReport(w, r, web.NewForm(r.URL.Query()))
}

func (m *Module) renderReport(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	ctx := r.Context()
	p := reportPage{form: f, signedIn: identity.FromContext(ctx).IsApplicant()}
	if code := f.Value("item"); code != "" {
		v, err := m.Items.InForce(ctx, code)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
		p.itemName = v.Definition.Name
	}
	if code := f.Value("outlet"); code != "" {
		if outlet, err := m.Org.Outlet(ctx, code); err == nil {
			p.place = outlet.Name
		}
	}
	return web.Render(w, r, f.Status(), reportView(p))
}

func (m *Module) makeReport(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	a := Ask{Proof: f.Value("proof"), Detail: f.Value("detail"), Staff: f.Value("staff"), Item: f.Value("item"), Case: f.Value("case"),
		Outlet: f.Value("outlet"), Place: f.Value("place"), Anonymous: f.Value("anonymous") != "", Phone: f.Value("phone")}
	if m.RegionOf != nil {
		a.Division = m.RegionOf(r)
	}
	if head := f.File("photo"); head != nil {
		a.Photo = func() (string, io.ReadCloser, error) {
			body, err := head.Open()
			return head.Filename, body, err
		}
	}
	o, err := m.Report(r.Context(), a)
	if e := errs.From(err); err != nil && (errs.KindOf(err) == errs.Invalid && len(e.Fields) == 0) {
		f.Error("photo", e.Message) // the file store's words about the photograph
		err = nil
	}
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.renderReport(w, r, f)
	}
	web.Flash(r, "success", "收到了。我们会在"+o.DueOn.Chinese()+"前查清并答复。")
	return web.Redirect(w, r, reportURL(o.Code))
}

func (m *Module) showReport(w http.ResponseWriter, r *http.Request) error {
	o, err := m.OrderByCode(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return web.Render(w, r, http.StatusOK, reportedView(o))
}

func (m *Module) mine(w http.ResponseWriter, r *http.Request) error {
	list, err := m.MyOrders(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, mineView(list))
}

type ordersPage struct {
	open    bool
	list    []Order
	next    string
	first   string
	today   workday.Date
	tallies []Tally
	off     []Use
}

func (m *Module) orders(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	p := ordersPage{open: q.Get("state") != Closed, today: m.today(ctx)}
	var err error
	if p.list, p.next, err = m.Orders(ctx, p.open, db.Page{Limit: 50, After: q.Get("after")}); err != nil {
		return err
	}
	base := SupervisionURL + "?state=" + map[bool]string{true: "open", false: Closed}[p.open]
	if q.Get("after") != "" {
		p.first = base
	}
	if p.next != "" {
		p.next = base + "&after=" + url.QueryEscape(p.next)
	}
	if p.tallies, err = m.Tallies(ctx); err != nil {
		return err
	}
	if identity.FromContext(ctx).Has(VerbSupervise) {
		if p.off, err = m.OffList(ctx); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, ordersView(p))
}

type orderPage struct {
	Order
	steps []OrderStep
	acts  []string
	form  *web.Form
	today workday.Date
}

func (m *Module) showOrder(w http.ResponseWriter, r *http.Request) error {
	return m.renderOrder(w, r, nil)
}

func (m *Module) renderOrder(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	ctx := r.Context()
	p := orderPage{form: f, today: m.today(ctx)}
	var err error
	if p.Order, err = m.Order(ctx, r.PathValue("id")); err != nil {
		return err
	}
	if p.steps, err = m.Steps(ctx, p.Order); err != nil {
		return err
	}
	p.acts = p.may(identity.FromContext(ctx))
	return web.Render(w, r, f.Status(), orderView(p))
}

func (m *Module) actOnOrder(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	o, err := m.Do(r.Context(), r.PathValue("id"), Act{Verb: f.Value("verb"), Text: f.Value("text"), Finding: f.Value("finding")})
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.renderOrder(w, r, f)
	}
	web.Flash(r, "success", "监督单"+o.Number+"："+o.StateName()+"。")
	return web.Redirect(w, r, orderURL(o.ID))
}

// photo gives the photograph of an order to those who work on it.
func (m *Module) photo(w http.ResponseWriter, r *http.Request) error {
	o, err := m.Order(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if o.Photo == "" {
		return files.ErrNotFound
	}
	body, f, err := m.Store.Open(r.Context(), o.Photo)
	if err != nil {
		return err
	}
	defer body.Close()
	web.Attach(w, f.Name)
	_, _ = io.Copy(w, body) // the reader has gone: nobody to tell
	return nil
}

// light is how near the day is on which an order is due.
func (o Order) light(today workday.Date) (light, text string) {
	switch {
	case o.Open == 0:
		return "normal", "已办结"
	case today.After(o.DueOn):
		return "overdue", "已超期，" + o.DueOn.Chinese() + "到期"
	case !today.Before(o.DueOn):
		return "red", "今天到期"
	}
	return "normal", o.DueOn.Chinese() + "前办结"
}

func (o Order) facts() []ui.Row {
	rows := []ui.Row{{Label: "编号", Value: o.Number}, {Label: "被要求的证明", Value: o.Proof}, {Label: "地点", Value: o.Place}}
	for _, f := range []ui.Row{{Label: "单位", Value: o.AgencyName}, {Label: "事项", Value: o.ItemName}, {Label: "办件", Value: o.CaseNumber}, {Label: "工作人员", Value: o.Staff}, {Label: "经过", Value: o.Detail}} {
		if strings.TrimSpace(f.Value) != "" {
			rows = append(rows, f)
		}
	}
	return append(rows, ui.Row{Label: "提交时间", Value: ui.DateTime(o.MadeAt)}, ui.Row{Label: "答复期限", Value: o.DueOn.Chinese()})
}
