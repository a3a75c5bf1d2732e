package openid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
)

// Prefixes by which a leaked token is found in a log.
const (
	accessPrefix  = "ya_"
	refreshPrefix = "yr_"
	codePrefix    = "yc_"
)

// Kinds of tokens.
const (
	kindCode    = "code"
	kindAccess  = "access"
	kindRefresh = "refresh"
)

// grant is one authorisation; all its tokens live and end with it.
type grant struct {
	ID        string     `db:"id"`
	Family    string     `db:"family"`
	Client    string     `db:"client"`
	Account   string     `db:"account"`
	Subject   string     `db:"subject"`
	Scopes    string     `db:"scopes"`
	Audience  string     `db:"audience"`
	Session   string     `db:"session"`
	Epoch     int64      `db:"epoch"`
	Level     int        `db:"level"`
	Method    string     `db:"method"`
	Act       string     `db:"act"`
	AuthAt    time.Time  `db:"auth_at"`
	CreatedAt time.Time  `db:"created_at"`
	ExpiresAt time.Time  `db:"expires_at"`
	EndedAt   *time.Time `db:"ended_at"`
	EndedWhy  string     `db:"ended_why"`
}

var grantColumns = []string{"id", "family", "client", "account", "subject", "scopes", "audience", "session", "epoch", "level", "method",
	"act", "auth_at", "created_at", "expires_at", "ended_at", "ended_why"}

// token is a code, an access or a refresh token, with its grant.
type token struct {
	Hash      string     `db:"hash"`
	Kind      string     `db:"kind"`
	GrantID   string     `db:"grant_id"`
	Own       string     `db:"own_scopes"`
	Redirect  string     `db:"redirect"`
	Challenge string     `db:"challenge"`
	Nonce     string     `db:"nonce"`
	Made      time.Time  `db:"made"`
	Until     time.Time  `db:"until"`
	UsedAt    *time.Time `db:"used_at"`
	grant
}

// begin makes the grant of a person for a client.
func (m *Module) begin(ctx context.Context, c Client, a identity.Actor, scopes []string) (grant, error) {
	subject, err := m.subjectOf(ctx, c, a.Account)
	if err != nil {
		return grant{}, err
	}
	now, id := m.now(ctx), db.NewID()
	g := grant{ID: id, Family: id, Client: c.ID, Account: a.Account, Subject: subject, Scopes: strings.Join(scopes, " "),
		Audience: c.ID, Session: a.Session, Epoch: a.Epoch(), Level: int(a.Level), Method: a.Method,
		AuthAt: a.SignedInAt, CreatedAt: now, ExpiresAt: now.Add(m.RefreshLife)}
	if g.AuthAt.IsZero() {
		g.AuthAt = now
	}
	return g, nil
}

func (m *Module) keep(ctx context.Context, g grant) error {
	err := m.DB.Conn(ctx).InsertRows(ctx, "openid_grant", grantColumns, "", [][]any{{g.ID, g.Family, g.Client, g.Account, g.Subject, g.Scopes,
		g.Audience, g.Session, g.Epoch, g.Level, g.Method, g.Act, g.AuthAt, g.CreatedAt, g.ExpiresAt, nil, ""}})
	if err != nil {
		return fmt.Errorf("keep authorisation: %w", err)
	}
	return nil
}

