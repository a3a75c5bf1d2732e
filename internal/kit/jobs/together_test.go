package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/jobs"
)

// writer is a group that writes a row for each of its jobs.
type writer struct {
	d      *db.DB
	poison string // fails on this one
	mu     sync.Mutex
	parts  []int // how many it was given at a time, failures too
}

func (w *writer) ids(list []jobs.Item) []string {
	var ids []string
	for _, x := range list {
		var n note
		if json.Unmarshal(x.Args, &n) == nil {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

func (w *writer) run(ctx context.Context, list []jobs.Item) error {
	w.mu.Lock()
	w.parts = append(w.parts, len(list))
	w.mu.Unlock()
	for _, id := range w.ids(list) {
		if _, err := w.d.Conn(ctx).Exec(ctx, `INSERT INTO note (id) VALUES ($1)`, id); err != nil {
			return err
		}
		if id == w.poison {
			panic("poison")
		}
	}
	return nil
}

func (w *writer) register(q *jobs.Queue) {
	jobs.Register(q, func(ctx context.Context, n note) error {
		return w.d.InTx(ctx, func(ctx context.Context) error {
			raw, err := json.Marshal(n)
			if err != nil {
				return err
			}
			return w.run(ctx, []jobs.Item{{Kind: n.Kind(), Args: raw}})
		})
	})
	jobs.RegisterTogether(q, "writer", w.run, note{}.Kind())
}

func written(t *testing.T, d *db.DB) []string {
	t.Helper()
	var ids []string
	must(t, d.Conn(context.Background()).Select(context.Background(), &ids, `SELECT id FROM note ORDER BY id`))
	return ids
}

func TestTogether(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, q, w := context.Background(), open(t, d, nil), &writer{d: d}
		w.register(q)
		undo := errors.New("undo")
		err := d.InTx(ctx, func(ctx context.Context) error {
			must(t, q.Insert(ctx, note{"lost"}))
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			return errors.Join(q.Insert(ctx, note{"a"}), q.Insert(ctx, note{"b"}))
		}))
		must(t, q.Insert(ctx, note{"c"}))
		must(t, q.Insert(ctx, note{"tomorrow"}, jobs.At(time.Now().Add(24*time.Hour)))) // not with others
		loads, err := q.Loads(ctx)
		must(t, err)
		if n, err := q.Backlog(ctx); n != 3 || err != nil || len(loads) != 1 || loads[0].Waiting != 4 {
			t.Errorf("%d are due (%v), loads %+v", n, err, loads)
		}
		must(t, q.Drain(ctx))
		if got := written(t, d); !slices.Equal(got, []string{"a", "b", "c"}) || !slices.Equal(w.parts, []int{3}) {
			t.Errorf("wrote %v in parts of %v", got, w.parts)
		}
		if n, err := q.Backlog(ctx); n != 0 || err != nil {
			t.Errorf("%d are due afterwards (%v)", n, err)
		}
	})
}

// One that fails does not keep the others from being done, once, and becomes a
// failure like any other.
func TestTogetherWithPoison(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, q, w := context.Background(), open(t, d, nil), &writer{d: d, poison: "07"}
		w.register(q)
		var all []string
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			for i := range 20 {
				all = append(all, fmt.Sprintf("%02d", i))
				must(t, q.Insert(ctx, note{all[i]}))
			}
			return nil
		}))
		if err := q.Drain(ctx); err == nil || !strings.Contains(err.Error(), "1 failed") || !strings.Contains(err.Error(), "poison") {
			t.Errorf("Drain told %v", err)
		}
		rest := slices.DeleteFunc(slices.Clone(all), func(id string) bool { return id == w.poison })
		if got := written(t, d); !slices.Equal(got, rest) {
			t.Errorf("wrote %v", got)
		}
		failures, _, err := q.Failures(ctx, "", db.Page{})
		must(t, err)
		if len(failures) != 1 || failures[0].Kind != "test.note" || failures[0].Attempt != 1 || !strings.Contains(failures[0].Arguments, w.poison) {
			t.Fatalf("failures %+v", failures)
		}
		w.poison = ""
		must(t, q.Retry(ctx, failures[0].ID))
		must(t, q.Drain(ctx))
		if got := written(t, d); !slices.Equal(got, all) {
			t.Errorf("after the retry %v", got)
		}
	})
}

