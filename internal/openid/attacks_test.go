package openid

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/go-jose/go-jose/v4"

	"yimen/internal/identity"
	"yimen/internal/kit/digest"
)

// TestStolenRefreshToken: one that comes a second time ends all there is, the
// thief's and the owner's, and the person sees it.
func TestStolenRefreshToken(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.tokens("villager", nil)
		second := w.refreshed(w.people, first.str("refresh_token"))
		if second.status != 200 || !w.alive(second.str("access_token")) {
			t.Fatalf("%d %v", second.status, second.body)
		}
		w.refused(w.refreshed(w.people, first.str("refresh_token")), 400, "invalid_grant")
		if w.alive(first.str("access_token")) || w.alive(second.str("access_token")) {
			t.Error("an access token of the family lives on")
		}
		w.refused(w.refreshed(w.people, second.str("refresh_token")), 400, "invalid_grant")
		if w.audited("client.misuse") == 0 {
			t.Error("nothing in the audit")
		}
		w.as("villager").Get("/my/apps").Status(200).Must("登录凭证被重复使用，可能已泄露")
		ctx := identity.With(w.system, w.actor("villager"))
		if n, err := w.Messages.Unread(ctx); err != nil || n != 1 {
			t.Errorf("%d messages, %v", n, err)
		}
	})
}

func (w *world) actor(name string) identity.Actor {
	w.t.Helper()
	a, err := w.id.Actor(w.system, name)
	w.must(err)
	return a
}

// TestRefreshedAtOnce: of many who come with one refresh token at the same
// moment, one at most gets tokens, and they are void soon after.
func TestRefreshedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		token := w.tokens("villager", nil).str("refresh_token")
		var wait sync.WaitGroup
		got := make([]answered, 6)
		for i := range got {
			wait.Go(func() { got[i] = w.refreshed(w.people, token) })
		}
		wait.Wait()
		lucky := 0
		for _, a := range got {
			if a.status == 200 {
				lucky++
				if w.alive(a.str("access_token")) {
					t.Error("tokens of a copied refresh token live")
				}
			}
		}
		if lucky > 1 {
			t.Errorf("%d got tokens", lucky)
		}
	})
}

// TestCodeReplay: a code is good once; a second time ends what the first gave.
func TestCodeReplay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		code := w.code(w.as("villager"), w.people, nil)
		got := w.redeemed(w.people, code)
		if !w.alive(got.str("access_token")) {
			t.Fatalf("%v", got.body)
		}
		w.refused(w.redeemed(w.people, code), 400, "invalid_grant")
		if w.alive(got.str("access_token")) || w.refreshed(w.people, got.str("refresh_token")).status == 200 {
			t.Error("the tokens of a replayed code live on")
		}
		late := w.code(w.as("villager"), w.people, nil)
		w.clock.Advance(61 * time.Second)
		w.refused(w.redeemed(w.people, late), 400, "invalid_grant")
	})
}

// TestCodeOfAnother: a code in the hands of another client, without its verifier
// or for another address is worth nothing, then and afterwards.
func TestCodeOfAnother(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		form := func(change map[string]string) (string, url.Values) {
			code := w.code(w.as("villager"), w.people, nil)
			v := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {backTo}, "code_verifier": {verifier}}
			for k, x := range change {
				if v.Del(k); x != "" {
					v.Set(k, x)
				}
			}
			return code, v
		}
		for name, change := range map[string]map[string]string{
			"no verifier": {"code_verifier": ""}, "a wrong verifier": {"code_verifier": strings.Repeat("a", 43)},
			"the challenge as verifier": {"code_verifier": challenge}, "another address": {"redirect_uri": "https://dept.example/other"},
		} {
			code, v := form(change)
			if a := w.post(tokenPath, &w.people, v); a.status != 400 || a.str("error") != "invalid_grant" {
				t.Errorf("%s: %d %v", name, a.status, a.body)
			}
			if a := w.redeemed(w.people, code); a.status == 200 {
				t.Errorf("after %s the code was still good", name)
			}
		}
		code, v := form(nil)
		w.refused(w.post(tokenPath, &w.machine, v), 400, "invalid_grant")
		w.refused(w.redeemed(w.people, code), 400, "invalid_grant")
		mine := w.tokens("villager", nil)
		d := back()
		d.Grants = append(d.Grants, "refresh_token")
		thief := w.client0(d)
		w.refused(w.refreshed(thief, mine.str("refresh_token")), 400, "invalid_grant")
		if w.alive(mine.str("access_token")) {
			t.Error("a refresh token in the hands of another client: the family lives on")
		}
	})
}

