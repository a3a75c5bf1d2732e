package db_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// withStandby gives d anew, with another database of the same server for a
// standby: its log stands where the primary's does, and its rows tell which of
// them has answered.
func withStandby(t *testing.T, d *db.DB, address string) *db.DB {
	t.Helper()
	both, err := db.Open(context.Background(), d.URL(), db.Options{MaxConns: 4, Standby: address, StandbyLag: time.Minute})
	must(t, err)
	t.Cleanup(func() { both.Close() })
	return both
}

func otherDatabase(t *testing.T, d *db.DB) (address string, other *db.DB) {
	t.Helper()
	ctx, name := context.Background(), "yimen_other_"+strings.ReplaceAll(db.NewID(), "-", "")
	_, err := d.Conn(ctx).Exec(ctx, "CREATE DATABASE "+name)
	must(t, err)
	t.Cleanup(func() {
		_, err := d.Conn(ctx).Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
		must(t, err)
	})
	u, err := url.Parse(d.URL())
	must(t, err)
	u.Path = "/" + name
	other, err = db.Open(ctx, u.String(), db.Options{MaxConns: 2})
	must(t, err)
	t.Cleanup(func() { other.Close() })
	must(t, other.Migrate(ctx, sources))
	return u.String(), other
}

// eventually waits for the watcher's next look.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 200 {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("never: " + what)
}

func stale(t *testing.T, d *db.DB) []string {
	t.Helper()
	var all []string
	ctx := db.Stale(context.Background())
	must(t, d.Conn(ctx).Select(ctx, &all, `SELECT id FROM note ORDER BY id`))
	return all
}

func TestStaleReadsGoToTheStandby(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if d.Engine() == db.SQLite {
			if _, err := db.Open(ctx, d.URL(), db.Options{Standby: "postgres://nobody@127.0.0.1:1/x"}); err == nil {
				t.Error("the embedded database was given a standby")
			}
			must(t, insert(ctx, d, "own"))
			if got := stale(t, d); len(got) != 1 {
				t.Errorf("without a standby a stale read gives %v", got)
			}
			return
		}
		address, other := otherDatabase(t, d)
		must(t, insert(ctx, d, "primary"))
		must(t, insert(ctx, other, "standby"))
		both := withStandby(t, d, address)
		eventually(t, "a stale read answered by the standby", func() bool { return stale(t, both)[0] == "standby" })
		if got := ids(t, both); got[0] != "primary" {
			t.Errorf("an ordinary read gives %v", got)
		}
		must(t, both.InTx(db.Stale(ctx), func(ctx context.Context) error {
			var id string
			if err := both.Conn(ctx).Get(ctx, &id, `SELECT id FROM note`); err != nil || id != "primary" {
				t.Errorf("in a transaction: %q, %v", id, err)
			}
			return insert(ctx, both, "written")
		}))
		// A row that has not arrived yet is found all the same; one that is nowhere is not.
		var id string
		old := db.Stale(ctx)
		if err := both.Conn(old).Get(old, &id, `SELECT id FROM note WHERE id = 'written'`); err != nil || id != "written" {
			t.Errorf("a row not yet replayed: %q, %v", id, err)
		}
		if err := both.Conn(old).Get(old, &id, `SELECT id FROM note WHERE id = 'none'`); !errors.Is(err, db.ErrNoRows) {
			t.Errorf("a row that is nowhere: %v", err)
		}
		// The standby breaks off: the primary answers, at once and without half of its rows.
		_, err := d.Conn(ctx).Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, strings.TrimPrefix(mustParse(t, address).Path, "/"))
		must(t, err)
		if got := stale(t, both); len(got) == 0 || got[0] != "primary" && got[0] != "standby" {
			t.Errorf("after the standby's connections were cut: %v", got)
		}
		rows, err := both.Conn(old).Rows(old, `SELECT id FROM note`)
		must(t, err)
		must(t, rows.Close())
	})
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	return u
}

// A standby that never answers is no reason not to start, nor to wait.
func TestStandbyThatIsNotThere(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		if d.Engine() == db.SQLite {
			return
		}
		must(t, insert(context.Background(), d, "primary"))
		both := withStandby(t, d, "postgres://u:p@127.0.0.1:1/x?connect_timeout=1")
		for range 3 {
			if got := stale(t, both); len(got) != 1 || got[0] != "primary" {
				t.Errorf("a stale read gives %v", got)
			}
		}
	})
}