// issue makes a token of a grant and keeps its hash. t.Until is bounded by the
// grant.
func (m *Module) issue(ctx context.Context, g grant, prefix string, t token) (string, error) {
	secret := secretText(prefix)
	if t.Until.After(g.ExpiresAt) {
		t.Until = g.ExpiresAt
	}
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO openid_token (hash, kind, grant_id, scopes, redirect, challenge, nonce, created_at, expires_at, used_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL)`, digest.Of(secret), t.Kind, g.ID, t.Own, t.Redirect, t.Challenge, t.Nonce, m.now(ctx), t.Until)
	if err != nil {
		return "", fmt.Errorf("keep token: %w", err)
	}
	return secret, nil
}

// find gives a token of a kind, however it stands; nil when there is none.
func (m *Module) find(ctx context.Context, kind, secret string) (*token, error) {
	var t token
	err := m.DB.Conn(db.Fresh(ctx)).Get(ctx, &t, `SELECT t.hash, t.kind, t.grant_id, t.scopes AS own_scopes, t.redirect, t.challenge, t.nonce,
		t.created_at AS made, t.expires_at AS until, t.used_at,
		g.id, g.family, g.client, g.account, g.subject, g.scopes, g.audience, g.session, g.epoch, g.level, g.method, g.act, g.auth_at,
		g.created_at, g.expires_at, g.ended_at, g.ended_why
		FROM openid_token t JOIN openid_grant g ON g.id = t.grant_id WHERE t.hash = $1 AND t.kind = $2`, digest.Of(secret), kind)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find token: %w", err)
	}
	return &t, nil
}

// use marks a token as used; false when it was before.
func (m *Module) use(ctx context.Context, t *token) (bool, error) {
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_token SET used_at = $2 WHERE hash = $1 AND used_at IS NULL`, t.Hash, m.now(ctx))
	return n == 1, err
}

// holder is the account behind a live token, with the rights of this moment. nil
// when the token is not good now: over, ended, its client stopped, its account
// stopped or with another password since.
func (m *Module) holder(ctx context.Context, t *token) (*identity.Actor, error) {
	now := m.now(ctx)
	if t == nil || t.EndedAt != nil || !t.Until.After(now) || !t.grant.ExpiresAt.After(now) || t.CreatedAt.After(now.Add(skew)) {
		return nil, nil
	}
	c, err := m.client(ctx, t.Client)
	if err != nil || c.State != StateActive {
		return nil, ignore(err, ErrClientUnknown)
	}
	a, err := m.Identity.ByAccount(ctx, t.Account)
	if err != nil {
		return nil, ignore(err, identity.ErrAccountUnknown, identity.ErrAccountDisabled)
	}
	if a.Epoch() != t.Epoch || a.IsStaff() != (c.Realm == Staff) {
		return nil, nil
	}
	return &a, nil
}

// ignore is err unless it is one of those that only say no.
func ignore(err error, expected ...error) error {
	if slices.ContainsFunc(expected, func(e error) bool { return errors.Is(err, e) }) {
		return nil
	}
	return err
}

// endFamily ends a grant with all that came from it.
func (m *Module) endFamily(ctx context.Context, family, why string) error {
	return m.endGrants(ctx, why, new(db.Where).And("family = ?", family))
}

// endGrants ends the living grants that w finds and has their clients told.
func (m *Module) endGrants(ctx context.Context, why string, w *db.Where) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		w.And("ended_at IS NULL").And("expires_at > ?", m.now(ctx))
		var list []grant
		if err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT `+strings.Join(grantColumns, ", ")+` FROM openid_grant`+w.SQL(), w.Args()...); err != nil {
			return fmt.Errorf("find authorisations to end: %w", err)
		}
		for _, g := range list {
			_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_grant SET ended_at = $2, ended_why = $3 WHERE id = $1`, g.ID, m.now(ctx), why)
			if err != nil {
				return fmt.Errorf("end authorisation: %w", err)
			}
		}
		return m.askToTell(ctx, list)
	})
}

