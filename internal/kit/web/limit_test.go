package web_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
)

// process is another process on the database of d: its own pool, router and
// counters.
func process(t *testing.T, d *db.DB, limit int) (*web.Router, *webtest.Client) {
	t.Helper()
	other, err := db.Open(context.Background(), d.URL(), db.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	rt := web.NewRouter(web.Options{DB: other, TrustProxy: true})
	rt.Get("/", web.RateLimit("door", limit, time.Hour, nil), say("home"))
	rt.Get("/other", web.RateLimit("window", limit, time.Hour, nil), say("window"))
	rt.Get("/who", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		_, err := w.Write([]byte("[" + web.Session(r).GetString("name") + "]"))
		return err
	})
	rt.PostEach("/in", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		web.Session(r).Renew()
		web.Session(r).Put("name", "li")
		return nil
	})
	return rt, webtest.New(t, rt)
}

func eachShared(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	dbtest.Each(t, []db.Source{web.Migrations}, func(t *testing.T, d *db.DB) {
		if d.Engine() == db.Postgres { // the embedded database has one process
			fn(t, d)
		}
	})
}

func rows(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.Conn(context.Background()).Get(context.Background(), &n, `SELECT COUNT(*) FROM web_rate`); err != nil {
		t.Fatal(err)
	}
	return n
}

// Whoever asks too often is refused by all processes, and others are not;
// those who ask now and then leave no trace in the database.
func TestRateLimitHoldsAcrossProcesses(t *testing.T) {
	eachShared(t, func(t *testing.T, d *db.DB) {
		_, first := process(t, d, 16)
		_, second := process(t, d, 16)
		for i, c := range []*webtest.Client{first, second, first, second} {
			c.With("X-Forwarded-For", "10.0.0.9").Get("/").Status(200)
			if n := rows(t, d); n != 0 {
				t.Fatalf("harmless request %d has written %d rows", i, n)
			}
		}
		passed := 0
		for range 16 {
			for _, c := range []*webtest.Client{first, second} {
				if c.With("X-Forwarded-For", "10.0.0.1").Get("/").Code == 200 {
					passed++
				}
			}
		}
		if passed != 16 { // both told, so the sum is exact
			t.Errorf("%d requests of 32 passed, want 16", passed)
		}
		if n := rows(t, d); n != 1 {
			t.Errorf("%d rows for one address", n)
		}
		_, third := process(t, d, 16) // one that has seen nothing yet hides an eighth at most
		passed = 0
		for range 8 {
			if third.With("X-Forwarded-For", "10.0.0.1").Get("/").Code == 200 {
				passed++
			}
		}
		if passed > 2 {
			t.Errorf("a new process let %d more pass", passed)
		}
		third.With("X-Forwarded-For", "10.0.0.1").Get("/other").Status(200)
		third.With("X-Forwarded-For", "10.0.0.2").Get("/").Status(200)
	})
}

// A limit holds in this process while the database is gone.
func TestRateLimitWithoutDatabase(t *testing.T) {
	eachShared(t, func(t *testing.T, d *db.DB) {
		guard := web.RateLimit("door", 4, time.Hour, nil)
		lost, err := db.Open(context.Background(), d.URL(), db.Options{MaxConns: 1})
		if err != nil {
			t.Fatal(err)
		}
		rt := web.NewRouter(web.Options{DB: lost})
		rt.Get("/", guard, say("home"))
		if err := lost.Close(); err != nil {
			t.Fatal(err)
		}
		c := webtest.New(t, rt)
		for range 4 {
			c.Get("/").Status(200)
		}
		c.Get("/").Status(429)
	})
}

// Who signed in at one process is known to the other, and forgotten by both.
func TestSessionsAreSharedByProcesses(t *testing.T) {
	eachShared(t, func(t *testing.T, d *db.DB) {
		a, first := process(t, d, 1)
		b, _ := process(t, d, 1)
		first.PostForm("/in", nil).Status(200)
		second := first.To(b)
		second.Get("/who").Status(200).Must("[li]")
		second.To(a).Get("/who").Status(200).Must("[li]")
	})
}