// TestPKCEDowngrade: S256 is asked of every client; plain and nothing are refused,
// and the client is told at its own address.
func TestPKCEDowngrade(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		browser := w.as("villager")
		for name, change := range map[string]map[string]string{
			"plain": {"code_challenge_method": "plain"}, "no method": {"code_challenge_method": ""}, "nothing": {"code_challenge": "", "code_challenge_method": ""},
			"no challenge": {"code_challenge": ""}, "short": {"code_challenge": "abc"},
		} {
			u := backOf(t, browser.NoRedirect().Get(w.asks(w.people, change)))
			if u.Host != "dept.example" || u.Query().Get("error") != "invalid_request" || u.Query().Get("state") != "s1" || u.Query().Get("code") != "" {
				t.Errorf("%s: %s", name, u)
			}
		}
		for name, change := range map[string]map[string]string{
			"implicit": {"response_type": "id_token token"}, "hybrid": {"response_type": "code id_token"}, "a request object": {"request": "x.y.z"},
			"form_post": {"response_mode": "form_post"}, "no openid": {"scope": "profile"}, "none and login": {"prompt": "none login"},
		} {
			if u := backOf(t, browser.NoRedirect().Get(w.asks(w.people, change))); u.Query().Get("error") == "" {
				t.Errorf("%s: %s", name, u)
			}
		}
	})
}

// TestOpenRedirects: nobody is sent to an address that is not registered to the
// letter, neither with a code, nor with an error, nor after signing out.
func TestOpenRedirects(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		browser := w.as("villager")
		for _, to := range []string{"", "https://evil.example/callback", backTo + "/", backTo + "?x=1", backTo + "#x", "https://dept.example/Callback",
			"http://dept.example/callback", "https://dept.example:443/callback", "https://dept.example/callback/../evil", "https://dept.example@evil.example/callback",
			"https://dept.example/callback%2f..", "//dept.example/callback", "javascript:alert(1)", "https://dept.example.evil.example/callback", " " + backTo,
			"https://back.example/cb"} {
			p := browser.NoRedirect().Get(w.asks(w.people, map[string]string{"redirect_uri": to}))
			if p.Code != 422 || p.Header().Get("Location") != "" || p.Header().Get("Refresh") != "" {
				t.Errorf("redirect_uri %q: %d %s", to, p.Code, p.Header().Get("Location"))
			}
		}
		browser.NoRedirect().Get(w.asks(w.people, map[string]string{"client_id": "ym-nobody"})).Status(422)
		browser.NoRedirect().Get(w.asks(w.people, nil) + "&redirect_uri=https://evil.example/").Status(422)
		id := w.redeemed(w.people, w.code(browser, w.people, nil)).str("id_token")
		for _, v := range []url.Values{
			{"post_logout_redirect_uri": {"https://dept.example/bye"}}, {"id_token_hint": {id}, "post_logout_redirect_uri": {"https://evil.example/"}},
			{"client_id": {w.people.ID}, "post_logout_redirect_uri": {"https://dept.example/bye/"}}, {"client_id": {w.machine.ID}, "id_token_hint": {id}},
			{"client_id": {w.machine.ID}, "post_logout_redirect_uri": {"https://dept.example/bye"}},
		} {
			p := browser.NoRedirect().Get(logoutPath + "?" + v.Encode())
			if p.Code != 422 || p.Header().Get("Location") != "" {
				t.Errorf("logout %v: %d %s", v, p.Code, p.Header().Get("Location"))
			}
		}
		browser.NoRedirect().Get("/my/apps").Status(200)
	})
}

