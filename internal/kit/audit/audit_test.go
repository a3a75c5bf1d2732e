package audit_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

var sources = []db.Source{audit.Migrations}

var start = time.Date(2026, 3, 2, 1, 0, 0, 123_456_000, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, l *audit.Log) audit.Report {
	t.Helper()
	r, err := l.Verify(context.Background())
	must(t, err)
	return r
}

// found gives the findings as "kind row batch", sorted.
func found(r audit.Report) []string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, strings.Join(strings.Fields(fmt.Sprint(f.Kind, " ", f.Row, " ", f.Batch)), " "))
	}
	slices.Sort(all)
	return all
}

// write makes n entries and gives their ids in order.
func write(t *testing.T, d *db.DB, l *audit.Log, n int) []string {
	t.Helper()
	ctx := context.Background()
	for i := range n {
		must(t, l.Write(ctx, audit.Entry{Actor: "a1", ActorName: "张三", Action: "case.read", Object: "case", ObjectID: fmt.Sprint(i), Result: "ok"}))
	}
	var ids []string
	must(t, d.Conn(ctx).Select(ctx, &ids, `SELECT id FROM audit_row ORDER BY id`))
	return ids[len(ids)-n:]
}

// unprotect does what somebody with the database's password can do.
func unprotect(t *testing.T, d *db.DB) {
	t.Helper()
	ctx := context.Background()
	for _, table := range []string{"audit_row", "audit_leaf", "audit_batch"} {
		if d.Engine() == db.Postgres {
			must(t, exec(ctx, d, `ALTER TABLE `+table+` DISABLE TRIGGER USER`))
			continue
		}
		must(t, exec(ctx, d, `DROP TRIGGER `+table+`_refuse_UPDATE`))
		must(t, exec(ctx, d, `DROP TRIGGER `+table+`_refuse_DELETE`))
	}
}

func exec(ctx context.Context, d *db.DB, query string, args ...any) error {
	_, err := d.Conn(ctx).Exec(ctx, query, args...)
	return err
}

func TestSealedLogIsWhole(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, l := context.Background(), audit.New(d, clock.NewFake(start))
		if r := verify(t, l); !r.OK() || r.Rows != 0 {
			t.Fatalf("empty log: %+v", r)
		}
		must(t, l.Seal(ctx)) // nothing to seal: no batch
		write(t, d, l, 7)
		must(t, l.Seal(ctx))
		write(t, d, l, 1)
		must(t, l.Seal(ctx))
		write(t, d, l, 3)
		r := verify(t, l)
		if !r.OK() || r.Rows != 11 || r.Batches != 2 || r.Unsealed != 3 || r.Head.Seq != 2 {
			t.Errorf("report %+v", r)
		}
	})
}

func TestOddTextSurvives(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, l := context.Background(), audit.New(d, clock.Real)
		must(t, l.Write(ctx, audit.Entry{At: start.Add(789 * time.Nanosecond).In(clock.Beijing), Actor: "a\x00b", ActorName: "\xff坏",
			Detail: strings.Repeat("长", 5000)}))
		must(t, l.Seal(ctx))
		if r := verify(t, l); !r.OK() || r.Rows != 1 {
			t.Errorf("report %+v", r)
		}
	})
}

func TestLogRefusesChanges(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, l := context.Background(), audit.New(d, clock.NewFake(start))
		write(t, d, l, 1)
		must(t, l.Seal(ctx))
		for _, query := range []string{
			`UPDATE audit_row SET actor = 'x'`, `DELETE FROM audit_row`, `UPDATE audit_leaf SET hash = 'x'`,
			`DELETE FROM audit_leaf`, `UPDATE audit_batch SET root = 'x'`, `DELETE FROM audit_batch`,
		} {
			if err := exec(ctx, d, query); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", query, err)
			}
		}
		must(t, audit.Protect(ctx, d)) // again
	})
}

