package web

import (
	"net/http"
	"strings"
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
