package identity_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
)

// TestWhatOpensAnAccountAsksAgain: ten minutes after the sign-in the owner shows
// once more that it is they; ending other sessions makes nobody fresher.
func TestWhatOpensAnAccountAsksAgain(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		if _, err := w.CreateAccount(asSystem, citizen); err != nil {
			t.Fatal(err)
		}
		c := w.siteWith(t, func(rt *web.Router) {
			rt.Get("/key", identity.SignedIn().And(w.MustBeFresh()), func(rw http.ResponseWriter, _ *http.Request) error {
				_, err := rw.Write([]byte("the key"))
				return err
			})
			rt.Post("/end", identity.SignedIn(), func(rw http.ResponseWriter, r *http.Request) error {
				if err := errors.Join(w.EndSessions(r.Context()), w.Resume(r)); err != nil {
					return err
				}
				return web.Redirect(rw, r, "/me")
			})
		})
		c.NoRedirect().Get("/key").Status(303).Location("/login?next=%2Fkey")
		signIn(c, citizen.Name, password, "/key").Status(303)
		c.Get("/key").Status(200).Must("the key")
		w.clock.Advance(10*time.Minute + time.Second)
		asked := "/account/confirm?next=%2Fkey"
		c.NoRedirect().Get("/key").Status(303).Location(asked)
		c.PostForm("/end", nil)
		c.NoRedirect().Get("/key").Status(303).Location(asked)
		c.Get(asked).Status(200).Must("再确认一次")
		for _, wrong := range []string{"", "Wrong-2026-Yao"} {
			c.PostForm("/account/confirm", url.Values{"password": {wrong}, "next": {"/key"}}).Status(422)
		}
		c.NoRedirect().Get("/key").Status(303)
		before := c.Cookie("yimen_session")
		c.NoRedirect().PostForm("/account/confirm", url.Values{"password": {password}, "next": {"//evil.example"}}).Status(303).Location("/")
		if c.Cookie("yimen_session") == before {
			t.Error("the session has the token of before")
		}
		c.Get("/key").Status(200).Must("the key")
	})
}

// TestABrowserIsFoundAmongMany: everybody has one, so no sign-in looks at all of them.
func TestABrowserIsFoundAmongMany(t *testing.T) {
	d := dbtest.Open(t, sources)
	w := newWorld(d)
	who, err := w.CreateAccount(asSystem, citizen)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a new one, and one seen before
		plans := dbtest.Plans(t, d, "identity_device", func(ctx context.Context) {
			if err := d.InTx(ctx, func(ctx context.Context) error {
				_, err := identity.MeetDevice(w.Module, ctx, identity.Actor{Account: who}, "token", "Firefox", "10.0.0.0")
				return err
			}); err != nil {
				t.Fatal(err)
			}
		})
		for _, p := range plans {
			if strings.HasPrefix(p, "SCAN") {
				t.Errorf("found by %q", p)
			}
		}
	}
}

// TestAFirstPasswordRunsOut: the slip opens nothing after its hours, and only who
// has it learns why.
func TestAFirstPasswordRunsOut(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		w.staff(t, "clerk-a", everywhere("window_clerk"))
		paper := identity.Document{Name: "盘阿婆", IDType: "111", IDNo: "440232196411040017", Method: identity.ByCard}
		s, err := w.OpenAccount(w.as(t, "clerk-a"), identity.Opening{Document: paper})
		if err != nil {
			t.Fatal(err)
		}
		c := w.site(t)
		w.clock.Advance(72*time.Hour - time.Minute)
		signIn(c, s.Login, s.Password, "/me").Status(303)
		c.PostForm("/logout", nil)
		w.clock.Advance(2 * time.Minute)
		signIn(c, s.Login, s.Password, "/me").Status(422).Must("72小时", "重新领取")
		signIn(c, s.Login, "Wrong-2026-Yao", "/me").Status(422).Must("账号或密码不正确").MustNot("72小时")
		again, err := w.ReissueFirst(w.as(t, "clerk-a"), s.Account, paper)
		if err != nil {
			t.Fatal(err)
		}
		signIn(c, again.Login, again.Password, "/me").Status(303)
	})
}

func TestRulesOfSlipsAndClosing(t *testing.T) {
	for name, change := range map[string]func(*identity.Rules){
		"a slip for ever": func(r *identity.Rules) { r.FirstFor = 200 * time.Hour }, "no slip": func(r *identity.Rules) { r.FirstFor = 0 },
		"five months of logs": func(r *identity.Rules) { r.LogDays = 179 }, "sixteen days": func(r *identity.Rules) { r.CloseDays = 16 }, "no day": func(r *identity.Rules) { r.CloseDays = 0 },
	} {
		r := identity.DefaultRules()
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
		if change(&r); r.Check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
