package openid

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
)

// introspect tells a client about a token: its own, or one that was made for it
// to receive. Anybody else hears that it is not good, whether it is or not.
func (m *Module) introspect(ctx context.Context, c Client, raw string) (*oidc.IntrospectionResponse, error) {
	if c.Definition.Auth == AuthNone {
		return nil, refused("a client without a secret asks about tokens")
	}
	no := &oidc.IntrospectionResponse{}
	if claims, err := m.machineOf(ctx, raw); err != nil {
		return nil, err
	} else if claims != nil {
		if !slices.Contains(claims.Audience, c.ID) {
			return no, nil
		}
		return &oidc.IntrospectionResponse{Active: true, Scope: words(claims.Scope), ClientID: claims.ClientID, TokenType: oidc.BearerToken,
			Expiration: oidc.Time(claims.Expires), IssuedAt: oidc.Time(claims.IssuedAt), Subject: claims.Subject, Audience: claims.Audience,
			Issuer: m.Issuer, JWTID: claims.ID}, nil
	}
	t, err := m.lookUp(ctx, raw)
	if err != nil || t == nil || !slices.Contains(words(t.Audience), c.ID) {
		return no, err
	}
	if a, err := m.holder(ctx, t); err != nil || a == nil {
		return no, err
	}
	resp := &oidc.IntrospectionResponse{Active: true, Scope: words(t.Own), ClientID: t.Client, TokenType: oidc.BearerToken,
		Expiration: oidc.FromTime(t.Until), IssuedAt: oidc.FromTime(t.Made), AuthTime: oidc.FromTime(t.AuthAt), Issuer: m.Issuer,
		Audience: words(t.Audience), AuthenticationMethodsReferences: amrOf(t.Method), Actor: t.actors(),
		Claims: map[string]any{"acr": acrOf(identity.Level(t.Level))}}
	if resp.Subject, err = m.subjectFor(ctx, c, t); err != nil {
		return nil, err
	}
	return resp, nil
}

// subjectFor is the person's name before the client that asks, which need not be
// the one the token was made for.
func (m *Module) subjectFor(ctx context.Context, c Client, t *token) (string, error) {
	if t.Client == c.ID {
		return t.Subject, nil
	}
	return m.subjectOf(ctx, c, t.Account)
}

// lookUp finds an access or refresh token that has not been used up.
func (m *Module) lookUp(ctx context.Context, raw string) (*token, error) {
	kind := kindAccess
	if strings.HasPrefix(raw, refreshPrefix) {
		kind = kindRefresh
	}
	t, err := m.find(ctx, kind, raw)
	if err != nil || t == nil || t.UsedAt != nil {
		return nil, err
	}
	return t, nil
}

// revoke takes a token back. A refresh token takes its whole authorisation with
// it; one that is not known, or no more, is no error (RFC 7009, 2.2).
func (m *Module) revoke(ctx context.Context, c Client, raw string) error {
	if claims, err := m.machineOf(ctx, raw); err != nil {
		return err
	} else if claims != nil {
		if claims.ClientID != c.ID {
			return oidc.ErrUnauthorizedClient().WithDescription("the token of another client")
		}
		_, err := m.spend(ctx, "machine\n"+claims.ID, time.Unix(claims.Expires, 0).Add(skew))
		return err
	}
	kind := kindAccess
	if strings.HasPrefix(raw, refreshPrefix) {
		kind = kindRefresh
	}
	t, err := m.find(ctx, kind, raw)
	if err != nil || t == nil {
		return err
	}
	if t.Client != c.ID {
		return oidc.ErrUnauthorizedClient().WithDescription("the token of another client")
	}
	if kind == kindRefresh {
		return m.endFamily(ctx, t.Family, "revoked by the client")
	}
	_, err = m.use(ctx, t)
	return err
}

// byBearer says who an access token of a person speaks for at the JSON API:
// with the rights of this moment, as far as its scopes go.
func (m *Module) byBearer(r *http.Request, raw string) (identity.Actor, error) {
	ctx := r.Context()
	if !strings.HasPrefix(r.URL.Path, "/api/") {
		return identity.Actor{}, identity.ErrToken
	}
	t, err := m.lookUp(ctx, raw)
	if err != nil {
		return identity.Actor{}, err
	}
	a, err := m.holder(ctx, t)
	if err != nil {
		return identity.Actor{}, err
	}
	if a == nil {
		return identity.Actor{}, identity.ErrToken
	}
	need := scopeRead
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		need = scopeWrite
	}
	if !slices.Contains(words(t.Own), need) {
		return identity.Actor{}, ErrScope.Because(errors.New("needs " + need))
	}
	a.Level, a.Session, a.SignedInAt, a.Method = min(a.Level, identity.Level(t.Level)), t.Session, t.AuthAt, t.Method
	a.Address = web.ClientAddr(r)
	return *a, nil
}
