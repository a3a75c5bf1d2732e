package db_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// table makes a table to write into.
func laterTable(t *testing.T, d *db.DB) {
	t.Helper()
	_, err := d.Conn(t.Context()).Exec(t.Context(), `CREATE TABLE later_t (id TEXT PRIMARY KEY, n BIGINT NOT NULL, at TIMESTAMP, ok BOOLEAN)`)
	if err != nil {
		t.Fatal(err)
	}
}

func laterIDs(t *testing.T, d *db.DB) string {
	t.Helper()
	var ids []string
	if err := d.Conn(t.Context()).Select(t.Context(), &ids, `SELECT id FROM later_t ORDER BY id`); err != nil {
		t.Fatal(err)
	}
	return strings.Join(ids, " ")
}

const laterInsert = `INSERT INTO later_t (id, n) VALUES ($1, $2)`

func TestLaterIsSeenByTheNextQueryAndCommitted(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		laterTable(t, d)
		err := d.InTx(t.Context(), func(ctx context.Context) error {
			c := d.Conn(ctx)
			if err := c.Later(ctx, "insert a", laterInsert, "a", 1); err != nil {
				return err
			}
			if err := c.Later(ctx, "insert b", laterInsert, "b", 2); err != nil {
				return err
			}
			var sum struct {
				N  int64  `db:"n"`
				ID string `db:"id"`
				At *string
				OK bool `db:"ok"`
			}
			if err := c.Get(ctx, &sum, `SELECT SUM(n) AS n, MAX(id) AS id, $1 = 1 AS ok FROM later_t`, 1); err != nil {
				return err
			}
			if sum.N != 3 || sum.ID != "b" || !sum.OK {
				t.Errorf("seen %+v, want both rows", sum)
			}
			if n, err := c.Exec(ctx, `UPDATE later_t SET n = n + $1`, 1); n != 2 || err != nil {
				t.Errorf("updated %d rows (%v), want 2", n, err)
			}
			return c.InsertRowsLater(ctx, "later_t", []string{"id", "n"}, "", [][]any{{"c", 3}, {"d", 4}})
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := laterIDs(t, d); got != "a b c d" {
			t.Errorf("stored %q", got)
		}
	})
}

func TestLaterThatFailsUndoesEverything(t *testing.T) {
	own := errors.New("own")
	for name, c := range map[string]struct {
		do   func(ctx context.Context, c *db.Conn) error
		want string
	}{
		"repeated key, told by the commit": {func(ctx context.Context, c *db.Conn) error {
			return errors.Join(c.Later(ctx, "first", laterInsert, "x", 1), c.Later(ctx, "second", laterInsert, "x", 1))
		}, "second: "},
		"repeated key, told by the next statement": {func(ctx context.Context, c *db.Conn) error {
			if err := errors.Join(c.Later(ctx, "first", laterInsert, "x", 1), c.Later(ctx, "second", laterInsert, "x", 1)); err != nil {
				return err
			}
			_, err := c.Exec(ctx, laterInsert, "y", 1)
			return err
		}, "second: "},
		"rows touched, told by the commit": {func(ctx context.Context, c *db.Conn) error {
			return errors.Join(c.Later(ctx, "first", laterInsert, "x", 1),
				c.LaterExactly(ctx, 2, "touch", `UPDATE later_t SET n = n + $1`, 1))
		}, "touch: 1 rows touched, want 2"},
		"rows touched, told by a query": {func(ctx context.Context, c *db.Conn) error {
			if err := errors.Join(c.Later(ctx, "first", laterInsert, "x", 1),
				c.LaterExactly(ctx, 2, "touch", `UPDATE later_t SET n = n + $1`, 1)); err != nil {
				return err
			}
			var n int
			return c.Get(ctx, &n, `SELECT COUNT(*) FROM later_t WHERE n > $1`, 0)
		}, "touch: 1 rows touched, want 2"},
		"an error of one's own": {func(ctx context.Context, c *db.Conn) error {
			return errors.Join(c.Later(ctx, "first", laterInsert, "x", 1), own)
		}, "own"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
				laterTable(t, d)
				for range 3 { // the connections are good for more
					err := d.InTx(t.Context(), func(ctx context.Context) error { return c.do(ctx, d.Conn(ctx)) })
					if err == nil || !strings.Contains(err.Error(), c.want) || db.IsUnique(err) && d.Engine() == db.Postgres {
						t.Fatalf("error %v, want %q and nobody's repeated key", err, c.want)
					}
				}
				if got := laterIDs(t, d); got != "" {
					t.Errorf("stored %q, want nothing", got)
				}
			})
		})
	}
}

func TestAfterALaterErrorTheOwnOneKeepsItsMeaning(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		laterTable(t, d)
		err := d.InTx(t.Context(), func(ctx context.Context) error {
			c := d.Conn(ctx)
			if err := c.Later(ctx, "first", laterInsert, "x", 1); err != nil {
				return err
			}
			_, err := c.Exec(ctx, laterInsert, "x", 2)
			return err
		})
		if !db.IsUnique(err) {
			t.Errorf("error %v, want the repeated key of the caller's own statement", err)
		}
	})
}

