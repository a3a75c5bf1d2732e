package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// together lets n workers do fn over and over for some time, as fast as they
// can. serial counts over all workers.
func together(ctx context.Context, n int, keep time.Duration, fn func(ctx context.Context, worker, serial int) error) *load {
	return paced(ctx, n, keep, 0, fn)
}

// paced is together at a given rate: turns come at even distances, whether the
// ones before are done or not, and the time that one has to wait for a worker
// counts. rate 0: as fast as they can.
func paced(ctx context.Context, n int, keep time.Duration, rate float64, fn func(ctx context.Context, worker, serial int) error) *load {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := make([]load, n)
	var serial atomic.Int64
	var workers sync.WaitGroup
	start := time.Now()
	for w := range n {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(serial.Add(1) - 1)
				begin := time.Now()
				if rate > 0 {
					begin = start.Add(time.Duration(float64(i) / rate * float64(time.Second)))
					time.Sleep(time.Until(begin))
				}
				if begin.Sub(start) >= keep {
					return
				}
				if err := fn(ctx, w, i); err != nil {
					if parts[w].failed++; parts[w].first == nil {
						parts[w].first = err
					}
					continue
				}
				parts[w].took = append(parts[w].took, time.Since(begin))
			}
		})
	}
	workers.Wait()
	all := &load{wall: time.Since(start)}
	for _, p := range parts {
		all.took = append(all.took, p.took...)
		if all.failed += p.failed; all.first == nil {
			all.first = p.first
		}
	}
	all.sort()
	return all
}
