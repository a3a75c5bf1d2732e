package portal

import (
	"net/http"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// ProfileURL is the applicant's own details.
func ProfileURL() string { return "/my/profile" }

// profilePage shows one's own details, masked: the screen may stand in a hall.
type profilePage struct {
	form     *web.Form
	who      identity.Person
	division string
}

func (m *Module) profileOf(r *http.Request, form *web.Form) (profilePage, error) {
	p := profilePage{form: form}
	var err error
	if p.who, err = m.Identity.Person(r.Context(), identity.FromContext(r.Context()).Account); err != nil {
		return p, err
	}
	if p.who.Division != "" {
		p.division, err = m.Org.FullName(r.Context(), p.who.Division)
	}
	return p, err
}

func (m *Module) profile(w http.ResponseWriter, r *http.Request) error {
	p, err := m.profileOf(r, web.NewForm(nil))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, profileView(p))
}

func (m *Module) saveProfile(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	c := identity.Contact{Phone: form.Value("phone"), Address: form.Value("address")}
	if err := form.Merge(m.Identity.SetContact(r.Context(), c)); err != nil {
		return err
	}
	if !form.OK() {
		p, err := m.profileOf(r, form)
		if err != nil {
			return err
		}
		return web.Render(w, r, http.StatusUnprocessableEntity, profileView(p))
	}
	web.Flash(r, "success", "已保存。以后申请会自动填上；已经提交的办件不变。")
	return web.Redirect(w, r, ProfileURL())
}

func (p profilePage) rows() []ui.Row {
	rows := []ui.Row{
		{Label: "姓名或名称", Value: p.who.Name},
		{Label: "证件号码", Value: gb.MaskIDNumber(gb.IDType(p.who.IDType), p.who.IDNo)},
		{Label: "联系电话", Value: gb.MaskPhone(p.who.Phone)},
		{Label: "地址", Value: maskAddress(p.who.Address)},
		{Label: "所在地区", Value: p.division},
	}
	if p.who.LegalName != "" {
		rows = append(rows, ui.Row{Label: "法定代表人", Value: p.who.LegalName})
	}
	return rows
}

// maskAddress leaves the beginning of an address, enough to recognise it by.
func maskAddress(address string) string {
	runes := []rune(address)
	if len(runes) <= 9 {
		return address
	}
	return string(runes[:9]) + "……"
}