// TestLogoutIsAskedFirst: a link of another site signs nobody out.
func TestLogoutIsAskedFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		browser := w.as("villager")
		other := w.redeemed(w.people, w.code(w.as("neighbour"), w.people, nil)).str("id_token")
		p := browser.NoRedirect().Get(logoutPath + "?" + url.Values{"id_token_hint": {other}, "post_logout_redirect_uri": {"https://dept.example/bye"}}.Encode())
		p.Status(200).Must("退出登录？")
		browser.NoRedirect().Get("/my/apps").Status(200)
		done := browser.NoRedirect().PostForm(logoutPath, p.Form(`form[action="/oauth/logout"]`).Values).Status(200)
		if backOf(t, done).String() != "https://dept.example/bye" {
			t.Errorf("%s", backOf(t, done))
		}
		browser.NoRedirect().Get("/my/apps").Status(303)
		cross := w.as("villager").With("Sec-Fetch-Site", "cross-site")
		cross.PostForm(logoutPath, nil).Status(403)
	})
}

// TestConsentFromAnotherSite: neither another site's form, nor somebody else's
// browser, gives consent in a person's name.
func TestConsentFromAnotherSite(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		browser := w.as("villager")
		form := browser.Get(w.asks(w.people, nil)).Form("#consent").Press("同意授权").Values
		browser.With("Sec-Fetch-Site", "cross-site").PostForm(consentPath, form).Status(403)
		browser.With("Origin", "https://evil.example").PostForm(consentPath, form).Status(403)
		w.as("").NoRedirect().PostForm(consentPath, form).Status(303).Location("/login?next=%2F")
		w.as("clerk").PostForm(consentPath, form).Status(404)
		if n := w.audited("consent.give"); n != 0 {
			t.Errorf("%d consents", n)
		}
		w.as("villager").PostForm("/device/decide", url.Values{"code": {"BBBBBBBB"}, "decision": {"allow"}}).Status(422)
	})
}

// TestStrangersAndSecrets: a client proves itself, and hears only of what is its.
func TestStrangersAndSecrets(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mine := w.tokens("villager", nil)
		machine := w.post(tokenPath, &w.machine, url.Values{"grant_type": {"client_credentials"}})
		if machine.status != 200 {
			t.Fatalf("%v", machine.body)
		}
		for _, x := range []struct {
			c      Client
			token  string
			active bool
		}{
			{w.people, mine.str("access_token"), true}, {w.people, mine.str("refresh_token"), true}, {w.machine, mine.str("access_token"), false},
			{w.machine, machine.str("access_token"), true}, {w.people, machine.str("access_token"), false}, {w.people, mine.str("id_token"), false}, {w.people, "ya_x", false},
		} {
			got := w.post(introspectPath, &x.c, url.Values{"token": {x.token}})
			if got.status != 200 || got.body["active"] != x.active || !x.active && len(got.body) != 1 {
				t.Errorf("%s about %.12s…: %d %v", x.c.Name, x.token, got.status, got.body)
			}
		}
		w.refused(w.post(introspectPath, nil, url.Values{"token": {mine.str("access_token")}, "client_id": {w.people.ID}}), 400, "invalid_client")
		wrong := w.people
		r, _ := http.NewRequest(http.MethodPost, w.site.URL+tokenPath, strings.NewReader("grant_type=client_credentials"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(wrong.ID, "guess")
		got := w.send(r)
		w.refused(got, 401, "invalid_client")
		if got.header.Get("WWW-Authenticate") == "" {
			t.Error("no WWW-Authenticate")
		}
		ghost := Client{ID: "ym-nobody"}
		again := w.post(tokenPath, &ghost, url.Values{"grant_type": {"client_credentials"}})
		if again.str("error_description") != got.str("error_description") || again.status != got.status {
			t.Error("a client that is not and a wrong secret are told apart")
		}
		w.refused(w.post(tokenPath, &w.people, url.Values{"grant_type": {"client_credentials"}}), 400, "unauthorized_client")
		w.refused(w.post(tokenPath, &w.people, url.Values{"grant_type": {"password"}}), 400, "unsupported_grant_type")
		w.refused(w.post(revokePath, &w.machine, url.Values{"token": {mine.str("refresh_token")}}), 400, "unauthorized_client")
		if !w.alive(mine.str("access_token")) {
			t.Error("a stranger took the tokens back")
		}
		w.post(revokePath, &w.machine, url.Values{"token": {machine.str("access_token")}})
		if got := w.post(introspectPath, &w.machine, url.Values{"token": {machine.str("access_token")}}); got.body["active"] != false {
			t.Error("a revoked machine token is good")
		}
	})
}

