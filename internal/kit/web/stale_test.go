package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
)

// beside makes an empty database on the same server, which is as good a
// standby as any: its log stands where the primary's does.
func beside(t *testing.T, d *db.DB) string {
	t.Helper()
	ctx, name := context.Background(), "yimen_beside_"+strings.ReplaceAll(db.NewID(), "-", "")
	u, err := url.Parse(d.URL())
	if err == nil {
		_, err = d.Conn(ctx).Exec(ctx, "CREATE DATABASE "+name)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := d.Conn(ctx).Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	u.Path = "/" + name
	return u.String()
}

// A page that may be old is read from the standby, unless this browser has just
// changed something; a page that may not never is.
func TestMayLag(t *testing.T) {
	eachShared(t, func(t *testing.T, d *db.DB) {
		both, err := db.Open(context.Background(), d.URL(), db.Options{MaxConns: 4, Standby: beside(t, d), StandbyLag: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { both.Close() })
		where := func(w http.ResponseWriter, r *http.Request) error {
			var name string
			if err := both.Conn(r.Context()).Get(r.Context(), &name, `SELECT current_database()`); err != nil {
				return err
			}
			_, err := w.Write([]byte(strings.SplitAfterN(name, "_", 3)[1]))
			return err
		}
		rt := web.NewRouter(web.Options{DB: both})
		rt.Get("/list", web.Public, web.MayLag(where))
		rt.Get("/mine", web.Public, where)
		rt.Post("/change", web.Public, func(w http.ResponseWriter, r *http.Request) error { return nil })
		c := webtest.New(t, rt)
		for i := 0; c.Get("/list").Status(200).Body != "beside_"; i++ {
			if i == 200 {
				t.Fatal("the standby is never read")
			}
			time.Sleep(50 * time.Millisecond)
		}
		c.Get("/mine").Status(200).MustNot("beside_")
		c.PostForm("/change", url.Values{}).Status(200)
		c.Get("/list").Status(200).MustNot("beside_")
		webtest.New(t, rt).Get("/list").Status(200).Must("beside_")
	})
}

// What PostgreSQL breaks off is tried again with the same body, and takes effect
// once; without a key, and on the embedded database, the visitor is told.
func TestBrokenOffRequestIsTriedAgain(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		for _, broken := range []error{db.ErrBusy, db.ErrLost, db.ErrUnsure} {
			k, tries := &counter{d: d}, 0
			before := k.effects(t)
			rt := web.NewRouter(web.Options{DB: d})
			rt.Post("/cases", web.Public, func(w http.ResponseWriter, r *http.Request) error {
				raw, err := io.ReadAll(r.Body)
				if err != nil || string(raw) != `{"name":"li"}` {
					t.Errorf("attempt %d reads %q, %v", tries, raw, err)
				}
				_, err = d.Conn(r.Context()).Exec(r.Context(), `INSERT INTO web_session (token, subject, data, idle_until, expires_at, created_at)
					VALUES ($1, 'effect', '', $2, $2, $2)`, db.NewID(), morning)
				if tries++; tries == 1 {
					return errors.Join(err, broken)
				}
				fmt.Fprint(w, "done")
				return err
			})
			c := webtest.New(t, rt)
			page := c.With("Idempotency-Key", db.NewID()).JSON("POST", "/cases", map[string]string{"name": "li"})
			if d.Engine() == db.SQLite {
				page.Status(503)
				continue
			}
			page.Status(200).Must("done")
			if n := k.effects(t) - before; n != 1 {
				t.Errorf("%v: %d effects, want 1", broken, n)
			}
			tries = 0
			c.JSON("POST", "/cases", map[string]string{"name": "li"}).Status(503)
		}
	})
}
