package web_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
)

var (
	errTestDenied   = errs.Define(errs.Denied, "test_denied", "您没有办理这件事的权限，请联系管理员。")
	errTestSignIn   = errs.Define(errs.Unauthenticated, "test_sign_in", "请先登录。")
	errTestConflict = errs.Define(errs.Conflict, "test_conflict", "办件当前状态不能执行此操作，请刷新后重试。")
)

func deny(err error) web.Guard {
	return web.Guard{Name: "test", Check: func(*http.Request) error { return err }}
}

func TestRouteWithoutGuardIsRefused(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	for name, register := range map[string]func(){
		"get":    func() { rt.Get("/a", web.Guard{}, say("a")) },
		"post":   func() { rt.Post("/a", web.Guard{Name: "named"}, say("a")) },
		"handle": func() { rt.Handle("/a", web.Guard{Check: web.Public.Check}, http.NotFoundHandler()) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Fatal("a route without a guard was taken")
				}
			}()
			register()
		})
	}
}

func TestRoutesAreListed(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	rt.Get("/cases/{number}", deny(errTestDenied), say("x"))
	rt.Post("/cases", web.RateLimit("cases", 5, time.Minute, nil).And(web.Public), say("x"))
	want := map[web.Route]bool{{Method: "GET", Pattern: "/cases/{number}", Guard: "test"}: false,
		{Method: "POST", Pattern: "/cases", Guard: "rate 5/1m0s+public"}: false, {Method: "GET", Pattern: "/healthz", Guard: "public"}: false}
	for _, r := range rt.Routes() {
		if _, ok := want[r]; ok {
			want[r] = true
		}
	}
	for r, found := range want {
		if !found {
			t.Errorf("%v is not in %v", r, rt.Routes())
		}
	}
}

