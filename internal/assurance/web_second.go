package assurance

import (
	"net/http"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
)

type secondPage struct {
	form     *web.Form
	address  string // to be set up: what the QR code says
	secret   string
	base     string
	recovery []string
	next     string
}

// secondPage asks for the code after the password; an administrator without an
// app sets it up here.
func (m *Module) secondPage(w http.ResponseWriter, r *http.Request) error {
	return m.showSecond(w, r, http.StatusOK, web.NewForm(nil))
}

func (m *Module) showSecond(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	a, err := m.Identity.SecondOf(r)
	if err != nil {
		return web.Redirect(w, r, "/login")
	}
	p := secondPage{form: form, base: "/login/second"}
	has, err := m.HasTOTP(r.Context(), a.Account)
	if err == nil && !has {
		p.address, p.secret, err = m.newTOTP(r.Context(), a.Account, a.Login)
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, status, secondView(p))
}

func (m *Module) secondTake(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	a, err := m.Identity.SecondOf(r)
	if err != nil {
		return web.Redirect(w, r, "/login")
	}
	has, err := m.HasTOTP(r.Context(), a.Account)
	if err != nil {
		return err
	}
	var codes []string
	if has {
		err = m.passSecond(r.Context(), a.Account, form.Value("code"))
	} else {
		codes, err = m.confirmTOTP(r.Context(), a.Account, form.Value("code"))
	}
	if err != nil {
		status, err := refused(form, err)
		if err != nil {
			return err
		}
		return m.showSecond(w, r, status, form)
	}
	next, err := m.Identity.SecondPassed(r, "totp")
	if err != nil {
		return err
	}
	if codes != nil {
		return web.Render(w, r, http.StatusOK, recoveryView(secondPage{recovery: codes, next: next}))
	}
	return web.Redirect(w, r, next)
}

// totpPage sets the actor's own app up.
func (m *Module) totpPage(w http.ResponseWriter, r *http.Request) error {
	return m.showTOTP(w, r, http.StatusOK, web.NewForm(nil))
}

func (m *Module) showTOTP(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	a := identity.FromContext(r.Context())
	if has, err := m.HasTOTP(r.Context(), a.Account); err != nil || has {
		if err != nil {
			return err
		}
		return web.Redirect(w, r, securityURL(r.Context()))
	}
	address, secret, err := m.newTOTP(r.Context(), a.Account, a.Login)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, secondView(secondPage{form: form, address: address, secret: secret, base: "/account/security/totp"}))
}

func (m *Module) totpConfirm(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	if has, err := m.HasTOTP(ctx, identity.FromContext(ctx).Account); err != nil || has {
		if err != nil {
			return err
		}
		return web.Redirect(w, r, securityURL(ctx))
	}
	codes, err := m.confirmTOTP(ctx, identity.FromContext(ctx).Account, form.Value("code"))
	if err != nil {
		status, err := refused(form, err)
		if err != nil {
			return err
		}
		return m.showTOTP(w, r, status, form)
	}
	return web.Render(w, r, http.StatusOK, recoveryView(secondPage{recovery: codes, next: securityURL(ctx)}))
}

func (m *Module) totpRemove(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if err := m.RemoveTOTP(r.Context(), form.Value("code")); err != nil {
		status, err := refused(form, err)
		if err != nil {
			return err
		}
		return m.showSecurity(w, r, status, form)
	}
	web.Flash(r, "success", "动态口令已停用。")
	return web.Redirect(w, r, securityURL(r.Context()))
}