func TestVerifyNamesWhatWasDone(t *testing.T) {
	swap := func(ctx context.Context, d *db.DB, a, b string) error {
		return errors.Join(
			exec(ctx, d, `UPDATE audit_row SET object_id = 'tmp' WHERE id = $1`, a),
			exec(ctx, d, `UPDATE audit_row SET object_id = (SELECT object_id FROM audit_row WHERE id = $1) WHERE id = $2`, b, a),
			exec(ctx, d, `UPDATE audit_row SET object_id = '1' WHERE id = $1`, b))
	}
	// Three batches: rows 0–3, 4–7, 8–11; rows 12 and 13 are not sealed.
	cases := map[string]struct {
		tamper func(ctx context.Context, d *db.DB, ids []string) error
		want   func(ids []string) []string
	}{
		"change a row": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return exec(ctx, d, `UPDATE audit_row SET actor = 'other' WHERE id = $1`, ids[5])
			},
			func(ids []string) []string { return []string{"row_changed " + ids[5] + " 2"} },
		},
		"change a moment by a microsecond": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return exec(ctx, d, `UPDATE audit_row SET at = $1 WHERE id = $2`, start.Add(time.Microsecond), ids[0])
			},
			func(ids []string) []string { return []string{"row_changed " + ids[0] + " 1"} },
		},
		"change a row and every hash of it": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return errors.Join(
					exec(ctx, d, `DELETE FROM audit_row WHERE id = $1`, ids[5]),
					exec(ctx, d, `UPDATE audit_leaf SET row_id = $1, hash = (SELECT hash FROM audit_row WHERE id = $1) WHERE row_id = $2`, ids[12], ids[5]),
					exec(ctx, d, `DELETE FROM audit_pending WHERE row_id = $1`, ids[12]))
			},
			func(ids []string) []string { return []string{"batch_broken 2"} },
		},
		"remove a row": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return exec(ctx, d, `DELETE FROM audit_row WHERE id = $1`, ids[9])
			},
			func(ids []string) []string { return []string{"row_removed " + ids[9] + " 3"} },
		},
		"remove a row and its leaf": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return errors.Join(exec(ctx, d, `DELETE FROM audit_row WHERE id = $1`, ids[9]),
					exec(ctx, d, `DELETE FROM audit_leaf WHERE row_id = $1`, ids[9]))
			},
			func([]string) []string { return []string{"batch_broken 3"} },
		},
		"remove a batch with all of its rows": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return errors.Join(
					exec(ctx, d, `DELETE FROM audit_row WHERE id IN (SELECT row_id FROM audit_leaf WHERE batch = 2)`),
					exec(ctx, d, `DELETE FROM audit_leaf WHERE batch = 2`),
					exec(ctx, d, `DELETE FROM audit_batch WHERE seq = 2`))
			},
			func([]string) []string { return []string{"batch_missing 2"} },
		},
		"remove the newest batch with all of its rows": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return errors.Join(
					exec(ctx, d, `DELETE FROM audit_row WHERE id IN (SELECT row_id FROM audit_leaf WHERE batch = 3)`),
					exec(ctx, d, `DELETE FROM audit_leaf WHERE batch = 3`),
					exec(ctx, d, `DELETE FROM audit_batch WHERE seq = 3`))
			},
			func([]string) []string { return []string{"batch_missing 3"} },
		},
		"remove the record of a batch": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return exec(ctx, d, `DELETE FROM audit_batch WHERE seq = 1`)
			},
			func([]string) []string { return []string{"batch_broken 1", "batch_missing 1"} },
		},
		"swap two rows": {
			func(ctx context.Context, d *db.DB, ids []string) error { return swap(ctx, d, ids[1], ids[2]) },
			func(ids []string) []string {
				return []string{"row_changed " + ids[1] + " 1", "row_changed " + ids[2] + " 1"}
			},
		},
		"swap two leaves": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return errors.Join(
					exec(ctx, d, `UPDATE audit_leaf SET position = 99 WHERE row_id = $1`, ids[1]),
					exec(ctx, d, `UPDATE audit_leaf SET position = 1 WHERE row_id = $1`, ids[2]),
					exec(ctx, d, `UPDATE audit_leaf SET position = 2 WHERE row_id = $1`, ids[1]))
			},
			func([]string) []string { return []string{"batch_broken 1"} },
		},
		"add a row": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return exec(ctx, d, `INSERT INTO audit_row SELECT 'forged', at, actor, actor_name, address, action, object,
					object_id, purpose, result, detail, hash, role, form FROM audit_row WHERE id = $1`, ids[3])
			},
			func([]string) []string { return []string{"row_added forged 0"} },
		},
		"change a row that waits to be sealed": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return exec(ctx, d, `UPDATE audit_row SET actor = 'other' WHERE id = $1`, ids[12])
			},
			func(ids []string) []string { return []string{"row_changed " + ids[12] + " 0"} },
		},
		"remove a row that waits to be sealed": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return exec(ctx, d, `DELETE FROM audit_row WHERE id = $1`, ids[12])
			},
			func(ids []string) []string { return []string{"row_removed " + ids[12] + " 0"} },
		},
		"change a root": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return exec(ctx, d, `UPDATE audit_batch SET root = prev WHERE seq = 2`)
			},
			func([]string) []string { return []string{"batch_broken 2", "batch_broken 2"} },
		},
		"change the head": {
			func(ctx context.Context, d *db.DB, ids []string) error {
				return exec(ctx, d, `UPDATE audit_head SET chain = 'x'`)
			},
			func([]string) []string { return []string{"head_broken 3"} },
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
				ctx, l := context.Background(), audit.New(d, clock.NewFake(start))
				var ids []string
				for range 3 {
					ids = append(ids, write(t, d, l, 4)...)
					must(t, l.Seal(ctx))
				}
				ids = append(ids, write(t, d, l, 2)...)
				unprotect(t, d)
				must(t, c.tamper(ctx, d, ids))
				want := c.want(ids)
				if got := found(verify(t, l)); !slices.Equal(got, want) {
					t.Errorf("found %q, want %q", got, want)
				}
			})
		})
	}
}

