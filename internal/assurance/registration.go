package assurance

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/workday"

	"time"
)

func today(now time.Time) workday.Date { return workday.DateOf(now, clock.Beijing) }

// ErrNotRegistered is told whenever a registration does not come about: the
// register says no, or the person has an account already. Who tries out
// numbers learns nothing of accounts.
var ErrNotRegistered = errs.Define(errs.Invalid, "assurance_not_registered",
	"没有注册成功：姓名和身份证号码没有核验通过，或者已经有账号。请核对后再试；已有账号的请直接登录，忘记账号的可带身份证到就近窗口找回。")

// registerPhone is the first step of registering.
func (m *Module) registerPhone() phoneStep {
	return phoneStep{m: m, For: forRegister, Base: "/register", Title: "注册账号", Lead: "先核验手机号，再填姓名和身份证号码，两分钟即可。",
		then: func(w http.ResponseWriter, r *http.Request, phone, next string) error {
			m.keepProven(r, phone)
			return web.Redirect(w, r, "/register/person"+query(next))
		}}
}

type personPage struct {
	form     *web.Form
	next     string
	phone    string
	passkeys bool
	terms    int // version of the terms in force
}

func (m *Module) personPage(w http.ResponseWriter, r *http.Request) error {
	return m.showPerson(w, r, http.StatusOK, web.NewForm(nil), r.URL.Query().Get("next"))
}

func (m *Module) showPerson(w http.ResponseWriter, r *http.Request, status int, form *web.Form, next string) error {
	phone := m.provenPhone(r)
	if phone == "" || m.Register == nil {
		return web.Redirect(w, r, "/register"+query(web.SafeNext(next)))
	}
	terms, err := m.Identity.ConsentText(r.Context(), identity.ConsentTerms)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, personView(personPage{form, web.SafeNext(next), gb.MaskPhone(phone), m.keys.site != nil, terms.Version}))
}

// register makes the account of whoever holds the telephone, once the register
// knows them, and signs them in at level 2.
func (m *Module) register(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	phone, next := m.provenPhone(r), web.SafeNext(form.Value("next"))
	if phone == "" || m.Register == nil {
		return web.Redirect(w, r, "/register"+query(next))
	}
	password := form.Raw().Get("password")
	if form.Value("with") == "passkey" {
		password = ""
	} else if password == "" || password != form.Raw().Get("again") {
		form.Error("again", "两次输入的密码要一致，不能为空。")
	}
	var account string
	if form.OK() {
		account, err = m.Enrol(r.Context(), Enrolment{Name: form.Value("name"), IDNo: form.Value("id_no"), Phone: phone, Password: password,
			Terms: termsOf(form)})
		if errors.Is(err, identity.ErrConsentChanged) {
			form.Error("name", "服务条款已经更新，请看过新的，再点“完成注册”。")
			return m.showPerson(w, r, http.StatusConflict, form, next)
		}
		if err != nil {
			status, err := refused(form, err)
			if err != nil {
				return err
			}
			return m.showPerson(w, r, status, form, next)
		}
	}
	if !form.OK() {
		return m.showPerson(w, r, http.StatusUnprocessableEntity, form, next)
	}
	if err := m.Identity.SignIn(r, account, "sms"); err != nil {
		return err
	}
	if password == "" {
		web.Flash(r, "success", "注册成功，实名等级：中级。请在下面设置通行密钥，以后用手机的人脸或指纹登录；也可以用手机验证码登录。")
		return web.Redirect(w, r, "/my/security#passkeys")
	}
	web.Flash(r, "success", "注册成功，实名等级：中级。以后用手机号和密码，或手机验证码登录。")
	return web.Redirect(w, r, next)
}

// Enrolment is somebody who registers by themselves; the telephone has been
// proven.
type Enrolment struct {
	Name, IDNo, Phone, Password string

	Terms int // version of the terms that was on the page; 0: nobody was asked (the sample city)
}

func termsOf(form *web.Form) int {
	n, err := strconv.Atoi(form.Value("terms"))
	if err != nil {
		return -1 // no version: the page is shown again
	}
	return n
}

// Enrol makes the account and proves levels 1 and 2. Whether the register does
// not know them or they have an account: ErrNotRegistered, after the same work
// but for one row. Errors: errs.ErrInvalid with fields, identity.ErrPasswordWeak,
// identity.ErrConsentChanged.
func (m *Module) Enrol(ctx context.Context, e Enrolment) (account string, err error) {
	id, err := m.checkPerson(ctx, e.Name, e.IDNo)
	if err != nil {
		return "", err
	}
	if e.Terms != 0 { // before anybody is asked about anybody: the answer must tell nothing of them
		terms, err := m.Identity.ConsentText(ctx, identity.ConsentTerms)
		if err != nil {
			return "", err
		}
		if terms.Version != e.Terms {
			return "", identity.ErrConsentChanged
		}
	}
	login := newLogin()
	if e.Password != "" {
		if err := m.Identity.CheckPassword(identity.KindPerson, login, e.Password); err != nil {
			return "", err
		}
	}
	err = m.ask(ctx, "phone:"+e.Phone, e.Name, id)
	if err == nil {
		account, err = m.makeAccount(ctx, login, id, e)
	} else if errors.Is(err, ErrRegister) && e.Password != "" {
		// What making the account would have cost.
		err = errors.Join(err, m.Identity.SpendHash(ctx, e.Password))
	}
	if errors.Is(err, ErrRegister) || errors.Is(err, identity.ErrIdentityTaken) {
		return "", ErrNotRegistered
	}
	return account, err
}

func (m *Module) makeAccount(ctx context.Context, login, idNo string, e Enrolment) (string, error) {
	var account string
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		var err error
		account, err = m.Identity.CreateAccount(ctx, identity.NewAccount{Name: login, Kind: identity.KindPerson, DisplayName: strings.TrimSpace(e.Name),
			IDType: gb.IDResident.Code(), IDNo: idNo, Phone: e.Phone, Password: e.Password})
		if err != nil {
			return err
		}
		for _, method := range []identity.Method{identity.BySMS, identity.ByRegister} {
			if err := m.Identity.Prove(ctx, identity.Proof{Account: account, Method: method}); err != nil {
				return err
			}
		}
		if e.Terms == 0 {
			return nil
		}
		return m.Identity.GiveConsent(ctx, account, identity.ConsentTerms, e.Terms, identity.ConsentByWeb)
	})
	return account, err
}

// newLogin is an account name nobody has: people sign in by telephone, it is
// for the windows.
func newLogin() string { return "ym" + strings.ToLower(rand.Text()[:10]) }
