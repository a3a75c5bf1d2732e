package identity

import (
	"context"
	"fmt"
	"net/http"

	"yimen/internal/kit/web"
)

// SignOut ends the browser's session: recorded, and told to what was built on
// it. Nobody signed in is no error.
func (m *Module) SignOut(r *http.Request) error {
	a := FromContext(r.Context())
	if a.SignedIn() && a.Via == ViaSession {
		err := m.DB.InTx(r.Context(), func(ctx context.Context) error {
			if err := m.record(ctx, "logout", a.Account, ""); err != nil {
				return err
			}
			if a.Session == "" {
				return nil
			}
			return m.ended(ctx, a.Account, a.Session)
		})
		if err != nil {
			return err
		}
	}
	web.Session(r).Destroy()
	return nil
}

// EndSessions ends every session of the actor's own account, this one too:
// whoever goes on is signed in anew.
func (m *Module) EndSessions(ctx context.Context) error {
	a := FromContext(ctx)
	if !a.SignedIn() || a.IsSystem() {
		return ErrSignIn
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET epoch = epoch + 1, updated_at = $2 WHERE id = $1`, a.Account, m.now(ctx))
		if err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
		if err := m.ended(ctx, a.Account, ""); err != nil {
			return err
		}
		return m.record(ctx, "account.end_sessions", a.Account, "")
	})
}

// ended tells that a session ended; session "" is every one of the account.
func (m *Module) ended(ctx context.Context, account, session string) error {
	if m.Events == nil {
		return nil
	}
	return m.Events.Publish(ctx, SessionsEnded{Account: account, Session: session})
}

// AcceptTokens lets a module above say whose bearer tokens with a prefix are.
// resolve gives the actor for this request, or an error for the answer. To be
// called while the program is wired.
func (m *Module) AcceptTokens(prefix string, resolve func(r *http.Request, token string) (Actor, error)) {
	m.tokens = append(m.tokens, tokenKind{prefix, resolve})
}

type tokenKind struct {
	prefix  string
	resolve func(r *http.Request, token string) (Actor, error)
}

// ByAccount is Actor for a token found by a module above: with the grants and
// mandates of this moment. ErrAccountUnknown, ErrAccountDisabled.
func (m *Module) ByAccount(ctx context.Context, id string) (Actor, error) {
	return m.actorByID(ctx, id, ViaToken)
}
