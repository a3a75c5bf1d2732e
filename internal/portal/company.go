package portal

import (
	"errors"
	"net/http"
	"net/url"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// CompaniesURL is the enterprises one acts for.
func CompaniesURL() string { return "/my/company" }

func companyURL(id string) string { return "/my/company/" + url.PathEscape(id) }

// companiesPage lists the enterprises the account acts for.
type companiesPage struct{ list []identity.Mandate }

func (m *Module) companies(w http.ResponseWriter, r *http.Request) error {
	a := identity.FromContext(r.Context())
	if a.Kind == identity.KindEnterprise {
		return web.Redirect(w, r, companyURL(a.Account))
	}
	var p companiesPage
	for _, x := range a.Mandates {
		if x.Kind == identity.MandateEnterprise {
			p.list = append(p.list, x)
		}
	}
	return web.Render(w, r, http.StatusOK, companiesView(p))
}

// bindPage is where the legal representative binds their enterprise.
func (m *Module) bindPage(w http.ResponseWriter, r *http.Request) error {
	form := web.NewForm(nil)
	if p, err := m.Identity.Person(r.Context(), identity.FromContext(r.Context()).Account); err == nil {
		form.Set("legal_name", p.Name)
	}
	return web.Render(w, r, http.StatusOK, bindView(form))
}

func (m *Module) bindCompany(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	x, err := m.Identity.BindCompany(r.Context(), identity.Binding{Name: form.Value("name"), USCC: form.Value("uscc"),
		LegalName: form.Value("legal_name"), LegalIDNo: form.Value("legal_id_no")})
	if errors.Is(err, identity.ErrCompanyRefused) || errors.Is(err, identity.ErrCompanyOffline) {
		form.Error("", errs.From(err).Message)
		err = nil
	}
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, bindView(form))
	}
	web.Flash(r, "success", "已绑定。您是"+x.PrincipalName+"的法定代表人，可以替它办事，也可以指定管理员和经办人。")
	return web.Redirect(w, r, companyURL(x.Principal))
}

// companyPage is an enterprise: what is registered, who acts for it, who did what.
type companyPage struct {
	identity.CompanyPage
	form   *web.Form
	me     string
	today  workday.Date
	items  map[string]string // names by code
	cases  []cases.Case
	done   map[string]string // who handed a case in, by its number
	chosen []catalogue.Item
	found  bool // items were looked for
}

func (m *Module) openCompany(r *http.Request, form *web.Form) (*companyPage, error) {
	ctx := r.Context()
	p := &companyPage{form: form, today: workday.DateOf(clock.FromContext(ctx, m.Clock).Now(), clock.Beijing), me: identity.FromContext(ctx).Account, items: map[string]string{}, done: map[string]string{}}
	var err error
	if p.CompanyPage, err = m.Identity.Company(ctx, r.PathValue("id")); err != nil {
		return nil, err
	}
	for _, x := range append(p.Handlers, p.Mine) {
		for _, code := range x.Items {
			p.items[code] = code
		}
	}
	if err := m.nameItems(ctx, p.items); err != nil {
		return nil, err
	}
	choice := &newMandatePage{form: form}
	if err := m.offerItems(ctx, choice); err != nil {
		return nil, err
	}
	p.chosen, p.found = choice.chosen, choice.searched
	list, _, err := m.Cases.List(ctx, cases.Query{Mine: true}, db.Page{Limit: 100})
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if c.Account != p.Company.Account || len(p.cases) == 20 {
			continue
		}
		p.cases = append(p.cases, c)
		p.done[c.Number] = p.Company.Name
		if c.Agent != nil {
			p.done[c.Number] = c.Agent.Name
		}
	}
	return p, nil
}

func (m *Module) company(w http.ResponseWriter, r *http.Request) error {
	form := web.NewForm(nil)
	today := workday.DateOf(clock.FromContext(r.Context(), m.Clock).Now(), clock.Beijing)
	form.Set("to", workday.NewDate(today.Year()+1, today.Month(), min(today.Day(), 28)).String())
	form.Set("scope", identity.ScopeAll)
	form.Set("role", identity.HandlerRole)
	p, err := m.openCompany(r, form)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, companyView(p))
}

