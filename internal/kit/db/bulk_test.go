package db_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

func TestBulkIsATransaction(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, undo := context.Background(), errors.New("undo")
		columns := []string{"id", "number", "at", "done"}
		rows := func(id string) [][]any { return [][]any{{id, id, clock.Real.Now(), true}} }
		err := d.Bulk(ctx, func(ctx context.Context) error {
			must(t, d.Conn(ctx).Copy(ctx, "note", columns, rows("undone")))
			return undo
		})
		if !errors.Is(err, undo) || len(ids(t, d)) != 0 {
			t.Fatalf("%v, %v", err, ids(t, d))
		}
		must(t, d.Bulk(ctx, func(ctx context.Context) error {
			must(t, d.Conn(ctx).Copy(ctx, "note", columns, rows("a")))
			must(t, insert(ctx, d, "b")) // other statements are part of it
			var n int
			must(t, d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM note`))
			if n != 2 {
				t.Errorf("%d rows are seen inside", n)
			}
			if err := d.Bulk(ctx, func(context.Context) error { return nil }); err == nil {
				t.Error("a bulk load begins inside another")
			}
			return nil
		}))
		err = d.Bulk(ctx, func(ctx context.Context) error { return d.Conn(ctx).Copy(ctx, "note", columns, rows("a")) })
		if !db.IsUnique(err) {
			t.Errorf("a key that is there: %v", err)
		}
		must(t, d.InTx(ctx, func(ctx context.Context) error { return d.Conn(ctx).Copy(ctx, "note", columns, rows("c")) }))
		if got := ids(t, d); !slices.Equal(got, []string{"a", "b", "c"}) {
			t.Errorf("%v", got)
		}
	})
}

func TestIDsOfAMomentAreInOrder(t *testing.T) {
	at := time.Date(2023, 5, 6, 7, 8, 9, 0, time.UTC)
	var list []string
	for i := range 20 {
		list = append(list, db.IDAt(at, i))
	}
	list = append(list, db.IDAt(at.Add(time.Millisecond), 0), db.NewID())
	if !slices.IsSorted(list) {
		t.Errorf("%v", list)
	}
	if id := list[3]; len(id) != 36 || id[14] != '7' || id[8] != '-' || id[23] != '-' {
		t.Errorf("%s is no identifier", id)
	}
}
