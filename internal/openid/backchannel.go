package openid

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// sessionsEnded ends what was granted in a session, or to an account, in the
// transaction that ends it.
func (m *Module) sessionsEnded(ctx context.Context, e identity.SessionsEnded) error {
	w, why := new(db.Where).And("account = ?", e.Account), "account's sessions ended"
	if e.Session != "" {
		w.And("session = ?", e.Session)
		why = "signed out"
	}
	return m.endGrants(ctx, why, w)
}

// TellLogout tells one client that a session ended (OpenID Connect Back-Channel
// Logout 1.0). Tried again like every job until the client has answered.
type TellLogout struct {
	Client  string `json:"client"`
	Subject string `json:"subject"`
	Session string `json:"session"`
}

// Kind names the job.
func (TellLogout) Kind() string { return "openid.tell_logout" }

// askToTell makes the jobs for grants that have just ended, in the same
// transaction: each client hears once of each session.
func (m *Module) askToTell(ctx context.Context, ended []grant) error {
	if m.Jobs == nil || len(ended) == 0 {
		return nil
	}
	ids := make([]string, len(ended))
	for i, g := range ended {
		ids[i] = g.Client
	}
	clients, err := m.names(ctx, ids)
	if err != nil {
		return err
	}
	told := map[TellLogout]bool{}
	for _, g := range ended {
		j := TellLogout{Client: g.Client, Subject: g.Subject, Session: g.Session}
		if clients[g.Client].Definition.Backchannel == "" || told[j] {
			continue
		}
		told[j] = true
		if err := m.Jobs.Insert(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// logoutClaims are those of a logout token; it has no nonce, so that it can
// never pass for an ID token.
type logoutClaims struct {
	Issuer   string                    `json:"iss"`
	Subject  string                    `json:"sub"`
	Audience string                    `json:"aud"`
	IssuedAt int64                     `json:"iat"`
	Expires  int64                     `json:"exp"`
	ID       string                    `json:"jti"`
	Session  string                    `json:"sid,omitempty"`
	Events   map[string]map[string]any `json:"events"`
}

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

func (m *Module) tellLogout(ctx context.Context, j TellLogout) error {
	c, err := m.client(ctx, j.Client)
	if err != nil {
		return ignore(err, ErrClientUnknown)
	}
	if c.Definition.Backchannel == "" {
		return nil
	}
	key, err := m.signing(ctx)
	if err != nil {
		return err
	}
	now := m.now(ctx)
	signer, err := m.signer(key, "logout+jwt")
	if err != nil {
		return err
	}
	signed, err := sign(signer, logoutClaims{Issuer: m.Issuer, Subject: j.Subject, Audience: c.ID, IssuedAt: now.Unix(), Expires: now.Add(2 * time.Minute).Unix(),
		ID: db.NewID(), Session: j.Session, Events: map[string]map[string]any{logoutEvent: {}}})
	if err != nil {
		return err
	}
	body := url.Values{"logout_token": {signed}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Definition.Backchannel, strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("tell client %s of a logout: %w", c.ID, err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := m.Reach.Do(r)
	if err != nil {
		return fmt.Errorf("tell client %s of a logout: %w", c.ID, err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 4096)) // so that the connection can be used again
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("tell client %s of a logout: it answered %d", c.ID, resp.StatusCode)
	}
	return nil
}

// outward is how clients are told: with little patience, and never led elsewhere.
func outward() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
