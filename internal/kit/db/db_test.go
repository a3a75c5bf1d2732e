package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
)

func source(module, file, body string) db.Source {
	return db.Source{Module: module, Files: fstest.MapFS{file: {Data: []byte("-- +goose Up\n" + body)}}}
}

var sources = []db.Source{source("note", "20261122990001_note.sql", `CREATE TABLE note (
	id TEXT PRIMARY KEY, number TEXT NOT NULL, at TIMESTAMP NOT NULL, done BOOLEAN NOT NULL,
	CONSTRAINT note_number_once UNIQUE (number));`)}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func insert(ctx context.Context, d *db.DB, id string) error {
	_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO note (id, number, at, done) VALUES ($1, $1, $2, $3)`, id, clock.Real.Now(), false)
	return err
}

func ids(t testing.TB, d *db.DB) []string {
	t.Helper()
	var all []string
	must(t, d.Conn(context.Background()).Select(context.Background(), &all, `SELECT id FROM note ORDER BY id`))
	return all
}

func TestInnerTransactionJoinsTheOuter(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, undo := context.Background(), errors.New("undo")
		var told []string
		err := d.InTx(ctx, func(ctx context.Context) error {
			must(t, insert(ctx, d, "outer"))
			must(t, d.InTx(ctx, func(ctx context.Context) error {
				d.AfterCommit(ctx, func() { told = append(told, "inner") })
				return insert(ctx, d, "inner")
			}))
			if len(told) != 0 {
				t.Error("AfterCommit ran before the outermost commit")
			}
			var n int
			must(t, d.Conn(ctx).Get(ctx, &n, `SELECT count(*) FROM note`))
			if n != 2 {
				t.Errorf("the transaction sees %d of its own rows, want 2", n)
			}
			return undo
		})
		if !errors.Is(err, undo) || len(ids(t, d)) != 0 || len(told) != 0 {
			t.Errorf("error %v, rows %v, told %v", err, ids(t, d), told)
		}
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			return d.InTx(ctx, func(ctx context.Context) error {
				d.AfterCommit(ctx, func() { told = append(told, fmt.Sprint(len(ids(t, d)), " rows")) })
				return insert(ctx, d, "kept")
			})
		}))
		d.AfterCommit(ctx, func() { told = append(told, "at once") })
		if !slices.Equal(told, []string{"1 rows", "at once"}) {
			t.Errorf("told %v", told)
		}
	})
}

func TestPanicUndoesTheTransaction(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		func() {
			defer func() {
				if p := recover(); p != "boom" {
					t.Errorf("recovered %v", p)
				}
			}()
			_ = d.InTx(ctx, func(ctx context.Context) error {
				must(t, insert(ctx, d, "lost"))
				panic("boom")
			})
		}()
		// Neither the connection nor the turn is lost.
		must(t, d.InTx(ctx, func(ctx context.Context) error { return insert(ctx, d, "after") }))
		if got := ids(t, d); !slices.Equal(got, []string{"after"}) {
			t.Errorf("rows %v", got)
		}
	})
}

func TestTransactionsOfTwoDatabasesAreTwo(t *testing.T) {
	a, b, ctx := dbtest.Open(t, sources), dbtest.Open(t, sources), context.Background()
	undo := errors.New("undo")
	err := a.InTx(ctx, func(ctx context.Context) error {
		if b.InTxNow(ctx) || b.Tx(ctx) != nil || !a.InTxNow(ctx) || a.Tx(ctx) == nil {
			t.Error("a transaction of one database counts for the other")
		}
		must(t, insert(ctx, a, "a"))
		must(t, insert(ctx, b, "b"))
		return undo
	})
	if !errors.Is(err, undo) || len(ids(t, a)) != 0 || len(ids(t, b)) != 1 {
		t.Errorf("error %v, rows %v and %v", err, ids(t, a), ids(t, b))
	}
}

func TestRepeatedKeys(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		must(t, insert(ctx, d, "1"))
		for _, in := range []func(func(context.Context) error) error{
			func(fn func(context.Context) error) error { return fn(ctx) },
			func(fn func(context.Context) error) error { return d.InTx(ctx, fn) },
		} {
			err := in(func(ctx context.Context) error { return insert(ctx, d, "1") })
			if !db.IsUnique(err) {
				t.Errorf("primary key: %v", err)
			}
			err = in(func(ctx context.Context) error {
				_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO note (id, number, at, done) VALUES ('2', '1', $1, FALSE)`, clock.Real.Now())
				return err
			})
			var u *db.UniqueError
			if !errors.As(err, &u) || !strings.Contains(u.On, "number") {
				t.Errorf("unique constraint: %v", err)
			}
		}
		_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO note (id, number, at, done) VALUES ('3', NULL, $1, FALSE)`, clock.Real.Now())
		if err == nil || db.IsUnique(err) {
			t.Errorf("a missing value: %v", err)
		}
		var id string
		if err := d.Conn(ctx).Get(ctx, &id, `SELECT id FROM note WHERE id = 'none'`); !errors.Is(err, db.ErrNoRows) {
			t.Errorf("no row: %v", err)
		}
	})
}

type note struct {
	ID     string    `db:"id"`
	Number string    `db:"number"`
	At     time.Time `db:"at"`
	Done   bool      `db:"done"`
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for i, at := range []time.Time{
			time.Date(2026, 11, 22, 23, 59, 59, 999_999_000, time.UTC), time.Date(1949, 10, 1, 0, 0, 0, 0, time.UTC),
			time.Date(2099, 1, 1, 0, 0, 0, 1_000, time.UTC), clock.Real.Now(),
		} {
			n := note{ID: fmt.Sprint(i), Number: `引号'"\;` + fmt.Sprint(i), At: at, Done: i%2 == 0}
			affected, err := d.Conn(ctx).ExecNamed(ctx, `INSERT INTO note (id, number, at, done) VALUES (:id, :number, :at, :done)`, n)
			if err != nil || affected != 1 {
				t.Fatalf("%d rows, %v", affected, err)
			}
			var got note
			must(t, d.Conn(ctx).Get(ctx, &got, `SELECT id, number, at, done FROM note WHERE at = $1`, at))
			if !got.At.Equal(at) || got.Number != n.Number || got.Done != n.Done {
				t.Errorf("%+v comes back as %+v", n, got)
			}
			if _, offset := got.At.Zone(); offset != 0 {
				t.Errorf("%v is not in UTC", got.At)
			}
		}
		var order []string
		must(t, d.Conn(ctx).Select(ctx, &order, `SELECT id FROM note WHERE done = $1 OR id = '1' ORDER BY at DESC`, true))
		if !slices.Equal(order, []string{"2", "0", "1"}) {
			t.Errorf("by time: %v", order)
		}
	})
}

