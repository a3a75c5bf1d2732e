package workflow

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// benchClients is how many complete steps at the same time.
const benchClients = 16

// BenchmarkSteps completes the steps of instances that were started before: an
// iteration is one step, with everything that belongs to it, durably.
func BenchmarkSteps(b *testing.B) {
	dbtest.Bench(b, []db.Source{Migrations}, func(b *testing.B, d *db.DB) {
		w := newWorld(b, d)
		var nodes []Node
		for i := range MaxSteps - 1 {
			nodes = append(nodes, step(fmt.Sprintf("s%d", i)))
		}
		long := def(append(nodes, decide("d"))...)
		subjects := b.N/len(nodes) + benchClients
		for i := range subjects {
			w.start(fmt.Sprintf("B%d", i), long, nil)
		}
		ctx := identity.With(w.ctx, identity.Actor{Account: "p", Kind: identity.KindStaff, Grants: everything()})
		var left, serial atomic.Int64
		left.Store(int64(b.N))
		b.ResetTimer()
		together(benchClients, func(int) error {
			for left.Load() > 0 {
				w.approveAlong(b, ctx, fmt.Sprintf("B%d", serial.Add(1)-1), &left)
			}
			return nil
		})
		b.StopTimer()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
	})
}

// approveAlong approves step after step of one instance.
func (w *world) approveAlong(b *testing.B, ctx context.Context, subject string, left *atomic.Int64) {
	for left.Add(-1) >= 0 {
		var id []string
		err := w.DB.Conn(ctx).Select(ctx, &id, `SELECT id FROM workflow_task WHERE subject = $1 AND state = 'open'`, subject)
		if err == nil && len(id) == 0 {
			left.Add(1)
			return
		}
		if err == nil {
			err = w.Approve(ctx, id[0], Act{Opinion: "同意"})
		}
		if err != nil {
			b.Error(err)
			return
		}
	}
}
