package load

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Stories that have begun come before new ones, in the order in which their
// steps are due, and no more are under way than there is room for.
func TestAgenda(t *testing.T) {
	var mu sync.Mutex
	var order []int
	open, most := 0, 0
	tell := func(i int) (step, time.Duration) {
		second := func(context.Context) (step, time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			order, open = append(order, 10+i), open-1
			return nil, 0
		}
		return func(context.Context) (step, time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			order, open = append(order, i), open+1
			most = max(most, open)
			return second, time.Duration(5-i) * time.Millisecond // later stories are due earlier
		}, 0
	}
	a := newAgenda(time.Now(), 5, 2, tell)
	a.work(context.Background(), 1)
	if len(order) != 10 || most != 2 {
		t.Errorf("%v, %d at a time", order, most)
	}
	for i := range 5 {
		if slices.Index(order, i) > slices.Index(order, 10+i) {
			t.Errorf("story %d ended before it began: %v", i, order)
		}
	}
	if a.late.n == 0 {
		t.Error("nobody noted how long steps waited")
	}
}

func TestAgendaWaitsForTheTimeOfAStory(t *testing.T) {
	start := time.Now()
	var at [3]time.Duration
	a := newAgenda(start, 3, 0, func(i int) (step, time.Duration) {
		return func(context.Context) (step, time.Duration) {
			at[i] = time.Since(start)
			return nil, 0
		}, time.Duration(i) * 20 * time.Millisecond
	})
	a.work(context.Background(), 4)
	for i, d := range at {
		if d < time.Duration(i)*20*time.Millisecond {
			t.Errorf("story %d began after %v", i, d)
		}
	}
}

// Whoever interrupts gets what was begun to the end of its step, and no more.
func TestAgendaStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var steps, broken atomic.Int32
	var again step
	again = func(ctx context.Context) (step, time.Duration) {
		if steps.Add(1) == 20 {
			cancel()
		}
		if ctx.Err() != nil {
			broken.Add(1)
		}
		return again, 0
	}
	a := newAgenda(time.Now(), 3, 0, func(int) (step, time.Duration) { return again, 0 })
	a.work(ctx, 2)
	if n := steps.Load(); n < 20 || n > 22 || broken.Load() > 0 {
		t.Errorf("%d steps, %d of them broken off", n, broken.Load())
	}
}
