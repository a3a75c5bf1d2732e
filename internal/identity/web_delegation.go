package identity

import (
	"errors"
	"net/http"
	"strings"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

const delegationsURL = "/office/delegations"

// delegationsPage is what one lent and was lent, and what waits for who authorises.
type delegationsPage struct {
	form   *web.Form
	me     string
	roles  []ui.Option // that could be lent
	people []ui.Option // who could be lent them
	own    []Delegation
	others []Delegation
	decide bool
}

func (m *Module) delegationsPage(w http.ResponseWriter, r *http.Request) error {
	return m.showDelegations(w, r, http.StatusOK, web.NewForm(nil))
}

func (m *Module) showDelegations(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	ctx := r.Context()
	a := FromContext(ctx)
	p := delegationsPage{form: form, me: a.Account, decide: a.Has(VerbDelegationAuthorise) || a.Has(VerbGrantManage)}
	roles, err := m.Lendable(ctx)
	if err != nil {
		return err
	}
	for _, role := range roles {
		p.roles = append(p.roles, ui.Option{Value: role.Name, Label: role.Title})
	}
	people, err := m.Deputies(ctx)
	if err != nil {
		return err
	}
	for _, x := range people {
		p.people = append(p.people, ui.Option{Value: x.ID, Label: x.DisplayName + "（" + x.Name + "）"})
	}
	if p.own, err = m.OwnDelegations(ctx); err != nil {
		return err
	}
	if p.decide {
		if p.others, err = m.DelegationsToDecide(ctx); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, delegationsView(p))
}

// askDelegation asks for roles of one's own to be lent.
func (m *Module) askDelegation(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	d := Delegation{Deputy: form.Value("deputy"), From: form.Date("from"), To: form.Date("to"), Reason: form.Value("reason")}
	if form.OK() {
		_, err = m.AskDelegation(r.Context(), d, form.Values("roles"))
		if err := form.Merge(err); err != nil {
			return err
		}
	}
	if !form.OK() {
		return m.showDelegations(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(r, "success", "已提出，等单位负责人、中心管理人员或安全管理员授权后生效。")
	return web.Redirect(w, r, delegationsURL)
}

// decideDelegationPage is a yes, a no, or an end.
func (m *Module) decideDelegationPage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, id, done := r.Context(), r.PathValue("id"), ""
	switch form.Value("do") {
	case "authorise":
		done, err = "已授权，到期自动结束。", m.AuthoriseDelegation(ctx, id)
	case "refuse":
		done, err = "已退回。", m.RefuseDelegation(ctx, id, form.Value("note"))
	case "end":
		done, err = "已结束，受托人下一次操作时就没有这些权限了。", m.EndDelegation(ctx, id)
	default:
		return errs.ErrInvalid
	}
	if errors.Is(err, ErrDelegationInvalid) || errors.Is(err, ErrDelegationOver) {
		e := errs.From(err)
		form.Error("", firstField(err))
		return m.showDelegations(w, r, e.Kind.Status(), form)
	}
	if err != nil {
		return err
	}
	web.Flash(r, "success", done)
	return web.Redirect(w, r, delegationsURL)
}

var delegationStates = map[string]struct{ name, tone string }{
	DelegationAsked: {"待授权", "warning"}, DelegationActive: {"已授权", "success"}, DelegationRefused: {"未同意", "danger"}, DelegationEnded: {"已结束", "muted"},
}

// roleTitles are the roles of a delegation in words.
func (d Delegation) roleTitles() string {
	var list []string
	for _, name := range d.Roles() {
		if role, ok := RoleNamed(name); ok {
			name = role.Title
		}
		list = append(list, name)
	}
	return strings.Join(list, "、")
}

func (d Delegation) rows() []ui.Row {
	rows := []ui.Row{{Label: "角色", Value: d.roleTitles()}, {Label: "起止", Value: d.From.Chinese() + "至" + d.To.Chinese()}, {Label: "理由", Value: d.Reason}}
	if d.DecidedAt != nil {
		rows = append(rows, ui.Row{Label: "处理", Value: d.DecidedName + "，" + ui.DateTime(*d.DecidedAt)})
	}
	if d.Note != "" {
		rows = append(rows, ui.Row{Label: "意见", Value: d.Note})
	}
	if d.EndedAt != nil {
		rows = append(rows, ui.Row{Label: "提前结束", Value: d.EndedName + "，" + ui.DateTime(*d.EndedAt)})
	}
	return rows
}
