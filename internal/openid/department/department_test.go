package department

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/events"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
	"yimen/internal/messages"
	"yimen/internal/openid"
	"yimen/internal/org"
)

var sources = []db.Source{audit.Migrations, web.Migrations, org.Migrations, identity.Migrations, messages.Migrations, openid.Migrations}

// world is the provider behind a real address and the system that knows no more
// of it than that.
type world struct {
	*Module
	t      *testing.T
	router *web.Router
	site   *httptest.Server
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t}
	quiet, system := slog.New(slog.DiscardHandler), identity.With(context.Background(), identity.System("test"))
	queue, err := jobs.New(d, jobs.Options{Clock: clock.Real, Log: quiet})
	w.must(err)
	log, bus := audit.New(d, clock.Real), events.New(queue)
	id := identity.New(identity.Deps{DB: d, Audit: log, Log: quiet, Demo: true, Events: bus})
	msgs := messages.New(messages.Deps{DB: d, Clock: clock.Real, Jobs: queue, Identity: id, Org: org.New(org.Deps{DB: d}), Audit: log})
	w.site = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.router.ServeHTTP(rw, r) }))
	t.Cleanup(w.site.Close)
	provider := openid.New(openid.Deps{DB: d, Log: quiet, Jobs: queue, Events: bus, Identity: id, Messages: msgs, Audit: log, Issuer: w.site.URL})
	provider.Workers(queue)
	w.router = web.NewRouter(web.Options{DB: d, Log: quiet, Subject: identity.Subject, Beside: identity.Beside})
	w.router.Use(id.Middleware)
	id.Routes(w.router)
	provider.Routes(w.router)
	w.Module = New(Deps{OpenID: provider, Issuer: w.site.URL, Log: quiet})
	w.Routes(w.router)
	_, err = id.CreateAccount(system, identity.NewAccount{Name: "villager", Kind: identity.KindPerson, DisplayName: "赵秀兰", IDType: "111",
		IDNo: "440232196503070024", Phone: "13812345678", Division: "440232112209"})
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// browser is one at the address of the site, signed in as villager.
func (w *world) browser() *webtest.Client {
	w.t.Helper()
	c := webtest.New(w.t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.Host = strings.TrimPrefix(w.site.URL, "http://")
		w.router.ServeHTTP(rw, r)
	})).NoRedirect()
	c.PostForm("/demo/login", url.Values{"account": {"villager"}, "next": {"/"}}).Status(303)
	return c
}

// on follows an answer to where it leads, on this site.
func (w *world) on(c *webtest.Client, p *webtest.Page) *webtest.Page {
	w.t.Helper()
	to := p.Header().Get("Location")
	if to == "" {
		_, to, _ = strings.Cut(p.Header().Get("Refresh"), "url=")
	}
	u, err := url.Parse(to)
	if err != nil || to == "" || u.Host != "" && "http://"+u.Host != w.site.URL {
		w.t.Fatalf("the answer leads to %q: %d %s", to, p.Code, p.Text())
	}
	return c.Get(u.RequestURI())
}

// enter goes the whole way in.
func (w *world) enter(c *webtest.Client) *webtest.Page {
	w.t.Helper()
	ask := c.Get(loginPath).Status(303)
	p := w.on(c, ask)
	if len(p.Find("#consent")) > 0 {
		p = p.Status(200).Must(systemName, "138****5678").MustNot("13812345678").Form("#consent").Press("同意授权").Send()
	}
	return w.on(c, w.on(c, p))
}

func TestADepartmentSignsInByUs(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := w.browser()
		c.Get(pagePath).Status(200).Must("还没有登录", "用统一身份登录").MustNot("本系统现在知道的")
		asked := c.Get(loginPath).Header().Get("Location")
		for _, part := range []string{"code_challenge_method=S256", "code_challenge=", "state=", "nonce=", "scope=openid+profile"} {
			if !strings.Contains(asked, part) {
				t.Errorf("asks without %s: %s", part, asked)
			}
		}
		in := w.enter(c).Status(200).Must("您好，赵秀兰", "13812345678", "刷新过0次", "urn:yimen:level:0", w.site.URL)

		renewed := w.on(c, in.Form("#refresh").Send()).Must("令牌已刷新", "刷新过1次")
		w.on(c, renewed.Form("#refresh").Send()).Must("刷新过2次")
		c.Get(pagePath).MustNot("令牌已刷新")
		w.browser().Get(pagePath).MustNot("赵秀兰，", "13812345678") // another browser

		out := c.Get(pagePath).Form("#leave").Send().Status(303)
		w.on(c, w.on(c, out)).Status(200).Must("已退出本系统，也退出了一门", "用统一身份登录").MustNot("13812345678")
		c.Get("/my/apps").Status(303)
	})
}

// What does not fit is refused, and said.
func TestWhatDoesNotFitIsRefused(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := w.browser()
		w.on(c, c.Get(backPath+"?code=x&state=y&iss="+url.QueryEscape(w.site.URL))).Must("这次登录已经过期")
		back := w.on(c, c.Get(loginPath)).Form("#consent").Press("不同意，返回").Send()
		w.on(c, w.on(c, back)).Must("您没有同意授权").MustNot("本系统现在知道的")

		// Another's answer, brought to a browser that asked nothing.
		mine := w.on(c, c.Get(loginPath)).Form("#consent").Press("同意授权").Send()
		other := w.browser()
		w.on(other, w.on(other, mine)).Must("这次登录已经过期").MustNot("本系统现在知道的")
		in := w.on(c, w.on(c, mine)).Must("您好，赵秀兰")

		apps := c.Get("/my/apps").Status(200).Must(systemName)
		form := apps.Find(`form[action]`)
		for _, f := range form {
			if at := webtest.Attr(f, "action"); strings.HasSuffix(at, "/withdraw") {
				apps.Form(`form[action="` + at + `"]`).Send().Status(303)
			}
		}
		w.on(c, in.Form("#refresh").Send()).Must("令牌已经作废").MustNot("13812345678")
		w.on(c, in.Form("#refresh").Send()).Must("这次登录已经过期")

		w.party = nil // as after another start: found again, with another secret
		w.enter(c).Must("您好，赵秀兰")
	})
}

func TestWhereItCanBeShown(t *testing.T) {
	for base, may := range map[string]bool{"http://127.0.0.1:8080": true, "http://localhost:8080": true, "https://zwfw.sg.gov.cn": true,
		"http://192.168.1.5:8080": false, "http://zwfw.sg.gov.cn": false, "": false} {
		if mayReturn(base) != may {
			t.Errorf("%q: %t", base, !may)
		}
	}
}

func TestVisitsAreForgotten(t *testing.T) {
	var v visits
	now := clock.Real.Now()
	for range visitsMost + 5 {
		v.keep(httptest.NewRecorder(), httptest.NewRequest("GET", pagePath, nil), visit{}, now, true)
	}
	if len(v.by) != visitsMost {
		t.Errorf("%d visits are kept", len(v.by))
	}
	rec, r := httptest.NewRecorder(), httptest.NewRequest("GET", pagePath, nil)
	v.keep(rec, r, visit{said: "x"}, now, true)
	r.AddCookie(rec.Result().Cookies()[0])
	if v.of(r, now).said != "x" || v.of(r, now.Add(visitLives+1)).said != "" {
		t.Error("a visit is not known again, or for ever")
	}
}
