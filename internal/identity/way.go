package identity

import (
	"net/http"

	"yimen/internal/kit/web"
)

// Way is a way to sign in beside the password. Modules above offer theirs;
// /login shows them in the order in which they came.
type Way struct {
	Name   string // "passkey"
	Title  string // on the button
	URL    string // path of its page; /login adds next
	Staff  bool   // for those who work here
	People bool   // for citizens and enterprises
}

// OfferWay adds a way to sign in, while the program starts.
func (m *Module) OfferWay(w Way) { m.ways = append(m.ways, w) }

// SignIn makes the browser's session this account's (id or name), under a new
// token: a token planted before is worth nothing. method says how they proved
// it ("passkey", "sms", "scan"); it is in the audit. Errors: ErrAccountUnknown,
// ErrAccountDisabled.
func (m *Module) SignIn(r *http.Request, account, method string) error {
	a, err := m.Actor(r.Context(), account)
	if err != nil {
		return err
	}
	signIn(r, a)
	return m.recordLogin(r.Context(), accountRow{ID: a.Account, DisplayName: a.Name}, web.ClientAddr(r), method)
}
