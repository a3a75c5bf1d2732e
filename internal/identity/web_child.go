package identity

import (
	"net/http"

	"yimen/gb"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/workday"
)

// childPage is where a window confirms a parent's mandate for a child without
// an account. The number is posted, never part of an address.
type childPage struct {
	form  *web.Form
	found []Mandate
	asked bool
}

func (m *Module) childForm(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, childView(childPage{form: web.NewForm(nil)}))
}

func (m *Module) findChild(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := childPage{form: form}
	no, err := gb.ParseResidentID(form.Value("id_no"), workday.DateOf(m.now(r.Context()), clock.Beijing))
	if err != nil {
		form.Error("id_no", "号码不正确，请按户口簿或出生医学证明上的18位公民身份号码填写。")
		return web.Render(w, r, http.StatusUnprocessableEntity, childView(p))
	}
	if p.found, err = m.ChildMandates(r.Context(), string(no)); err != nil {
		return err
	}
	p.asked = true
	return web.Render(w, r, http.StatusOK, childView(p))
}

func (m *Module) confirmChild(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if form.Value("seen") == "" {
		form.Error("seen", "请先核对户口簿或出生医学证明（替老人办的，老人本人要在场同意），再勾选确认。")
		return web.Render(w, r, http.StatusUnprocessableEntity, childView(childPage{form: form}))
	}
	x, err := m.ConfirmChild(r.Context(), r.PathValue("id"))
	if k := errs.KindOf(err); err != nil && k != errs.Conflict {
		return err
	}
	if err != nil {
		web.Flash(r, "warning", errs.From(err).Message)
	} else {
		web.Flash(r, "success", "已核验："+x.AgentName+"可以替"+x.PrincipalName+"办事，到"+x.To.Chinese()+"为止。")
	}
	return web.Redirect(w, r, "/counter/mandates")
}
