package db_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// Statements are kept by their text on SQLite and by pgx on PostgreSQL: none
// of that may show.

func TestSameStatementInsideItsOwnRows(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for _, id := range []string{"a", "b", "c"} {
			must(t, insert(ctx, d, id))
		}
		const query = `SELECT id FROM note WHERE id >= $1 ORDER BY id`
		var outer, inner []string
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			// PostgreSQL can run nothing else while rows are open; read ids are enough there.
			rows, err := d.Conn(ctx).Rows(ctx, query, "a")
			must(t, err)
			defer rows.Close()
			for rows.Next() {
				var id string
				must(t, rows.Scan(&id))
				outer = append(outer, id)
				if d.Engine() == db.SQLite {
					must(t, d.Conn(ctx).Select(ctx, &inner, query, "b"))
				}
			}
			return rows.Err()
		}))
		if got := strings.Join(outer, ""); got != "abc" {
			t.Errorf("outer rows %q, want abc", got)
		}
		if got := strings.Join(inner, ""); d.Engine() == db.SQLite && got != "bc" {
			t.Errorf("inner rows %q, want bc", got)
		}
	})
}

func TestStatementAfterItsFailure(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		must(t, insert(ctx, d, "a"))
		for range 3 {
			if err := insert(ctx, d, "a"); !db.IsUnique(err) {
				t.Fatalf("error %v, want a repeated key", err)
			}
		}
		must(t, insert(ctx, d, "b"))
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		if err := insert(cancelled, d, "c"); !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v, want cancelled", err)
		}
		must(t, insert(ctx, d, "c"))
		if got := strings.Join(ids(t, d), ""); got != "abc" {
			t.Errorf("rows %q, want abc", got)
		}
	})
}

func TestStatementAfterTheTableHasChanged(t *testing.T) {
	d, ctx := dbtest.Open(t, sources), context.Background()
	must(t, insert(ctx, d, "a"))
	read := func() (columns []string) {
		rows, err := d.Conn(ctx).Rows(ctx, `SELECT * FROM note`)
		must(t, err)
		defer rows.Close()
		columns, err = rows.Columns()
		must(t, err)
		if !rows.Next() {
			t.Error("no row")
		}
		return columns
	}
	before := len(read())
	_, err := d.Conn(ctx).Exec(ctx, `ALTER TABLE note ADD COLUMN more TEXT NOT NULL DEFAULT ''`)
	must(t, err)
	if after := len(read()); after != before+1 {
		t.Errorf("%d columns after the change, want %d", after, before+1)
	}
}

// More texts than are kept, some of them open while the others push them out.
func TestMoreStatementsThanAreKept(t *testing.T) {
	d, ctx := dbtest.Open(t, sources), context.Background()
	must(t, insert(ctx, d, "a"))
	must(t, d.InTx(ctx, func(ctx context.Context) error {
		open, err := d.Conn(ctx).Rows(ctx, `SELECT id FROM note`)
		must(t, err)
		for i := range 700 {
			var n int
			must(t, d.Conn(ctx).Get(ctx, &n, fmt.Sprintf(`SELECT %d FROM note`, i)))
			if n != i {
				t.Fatalf("statement %d gave %d", i, n)
			}
		}
		var id string
		if !open.Next() || open.Scan(&id) != nil || id != "a" {
			t.Errorf("the rows that were open gave %q", id)
		}
		return open.Close()
	}))
	must(t, insert(ctx, d, "b"))
}

func TestSlowStatementIsCutInTheLog(t *testing.T) {
	var out strings.Builder
	d, err := db.Open(context.Background(), "sqlite:"+t.TempDir()+"/slow.db",
		db.Options{SlowQuery: 1, Log: slog.New(slog.NewTextHandler(&out, nil))})
	must(t, err)
	defer d.Close()
	var n int
	must(t, d.Conn(context.Background()).Get(context.Background(), &n, "SELECT 1 -- "+strings.Repeat("很长", 3000)))
	if line := out.String(); len(line) > 600 || !strings.Contains(line, "SELECT 1") || !strings.Contains(line, "…") {
		t.Errorf("logged %d bytes: %s", len(line), line)
	}
}
