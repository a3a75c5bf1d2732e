package identity_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
)

// site is a small site with one page per guard.
func (w world) site(t *testing.T) *webtest.Client {
	t.Helper()
	return w.siteWith(t, func(*web.Router) {})
}

// siteWith is that with more pages.
func (w world) siteWith(t *testing.T, more func(*web.Router)) *webtest.Client {
	t.Helper()
	return webtest.New(t, w.router(more))
}

func (w world) router(more func(*web.Router)) *web.Router {
	rt := web.NewRouter(web.Options{DB: w.db, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Subject: identity.Subject, Beside: identity.Beside})
	rt.Use(w.Middleware)
	w.Routes(rt)
	show := func(rw http.ResponseWriter, r *http.Request) error {
		a := identity.FromContext(r.Context())
		_, err := rw.Write([]byte("[" + a.Login + " via " + a.Via + "]"))
		return err
	}
	rt.Get("/", web.Public, show)
	for path, g := range map[string]web.Guard{"/me": identity.SignedIn(), "/mine": identity.Applicant(), "/staff": identity.Staff(),
		"/accept": identity.Has("case.accept"), "/any": identity.HasAny("audit.view", "case.accept"),
		"/api/v1/open": web.Public, "/api/v1/closed": identity.Staff()} {
		rt.Get(path, g, show)
	}
	more(rt)
	return rt
}

func signIn(c *webtest.Client, account, pw, next string) *webtest.Page {
	return c.NoRedirect().PostForm("/login", url.Values{"account": {account}, "password": {pw}, "next": {next}})
}

// keeps says that the page holds what was typed, but for the password.
func keeps(t *testing.T, p *webtest.Page, account, next string) {
	t.Helper()
	for name, want := range map[string]string{"account": account, "next": next, "password": ""} {
		if got := webtest.Attr(p.One("#login input[name="+name+"]"), "value"); got != want {
			t.Errorf("field %s holds %q, want %q", name, got, want)
		}
	}
}

func TestLoginPage(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		w.staff(t, "clerk-a", identity.RoleAt{Role: "window_clerk", At: identity.Reach{Division: "440232112000", Exact: true}})
		c := w.site(t)
		c.NoRedirect().Get("/accept").Status(303).Location("/login?next=%2Faccept")
		keeps(t, c.Get("/login?next=/accept").Status(200).Must("账号", "密码").MustNot("演示"), "", "/accept")
		keeps(t, c.PostForm("/login", url.Values{"account": {"clerk-a"}, "next": {"/accept"}}).Status(422).Must("请输入密码"), "clerk-a", "/accept")
		wrong := signIn(c, "clerk-a", "secret-Wrong-1", "/accept").Status(422).Must("账号或密码不正确")
		keeps(t, wrong, "clerk-a", "/accept")
		nobody := signIn(c, "nobody-a", "secret-Wrong-1", "/accept").Status(422)
		if a, b := wrong.Text(), strings.ReplaceAll(nobody.Text(), "nobody-a", "clerk-a"); a != b {
			t.Errorf("a known and an unknown account look different:\n%s\n%s", a, b)
		}
		before := c.Cookie("yimen_session")
		signIn(c, "clerk-a", password, "/accept").Status(303).Location("/accept")
		if now := c.Cookie("yimen_session"); now == "" || now == before {
			t.Error("no new session after signing in")
		}
		c.Get("/accept").Status(200).Must("[clerk-a via session]")
		c.Get("/any").Status(200)
		c.Get("/mine").Status(403)
		c.Get("/login").Status(200).Must("[clerk-a") // already in: goes on

		old := c.Cookie("yimen_session")
		c.NoRedirect().PostForm("/logout", nil).Status(303).Location("/")
		c.NoRedirect().Get("/accept").Status(303)
		c.SetCookie("yimen_session", old)
		c.NoRedirect().Get("/accept").Status(303) // the old token is dead
	})
}

// TestAPlantedSessionIsNotSignedIn: whoever signs in with a token that somebody
// else knows, made up or live, leaves it behind.
func TestAPlantedSessionIsNotSignedIn(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		w.staff(t, "clerk-a", identity.RoleAt{Role: "window_clerk", At: identity.Reach{Division: "440232112000", Exact: true}})
		w.staff(t, "thief", identity.RoleAt{Role: "window_clerk", At: identity.Reach{Division: "440232112000", Exact: true}})
		own := w.site(t)
		signIn(own, "thief", password, "/accept").Status(303)
		for name, planted := range map[string]string{"made up": "planted-by-somebody", "the thief's own": own.Cookie("yimen_session")} {
			victim, thief := w.site(t), w.site(t)
			victim.SetCookie("yimen_session", planted)
			signIn(victim, "clerk-a", password, "/accept").Status(303)
			if now := victim.Cookie("yimen_session"); now == "" || now == planted {
				t.Errorf("%s: the token is still %q", name, now)
			}
			victim.Get("/accept").Status(200).Must("[clerk-a")
			thief.SetCookie("yimen_session", planted)
			thief.NoRedirect().Get("/accept").Status(303).MustNot("clerk-a")
		}
	})
}

