package openid

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/oauth2"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
)

// apiWho adds operations that say who asks.
func apiWho(api huma.API) {
	type out struct {
		Body struct{ Login, Session string }
	}
	who := func(ctx context.Context, _ *struct{}) (*out, error) {
		a := identity.FromContext(ctx)
		o := &out{}
		o.Body.Login, o.Body.Session = a.Login, a.Session
		return o, nil
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		web.Op(api, huma.Operation{Method: method, Path: "/api/v1/who", OperationID: "who" + method}, identity.SignedIn(), who)
	}
}

// TestTheWholeDance does with coreos/go-oidc what a department's system does:
// discovery, code with PKCE, the ID token, userinfo, the API, refresh, logout.
func TestTheWholeDance(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		provider, err := gooidc.NewProvider(ctx, w.Issuer)
		w.must(err)
		conf := oauth2.Config{ClientID: w.people.ID, ClientSecret: w.people.ID, RedirectURL: backTo, Endpoint: provider.Endpoint(),
			Scopes: []string{"openid", "profile", "phone", "identity", "level", "cases"}}
		pkce := oauth2.GenerateVerifier()
		browser := w.as("")
		at, err := url.Parse(conf.AuthCodeURL("the state", oauth2.S256ChallengeOption(pkce), gooidc.Nonce("the nonce")))
		w.must(err)
		p := browser.NoRedirect().Get(at.RequestURI())
		if !strings.HasPrefix(p.Header().Get("Location"), "/login?next=") {
			t.Fatalf("not asked to sign in: %s", p.Header().Get("Location"))
		}
		next, err := url.Parse(p.Header().Get("Location"))
		w.must(err)
		browser.NoRedirect().PostForm("/demo/login", url.Values{"account": {"villager"}, "next": {next.Query().Get("next")}}).Status(303)
		consent := browser.Get(next.Query().Get("next")).Status(200)
		consent.Must("不动产登记", "市自然资源局", "138****5678", "不动产登记条例要求核对权利人证件号码").MustNot("440232196503070024", "13812345678")
		back := backOf(t, consent.Form("#consent").Press("同意授权").Send())
		if back.Query().Get("state") != "the state" {
			t.Errorf("state %q", back.Query().Get("state"))
		}
		tok, err := conf.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(pkce))
		w.must(err)
		raw, _ := tok.Extra("id_token").(string)
		id, err := provider.Verifier(&gooidc.Config{ClientID: w.people.ID}).Verify(ctx, raw)
		w.must(err)
		w.must(id.VerifyAccessToken(tok.AccessToken))
		var claims struct {
			ACR, Sid string
			AMR      []string
			Name     string
		}
		w.must(id.Claims(&claims))
		if id.Nonce != "the nonce" || claims.ACR != "urn:yimen:level:0" || claims.Sid == "" || claims.Name != "" {
			t.Errorf("ID token: %+v %+v", id, claims)
		}
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tok))
		w.must(err)
		var known map[string]any
		w.must(info.Claims(&known))
		if info.Subject != id.Subject || known["name"] != "赵秀兰" || known["phone_number"] != "13812345678" || known["id_number"] != "440232196503070024" {
			t.Errorf("userinfo: %v", known)
		}
		if w.audited("person.see_full") != 1 {
			t.Error("that the whole number was given is not in the audit")
		}
		if who := w.withToken(http.MethodGet, "/api/v1/who", tok.AccessToken); who.str("Login") != "villager" {
			t.Errorf("the API: %d %v", who.status, who.body)
		}
		if who := w.withToken(http.MethodPost, "/api/v1/who", tok.AccessToken); who.status != 403 || who.str("code") != "insufficient_scope" {
			t.Errorf("writing without the scope: %d %v", who.status, who.body)
		}
		if page := w.withToken(http.MethodGet, "/my/apps", tok.AccessToken); page.status != 401 {
			t.Errorf("a token at a page: %d", page.status)
		}
		old := *tok
		old.Expiry = time.Now().Add(-time.Hour)
		fresh, err := conf.TokenSource(ctx, &old).Token()
		w.must(err)
		if fresh.AccessToken == tok.AccessToken || fresh.RefreshToken == tok.RefreshToken {
			t.Error("the tokens were not renewed")
		}
		out := browser.NoRedirect().Get(logoutPath + "?" + url.Values{"id_token_hint": {raw}, "post_logout_redirect_uri": {"https://dept.example/bye"}, "state": {"x"}}.Encode())
		if to := backOf(t, out); to.String() != "https://dept.example/bye?state=x" {
			t.Errorf("after logout: %s", to)
		}
		if w.alive(fresh.AccessToken) || w.refreshed(w.people, fresh.RefreshToken).status != 400 {
			t.Error("tokens outlive the session")
		}
		browser.NoRedirect().Get("/my/apps").Status(303)
	})
}

