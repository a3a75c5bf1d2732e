package app_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"log/slog"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/pquerna/otp/totp"

	"yimen/internal/app"
	"yimen/internal/app/apptest"
	"yimen/internal/assurance"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/webtest"
)

const (
	tellName, tellNumber, tellPhone = "盘小妹", "440232196411040017", "13812345678"
	tellPassword                    = "Yimen-2026"
)

// told is the program with one person who wants to hear what happens to their
// account: what they get is read where they read it, in the box and on the
// page of the demo that shows what left by SMS.
type told struct {
	*app.App
	t      *testing.T
	clock  *clock.Fake
	system context.Context
	me     string // account
}

func newTold(t *testing.T, d *db.DB) *told {
	t.Helper()
	dir := t.TempDir()
	w := &told{t: t, clock: clock.NewFake(apptest.Start), system: identity.With(context.Background(), identity.System("test"))}
	var err error
	w.App, err = app.Open(context.Background(), app.Settings{Database: d.URL(), Files: "file://" + filepath.ToSlash(dir), FilesKey: filepath.Join(dir, "files.key"),
		MakeKey: true, Demo: true, FewSeals: true, BaseURL: "https://yimen.test", Clock: w.clock, Log: slog.New(slog.DiscardHandler)})
	w.must(err)
	t.Cleanup(func() { _ = w.Close() })
	w.must(w.Migrate(w.system))
	w.must(assurance.SampleRegister{DB: w.DB}.Load(w.system, []assurance.Resident{{Name: tellName, IDNo: tellNumber}}))
	w.me, err = w.Identity.CreateAccount(w.system, identity.NewAccount{Name: "villager", Kind: identity.KindPerson, DisplayName: tellName, IDType: "111",
		IDNo: tellNumber, Phone: tellPhone, Password: tellPassword})
	w.must(err)
	return w
}

func (w *told) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *told) signIn(account, password, agent string) *webtest.Client {
	w.t.Helper()
	c := webtest.New(w.t, w.Router).NoRedirect().With("User-Agent", agent)
	c.PostForm("/login", url.Values{"account": {account}, "password": {password}}).Status(303)
	return c
}

// TestWhatHappensToAnAccountIsTold does everything that opens an account in
// another way, over the pages, and reads what its owner gets of it.
func TestWhatHappensToAnAccountIsTold(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		w := newTold(t, d)
		c := w.signIn("villager", tellPassword, "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0")
		said := func(want ...string) {
			t.Helper()
			w.must(w.Queue.Drain(w.system))
			box := c.Get("/my/messages").Status(200)
			out := webtest.New(t, w.Router).Get("/demo/outbox").Status(200)
			for _, text := range want {
				box.Must(text)
				out.Must(text)
			}
		}
		w.must(w.Queue.Drain(w.system))
		c.Get("/my/messages").MustNot("账号有变动", "新设备")

		c.PostForm("/account/password", url.Values{"old": {tellPassword}, "new": {"Yimen-2027"}, "again": {"Yimen-2027"}}).Status(303)
		said("修改了密码")

		secret := webtest.TextOf(c.Get("/account/security/totp").Status(200).Find(".as-secret")[0])
		code := func() url.Values {
			now, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), w.clock.Now())
			w.must(err)
			return url.Values{"code": {now}}
		}
		c.PostForm("/account/security/totp", code()).Status(200)
		said("启用了动态口令")
		w.clock.Advance(time.Minute)
		c.PostForm("/account/security/totp/remove", code()).Status(303)
		said("停用了动态口令")

		w.makePasskey(c)
		said("添加了通行密钥")
		gone := c.Get("/my/security").Find("#passkeys form")
		c.PostForm(webtest.Attr(gone[0], "action"), nil).Status(303)
		said("删除了通行密钥")

		c.PostForm("/verify/register", url.Values{"name": {tellName}, "id_no": {tellNumber}, "next": {"/"}}).Status(303)
		said("把实名等级升为中级（姓名和证件号码核验）")

		ctx := w.as("villager")
		w.must(w.Messages.ProvePhone(ctx, "13900001111"))
		w.must(w.Queue.Drain(w.system))
		sent := regexp.MustCompile(`验证码(\d{6})`).FindStringSubmatch(webtest.New(t, w.Router).Get("/demo/outbox").Text())
		w.must(w.Messages.ConfirmPhone(ctx, sent[1]))
		said("联系手机号已改成139****1111")

		c.PostForm("/my/data/close", url.Values{"sure": {"1"}}).Status(303)
		said("12月4日")
		c.PostForm("/my/data/close/withdraw", nil).Status(303)
		said("已撤回")
		w.must(second(w.Identity.AskClosing(w.as("villager"))))
		w.clock.Advance(17 * 24 * time.Hour)
		w.must(w.Identity.Sweep(w.system))
		w.must(w.Queue.Drain(w.system))
		webtest.New(t, w.Router).Get("/demo/outbox").Must("您的账号已经注销")
	})
}