func TestWritersAndSealersTogether(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, l := context.Background(), audit.New(d, clock.Real)
		const writers, each = 8, 40
		var group, sealing sync.WaitGroup
		stop := make(chan struct{})
		for range 2 {
			sealing.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						if err := l.Seal(ctx); err != nil {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		for range writers {
			group.Go(func() {
				for i := range each {
					if err := l.Write(ctx, audit.Entry{Actor: "a", Action: "x", ObjectID: fmt.Sprint(i)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		if r := verify(t, l); !r.OK() {
			t.Errorf("while sealing: %+v", r)
		}
		close(stop)
		sealing.Wait()
		must(t, l.Seal(ctx))
		if r := verify(t, l); !r.OK() || r.Rows != writers*each || r.Unsealed != 0 {
			t.Errorf("report %+v", r)
		}
	})
}

func TestSearch(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		ctx, l := context.Background(), audit.New(d, c)
		for i := range 9 {
			actor := []string{"a", "b", "c"}[i%3]
			must(t, l.Write(ctx, audit.Entry{Actor: actor, Action: "case.read", Object: "case", ObjectID: fmt.Sprint(i)}))
			if i%2 == 1 { // pairs share their moment
				c.Advance(time.Minute)
			}
		}
		var got []string
		p := db.Page{Limit: 2}
		for {
			page, next, err := l.Search(ctx, audit.Query{}, p)
			must(t, err)
			for _, e := range page {
				got = append(got, e.ObjectID)
			}
			if next == "" {
				break
			}
			p.After = next
		}
		if want := []string{"8", "7", "6", "5", "4", "3", "2", "1", "0"}; !slices.Equal(got, want) {
			t.Errorf("all pages: %v", got)
		}
		for name, x := range map[string]struct {
			q    audit.Query
			want int
		}{
			"actor":    {audit.Query{Actor: "a"}, 3},
			"object":   {audit.Query{Object: "case", ObjectID: "4"}, 1},
			"action":   {audit.Query{Action: "case.write"}, 0},
			"interval": {audit.Query{From: start.Add(time.Minute), To: start.Add(3 * time.Minute)}, 4},
		} {
			page, _, err := l.Search(ctx, x.q, db.Page{})
			must(t, err)
			if len(page) != x.want {
				t.Errorf("%s: %d entries, want %d", name, len(page), x.want)
			}
		}
	})
}

func TestWriteIsPartOfTheTransaction(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, l := context.Background(), audit.New(d, clock.NewFake(start))
		undo := errors.New("undo")
		err := d.InTx(ctx, func(ctx context.Context) error {
			must(t, l.Write(ctx, audit.Entry{Actor: "a"}))
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		if r := verify(t, l); !r.OK() || r.Rows != 0 {
			t.Errorf("report %+v", r)
		}
	})
}

// TestWhatCannotBeRecordedIsNotDone: an entry travels with the COMMIT, and
// undoes what it is about when it cannot be kept.
func TestWhatCannotBeRecordedIsNotDone(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, l := context.Background(), audit.New(d, clock.NewFake(start))
		for _, q := range []string{`CREATE TABLE done (id TEXT PRIMARY KEY)`, `ALTER TABLE audit_pending RENAME TO audit_away`} {
			if _, err := d.Conn(ctx).Exec(ctx, q); err != nil {
				t.Fatal(err)
			}
		}
		err := d.InTx(ctx, func(ctx context.Context) error {
			if _, err := d.Conn(ctx).Exec(ctx, `INSERT INTO done (id) VALUES ($1)`, "a"); err != nil {
				return err
			}
			return l.Write(ctx, audit.Entry{Actor: "a"})
		})
		if err == nil || l.Write(ctx, audit.Entry{Actor: "a"}) == nil {
			t.Error("an entry that is not kept is no error")
		}
		var n int
		must(t, d.Conn(ctx).Get(ctx, &n, `SELECT (SELECT COUNT(*) FROM done) + (SELECT COUNT(*) FROM audit_row)`))
		if n != 0 {
			t.Errorf("%d rows were left", n)
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	dbtest.Bench(b, sources, func(b *testing.B, d *db.DB) {
		ctx, l := context.Background(), audit.New(d, clock.Real)
		for b.Loop() {
			must(b, l.Write(ctx, audit.Entry{Actor: "a", Action: "case.read", Object: "case", ObjectID: "1"}))
		}
	})
}

func BenchmarkSealAndVerify(b *testing.B) {
	dbtest.Bench(b, sources, func(b *testing.B, d *db.DB) {
		ctx, l := context.Background(), audit.New(d, clock.Real)
		must(b, d.InTx(ctx, func(ctx context.Context) error {
			for range b.N {
				must(b, l.Write(ctx, audit.Entry{Actor: "a", Action: "case.read", Object: "case", ObjectID: "1"}))
			}
			return nil
		}))
		b.ResetTimer()
		must(b, l.Seal(ctx))
		r, err := l.Verify(ctx)
		must(b, err)
		if !r.OK() || r.Rows != int64(b.N) {
			b.Fatalf("report %+v", r)
		}
	})
}
