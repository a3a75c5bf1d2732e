package identity

import (
	"context"
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
