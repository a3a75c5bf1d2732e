package web_test

import (
	"net/http"
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/kit/webtest"
)

var morning = time.Date(2026, 9, 30, 1, 0, 0, 0, time.UTC)

// signIn is a small site with a session.
func signIn(d *db.DB, c clock.Clock) *web.Router {
	rt := web.NewRouter(web.Options{DB: d, Clock: c})
	rt.Get("/", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return say("hello "+web.Session(r).GetString("account"))(w, r)
	})
	rt.Post("/in", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		s := web.Session(r)
		s.Renew()
		s.Put("account", "clerk-1")
		s.Bind("clerk-1")
		web.Flash(r, "success", "已登录。")
		return web.Redirect(w, r, "/page")
	})
	rt.Post("/out", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		web.Session(r).Destroy()
		return web.Redirect(w, r, "/")
	})
	rt.Get("/page", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, 200, ui.Page(ui.PageOpts{Title: "工作台"}))
	})
	rt.Get("/mine", web.Guard{Name: "signed in", Check: func(r *http.Request) error {
		if web.Session(r).GetString("account") == "" {
			return errTestSignIn
		}
		return nil
	}}, say("mine"))
	return rt
}

func sessionRows(t *testing.T, d *db.DB) int {
	t.Helper()
	var n int
	if err := d.Conn(t.Context()).Get(t.Context(), &n, `SELECT COUNT(*) FROM web_session`); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSession(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		now := clock.NewFake(morning)
		c := webtest.New(t, signIn(d, now))

		page := c.Get("/").Status(200).Must("hello")
		if len(page.Header()["Set-Cookie"]) > 0 || sessionRows(t, d) > 0 {
			t.Fatal("a visitor who did nothing got a session")
		}
		c.PostForm("/in", nil).At("/page").Must("已登录。")
		c.Get("/page").MustNot("已登录。") // shown once
		first := c.Cookie("yimen_session")
		c.Get("/").Must("hello clerk-1")
		var stored, subject string
		if err := d.Conn(t.Context()).Get(t.Context(), &stored, `SELECT token FROM web_session`); err != nil {
			t.Fatal(err)
		}
		if stored == first {
			t.Error("the token is stored as it is")
		}
		if err := d.Conn(t.Context()).Get(t.Context(), &subject, `SELECT subject FROM web_session`); err != nil || subject != "clerk-1" {
			t.Errorf("subject is %q, %v", subject, err)
		}

		c.PostForm("/in", nil)
		if c.Cookie("yimen_session") == first {
			t.Error("signing in kept the token")
		}
		stale := webtest.New(t, signIn(d, now))
		stale.SetCookie("yimen_session", first)
		stale.Get("/").MustNot("clerk-1")

		c.PostForm("/out", nil).At("/").MustNot("clerk-1")
		if c.Cookie("yimen_session") != "" || sessionRows(t, d) != 0 {
			t.Error("signing out left the cookie or the row")
		}
	})
}

func TestSessionCookieIsGuarded(t *testing.T) {
	d := dbtest.Open(t, schema)
	rt := signIn(d, clock.NewFake(morning))
	cookie := func(c *webtest.Client) *http.Cookie {
		k, err := http.ParseSetCookie(c.NoRedirect().PostForm("/in", nil).Header().Get("Set-Cookie"))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	if k := cookie(webtest.New(t, rt)); !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Secure || k.MaxAge != 0 {
		t.Errorf("cookie is %s", k)
	}
	secure := web.NewRouter(web.Options{DB: d, Secure: true})
	secure.Post("/in", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		web.Session(r).Put("a", "b")
		return web.Redirect(w, r, "/")
	})
	if k := cookie(webtest.New(t, secure)); !k.Secure {
		t.Errorf("cookie is %s", k)
	}
}

func TestSessionEnds(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		now := clock.NewFake(morning)
		rt := signIn(d, now)
		c := webtest.New(t, rt)
		c.PostForm("/in", nil)
		for range 30 { // used every 25 minutes: alive until 12 hours are over
			if now.Advance(25 * time.Minute); now.Now().Sub(morning) >= 12*time.Hour {
				break
			}
			c.Get("/").Must("clerk-1")
		}
		c.Get("/").MustNot("clerk-1")

		c.PostForm("/in", nil)
		now.Advance(31 * time.Minute)
		c.Get("/").MustNot("clerk-1")
		if err := rt.Cleanup(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := sessionRows(t, d); n != 0 {
			t.Errorf("%d ended sessions left", n)
		}

		c.PostForm("/in", nil)
		other := webtest.New(t, rt)
		other.PostForm("/in", nil)
		if err := rt.EndSessions(t.Context(), "clerk-1"); err != nil {
			t.Fatal(err)
		}
		c.Get("/").MustNot("clerk-1")
		other.Get("/").MustNot("clerk-1")
		if rt.EndSessions(t.Context(), "") == nil {
			t.Error("ended everybody's sessions")
		}
	})
}

// With a broken database pages for everybody still work, and the others say
// so instead of asking to sign in again.
func TestSessionStoreIsBroken(t *testing.T) {
	d := dbtest.Open(t, schema)
	c := webtest.New(t, signIn(d, clock.NewFake(morning)))
	c.PostForm("/in", nil)
	token := c.Cookie("yimen_session")
	c.Get("/mine").Status(200)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	c.Get("/").Status(200).Must("hello")
	c.Get("/page").Status(200)
	c.Get("/nowhere").Status(404).Must("没有找到")
	c.Get("/mine").Status(503).Must("暂时无法办理", "database_lost")
	c.Get("/readyz").Status(503)
	c.Get("/healthz").Status(200)
	if c.Cookie("yimen_session") != token {
		t.Error("the cookie was lost with the database")
	}
	fresh := webtest.New(t, signIn(d, clock.NewFake(morning)))
	fresh.PostForm("/in", nil).Status(503).Must("database_lost").MustNot("已登录")
	if fresh.Cookie("yimen_session") != "" {
		t.Error("a session that was not stored got a cookie")
	}
}