// Whatever the type, a value is the same whether its query went alone or with
// what waited before it.
func TestValuesAreTheSameInAMessageOfMany(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		if d.Engine() != db.Postgres {
			return
		}
		const query = `SELECT $1::int2, 2::int4, 3::int8, 1.5::float4, 2.5::float8, 12345678901234567890.123::numeric, true,
			'text', 'v'::varchar, '\x00ff'::bytea, '{"a": 1}'::json, '{"a": 1}'::jsonb, ARRAY['a b', 'c"d']::text[], ARRAY[1, 2]::int8[],
			date '2026-11-22', timestamp '2026-11-22 08:30:00.123456', timestamptz '2026-11-22 08:30:00+00',
			'0198c0de-0000-7000-8000-000000000000'::uuid, NULL::text, 5::oid, 'available'::name`
		read := func(ctx context.Context) []any {
			rows, err := d.Conn(ctx).Rows(ctx, query, 1)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			rows.Next()
			values, err := rows.SliceScan()
			if err != nil {
				t.Fatal(err)
			}
			return values
		}
		alone, among := read(t.Context()), []any(nil)
		err := d.InTx(t.Context(), func(ctx context.Context) error {
			among = read(ctx) // with the BEGIN
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range alone {
			if !reflect.DeepEqual(alone[i], among[i]) {
				t.Errorf("column %d: %T %v alone, %T %v among others", i, alone[i], alone[i], among[i], among[i])
			}
		}
	})
}

func TestBeforeCommitRunsLastInOrder(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		laterTable(t, d)
		var order []string
		add := func(id string, n int, err error) func(context.Context) error {
			return func(ctx context.Context) error {
				order = append(order, id)
				_, failed := d.Conn(ctx).Exec(ctx, laterInsert, id, n)
				return errors.Join(err, failed)
			}
		}
		err := d.InTx(t.Context(), func(ctx context.Context) error {
			return d.InTx(ctx, func(ctx context.Context) error {
				err := errors.Join(d.BeforeCommit(ctx, add("b", 1, nil)), d.BeforeCommit(ctx, add("c", 1, nil)))
				order = append(order, "a")
				return err
			})
		})
		if err != nil || !slices.Equal(order, []string{"a", "b", "c"}) {
			t.Fatalf("order %v (%v)", order, err)
		}
		refused := errors.New("refused")
		if err := d.BeforeCommit(t.Context(), add("z", 1, refused)); !errors.Is(err, refused) {
			t.Errorf("outside: %v, want what it says", err)
		}
		if got := laterIDs(t, d); got != "b c" {
			t.Errorf("stored %q", got)
		}
	})
}

// A transaction waits for the database once for each answer it wants, and not
// for what it only says.
func TestHowOftenATransactionWaits(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		laterTable(t, d)
		var sent, waited int
		run := func(fn func(ctx context.Context, c *db.Conn) error) {
			sent, waited = 0, 0
			ctx := db.Observe(t.Context(), func(s db.Sent) {
				if sent++; !s.Beside {
					waited++
				}
			})
			if err := d.InTx(ctx, func(ctx context.Context) error { return fn(ctx, d.Conn(ctx)) }); err != nil {
				t.Fatal(err)
			}
		}
		run(func(ctx context.Context, c *db.Conn) error {
			var n int
			if err := c.Get(ctx, &n, `SELECT COUNT(*) FROM later_t WHERE n = $1`, 1); err != nil {
				return err
			}
			return errors.Join(c.Later(ctx, "a", laterInsert, "a", 1), c.Later(ctx, "b", laterInsert, "b", 1))
		})
		want := map[db.Engine]int{db.SQLite: 5, db.Postgres: 2}[d.Engine()]
		if sent != 5 || waited != want {
			t.Errorf("%d statements sent, %d times waited, want 5 and %d", sent, waited, want)
		}
		run(func(ctx context.Context, c *db.Conn) error {
			return c.LaterExactly(ctx, 2, "touch", `UPDATE later_t SET n = n + $1`, 1)
		})
		if want := map[db.Engine]int{db.SQLite: 3, db.Postgres: 1}[d.Engine()]; sent != 3 || waited != want {
			t.Errorf("to touch two rows: %d statements sent, %d times waited, want 3 and %d", sent, waited, want)
		}
		run(func(context.Context, *db.Conn) error { return nil })
		if want := map[db.Engine]int{db.SQLite: 2, db.Postgres: 0}[d.Engine()]; sent != want {
			t.Errorf("an empty transaction sent %d statements, want %d", sent, want)
		}
	})
}

// What AfterUndo asks for is done outside what was undone, once, and not at all when
// it was kept.
func TestAfterUndo(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, done := t.Context(), 0
		part := func(ctx context.Context) error {
			return d.InTx(ctx, func(ctx context.Context) error {
				d.AfterUndo(ctx, func(ctx context.Context) {
					if d.InTxNow(ctx) {
						t.Error("inside what is undone")
					}
					if err := d.InTx(ctx, func(context.Context) error { done++; return nil }); err != nil {
						t.Error(err)
					}
				})
				return nil
			})
		}
		refused := errors.New("refused")
		for _, end := range []error{refused, nil, refused} {
			err := d.InTx(ctx, func(ctx context.Context) error {
				if err := part(ctx); err != nil {
					return err
				}
				return end
			})
			if !errors.Is(err, end) {
				t.Fatal(err)
			}
		}
		if done != 2 {
			t.Errorf("%d were done, want 2", done)
		}
	})
}
