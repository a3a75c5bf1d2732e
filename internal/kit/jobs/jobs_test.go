package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/jobs"
)

var sources = []db.Source{jobs.Migrations, {Module: "note", Files: fstest.MapFS{
	"20261122990001_note.sql": {Data: []byte("-- +goose Up\nCREATE TABLE note (id TEXT PRIMARY KEY);")},
}}}

type note struct {
	ID string `json:"id"`
}

func (note) Kind() string { return "test.note" }

func open(t testing.TB, d *db.DB, c clock.Clock) *jobs.Queue {
	t.Helper()
	q, err := jobs.New(d, jobs.Options{Clock: c, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// recorder is a handler that notes the ids it was given.
type recorder struct{ ids []string }

func (r *recorder) run(_ context.Context, n note) error { r.ids = append(r.ids, n.ID); return nil }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestJobIsPartOfTheTransaction(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, q, r := context.Background(), open(t, d, nil), &recorder{}
		jobs.Register(q, r.run)
		undo := errors.New("undo")
		err := d.InTx(ctx, func(ctx context.Context) error {
			must(t, q.Insert(ctx, note{"lost"}))
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		must(t, d.InTx(ctx, func(ctx context.Context) error { return q.Insert(ctx, note{"kept"}) }))
		must(t, q.Insert(ctx, note{"alone"}))
		must(t, q.Insert(ctx, note{"tomorrow"}, jobs.At(time.Now().Add(24*time.Hour))))
		if n, err := q.Backlog(ctx); n != 2 || err != nil {
			t.Errorf("%d jobs are due, want 2 (%v)", n, err)
		}
		must(t, q.Drain(ctx))
		if n, err := q.Backlog(ctx); n != 0 || err != nil {
			t.Errorf("%d jobs are due after the drain (%v)", n, err)
		}
		if want := []string{"kept", "alone"}; !slices.Equal(r.ids, want) {
			t.Errorf("ran %v, want %v", r.ids, want)
		}
		must(t, q.Drain(ctx))
		if len(r.ids) != 2 {
			t.Errorf("ran again: %v", r.ids)
		}
	})
}

func TestDrainRunsWhatJobsInsert(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, q := context.Background(), open(t, d, nil)
		depth := 0
		jobs.Register(q, func(ctx context.Context, n note) error {
			depth++
			if depth == 4 {
				return nil
			}
			return d.InTx(ctx, func(ctx context.Context) error { return q.Insert(ctx, note{n.ID + "x"}) })
		})
		must(t, q.Insert(ctx, note{"x"}))
		must(t, q.Drain(ctx))
		if depth != 4 {
			t.Errorf("ran %d jobs, want 4", depth)
		}
	})
}

func TestAtFollowsTheClockOfTheQueue(t *testing.T) {
	for _, start := range []time.Time{
		time.Date(2025, 3, 3, 1, 0, 0, 0, time.UTC), // the sample city's past
		time.Date(2031, 3, 3, 1, 0, 0, 0, time.UTC), // a test's future
	} {
		t.Run(start.Format("2006"), func(t *testing.T) {
			dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
				c, r := clock.NewFake(start), &recorder{}
				ctx, q := context.Background(), open(t, d, c)
				jobs.Register(q, r.run)
				must(t, q.Insert(ctx, note{"later"}, jobs.At(start.Add(48*time.Hour))))
				must(t, q.Insert(ctx, note{"past"}, jobs.At(start.Add(-time.Hour))))
				must(t, q.Insert(ctx, note{"now"}))
				must(t, q.Drain(ctx))
				if want := []string{"past", "now"}; !slices.Equal(r.ids, want) {
					t.Fatalf("ran %v, want %v", r.ids, want)
				}
				c.Advance(47 * time.Hour)
				must(t, q.Drain(ctx))
				c.Advance(time.Hour)
				if len(r.ids) != 2 {
					t.Fatalf("ran too early: %v", r.ids)
				}
				must(t, q.Drain(ctx))
				if len(r.ids) != 3 {
					t.Errorf("did not run when due: %v", r.ids)
				}
			})
		})
	}
}

