package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"sync"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// ErrTooMany is told to somebody who asks more often than a route allows.
var ErrTooMany = errs.Define(errs.RateLimited, "too_many_requests", "操作过于频繁，请稍等一会儿再试。")

// RateLimit is a guard that lets n requests pass in each window per key (nil:
// the client's address); then it answers 429. Guards of the same name count
// together, in all processes of a database: see limiter.
//
//	rt.Post("/login", web.RateLimit("login", 10, time.Minute, nil).And(web.Public), m.login)
func RateLimit(name string, n int, per time.Duration, key func(*http.Request) string) Guard {
	if key == nil {
		key = ClientAddr
	}
	l := &limiter{name: name, most: n, per: per}
	return Guard{Name: "rate " + strconv.Itoa(n) + "/" + per.String(), Check: func(r *http.Request) error {
		if !l.pass(r.Context(), sharedBy(r.Context()), key(r), time.Now().UTC()) {
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

// sharedBy is the database through which processes count together, nil where
// there is but one process.
func sharedBy(ctx context.Context) *db.DB {
	if q := infoOf(ctx); q != nil && q.rt.o.DB != nil && q.rt.o.DB.Engine() == db.Postgres {
		return q.rt.o.DB
	}
	return nil
}

// limiter counts in the process, by window of time. A key is told to the other
// processes (one row in web_rate) from an eighth of the limit on, so that
// harmless visitors write nothing; what was counted until then is told with it.
// So k processes together let at most n + k·n/8 pass, and a key that is refused
// costs no statement.
type limiter struct {
	name string
	most int
	per  time.Duration

	mu     sync.Mutex
	window time.Time
	now    map[string]*hits
	before map[string]*hits // of the window before
}

// hits of one key in one window.
type hits struct {
	own int // of this process, not told yet
	all int // told, and of other processes as far as known
}

func (h *hits) sum() int {
	if h == nil {
		return 0
	}
	return h.own + h.all
}

// pass counts a request, unless there were too many.
func (l *limiter) pass(ctx context.Context, d *db.DB, key string, at time.Time) bool {
	ok, tell := l.count(key, at, d != nil)
	if !ok || tell == 0 {
		return ok
	}
	var told struct {
		N      int `db:"n"`
		Before int `db:"before"`
	}
	window := at.Truncate(l.per)
	id := l.id(key)
	err := d.Conn(ctx).Get(ctx, &told, `INSERT INTO web_rate (id, slot, n, ends_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id, slot) DO UPDATE SET n = web_rate.n + excluded.n
		RETURNING n, COALESCE((SELECT b.n FROM web_rate b WHERE b.id = $1 AND b.slot = $5), 0) AS before`,
		id, window.Unix(), tell, window.Add(2*l.per), window.Add(-l.per).Unix())
	if err != nil {
		return true // what this process knows allows it; whether the database is there the handler will see
	}
	return l.learn(key, at, told.N, told.Before)
}

// count adds one to a key. tell is how many are to be told to others now.
func (l *limiter) count(key string, at time.Time, shared bool) (ok bool, tell int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn(at)
	if l.rate(key, at)+1 > float64(l.most) {
		return false, 0
	}
	h := l.now[key]
	if h == nil {
		h = &hits{}
		l.now[key] = h
	}
	h.own++
	if shared && (h.all > 0 || h.own > l.most/8) {
		tell = h.own
		h.own, h.all = 0, h.all+h.own
	}
	return true, tell
}

// learn takes over what all processes have counted, and tells whether this
// request is still among those that may pass.
func (l *limiter) learn(key string, at time.Time, n, before int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn(at)
	if h := l.now[key]; h != nil {
		h.all = max(h.all, n)
	}
	if before > l.before[key].sum() {
		l.before[key] = &hits{all: before}
	}
	return l.rate(key, at) <= float64(l.most)
}

// rate is how often the key was seen within the last window's length: the
// window before counts as far as it still reaches into it.
func (l *limiter) rate(key string, at time.Time) float64 {
	left := 1 - max(float64(at.Sub(l.window))/float64(l.per), 0)
	return float64(l.before[key].sum())*left + float64(l.now[key].sum())
}

// turn begins a new window when it is time. A clock that was set back by more
// than a window begins anew: what it counted lies in no time that will come.
func (l *limiter) turn(at time.Time) {
	window := at.Truncate(l.per)
	switch {
	case l.now != nil && !window.After(l.window) && l.window.Sub(window) <= l.per:
		return
	case l.now != nil && window.Sub(l.window) == l.per:
		l.before = l.now
	default:
		l.before = map[string]*hits{}
	}
	l.window, l.now = window, map[string]*hits{}
}

// id is the key as it is kept: an address is nobody's to read.
func (l *limiter) id(key string) string {
	sum := sha256.Sum256([]byte(l.name + "\n" + key))
	return hex.EncodeToString(sum[:16])
}