// TestConsentIsRemembered: asked once, asked again for more or when the client
// wants, never where no page may be shown.
func TestConsentIsRemembered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		browser := w.as("villager")
		none := map[string]string{"prompt": "none"}
		says := func(change map[string]string, want string) {
			t.Helper()
			if got := backOf(t, browser.NoRedirect().Get(w.asks(w.people, change))).Query().Get("error"); got != want {
				t.Errorf("%v: %q, want %q", change, got, want)
			}
		}
		if got := backOf(t, w.as("").NoRedirect().Get(w.asks(w.people, none))).Query().Get("error"); got != "login_required" {
			t.Errorf("nobody is signed in: %s", got)
		}
		says(none, "consent_required")
		w.code(browser, w.people, nil)
		says(none, "")
		says(map[string]string{"prompt": "none", "scope": "openid profile phone"}, "consent_required")
		says(map[string]string{"prompt": "none", "acr_values": "urn:yimen:level:3"}, "unmet_authentication_requirements")
		w.clock.Advance(time.Minute)
		says(map[string]string{"prompt": "none", "max_age": "30"}, "login_required")
		browser.NoRedirect().Get(w.asks(w.people, map[string]string{"prompt": "consent"})).Status(200).Must("是否授权给“不动产登记”？")
		browser.NoRedirect().Get(w.asks(w.people, map[string]string{"acr_values": "urn:yimen:level:3"})).Status(303)
		no := browser.NoRedirect().Get(w.asks(w.people, map[string]string{"prompt": "consent"})).Form("#consent").Press("不同意，返回").Send()
		if got := backOf(t, no).Query().Get("error"); got != "access_denied" {
			t.Errorf("no is told as %q", got)
		}
		apps := browser.Get("/my/apps").Status(200).Must("不动产登记", "正在使用", "知道是您、姓名")
		apps.Form(`form[action="/my/apps/` + w.people.ID + `/withdraw"]`).Send().Status(200).Must("已取消对“不动产登记”的授权")
		says(none, "consent_required")
	})
}

// TestSigningInAgain: prompt=login is not content with a session that was there.
func TestSigningInAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		browser := w.as("villager")
		first := w.redeemed(w.people, w.code(browser, w.people, nil))
		w.clock.Advance(time.Minute)
		p := browser.Get(w.asks(w.people, map[string]string{"prompt": "login"})).Status(200).Must("请重新登录")
		to := p.Form(`form[action="/oauth/again"]`)
		p = browser.NoRedirect().PostForm(againPath, to.Values).Status(303)
		next, err := url.Parse(p.Header().Get("Location"))
		w.must(err)
		if w.alive(first.str("access_token")) {
			t.Error("the old session's tokens are still good")
		}
		browser.NoRedirect().PostForm("/demo/login", url.Values{"account": {"villager"}, "next": {next.Query().Get("next")}}).Status(303)
		if backOf(t, browser.Get(next.Query().Get("next"))).Query().Get("code") == "" {
			t.Error("no code after signing in again")
		}
		browser.Get(next.Query().Get("next")).Status(404).Must("已经完成或已过期")
	})
}

