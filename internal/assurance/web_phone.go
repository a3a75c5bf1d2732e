package assurance

import (
	"net/http"
	"net/url"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web"
)

// phoneStep is "type a telephone, type the code": the same two pages for
// signing in, registering and proving.
type phoneStep struct {
	m     *Module
	For   purpose
	Base  string // address of the first page
	Title string
	Lead  string
	// own gives the telephone on file, which need not be typed; nil: typed.
	own func(r *http.Request) (string, error)
	// then goes on once the telephone is in the asker's hands.
	then func(w http.ResponseWriter, r *http.Request, phone, next string) error
}

type phonePage struct {
	phoneStep
	form  *web.Form
	next  string
	phone string // masked: where the code went, or what is on file
	level string // of the step-up that led here
}

// mount adds the pages. A telephone on which a code waits is kept in the
// session, never in an address.
func (s phoneStep) mount(rt *web.Router, sends, tries web.Guard) {
	rt.Get(s.Base, tries, s.ask)
	rt.PostEach(s.Base, sends, s.send)
	rt.Get(s.Base+"/code", tries, s.askCode)
	rt.PostEach(s.Base+"/code", tries, s.take)
}

func (s phoneStep) key() string { return "assurance_phone_" + string(s.For) }

func (s phoneStep) bound(r *http.Request, phone string) bound {
	who := browserOf(r)
	if a := identity.FromContext(r.Context()); a.SignedIn() {
		who += " " + a.Account
	}
	return bound{s.For, phone, who}
}

func (s phoneStep) ask(w http.ResponseWriter, r *http.Request) error {
	return s.showAsk(w, r, http.StatusOK, web.NewForm(nil), r.URL.Query().Get("next"), r.URL.Query().Get("level"))
}

func (s phoneStep) showAsk(w http.ResponseWriter, r *http.Request, status int, form *web.Form, next, level string) error {
	p := phonePage{phoneStep: s, form: form, next: web.SafeNext(next), level: level}
	if s.own != nil {
		own, err := s.own(r)
		if err != nil {
			return err
		}
		if own != "" {
			p.phone = gb.MaskPhone(own)
		}
	}
	return web.Render(w, r, status, askPhoneView(p))
}

func (s phoneStep) send(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	phone := form.Value("phone")
	if phone == "" && s.own != nil {
		if phone, err = s.own(r); err != nil {
			return err
		}
	}
	if s.own != nil { // another telephone than the one on file opens the account from then on
		if own, err := s.own(r); err != nil {
			return err
		} else if own != phone {
			if err := s.m.Identity.Fresh(r); err != nil {
				return err
			}
		}
	}
	if err := s.m.sendCode(r.Context(), s.bound(r, phone)); err != nil {
		status, err := refused(form, err)
		if err != nil {
			return err
		}
		return s.showAsk(w, r, status, form, form.Value("next"), form.Value("level"))
	}
	s.m.keepPhone(r, s.key(), phone)
	return web.Redirect(w, r, s.Base+"/code"+s.on(form.Value("next"), form.Value("level")))
}

// on carries where to go on.
func (s phoneStep) on(next, level string) string {
	q := url.Values{"next": {web.SafeNext(next)}}
	if level != "" {
		q.Set("level", level)
	}
	return "?" + q.Encode()
}

func (s phoneStep) askCode(w http.ResponseWriter, r *http.Request) error {
	return s.showCode(w, r, http.StatusOK, web.NewForm(nil), r.URL.Query().Get("next"), r.URL.Query().Get("level"))
}

func (s phoneStep) showCode(w http.ResponseWriter, r *http.Request, status int, form *web.Form, next, level string) error {
	phone := s.m.keptPhone(r, s.key())
	if phone == "" {
		return web.Redirect(w, r, s.Base+s.on(next, level))
	}
	return web.Render(w, r, status, askCodeView(phonePage{phoneStep: s, form: form, next: web.SafeNext(next), phone: gb.MaskPhone(phone), level: level}))
}

func (s phoneStep) take(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	next, phone := web.SafeNext(form.Value("next")), s.m.keptPhone(r, s.key())
	if phone == "" {
		return web.Redirect(w, r, s.Base+s.on(next, form.Value("level")))
	}
	if err := s.m.takeCode(r.Context(), s.bound(r, phone), form.Value("code")); err != nil {
		status, err := refused(form, err)
		if err != nil {
			return err
		}
		return s.showCode(w, r, status, form, next, form.Value("level"))
	}
	web.Session(r).Remove(s.key())
	if level := form.Value("level"); level != "" {
		next = "/verify" + s.on(next, level)
	}
	return s.then(w, r, phone, next)
}