// TestForgedTokens: alg none, another key, HMAC with the public key, the wrong
// type, another issuer, from the future, over.
func TestForgedTokens(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key, err := w.signing(w.system)
		w.must(err)
		now := w.clock.Now()
		claims := func(change func(*machineClaims)) machineClaims {
			c := machineClaims{Issuer: w.Issuer, Subject: w.machine.ID, ClientID: w.machine.ID, Audience: []string{w.machine.ID}, ID: "1",
				IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix()}
			if change != nil {
				change(&c)
			}
			return c
		}
		signed := func(s jose.Signer, c machineClaims) string {
			raw, err := sign(s, c)
			w.must(err)
			return raw
		}
		body, _ := json.Marshal(claims(nil))
		part := base64.RawURLEncoding.EncodeToString
		stranger, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		other, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: stranger, KeyID: key.ID}}, (&jose.SignerOptions{}).WithType("at+jwt"))
		w.must(err)
		mac, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: []byte(key.Public), KeyID: key.ID}}, (&jose.SignerOptions{}).WithType("at+jwt"))
		w.must(err)
		good := signed(key.machine, claims(nil))
		if c, err := w.machineOf(w.system, good); c == nil || err != nil {
			t.Fatalf("the test's own token is refused: %v", err)
		}
		for name, raw := range map[string]string{
			"alg none": part([]byte(`{"alg":"none","typ":"at+jwt"}`)) + "." + part(body) + ".", "another key": signed(other, claims(nil)),
			"HMAC with the public key": signed(mac, claims(nil)), "an ID token's type": signed(key.signer, claims(nil)),
			"another issuer":  signed(key.machine, claims(func(c *machineClaims) { c.Issuer = "https://evil.example" })),
			"over":            signed(key.machine, claims(func(c *machineClaims) { c.Expires = now.Unix() })),
			"from the future": signed(key.machine, claims(func(c *machineClaims) { c.IssuedAt = now.Add(2 * time.Minute).Unix() })),
			"a changed claim": strings.Replace(good, strings.Split(good, ".")[1], part([]byte(strings.Replace(string(body), `"1"`, `"2"`, 1))), 1),
		} {
			if c, _ := w.machineOf(w.system, raw); c != nil {
				t.Errorf("%s is believed", name)
			}
		}
		near := signed(key.machine, claims(func(c *machineClaims) { c.IssuedAt = now.Add(30 * time.Second).Unix() }))
		if c, _ := w.machineOf(w.system, near); c == nil {
			t.Error("a clock half a minute ahead is not borne")
		}
		if p := w.withToken(http.MethodGet, userinfoPath, good); p.status != 401 {
			t.Errorf("userinfo of a machine: %d", p.status)
		}
	})
}

