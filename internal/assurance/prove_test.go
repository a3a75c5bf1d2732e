package assurance

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"yimen/internal/identity"
	"yimen/internal/kit/digest"
)

// TestStepUpAndBack: what needs a level leads to the ways there and, once it is
// proven, back to where one was.
func TestStepUpAndBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.in()
		c.Get("/high?q=1").Status(303).Location("/verify?level=2&next=%2Fhigh%3Fq%3D1")
		c.Get("/verify?level=2&next=/high?q=1").Status(200).Must("中级", "填姓名和身份证号码", "要准备", "用时", "到窗口核验", "银行卡核验", "本地还没有接通").MustNot("手机短信验证码")
		c.Get("/verify/register?level=2&next=/high").Status(200).Must("赵*兰").MustNot(number, name)
		for what, f := range map[string]url.Values{
			"a wrong digit":         {"name": {name}, "id_no": {"440232196503070025"}},
			"another name":          {"name": {"赵秀"}, "id_no": {number}},
			"another right person":  {"name": {"盘小妹"}, "id_no": {stranger}},
			"nobody the city knows": {"name": {name}, "id_no": {"11010519491231002X"}},
		} {
			page := c.PostForm("/verify/register", f).Status(422)
			page.Must("核对")
			if w.level() != 0 {
				t.Fatalf("%s proved", what)
			}
		}
		c.PostForm("/verify/register", url.Values{"name": {name}, "id_no": {number}, "level": {"2"}, "next": {"/high?q=1"}}).
			Status(303).Location("/verify?level=2&next=%2Fhigh%3Fq%3D1")
		c.Get("/verify?level=2&next=%2Fhigh%3Fq%3D1").Status(303).Location("/high?q=1")
		c.Get("/high?q=1").Status(200).Must("[villager 中级]")
		c.Get("/my/security").Status(200).Must("实名等级：中级", "姓名和证件号码核验", "密码，成功").MustNot(number, phone)
		for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`} {
			c.Get("/verify?level=1&next=" + url.QueryEscape(next)).Status(303).Location("/")
		}
	})
}

// TestTheRegisterIsNotAskedForever: five questions a day.
func TestTheRegisterIsNotAskedForever(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.in()
		for range registerTries {
			c.PostForm("/verify/register", url.Values{"name": {"盘小妹"}, "id_no": {number}}).Status(422)
		}
		c.PostForm("/verify/register", url.Values{"name": {name}, "id_no": {number}}).Status(429).Must("次数已经用完")
		if w.register.n != registerTries || w.level() != 0 {
			t.Errorf("asked %d times, level %d", w.register.n, w.level())
		}
	})
}

func TestProvePhone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.in()
		c.Get("/verify/phone?level=1&next=/").Status(200).Must("138****5678")
		c.PostForm("/verify/phone", url.Values{"level": {"1"}, "next": {"/"}}).Status(303)
		var sessions []string
		if err := w.DB.Conn(w.system).Select(w.system, &sessions, `SELECT data FROM web_session`); err != nil || len(sessions) == 0 {
			t.Fatal(sessions, err)
		}
		if s := strings.Join(sessions, "\n"); strings.Contains(s, phone) {
			t.Errorf("a session can be read: %s", s)
		}
		c.PostForm("/verify/phone/code", url.Values{"code": {w.code(phone)}, "level": {"1"}, "next": {"/"}}).Status(303)
		if w.level() != identity.LevelPhone {
			t.Errorf("level %d", w.level())
		}
		w.browser().Get("/verify").Status(303).Location("/login?next=%2Fverify")
	})
}

// TestRegister: telephone, name and number, password; level 2 and signed in. A
// number with an account and one the register does not know get the same words
// after the same hashes, and change nothing.
func TestRegister(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		begin := func(number string) func(url.Values) *pageAt {
			c := w.browser()
			c.Get("/register/person").Status(303) // not without a telephone
			c.PostForm("/register", url.Values{"phone": {number}, "next": {"/high"}}).Status(303)
			c.PostForm("/register/code", url.Values{"code": {w.code(number)}, "next": {"/high"}}).Status(303).Location("/register/person?next=%2Fhigh")
			c.Get("/register/person?next=/high").Status(200).Must("姓名")
			return func(f url.Values) *pageAt {
				before := w.id.Hashes()
				return &pageAt{c.PostForm("/register/person", f), w.id.Hashes() - before}
			}
		}
		form := func(name, idNo string) url.Values {
			return url.Values{"name": {name}, "id_no": {idNo}, "with": {"password"}, "password": {"Abcdef-12"}, "again": {"Abcdef-12"}, "next": {"/high"}, "terms": {"1"}}
		}
		send := begin(other)
		weak := form("盘小妹", stranger)
		weak.Set("password", "abc")
		weak.Set("again", "abc")
		send(weak).page.Status(422).Must("密码至少8位")
		old := form(name, number) // an old text is refused alike, whoever it is
		old.Set("terms", "7")
		send(old).page.Status(409).Must("服务条款已经更新")
		old.Set("name", "盘小妹")
		send(old).page.Status(409)
		taken, wrong := send(form(name, number)), send(form("李四光", number))
		taken.page.Status(422)
		wrong.page.Status(422)
		if a, b := alertOf(taken.page), alertOf(wrong.page); a != b || a == "" || taken.hashes != wrong.hashes {
			t.Errorf("taken (%d hashes): %s\nwrong (%d hashes): %s", taken.hashes, a, wrong.hashes, b)
		}
		done := send(form("盘小妹", stranger)).page.Status(303).Location("/high")
		_ = done
		var agreed int
		w.must(w.DB.Conn(w.system).Get(w.system, &agreed, `SELECT COUNT(*) FROM identity_consent WHERE kind = 'terms' AND version = 1 AND channel = 'web'`))
		if agreed != 1 {
			t.Errorf("%d agreed to the terms", agreed)
		}
		account, err := w.id.AccountOf(w.system, "111", stranger)
		w.must(err)
		if l, err := w.id.LevelOf(w.system, account); err != nil || l != identity.LevelRegister {
			t.Errorf("level %d, %v", l, err)
		}
		c := w.browser()
		c.PostForm("/login", url.Values{"account": {other}, "password": {"Abcdef-12"}, "next": {"/high"}}).Status(303).Location("/high")
		if got, err := w.id.AccountOf(w.system, "111", number); err != nil || got != w.villager {
			t.Errorf("the villager's number is %s's", got)
		}
	})
}

// TestSecondFactor: after the password the code; a step's code is taken once,
// a phone one step off is right, one two steps off is not; a recovery code
// works once; five wrong ones wait.
func TestSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.in()
		c.Get("/account/security/totp").Status(200).Must("身份验证器")
		row, _, err := w.totpOf(w.system, w.villager)
		w.must(err)
		at := func(off time.Duration) url.Values {
			code, err := totp.GenerateCode(row.Secret, w.clock.Now().Add(off))
			w.must(err)
			return url.Values{"code": {code}}
		}
		page := c.PostForm("/account/security/totp", at(0)).Status(200).Must("只显示这一次")
		recovery := page.Find(".as-codes code")
		if len(recovery) != recoveryCodes {
			t.Fatalf("%d recovery codes", len(recovery))
		}
		owe := func() *clientOf {
			c := w.browser()
			c.PostForm("/login", url.Values{"account": {"villager"}, "password": {password}, "next": {"//evil.example"}}).Status(303).Location("/login/second")
			c.Get("/").Must("[ 未认证]")
			return &clientOf{c}
		}
		b := owe()
		b.PostForm("/login/second", at(0)).Status(422).Must("已经用过") // the code that set it up
		w.clock.Advance(2 * totpStep)
		b.PostForm("/login/second", at(2*totpStep)).Status(422)
		b.PostForm("/login/second", at(totpStep)).Status(303).Location("/")
		b.Get("/").Must("[villager")
		b = owe()
		b.PostForm("/login/second", at(totpStep)).Status(422) // replayed
		b.PostForm("/login/second", at(0)).Status(422)        // an older one still
		w.clock.Advance(totpWindow)
		b = owe()
		code := url.Values{"code": {textOf(recovery[0])}}
		b.PostForm("/login/second", code).Status(303)
		b = owe()
		b.PostForm("/login/second", code).Status(422)
		for range totpTries - 1 {
			b.PostForm("/login/second", url.Values{"code": {"000000"}}).Status(422)
		}
		b.PostForm("/login/second", at(0)).Status(429).Must("15分钟")
		w.clock.Advance(totpWindow)
		b.PostForm("/login/second", at(0)).Status(303).Location("/login") // the password was too long ago
	})
}

// TestAdministratorsNeedAnApp: without one they set it up before they are in.
func TestAdministratorsNeedAnApp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.id.CreateAccount(w.system, identity.NewAccount{Name: "root", Kind: identity.KindStaff, DisplayName: "管理员", Password: "Yimen-2026-long",
			Roles: []identity.RoleAt{{Role: "system_admin", At: identity.Reach{Everywhere: true}}}})
		w.must(err)
		w.AdminsNeedTOTP = true
		c := w.browser()
		c.PostForm("/login", url.Values{"account": {"root"}, "password": {"Yimen-2026-long"}}).Status(303).Location("/login/second")
		c.Get("/login/second").Status(200).Must("二维码")
		c.Get("/account/security").Status(303)
		w.in() // a villager is not asked
	})
}

// TestScan: the first phone has the code, its yes signs the waiting browser in
// once; the QR code alone opens nothing.
func TestScan(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.id.CreateAccount(w.system, identity.NewAccount{Name: "thief", Kind: identity.KindPerson, DisplayName: "贼", Password: password})
		w.must(err)
		thief := w.browser()
		thief.PostForm("/login", url.Values{"account": {"thief"}, "password": {password}}).Status(303)
		pc, mobile := w.browser(), w.in()
		show := func() string {
			pc.Get("/login/scan?next=/high").Status(200).Must("等待扫码")
			var id string
			code, err := w.beginScan(w.system, "another", "a", "b", "/")
			w.must(err)
			_ = code
			w.must(w.DB.Conn(w.system).Get(w.system, &id, `SELECT id FROM assurance_scan WHERE browser <> $1`, digest.Of("scan browser", "another")))
			return id
		}
		show()
		// What stands in the QR code is kept as a hash: the test makes a code of its own.
		code := "test-code"
		_, err = w.DB.Conn(w.system).Exec(w.system, `UPDATE assurance_scan SET id = $1 WHERE next = '/high'`, digest.Of("scan", code))
		w.must(err)
		w.browser().Get("/scan/" + code).Status(303) // nobody
		mobile.Get("/scan/"+code).Status(200).Must("网络地址", "确认登录")
		thief.Get("/scan/" + code).Status(409).Must("别的账号")
		thief.PostForm("/scan/"+code, url.Values{"say": {"yes"}}).Status(409)
		pc.PostForm("/login/scan/state", nil).Status(200).Must("已扫码")
		mobile.PostForm("/scan/"+code, url.Values{"say": {"yes"}}).Status(303)
		mobile.PostForm("/scan/"+code, url.Values{"say": {"no"}}).Status(409)
		w.browser().PostForm("/login/scan/state", nil).Status(200).Must("失效") // without the waiting browser's secret
		pc.PostForm("/login/scan/state", nil).Status(303).Location("/high")
		pc.Get("/").Must("[villager")
		w.browser().PostForm("/login/scan/state", nil).Status(200).Must("失效")

		pc = w.browser()
		pc.Get("/login/scan").Status(200)
		w.clock.Advance(scanLives + time.Second)
		pc.PostForm("/login/scan/state", nil).Status(200).Must("二维码已失效")
		mobile.Get("/scan/" + code).Status(200).Must("已经处理过")
	})
}

// TestSessionsElsewhereEnd: this browser stays, the others are out.
func TestSessionsElsewhereEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c, lost := w.in(), w.in()
		c.PostForm("/account/security/sessions/end", nil).Status(303).Location("/my/security")
		c.Get("/my/security").Status(200)
		lost.Get("/my/security").Status(303)
	})
}

// TestPasskeysKnowTheSite: by its domain; a bare address has none, a loopback
// one is called localhost.
func TestPasskeysKnowTheSite(t *testing.T) {
	for base, want := range map[string][2]string{"https://zwfw.sg.example": {"zwfw.sg.example", ""}, "http://127.0.0.1:8080": {"localhost", "http://localhost:8080"},
		"http://10.1.2.3": {"", ""}, "": {"", ""}} {
		k, err := newPasskeys(base)
		if err != nil {
			t.Fatal(err)
		}
		id := ""
		if k.site != nil {
			id = k.site.Config.RPID
		}
		if id != want[0] || k.local != want[1] {
			t.Errorf("%s: %s, %s", base, id, k.local)
		}
	}
}

// TestPasskeyAnswers: a question is answered once and in time, and what is no
// answer tells nothing.
func TestPasskeyAnswers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.browser()
		c.Get("/login/passkey").Status(200).Must("通行密钥")
		bad := map[string]any{"credential": map[string]string{"id": "x"}}
		c.JSON("POST", "/login/passkey", bad).Status(422).Must("等待时间过长") // never asked
		c.JSON("POST", "/login/passkey/begin", nil).Status(200).Must("challenge")
		c.JSON("POST", "/login/passkey", bad).Status(422).Must("没有认出")
		c.JSON("POST", "/login/passkey", bad).Status(422).Must("等待时间过长") // the question is used up
		c.JSON("POST", "/account/security/passkeys/begin", nil).Status(303)
	})
}
