package admin

import (
	"errors"
	"net/http"
	"net/url"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

type accountsPage struct {
	form    *web.Form
	list    []identity.Account
	bodies  map[string]string // where they work
	next    string
	locked  map[string]bool // by wrong passwords
	manages bool            // may make and stop accounts
	grants  bool            // may give roles
}

var kindNames = map[identity.Kind]string{
	identity.KindStaff: "工作人员", identity.KindPerson: "个人", identity.KindEnterprise: "企业", identity.KindSystem: "系统",
}

var kindOptions = []ui.Option{
	{Value: "staff", Label: "工作人员"}, {Value: "person", Label: "个人"}, {Value: "enterprise", Label: "企业"}, {Value: "system", Label: "系统"},
}

// accounts finds accounts; staff unless said otherwise.
func (m *Module) accounts(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	actor := identity.FromContext(r.Context())
	p := accountsPage{form: form, manages: actor.Has(identity.VerbAccountManage), grants: actor.Has(identity.VerbGrantManage)}
	if !form.Has("kind") {
		form.Set("kind", string(identity.KindStaff))
	}
	q := identity.AccountQuery{Q: form.Value("q"), Kind: identity.Kind(form.Value("kind")), Disabled: form.Value("state") == "disabled"}
	list, next, err := m.Identity.Accounts(r.Context(), q, db.Page{Limit: 50, After: form.Value("after")})
	if err != nil {
		return err
	}
	p.list = list
	if next != "" {
		p.next = "/admin/accounts?" + url.Values{"q": {q.Q}, "kind": {string(q.Kind)}, "state": {form.Value("state")}, "after": {next}}.Encode()
	}
	if p.bodies, err = m.bodiesOf(r, list); err != nil {
		return err
	}
	if p.locked, err = m.Identity.LockedNow(r.Context(), list); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, accountsView(p))
}

// bodiesOf names the agency or outlet of each account.
func (m *Module) bodiesOf(r *http.Request, list []identity.Account) (map[string]string, error) {
	var agencies, outlets []string
	for _, a := range list {
		agencies, outlets = append(agencies, a.Agency), append(outlets, a.Outlet)
	}
	byAgency, err := m.Org.AgenciesByCode(r.Context(), agencies)
	if err != nil {
		return nil, err
	}
	byOutlet, err := m.Org.OutletsByCode(r.Context(), outlets)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, a := range list {
		if body, ok := byAgency[a.Agency]; ok {
			names[a.ID] = body.Name
		} else if o, ok := byOutlet[a.Outlet]; ok {
			names[a.ID] = o.Name
		}
	}
	return names, nil
}

// setState stops an account or lets it in again.
func (m *Module) setState(w http.ResponseWriter, r *http.Request) error {
	id, done := r.PathValue("id"), "停用"
	do := m.Identity.Disable
	switch r.PathValue("state") {
	case "disable":
		if id == identity.FromContext(r.Context()).Account {
			return errs.ErrInvalid.Say("不能停用自己的账号，请由另一位系统管理员办理。")
		}
	case "enable":
		do, done = m.Identity.Enable, "启用"
	case "unlock":
		do, done = m.Identity.Unlock, "解除锁定"
	default:
		return web.ErrNotFound
	}
	err := do(r.Context(), id)
	if errors.Is(err, identity.ErrLastAdmin) {
		web.Flash(r, "danger", errs.From(err).Message)
		return web.Redirect(w, r, "/admin/accounts")
	}
	if err != nil {
		return err
	}
	a, err := m.Identity.AccountByID(r.Context(), id)
	if err != nil {
		return err
	}
	web.Flash(r, "success", "账号 "+a.Name+" 已"+done+"。")
	return web.Redirect(w, r, "/admin/accounts?"+url.Values{"q": {a.Name}, "kind": {string(a.Kind)}}.Encode())
}

func (m *Module) newAccount(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, newAccountView(web.NewForm(nil)))
}

// createAccount makes an account for a member of staff. It has no rights until
// the security administrator gives it a role.
func (m *Module) createAccount(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	a := identity.NewAccount{Name: form.Value("name"), Kind: identity.KindStaff, DisplayName: form.Value("display_name"),
		Password: form.Value("password"), FirstPassword: true}
	if err := m.workplace(r, form, &a); err != nil {
		return err
	}
	if err := m.whoItIs(r, form, &a); err != nil {
		return err
	}
	if a.Password == "" {
		form.Error("password", "请设置初始密码，本人首次登录后修改。")
	}
	id := ""
	if form.OK() {
		id, err = m.Identity.CreateAccount(r.Context(), a)
		if err := form.Merge(err); err != nil {
			return err
		}
	}
	if !form.OK() {
		form.Set("password", "") // never sent back
		return web.Render(w, r, http.StatusUnprocessableEntity, newAccountView(form))
	}
	web.Flash(r, "success", "账号 "+a.Name+" 已建立；请在这里提出角色，由安全管理员授权。")
	return web.Redirect(w, r, "/admin/accounts/"+id+"/roles")
}

// whoItIs reads which member of staff, or which person, the account is of: no
// person may hold two of the three administrators through two accounts.
func (m *Module) whoItIs(r *http.Request, f *web.Form, a *identity.NewAccount) error {
	if id := f.Value("staff"); id != "" {
		s, err := m.Org.StaffMember(r.Context(), id)
		if err := asField(f, "staff", err); err != nil {
			return err
		}
		a.Staff = s.ID
	}
	if no := f.Value("id_no"); no != "" {
		parsed, err := gb.ParseResidentID(no, m.today(r))
		if err != nil {
			f.Error("id_no", "号码不正确，请按身份证填写18位公民身份号码。")
		}
		a.IDType, a.IDNo = string(gb.IDResident), string(parsed)
	}
	return nil
}

// workplace reads where somebody works: an agency or an outlet, by code.
func (m *Module) workplace(r *http.Request, f *web.Form, a *identity.NewAccount) error {
	agency, outlet := f.Value("agency"), f.Value("outlet")
	switch {
	case agency == "" && outlet == "":
		f.Error("agency", "请填写所在单位或所在网点的代码，至少一项。")
	case agency != "":
		body, err := m.Org.Agency(r.Context(), agency)
		if err := asField(f, "agency", err); err != nil {
			return err
		}
		a.Agency, a.Division = body.Code, body.Division
	}
	if outlet == "" {
		return nil
	}
	o, err := m.Org.Outlet(r.Context(), outlet)
	if err := asField(f, "outlet", err); err != nil {
		return err
	}
	a.Outlet = o.Code
	if a.Division == "" {
		a.Division = o.Division
	}
	return nil
}

// asField puts an error about something chosen beside its field and gives
// back every other one.
func asField(f *web.Form, name string, err error) error {
	if err == nil {
		return nil
	}
	e := errs.From(err)
	switch e.Kind {
	case errs.NotFound, errs.Invalid, errs.Conflict:
		f.Error(name, e.Message)
		return nil
	}
	return err
}
