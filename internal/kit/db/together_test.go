package db_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/workday"
)

func TestTogetherReadsWhatEachWouldReadAlone(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		laterTable(t, d)
		at := time.Date(2026, 11, 22, 8, 30, 0, 123456000, time.UTC)
		type row struct {
			ID string     `db:"id"`
			N  int        `db:"n"`
			At *time.Time `db:"at"`
			OK *bool      `db:"ok"`
		}
		read := func(ctx context.Context) error {
			var one row
			var rows []*row
			var ids []string
			var n int
			var on workday.Date
			absent := row{ID: "as it was"}
			err := d.Conn(ctx).Together(ctx,
				db.One(&one, errors.New("missing"), `SELECT id, n, at, ok FROM later_t WHERE id = $1`, "a"),
				db.All(&rows, `SELECT id, n, at, ok FROM later_t WHERE n > $1 ORDER BY id`, 0),
				db.One(&absent, nil, `SELECT id, n, at, ok FROM later_t WHERE id = $1`, "none"),
				db.All(&ids, `SELECT id FROM later_t ORDER BY id DESC`),
				db.One(&n, nil, `SELECT COUNT(*) FROM later_t`),
				db.One(&on, nil, `SELECT '2026-11-22'`))
			if err != nil {
				return err
			}
			if one.N != 1 || one.At == nil || !one.At.Equal(at) || one.OK == nil || !*one.OK {
				t.Errorf("one is %+v", one)
			}
			if len(rows) != 2 || rows[1].ID != "b" || rows[1].At != nil || rows[1].OK != nil {
				t.Errorf("all are %+v", rows)
			}
			if absent.ID != "as it was" || len(ids) != 2 || ids[0] != "b" || n != 2 || on.String() != "2026-11-22" {
				t.Errorf("read %+v, %v, %d, %s", absent, ids, n, on)
			}
			return nil
		}
		err := d.InTx(t.Context(), func(ctx context.Context) error {
			c := d.Conn(ctx)
			if err := c.Later(ctx, "a", `INSERT INTO later_t (id, n, at, ok) VALUES ($1, $2, $3, $4)`, "a", 1, at, true); err != nil {
				return err
			}
			if err := c.Later(ctx, "b", laterInsert, "b", 2); err != nil {
				return err
			}
			return read(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := read(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTogetherTellsWhatIsMissingOrWrong(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		laterTable(t, d)
		missing := errors.New("missing")
		var n, m int
		for range 30 { // more than there are connections: none is lost
			err := d.Conn(t.Context()).Together(t.Context(), db.One(&n, nil, `SELECT 1`),
				db.One(&m, missing, `SELECT n FROM later_t WHERE id = $1`, "x"), db.One(&m, nil, `SELECT 2`))
			if !errors.Is(err, missing) || n != 1 || m != 0 {
				t.Fatalf("error %v, read %d and %d", err, n, m)
			}
			err = d.Conn(t.Context()).Together(t.Context(), db.One(&n, nil, `SELECT 1`), db.One(&m, nil, `SELECT nothing FROM nowhere`))
			if err == nil {
				t.Fatal("a wrong query was answered")
			}
		}
	})
}

func TestScannedReadsByPlaces(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		laterTable(t, d)
		for i, id := range []string{"a", "b"} {
			if _, err := d.Conn(t.Context()).Exec(t.Context(), laterInsert, id, i+1); err != nil {
				t.Fatal(err)
			}
		}
		type row struct {
			id string
			n  int
		}
		rows := []row{{"left from before", 9}}
		places := func(r *row) []any { return []any{&r.id, &r.n} }
		scanned := func(query string) db.Read { return db.Scanned(&rows, places, query, 0) }
		const good = `SELECT id, n FROM later_t WHERE n > $1 ORDER BY id`
		var n int
		var others []row
		for name, reads := range map[string][]db.Read{"alone": {scanned(good)}, "beside another": {db.One(&n, nil, `SELECT 1`), scanned(good)},
			"beside another that is scanned": {db.Scanned(&others, places, good, 1), scanned(good)}} {
			if err := d.Conn(t.Context()).Together(t.Context(), reads...); err != nil || !slices.Equal(rows, []row{{"a", 1}, {"b", 2}}) {
				t.Errorf("%s: read %+v, error %v", name, rows, err)
			}
		}
		if !slices.Equal(others, []row{{"b", 2}}) {
			t.Errorf("the other read %+v", others)
		}
		for range 30 { // more than there are connections: none is lost
			for _, wrong := range []string{`SELECT id, nothing FROM later_t WHERE n > $1`, `SELECT id FROM later_t WHERE n > $1`, `SELECT id, NULL FROM later_t WHERE n > $1`} {
				for _, reads := range [][]db.Read{{scanned(wrong)}, {scanned(good), scanned(wrong)}, {scanned(wrong), scanned(good)}} {
					if err := d.Conn(t.Context()).Together(t.Context(), reads...); err == nil {
						t.Fatalf("%s was read as %+v", wrong, rows)
					}
				}
			}
		}
	})
}
