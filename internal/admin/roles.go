package admin

import (
	"errors"
	"net/http"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

type rolesPage struct {
	form    *web.Form
	account identity.Account
	body    string
	held    []heldRole
	changes []heldChange
	grants  bool // may authorise, and take away at once
	manages bool // may propose, unlock, reset
	locked  bool
}

// heldRole is a role with its reach in words.
type heldRole struct {
	identity.Held
	Title, Reach string
}

func (m *Module) openRoles(r *http.Request, f *web.Form) (*rolesPage, error) {
	ctx := r.Context()
	a, err := m.Identity.AccountByID(ctx, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	actor := identity.FromContext(ctx)
	p := &rolesPage{form: f, account: a, grants: actor.Has(identity.VerbGrantManage), manages: actor.Has(identity.VerbAccountManage)}
	bodies, err := m.bodiesOf(r, []identity.Account{a})
	if err != nil {
		return nil, err
	}
	p.body = bodies[a.ID]
	held, err := m.Identity.Held(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		reach, err := m.reachText(r, h)
		if err != nil {
			return nil, err
		}
		p.held = append(p.held, heldRole{h, roleTitle(h.Role), reach})
	}
	waiting, _, err := m.Identity.RoleChanges(ctx, a.ID, true, db.Page{Limit: 50})
	if err != nil {
		return nil, err
	}
	if p.changes, err = m.inWords(r, waiting); err != nil {
		return nil, err
	}
	locked, err := m.Identity.LockedNow(ctx, []identity.Account{a})
	p.locked = locked[a.ID]
	return p, err
}

// reachText says where a role holds: 韶关市及所辖, 必背镇（仅本级）, an agency.
func (m *Module) reachText(r *http.Request, h identity.Held) (string, error) {
	var parts []string
	if h.From != "" {
		d, err := m.Org.Division(r.Context(), h.From)
		name := d.Name
		if err != nil {
			if errs.KindOf(err) != errs.NotFound {
				return "", err
			}
			name = h.From
		}
		if from, to := org.Only(h.From); from == h.From && to == h.To {
			name += "（仅本级）"
		} else {
			name += "及所辖"
		}
		parts = append(parts, name)
	}
	if h.Agency != "" {
		a, err := m.Org.Agency(r.Context(), h.Agency)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return "", err
		}
		parts = append(parts, orText(a.Name, h.Agency))
	}
	if h.Dept != "" {
		parts = append(parts, "条线 "+h.Dept)
	}
	if len(parts) == 0 {
		return "全部范围", nil
	}
	return strings.Join(parts, "，"), nil
}

func (m *Module) roles(w http.ResponseWriter, r *http.Request) error {
	p, err := m.openRoles(r, web.NewForm(nil))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, rolesView(p))
}

func roleTitle(name string) string {
	if role, ok := identity.RoleNamed(name); ok {
		return role.Title
	}
	return name
}

// giveRole proposes a role with its reach; the security administrator authorises it.
func (m *Module) giveRole(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	at := identity.Reach{Division: form.Value("division"), Exact: form.Value("exact") != "", Agency: form.Value("agency"),
		Dept: form.Value("dept"), Everywhere: form.Value("everywhere") != ""}
	if err := m.checkReach(r, form, at); err != nil {
		return err
	}
	if form.OK() {
		_, err := m.Identity.ProposeGrant(r.Context(), r.PathValue("id"), form.Value("role"), at, form.Value("reason"))
		if errors.Is(err, identity.ErrChangeInvalid) {
			err = form.Merge(err)
		}
		if err := asField(form, "role", err); err != nil {
			return err
		}
	}
	if form.OK() {
		web.Flash(r, "success", "已提出，等安全管理员授权后生效。")
		return web.Redirect(w, r, "/admin/accounts/"+r.PathValue("id")+"/roles")
	}
	p, err := m.openRoles(r, form)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, rolesView(p))
}

// checkReach sees that the division and the agency exist: a right over what is
// not there would only be found missing when somebody needs it.
func (m *Module) checkReach(r *http.Request, f *web.Form, at identity.Reach) error {
	if at.Division != "" {
		_, err := m.Org.Division(r.Context(), at.Division)
		if err := asField(f, "division", err); err != nil {
			return err
		}
	}
	if at.Agency != "" {
		_, err := m.Org.Agency(r.Context(), at.Agency)
		if err := asField(f, "agency", err); err != nil {
			return err
		}
	}
	return nil
}

// takeRole takes one grant away: the security administrator at once, because
// rights only become fewer; the system administrator proposes it.
func (m *Module) takeRole(w http.ResponseWriter, r *http.Request) error {
	ctx, id, grant := r.Context(), r.PathValue("id"), r.PathValue("grant")
	done, err := "角色已撤销，对方下一次操作时生效。", error(nil)
	if identity.FromContext(ctx).Has(identity.VerbGrantManage) {
		err = m.Identity.RevokeGrant(ctx, id, grant)
	} else {
		done = "已提出撤销，等安全管理员授权后生效。"
		_, err = m.Identity.ProposeRevoke(ctx, id, grant, "不再需要这个角色")
	}
	if errors.Is(err, identity.ErrLastAdmin) {
		web.Flash(r, "danger", errs.From(err).Message)
		return web.Redirect(w, r, "/admin/accounts/"+id+"/roles")
	}
	if err != nil {
		return err
	}
	web.Flash(r, "success", done)
	return web.Redirect(w, r, "/admin/accounts/"+r.PathValue("id")+"/roles")
}

func roleOptions() []ui.Option {
	var options []ui.Option
	for _, role := range identity.Roles() {
		options = append(options, ui.Option{Value: role.Name, Label: role.Title + "（" + role.Name + "）"})
	}
	return options
}

func orText(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