// TestRealmsStandApart: staff do not enter with people's clients, nor the other
// way round; staff are not asked for consent.
func TestRealmsStandApart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := front()
		d.Realm, d.Scopes, d.FullReason = Staff, []string{scopeOpenID, scopeProfile, scopeLevel}, ""
		staff := w.client0(d)
		w.as("clerk").Get(w.asks(w.people, nil)).Status(200).Must("您现在登录的是另一类账号", "群众和企业")
		w.as("villager").Get(w.asks(staff, nil)).Status(200).Must("另一类账号", "工作人员")
		got := w.redeemed(staff, w.code(w.as("clerk"), staff, nil))
		info := w.withToken(http.MethodGet, userinfoPath, got.str("access_token"))
		if info.str("name") != "王芳" || info.str("staff_id") != "s-1" || info.body["phone_number"] != nil {
			t.Errorf("%v", info.body)
		}
		bad := back()
		bad.Realm = Staff
		other := w.client0(bad)
		w.refused(w.post(tokenPath, &w.machine, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "subject_token": {got.str("access_token")},
			"subject_token_type": {"urn:ietf:params:oauth:token-type:access_token"}}), 400, "invalid_grant")
		mine := w.tokens("villager", nil)
		w.refused(w.post(tokenPath, &other, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "subject_token": {mine.str("access_token")},
			"subject_token_type": {"urn:ietf:params:oauth:token-type:access_token"}}), 400, "invalid_grant")
	})
}

// TestPairwiseNames: two clients know a person by two names, those of a sector
// by one.
func TestPairwiseNames(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sub := func(c Client, account string) string {
			t.Helper()
			got := w.redeemed(c, w.code(w.as(account), c, nil))
			return w.withToken(http.MethodGet, userinfoPath, got.str("access_token")).str("sub")
		}
		d := front()
		d.Sector = "自然资源"
		a, b := w.client0(d), w.client0(d)
		if x, y := sub(w.people, "villager"), sub(a, "villager"); x == y || x == "" {
			t.Errorf("%q and %q", x, y)
		}
		if x, y := sub(a, "villager"), sub(b, "villager"); x != y {
			t.Errorf("in one sector %q and %q", x, y)
		}
		if x, y := sub(a, "villager"), sub(a, "neighbour"); x == y {
			t.Error("two people, one name")
		}
	})
}

// TestDeviceSignsIn: a kiosk shows letters, a person types them.
func TestDeviceSignsIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ask := func() (secret, letters string) {
			t.Helper()
			got := w.post(devicePath, &w.people, url.Values{"scope": {"openid profile"}})
			if got.status != 200 || got.str("verification_uri") != w.Issuer+"/device" {
				t.Fatalf("%d %v", got.status, got.body)
			}
			return got.str("device_code"), got.str("user_code")
		}
		poll := func(secret string) answered {
			t.Helper()
			w.clock.Advance(6 * time.Second)
			return w.post(tokenPath, &w.people, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {secret}})
		}
		secret, letters := ask()
		w.refused(poll(secret), 400, "authorization_pending")
		again := w.post(tokenPath, &w.people, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {secret}})
		w.refused(again, 400, "slow_down")
		phone := w.as("villager")
		phone.PostForm("/device", url.Values{"code": {"BBBB-BBBB"}}).Status(422).Must("没有这个设备码")
		p := phone.Get("/device?code="+strings.ToLower(letters)).Status(200).Form("#code").Send().Status(200).Must("不动产登记", "请确认设备就在您面前")
		p.Form("#decide").Press("设备在我面前，同意登录").Send().Status(200).Must("设备已登录")
		w.clock.Advance(time.Minute)
		got := poll(secret)
		if got.status != 200 || !w.alive(got.str("access_token")) {
			t.Fatalf("%d %v", got.status, got.body)
		}
		w.refused(poll(secret), 400, "invalid_grant")
		phone.PostForm("/logout", nil)
		if !w.alive(got.str("access_token")) {
			t.Error("signing out on the phone ended the kiosk")
		}
		w.as("villager").PostForm("/my/apps/"+w.people.ID+"/withdraw", nil)
		if w.alive(got.str("access_token")) {
			t.Error("withdrawn, and still good")
		}
		secret, letters = ask()
		w.as("villager").PostForm("/device/decide", url.Values{"code": {letters}, "decision": {"refuse"}}).Status(200).Must("已拒绝")
		w.refused(poll(secret), 400, "access_denied")
		secret, letters = ask()
		w.clock.Advance(11 * time.Minute)
		w.refused(poll(secret), 400, "expired_token")
		w.as("villager").PostForm("/device", url.Values{"code": {letters}}).Status(422)
	})
}