func TestUniqueKeepsOneWaiting(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, q, r := context.Background(), open(t, d, nil), &recorder{}
		jobs.Register(q, r.run)
		must(t, q.Insert(ctx, note{"a"}, jobs.Unique("k")))
		must(t, q.Insert(ctx, note{"b"}, jobs.Unique("k")))
		must(t, q.Insert(ctx, note{"c"}, jobs.Unique("other")))
		must(t, q.Drain(ctx))
		if want := []string{"a", "c"}; !slices.Equal(r.ids, want) {
			t.Fatalf("ran %v, want %v", r.ids, want)
		}
		must(t, q.Insert(ctx, note{"d"}, jobs.Unique("k")))
		must(t, q.Drain(ctx))
		if len(r.ids) != 3 {
			t.Errorf("a finished job stands in the way: %v", r.ids)
		}
	})
}

func TestPriorityGoesFirst(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, q, r := context.Background(), open(t, d, nil), &recorder{}
		jobs.Register(q, r.run)
		must(t, q.Insert(ctx, note{"idle"}, jobs.Priority(4)))
		must(t, q.Insert(ctx, note{"usual"}))
		must(t, q.Insert(ctx, note{"urgent"}, jobs.Priority(1)))
		must(t, q.Drain(ctx))
		if want := []string{"urgent", "usual", "idle"}; !slices.Equal(r.ids, want) {
			t.Errorf("ran %v, want %v", r.ids, want)
		}
	})
}

func TestFailureIsKeptListedAndRetried(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC))
		ctx, q := context.Background(), open(t, d, c)
		broken, ran := true, 0
		jobs.Register(q, func(_ context.Context, n note) error {
			ran++
			switch {
			case !broken:
				return nil
			case n.ID == "panics":
				panic("boom")
			}
			return errors.New("no paper in the printer")
		})
		must(t, q.Insert(ctx, note{"fails"}))
		must(t, q.Insert(ctx, note{"panics"}))
		err := q.Drain(ctx)
		if err == nil || !strings.Contains(err.Error(), "2 failed") || !strings.Contains(err.Error(), "no paper") || !strings.Contains(err.Error(), "boom") {
			t.Fatalf("Drain told %v", err)
		}
		first, next, err := q.Failures(ctx, "", db.Page{Limit: 1})
		must(t, err)
		second, end, err := q.Failures(ctx, "", db.Page{Limit: 1, After: next})
		must(t, err)
		if len(first) != 1 || len(second) != 1 || next == "" || end != "" {
			t.Fatalf("pages %v (%q), %v (%q)", first, next, second, end)
		}
		f := second[0]
		if !strings.HasPrefix(first[0].Error, "panic: boom") || f.Error != "no paper in the printer" || f.Kind != "test.note" ||
			f.Attempt != 1 || f.MaxAttempts != 25 || !f.NextAt.Equal(c.Now().Add(time.Second)) || f.FailedAt.IsZero() {
			t.Errorf("failures %+v, %+v", first[0], f)
		}

		must(t, q.Drain(ctx)) // not yet due again
		if ran != 2 {
			t.Fatalf("ran %d times, want 2", ran)
		}
		c.Advance(time.Second)
		if err := q.Drain(ctx); err == nil || ran != 4 {
			t.Fatalf("second attempt: error %v, ran %d times", err, ran)
		}
		broken = false
		must(t, q.Retry(ctx, f.ID))
		must(t, q.Drain(ctx))
		if ran != 5 {
			t.Errorf("ran %d times after Retry, want 5", ran)
		}
		for _, id := range []string{f.ID, "999999", "x"} {
			if err := q.Retry(ctx, id); errs.KindOf(err) != errs.Conflict {
				t.Errorf("Retry(%s): %v", id, err)
			}
		}
	})
}

func TestGivenUpAfterTheLastAttempt(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC))
		ctx, q := context.Background(), open(t, d, c)
		ran := 0
		jobs.Register(q, func(context.Context, note) error { ran++; return errors.New("never") })
		must(t, q.Insert(ctx, note{"x"}))
		for range 30 {
			_ = q.Drain(ctx)
			c.Advance(20 * 24 * time.Hour)
		}
		list, _, err := q.Failures(ctx, "", db.Page{})
		must(t, err)
		if ran != 25 || len(list) != 1 || !list[0].NextAt.IsZero() || list[0].Attempt != 25 {
			t.Fatalf("ran %d times, failures %+v", ran, list)
		}
		must(t, q.Retry(ctx, list[0].ID))
		_ = q.Drain(ctx)
		if ran != 26 {
			t.Errorf("ran %d times after Retry, want 26", ran)
		}
	})
}