func TestWritersTakeTurns(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		must(t, insert(ctx, d, "sum"))
		_, err := d.Conn(ctx).Exec(ctx, `UPDATE note SET number = '0'`)
		must(t, err)
		const writers, each = 8, 20
		var group sync.WaitGroup
		var failed atomic.Int64
		for range writers {
			group.Go(func() {
				for range each {
					err := d.InTx(ctx, func(ctx context.Context) error {
						_, err := d.Conn(ctx).Exec(ctx, `UPDATE note SET number = CAST(CAST(number AS BIGINT) + 1 AS TEXT) WHERE id = 'sum'`)
						return err
					})
					if err != nil {
						failed.Add(1)
					}
					ids(t, d) // readers do not wait for writers
				}
			})
		}
		group.Wait()
		var number string
		must(t, d.Conn(ctx).Get(ctx, &number, `SELECT number FROM note`))
		if number != fmt.Sprint(writers*each) || failed.Load() != 0 {
			t.Errorf("counted %s, %d failed; want %d", number, failed.Load(), writers*each)
		}
	})
}

func TestWaitingForTheWriterEnds(t *testing.T) {
	d, ctx := dbtest.Open(t, sources), context.Background()
	err := d.InTx(ctx, func(inside context.Context) error {
		must(t, insert(inside, d, "1"))
		// The mistake this guards against: the context of outside is used inside.
		lost, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if err := insert(lost, d, "2"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Exec beside the transaction: %v", err)
		}
		if err := d.InTx(lost, func(context.Context) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("InTx beside the transaction: %v", err)
		}
		if got := ids(t, d); len(got) != 0 {
			t.Errorf("a reader sees what is not committed: %v", got)
		}
		return nil
	})
	must(t, err)
	if got := ids(t, d); !slices.Equal(got, []string{"1"}) {
		t.Errorf("rows %v", got)
	}
}

