package portal

import (
	"net/http"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
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
	fresh    bool   // who sits there has shown of late that it is they
	pending  string // new telephone that waits for its code; "" none
}

func (m *Module) profileOf(r *http.Request, form *web.Form) (profilePage, error) {
	p := profilePage{form: form, fresh: m.Identity.IsFresh(r)}
	var err error
	if p.who, err = m.Identity.Person(r.Context(), identity.FromContext(r.Context()).Account); err != nil {
		return p, err
	}
	if m.Messages != nil {
		if p.pending, err = m.Messages.PendingPhone(r.Context()); err != nil {
			return p, err
		}
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
	said := "已保存。以后申请会自动填上；已经提交的办件不变。"
	if c.Phone != "" && m.Messages != nil && m.Messages.CanText() {
		// It counts once its code came back: whoever mistypes a digit would send
		// their notices to a stranger.
		if err := m.askPhone(r, form, c.Phone); err != nil {
			return err
		}
		c.Phone, said = "", "验证码已发到新手机号，填上以后才换过去。"
	}
	if c != (identity.Contact{}) {
		if err := form.Merge(m.Identity.SetContact(r.Context(), c)); err != nil {
			return err
		}
	}
	if !form.OK() {
		return m.profileAgain(w, r, form)
	}
	web.Flash(r, "success", said)
	return web.Redirect(w, r, ProfileURL()+"#phone")
}

// askPhone sends the code; what keeps it from leaving is told beside the field.
func (m *Module) askPhone(r *http.Request, form *web.Form, phone string) error {
	err := m.Messages.ProvePhone(r.Context(), phone)
	if errs.KindOf(err) == errs.RateLimited {
		form.Error("phone", errs.From(err).Message)
		return nil
	}
	return form.Merge(err)
}

func (m *Module) profileAgain(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	p, err := m.profileOf(r, form)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, profileView(p))
}

// confirmPhone takes the code. A wrong one counts, so this page is not part of
// a transaction that the refusal undoes.
func (m *Module) confirmPhone(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if m.Messages == nil {
		return web.ErrNotFound
	}
	if err := form.Merge(m.Messages.ConfirmPhone(r.Context(), form.Value("code"))); err != nil {
		return err
	}
	if !form.OK() {
		return m.profileAgain(w, r, form)
	}
	web.Flash(r, "success", "手机号已经换过来，以后的短信发到新号码；原来的号码也收到了通知。")
	return web.Redirect(w, r, ProfileURL())
}

// cancelPhone leaves the old number as it is.
func (m *Module) cancelPhone(w http.ResponseWriter, r *http.Request) error {
	if m.Messages == nil {
		return web.ErrNotFound
	}
	if err := m.Messages.CancelPhone(r.Context()); err != nil {
		return err
	}
	web.Flash(r, "success", "没有换手机号，仍用原来的。")
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