// A process that dies, or is told to stop, in the middle leaves all of it to
// the next one; nothing is done twice.
func TestTogetherCutOff(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		q, w := open(t, d, nil), &writer{d: d}
		ctx, cancel := context.WithCancel(context.Background())
		cut := true
		jobs.Register(q, func(context.Context, note) error { t.Error("left to itself"); return nil })
		jobs.RegisterTogether(q, "writer", func(ctx context.Context, list []jobs.Item) error {
			must(t, w.run(ctx, list))
			if cut {
				cancel()
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}, note{}.Kind())
		must(t, d.InTx(context.Background(), func(ctx context.Context) error {
			return errors.Join(q.Insert(ctx, note{"a"}), q.Insert(ctx, note{"b"}))
		}))
		if err := q.Drain(ctx); err == nil || len(written(t, d)) != 0 {
			t.Fatalf("cut off: %v, wrote %v", err, written(t, d))
		}
		cut = false
		must(t, q.Drain(context.Background()))
		if got := written(t, d); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("wrote %v", got)
		}
	})
}

// Several processes beside many writers: each job once, in the order in which
// they came.
func TestStartedTogether(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		const n = 300
		ctx := context.Background()
		processes := 1
		if d.Engine() == db.Postgres {
			processes = 3
		}
		var mu sync.Mutex
		var heard []string
		var queues []*jobs.Queue
		for range processes {
			q, w := open(t, d, nil), &writer{d: d}
			jobs.Register(q, func(context.Context, note) error { t.Error("left to itself"); return nil })
			jobs.RegisterTogether(q, "writer", func(ctx context.Context, list []jobs.Item) error {
				mu.Lock()
				heard = append(heard, w.ids(list)...)
				mu.Unlock()
				return w.run(ctx, list)
			}, note{}.Kind())
			queues = append(queues, q)
			must(t, q.Start(ctx))
		}
		for i := range n {
			must(t, queues[i%processes].Insert(ctx, note{fmt.Sprintf("%03d", i)}))
		}
		deadline := time.Now().Add(30 * time.Second)
		for len(written(t, d)) < n && time.Now().Before(deadline) {
			time.Sleep(10 * time.Millisecond)
		}
		for _, q := range queues {
			must(t, q.Stop(ctx))
		}
		if got := written(t, d); len(got) != n || !slices.Equal(got, heard) {
			t.Errorf("%d rows, heard %v", len(got), heard)
		}
	})
}

func TestPoll(t *testing.T) {
	d := dbtest.Open(t, sources)
	ctx, q := context.Background(), open(t, d, nil)
	jobs.Register(q, func(context.Context, note) error { return nil })
	var left, calls atomic.Int64
	left.Store(5)
	var failing atomic.Bool
	failing.Store(true)
	jobs.RegisterPoll(q, jobs.Poll{Name: "own rows", Every: time.Millisecond, Full: 2,
		Run: func(context.Context) (int, error) {
			if calls.Add(1); failing.Load() {
				return 0, errors.New("no connection")
			}
			n := min(left.Load(), 2)
			left.Add(-n)
			return int(n), nil
		},
		Due: func(context.Context) (int, error) { return int(left.Load()), nil }})
	if err := q.Drain(ctx); err == nil || !strings.Contains(err.Error(), "own rows: no connection") {
		t.Errorf("Drain told %v", err)
	}
	failing.Store(false)
	if n, err := q.Backlog(ctx); n != 5 || err != nil {
		t.Errorf("%d are due (%v)", n, err)
	}
	must(t, q.Drain(ctx))
	if left.Load() != 0 {
		t.Errorf("%d left", left.Load())
	}
	left.Store(7)
	must(t, q.Start(ctx))
	deadline := time.Now().Add(30 * time.Second)
	for left.Load() > 0 && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	must(t, q.Stop(ctx))
	if after := calls.Load(); left.Load() != 0 {
		t.Errorf("%d left after %d calls", left.Load(), after)
	} else if time.Sleep(20 * time.Millisecond); calls.Load() != after {
		t.Error("polled after Stop")
	}
}