// appoint asks somebody to act for the enterprise.
func (m *Module) appoint(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	again := func() error {
		p, err := m.openCompany(r, form)
		if err != nil {
			return err
		}
		return web.Render(w, r, http.StatusUnprocessableEntity, companyView(p))
	}
	if form.Value("do") == "find" { // nobody is appointed yet: more items to choose from
		form.Set("scope", identity.ScopeItems)
		return again()
	}
	x := identity.Appointment{Company: r.PathValue("id"), Role: form.Value("role"), Name: form.Value("name"), IDNo: form.Value("id_no"),
		Scope: form.Value("scope"), Items: form.Values("items"), Purpose: form.Value("purpose"), To: form.Date("to")}
	if form.OK() {
		_, err = m.Identity.Appoint(r.Context(), x)
		if err := form.Merge(err); err != nil {
			return err
		}
	}
	if !form.OK() {
		return again()
	}
	web.Flash(r, "success", "已经提出。"+x.Name+"用自己的账号登录、同意后生效，我们会通知他。")
	return web.Redirect(w, r, companyURL(x.Company))
}

// dismiss ends somebody's right to act for the enterprise, or agrees to one that
// they asked for.
func (m *Module) dismiss(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	act, done := m.Identity.EndMandate, "已经结束，他的下一次操作起就不能再替单位办事。"
	if form.Value("do") == "confirm" {
		act, done = m.Identity.ConfirmMandate, "已经同意。"
	}
	_, err = act(r.Context(), r.PathValue("mandate"))
	switch {
	case errors.Is(err, identity.ErrMandateState), errors.Is(err, identity.ErrMandateExpired), errors.Is(err, identity.ErrMandateDenied):
		web.Flash(r, "warning", errs.From(err).Message)
	case err != nil:
		return err
	default:
		web.Flash(r, "success", done)
	}
	return web.Redirect(w, r, companyURL(r.PathValue("id")))
}

var handlerNames = map[string]string{identity.LegalRole: "法定代表人", identity.ManagerRole: "管理员", identity.HandlerRole: "经办人"}

// stateOf says whether somebody acts for the enterprise today.
func (p *companyPage) stateOf(x identity.Mandate) (name, tone string) {
	switch {
	case x.Stands(p.today):
		return "在任", "success"
	case x.State == identity.MandateActive:
		return "已到期", "muted"
	case x.State == identity.MandateProposed:
		return "待确认", "warning"
	case x.State == identity.MandateDeclined:
		return "未同意", "muted"
	}
	return "已结束", "muted"
}

// mayEnd says that the viewer may dismiss somebody.
func (p *companyPage) mayEnd(x identity.Mandate) bool {
	open := x.State == identity.MandateActive || x.State == identity.MandateProposed
	if x.Agent == p.me {
		return open
	}
	for _, role := range p.Appoints {
		if role == x.Role {
			return open
		}
	}
	return false
}

func (p *companyPage) rows() []ui.Row {
	rows := []ui.Row{{Label: "统一社会信用代码", Value: p.Company.IDNo}, {Label: "法定代表人", Value: p.Company.LegalName}, {Label: "住所", Value: p.Company.Address}}
	if p.Mine.ID != "" {
		rows = append(rows, ui.Row{Label: "您是", Value: handlerNames[p.Mine.Role] + "，到" + p.Mine.To.Chinese() + "为止"},
			ui.Row{Label: "您可以办", Value: mandatesPage{items: p.items}.scopeText(p.Mine)})
	}
	return rows
}

func (p *companyPage) roleOptions() []ui.Option {
	help := map[string]string{identity.ManagerRole: "可以办所有事项，看单位的所有办件，还可以指定经办人。", identity.HandlerRole: "只办下面选定的，只看自己办的。"}
	var options []ui.Option
	for _, role := range p.Appoints {
		options = append(options, ui.Option{Value: role, Label: handlerNames[role], Help: help[role]})
	}
	return options
}

func (p *companyPage) handlerRows(x identity.Mandate) []ui.Row {
	rows := []ui.Row{{Label: "范围", Value: mandatesPage{items: p.items}.scopeText(x)}, {Label: "期限", Value: x.From.Chinese() + "至" + x.To.Chinese()},
		{Label: "办什么", Value: x.Purpose}}
	if x.EndedAt != nil {
		rows = append(rows, ui.Row{Label: "结束", Value: ui.DateTime(*x.EndedAt) + "，" + x.EndedBy})
	}
	return rows
}
