package department

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"yimen/internal/kit/web"
)

// What visitors are told.
const (
	saidDown    = "统一身份认证没有应答，请过一会儿再试。"
	saidHere    = "统一身份认证只把人送回https网址或本机，在这个网址上不能演示。请在运行程序的机器上用浏览器打开。"
	saidLost    = "这次登录已经过期，或不是在这个浏览器里开始的，请再点一次“用统一身份登录”。"
	saidRefused = "您没有同意授权，本系统不知道您是谁。"
	saidVoid    = "令牌已经作废：在一门退出了登录、取消了授权，或者过期了。请重新登录。"
	saidRenewed = "令牌已刷新，旧的作废。"
	saidLeft    = "已退出本系统，也退出了一门。"
)

func (m *Module) now() time.Time { return m.Clock.Now() }

// reach is the context of calls to the provider.
func (m *Module) reach(ctx context.Context) context.Context {
	return gooidc.ClientContext(ctx, m.Reach)
}

// login sends the visitor to the provider, with a state, a nonce and the
// challenge of a verifier that only this system knows.
func (m *Module) login(w http.ResponseWriter, r *http.Request) error {
	if here, err := url.Parse(m.Issuer); err == nil && r.Host != here.Host {
		// The cookie must be where the provider sends people back to.
		http.Redirect(w, r, m.Issuer+loginPath, http.StatusSeeOther)
		return nil
	}
	p, err := m.registered(r.Context())
	if err != nil {
		return m.sorry(w, r, visit{}, err)
	}
	x := visit{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier()}
	m.visits.keep(w, r, x, m.now(), true)
	http.Redirect(w, r, p.AuthCodeURL(x.state, oauth2.S256ChallengeOption(x.verifier), gooidc.Nonce(x.nonce)), http.StatusSeeOther)
	return nil
}

// back takes the provider's answer.
func (m *Module) back(w http.ResponseWriter, r *http.Request) error {
	x, q := m.visits.of(r, m.now()), r.URL.Query()
	switch {
	case x.state == "" || subtle.ConstantTimeCompare([]byte(x.state), []byte(q.Get("state"))) != 1 || q.Get("iss") != m.Issuer:
		return m.show(w, r, visit{said: saidLost}, false)
	case q.Get("error") == "access_denied":
		return m.show(w, r, visit{said: saidRefused}, false)
	case q.Get("error") != "":
		return m.sorry(w, r, visit{}, errors.New("the provider answers "+q.Get("error")))
	}
	p, err := m.registered(r.Context())
	if err != nil {
		return m.sorry(w, r, visit{}, err)
	}
	token, err := p.Exchange(m.reach(r.Context()), q.Get("code"), oauth2.VerifierOption(x.verifier))
	if err != nil {
		return m.sorry(w, r, visit{}, err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.provider.Verifier(&gooidc.Config{ClientID: p.ClientID, Now: m.now}).Verify(m.reach(r.Context()), raw)
	if err == nil && id.Nonce != x.nonce {
		err = errors.New("the ID token answers another question")
	}
	in := visit{token: token, idToken: raw}
	if err == nil {
		err = errors.Join(id.VerifyAccessToken(token.AccessToken), id.Claims(&in.claims))
	}
	if err == nil {
		err = m.learn(r.Context(), p, &in)
	}
	if err != nil {
		return m.sorry(w, r, visit{}, err)
	}
	return m.show(w, r, in, true)
}

// learn asks the provider who the holder of the token is.
func (m *Module) learn(ctx context.Context, p *party, x *visit) error {
	info, err := p.provider.UserInfo(m.reach(ctx), oauth2.StaticTokenSource(x.token))
	if err != nil {
		return err
	}
	x.info = nil
	return info.Claims(&x.info)
}

// refresh gets another token for the one at hand. One after the other: a refresh
// token that is shown twice ends the grant.
func (m *Module) refresh(w http.ResponseWriter, r *http.Request) error {
	m.renewing.Lock()
	defer m.renewing.Unlock()
	x := m.visits.of(r, m.now())
	if x.token == nil {
		return m.show(w, r, visit{said: saidLost}, false)
	}
	p, err := m.registered(r.Context())
	if err != nil {
		return m.sorry(w, r, x, err)
	}
	over := &oauth2.Token{RefreshToken: x.token.RefreshToken, Expiry: time.Unix(1, 0)}
	token, err := p.TokenSource(m.reach(r.Context()), over).Token()
	var said *oauth2.RetrieveError
	if errors.As(err, &said) && said.ErrorCode == "invalid_grant" {
		return m.show(w, r, visit{said: saidVoid}, false)
	}
	if err != nil {
		return m.sorry(w, r, x, err)
	}
	x.token, x.renewed, x.said = token, x.renewed+1, saidRenewed
	if err := m.learn(r.Context(), p, &x); err != nil {
		return m.sorry(w, r, x, err)
	}
	return m.show(w, r, x, false)
}

// logout signs out here and asks the provider to do the same.
func (m *Module) logout(w http.ResponseWriter, r *http.Request) error {
	x := m.visits.of(r, m.now())
	p, err := m.registered(r.Context())
	if err != nil {
		return m.sorry(w, r, x, err)
	}
	m.visits.keep(w, r, visit{said: saidLeft}, m.now(), true)
	if x.idToken == "" {
		return web.Redirect(w, r, pagePath)
	}
	to := p.leave + "?" + url.Values{"id_token_hint": {x.idToken}, "post_logout_redirect_uri": {m.Issuer + pagePath}}.Encode()
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// show remembers the visit and goes to the page.
func (m *Module) show(w http.ResponseWriter, r *http.Request, x visit, fresh bool) error {
	m.visits.keep(w, r, x, m.now(), fresh)
	return web.Redirect(w, r, pagePath)
}

// sorry tells that it did not work; why is in the log.
func (m *Module) sorry(w http.ResponseWriter, r *http.Request, x visit, err error) error {
	m.Log.LogAttrs(r.Context(), slog.LevelError, "demo client failed", slog.String("request", web.RequestID(r)), slog.String("error", err.Error()))
	x.said = saidDown
	return m.show(w, r, x, false)
}
