package assurance

import (
	"net/http"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/messages"
)

const forConsent purpose = "consent"

var consentTemplate = messages.Define(messages.Template{
	Key: "assurance.consent_code", Name: "窗口使用电子证照的验证码", Audience: messages.Citizens, Required: true, Urgent: true,
	Vars: []messages.Var{{Name: "verify", Label: "验证码", Sample: "123456", Must: true}, {Name: "item", Label: "事项名称", Sample: "城乡居民基本养老保险参保登记", Must: true, Cut: true},
		{Name: "outlet", Label: "收件网点", Sample: "大寮坑村便民服务点", Cut: true}},
	Words: messages.Words{Title: "窗口使用电子证照的验证码",
		Text: "{outlet}请您同意：办理“{item}”时用您的电子证照代替材料。同意的，请自己在窗口输入验证码{verify}，5分钟内有效；不同意、没有去办的，不用理会。",
		SMS:  "{outlet}请您同意用电子证照办理“{item}”。同意的请自己输入{verify}，5分钟内有效。", SMSOn: true},
})

// WindowConsent is the use of somebody's licences at a window, to which they agree
// by a code on their telephone. The code fits this person, case, window and purpose
// alone.
type WindowConsent struct {
	Account string // whose telephone: the holder's, or of who acts for them
	Case    string
	Visit   string // key of the person served
	Item    string // its name, as the message says it
	Outlet  string // as well
}

// bound ties a code to all of it, and to the telephone that is proven now.
func (m *Module) bound(r *http.Request, c WindowConsent) (bound, error) {
	phone, err := m.Identity.ProvenPhone(r.Context(), c.Account)
	clerk := identity.FromContext(r.Context()).Account
	return bound{forConsent, phone, strings.Join([]string{browserOf(r), clerk, c.Visit, c.Case, c.Account}, " ")}, err
}

// AskConsent sends the code and gives the telephone it went to. Errors: ErrNoTexting,
// ErrTooSoon, ErrTooMany, and identity.ErrNoPhone: there is no telephone that is known
// to be theirs.
func (m *Module) AskConsent(r *http.Request, c WindowConsent) (phone string, err error) {
	b, err := m.bound(r, c)
	if err != nil {
		return "", err
	}
	return b.phone, m.send(r.Context(), b, func(code string) messages.Notice {
		return messages.Notice{Phone: b.phone, Template: consentTemplate.Key, Vars: map[string]string{"verify": code, "item": c.Item, "outlet": c.Outlet},
			Key: "assurance_code:" + db.NewID()}
	})
}

// TakeConsent uses the code up; ErrCode with field code. Not in a transaction that
// its error undoes.
func (m *Module) TakeConsent(r *http.Request, c WindowConsent, typed string) error {
	b, err := m.bound(r, c)
	if err != nil {
		return err
	}
	return m.takeCode(r.Context(), b, typed)
}