// tokensOf makes the answer of the token endpoint for a grant: an access token
// for scopes, a refresh token where the client has that, an ID token when
// openid is among them.
func (m *Module) tokensOf(ctx context.Context, c Client, g grant, scopes []string, nonce string) (*oidc.AccessTokenResponse, error) {
	now := m.now(ctx)
	until := now.Add(m.AccessLife)
	if until.After(g.ExpiresAt) {
		until = g.ExpiresAt
	}
	access, err := m.issue(ctx, g, accessPrefix, token{Kind: kindAccess, Own: strings.Join(scopes, " "), Until: until})
	if err != nil {
		return nil, err
	}
	resp := &oidc.AccessTokenResponse{AccessToken: access, TokenType: oidc.BearerToken, Scope: scopes, ExpiresIn: uint64(until.Sub(now).Seconds())}
	if c.may(oidc.GrantTypeRefreshToken) {
		resp.RefreshToken, err = m.issue(ctx, g, refreshPrefix, token{Kind: kindRefresh, Own: strings.Join(scopes, " "), Until: g.ExpiresAt})
		if err != nil {
			return nil, err
		}
	}
	if slices.Contains(scopes, scopeOpenID) {
		if resp.IDToken, err = m.idToken(ctx, g, access, nonce); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// idToken says who signed in, when and how; nothing else about them.
func (m *Module) idToken(ctx context.Context, g grant, access, nonce string) (string, error) {
	key, err := m.signing(ctx)
	if err != nil {
		return "", err
	}
	hash, err := oidc.ClaimHash(access, signingAlg)
	if err != nil {
		return "", err
	}
	now := m.now(ctx)
	return sign(key.signer, idClaims{Issuer: m.Issuer, Subject: g.Subject, Audience: g.Client, AuthorizedParty: g.Client,
		Expires: now.Add(m.AccessLife).Unix(), IssuedAt: now.Unix(), AuthTime: g.AuthAt.Unix(), Nonce: nonce,
		ACR: acrOf(identity.Level(g.Level)), AMR: amrOf(g.Method), AccessHash: hash, Session: g.Session})
}

// idClaims are the claims of an ID token.
type idClaims struct {
	Issuer          string   `json:"iss"`
	Subject         string   `json:"sub"`
	Audience        string   `json:"aud"`
	AuthorizedParty string   `json:"azp"`
	Expires         int64    `json:"exp"`
	IssuedAt        int64    `json:"iat"`
	AuthTime        int64    `json:"auth_time"`
	Nonce           string   `json:"nonce,omitempty"`
	ACR             string   `json:"acr"`
	AMR             []string `json:"amr,omitempty"`
	AccessHash      string   `json:"at_hash"`
	Session         string   `json:"sid"`
}

// acr values name the levels of proof (实名等级).
const acrPrefix = "urn:yimen:level:"

func acrOf(l identity.Level) string { return fmt.Sprintf("%s%d", acrPrefix, l) }

// levelOf reads an acr value.
func levelOf(acr string) (identity.Level, bool) {
	n, ok := strings.CutPrefix(acr, acrPrefix)
	if !ok || len(n) != 1 || n[0] < '0' || n[0] > '9' || !identity.Level(n[0]-'0').Valid() {
		return 0, false
	}
	return identity.Level(n[0] - '0'), true
}

// amrOf names how somebody signed in as RFC 8176 does where it has a word.
func amrOf(method string) []string {
	switch method {
	case "":
		return nil
	case identity.MethodPassword:
		return []string{"pwd"}
	case "password+totp", "totp":
		return []string{"pwd", "otp", "mfa"}
	case "sms":
		return []string{"sms"}
	case "passkey":
		return []string{"hwk", "user"}
	case "face":
		return []string{"face"}
	}
	return []string{method}
}

// act is who acts for a person, the nearest first (RFC 8693, 4.1).
type act struct {
	Subject string `json:"sub"`
	Before  *act   `json:"act,omitempty"`
}

func (g grant) actors() *oidc.ActorClaims {
	var a act
	if g.Act == "" || json.Unmarshal([]byte(g.Act), &a) != nil {
		return nil
	}
	var of func(a *act) *oidc.ActorClaims
	of = func(a *act) *oidc.ActorClaims {
		if a == nil {
			return nil
		}
		return &oidc.ActorClaims{Subject: a.Subject, Actor: of(a.Before)}
	}
	return of(&a)
}
