package assurance

import (
	"net/http"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// Routes adds the pages. Whatever counts wrong answers is PostEach: a
// transaction that the refusal undoes would undo the count.
func (m *Module) Routes(rt *web.Router) {
	sends := web.RateLimit("sms code", 30, 10*time.Minute, nil)
	tries := web.RateLimit("prove", 60, time.Minute, nil)
	anybody, self := web.Public, identity.Applicant()
	fresh := m.Identity.MustBeFresh() // what would take an account over

	m.loginByPhone().mount(rt, anybody.And(sends), anybody.And(tries))
	rt.PostEach("/login/sms/choose", anybody.And(tries), m.chooseAccount)
	m.registerPhone().mount(rt, anybody.And(sends), anybody.And(tries))
	rt.Get("/register/person", anybody, m.personPage)
	rt.PostEach("/register/person", anybody.And(tries), m.register)

	rt.Get("/login/passkey", anybody, m.passkeyLoginPage)
	rt.PostEach("/login/passkey/begin", anybody.And(tries), m.passkeyAsk)
	rt.PostEach("/login/passkey", anybody.And(tries), m.passkeyLogin)
	rt.Get("/login/scan", anybody.And(tries), m.scanPage)
	rt.PostEach("/login/scan/state", anybody, m.scanState)
	rt.Get("/scan/{code}", self.And(tries), m.scannedPage)
	rt.Post("/scan/{code}", self.And(tries), m.scanAnswer)
	rt.Get("/login/second", anybody, m.secondPage)
	rt.PostEach("/login/second", anybody.And(tries), m.secondTake)

	rt.Get("/verify", self, m.verifyPage)
	m.provePhone().mount(rt, self.And(sends), self.And(tries))
	rt.Get("/verify/register", self, m.proveRegisterPage)
	rt.PostEach("/verify/register", self.And(tries), m.proveRegister)

	rt.Get("/my/security", self, m.securityPage)
	rt.Get("/account/security", identity.SignedIn(), m.securityPage)
	rt.PostEach("/account/security/passkeys/begin", identity.SignedIn().And(tries), m.passkeyBegin)
	rt.PostEach("/account/security/passkeys", identity.SignedIn().And(tries), m.passkeyAdd)
	rt.Post("/account/security/passkeys/{id}/remove", identity.SignedIn().And(fresh), m.passkeyRemove)
	rt.Get("/account/security/totp", identity.SignedIn().And(fresh), m.totpPage)
	rt.PostEach("/account/security/totp", identity.SignedIn().And(tries).And(fresh), m.totpConfirm)
	rt.PostEach("/account/security/totp/remove", identity.SignedIn().And(tries).And(fresh), m.totpRemove)
	rt.Post("/account/security/devices/{id}/remove", identity.SignedIn(), m.deviceRemove)
	rt.Post("/account/security/sessions/end", identity.SignedIn(), m.endSessions)
}

// refused puts an error where the reader mends it: beside its field, or on top.
// It gives the status of the page, or the error back when it is not the
// reader's business.
func refused(form *web.Form, err error) (int, error) {
	switch errs.KindOf(err) {
	case errs.RateLimited, errs.Unavailable, errs.NotFound, errs.Denied, errs.Unauthenticated:
		form.Error("", errs.From(err).Message)
		status := errs.KindOf(err).Status()
		if status == http.StatusUnauthorized {
			status = http.StatusUnprocessableEntity // 401 would ask the browser to ask
		}
		return status, nil
	}
	return http.StatusUnprocessableEntity, form.Merge(err)
}