func TestErrorsBecomePages(t *testing.T) {
	var log bytes.Buffer
	rt := web.NewRouter(web.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	fail := func(err error) web.Handler { return func(http.ResponseWriter, *http.Request) error { return err } }
	rt.Get("/", web.Public, say("home"))
	rt.Get("/conflict", web.Public, fail(errTestConflict))
	rt.Get("/denied", deny(errTestDenied), say("secret"))
	rt.Get("/internal", web.Public, fail(errors.New("read file /secret/path: boom")))
	rt.Get("/lost", web.Public, fail(db.ErrLost))
	rt.Get("/panic", web.Public, func(http.ResponseWriter, *http.Request) error { panic("at the disco") })
	rt.Get("/invalid", web.Public, fail(errs.ErrInvalid.Field("phone", "手机号应为11位数字。")))
	rt.Post("/only-post", web.Public, say("posted"))
	c := webtest.New(t, rt)

	c.Get("/conflict").Status(409).Must("现在不能这样操作", "办件当前状态不能执行此操作", "test_conflict", "请求编号")
	c.Get("/denied").Status(403).Must("没有权限", "test_denied").MustNot("secret")
	c.Get("/invalid").Status(422).Must("手机号应为11位数字。")
	c.Get("/nowhere").Status(404).Must("没有找到您要的页面", "回到首页")
	c.Get("/conflict/").Status(409).At("/conflict")
	c.Get("/lost").Status(503).Must("暂时连不上数据库")
	if after := c.Get("/lost").Header().Get("Retry-After"); after != "10" {
		t.Errorf("Retry-After is %q", after)
	}
	if allow := c.Get("/only-post").Status(405).Header().Get("Allow"); allow != "POST" {
		t.Errorf("Allow is %q", allow)
	}

	log.Reset()
	page := c.Get("/internal").Status(500).Must("系统出了问题").MustNot("boom", "/secret/path")
	id := page.Header().Get("X-Request-Id")
	page.Must(id)
	if n := strings.Count(log.String(), "boom"); n != 1 {
		t.Errorf("the error is logged %d times, want once:\n%s", n, &log)
	}
	if !strings.Contains(log.String(), id) {
		t.Errorf("log does not hold request %s:\n%s", id, &log)
	}

	log.Reset()
	c.Get("/panic").Status(500).MustNot("disco")
	if !strings.Contains(log.String(), "router_test.go") {
		t.Errorf("log of a panic does not say where:\n%s", &log)
	}
	log.Reset()
	c.Get("/conflict")
	if strings.Contains(log.String(), "request failed") {
		t.Errorf("a mistake of the visitor is logged as ours:\n%s", &log)
	}
}

func TestErrorsOfTheAPIAreProblems(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	rt.Handle("GET /api/v1/denied", deny(errTestSignIn), http.NotFoundHandler())
	rt.Handle("POST /api/v1/thing", web.Public, http.NotFoundHandler())
	c := webtest.New(t, rt)
	p := c.Get("/api/v1/denied").Status(401).Problem()
	if p.Code != "test_sign_in" || p.RequestID == "" || p.Title != "请先登录" || p.Type != "urn:yimen:error:test_sign_in" {
		t.Errorf("problem is %+v", p)
	}
	if p := c.Get("/api/v1/nowhere").Status(404).Problem(); p.Code != "page_not_found" {
		t.Errorf("problem is %+v", p)
	}
	if p := c.JSON("DELETE", "/api/v1/thing", nil).Status(405).Problem(); p.Code != "method_not_allowed" {
		t.Errorf("problem is %+v", p)
	}
}

func TestSigningInLeadsBack(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	rt.Get("/mine", deny(errTestSignIn), say("x"))
	rt.Post("/mine/drop", deny(errTestSignIn), say("x"))
	c := webtest.New(t, rt).NoRedirect()
	c.Get("/mine?state=open").Status(303).Location("/login?next=%2Fmine%3Fstate%3Dopen")
	c.With("Referer", "http://yimen.test/mine?x=1").PostForm("/mine/drop", nil).Status(303).Location("/login?next=%2Fmine%3Fx%3D1")
	c.With("Referer", "http://evil.test/mine").PostForm("/mine/drop", nil).Status(303).Location("/login?next=%2F")
	page := c.With("HX-Request", "true").Get("/mine").Status(401)
	if to := page.Header().Get("HX-Redirect"); to != "/login?next=%2Fmine" {
		t.Errorf("a fragment leads to %q", to)
	}
}

func TestSafeNext(t *testing.T) {
	for next, want := range map[string]string{
		"/cases/1?x=2": "/cases/1?x=2", "": "/", "cases": "/", "//evil.test": "/", "/\\evil.test": "/",
		"https://evil.test/": "/", "/a\r\nSet-Cookie: x": "/", "/a\\b": "/", "/\t/evil.test": "/", "/": "/",
		"/" + strings.Repeat("a", 3000): "/",
	} {
		if got := web.SafeNext(next); got != want {
			t.Errorf("SafeNext(%q) = %q, want %q", next, got, want)
		}
	}
}

func TestMiddlewaresRunInOrder(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	var order []string
	for _, name := range []string{"first", "second"} {
		rt.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				order = append(order, name)
				next.ServeHTTP(w, r)
			})
		})
	}
	rt.Get("/", web.Public, say("home"))
	webtest.New(t, rt).Get("/").Status(200).Must("home")
	if got := strings.Join(order, " "); got != "first second" {
		t.Errorf("middlewares ran as %q", got)
	}
}

func TestBodyLimits(t *testing.T) {
	rt := web.NewRouter(web.Options{BodyLimit: 100})
	read := func(w http.ResponseWriter, r *http.Request) error {
		f, err := web.ReadForm(r)
		if err != nil {
			return err
		}
		return say(f.Value("x"))(w, r)
	}
	rt.Post("/small", web.Public, read)
	rt.PostLimit("/large", web.Public, 1000, read)
	c := webtest.New(t, rt)
	long := map[string][]string{"x": {strings.Repeat("长", 50)}}
	c.PostForm("/small", map[string][]string{"x": {"短"}}).Status(200).Must("短")
	c.PostForm("/small", long).Status(413).Must("内容太大", "body_too_large")
	c.PostForm("/large", long).Status(200).Must("长长")
}

