package identity

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// Keys of a session.
const (
	sessionAccount = "account"
	sessionEpoch   = "epoch"
	sessionID      = "sid"
	sessionAt      = "signed_in_at"
	sessionMethod  = "method"
	sessionDevice  = "device" // id in identity_device
	sessionChange  = "change" // the password was too old at sign-in
)

// Middleware puts who is asking into the context: by bearer token, else by
// session. A bad bearer token is 401 at once, even where nobody need be signed
// in: the client believes it is somebody. Nothing is cached: one indexed query
// a request, so a right taken away is gone with the next request everywhere.
func (m *Module) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if needsNobody(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		if token, ok := bearer(r); ok {
			a, err := m.bearerOf(r, token)
			if err != nil {
				m.refuse(w, r, err)
				return
			}
			a.Address = web.ClientAddr(r)
			next.ServeHTTP(w, r.WithContext(With(r.Context(), a)))
			return
		}
		ctx := m.fromSession(r)
		if a := FromContext(ctx); a.SignedIn() && mustChange(a, web.Session(r)) && !meanwhile(r.URL.Path) {
			m.toPassword(w, r)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// needsNobody names what is the same for everybody, so that no query is spent.
func needsNobody(path string) bool {
	return strings.HasPrefix(path, "/static/") || path == "/healthz" || path == "/readyz" || path == "/metrics" ||
		askedByMachines[path]
}

// askedByMachines are the addresses of OpenID Connect at which a system proves
// itself who it is; what it brings is no token of the JSON API.
var askedByMachines = map[string]bool{"/.well-known/openid-configuration": true, "/oauth/token": true, "/oauth/keys": true,
	"/oauth/userinfo": true, "/oauth/introspect": true, "/oauth/revoke": true, "/oauth/device_authorization": true}

func bearer(r *http.Request) (token string, ok bool) {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(token), true
}

// refuse answers a bad token. It is the JSON API's business, so the answer is
// a problem whatever the path.
func (m *Module) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if errs.KindOf(err) == errs.Unauthenticated {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	web.Refuse(w, r, err)
}

// fromSession gives the context with whom the browser's session belongs to.
// A session of a disabled account, or from before a password change, is empty.
func (m *Module) fromSession(r *http.Request) context.Context {
	s := web.Session(r)
	if s == nil {
		return r.Context()
	}
	if err := s.Err(); err != nil {
		return withFailure(r.Context(), err)
	}
	id := s.GetString(sessionAccount)
	if id == "" {
		return r.Context()
	}
	a, err := m.ofSession(r.Context(), s, id)
	switch {
	case errors.Is(err, ErrAccountUnknown), errors.Is(err, ErrAccountDisabled):
		s.Destroy()
		return r.Context()
	case err != nil:
		return withFailure(r.Context(), err)
	case strconv.FormatInt(a.epoch, 10) != s.GetString(sessionEpoch):
		s.Destroy()
		return r.Context()
	}
	if a.Kind == KindStaff && !a.shared {
		if a.seat != "" && a.seat != s.GetString(sessionID) {
			s.Destroy()
			web.Flash(r, "warning", "您的账号已在别处登录，这里已经退出。如果不是您本人登录的，请重新登录并立即修改密码。")
			return r.Context()
		}
		s.IdleAfter(m.Rules.idle(a)) // the account may have become an administrator's
	}
	a.Address = web.ClientAddr(r)
	a.Session, a.Method = s.GetString(sessionID), s.GetString(sessionMethod)
	a.SignedInAt, _ = time.Parse(time.RFC3339, s.GetString(sessionAt)) // zero: signed in before this was kept
	a.FreshAt = freshAt(s, a.SignedInAt)
	return With(r.Context(), a)
}

// meanwhile names what can be done before a password is changed.
func meanwhile(path string) bool {
	return path == passwordURL || path == "/logout" || path == "/help" || strings.HasPrefix(path, "/help/")
}

// toPassword leads to where the password is changed; a program is told.
func (m *Module) toPassword(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		web.Refuse(w, r, ErrPasswordFirst)
		return
	}
	http.Redirect(w, r, passwordURL, http.StatusSeeOther)
}

// Beside asks who an account is with the session it is found by; see
// web.Options. Where what others lend was asked for the last time, it is asked
// for in the same message.
func Beside(session string) func(token string, now time.Time) ([]db.Read, func() (web.Stored, any)) {
	query := actorQuery("live.session_data, live.session_idle_until, live.session_idle, ",
		"("+session+") live CROSS JOIN identity_account a", "a.id = live.subject", "$2")
	var marked hints
	return func(token string, now time.Time) ([]db.Read, func() (web.Stored, any)) {
		var found accountRead
		var stored web.Stored // the same in each of the rows
		columns := func(r *actorRow) []any {
			return append([]any{&stored.Data, &stored.IdleUntil, &stored.Idle}, r.columns()...)
		}
		reads := []db.Read{db.Scanned(&found.rows, columns, query, token, now)}
		if of, ok := marked.get(token); ok {
			found.lent = &lent{of: of}
			reads = append(reads, found.lent.read(now))
		}
		return reads, func() (web.Stored, any) {
			if len(found.rows) == 0 {
				return stored, nil
			}
			marked.note(token, found.rows[0])
			return stored, &found
		}
	}
}

// ofSession gives whose session it is, as read with the session, or by a query
// of its own when the session has become somebody else's since.
func (m *Module) ofSession(ctx context.Context, s *web.SessionData, id string) (Actor, error) {
	if found, ok := s.Beside().(*accountRead); ok && found.rows[0].ID == id {
		return m.withLent(ctx, *found, ViaSession)
	}
	return m.actorByID(ctx, id, ViaSession)
}

// Subject names the account of a request for web.Options; "" is nobody.
func Subject(r *http.Request) string { return FromContext(r.Context()).Account }