// TestTokensEnd: by time, another password, a stopped account, a stopped client.
func TestTokensEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		got := w.tokens("villager", nil)
		w.clock.Advance(16 * time.Minute)
		if w.alive(got.str("access_token")) {
			t.Error("an access token outlives its time")
		}
		got = w.refreshed(w.people, got.str("refresh_token"))
		w.must(w.id.SetPassword(identity.With(w.system, w.actor("villager")), "villager", "Another-2026"))
		if w.alive(got.str("access_token")) || w.refreshed(w.people, got.str("refresh_token")).status == 200 {
			t.Error("another password leaves tokens good")
		}
		got = w.tokens("villager", nil)
		w.must(w.id.Disable(w.system, "villager"))
		if w.alive(got.str("access_token")) {
			t.Error("tokens of a stopped account")
		}
		w.must(w.id.Enable(w.system, "villager"))
		got = w.tokens("villager", nil)
		for range 40 { // a refresh token is renewed, its family is not
			w.clock.Advance(13 * time.Minute)
			if next := w.refreshed(w.people, got.str("refresh_token")); next.status == 200 {
				got = next
			}
		}
		if w.refreshed(w.people, got.str("refresh_token")).status == 200 {
			t.Error("a family lives longer than eight hours")
		}
		got = w.tokens("villager", nil)
		w.must(w.Disable(identity.With(w.system, w.actor("sec")), w.people.ID))
		if w.alive(got.str("access_token")) {
			t.Error("tokens of a stopped client")
		}
		w.refused(w.refreshed(w.people, got.str("refresh_token")), 401, "invalid_client")
		w.as("villager").Get(w.asks(w.people, nil)).Status(422)
	})
}

// TestClientsAreToldOfLogout: signed, tried again until the client has answered,
// and not led elsewhere.
func TestClientsAreToldOfLogout(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		answer := http.StatusInternalServerError
		dept := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			raw, _ := io.ReadAll(r.Body)
			v, _ := url.ParseQuery(string(raw))
			w.told <- v.Get("logout_token")
			rw.WriteHeader(answer)
		}))
		defer dept.Close()
		d := front()
		d.Backchannel = dept.URL + "/out"
		c := w.client0(d)
		browser := w.as("villager")
		got := w.redeemed(c, w.code(browser, c, nil))
		browser.PostForm("/logout", nil)
		if w.alive(got.str("access_token")) {
			t.Error("a token outlives its session")
		}
		if err := w.queue.Drain(w.system); err == nil {
			t.Error("an answer of 500 counts as heard")
		}
		first := <-w.told
		answer = http.StatusOK
		w.clock.Advance(time.Minute)
		w.must(w.queue.Drain(w.system))
		var id idClaims
		w.must(w.verified(w.system, got.str("id_token"), "JWT", &id))
		for _, raw := range []string{first, <-w.told} {
			var claims logoutClaims
			w.must(w.verified(w.system, raw, "logout+jwt", &claims))
			if _, ok := claims.Events[logoutEvent]; !ok || claims.Audience != c.ID || claims.Subject != id.Subject || claims.Session != id.Session || claims.ID == "" {
				t.Errorf("%+v", claims)
			}
		}
		w.clock.Advance(time.Hour)
		w.must(w.queue.Drain(w.system))
		if len(w.told) != 0 {
			t.Error("told again after it had answered")
		}
	})
}