func TestRateLimit(t *testing.T) {
	rt := web.NewRouter(web.Options{TrustProxy: true})
	rt.Get("/", web.RateLimit("home", 2, time.Minute, nil), say("home"))
	c := webtest.New(t, rt).With("X-Forwarded-For", "6.6.6.6, 10.0.0.1")
	c.Get("/").Status(200)
	c.Get("/").Status(200)
	page := c.Get("/").Status(429).Must("请在60秒后再试")
	if after := page.Header().Get("Retry-After"); after != "60" {
		t.Errorf("Retry-After is %q", after)
	}
	// What stands before the gateway's own entry may be invented.
	c.With("X-Forwarded-For", "7.7.7.7, 10.0.0.1").Get("/").Status(429)
	c.With("X-Forwarded-For", "10.0.0.2").Get("/").Status(200)
}

func TestSecurityHeaders(t *testing.T) {
	rt := web.NewRouter(web.Options{TrustProxy: true})
	rt.Get("/", web.Public, say("home"))
	c := webtest.New(t, rt)
	h := c.Get("/").Status(200).Header()
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
		"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Cache-Control": "no-cache", "Strict-Transport-Security": "",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := c.With("X-Forwarded-Proto", "https").Get("/").Header().Get("Strict-Transport-Security"); got == "" {
		t.Error("no HSTS behind TLS")
	}
	if got := c.Bearer("x").Get("/").Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("a signed-in page may be cached: %q", got)
	}
}

func TestOtherSitesCannotSubmit(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	rt.Post("/drop", web.Public, say("dropped"))
	rt.Handle("POST /api/v1/drop", web.Public, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _ = say("dropped")(w, r) }))
	c := webtest.New(t, rt)
	for name, foreign := range map[string]*webtest.Client{
		"fetch metadata": c.With("Sec-Fetch-Site", "cross-site"),
		"origin":         c.With("Origin", "https://evil.test"),
	} {
		t.Run(name, func(t *testing.T) {
			foreign.PostForm("/drop", nil).Status(403).Must("cross_origin").MustNot("dropped")
			if p := foreign.JSON("POST", "/api/v1/drop", nil).Status(403).Problem(); p.Code != "cross_origin" {
				t.Errorf("problem is %+v", p)
			}
			foreign.Bearer("t").JSON("POST", "/api/v1/drop", nil).Status(200)
			foreign.Bearer("t").PostForm("/drop", nil).Status(403)
		})
	}
	c.With("Sec-Fetch-Site", "same-origin").PostForm("/drop", nil).Status(200)
	c.PostForm("/drop", nil).Status(200) // no browser at all
}

func TestHealth(t *testing.T) {
	var down error
	rt := web.NewRouter(web.Options{Ready: func(context.Context) error { return down }})
	c := webtest.New(t, rt)
	c.Get("/healthz").Status(200)
	c.Get("/readyz").Status(200)
	down = errors.New("schema is 3 behind")
	c.Get("/healthz").Status(200)
	c.Get("/readyz").Status(503).Must("schema is 3 behind")
	c.Get("/metrics").Status(200).Must(`http_request_duration_seconds_count{class="5xx",method="GET",route="/readyz"} 1`, "http_requests_in_flight 1")
}

