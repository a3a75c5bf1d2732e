package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/httprate"

	"yimen/internal/kit/errs"
)

// Guard decides who may use a route. Check returns nil, or an errs error of
// kind Unauthenticated, Denied or RateLimited. Name is shown in the list of
// routes.
type Guard struct {
	Name  string
	Check func(r *http.Request) error
}

// Public lets everybody in.
var Public = Guard{Name: "public", Check: func(*http.Request) error { return nil }}

// open says that the guard asks for no account, though it may ask for patience.
func (g Guard) open() bool {
	for part := range strings.SplitSeq(g.Name, "+") {
		if part != Public.Name && !strings.HasPrefix(part, "rate ") {
			return false
		}
	}
	return true
}

// And is the guard that asks g, then next.
func (g Guard) And(next Guard) Guard {
	return Guard{Name: g.Name + "+" + next.Name, Check: func(r *http.Request) error {
		if err := g.Check(r); err != nil {
			return err
		}
		return next.Check(r)
	}}
}

// ErrTooMany is told to somebody who asks more often than a route allows.
var ErrTooMany = errs.Define(errs.RateLimited, "too_many_requests", "操作过于频繁，请稍等一会儿再试。")

// RateLimit is a guard that lets n requests pass in each window per key (nil:
// the client's address); then it answers 429. It counts in this process only.
//
//	rt.Post("/login", web.RateLimit(10, time.Minute, nil).And(web.Public), m.login)
func RateLimit(n int, per time.Duration, key func(*http.Request) string) Guard {
	if key == nil {
		key = ClientAddr
	}
	limiter := httprate.NewRateLimiter(n, per)
	return Guard{Name: "rate " + strconv.Itoa(n) + "/" + per.String(), Check: func(r *http.Request) error {
		k := key(r)
		if limiter.OnLimit(headerOnly{http.Header{}}, r, k) {
			return &limited{ErrTooMany.Say("操作过于频繁，请在%d秒后再试。", int(per.Seconds())), per}
		}
		return nil
	}}
}

// limited tells the edge when trying again makes sense.
type limited struct {
	cause *errs.Error
	after time.Duration
}

func (l *limited) Error() string { return l.cause.Error() }
func (l *limited) Unwrap() error { return l.cause }

// headerOnly takes the figures httprate would write; the edge writes ours.
type headerOnly struct{ h http.Header }

func (h headerOnly) Header() http.Header         { return h.h }
func (h headerOnly) Write(b []byte) (int, error) { return len(b), nil }
func (h headerOnly) WriteHeader(int)             {}
