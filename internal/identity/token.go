package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// tokenPrefix makes a token that leaked into a log or a repository easy to find.
const tokenPrefix = "ym_"

// ErrToken is told for a bearer token that is not, or no longer, good.
var ErrToken = errs.Define(errs.Unauthenticated, "token_invalid", "访问令牌无效、已过期或已被收回，请重新申请令牌。")

// ErrTokenTTL is told for a lifetime out of bounds.
var ErrTokenTTL = errs.Define(errs.Invalid, "token_ttl_invalid", "令牌有效期应在1分钟至366天之间，请修改。")

// Token makes a bearer token of an account (id or name) for the JSON API. It
// is shown once: only its hash is kept. One's own, or with VerbAccountManage.
func (m *Module) Token(ctx context.Context, account string, ttl time.Duration) (string, error) {
	if ttl < time.Minute || ttl > 366*24*time.Hour {
		return "", ErrTokenTTL
	}
	a, err := m.Actor(ctx, account)
	if err != nil {
		return "", err
	}
	if err := mayManageTokens(FromContext(ctx), a.Account); err != nil {
		return "", err
	}
	var secret [32]byte
	rand.Read(secret[:]) // never fails
	token := tokenPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		now, id := m.now(ctx), db.NewID()
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO identity_token (id, account, hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
			id, a.Account, tokenHash(token), now, now.Add(ttl))
		if err != nil {
			return err
		}
		return m.record(ctx, "token.make", a.Account, id)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

func mayManageTokens(actor Actor, account string) error {
	if actor.IsSystem() || actor.Account == account || actor.Has(VerbAccountManage) {
		return nil
	}
	return ErrMayNotManage
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// bearerOf gives who a request's bearer token speaks for.
func (m *Module) bearerOf(r *http.Request, token string) (Actor, error) {
	for _, k := range m.tokens {
		if strings.HasPrefix(token, k.prefix) {
			return k.resolve(r, token)
		}
	}
	return m.ByToken(r.Context(), token)
}

var byToken = actorQuery("", "identity_token t JOIN identity_account a ON a.id = t.account",
	"t.hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2", "$2")

// ByToken gives whose bearer token it is; ErrToken for any that is not good now.
func (m *Module) ByToken(ctx context.Context, token string) (Actor, error) {
	if !strings.HasPrefix(token, tokenPrefix) {
		return Actor{}, ErrToken
	}
	found, err := m.actorRows(ctx, byToken, tokenHash(token), m.now(ctx))
	if err != nil {
		return Actor{}, err
	}
	a, err := m.withLent(ctx, found, ViaToken)
	if err != nil && !errors.Is(err, ErrAccountUnknown) && !errors.Is(err, ErrAccountDisabled) {
		return Actor{}, err
	}
	if err != nil {
		return Actor{}, ErrToken.Because(err)
	}
	return a, nil
}

// RevokeTokens takes back every token of an account (id or name), at once.
func (m *Module) RevokeTokens(ctx context.Context, account string) error {
	row, err := m.account(ctx, account)
	if err != nil {
		return err
	}
	if err := mayManageTokens(FromContext(ctx), row.ID); err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_token SET revoked_at = $2 WHERE account = $1 AND revoked_at IS NULL`, row.ID, m.now(ctx))
		if err != nil {
			return err
		}
		return m.record(ctx, "token.revoke", row.ID, "")
	})
}