func TestAccessLogHoldsNoPersonalData(t *testing.T) {
	var log bytes.Buffer
	rt := web.NewRouter(web.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	rt.Get("/people/{id}", web.Public, say("someone"))
	webtest.New(t, rt).Get("/people/440232199001011234?name=盘小妹").Status(200)
	for _, leak := range []string{"440232199001011234", "name", "%E7%9B%98"} {
		if strings.Contains(log.String(), leak) {
			t.Errorf("log holds %q: %s", leak, &log)
		}
	}
	for _, want := range []string{`"route":"/people/{id}"`, `"status":200`, `"bytes":7`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log lacks %s: %s", want, &log)
		}
	}
}

func TestElderVersionIsKept(t *testing.T) {
	rt := samplePages()
	c := webtest.New(t, rt)
	c.Get("/guide").Status(200).None("body.ym-elder").Must("长辈版")
	c.Get("/elder?next=/guide").At("/guide").Status(200).One("body.ym-elder")
	c.Get("/inbox").None("body.ym-elder") // staff pages stay dense
	c.Get("/elder?next=/guide").None("body.ym-elder")
	c.NoRedirect().Get("/elder?next=//evil.test").Location("/")
	c.NoRedirect().Get("/elder?next=/elder").Location("/")
}

func TestMetricsWantTheirToken(t *testing.T) {
	rt := web.NewRouter(web.Options{MetricsToken: "secret-of-the-scraper"})
	for given, status := range map[string]int{
		"": 403, "Bearer": 403, "Bearer wrong": 403, "secret-of-the-scraper": 403, "Bearer secret-of-the-scraper": 200,
	} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.Header.Set("Authorization", given)
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, r)
		if w.Code != status || status != 200 && strings.Contains(w.Body.String(), "http_requests_in_flight") {
			t.Errorf("Authorization %q: %d, want %d", given, w.Code, status)
		}
	}
}

func TestThemeIsKept(t *testing.T) {
	c := webtest.New(t, samplePages())
	c.Get("/inbox").One("html.ym-theme-auto")
	c.Get("/theme?to=dark&next=/inbox").At("/inbox").One("html.ym-theme-dark")
	c.Get("/inbox").One("a[aria-current=true]")
	c.Get("/theme?to=<x>&next=/theme?to=dark").At("/")
	c.Get("/inbox").One("html.ym-theme-auto")
	c.NoRedirect().Get("/theme?to=dark&next=https://evil.example").Location("/")
}

func TestLettersOfTheElderVersion(t *testing.T) {
	c := webtest.New(t, samplePages())
	c.Get("/guide").None("body.ym-elder")
	c.Get("/elder?next=/guide").At("/guide").One("body.ym-elder")
	c.Get("/elder?size=3&next=/guide").At("/guide").One("html.ym-size-3")
	c.Get("/guide").Must("特大", "超大", "高对比").One("button[data-aloud][hidden]")
	c.Get("/theme?to=contrast&next=/guide").One("html.ym-theme-contrast")
	c.Get("/guide").Must("普通颜色")
	c.Get("/inbox").None("body.ym-elder")
	c.Get("/elder?size=9&next=/guide").None("body.ym-elder")
}

// What the worker keeps must name nobody, and must be what pages ask for.
func TestOfflinePageAndWorker(t *testing.T) {
	rt := samplePages()
	page := fetch(t, rt, "/offline", "").Body.String()
	for _, name := range []string{"盘小妹", "乳源"} {
		if strings.Contains(page, name) {
			t.Errorf("the page kept in browsers says %q", name)
		}
	}
	if !strings.Contains(page, "网络断开了") || !strings.Contains(page, "12345") {
		t.Error("the page does not say what still works")
	}
	w := fetch(t, rt, "/sw.js", "")
	if w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("the worker comes as %v", w.Header())
	}
	for _, name := range []string{"yimen.css", "yimen.js", "htmx.js", "icon.svg"} {
		if !strings.Contains(w.Body.String(), web.Asset(name)) {
			t.Errorf("the worker does not keep %s", name)
		}
	}
	if strings.Contains(w.Body.String(), "{{") {
		t.Error("the worker was not filled in")
	}
}
