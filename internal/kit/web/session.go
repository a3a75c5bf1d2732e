package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"

	"yimen/internal/kit/web/ui"
)

const (
	sessionCookie = "yimen_session"
	subjectKey    = "_subject"
	idleKey       = "_idle"
	flashKey      = "_flash"
)

func (rt *Router) initSessions() {
	rt.store = &sessionStore{db: rt.o.DB, clock: rt.o.Clock, idle: rt.o.SessionIdle, lifetime: rt.o.SessionLifetime}
	if rt.o.Beside != nil {
		rt.store.beside = rt.o.Beside(liveSession)
	}
	m := scs.New()
	m.Store = rt.store
	m.Codec = jsonCodec{}
	m.HashTokenInStore = true // who reads the table cannot sign in with it
	m.Lifetime = rt.o.SessionLifetime
	rt.scs = m
}

// SessionData is what is kept between the requests of one browser. Nothing is
// read before a cookie comes, nothing is written before something is put.
// Changes are stored when the answer's header is written, after any
// transaction of the handler has ended.
type SessionData struct {
	m      *scs.SessionManager
	ctx    context.Context // holds scs's values; not cancelled when the client leaves
	beside any             // see Options.Beside
	cookie bool            // the browser sent one
	fresh  bool            // the token must change: signed in or out
	err    error           // the store could not be read
	done   bool
}

// Session is the session of a request; never nil below a Router.
func Session(r *http.Request) *SessionData {
	q := infoOf(r.Context())
	if q.session == nil { // an answer made before the session is loaded
		q.session = q.rt.newSession(r)
	}
	return q.session
}

// Err says why the stored session could not be read, nil if it could. Then
// the session is empty and nothing put into it is kept.
func (s *SessionData) Err() error { return s.err }

// Beside is what Options.Beside found with the session as it was loaded, nil if
// there was none.
func (s *SessionData) Beside() any { return s.beside }

// GetString is the value of key, "" when there is none.
func (s *SessionData) GetString(key string) string { return s.m.GetString(s.ctx, key) }

// Put sets a value.
func (s *SessionData) Put(key, value string) { s.m.Put(s.ctx, key, value) }

// Pop gives a value and removes it.
func (s *SessionData) Pop(key string) string { return s.m.PopString(s.ctx, key) }

// Remove removes a value.
func (s *SessionData) Remove(key string) { s.m.Remove(s.ctx, key) }

// Bind says whose session it is, so that EndSessions can find it.
func (s *SessionData) Bind(subject string) { s.Put(subjectKey, subject) }

// IdleAfter ends the session when it was not used for so long, where that is
// sooner than the site's rule (Options.SessionIdle); 0 is the site's rule.
func (s *SessionData) IdleAfter(d time.Duration) {
	text := ""
	if d > 0 {
		text = strconv.FormatInt(int64(d.Seconds()), 10)
	}
	if s.GetString(idleKey) != text {
		s.Put(idleKey, text)
	}
}

// Renew gives the session a new token. Call it whenever somebody signs in, or
// a token planted before would be signed in too.
func (s *SessionData) Renew() { s.fresh = true }

// Destroy empties the session and ends its token.
func (s *SessionData) Destroy() {
	_ = s.m.Clear(s.ctx) // in memory only: cannot fail
	s.fresh = true
}

func (s *SessionData) empty() bool { return len(s.m.Keys(s.ctx)) == 0 }

// withSession loads the session when a cookie is there and stores it before
// the answer's header.
func (rt *Router) withSession(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := rt.loadSession(r)
		infoOf(r.Context()).session = s
		sw := &sessionWriter{ResponseWriter: w, rt: rt, r: r, s: s}
		next.ServeHTTP(sw, r)
		if !sw.wrote && !infoOf(r.Context()).gone {
			sw.WriteHeader(http.StatusOK)
		}
	})
}

func (rt *Router) loadSession(r *http.Request) *SessionData {
	s := rt.newSession(r)
	c, err := r.Cookie(sessionCookie)
	if err != nil || rt.o.DB == nil || isBare(r) {
		return s
	}
	s.cookie = true
	ctx := context.WithValue(context.WithoutCancel(r.Context()), besideKey{}, &s.beside)
	ctx, err = s.m.Load(ctx, c.Value)
	if err != nil {
		// Pages for everybody still work; see fail for the others.
		s.err = fmt.Errorf("load session: %w", err)
		return s
	}
	s.ctx = ctx
	return s
}

