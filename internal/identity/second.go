package identity

import (
	"context"
	"net/http"
	"time"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// Keys of a session in which the password was right and something more is
// asked for.
const (
	sessionSecond     = "second_account"
	sessionSecondNext = "second_next"
	sessionSecondAt   = "second_at"
)

// secondWithin is how long somebody may take for the second factor.
const secondWithin = 10 * time.Minute

// ErrSecondOver is told when the password was given too long ago.
var ErrSecondOver = errs.Define(errs.Unauthenticated, "second_factor_over", "登录等待时间过长，请重新输入账号和密码。")

// AskSecond sets what is asked of somebody whose password was right: ask gives
// the page where they go on, "" when the password is enough. While the program
// starts.
func (m *Module) AskSecond(ask func(ctx context.Context, a Actor) (page string, err error)) {
	m.askSecond = ask
}

// toSecond leads to the second factor, if one is asked for. The session has a
// new token and is nobody's yet: it only remembers whose password was right.
func (m *Module) toSecond(r *http.Request, a Actor, next string) (string, error) {
	if m.askSecond == nil {
		return "", nil
	}
	page, err := m.askSecond(r.Context(), a)
	if err != nil || page == "" {
		return "", err
	}
	s := web.Session(r)
	s.Destroy()
	s.Renew()
	s.Put(sessionSecond, a.Account)
	s.Put(sessionSecondNext, web.SafeNext(next))
	s.Put(sessionSecondAt, m.now(r.Context()).Format(time.RFC3339))
	return page, nil
}

// SecondOf gives whose password was right in this session and who still owes
// the second factor; ErrSecondOver for nobody, or when it is too long ago.
func (m *Module) SecondOf(r *http.Request) (Actor, error) {
	s := web.Session(r)
	at, err := time.Parse(time.RFC3339, s.GetString(sessionSecondAt))
	if id := s.GetString(sessionSecond); err == nil && id != "" && m.now(r.Context()).Sub(at) < secondWithin {
		return m.Actor(r.Context(), id)
	}
	return Actor{}, ErrSecondOver
}

// SecondPassed signs in whom SecondOf names and gives where they go on.
func (m *Module) SecondPassed(r *http.Request, method string) (next string, err error) {
	a, err := m.SecondOf(r)
	if err != nil {
		return "", err
	}
	next = web.SafeNext(web.Session(r).GetString(sessionSecondNext))
	if err := m.SignIn(r, a.Account, method); err != nil {
		return "", err
	}
	if next == "/" {
		next = m.home(a)
	}
	return next, nil
}

// Home is where somebody begins after signing in.
func (m *Module) Home(a Actor) string { return m.home(a) }
