package assurance

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"yimen/gb"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/messages"
)

// Bounds of one-time codes.
const (
	codeLives   = 5 * time.Minute
	codeTries   = 5 // the wrong one that voids the code
	codePause   = time.Minute
	codesPerDay = 10 // to one telephone, whoever asks
)

// Errors of codes.
var (
	ErrCode      = errs.Define(errs.Invalid, "assurance_code_wrong", "验证码不正确或已失效，请核对短信；输错5次或超过5分钟，请重新获取。")
	ErrTooSoon   = errs.Define(errs.RateLimited, "assurance_code_too_soon", "验证码刚刚发过，请1分钟后再获取。")
	ErrTooMany   = errs.Define(errs.RateLimited, "assurance_code_too_many", "这个手机号今天获取验证码的次数已经用完，请明天再试，或到就近窗口办理。")
	ErrNoTexting = errs.Define(errs.Unavailable, "assurance_no_sms", "现在不能发送短信，请换一种方式，或到就近窗口办理。")
)

// purpose says what a code is for; it fits nothing else.
type purpose string

const (
	forLogin    purpose = "login"
	forRegister purpose = "register"
	forProof    purpose = "verify"
)

var codeTemplate = messages.Define(messages.Template{
	Key: "assurance.code", Name: "登录和核验验证码", Audience: messages.Citizens, Required: true, Urgent: true,
	Vars: []messages.Var{{Name: "verify", Label: "验证码", Sample: "123456", Must: true}},
	Words: messages.Words{Title: "验证码", Text: "验证码{verify}，5分钟内有效。不是您本人操作的，不用理会；任何人索要都不要告诉。",
		SMS: "验证码{verify}，5分钟内有效。任何人索要都不要告诉。", SMSOn: true},
})

// bound is what a code is bound to.
type bound struct {
	purpose purpose
	phone   string
	browser string // known to the server and this browser's session alone
}

func (b bound) id() string { return digest.Of("code", string(b.purpose), b.phone, b.browser) }

// hash is the code as it is kept. Who reads the table does not know the
// browser's secret, so that six digits cannot be tried out.
func (b bound) hash(code string) string { return digest.Of(b.id(), b.browser, code) }

// sessionBrowser is the key of the browser's secret in its session.
const sessionBrowser = "assurance_browser"

// browserOf is a secret of this browser's session, made at first use.
func browserOf(r *http.Request) string {
	s := web.Session(r)
	if s.GetString(sessionBrowser) == "" {
		s.Put(sessionBrowser, rand.Text())
	}
	return s.GetString(sessionBrowser)
}

// sendCode sends a fresh code; an earlier one for the same is void. Errors:
// ErrInvalid with field phone, ErrTooSoon, ErrTooMany, ErrNoTexting.
func (m *Module) sendCode(ctx context.Context, b bound) error {
	return m.send(ctx, b, func(code string) messages.Notice {
		return messages.Notice{Phone: b.phone, Template: codeTemplate.Key, Vars: map[string]string{"verify": code}, Key: "assurance_code:" + db.NewID()}
	})
}

// send is sendCode in the words of notice.
func (m *Module) send(ctx context.Context, b bound, notice func(code string) messages.Notice) error {
	if !m.canText() {
		return ErrNoTexting
	}
	if _, err := gb.ParseMobile(b.phone); err != nil {
		return errs.ErrInvalid.Field("phone", "请填写11位手机号。")
	}
	now := m.now(ctx)
	// The pause is of the telephone, whoever asks: its owner is not to be rung.
	n, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO assurance_pace (who, slot, n, last_at) VALUES ($1, 'pause', 1, $2)
		ON CONFLICT (who, slot) DO UPDATE SET last_at = $2 WHERE assurance_pace.last_at <= $3`,
		digest.Of("sms", b.phone), now, now.Add(-codePause))
	if err != nil {
		return wrap("pause between codes", err)
	}
	if n == 0 {
		return ErrTooSoon
	}
	if ok, err := m.countOne(ctx, "sms", b.phone, codesPerDay); err != nil || !ok {
		return errors.Join(err, ErrTooMany)
	}
	code := messages.NewCode()
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO assurance_code (id, code, tries, asked_at) VALUES ($1, $2, 0, $3)
			ON CONFLICT (id) DO UPDATE SET code = excluded.code, tries = 0, asked_at = excluded.asked_at`, b.id(), b.hash(code), now)
		if err != nil {
			return wrap("keep code", err)
		}
		return m.Messages.Send(ctx, notice(code))
	})
}

// takeCode uses a code up; ErrCode with field code for one that is wrong, late,
// used, of another telephone, purpose or browser. A try counts before the code
// is looked at, so never call it in a transaction that its error undoes.
func (m *Module) takeCode(ctx context.Context, b bound, typed string) error {
	wrong := ErrCode.Field("code", ErrCode.Message)
	c, now := m.DB.Conn(ctx), m.now(ctx)
	n, err := c.Exec(ctx, `UPDATE assurance_code SET tries = tries + 1 WHERE id = $1 AND tries < $2 AND asked_at > $3`,
		b.id(), codeTries, now.Add(-codeLives))
	if err != nil {
		return wrap("count try", err)
	}
	if n == 0 {
		return wrong
	}
	var kept string
	if err := c.Get(ctx, &kept, `SELECT code FROM assurance_code WHERE id = $1`, b.id()); err != nil {
		return wrap("read code", err)
	}
	if subtle.ConstantTimeCompare([]byte(kept), []byte(b.hash(strings.TrimSpace(typed)))) != 1 {
		return wrong
	}
	// Whoever removes the row has used the code; of two at once one does.
	if n, err = c.Exec(ctx, `DELETE FROM assurance_code WHERE id = $1 AND code = $2`, b.id(), kept); err != nil {
		return wrap("use code up", err)
	}
	if n == 0 {
		return wrong
	}
	return nil
}