// TestActingForAPerson: a back end exchanges the token of a front end, or its own
// ID token where the person allowed that; introspection says who acts.
func TestActingForAPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		exchange := func(c Client, token, kind, scope string) answered {
			return w.post(tokenPath, &c, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "subject_token": {token},
				"subject_token_type": {"urn:ietf:params:oauth:token-type:" + kind}, "scope": {scope}})
		}
		mine := w.tokens("villager", map[string]string{"scope": "openid profile phone cases"})
		got := exchange(w.machine, mine.str("access_token"), "access_token", "cases")
		if got.status != 200 || got.body["refresh_token"] != nil {
			t.Fatalf("%d %v", got.status, got.body)
		}
		if who := w.withToken(http.MethodGet, "/api/v1/who", got.str("access_token")); who.str("Login") != "villager" {
			t.Errorf("%d %v", who.status, who.body)
		}
		seen := w.post(introspectPath, &w.machine, url.Values{"token": {got.str("access_token")}})
		if act, _ := seen.body["act"].(map[string]any); seen.body["active"] != true || act["sub"] != w.machine.ID || seen.str("scope") != "cases" {
			t.Errorf("introspection: %v", seen.body)
		}
		w.refused(exchange(w.machine, mine.str("access_token"), "access_token", "phone"), 400, "invalid_scope")
		w.refused(exchange(w.people, mine.str("access_token"), "access_token", ""), 400, "unauthorized_client")
		w.post(revokePath, &w.people, url.Values{"token": {mine.str("refresh_token")}})
		if w.withToken(http.MethodGet, "/api/v1/who", got.str("access_token")).status != 401 {
			t.Error("what was exchanged outlives what it came from")
		}
		// By standing consent.
		browser := w.as("villager")
		p := browser.Get(w.asks(w.machine, map[string]string{"scope": "openid cases"})).Status(200)
		code := backOf(t, p.Form("#consent").Press("同意授权").Send()).Query().Get("code")
		id := w.redeemed(w.machine, code).str("id_token")
		w.refused(exchange(w.machine, id, "id_token", "cases"), 400, "invalid_grant")
		p = browser.Get(w.asks(w.machine, map[string]string{"scope": "openid cases", "prompt": "consent"})).Status(200)
		p.Form("#consent").Fill("standing", "1").Press("同意授权").Send()
		browser.PostForm("/logout", nil)
		w.clock.Advance(30 * 24 * time.Hour)
		if got := exchange(w.machine, id, "id_token", "cases"); got.status != 200 {
			t.Errorf("with standing consent: %d %v", got.status, got.body)
		}
		w.refused(exchange(w.people, id, "id_token", "cases"), 400, "unauthorized_client")
		w.as("villager").PostForm("/my/apps/"+w.machine.ID+"/withdraw", nil)
		w.refused(exchange(w.machine, id, "id_token", "cases"), 400, "invalid_grant")
	})
}
