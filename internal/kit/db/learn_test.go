package db_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// A table that was filled is known at once, and inside the transaction that
// fills it; an empty one is left unknown.
func TestLearn(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if d.Engine() != db.Postgres {
			must(t, d.Learn(ctx))
			return
		}
		known := func(ctx context.Context, table string) (rows float64) {
			t.Helper()
			must(t, d.Conn(ctx).Get(ctx, &rows, `SELECT reltuples FROM pg_class WHERE oid = $1::text::regclass`, table))
			return rows
		}
		must(t, d.Learn(ctx))
		if n := known(ctx, "note"); n != -1 {
			t.Errorf("the empty table is known to have %v rows", n)
		}
		_, err := d.Conn(ctx).Exec(ctx, `CREATE TABLE "Filled" (id TEXT, words TEXT)`)
		must(t, err)
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			rows := make([][]any, 2000)
			for i := range rows {
				rows[i] = []any{fmt.Sprint(i), strings.Repeat("字", 20)}
			}
			must(t, d.Conn(ctx).InsertRows(ctx, `"Filled"`, []string{"id", "words"}, "", rows))
			must(t, d.Learn(ctx))
			if n := known(ctx, `"Filled"`); n != 2000 {
				t.Errorf("inside the transaction %v rows are known", n)
			}
			return nil
		}))
	})
}

// A database in which somebody has called ANALYZE is as quick as one in which
// nobody has: its samples are gone with the next start.
func TestSamplesAreForgotten(t *testing.T) {
	ctx, url := context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "sampled.db")
	for _, want := range []int{1, 0} {
		d, err := db.Open(ctx, url, db.Options{})
		must(t, err)
		var kept int
		if want == 1 {
			_, err := d.Conn(ctx).Exec(ctx, `CREATE TABLE sampled (id TEXT PRIMARY KEY); INSERT INTO sampled VALUES ('a'); ANALYZE`)
			must(t, err)
		}
		must(t, d.Conn(ctx).Get(ctx, &kept, `SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat4'`))
		if kept != want {
			t.Errorf("%d tables of samples, want %d", kept, want)
		}
		must(t, d.Close())
	}
}
