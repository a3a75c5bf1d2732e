package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

func list(ctx context.Context, d *db.DB, p db.Page, only ...string) ([]note, string, error) {
	var w db.Where
	if only != nil {
		w.In("id", only)
	}
	var at time.Time
	var id string
	if ok, err := p.Key(&at, &id); err != nil {
		return nil, "", err
	} else if ok {
		w.And("(at, id) > (?, ?)", at, id)
	}
	var rows []note
	err := d.Conn(ctx).Select(ctx, &rows, `SELECT id, number, at, done FROM note`+w.SQL()+` ORDER BY at, id LIMIT `+w.Arg(p.Size()+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	page, next := db.Cut(rows, p, func(n note) []any { return []any{n.At, n.ID} })
	return page, next, nil
}

func TestPagesHaveEveryRowOnce(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		start := time.Date(2026, 3, 2, 1, 0, 0, 1_000, time.UTC)
		var want []string
		for i := range 10 {
			id := fmt.Sprint(i)
			want = append(want, id)
			_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO note (id, number, at, done) VALUES ($1, $1, $2, TRUE)`, id,
				start.Add(time.Duration(i/4)*time.Microsecond)) // four share a moment
			must(t, err)
		}
		for _, limit := range []int{1, 3, 5, 9, 10, 11, 500} {
			var got []string
			p := db.Page{Limit: limit}
			for pages := 0; ; pages++ {
				rows, next, err := list(ctx, d, p)
				must(t, err)
				for _, n := range rows {
					got = append(got, n.ID)
				}
				if next == "" {
					break
				}
				if len(rows) != limit || pages > 10 {
					t.Fatalf("limit %d: a page of %d before the end", limit, len(rows))
				}
				p.After = next
			}
			if !slices.Equal(got, want) {
				t.Errorf("limit %d: %v", limit, got)
			}
		}
		if rows, _, err := list(ctx, d, db.Page{}, "3", "7", "none"); err != nil || len(rows) != 2 {
			t.Errorf("of three ids: %v, %v", rows, err)
		}
		if rows, _, err := list(ctx, d, db.Page{}, []string{}...); err != nil || len(rows) != 0 {
			t.Errorf("of no ids: %v, %v", rows, err)
		}
	})
}

func TestPageSize(t *testing.T) {
	for limit, want := range map[int]int{-1: 20, 0: 20, 1: 1, 200: 200, 201: 200} {
		if got := (db.Page{Limit: limit}).Size(); got != want {
			t.Errorf("limit %d gives %d, want %d", limit, got, want)
		}
	}
}

func TestForeignCursorsAreRefused(t *testing.T) {
	for _, after := range []string{"x", "!!", db.Cursor("one part"), db.Cursor(1, 2), db.Cursor("a", "b", "c"), "bnVsbA"} {
		var a, b string
		if _, err := (db.Page{After: after}).Key(&a, &b); !errors.Is(err, db.ErrCursor) {
			t.Errorf("%q: %v", after, err)
		}
	}
	var s string
	var n int64
	ok, err := db.Page{After: db.Cursor("键", int64(1)<<62)}.Key(&s, &n)
	if !ok || err != nil || s != "键" || n != 1<<62 {
		t.Errorf("%v %v %q %d", ok, err, s, n)
	}
}

func TestWhereNumbersItsArguments(t *testing.T) {
	var w db.Where
	if w.SQL() != "" {
		t.Errorf("empty: %q", w.SQL())
	}
	w.And("a = ? OR b = ?", 1, 2).And("c IS NULL").In("d", []string{"x", "y", "z"}).In("e", nil)
	limit := w.Arg(9)
	if got, want := w.SQL()+limit, " WHERE (a = $1 OR b = $2) AND (c IS NULL) AND (d IN ($3, $4, $5, $6)) AND (1 = 0)$7"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := fmt.Sprint(w.Args()); got != "[1 2 x y z z 9]" {
		t.Errorf("arguments %s", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a wrong number of arguments does not panic")
		}
	}()
	w.And("a = ?", 1, 2)
}
