package openid

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
)

// assertionAlgs are the algorithms a client may sign its assertion with.
var assertionAlgs = []jose.SignatureAlgorithm{jose.ES256, jose.ES384, jose.ES512, jose.EdDSA, jose.RS256, jose.PS256}

func assertionAlgNames() []string {
	var list []string
	for _, a := range assertionAlgs {
		list = append(list, string(a))
	}
	return list
}

// longestAssertion is how long an assertion may be good for: its number is
// remembered so long.
const longestAssertion = 10 * time.Minute

func keySet(list []*signingKey) *jose.JSONWebKeySet {
	set := &jose.JSONWebKeySet{}
	for _, k := range list {
		set.Keys = append(set.Keys, k.public)
	}
	return set
}

// refused is the one answer to every client that is not who it says: it does
// not tell whether there is such a client.
func refused(because string) error {
	return op.NewStatusError(oidc.ErrInvalidClient().WithParent(errors.New(because)).WithDescription("client authentication failed"),
		http.StatusUnauthorized)
}

// prove finds which client asks, and that it is the one.
func (m *Module) prove(ctx context.Context, cc op.ClientCredentials) (Client, error) {
	id := cc.ClientID
	if cc.ClientAssertion != "" {
		issuer, err := assertionIssuer(cc.ClientAssertion)
		if err != nil || id != "" && id != issuer {
			return Client{}, refused("unreadable assertion")
		}
		id = issuer
	}
	c, err := m.client(ctx, id)
	if errors.Is(err, ErrClientUnknown) {
		return c, refused("unknown")
	}
	if err != nil {
		return c, err
	}
	if c.State != StateActive {
		return c, refused("state " + c.State)
	}
	switch c.Definition.Auth {
	case AuthNone:
		if cc.ClientSecret != "" || cc.ClientAssertion != "" {
			return c, refused("a client without a secret brings one")
		}
	case AuthKey:
		if err := m.checkAssertion(ctx, c, cc.ClientAssertion); err != nil {
			return c, err
		}
	default:
		if cc.ClientAssertion != "" || c.SecretHash == "" ||
			subtle.ConstantTimeCompare([]byte(digest.Of(cc.ClientSecret)), []byte(c.SecretHash)) != 1 {
			return c, refused("wrong secret")
		}
	}
	m.used(ctx, c)
	return c, nil
}

// assertion are the claims of a signed proof (RFC 7523).
type assertion struct {
	Issuer   string        `json:"iss"`
	Subject  string        `json:"sub"`
	Audience oidc.Audience `json:"aud"`
	Expires  int64         `json:"exp"`
	IssuedAt int64         `json:"iat"`
	NotUntil int64         `json:"nbf"`
	ID       string        `json:"jti"`
}

// assertionIssuer reads who an assertion says it is of; nothing is proven yet.
func assertionIssuer(raw string) (string, error) {
	sig, err := jose.ParseSigned(raw, assertionAlgs)
	if err != nil {
		return "", err
	}
	var a assertion
	err = json.Unmarshal(sig.UnsafePayloadWithoutVerification(), &a)
	return a.Issuer, err
}

// checkAssertion proves a client by its signature. Each assertion is good once.
func (m *Module) checkAssertion(ctx context.Context, c Client, raw string) error {
	if raw == "" {
		return refused("no assertion")
	}
	set, err := publicKeys(c.Definition.Keys)
	if err != nil {
		return fmt.Errorf("keys of client %s: %w", c.ID, err)
	}
	sig, err := jose.ParseSigned(raw, assertionAlgs)
	if err != nil || len(sig.Signatures) != 1 {
		return refused("unreadable assertion")
	}
	keys := set.Key(sig.Signatures[0].Protected.KeyID)
	if len(keys) != 1 || keys[0].Algorithm != "" && keys[0].Algorithm != sig.Signatures[0].Protected.Algorithm {
		return refused("no such key")
	}
	payload, err := sig.Verify(keys[0])
	if err != nil {
		return refused("wrong signature")
	}
	var a assertion
	if err := json.Unmarshal(payload, &a); err != nil {
		return refused("unreadable claims")
	}
	now := m.now(ctx)
	until := time.Unix(a.Expires, 0)
	switch {
	case a.Issuer != c.ID || a.Subject != c.ID:
		return refused("of somebody else")
	case !slices.Contains(a.Audience, m.Issuer) && !slices.Contains(a.Audience, m.Issuer+tokenPath):
		return refused("for somebody else")
	case !until.Add(skew).After(now):
		return refused("expired")
	case until.After(now.Add(longestAssertion + skew)):
		return refused("good for too long")
	case time.Unix(a.NotUntil, 0).After(now.Add(skew)) || time.Unix(a.IssuedAt, 0).After(now.Add(skew)):
		return refused("from the future")
	case a.ID == "":
		return refused("without number")
	}
	fresh, err := m.spend(ctx, "assertion\n"+c.ID+"\n"+a.ID, until.Add(2*skew))
	if err != nil {
		return err
	}
	if !fresh {
		return refused("used before")
	}
	return nil
}

// spend remembers a number until a moment; false when it was remembered already.
func (m *Module) spend(ctx context.Context, what string, until time.Time) (bool, error) {
	n, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO openid_spent (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, digest.Of(what), until.UTC())
	return n == 1, err
}

// spent says that a number was remembered.
func (m *Module) spent(ctx context.Context, what string) (bool, error) {
	var n int
	err := m.DB.Conn(db.Fresh(ctx)).Get(ctx, &n, `SELECT COUNT(*) FROM openid_spent WHERE id = $1`, digest.Of(what))
	return n > 0, err
}