func TestNextStaysOnThisSite(t *testing.T) {
	w := newWorld(dbtest.Open(t, sources))
	w.staff(t, "clerk-a")
	for next, to := range map[string]string{"/staff?x=1": "/staff?x=1", "//evil.example": "/", "https://evil.example/": "/",
		`/\evil.example`: "/", "": "/", "javascript:alert(1)": "/"} {
		signIn(w.site(t), "clerk-a", password, next).Status(303).Location(to)
	}
}

// TestAKeyDoesNotUndoTheCount: an idempotency key must not put the count of
// wrong passwords into a transaction that the refusal undoes.
func TestAKeyDoesNotUndoTheCount(t *testing.T) {
	w := newWorld(dbtest.Open(t, sources))
	w.staff(t, "clerk-a")
	c := w.site(t)
	for range 5 {
		c.With("Idempotency-Key", "k").PostForm("/login", url.Values{"account": {"clerk-a"}, "password": {"wrong"}})
	}
	signIn(c, "clerk-a", password, "/").Status(429).Must("已锁定")
}

func TestAddressesAreLimited(t *testing.T) {
	w := newWorld(dbtest.Open(t, sources))
	c := w.site(t)
	for range 60 {
		c.PostForm("/login", url.Values{"account": {"x"}}).Status(422)
	}
	c.PostForm("/login", url.Values{"account": {"x"}}).Status(429)
}

func TestSessionsEndWithTheAccount(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		for name, end := range map[string]func(id string) error{
			"password": func(id string) error { return w.SetPassword(asSystem, id, password+"x") },
			"disabled": func(id string) error { return w.Disable(asSystem, id) },
		} {
			c, id := w.site(t), w.staff(t, "clerk-"+name)
			signIn(c, "clerk-"+name, password, "/").Status(303)
			c.Get("/staff").Status(200)
			if err := end(id); err != nil {
				t.Fatal(err)
			}
			if to := c.NoRedirect().Get("/staff").Status(303); !strings.HasPrefix(to.Header().Get("Location"), "/login") {
				t.Errorf("%s: the session lives on", name)
			}
			c.Get("/").Status(200).Must("[ via ]")
		}
	})
}

func TestBearer(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		w.staff(t, "clerk-a")
		if _, err := w.CreateAccount(asSystem, citizen); err != nil {
			t.Fatal(err)
		}
		token, err := w.Token(asSystem, "clerk-a", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := w.Token(asSystem, "citizen-9", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		c := w.site(t)
		c.Bearer(token).Get("/api/v1/closed").Status(200).Must("[clerk-a via token]")
		c.With("Authorization", "bearer "+token).Get("/api/v1/open").Status(200).Must("[clerk-a via token]")
		if p := c.Get("/api/v1/closed").Status(401).Problem(); p.Code != "sign_in_required" {
			t.Errorf("nobody: %+v", p)
		}
		if p := c.Bearer(theirs).Get("/api/v1/closed").Status(403).Problem(); p.Code != "no_right" {
			t.Errorf("without the right: %+v", p)
		}
		for _, path := range []string{"/api/v1/closed", "/api/v1/open"} {
			page := c.Bearer("ym_wrong").Get(path).Status(401)
			if p := page.Problem(); p.Code != "token_invalid" || !strings.Contains(page.Header().Get("WWW-Authenticate"), "invalid_token") {
				t.Errorf("%s with a bad token: %+v", path, p)
			}
		}
	})
}

func TestABrokenDatabase(t *testing.T) {
	d := dbtest.Open(t, sources)
	w := newWorld(d)
	w.staff(t, "clerk-a")
	token, err := w.Token(asSystem, "clerk-a", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	c := w.site(t)
	signIn(c, "clerk-a", password, "/").Status(303)
	if _, err := d.Conn(asSystem).Exec(asSystem, `ALTER TABLE identity_account RENAME TO identity_gone`); err != nil {
		t.Fatal(err)
	}
	c.Get("/").Status(200).Must("[ via ]") // what is for everybody still works
	c.Get("/staff").Status(500).MustNot("identity_account")
	c.Bearer(token).Get("/api/v1/open").Status(500).MustNot("identity_account")
	signIn(c, "clerk-a", password, "/").Status(500).Must("系统出了问题").MustNot("identity_account")
}

func TestDemoLogin(t *testing.T) {
	w := demoWorld(t, dbtest.Open(t, sources))
	c := w.site(t)
	c.Get("/login?next=/staff").Status(200).Must("演示账号", "大寮坑村")
	c.NoRedirect().PostForm("/demo/login", url.Values{"account": {"clerk-440232112209"}, "next": {"/accept"}}).Status(303).Location("/accept")
	c.Get("/accept").Status(200).Must("[clerk-440232112209 via session]")
	c.PostForm("/demo/login", url.Values{"account": {"nobody"}}).Status(404).Must("没有这个账号")

	real := newWorld(w.db).site(t)
	real.PostForm("/demo/login", url.Values{"account": {"admin-system"}}).Status(404)
	real.NoRedirect().Get("/me").Status(303)
}
