package db_test

import (
	"context"
	"fmt"
	"testing"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

var noteColumns = []string{"id", "number", "at", "done"}

func notes(n int) [][]any {
	rows := make([][]any, n)
	for i := range rows {
		id := fmt.Sprintf("%05d", i)
		rows[i] = []any{id, "n" + id, clock.Real.Now(), i%2 == 0}
	}
	return rows
}

func TestInsertRows(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		const n = 20_011 // several statements, the last not full
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			return d.Conn(ctx).InsertRows(ctx, "note", noteColumns, "", notes(n))
		}))
		all := ids(t, d)
		if len(all) != n || all[n-1] != "20010" {
			t.Fatalf("%d rows, the last %q", len(all), all[len(all)-1])
		}
		var number string
		must(t, d.Conn(ctx).Get(ctx, &number, `SELECT number FROM note WHERE id = '20010' AND done = $1`, true))
		if number != "n20010" {
			t.Errorf("number %q: a value went into another column", number)
		}
		if err := d.Conn(ctx).InsertRows(ctx, "note", noteColumns, "", notes(1)); !db.IsUnique(err) {
			t.Errorf("error %v, want a repeated key", err)
		}
		must(t, d.Conn(ctx).InsertRows(ctx, "note", noteColumns, "ON CONFLICT DO NOTHING", notes(n+1)))
		must(t, d.Conn(ctx).InsertRows(ctx, "note", noteColumns, "", nil))
		if got := len(ids(t, d)); got != n+1 {
			t.Errorf("%d rows, want %d", got, n+1)
		}
	})
}

func TestInsertRowsOfAnotherWidth(t *testing.T) {
	d, ctx := dbtest.Open(t, sources), context.Background()
	rows := append(notes(2), []any{"short"})
	if err := d.Conn(ctx).InsertRows(ctx, "note", noteColumns, "", rows); err == nil || len(ids(t, d)) != 0 {
		t.Errorf("error %v, rows %v", err, ids(t, d))
	}
}

func TestRememberedUntilTheTransactionEnds(t *testing.T) {
	d, ctx := dbtest.Open(t, sources), context.Background()
	d.Remember(ctx, "key", 1) // outside: nothing to keep it in
	must(t, d.InTx(ctx, func(ctx context.Context) error {
		if v := d.Remembered(ctx, "key"); v != nil {
			t.Errorf("remembered %v from outside", v)
		}
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			d.Remember(ctx, "key", 2)
			return nil
		}))
		if v := d.Remembered(ctx, "key"); v != 2 {
			t.Errorf("remembered %v, want 2", v)
		}
		return nil
	}))
	must(t, d.InTx(ctx, func(ctx context.Context) error {
		if v := d.Remembered(ctx, "key"); v != nil {
			t.Errorf("remembered %v after the end", v)
		}
		return nil
	}))
}