// TestWhatWasGivenUpIsKept: completed jobs are cleared away, those that were given
// up stay until somebody has looked, however long ago it was.
func TestWhatWasGivenUpIsKept(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2020, 3, 3, 1, 0, 0, 0, time.UTC))
		ctx, q := context.Background(), open(t, d, c)
		jobs.Register(q, func(_ context.Context, n note) error {
			if n.ID == "bad" {
				return errors.New("never")
			}
			return nil
		})
		must(t, q.Insert(ctx, note{"good"}))
		must(t, q.Insert(ctx, note{"bad"}))
		for range 30 {
			_ = q.Drain(ctx)
			c.Advance(20 * 24 * time.Hour)
		}
		left := func(state string) (n int) {
			t.Helper()
			must(t, d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM river_job WHERE state = $1`, state))
			return n
		}
		if left("completed") != 1 || left("discarded") != 1 {
			t.Fatal("not one completed and one given up")
		}
		_, err := d.Conn(ctx).Exec(ctx, `UPDATE river_job SET finalized_at = '2020-03-03T01:00:00Z'`)
		must(t, err)
		must(t, q.Start(ctx))
		for deadline := time.Now().Add(20 * time.Second); left("completed") > 0; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("nothing was cleared away")
			}
		}
		must(t, q.Stop(ctx))
		if left("discarded") != 1 {
			t.Error("what was given up was cleared away, too")
		}
	})
}

func TestUnknownKindFails(t *testing.T) {
	d := dbtest.Open(t, sources)
	ctx, q := context.Background(), open(t, d, nil)
	must(t, q.Insert(ctx, note{"x"}))
	if err := q.Drain(ctx); err == nil || !strings.Contains(err.Error(), "no worker") {
		t.Errorf("Drain told %v", err)
	}
}

type userKey struct{}

func TestJobsRunInNobodysName(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		past := clock.NewFake(time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC))
		ctx := clock.With(context.WithValue(context.Background(), userKey{}, "clerk"), past)
		q := open(t, d, nil)
		jobs.Register(q, func(ctx context.Context, _ note) error {
			if v := ctx.Value(userKey{}); v != nil {
				t.Errorf("the job sees the user %v", v)
			}
			if now := clock.FromContext(ctx, clock.Real).Now(); !now.Equal(past.Now()) {
				t.Errorf("the job's clock says %v", now)
			}
			return nil
		})
		must(t, q.Insert(ctx, note{"x"}))
		must(t, q.Drain(ctx))
		err := d.InTx(ctx, func(ctx context.Context) error { return q.Drain(ctx) })
		if err == nil {
			t.Error("Drain inside a transaction is not refused")
		}
	})
}

func TestDrainManyJobs(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		const n = 2500
		ctx, q := context.Background(), open(t, d, nil)
		jobs.Register(q, func(ctx context.Context, j note) error {
			_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO note (id) VALUES ($1)`, j.ID)
			return err
		})
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			for i := range n {
				must(t, q.Insert(ctx, note{fmt.Sprint(i)}))
			}
			return nil
		}))
		start := time.Now()
		must(t, q.Drain(ctx))
		t.Logf("%d jobs in %v", n, time.Since(start))
		var got int
		must(t, d.Conn(ctx).Get(ctx, &got, `SELECT count(*) FROM note`))
		if got != n {
			t.Errorf("%d rows, want %d", got, n)
		}
	})
}