// TestSignedAssertions: private_key_jwt, each once, for us, by the registered key.
func TestSignedAssertions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		private, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		set, _ := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: private.Public(), KeyID: "k1", Use: "sig", Algorithm: "ES256"}}})
		d := back()
		d.Auth, d.Keys = AuthKey, string(set)
		c := w.client0(d)
		n := 0
		ask := func(change func(*assertion), key any) answered {
			n++
			now := w.clock.Now()
			a := assertion{Issuer: c.ID, Subject: c.ID, Audience: []string{w.Issuer}, Expires: now.Add(time.Minute).Unix(), IssuedAt: now.Unix(), ID: "n" + string(rune('a'+n))}
			if change != nil {
				change(&a)
			}
			s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "k1"}}, nil)
			w.must(err)
			raw, err := sign(s, a)
			w.must(err)
			return w.post(tokenPath, nil, url.Values{"grant_type": {"client_credentials"}, "client_assertion": {raw},
				"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}})
		}
		if a := ask(func(a *assertion) { a.ID = "once" }, private); a.status != 200 {
			t.Fatalf("%d %v", a.status, a.body)
		}
		stranger, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		w.refused(ask(func(a *assertion) { a.ID = "once" }, private), 401, "invalid_client")
		w.refused(ask(nil, stranger), 401, "invalid_client")
		w.refused(ask(func(a *assertion) { a.Subject = w.machine.ID }, private), 401, "invalid_client")
		w.refused(ask(func(a *assertion) { a.Audience = []string{"https://evil.example"} }, private), 401, "invalid_client")
		w.refused(ask(func(a *assertion) { a.Expires = w.clock.Now().Add(-2 * time.Minute).Unix() }, private), 401, "invalid_client")
		w.refused(ask(func(a *assertion) { a.Expires = w.clock.Now().Add(time.Hour).Unix() }, private), 401, "invalid_client")
		w.refused(ask(func(a *assertion) { a.ID = "" }, private), 401, "invalid_client")
		if a := ask(func(a *assertion) { a.IssuedAt = w.clock.Now().Add(30 * time.Second).Unix() }, private); a.status != 200 {
			t.Errorf("a clock half a minute ahead: %d %v", a.status, a.body)
		}
		w.refused(w.post(tokenPath, &c, url.Values{"grant_type": {"client_credentials"}}), 401, "invalid_client")
	})
}

// TestTwoAdministrators: nothing holds that only one has said; nobody authorises
// what they asked for.
func TestTwoAdministrators(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys, sec := identity.With(w.system, w.actor("sys")), identity.With(w.system, w.actor("sec"))
		id, err := w.AskClient(sys, "", front())
		w.must(err)
		is := func(got, want error) {
			t.Helper()
			if !errors.Is(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		}
		x, err := w.waiting(sys, id)
		w.must(err)
		is(w.Decide(sys, id, x.ID, true, ""), identity.ErrNoRight)
		_, err = w.AskClient(sec, "", front())
		is(err, identity.ErrNoRight)
		_, err = w.NewSecret(sys, id)
		is(err, ErrClientState)
		both := w.actor("sec")
		both.Account = w.actor("sys").Account // whoever asked, whatever rights they have now
		is(w.Decide(identity.With(w.system, both), id, x.ID, true, ""), ErrOwnChange)
		newer := front()
		newer.Name = "改过的名称"
		_, err = w.AskClient(sys, id, newer)
		w.must(err)
		is(w.Decide(sec, id, x.ID, true, ""), ErrChangeUnknown)
		x, err = w.waiting(sys, id)
		w.must(err)
		is(w.Decide(sec, id, x.ID, false, ""), ErrClientInvalid)
		w.must(w.Decide(sec, id, x.ID, true, ""))
		secret, err := w.NewSecret(sys, id)
		w.must(err)
		c, err := w.client(sys, id)
		w.must(err)
		if c.Name != "改过的名称" || c.State != StateActive || c.SecretHash == secret || c.SecretHash != digest.Of(secret) {
			t.Errorf("%+v", c)
		}
		w.as("villager").Get("/admin/clients").Status(403)
		w.as("sys").Get("/admin/clients").Status(200).Must("改过的名称", "登记应用")
		w.as("sec").Get("/admin/clients/"+id).Status(200).Must("现在的登记").MustNot("生成密钥", secret)
		page := w.as("sys").Get("/admin/clients/" + id).Form(`form[action="/admin/clients/` + id + `/secret"]`).Send().Status(200)
		page.Must("只显示这一次", "ys_")
		w.as("sys").Get("/admin/clients/" + id).MustNot("ys_")
		w.as("sec").Get("/admin/clients/keys").Status(200).Must("正在使用").MustNot("立即换用")
	})
}

