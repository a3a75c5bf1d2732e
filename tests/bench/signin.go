package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alexedwards/argon2id"

	"yimen/internal/app"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/openid"
)

// crowd is how many sign in at once when it is more than the machine can take.
const crowd = 200

// signIns measures passwords over HTTP: as many clients as there are
// processors, then a crowd, of whom some are told to come again.
func (c *city) signIns(ctx context.Context) error {
	names, err := c.clerks(ctx)
	if err != nil {
		return err
	}
	s, err := c.start(ctx)
	if err != nil {
		return err
	}
	time.Sleep(3 * time.Second) // what is done at every start is done
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DialContext: dialer()},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var turned, next atomic.Int64
	enter := func(ctx context.Context, _, _ int) error {
		form := url.Values{"account": {names[int(next.Add(1))%len(names)]}, "password": {app.DemoPassword}, "next": {"/"}}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/login", strings.NewReader(form.Encode()))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		res.Body.Close()
		switch res.StatusCode {
		case http.StatusSeeOther:
			return nil
		case http.StatusTooManyRequests:
			turned.Add(1)
			return errTurnedAway
		}
		return fmt.Errorf("sign in: %s", res.Status)
	}
	cores := runtime.NumCPU()
	raw := hashes(ctx, cores, c.keep)
	few := together(ctx, cores, c.keep, enter)
	if few.first != nil {
		return few.first
	}
	c.report.add(figure{What: fmt.Sprintf("signed in by password, %d clients", cores), Budget: fmt.Sprintf("≥ %d/s (25 a core)", 25*cores), Measured: few.latencies(),
		Value: few.perSecond(), Unit: "sign-ins/s", Raw: raw, RawText: fmt.Sprintf("%.0f argon2id hashes/s", raw)})
	turned.Store(0)
	many := together(ctx, crowd, c.keep, func(ctx context.Context, worker, i int) error {
		err := enter(ctx, worker, i)
		if errors.Is(err, errTurnedAway) {
			time.Sleep(time.Second) // and tries again
		}
		return err
	})
	if many.first != nil && !errors.Is(many.first, errTurnedAway) {
		return many.first
	}
	many.failed = 0 // they were meant to be
	c.report.add(figure{What: fmt.Sprintf("the same, %d at once", crowd), Budget: "p95 ≤ 1 s, the rest 429",
		Measured: fmt.Sprintf("%s, %d told to come again", many.latencies(), turned.Load()), Value: many.perSecond(), Unit: "sign-ins/s", Raw: raw})
	return s.stop()
}

var errTurnedAway = errors.New("too many sign in")

// hashes is how many passwords so many goroutines compare in a second.
func hashes(ctx context.Context, workers int, keep time.Duration) float64 {
	hash, err := argon2id.CreateHash(app.DemoPassword, identity.DefaultHash)
	l := together(ctx, workers, keep, func(context.Context, int, int) error {
		if err == nil {
			_, err := argon2id.ComparePasswordAndHash(app.DemoPassword, hash)
			return err
		}
		return err
	})
	return l.perSecond()
}

// clerks are accounts to sign in with.
func (c *city) clerks(ctx context.Context) ([]string, error) {
	d, err := db.Open(ctx, c.dsn, db.Options{})
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var names []string
	err = d.Conn(ctx).Select(ctx, &names, `SELECT name FROM identity_account WHERE name LIKE 'clerk-%' ORDER BY name LIMIT 1000`)
	return names, err
}

// sessions measures, in this process, what it costs to know whose session a
// request belongs to: the same request with and without one. Alone both cores
// fall asleep between question and answer, and waking them takes longer than the
// check; that is the time of a question for nothing, too, which stands beside it.
// The quickest tenth (p10) found them awake.
func (c *city) sessions(ctx context.Context, a *app.App) error {
	for _, of := range []struct{ who, account string }{{"clerk", clerk}, {"citizen", citizen}} {
		cookies, err := signedIn(a, of.account)
		if err != nil {
			return err
		}
		if err := c.check(ctx, a, of.who, cookies); err != nil {
			return err
		}
	}
	return c.lent(ctx, a)
}

// signedIn gives the cookies of an account.
func signedIn(a *app.App, account string) ([]*http.Cookie, error) {
	login := httptest.NewRequest(http.MethodPost, "/demo/login", strings.NewReader(url.Values{"account": {account}, "next": {"/"}}.Encode()))
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := httptest.NewRecorder()
	a.Router.ServeHTTP(answer, login)
	cookies := answer.Result().Cookies()
	if answer.Code != http.StatusSeeOther || len(cookies) == 0 {
		return nil, fmt.Errorf("sign in as %s: %d", account, answer.Code)
	}
	return cookies, nil
}

