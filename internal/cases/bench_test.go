package cases

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// BenchmarkSubmit files cases at a window, 64 writers at a time: case,
// content, materials, history, tally, receipt, and a job for a listener.
func BenchmarkSubmit(b *testing.B) {
	dbtest.Bench(b, sources, func(b *testing.B, d *db.DB) {
		w := newWorld(b, d)
		s := w.atWindow()
		var n atomic.Int64
		b.SetParallelism(32)
		b.ResetTimer()
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				own := s
				own.Key = fmt.Sprint(n.Add(1))
				if _, err := w.Submit(w.as("clerk"), own); err != nil {
					b.Error(err)
					return
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cases/s")
	})
}

// BenchmarkRaw writes the same rows without any of our code, for the ratio.
func BenchmarkRaw(b *testing.B) {
	dbtest.Bench(b, sources, func(b *testing.B, d *db.DB) {
		w := newWorld(b, d)
		c := w.received()
		r, err := w.byNumber(w.ctx, c.Number)
		w.must(err)
		body, err := w.contentOf(w.ctx, r.ID)
		w.must(err)
		history, err := w.historyOf(w.ctx, r.ID, 0)
		w.must(err)
		b.SetParallelism(32)
		b.ResetTimer()
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				b.Helper()
				if err := w.raw(*r, body, history); err != nil {
					b.Error(err)
					return
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cases/s")
	})
}

// raw inserts copies of a case's rows under new keys.
func (w *world) raw(r record, body content, history []historyRow) error {
	return w.db.InTx(w.ctx, func(ctx context.Context) error {
		r.ID, r.Number, r.Key, r.KeyScope = db.NewID(), NewNumber(start), nil, nil
		if ok, err := w.insert(ctx, &r); err != nil || !ok {
			return fmt.Errorf("%s: %t %w", r.Number, ok, err)
		}
		body.CaseID = r.ID
		if err := w.insertContent(ctx, body); err != nil {
			return err
		}
		own := make([]historyRow, len(history))
		for i, h := range history {
			h.CaseID, own[i] = r.ID, h
			own[i].CaseID = r.ID
		}
		return w.insertHistory(ctx, own)
	})
}

// BenchmarkList reads a clerk's first page with its exact count.
func BenchmarkList(b *testing.B) {
	dbtest.Bench(b, sources, func(b *testing.B, d *db.DB) {
		w := newWorld(b, d)
		r, err := w.byNumber(w.ctx, w.received().Number)
		w.must(err)
		w.must(w.db.InTx(w.ctx, func(ctx context.Context) error {
			for i := range 20_000 {
				own := *r
				own.ID, own.Number, own.Key, own.KeyScope = db.NewID(), NewNumber(start), nil, nil
				own.SubmittedAt = start.Add(time.Duration(i) * time.Second)
				if _, err := w.insert(ctx, &own); err != nil {
					return err
				}
				if err := w.count(ctx, &own, ""); err != nil {
					return err
				}
			}
			return nil
		}))
		w.must(w.CompactTally(w.ctx))
		for _, who := range []string{"clerk", "approver", "city-manager"} {
			b.Run(who, func(b *testing.B) {
				ctx := w.as(who)
				for b.Loop() {
					list, _, err := w.List(ctx, Query{}, page(20))
					w.must(err)
					if n := one[int](w)(w.Count(ctx, Query{})); n != 20_001 || len(list) != 20 {
						b.Fatalf("%d of %d", len(list), n)
					}
				}
			})
		}
	})
}