// TestDefinitionsThatAreRefused are registrations nobody could authorise.
func TestDefinitionsThatAreRefused(t *testing.T) {
	for field, change := range map[string]func(*Definition){
		"name": func(d *Definition) { d.Name = "" }, "realm": func(d *Definition) { d.Realm = "all" },
		"redirects":   func(d *Definition) { d.Redirects = []string{"http://dept.example/cb"} },
		"post_logout": func(d *Definition) { d.PostLogout = []string{"https://*.example/"} },
		"backchannel": func(d *Definition) { d.Backchannel = "ftp://x" },
		"full_reason": func(d *Definition) { d.FullReason = " " }, "scopes": func(d *Definition) { d.Realm = Staff },
		"auth": func(d *Definition) { d.Auth, d.Grants = AuthNone, []string{"client_credentials"} },
		"keys": func(d *Definition) { d.Auth, d.Keys = AuthKey, "{}" }, "grants": func(d *Definition) { d.Grants = []string{"implicit"} },
	} {
		d := front()
		change(&d)
		var e interface{ Error() string } = d.check()
		if e == nil || !strings.Contains(strings.Join(fieldNames(d.check()), " "), field) {
			t.Errorf("%s: %v", field, e)
		}
	}
	for _, ok := range []string{"https://a.example/x?y=1", "http://127.0.0.1:8000/cb", "http://localhost/cb", "http://[::1]:1/cb"} {
		if p := addressProblem(ok); p != "" {
			t.Errorf("%s: %s", ok, p)
		}
	}
}

// TestKeysAreReplaced: shown before they sign, shown while what they signed
// lives, sealed in the database.
func TestKeysAreReplaced(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, err := w.signing(w.system)
		w.must(err)
		w.must(w.KeepKeys(w.system))
		w.clock.Advance(91 * 24 * time.Hour)
		w.must(w.KeepKeys(w.system))
		list, err := w.published(w.system)
		w.must(err)
		if now, _ := w.signing(w.system); len(list) != 2 || now.ID != first.ID {
			t.Fatalf("%d keys, signs %s", len(list), now.ID)
		}
		w.clock.Advance(25 * time.Hour)
		second, err := w.signing(w.system)
		w.must(err)
		if second.ID == first.ID {
			t.Error("the old key still signs")
		}
		w.must(w.KeepKeys(w.system))
		if list, _ = w.published(w.system); len(list) != 1 {
			t.Errorf("%d keys long after", len(list))
		}
		w.must(w.RotateKey(w.system, true))
		third, err := w.signing(w.system)
		w.must(err)
		if list, _ = w.published(w.system); len(list) != 1 || third.ID == second.ID {
			t.Error("a key that may have leaked is still shown")
		}
		var row keyRow
		w.must(w.db.Conn(w.system).Get(w.system, &row, `SELECT id, public, private, created_at, signs_at FROM openid_key`))
		if _, err := base64.StdEncoding.DecodeString(row.Private); err == nil || strings.Contains(row.Public, `"d"`) {
			t.Error("the private key lies open")
		}
		row.ID = "another"
		if _, err := w.open(row); err == nil {
			t.Error("a key opens under another name")
		}
	})
}

// TestSM2KeysCannotBeShown records why tokens are not signed with SM2: the library
// has no way to publish the key. If this fails, it has learned it.
func TestSM2KeysCannotBeShown(t *testing.T) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := json.Marshal(jose.JSONWebKey{Key: &key.PublicKey, KeyID: "k", Use: "sig"}); err == nil {
		t.Errorf("an SM2 key can be shown now: %s", raw)
	}
}
