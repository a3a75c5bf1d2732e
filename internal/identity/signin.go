package identity

import (
	"net/http"
	"strconv"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
)

// Ways to sign in that this module knows itself. Modules above bring their own.
const (
	MethodPassword = "password"
	methodDemo     = "demo" // one click, in the demo alone
)

// SignIn makes the browser's session this account's (id or name), after somebody
// has found out by method ("password", "sms", "passkey" …) that it is they. The
// session gets a new token, so that one planted before is worth nothing, and the
// sign-in is recorded. Every way of signing in ends here: what staff are bound to
// is done here and nowhere else. Not inside a transaction. Errors:
// ErrAccountUnknown, ErrAccountDisabled.
func (m *Module) SignIn(r *http.Request, account, method string) error {
	a, err := m.Actor(r.Context(), account)
	if err != nil {
		return err
	}
	return m.signIn(r, a, method)
}

func (m *Module) signIn(r *http.Request, a Actor, method string) error {
	if err := m.recordLogin(r.Context(), accountRow{ID: a.Account, DisplayName: a.Name}, web.ClientAddr(r), "ok", method); err != nil {
		return err
	}
	m.takeSession(r, a)
	web.Session(r).Put(sessionMethod, method)
	return nil
}

// takeSession makes the browser's session this actor's, under a new token.
func (m *Module) takeSession(r *http.Request, a Actor) {
	s := web.Session(r)
	method := s.GetString(sessionMethod)
	s.Destroy()
	s.Renew()
	s.Put(sessionAccount, a.Account)
	s.Put(sessionEpoch, strconv.FormatInt(a.epoch, 10))
	s.Put(sessionID, db.NewID())
	s.Put(sessionAt, m.now(r.Context()).UTC().Format(time.RFC3339))
	s.Put(sessionMethod, method)
	s.Bind(a.Account)
}
