package identity

import (
	"net/http"
	"net/url"
	"time"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// freshFor is how long a sign-in answers for who sits there now: what would take
// an account over (another telephone, another key) asks for one of late.
const freshFor = 10 * time.Minute

// sessionFresh is when the session's owner last showed that it is they.
const sessionFresh = "fresh_at"

const confirmURL = "/account/confirm"

// ErrNotFresh is told to a program; pages lead to where one confirms.
var ErrNotFresh = errs.Define(errs.Denied, "fresh_sign_in_required", "这一步关系到账号安全：请重新确认是您本人，10分钟内接着办。")

// ConfirmURL is the page where one shows again that it is oneself; next is a
// path of this site to go on to.
func ConfirmURL(next string) string {
	return confirmURL + "?next=" + url.QueryEscape(web.SafeNext(next))
}

// IsFresh tells whether whoever sits there has shown of late that they are the
// account's owner. A token never is: nobody sits there.
func (m *Module) IsFresh(r *http.Request) bool {
	a := FromContext(r.Context())
	return a.Via == ViaSession && !a.FreshAt.IsZero() && m.now(r.Context()).Sub(a.FreshAt) <= freshFor
}

// Fresh is nil for who IsFresh, else the way to where they confirm and back.
func (m *Module) Fresh(r *http.Request) error {
	if m.IsFresh(r) {
		return nil
	}
	return &web.Detour{Cause: ErrNotFresh, To: ConfirmURL}
}

// MustBeFresh is Fresh as a guard.
func (m *Module) MustBeFresh() web.Guard { return web.Guard{Name: "fresh", Check: m.Fresh} }

// renewed notes that the session's owner has just shown that it is they.
func (m *Module) renewed(r *http.Request) {
	s := web.Session(r)
	s.Renew()
	s.Put(sessionFresh, m.now(r.Context()).UTC().Format(time.RFC3339))
}

func (m *Module) confirmPage(w http.ResponseWriter, r *http.Request) error {
	next := web.SafeNext(r.URL.Query().Get("next"))
	if m.IsFresh(r) {
		return web.Redirect(w, r, next)
	}
	return m.showConfirm(w, r, web.NewForm(nil), next)
}

func (m *Module) showConfirm(w http.ResponseWriter, r *http.Request, form *web.Form, next string) error {
	a := FromContext(r.Context())
	p := confirmView{form: form, next: next, staff: !a.IsApplicant(), demo: m.Demo, login: a.Login}
	row, err := m.account(r.Context(), a.Account)
	if err != nil {
		return err
	}
	p.password = row.Password != ""
	for _, way := range m.ways {
		if way.Again && (way.People && a.IsApplicant() || way.Staff && !a.IsApplicant()) {
			p.ways = append(p.ways, way)
		}
	}
	return web.Render(w, r, form.Status(), confirmPageView(p))
}

// confirm takes the password, and leads on to the second factor of who has one.
func (m *Module) confirm(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	a, next := FromContext(r.Context()), web.SafeNext(form.Value("next"))
	password := form.Raw().Get("password")
	if password == "" {
		form.Error("password", "请输入密码。")
		return m.showConfirm(w, r, form, next)
	}
	if _, err := m.Login(r.Context(), a.Login, password, web.ClientAddr(r)); err != nil {
		e := errs.From(err)
		if e.Kind == errs.Internal || e.Kind == errs.Unavailable {
			return err
		}
		said := e.Message
		if e.Code == ErrLogin.Code {
			said = "密码不正确，请重新输入。"
		}
		form.Error("password", said)
		return m.showConfirm(w, r, form, next)
	}
	if page, err := m.toSecond(r, a, next); err != nil || page != "" {
		if err != nil {
			return err
		}
		return web.Redirect(w, r, page)
	}
	m.renewed(r)
	return web.Redirect(w, r, next)
}

// Resume goes on with the browser's session after all of the account's were
// ended: signed in when it was, no fresher than it was.
func (m *Module) Resume(r *http.Request) error {
	ctx, was := r.Context(), FromContext(r.Context())
	a, err := m.Actor(ctx, was.Account)
	if err != nil {
		return err
	}
	session, err := m.sitDown(ctx, a)
	if err != nil {
		return err
	}
	device := web.Session(r).GetString(sessionDevice)
	m.takeSession(r, a, session, was.Method)
	s := web.Session(r)
	s.Put(sessionDevice, device)
	s.Put(sessionAt, was.SignedInAt.UTC().Format(time.RFC3339))
	s.Put(sessionFresh, was.FreshAt.UTC().Format(time.RFC3339))
	return nil
}

// freshAt is when the owner of a session showed last that it is they: when they
// signed in, or later.
func freshAt(s *web.SessionData, signedIn time.Time) time.Time {
	at, err := time.Parse(time.RFC3339, s.GetString(sessionFresh))
	if err != nil {
		return signedIn
	}
	return at
}
