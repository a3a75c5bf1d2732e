package openid

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/digest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/events"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
	"yimen/internal/messages"
	"yimen/internal/org"
)

var sources = []db.Source{audit.Migrations, web.Migrations, org.Migrations, identity.Migrations, messages.Migrations, Migrations}

// world is the provider behind a real address, with people, a member of staff
// and clients. Its clock is the machine's, moved by hand: client programs look
// at times themselves.
type world struct {
	*Module
	t       testing.TB
	db      *db.DB
	clock   *clock.Fake
	queue   *jobs.Queue
	id      *identity.Module
	router  *web.Router
	site    *httptest.Server
	system  context.Context
	people  Client // front end of a department
	machine Client // its back end
	told    chan string
}

const backTo = "https://dept.example/callback"

// verifier and its challenge (RFC 7636, appendix B).
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, db: d, clock: clock.NewFake(time.Now().UTC().Truncate(time.Second)), told: make(chan string, 10)}
	w.system = identity.With(context.Background(), identity.System("test"))
	quiet := slog.New(slog.DiscardHandler)
	slog.SetDefault(quiet) // the library writes there
	var err error
	w.queue, err = jobs.New(d, jobs.Options{Clock: w.clock, Log: quiet})
	w.must(err)
	log := audit.New(d, w.clock)
	bus := events.New(w.queue)
	w.id = identity.New(identity.Deps{DB: d, Clock: w.clock, Audit: log, Log: quiet, Demo: true, Events: bus,
		Hash: &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}})
	msgs := messages.New(messages.Deps{DB: d, Clock: w.clock, Jobs: w.queue, Identity: w.id, Org: org.New(org.Deps{DB: d}), Audit: log})
	w.site = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.router.ServeHTTP(rw, r) }))
	t.Cleanup(w.site.Close)
	w.Module = New(Deps{DB: d, Clock: w.clock, Log: quiet, Jobs: w.queue, Events: bus, Identity: w.id, Messages: msgs, Audit: log,
		Issuer: w.site.URL})
	w.Workers(w.queue)
	w.router = web.NewRouter(web.Options{DB: d, Clock: w.clock, Log: quiet, Subject: identity.Subject, Beside: identity.Beside})
	w.router.Use(w.id.Middleware)
	w.id.Routes(w.router)
	w.Routes(w.router)
	api := web.NewAPI(w.router, "test", "1")
	apiWho(api)
	w.account("villager", identity.NewAccount{Kind: identity.KindPerson, DisplayName: "赵秀兰", IDType: "111", IDNo: "440232196503070024", Phone: "13812345678", Division: "440232112209"})
	w.account("neighbour", identity.NewAccount{Kind: identity.KindPerson, DisplayName: "李建国", IDType: "111", IDNo: "440232196503070016", Division: "440232112209"})
	w.account("clerk", identity.NewAccount{Kind: identity.KindStaff, DisplayName: "王芳", Staff: "s-1", Agency: "114402320000000000", Division: "440232000000"})
	w.account("sys", identity.NewAccount{Kind: identity.KindStaff, DisplayName: "系统管理员", Roles: []identity.RoleAt{{Role: "system_admin", At: identity.Reach{Everywhere: true}}}})
	w.account("sec", identity.NewAccount{Kind: identity.KindStaff, DisplayName: "安全管理员", Roles: []identity.RoleAt{{Role: "security_admin", At: identity.Reach{Everywhere: true}}}})
	w.people = w.client0(front())
	w.machine = w.client0(back())
	return w
}

func (w *world) account(name string, a identity.NewAccount) {
	a.Name = name
	_, err := w.id.CreateAccount(w.system, a)
	w.must(err)
}

// front is a department's site, where people sign in.
func front() Definition {
	return Definition{Name: "不动产登记", Agency: "市自然资源局", Purpose: "查询和办理不动产登记", Contact: "王工 8800000", Realm: People, Auth: AuthSecret,
		Redirects: []string{backTo}, PostLogout: []string{"https://dept.example/bye"},
		Grants:     []string{"authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"},
		Scopes:     []string{scopeOpenID, scopeProfile, scopePhone, scopeIdentity, scopeLevel, scopeEnterprise, scopeRead, scopeWrite},
		FullReason: "不动产登记条例要求核对权利人证件号码"}
}

// back is a system that acts for people and for itself.
func back() Definition {
	return Definition{Name: "登记后台", Agency: "市自然资源局", Purpose: "代为查询登记结果", Contact: "王工 8800000", Realm: People, Auth: AuthSecret,
		Redirects: []string{"https://back.example/cb"}, Grants: []string{"authorization_code", "client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"},
		Scopes: []string{scopeOpenID, scopeProfile, scopeRead}}
}

