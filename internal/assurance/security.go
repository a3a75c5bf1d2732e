package assurance

import (
	"context"
	"net/http"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// shownSignIns is how many of the last sign-ins the page shows.
const shownSignIns = 10

type securityPage struct {
	form      *web.Form
	actor     identity.Actor
	phone     string // masked
	proofs    []identity.Proof
	keys      []Passkey
	here      bool
	local     string
	totp      bool
	recovery  int
	logins    []identity.SignInRecord
	devices   []identity.Device
	told      bool // of those not seen before
	now       time.Time
	nextLevel identity.Level
	fresh     bool // what opens the account may be changed now
}

// securityURL is the page of whoever asks.
func securityURL(ctx context.Context) string {
	if identity.FromContext(ctx).IsApplicant() {
		return "/my/security"
	}
	return "/account/security"
}

// securityPage is all about one's own account: what is proven, by what one
// signs in, and who did.
func (m *Module) securityPage(w http.ResponseWriter, r *http.Request) error {
	return m.showSecurity(w, r, http.StatusOK, web.NewForm(nil))
}

func (m *Module) showSecurity(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	ctx := r.Context()
	p := securityPage{form: form, actor: identity.FromContext(ctx), now: m.now(ctx), here: m.keys.site != nil, local: m.elsewhere(r), fresh: m.Identity.IsFresh(r), told: m.Identity.TellsOfDevices(identity.FromContext(ctx))}
	if p.actor.IsApplicant() {
		who, err := m.Identity.Person(ctx, p.actor.Account)
		if err != nil {
			return err
		}
		p.phone = gb.MaskPhone(who.Phone)
		if p.proofs, err = m.Identity.Proofs(ctx, p.actor.Account); err != nil {
			return err
		}
		if p.actor.Level < identity.LevelPresence {
			p.nextLevel = p.actor.Level + 1
		}
	}
	var err error
	if p.keys, err = m.Passkeys(ctx, p.actor.Account); err != nil {
		return err
	}
	if p.totp, err = m.HasTOTP(ctx, p.actor.Account); err != nil {
		return err
	}
	if p.recovery, err = m.recoveryLeft(ctx, p.actor.Account); err != nil {
		return err
	}
	if p.logins, err = m.Identity.SignIns(ctx, shownSignIns); err != nil {
		return err
	}
	if p.devices, err = m.Identity.Devices(r); err != nil {
		return err
	}
	return web.Render(w, r, status, securityView(p))
}

// endSessions ends the sign-ins elsewhere and keeps this one.
func (m *Module) endSessions(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := m.Identity.EndSessions(ctx); err != nil {
		return err
	}
	if err := m.Identity.Resume(r); err != nil {
		return err
	}
	web.Flash(r, "success", "其他设备上的登录已全部退出，这台设备仍然登录着。")
	return web.Redirect(w, r, securityURL(ctx))
}

// deviceRemove signs another device out and forgets it.
func (m *Module) deviceRemove(w http.ResponseWriter, r *http.Request) error {
	if err := m.Identity.RemoveDevice(r, r.PathValue("id")); err != nil {
		return err
	}
	web.Flash(r, "success", "这台设备已退出并移除。以后再用它登录，会像新设备一样告诉您。")
	return web.Redirect(w, r, securityURL(r.Context())+"#devices")
}

// deviceLife is when a device signed in and from where.
func deviceLife(d identity.Device) string {
	text := ui.DateTime(d.FirstAt) + "首次登录"
	if d.SeenAt.After(d.FirstAt) {
		text += "，上次" + ui.DateTime(d.SeenAt)
	}
	return text + "，网络地址" + d.Address
}

func (p securityPage) face() ui.Face {
	if p.actor.IsApplicant() {
		return ui.Citizen
	}
	return ui.Staff
}

func (p securityPage) crumbs() []ui.Crumb {
	if p.actor.IsApplicant() {
		return []ui.Crumb{{Label: "首页", URL: "/"}, {Label: "我的", URL: "/my"}, {Label: "账号安全"}}
	}
	return []ui.Crumb{{Label: "账号安全"}}
}

// proofRow is a proof in words.
func (p securityPage) proofRow(x identity.Proof) string {
	if !x.Holds(p.now) {
		return ui.DateTime(x.At) + "核验，已于" + ui.Date(x.Until) + "到期"
	}
	return ui.DateTime(x.At) + "核验，" + ui.Date(x.Until) + "前有效"
}

var loginWords = map[string]string{"password": "密码", "sms": "手机验证码", "passkey": "通行密钥", "scan": "扫码", "totp": "密码和动态口令", "demo": "演示一键登录", "face": "刷脸"}

func loginWord(method string) string { return orElse(loginWords[method], method) }

func loginResult(result string) string {
	if result == "ok" {
		return "成功"
	}
	return "没有成功"
}

// keyLife is since when a key is there and when it was used.
func keyLife(k Passkey) string {
	text := ui.Date(k.CreatedAt) + "设置"
	if k.UsedAt != nil {
		text += "，上次使用" + ui.DateTime(*k.UsedAt)
	}
	return text
}
