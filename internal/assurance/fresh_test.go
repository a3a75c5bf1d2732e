package assurance

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/webtest"
)

// TestKeysAreNotChangedFromAnOldSession: whoever finds a screen left open adds no
// key to the account, sees no secret and removes nothing: ten minutes after the
// sign-in it asks again.
func TestKeysAreNotChangedFromAnOldSession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.in()
		c.Get("/account/security/totp").Status(200)
		c.PostForm("/account/security/passkeys/begin", nil).Status(200).Must("challenge")
		w.clock.Advance(10*time.Minute + time.Second)
		asksAgain := func(p *webtest.Page) {
			t.Helper()
			if to := p.Status(303).Header().Get("Location"); !strings.HasPrefix(to, "/account/confirm?next=") {
				t.Errorf("it leads to %q", to)
			}
		}
		asksAgain(c.Get("/account/security/totp"))
		for _, path := range []string{"/account/security/totp", "/account/security/totp/remove", "/account/security/passkeys/x/remove"} {
			asksAgain(c.PostForm(path, url.Values{"code": {"123456"}, "password": {password}}))
		}
		c.PostForm("/account/security/passkeys/begin", nil).MustNot("challenge")
		c.PostForm("/account/security/passkeys", url.Values{"credential": {"{}"}}).MustNot("next")
		var ways int
		w.must(w.DB.Conn(w.system).Get(w.system, &ways, `SELECT (SELECT COUNT(*) FROM assurance_passkey)
			+ (SELECT COUNT(*) FROM assurance_totp WHERE confirmed_at IS NOT NULL)`))
		if ways != 0 {
			t.Errorf("%d ways in were added", ways)
		}
	})
}
