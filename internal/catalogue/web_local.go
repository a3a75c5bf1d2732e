package catalogue

import (
	"net/http"
	"net/url"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/org"
)

const deskPath = "/admin/items"

func localURL(code string) string { return deskPath + "/" + url.PathEscape(code) + "/local" }

// localPage is the form in which an agency says where and when it takes an
// item in.
type localPage struct {
	Item   Version
	Agency org.Agency
	Form   *web.Form
}

// ErrNoOwnAgency is told to an account that belongs to no agency.
var ErrNoOwnAgency = errs.Define(errs.Denied, "item_local_without_agency", "您的账号没有所属单位，不能维护办理地点；请联系管理员设置所属单位。")

func (m *Module) localPage(r *http.Request) (localPage, error) {
	own := identity.FromContext(r.Context()).Agency
	if own == "" {
		return localPage{}, ErrNoOwnAgency
	}
	v, err := m.Current(r.Context(), r.PathValue("code"))
	if err != nil {
		return localPage{}, err
	}
	agency, err := m.Org.Agency(r.Context(), own)
	return localPage{Item: v, Agency: agency}, err
}

func (m *Module) showLocal(w http.ResponseWriter, r *http.Request) error {
	p, err := m.localPage(r)
	if err != nil {
		return err
	}
	l, err := m.LocalOf(r.Context(), p.Item.Item, p.Agency.Code)
	if err != nil {
		return err
	}
	p.Form = web.NewForm(nil)
	for name, value := range map[string]string{"place": l.Place, "hours": l.Hours, "phone": l.Phone, "counters": l.Counters} {
		p.Form.Set(name, value)
	}
	return web.Render(w, r, http.StatusOK, localView(p))
}

func (m *Module) saveLocal(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := m.localPage(r)
	if err != nil {
		return err
	}
	err = m.SetLocal(r.Context(), Local{Item: p.Item.Item, Agency: p.Agency.Code, Place: form.Value("place"), Hours: form.Value("hours"),
		Phone: form.Value("phone"), Counters: form.Value("counters")})
	if err == nil {
		web.Flash(r, "success", "已保存，办事指南随即更新。")
		return web.Redirect(w, r, localURL(p.Item.Item))
	}
	status := errs.KindOf(err).Status()
	if err := form.Merge(err); err != nil {
		return err
	}
	p.Form = form
	return web.Render(w, r, status, localView(p))
}
