package messages

import (
	"errors"
	"net/http"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/web"
)

type settingsPage struct {
	place
	pref  Preference
	phone string // masked; "": none known
	form  *web.Form
}

// settingsPage shows how the reader is told.
func (p place) settingsPage(w http.ResponseWriter, r *http.Request) error {
	return p.showSettings(w, r, web.NewForm(nil))
}

func (p place) showSettings(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	ctx := r.Context()
	pref, err := p.m.Preference(ctx)
	if err != nil {
		return err
	}
	page := settingsPage{place: p, pref: pref, form: form}
	who, err := p.m.Identity.Person(ctx, identity.FromContext(ctx).Account)
	if err != nil && !errors.Is(err, identity.ErrAccountUnknown) { // staff are no persons
		return err
	}
	phone := who.Phone
	if p.ofStaff() && phone == "" {
		if phone, err = p.m.staffPhone(ctx, identity.FromContext(ctx).Account); err != nil {
			return err
		}
	}
	if phone != "" {
		page.phone = gb.MaskPhone(phone)
	}
	return web.Render(w, r, statusOf(form), settingsView(page))
}

func (p place) saveSettings(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if err := p.m.Prefer(r.Context(), form.Value("sms") != "", form.Value("mail") != ""); err != nil {
		return err
	}
	web.Flash(r, "success", "消息设置已保存。")
	return web.Redirect(w, r, p.settings)
}

// askMail sends a code to the address.
func (p place) askMail(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	err = p.m.ProveMail(r.Context(), form.Value("address"))
	if errors.Is(err, ErrTooSoon) {
		form.Error("address", ErrTooSoon.Message)
		err = nil
	}
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return p.showSettings(w, r, form)
	}
	web.Flash(r, "info", "验证码已发到这个邮箱，请在30分钟内填写。")
	return web.Redirect(w, r, p.settings+"#mail")
}

// confirmMail takes the code. A wrong one counts, so this page is not part of
// a transaction that the refusal undoes.
func (p place) confirmMail(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if err := form.Merge(p.m.ConfirmMail(r.Context(), form.Value("code"))); err != nil {
		return err
	}
	if !form.OK() {
		return p.showSettings(w, r, form)
	}
	web.Flash(r, "success", "邮箱已验证，以后也会用邮件告诉您。")
	return web.Redirect(w, r, p.settings)
}

func (p place) removeMail(w http.ResponseWriter, r *http.Request) error {
	if err := p.m.ForgetMail(r.Context()); err != nil {
		return err
	}
	web.Flash(r, "success", "邮箱已删除，不再发邮件。")
	return web.Redirect(w, r, p.settings)
}

func ticked(on bool) []string {
	if on {
		return []string{"1"}
	}
	return nil
}