// newSession is an empty one.
func (rt *Router) newSession(r *http.Request) *SessionData {
	ctx, err := rt.scs.Load(context.WithoutCancel(r.Context()), "")
	if err != nil {
		panic("web: empty session: " + err.Error()) // without a token nothing is read
	}
	return &SessionData{m: rt.scs, ctx: ctx}
}

// isBare says that a request is answered without looking at who asks: a
// bearer token speaks for itself.
func isBare(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" && isAPI(r)
}

// commit stores the session and sets or clears the cookie.
func (rt *Router) commitSession(w http.ResponseWriter, r *http.Request, s *SessionData) error {
	if s.done || s.err != nil || rt.o.DB == nil {
		return nil
	}
	s.done = true
	changed := s.m.Status(s.ctx) == scs.Modified
	if !changed && !s.fresh {
		return nil
	}
	if s.empty() {
		if !s.cookie {
			return nil
		}
		rt.setSessionCookie(w, r, "", -1)
		if err := s.m.Destroy(s.ctx); err != nil {
			return fmt.Errorf("end session: %w", err)
		}
		return nil
	}
	if s.fresh && s.m.Token(s.ctx) != "" {
		if err := s.m.RenewToken(s.ctx); err != nil {
			return fmt.Errorf("renew session: %w", err)
		}
	}
	token, _, err := s.m.Commit(s.ctx)
	if err != nil {
		return fmt.Errorf("store session: %w", err)
	}
	rt.setSessionCookie(w, r, token, 0)
	return nil
}

func (rt *Router) setSessionCookie(w http.ResponseWriter, r *http.Request, token string, maxAge int) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: token, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: rt.isSecure(r)})
	w.Header().Set("Cache-Control", "no-store")
}

// sessionWriter stores the session just before the header leaves. When that
// fails the answer becomes an error: a redirect after a sign-in that was not
// kept would only confuse.
type sessionWriter struct {
	http.ResponseWriter
	rt     *Router
	r      *http.Request
	s      *SessionData
	wrote  bool
	failed bool
}

func (w *sessionWriter) WriteHeader(status int) {
	if w.wrote {
		return
	}
	if status < 200 {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.wrote = true
	w.rt.keepDevice(w.ResponseWriter, w.r)
	if err := w.rt.commitSession(w.ResponseWriter, w.r, w.s); err != nil {
		w.failed = true
		w.s.err = err // the error page must not greet as if it were kept
		w.Header().Del("Location")
		w.rt.fail(w.ResponseWriter, w.r, err)
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *sessionWriter) Write(b []byte) (int, error) {
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	if w.failed {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

func (w *sessionWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flash keeps a message for the next page of this browser. Kinds: "success",
// "info", "warning", "danger".
func Flash(r *http.Request, kind, text string) {
	s := Session(r)
	list := append(readFlashes(s.GetString(flashKey)), ui.Flash{Kind: kind, Text: text})
	raw, err := json.Marshal(list)
	if err != nil {
		return // two strings always marshal
	}
	s.Put(flashKey, string(raw))
}

// Flashes takes the messages kept for this page; ui.Page shows them by itself.
func Flashes(r *http.Request) []ui.Flash {
	s := Session(r)
	if s.err != nil || s.GetString(flashKey) == "" {
		return nil
	}
	return readFlashes(s.Pop(flashKey))
}

func readFlashes(raw string) []ui.Flash {
	var list []ui.Flash
	if raw != "" {
		_ = json.Unmarshal([]byte(raw), &list) // only Flash writes it
	}
	return list
}

// jsonCodec writes sessions as JSON text; values are strings.
type jsonCodec struct{}

func (jsonCodec) Encode(_ time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(values)
}

// Decode gives no deadline: the store keeps it, by the program's clock.
func (jsonCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	values := map[string]any{}
	err := json.Unmarshal(b, &values)
	return time.Time{}, values, err
}