// sessionPhone and sessionPhoneAt remember a telephone that has just been
// proven, for the page that needs it next.
const (
	sessionPhone   = "assurance_proven_phone"
	sessionPhoneAt = "assurance_proven_at"
	provenLives    = 15 * time.Minute
)

// phoneInSession seals the numbers that a session remembers: sessions lie in the
// database.
var phoneInSession = sealed.Loose("session.phone", nil)

func (m *Module) keepPhone(r *http.Request, key, phone string) {
	web.Session(r).Put(key, m.Keys.Seal(phoneInSession, key, phone))
}

// keptPhone is a number that the session remembers; "" none, also when it does
// not open: the number is asked for again.
func (m *Module) keptPhone(r *http.Request, key string) string {
	phone, err := m.Keys.Open(phoneInSession, key, web.Session(r).GetString(key))
	if err != nil {
		return ""
	}
	return phone
}

func (m *Module) keepProven(r *http.Request, phone string) {
	s := web.Session(r)
	m.keepPhone(r, sessionPhone, phone)
	s.Put(sessionPhoneAt, m.now(r.Context()).Format(time.RFC3339))
}

// provenPhone is the telephone that this browser has just proven; "" none.
func (m *Module) provenPhone(r *http.Request) string {
	s := web.Session(r)
	at, err := time.Parse(time.RFC3339, s.GetString(sessionPhoneAt))
	if err != nil || m.now(r.Context()).Sub(at) > provenLives {
		return ""
	}
	return m.keptPhone(r, sessionPhone)
}

// loginByPhone signs in by code.
func (m *Module) loginByPhone() phoneStep {
	return phoneStep{m: m, For: forLogin, Base: "/login/sms", Title: "手机验证码登录", Lead: "验证码发到您的手机，填对即可登录，不用密码。", then: m.enterByPhone}
}

// enterByPhone opens the one account of the telephone, lets choose among
// several, and says so when there is none: only its holder gets here.
func (m *Module) enterByPhone(w http.ResponseWriter, r *http.Request, phone, next string) error {
	list, err := m.Identity.AccountsByPhone(r.Context(), phone)
	if err != nil {
		return err
	}
	if len(list) == 1 {
		return m.enter(w, r, list[0].Account, "sms", next)
	}
	m.keepProven(r, phone)
	return web.Render(w, r, http.StatusOK, chooseView(list, next, m.Register != nil))
}

func (m *Module) chooseAccount(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	list, err := m.Identity.AccountsByPhone(r.Context(), m.provenPhone(r))
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.Account == form.Value("account") {
			return m.enter(w, r, p.Account, "sms", form.Value("next"))
		}
	}
	return web.Redirect(w, r, "/login/sms"+query(web.SafeNext(form.Value("next"))))
}

// enter signs in and goes on.
func (m *Module) enter(w http.ResponseWriter, r *http.Request, account, method, next string) error {
	if err := m.Identity.SignIn(r, account, method); err != nil {
		return err
	}
	if next = web.SafeNext(next); next == "/" {
		a, err := m.Identity.Actor(r.Context(), account)
		if err != nil {
			return err
		}
		next = m.Identity.Home(a)
	}
	return web.Redirect(w, r, next)
}

// provePhone proves level 1.
func (m *Module) provePhone() phoneStep {
	return phoneStep{m: m, For: forProof, Base: "/verify/phone", Title: "核验手机号", Lead: "验证码发到登记的手机号，填对即为初级实名。",
		own: func(r *http.Request) (string, error) {
			p, err := m.Identity.Person(r.Context(), identity.FromContext(r.Context()).Account)
			return p.Phone, err
		},
		then: func(w http.ResponseWriter, r *http.Request, phone, next string) error {
			ctx := r.Context()
			if err := m.Messages.TakePhone(ctx, phone); err != nil {
				return err
			}
			web.Flash(r, "success", "手机号已核验。")
			if next == "/" {
				next = securityURL(ctx)
			}
			return web.Redirect(w, r, next)
		}}
}
