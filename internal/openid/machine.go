package openid

import (
	"context"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"yimen/internal/kit/db"
)

// machineClaims are those of a machine's access token (RFC 9068).
type machineClaims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	ClientID string   `json:"client_id"`
	Audience []string `json:"aud"`
	Expires  int64    `json:"exp"`
	IssuedAt int64    `json:"iat"`
	ID       string   `json:"jti"`
	Scope    string   `json:"scope,omitempty"`
}

// machineToken gives a system a token of its own: signed, not stored. It stands
// for the system and for no person, so scopes that are about one are left out.
func (m *Module) machineToken(ctx context.Context, c Client, scopes, audience []string) (*oidc.AccessTokenResponse, error) {
	if len(scopes) > 0 && !allIn(scopes, c.Definition.Scopes) {
		return nil, oidc.ErrInvalidScope().WithDescription("a scope that the client is not registered for")
	}
	aud, err := m.audience(ctx, c, audience)
	if err != nil {
		return nil, err
	}
	key, err := m.signing(ctx)
	if err != nil {
		return nil, err
	}
	now := m.now(ctx)
	signed, err := sign(key.machine, machineClaims{Issuer: m.Issuer, Subject: c.ID, ClientID: c.ID, Audience: aud, Scope: strings.Join(scopes, " "),
		IssuedAt: now.Unix(), Expires: now.Add(m.AccessLife).Unix(), ID: db.NewID()})
	if err != nil {
		return nil, err
	}
	return &oidc.AccessTokenResponse{AccessToken: signed, TokenType: oidc.BearerToken, Scope: scopes, ExpiresIn: uint64(m.AccessLife.Seconds())}, nil
}

// audience checks the clients that a token is meant for besides the one that
// asks: they may look it up.
func (m *Module) audience(ctx context.Context, c Client, asked []string) ([]string, error) {
	list := []string{c.ID}
	if len(asked) == 0 {
		return list, nil
	}
	if len(asked) > 5 {
		return nil, oidc.ErrInvalidTarget()
	}
	known, err := m.names(ctx, asked)
	if err != nil {
		return nil, err
	}
	for _, id := range asked {
		if x, ok := known[id]; !ok || x.State != StateActive || x.Realm != c.Realm {
			return nil, oidc.ErrInvalidTarget()
		}
		if id != c.ID {
			list = append(list, id)
		}
	}
	return list, nil
}

// machineOf reads a machine's token; nil when it is not good now.
func (m *Module) machineOf(ctx context.Context, raw string) (*machineClaims, error) {
	if strings.Count(raw, ".") != 2 {
		return nil, nil
	}
	var claims machineClaims
	if err := m.verified(ctx, raw, "at+jwt", &claims); err != nil {
		return nil, nil //nolint:nilerr // not ours: that is all there is to say
	}
	now := m.now(ctx).Unix()
	if claims.Issuer != m.Issuer || claims.Expires <= now || claims.IssuedAt > now+int64(skew.Seconds()) {
		return nil, nil
	}
	if gone, err := m.spent(ctx, "machine\n"+claims.ID); err != nil || gone {
		return nil, err
	}
	c, err := m.client(ctx, claims.ClientID)
	if err != nil || c.State != StateActive {
		return nil, ignore(err, ErrClientUnknown)
	}
	return &claims, nil
}