// check measures the sessions of one account: alone, by turns with a request
// without a session and a question for nothing, so that all three meet the same
// moments; then four at once.
func (c *city) check(ctx context.Context, a *app.App, who string, cookies []*http.Cookie) error {
	ask := func(cookies []*http.Cookie) func(context.Context, int, int) error {
		return func(context.Context, int, int) error {
			r := httptest.NewRequest(http.MethodGet, "/api/v1/nothing-here", nil)
			for _, k := range cookies {
				r.AddCookie(k)
			}
			a.Router.ServeHTTP(httptest.NewRecorder(), r)
			return nil
		}
	}
	var one int
	question := func(context.Context, int, int) error {
		return a.DB.Conn(context.Background()).Get(context.Background(), &one, "SELECT 1")
	}
	turns := []func(context.Context, int, int) error{ask(cookies), ask(nil), question}
	all := make([]load, len(turns))
	for range 20 {
		for i, turn := range turns {
			l := together(ctx, 1, c.keep/20, turn)
			if l.first != nil {
				return l.first
			}
			all[i].took, all[i].wall = append(all[i].took, l.took...), all[i].wall+l.wall
		}
	}
	var quick, half, mean [3]float64
	for i := range all {
		all[i].sort()
		quick[i], half[i] = float64(all[i].at(.1).Nanoseconds())/1e3, float64(all[i].at(.5).Nanoseconds())/1e3
		mean[i] = 1e6 / all[i].perSecond()
	}
	µs := half[0] - half[1]
	c.report.add(figure{What: "session check, a " + who, Budget: "≤ 100 µs", Measured: fmt.Sprintf("p10 %.0f µs, p50 %.0f µs, mean %.0f µs", quick[0]-quick[1], µs, mean[0]-mean[1]),
		Value: µs, Unit: "µs", RawText: fmt.Sprintf("a question for nothing p10 %.0f µs, p50 %.0f µs, mean %.0f µs", quick[2], half[2], mean[2])})
	µs = 1e6/together(ctx, 4, c.keep, ask(cookies)).perSecond() - 1e6/together(ctx, 4, c.keep, ask(nil)).perSecond()
	c.report.add(figure{What: "session checks, a " + who + ", 4 at once", Budget: "≤ 100 µs", Measured: fmt.Sprintf("%.0f µs each, %.0f/s", µs, 1e6/µs), Value: µs, Unit: "µs"})
	return nil
}

// machines measures tokens of client credentials, in this process, beside the
// signature alone.
func (c *city) machines(ctx context.Context, a *app.App) error {
	system := identity.With(ctx, identity.System("bench"))
	id, err := a.OpenID.AskClient(system, "", openid.Definition{Name: "负载测试", Agency: "测试", Purpose: "测量", Contact: "测试", Realm: openid.People,
		Auth: openid.AuthSecret, Grants: []string{"client_credentials"}, Scopes: []string{"openid", "cases"}})
	if err != nil {
		return err
	}
	if err := a.OpenID.DecideLatest(system, id); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(id))
	if _, err := a.DB.Conn(ctx).Exec(ctx, `UPDATE openid_client SET secret_hash = $2 WHERE id = $1`, id, hex.EncodeToString(sum[:])); err != nil {
		return err
	}
	cores := runtime.NumCPU()
	tokens := together(ctx, cores, c.keep, func(context.Context, int, int) error {
		r := httptest.NewRequest(http.MethodPost, "/oauth/token", strings.NewReader("grant_type=client_credentials"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(id, id)
		answer := httptest.NewRecorder()
		a.Router.ServeHTTP(answer, r)
		if answer.Code != http.StatusOK {
			return fmt.Errorf("token: %d %s", answer.Code, answer.Body)
		}
		return nil
	})
	if tokens.first != nil {
		return tokens.first
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	raw := together(ctx, cores, c.keep, func(context.Context, int, int) error {
		_, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
		return err
	}).perSecond()
	c.report.add(figure{What: "tokens for machines", Budget: "≥ 3,000/s", Measured: tokens.latencies(), Value: tokens.perSecond(),
		Unit: "tokens/s", Raw: raw, RawText: fmt.Sprintf("%.0f signatures/s", raw)})
	return nil
}
