package browser_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	cityorg "yimen/city/org"
	"yimen/internal/kit/web/ui"
	"yimen/internal/kit/webtest/browser"
)

// look keeps the page, asks axe about it and looks at what it says of itself.
func (v *visitor) look(name string) *visitor {
	v.t.Helper()
	v.head(v.t)
	v.Keep(name).Axe(v.t)
	return v
}

// hasKeys gives the visitor's device a face or finger of its own: a virtual
// authenticator that always finds its owner.
func (v *visitor) hasKeys() {
	v.t.Helper()
	_, err := chromedp.Call(v.Context(), webauthn.Enable, webauthn.EnableParams{})
	must(v.t, err)
	_, err = chromedp.Call(v.Context(), webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true,
		HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	must(v.t, err)
}

var sixDigits = regexp.MustCompile(`验证码(\d{6})`)

// texted waits for the code that the sample city would have sent to a phone.
func (v *visitor) texted(phone string) string {
	v.t.Helper()
	for until := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		v.Open("/demo/outbox?channel=sms")
		said := browser.Eval[string](v.Browser, `(Array.from(document.querySelectorAll(".ms-outbox li")).find(x =>
			x.innerText.includes(`+quote(phone[:3])+`) && x.innerText.includes(`+quote(phone[7:])+`)) || {innerText: ""}).innerText`)
		if found := sixDigits.FindStringSubmatch(said); found != nil {
			return found[1]
		}
		if time.Now().After(until) {
			v.t.Fatalf("no code reaches %s\n%s", phone, v.Excerpt())
		}
	}
}

// signOut signs out by the menu.
func (v *visitor) signOut() {
	v.t.Helper()
	v.tick(`document.querySelector(".ym-user summary")`, "菜单")
	v.Click("退出登录")
}

// scanned reads the QR code of the page: it is drawn for the address that is
// written below it.
func (v *visitor) scanned() string {
	v.t.Helper()
	address := browser.Eval[string](v.Browser, `document.querySelector("#scan-address").innerText`)
	var drawn strings.Builder
	must(v.t, ui.QR(address).Render(context.Background(), &drawn))
	if d := browser.Eval[string](v.Browser, `document.querySelector(".as-scan svg path").getAttribute("d")`); !strings.Contains(drawn.String(), `d="`+d+`"`) {
		v.t.Errorf("the QR code does not say %s", address)
	}
	return address
}

// TestOneIdentity is issue 5 as somebody lives it: a new resident registers with a phone, proves name and number, proves
// the face, makes a passkey and signs in by it, binds the company they lead, and opens a PC and a department's system with
// the phone; the second half in the elder version.
func TestOneIdentity(t *testing.T) {
	c := theCity()
	who, err := cityorg.Newcomer()
	must(t, err)
	camera := newFilm(t, c, "f")
	phone := arrive(t, c, browser.New(t, camera.switches()...))
	phone.hasKeys()
	pc := phone.beside()
	phone.screen(sizes[0])

	const number, password = "13712340001", "Xin-Zhai-2026"
	phone.Open("/login").Click("还没有账号，现在注册").Fill("phone", number).look("register").Click("获取验证码").look("register-code")
	phone.Fill("code", pc.texted(number)).Click("下一步").look("register-person")
	phone.Fill("name", who.DisplayName).Fill("id_no", who.IDNo).Fill("password", password).Fill("again", password).
		Click("完成注册").Says("注册成功", "中级")

	phone.Open("/my/security").look("security").Fill("key_name", "我的手机").Click("添加通行密钥").Says("通行密钥已设置", "我的手机")
	secret := browser.Eval[string](phone.Open("/account/security/totp").look("totp").Browser, `document.querySelector("code.as-secret").innerText`)
	code, err := totp.GenerateCode(secret, time.Now())
	must(t, err)
	spare := browser.Eval[string](phone.Fill("code", code).Click("确定").look("recovery").Browser, `document.querySelector(".as-codes code").innerText`)

	phone.Open("/verify?level=3&next=/my/company/bind").look("verify").Click("人脸核验").filmed(camera)
	phone.Says("核验通过").look("face").Click("继续")
	firm, err := cityorg.CompanyOf(cityorg.NewcomerNo)
	must(t, err)
	phone.Fill("name", firm.Name).Fill("uscc", firm.USCC).Fill("legal_name", firm.LegalName).Fill("legal_id_no", firm.LegalIDNo).
		Click("核对并绑定").Says("已绑定")

	phone.signOut()
	phone.Open("/elder?next=/login").look("elder-login").LogIn(number, password, "/my").Says("动态口令").look("elder-second")
	phone.Fill("code", spare).Click("确定").Says(who.DisplayName)
	phone.signOut()
	phone.Open("/login/passkey?next=/my/security").look("elder-passkey").Click("用通行密钥登录").
		Says("账号安全", "通行密钥，成功").look("elder-security")

	pc.Open("/login").Click("手机验证码登录").Fill("phone", "13712340003").Click("获取验证码").look("login-code")
	pc.Open("/login").Click("用已登录的手机扫码登录").look("scan")
	phone.Go(pc.scanned())
	phone.look("elder-scanned").Click("是我，确认登录").Says("已确认")
	pc.until(`document.querySelector("main h1") && !document.querySelector("#scan-state")`)
	pc.Says(who.DisplayName)

	pc.Open("/demo/client").look("department").Click("用统一身份登录").Says("同意后，它将得到").look("consent").Click("同意授权")
	pc.until(`location.pathname === "/demo/client"`)
	pc.Says("您好，"+who.DisplayName, firm.USCC, "urn:yimen:level:3").look("department-knows").Click("刷新令牌").Says("刷新过1次")
	pc.Click("退出登录").Says("也退出了一门")

	phone.Open("/verify/phone").look("elder-phone").Fill("phone", "13712340002").Click("获取验证码").look("elder-phone-code")
	phone.Fill("code", phone.beside().texted("13712340002")).Click("下一步").Says("手机号已核验")
	list, err := c.Identity.AccountsByPhone(c.System, "13712340002")
	if err != nil || len(list) != 1 || list[0].IDNo != who.IDNo {
		t.Errorf("the new telephone is of %+v, %v", list, err)
	}
	phone.Calm(t)
	pc.Calm(t)
}