func TestStartedQueueWorksBesideWriters(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		const n = 300
		ctx, q := context.Background(), open(t, d, nil)
		var ran, ticks atomic.Int64
		jobs.Register(q, func(ctx context.Context, j note) error {
			defer ran.Add(1)
			return d.InTx(ctx, func(ctx context.Context) error {
				_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO note (id) VALUES ($1)`, j.ID)
				return err
			})
		})
		jobs.RegisterPeriodic(q, "tick", time.Hour, func(context.Context) error { ticks.Add(1); return nil })
		if kinds := q.Kinds(); !slices.Equal(kinds, []string{"periodic:tick", "test.note"}) {
			t.Errorf("kinds %v", kinds)
		}
		must(t, q.Start(ctx))
		for i := range n {
			must(t, d.InTx(ctx, func(ctx context.Context) error { return q.Insert(ctx, note{fmt.Sprint(i)}) }))
		}
		deadline := time.Now().Add(30 * time.Second)
		for (ran.Load() < n || ticks.Load() < 1) && time.Now().Before(deadline) {
			time.Sleep(5 * time.Millisecond)
		}
		must(t, q.Stop(ctx))
		var got int
		must(t, d.Conn(ctx).Get(ctx, &got, `SELECT count(*) FROM note`))
		if got != n || ran.Load() != n || ticks.Load() != 1 {
			t.Errorf("%d rows, %d runs, %d ticks; want %d, %d, 1", got, ran.Load(), ticks.Load(), n, n)
		}
	})
}

func TestStopWaitsForRunningJobs(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, q := context.Background(), open(t, d, nil)
		begun, done := make(chan struct{}), atomic.Bool{}
		jobs.Register(q, func(ctx context.Context, _ note) error {
			close(begun)
			time.Sleep(300 * time.Millisecond)
			done.Store(ctx.Err() == nil)
			return nil
		})
		must(t, q.Start(ctx))
		must(t, q.Insert(ctx, note{"slow"}))
		select {
		case <-begun:
		case <-time.After(20 * time.Second):
			t.Fatal("the job was not picked up")
		}
		must(t, q.Stop(ctx))
		if !done.Load() {
			t.Error("Stop did not wait for the running job")
		}
		must(t, q.Stop(ctx)) // once more is harmless
		var state string
		must(t, d.Conn(ctx).Get(ctx, &state, `SELECT state FROM river_job`))
		if state != "completed" {
			t.Errorf("state %s, want completed", state)
		}
	})
}

// A job that begins while Stop already waits must not wait for Stop.
func TestStopWhileJobsBegin(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, q := context.Background(), open(t, d, nil)
		var ran atomic.Int64
		jobs.Register(q, func(context.Context, note) error { ran.Add(1); return nil })
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			for range 200 {
				must(t, q.Insert(ctx, note{"x"}))
			}
			return nil
		}))
		must(t, q.Start(ctx))
		for ran.Load() == 0 {
			time.Sleep(time.Millisecond)
		}
		limit, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		must(t, q.Stop(limit))
		var open int64
		must(t, d.Conn(ctx).Get(ctx, &open, `SELECT count(*) FROM river_job WHERE state = 'available'`))
		if open+ran.Load() != 200 {
			t.Errorf("%d wait, %d ran; want 200 in all", open, ran.Load())
		}
	})
}

func TestStartTakesBackWhatAKilledProcessRan(t *testing.T) {
	d := dbtest.Open(t, sources)
	ctx, q := context.Background(), open(t, d, nil)
	ran := make(chan string, 1)
	jobs.Register(q, func(_ context.Context, n note) error { ran <- n.ID; return nil })
	must(t, q.Insert(ctx, note{"orphan"}))
	_, err := d.Conn(ctx).Exec(ctx, `UPDATE river_job SET state = 'running'`)
	must(t, err)
	must(t, q.Start(ctx))
	defer q.Stop(ctx)
	select {
	case <-ran:
	case <-time.After(20 * time.Second):
		t.Error("the orphan was not run")
	}
}

func TestRunPeriodic(t *testing.T) {
	d := dbtest.Open(t, sources)
	ctx, q := context.Background(), open(t, d, nil)
	var ran []string
	for _, name := range []string{"a", "b"} {
		jobs.RegisterPeriodic(q, name, time.Hour, func(context.Context) error { ran = append(ran, name); return nil })
	}
	must(t, q.RunPeriodic(ctx, "b"))
	must(t, q.RunPeriodic(ctx))
	if !slices.Equal(ran, []string{"b", "a", "b"}) {
		t.Errorf("ran %v", ran)
	}
	if err := q.RunPeriodic(ctx, "c"); err == nil {
		t.Error("an unknown name is not told")
	}
}

func BenchmarkInsert(b *testing.B) {
	dbtest.Bench(b, sources, func(b *testing.B, d *db.DB) {
		ctx, q := context.Background(), open(b, d, nil)
		for b.Loop() {
			must(b, q.Insert(ctx, note{"x"}))
		}
	})
}

func BenchmarkDrain(b *testing.B) {
	dbtest.Bench(b, sources, func(b *testing.B, d *db.DB) {
		ctx, q := context.Background(), open(b, d, nil)
		jobs.Register(q, func(context.Context, note) error { return nil })
		must(b, d.InTx(ctx, func(ctx context.Context) error {
			for range b.N {
				must(b, q.Insert(ctx, note{"x"}))
			}
			return nil
		}))
		b.ResetTimer()
		must(b, q.Drain(ctx))
	})
}
