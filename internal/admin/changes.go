package admin

import (
	"errors"
	"net/http"
	"net/url"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// changesPage is what waits for the security administrator, or all there was.
type changesPage struct {
	form    *web.Form
	list    []heldChange
	all     bool
	next    string
	grants  bool
	manages bool
	me      string
}

// heldChange is a change of roles in words.
type heldChange struct {
	identity.RoleChange
	Title, Reach string
}

func (m *Module) inWords(r *http.Request, list []identity.RoleChange) ([]heldChange, error) {
	var out []heldChange
	for _, c := range list {
		reach, err := m.reachText(r, identity.Held{Role: c.Role, From: c.From, To: c.To, Agency: c.Agency, Dept: c.Dept})
		if err != nil {
			return nil, err
		}
		out = append(out, heldChange{c, roleTitle(c.Role), reach})
	}
	return out, nil
}

func (m *Module) changes(w http.ResponseWriter, r *http.Request) error {
	return m.changesPage(w, r, http.StatusOK, web.NewForm(nil))
}

func (m *Module) changesPage(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	actor, q := identity.FromContext(r.Context()), r.URL.Query()
	p := changesPage{form: form, all: q.Get("show") == "all", grants: actor.Has(identity.VerbGrantManage),
		manages: actor.Has(identity.VerbAccountManage), me: actor.Account}
	list, next, err := m.Identity.RoleChanges(r.Context(), "", !p.all, db.Page{Limit: 30, After: q.Get("after")})
	if err != nil {
		return err
	}
	if next != "" {
		p.next = "/admin/changes?" + url.Values{"show": {q.Get("show")}, "after": {next}}.Encode()
	}
	if p.list, err = m.inWords(r, list); err != nil {
		return err
	}
	return web.Render(w, r, status, changesView(p))
}

// decideChange is the security administrator's yes or no, or the system
// administrator's taking back.
func (m *Module) decideChange(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, id := r.Context(), r.PathValue("id")
	done := ""
	switch form.Value("do") {
	case "authorise":
		done, err = "已授权，对方下一次操作时生效。", m.Identity.AuthoriseChange(ctx, id)
	case "refuse":
		done, err = "已退回，理由提出人看得到。", m.Identity.RefuseChange(ctx, id, form.Value("note"))
	case "withdraw":
		done, err = "已撤回。", m.Identity.WithdrawChange(ctx, id)
	default:
		return errs.ErrInvalid
	}
	switch k := errs.KindOf(err); {
	case errors.Is(err, identity.ErrChangeInvalid):
		if err := form.Merge(err); err != nil {
			return err
		}
		return m.changesPage(w, r, http.StatusUnprocessableEntity, form)
	case err != nil && (k == errs.Conflict || errors.Is(err, identity.ErrChangeOwn)):
		form.Error("", errs.From(err).Message)
		return m.changesPage(w, r, k.Status(), form)
	case err != nil:
		return err
	}
	web.Flash(r, "success", done)
	return web.Redirect(w, r, "/admin/changes")
}

// resetPassword gives an account a password that its owner has to change. What
// was sent is not kept with its answer, not even as a hash: it is a password.
func (m *Module) resetPassword(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	err = m.Identity.SetPassword(r.Context(), id, form.Raw().Get("password"))
	if errors.Is(err, identity.ErrAdminPassword) {
		form.Error("password", errs.From(err).Message)
		err = nil
	}
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		form.Set("password", "")
		p, err := m.openRoles(r, form)
		if err != nil {
			return err
		}
		return web.Render(w, r, http.StatusUnprocessableEntity, rolesView(p))
	}
	web.Flash(r, "success", "密码已重设，请当面告诉本人。本人登录后须先修改。")
	return web.Redirect(w, r, "/admin/accounts/"+id+"/roles")
}