func TestQueriesOutsideATransactionCannotWriteOnSQLite(t *testing.T) {
	d, ctx := dbtest.Open(t, sources), context.Background()
	var id string
	err := d.Conn(ctx).Get(ctx, &id, `INSERT INTO note (id, number, at, done) VALUES ('1', '1', $1, FALSE) RETURNING id`, clock.Real.Now())
	if err == nil {
		t.Error("a read connection has written")
	}
	must(t, d.InTx(ctx, func(ctx context.Context) error {
		return d.Conn(ctx).Get(ctx, &id, `INSERT INTO note (id, number, at, done) VALUES ('1', '1', $1, FALSE) RETURNING id`, clock.Real.Now())
	}))
}

func TestRowsAreReadOneByOne(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for i := range 5 {
			must(t, insert(ctx, d, fmt.Sprint(i)))
		}
		rows, err := d.Conn(ctx).Rows(ctx, `SELECT id FROM note ORDER BY id`)
		must(t, err)
		defer rows.Close()
		var got []string
		for rows.Next() {
			var id string
			must(t, rows.Scan(&id))
			got = append(got, id)
		}
		if rows.Err() != nil || len(got) != 5 {
			t.Errorf("read %v, %v", got, rows.Err())
		}
	})
}

func TestLostDatabase(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		must(t, d.Ping(ctx))
		if d.Engine() == db.Postgres {
			err := d.InTx(ctx, func(ctx context.Context) error {
				_, err := d.Conn(ctx).Exec(ctx, `SELECT pg_terminate_backend(pg_backend_pid())`)
				return err
			})
			if !errors.Is(err, db.ErrLost) {
				t.Errorf("the server ended the connection: %v", err)
			}
			must(t, insert(ctx, d, "the next connection works"))
		}
		must(t, d.Close())
		for what, err := range map[string]error{
			"Ping": d.Ping(ctx), "Exec": insert(ctx, d, "1"),
			"InTx": d.InTx(ctx, func(ctx context.Context) error { return insert(ctx, d, "1") }),
		} {
			if !errors.Is(err, db.ErrLost) || errs.KindOf(err) != errs.Unavailable {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func TestFullDisk(t *testing.T) {
	d, ctx := dbtest.Open(t, sources), context.Background()
	_, err := d.SQL().ExecContext(ctx, `PRAGMA max_page_count = 1`) // what it has, and no page more
	must(t, err)
	err = d.InTx(ctx, func(ctx context.Context) error {
		must(t, insert(ctx, d, "small"))
		_, err := d.Conn(ctx).Exec(ctx, `UPDATE note SET number = $1`, strings.Repeat("x", 1<<20))
		return err
	})
	if !errors.Is(err, db.ErrFull) || len(ids(t, d)) != 0 {
		t.Errorf("error %v, rows %v", err, ids(t, d))
	}
}

func TestOpenRefusesOtherAddresses(t *testing.T) {
	for _, dsn := range []string{"", "mysql://x", "/tmp/x.db"} {
		if _, err := db.Open(context.Background(), dsn, db.Options{}); err == nil {
			t.Errorf("%q was opened", dsn)
		}
	}
	_, err := db.Open(context.Background(), "postgres://u:secret@127.0.0.1:1/x?connect_timeout=2", db.Options{})
	if !errors.Is(err, db.ErrLost) || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
	if got := db.Redact("postgres://u:secret@h/x"); strings.Contains(got, "secret") {
		t.Errorf("Redact gives %s", got)
	}
}