// client0 registers a client in force; its secret is the text of its id.
func (w *world) client0(d Definition) Client {
	w.t.Helper()
	id, err := w.AskClient(w.system, "", d)
	w.must(err)
	x, err := w.waiting(w.system, id)
	w.must(err)
	w.must(w.Decide(w.system, id, x.ID, true, ""))
	_, err = w.db.Conn(w.system).Exec(w.system, `UPDATE openid_client SET secret_hash = $2 WHERE id = $1`, id, digest.Of(id))
	w.must(err)
	c, err := w.client(w.system, id)
	w.must(err)
	return c
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// as is a browser signed in as an account; "" is nobody.
func (w *world) as(account string) *webtest.Client {
	w.t.Helper()
	c := webtest.New(w.t, w.router)
	if account != "" {
		c.NoRedirect().PostForm("/demo/login", url.Values{"account": {account}, "next": {"/"}}).Status(303)
	}
	return c
}

// asks is the address a client sends people to; change alters it ("" removes).
func (w *world) asks(c Client, change map[string]string) string {
	v := url.Values{"client_id": {c.ID}, "redirect_uri": {c.Definition.Redirects[0]}, "response_type": {"code"}, "scope": {"openid profile"},
		"state": {"s1"}, "nonce": {"n1"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"}}
	for k, x := range change {
		if v.Del(k); x != "" {
			v.Set(k, x)
		}
	}
	return authorizePath + "?" + v.Encode()
}

// backOf is where an answer leads: by a redirect, or by a page that goes on.
func backOf(t testing.TB, p *webtest.Page) *url.URL {
	t.Helper()
	to := p.Header().Get("Location")
	if to == "" {
		_, to, _ = strings.Cut(p.Header().Get("Refresh"), "url=")
	}
	u, err := url.Parse(to)
	if err != nil || to == "" {
		t.Fatalf("the answer leads nowhere: %d %s", p.Code, p.Text())
	}
	return u
}

// code brings a browser through the pages, saying yes, and gives the code.
func (w *world) code(browser *webtest.Client, c Client, change map[string]string) string {
	w.t.Helper()
	p := browser.NoRedirect().Get(w.asks(c, change))
	if len(p.Find("#consent")) > 0 {
		p = p.Form("#consent").Press("同意授权").Send()
	}
	u := backOf(w.t, p)
	if u.Query().Get("code") == "" || u.Query().Get("iss") != w.Issuer {
		w.t.Fatalf("no code, or not ours: %s", u)
	}
	return u.Query().Get("code")
}

// answered is what the token endpoint and its neighbours say.
type answered struct {
	status int
	header http.Header
	body   map[string]any
}

func (a answered) str(name string) string { s, _ := a.body[name].(string); return s }

// post asks as a client; nil client asks without proof.
func (w *world) post(path string, c *Client, v url.Values) answered {
	w.t.Helper()
	r, err := http.NewRequest(http.MethodPost, w.site.URL+path, strings.NewReader(v.Encode()))
	w.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if c != nil {
		r.SetBasicAuth(c.ID, c.ID)
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) answered {
	w.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	w.must(err)
	defer resp.Body.Close()
	a := answered{status: resp.StatusCode, header: resp.Header}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		_ = json.NewDecoder(resp.Body).Decode(&a.body) // an empty answer is one, too
	}
	return a
}

// withToken asks with a bearer token.
func (w *world) withToken(method, path, token string) answered {
	w.t.Helper()
	r, err := http.NewRequest(method, w.site.URL+path, nil)
	w.must(err)
	r.Header.Set("Authorization", "Bearer "+token)
	return w.send(r)
}

func (w *world) redeemed(c Client, code string) answered {
	return w.post(tokenPath, &c, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {c.Definition.Redirects[0]}, "code_verifier": {verifier}})
}

func (w *world) refreshed(c Client, token string) answered {
	return w.post(tokenPath, &c, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
}

// tokens signs an account in at the front end.
func (w *world) tokens(account string, change map[string]string) answered {
	w.t.Helper()
	got := w.redeemed(w.people, w.code(w.as(account), w.people, change))
	if got.status != 200 || got.str("access_token") == "" {
		w.t.Fatalf("no tokens: %d %v", got.status, got.body)
	}
	return got
}

func (w *world) alive(token string) bool {
	w.t.Helper()
	return w.withToken(http.MethodGet, userinfoPath, token).status == 200
}

func (w *world) refused(a answered, status int, code string) {
	w.t.Helper()
	if a.status != status || a.str("error") != code {
		w.t.Errorf("answered %d %v, want %d %s", a.status, a.body, status, code)
	}
}

func (w *world) audited(action string) int {
	w.t.Helper()
	var n int
	w.must(w.db.Conn(w.system).Get(w.system, &n, `SELECT COUNT(*) FROM audit_row WHERE action = $1`, action))
	return n
}

// fieldNames are the fields an error is about.
func fieldNames(err error) []string {
	var names []string
	if err != nil {
		for _, f := range errs.From(err).Fields {
			names = append(names, f.Name)
		}
	}
	return names
}
