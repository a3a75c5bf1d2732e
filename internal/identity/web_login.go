package identity

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// loginRate is how many sign-ins one address may try a minute: a whole hall
// may sit behind one address.
const loginRate = 60

// Routes adds the pages /login, /logout, /account/password, /account/logins and, for windows,
// /counter/mandates; in the demo also /demo/login.
//
// The targets of forms are added with Handle, not Post: a request with an
// idempotency key runs in a transaction, which a refusal undoes, and with it
// the count of wrong passwords.
func (m *Module) Routes(rt *web.Router) {
	limit := web.RateLimit("login", loginRate, time.Minute, nil)
	rt.Get("/login", web.Public, m.loginPage)
	rt.Handle("POST /login", web.Public.And(limit), http.HandlerFunc(m.login))
	rt.Handle("POST /logout", web.Public, http.HandlerFunc(m.logout))
	rt.Get("/account/logins", SignedIn(), m.signInsPage)
	m.consentRoutes(rt)
	m.selfRoutes(rt)
	rt.Get(delegationsURL, Staff(), m.delegationsPage)
	rt.Post(delegationsURL, Staff(), m.askDelegation)
	rt.Post(delegationsURL+"/{id}", Staff(), m.decideDelegationPage)
	rt.Get(passwordURL, SignedIn(), m.passwordPage)
	rt.PostEach(passwordURL, SignedIn().And(limit), m.changePassword)
	rt.Get(confirmURL, SignedIn(), m.confirmPage)
	rt.PostEach(confirmURL, SignedIn().And(limit), m.confirm)
	rt.Get("/counter/mandates", Has(VerbMandateConfirm), m.childForm)
	rt.PostEach("/counter/mandates", Has(VerbMandateConfirm).And(limit), m.findChild)
	rt.Post("/counter/mandates/{id}", Has(VerbMandateConfirm), m.confirmChild)
	if m.Demo {
		rt.Handle("POST /demo/login", web.Public, http.HandlerFunc(m.demoLogin))
	}
}

func (m *Module) loginPage(w http.ResponseWriter, r *http.Request) error {
	next := web.SafeNext(r.URL.Query().Get("next"))
	if FromContext(r.Context()).SignedIn() {
		return web.Redirect(w, r, next)
	}
	return web.Render(w, r, http.StatusOK, loginView(nil, next, m.ways, m.Demo))
}

func (m *Module) login(w http.ResponseWriter, r *http.Request) {
	form, err := web.ReadForm(r)
	if err != nil {
		m.showLogin(w, r, web.NewForm(nil), err)
		return
	}
	name, password := form.Value("account"), form.Raw().Get("password")
	if name == "" {
		form.Error("account", "请输入账号。")
	}
	if password == "" {
		form.Error("password", "请输入密码。")
	}
	if !form.OK() {
		m.showLogin(w, r, form, nil)
		return
	}
	a, err := m.Login(r.Context(), name, password, web.ClientAddr(r))
	if err != nil {
		m.showLogin(w, r, form, err)
		return
	}
	if page, err := m.toSecond(r, a, form.Value("next")); err != nil || page != "" {
		if err != nil {
			m.showLogin(w, r, form, err)
			return
		}
		http.Redirect(w, r, page, http.StatusSeeOther)
		return
	}
	if err := m.signIn(r, a, MethodPassword); err != nil {
		m.showLogin(w, r, form, err)
		return
	}
	m.enter(w, r, a, form.Value("next"))
}

// enter goes on to where they wanted to be.
func (m *Module) enter(w http.ResponseWriter, r *http.Request, a Actor, next string) {
	if next = web.SafeNext(next); next == "/" {
		next = m.home(a)
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// showLogin is the page again with what was typed and what is wrong; the
// password is not sent back.
func (m *Module) showLogin(w http.ResponseWriter, r *http.Request, form *web.Form, err error) {
	status := http.StatusUnprocessableEntity
	if err != nil {
		e := errs.From(err)
		form.Error("", e.Message)
		if status = e.Kind.Status(); status == http.StatusUnauthorized {
			status = http.StatusUnprocessableEntity // 401 would ask the browser to ask
		}
		if e.Kind == errs.Internal || e.Kind == errs.Unavailable {
			m.Log.LogAttrs(r.Context(), slog.LevelError, "login failed", slog.String("request", web.RequestID(r)), slog.String("error", err.Error()))
		}
	}
	if err := web.Render(w, r, status, loginView(form, web.SafeNext(form.Value("next")), m.ways, m.Demo)); err != nil {
		m.Log.LogAttrs(r.Context(), slog.LevelError, "login page failed", slog.String("request", web.RequestID(r)), slog.String("error", err.Error()))
		http.Error(w, errs.ErrInternal.Message, http.StatusInternalServerError)
	}
}

func (m *Module) logout(w http.ResponseWriter, r *http.Request) {
	if err := m.SignOut(r); err != nil {
		// They leave all the same; that it was not recorded is ours to know.
		m.Log.LogAttrs(r.Context(), slog.LevelError, "logout not recorded", slog.String("error", err.Error()))
		web.Session(r).Destroy()
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// LoginAs signs the browser in as an account without a password. Only the
// demo has it; ErrNotForDemo elsewhere.
func (m *Module) LoginAs(r *http.Request, account string) (Actor, error) {
	if !m.Demo {
		return Actor{}, ErrNotForDemo
	}
	a, err := m.Actor(r.Context(), account)
	if err != nil {
		return Actor{}, err
	}
	return a, m.signIn(r, a, methodDemo)
}

// demoLogin is the one-click login of the demo: form field account, and next.
func (m *Module) demoLogin(w http.ResponseWriter, r *http.Request) {
	form, err := web.ReadForm(r)
	if err != nil {
		m.showLogin(w, r, web.NewForm(nil), err)
		return
	}
	if _, err := m.LoginAs(r, form.Value("account")); err != nil {
		if errors.Is(err, ErrAccountUnknown) {
			form = web.NewForm(url.Values{"account": {form.Value("account")}})
		}
		m.showLogin(w, r, form, err)
		return
	}
	http.Redirect(w, r, web.SafeNext(form.Value("next")), http.StatusSeeOther)
}
