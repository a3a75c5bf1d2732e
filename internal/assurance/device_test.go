package assurance

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/webtest"
)

const (
	onAndroid = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0"
	onWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
)

func (w *world) signInOn(c *webtest.Client) {
	w.t.Helper()
	c.PostForm("/login", url.Values{"account": {"villager"}, "password": {password}}).Status(303)
}

// TestDevicesSeenBeforeAreKnownAgain: one row a browser however often it signs
// in; a list of them with the one that asks marked.
func TestDevicesSeenBeforeAreKnownAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		phone, desk := w.browser().With("User-Agent", onAndroid), w.browser().With("User-Agent", onWindows)
		w.signInOn(phone)
		phone.PostForm("/logout", nil)
		w.clock.Advance(48 * time.Hour)
		w.signInOn(phone)
		w.signInOn(desk)
		p := desk.Get("/my/security").Status(200)
		rows := p.Find("#devices li")
		if len(rows) != 2 {
			t.Fatalf("%d devices", len(rows))
		}
		here, other := textOf(rows[0]), textOf(rows[1])
		if !strings.Contains(here, "Windows电脑，Chrome浏览器") || !strings.Contains(here, "这台设备") || strings.Contains(here, "移除") {
			t.Errorf("here: %s", here)
		}
		if !strings.Contains(other, "安卓手机，微信") || strings.Contains(other, "这台设备") || !strings.Contains(other, "192.0.*.*") {
			t.Errorf("the other: %s", other)
		}
		for _, secret := range []string{"192.0.2.1，", "地址192.0.2.1</"} {
			if strings.Contains(here+other, secret) {
				t.Errorf("the whole address stands there: %s", secret)
			}
		}
	})
}

// TestARemovedDeviceIsSignedOut: at once, alone, and what was built on its
// session ends; nobody removes the one they sit at, nor somebody else's.
func TestARemovedDeviceIsSignedOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		phone, tablet, desk := w.browser().With("User-Agent", onAndroid), w.browser(), w.browser().With("User-Agent", onWindows)
		w.signInOn(phone)
		w.signInOn(tablet)
		w.signInOn(desk)
		removeURL := func(of *webtest.Client, mark string) string {
			for _, li := range of.Get("/my/security").Find("#devices li") {
				if strings.Contains(textOf(li), mark) {
					return webtest.Attr(webtest.Select(li, "form")[0], "action")
				}
			}
			t.Fatalf("no device %s", mark)
			return ""
		}
		gone := removeURL(desk, "安卓手机")
		own := removeURL(phone, "Windows电脑")

		_, err := w.id.CreateAccount(w.system, identity.NewAccount{Name: "neighbour", Kind: identity.KindPerson, DisplayName: "盘小妹", IDType: "111", IDNo: stranger, Password: password})
		w.must(err)
		neighbour := w.browser()
		neighbour.PostForm("/login", url.Values{"account": {"neighbour"}, "password": {password}}).Status(303)
		neighbour.PostForm(gone, nil).Status(404)
		if to := w.browser().PostForm(gone, nil).Status(303).Header().Get("Location"); !strings.HasPrefix(to, "/login") {
			t.Errorf("nobody is led to %q", to)
		}
		desk.PostForm(own, nil).Status(409).Must("这就是您正在用的设备")

		desk.PostForm(gone, nil).Status(303).Location("/my/security#devices")
		phone.Get("/my/security").Status(303)
		tablet.Get("/my/security").Status(200)
		desk.Get("/my/security").Status(200)
		desk.PostForm(gone, nil).Status(404) // pressed twice in two tabs
		var noted int
		w.must(w.DB.Conn(w.system).Get(w.system, &noted, `SELECT COUNT(*) FROM audit_row WHERE action = 'account.remove_device'`))
		if noted != 1 {
			t.Errorf("%d rows in the audit", noted)
		}
	})
}

// TestACookieMadeUpIsNoDevice: what a browser sends as its token is taken only
// when it is one of ours by its form; another account's means nothing here.
func TestACookieMadeUpIsNoDevice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.browser()
		c.SetCookie("yimen_device", strings.Repeat("x", 4000))
		w.signInOn(c)
		if got := c.Cookie("yimen_device"); len(got) != 26 {
			t.Errorf("kept a token of %d characters", len(got))
		}
	})
}