// TestASignInFromANewDeviceIsTold: the first of an account is not, one known is
// not, a second of the same kind on one day is not told twice; the notice names
// time, kind and part of the address, never the whole.
func TestASignInFromANewDeviceIsTold(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		w := newTold(t, d)
		const windows, android = "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0", "Mozilla/5.0 (Linux; Android 14) Chrome/120.0 MicroMessenger/8.0"
		notices := func(account string) (texts []string) {
			t.Helper()
			w.must(w.Queue.Drain(w.system))
			w.must(w.DB.Conn(w.system).Select(w.system, &texts, `SELECT text FROM messages_message WHERE account = $1 AND template LIKE 'account.new_device%' ORDER BY id`, account))
			return texts
		}
		first := w.signIn("villager", tellPassword, windows)
		first.PostForm("/logout", nil)
		first.PostForm("/login", url.Values{"account": {"villager"}, "password": {tellPassword}}).Status(303)
		if got := notices(w.me); len(got) != 0 {
			t.Fatalf("told of the first device: %q", got)
		}
		w.signIn("villager", tellPassword, android)
		w.signIn("villager", tellPassword, android) // the cookie is gone: the same words again
		got := notices(w.me)
		if len(got) != 1 || !strings.Contains(got[0], "2026年11月18日 10:00") || !strings.Contains(got[0], "安卓手机，微信，网络地址192.0.*.*") || strings.Contains(got[0], "192.0.2.1") {
			t.Errorf("told: %q", got)
		}
		first.Get("/my/messages").Status(200).Must("您的账号在一台新设备上登录了")
		webtest.New(t, w.Router).Get("/demo/outbox").Status(200).Must("在新设备登录：安卓手机，微信")
		w.clock.Advance(24 * time.Hour)
		w.signIn("villager", tellPassword, android)
		if got := notices(w.me); len(got) != 2 {
			t.Errorf("told %d times", len(got))
		}

		const staffPassword = "Dating-2026-x"
		staff, err := w.Identity.CreateAccount(w.system, identity.NewAccount{Name: "wang", Kind: identity.KindStaff, DisplayName: "王小川", Password: staffPassword})
		w.must(err)
		w.signIn("wang", staffPassword, windows)
		w.signIn("wang", staffPassword, android)
		if got := notices(staff); len(got) != 1 {
			t.Errorf("staff told: %q", got)
		}
		w.Identity.Rules.StaffDevices = false
		w.signIn("wang", staffPassword, "Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0")
		if got := notices(staff); len(got) != 1 {
			t.Errorf("staff told although their city says otherwise: %q", got)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func (w *told) as(account string) context.Context {
	w.t.Helper()
	a, err := w.Identity.Actor(w.system, account)
	w.must(err)
	return identity.With(context.Background(), a)
}

// makePasskey is what a browser and its key do: a new pair of keys, shown by a
// registration without attestation (WebAuthn level 2, 6.5 and 7.1).
func (w *told) makePasskey(c *webtest.Client) {
	w.t.Helper()
	var asked struct {
		Challenge string `json:"challenge"`
	}
	c.PostForm("/account/security/passkeys/begin", nil).Status(200).Decode(&asked)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	w.must(err)
	public, err := key.PublicKey.Bytes()
	w.must(err)
	cose, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: public[1:33], -3: public[33:]})
	w.must(err)
	id, site := []byte(rand.Text()), sha256.Sum256([]byte("yimen.test"))
	var data bytes.Buffer
	data.Write(site[:])
	data.WriteByte(0x45) // present, verified, a credential follows
	data.Write(make([]byte, 4+16))
	w.must(binary.Write(&data, binary.BigEndian, uint16(len(id))))
	data.Write(id)
	data.Write(cose)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data.Bytes()})
	w.must(err)
	client, err := json.Marshal(map[string]any{"type": "webauthn.create", "challenge": asked.Challenge, "origin": "https://yimen.test"})
	w.must(err)
	raw := base64.RawURLEncoding.EncodeToString
	answer := map[string]any{"id": raw(id), "rawId": raw(id), "type": "public-key",
		"response": map[string]any{"attestationObject": raw(object), "clientDataJSON": raw(client)}}
	c.JSON("POST", "/account/security/passkeys", map[string]any{"name": "测试手机", "credential": answer}).Status(200).Must("/my/security")
}
