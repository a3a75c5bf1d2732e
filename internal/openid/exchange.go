package openid

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// exchange gives a system a token with which it acts for a person (RFC 8693).
// What it brings is either a living token of that person (the front end's), or
// an ID token that it was once given, together with the person's standing
// consent. The new token lives no longer than what it came from, has no refresh
// token, and says who acts.
func (m *Module) exchange(ctx context.Context, c Client, r oidc.TokenExchangeRequest) (*oidc.TokenExchangeResponse, error) {
	if r.ActorToken != "" {
		return nil, oidc.ErrInvalidRequest().WithDescription("actor_token is not supported: the client itself acts")
	}
	if r.RequestedTokenType != "" && r.RequestedTokenType != oidc.AccessTokenType {
		return nil, oidc.ErrInvalidRequest().WithDescription("only access tokens are given")
	}
	if len(r.Resource) > 0 {
		return nil, oidc.ErrInvalidTarget().WithDescription("name the target by audience")
	}
	aud, err := m.audience(ctx, c, r.Audience)
	if err != nil {
		return nil, err
	}
	g, may, err := m.actsFor(ctx, c, r)
	if err != nil {
		return nil, err
	}
	if scopes := words(r.Scopes.String()); len(scopes) > 0 {
		if !allIn(scopes, may) {
			return nil, oidc.ErrInvalidScope().WithDescription("more than the person allows, or than the client is registered for")
		}
		may = scopes
	}
	now := m.now(ctx)
	g.ID, g.Client, g.Scopes, g.Audience, g.CreatedAt = db.NewID(), c.ID, strings.Join(may, " "), strings.Join(aud, " "), now
	if g.Family == "" {
		g.Family = g.ID
	}
	if until := now.Add(m.AccessLife); g.ExpiresAt.IsZero() || g.ExpiresAt.After(until) {
		g.ExpiresAt = until
	}
	access := ""
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		if g.Subject, err = m.subjectOf(ctx, c, g.Account); err != nil {
			return err
		}
		if err := m.keep(ctx, g); err != nil {
			return err
		}
		access, err = m.issue(ctx, g, accessPrefix, token{Kind: kindAccess, Own: g.Scopes, Until: g.ExpiresAt})
		if err != nil {
			return err
		}
		return m.record(ctx, "client.act_for", "account", g.Account, "client="+c.ID+" scopes="+g.Scopes, "")
	})
	if err != nil {
		return nil, err
	}
	return &oidc.TokenExchangeResponse{AccessToken: access, IssuedTokenType: oidc.AccessTokenType, TokenType: oidc.BearerToken,
		ExpiresIn: uint64(g.ExpiresAt.Sub(now).Seconds()), Scopes: may}, nil
}

// actsFor finds the person a subject token speaks of, as the beginning of a
// grant, and the scopes that may be asked for.
func (m *Module) actsFor(ctx context.Context, c Client, r oidc.TokenExchangeRequest) (grant, []string, error) {
	own := c.Definition.Scopes
	switch r.SubjectTokenType {
	case oidc.AccessTokenType:
		t, err := m.find(ctx, kindAccess, r.SubjectToken)
		if err != nil || t == nil || t.UsedAt != nil {
			return grant{}, nil, orBad(err)
		}
		a, err := m.holder(ctx, t)
		if err != nil || a == nil || a.IsStaff() != (c.Realm == Staff) {
			return grant{}, nil, orBad(err)
		}
		g := t.grant
		before := t.actors()
		if g.Act, err = actClaim(c.ID, before); err != nil {
			return grant{}, nil, err
		}
		g.ExpiresAt = t.Until
		return g, only(words(t.Own), own), nil
	case oidc.IDTokenType:
		return m.onConsent(ctx, c, r.SubjectToken)
	}
	return grant{}, nil, oidc.ErrInvalidRequest().WithDescription("subject_token_type must be an access token or an ID token")
}

// onConsent is actsFor with an ID token of the client itself, however old, and
// the person's standing consent of now.
func (m *Module) onConsent(ctx context.Context, c Client, raw string) (grant, []string, error) {
	var id idClaims
	if err := m.verified(ctx, raw, "JWT", &id); err != nil || id.Issuer != m.Issuer || id.Audience != c.ID {
		return grant{}, nil, badGrant()
	}
	account, err := m.accountOf(ctx, c, id.Subject)
	if err != nil || account == "" {
		return grant{}, nil, orBad(err)
	}
	given, err := m.consentOf(ctx, account, c.ID)
	if err != nil || given == nil || !given.Standing {
		return grant{}, nil, orBad(err)
	}
	a, err := m.Identity.ByAccount(ctx, account)
	if err != nil {
		return grant{}, nil, orBad(ignore(err, identity.ErrAccountUnknown, identity.ErrAccountDisabled))
	}
	if a.IsStaff() != (c.Realm == Staff) {
		return grant{}, nil, badGrant()
	}
	act, err := actClaim(c.ID, nil)
	if err != nil {
		return grant{}, nil, err
	}
	now := m.now(ctx)
	g := grant{Account: account, Epoch: a.Epoch(), Level: int(a.Level), Method: "", Act: act, AuthAt: now}
	return g, only(words(given.Scopes), c.Definition.Scopes), nil
}

// actClaim puts a client before those that acted already.
func actClaim(client string, before *oidc.ActorClaims) (string, error) {
	if depth(before) >= 3 {
		return "", oidc.ErrInvalidGrant().WithDescription("handed on too often")
	}
	var of func(a *oidc.ActorClaims) *act
	of = func(a *oidc.ActorClaims) *act {
		if a == nil {
			return nil
		}
		return &act{Subject: a.Subject, Before: of(a.Actor)}
	}
	raw, err := json.Marshal(act{Subject: client, Before: of(before)})
	return string(raw), err
}

func depth(a *oidc.ActorClaims) int {
	if a == nil {
		return 0
	}
	return 1 + depth(a.Actor)
}

// consent is what a person lets a client have.
type consent struct {
	ID      string `db:"id"`
	Account string `db:"account"`
	Client  string `db:"client"`
	consentWords
}

// consentOf is the consent that stands; nil: none.
func (m *Module) consentOf(ctx context.Context, account, client string) (*consent, error) {
	var x consent
	err := m.DB.Conn(db.Fresh(ctx)).Get(ctx, &x, `SELECT `+consentColumns+` FROM openid_consent WHERE account = $1 AND client = $2 AND withdrawn_at IS NULL`, account, client)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &x, nil
}

// consented says that a consent covers the scopes.
func (x *consent) covers(scopes []string) bool {
	return x != nil && !slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(words(x.Scopes), s) })
}
