package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/jobs"
)

// A job that always fails is tried less and less often, is given up in the end,
// is shown in the figures, keeps nobody waiting, and is put away or run again.
func TestAJobThatAlwaysFails(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2031, 3, 3, 1, 0, 0, 0, time.UTC))
		ctx, q, good := context.Background(), open(t, d, c), 0
		broken := true
		jobs.Register(q, func(_ context.Context, n note) error {
			if strings.HasPrefix(n.ID, "bad") && broken {
				return errors.New("out of order")
			}
			good++
			return nil
		})
		must(t, q.Insert(ctx, note{"bad-1"}))
		must(t, q.Insert(ctx, note{"bad-2"}))
		must(t, q.Insert(ctx, note{"good"}))
		figures := func(want float64) {
			t.Helper()
			reg, got := prometheus.NewRegistry(), 0.0
			reg.MustRegister(q.Standing())
			shown, err := reg.Gather()
			must(t, err)
			for _, f := range shown {
				if f.GetName() == "yimen_jobs_given_up" && f.Metric[0].Label[0].GetValue() == "test.note" {
					got = f.Metric[0].Gauge.GetValue()
				}
			}
			if got != want {
				t.Errorf("%v were given up by the figures, want %v", got, want)
			}
		}

		var pauses []time.Duration
		for range 40 {
			if err := q.Drain(ctx); err == nil {
				t.Fatal("the failure is not told")
			}
			if good != 1 {
				t.Fatalf("%d good jobs were done: they wait for the bad ones", good)
			}
			list, _, err := q.Failures(ctx, "", db.Page{})
			must(t, err)
			if list[0].NextAt.IsZero() {
				break
			}
			pauses = append(pauses, list[0].NextAt.Sub(c.Now()))
			c.Set(list[0].NextAt.Add(time.Hour))
		}
		if len(pauses) != 24 || pauses[3] <= pauses[0] || pauses[23] <= pauses[10] {
			t.Errorf("pauses %v do not grow, or not 25 attempts", pauses)
		}
		figures(2)
		if n, err := q.GivenUp(ctx); n != 2 || err != nil {
			t.Errorf("%d given up (%v)", n, err)
		}

		list, _, err := q.Failures(ctx, "", db.Page{})
		must(t, err)
		gone, err := q.PutAway(ctx, list[0].ID)
		must(t, err)
		if gone.Kind != "test.note" || !strings.Contains(gone.Arguments, "bad-2") {
			t.Errorf("put away %+v", gone)
		}
		if _, err := q.PutAway(ctx, list[0].ID); !errors.Is(err, jobs.ErrNotFailed) {
			t.Errorf("put away twice: %v", err)
		}
		if err := q.Retry(ctx, list[0].ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("run again after it was put away: %v", err)
		}
		figures(1)

		broken = false
		must(t, q.Retry(ctx, list[1].ID))
		must(t, q.Drain(ctx))
		if good != 2 {
			t.Errorf("%d jobs were done after mending", good)
		}
		figures(0)
	})
}

// On PostgreSQL, what a killed process was running comes back: what comes again
// every few seconds within two minutes, the rest when its time is up. SQLite's
// one process takes back everything when it starts.
func TestWhatAKilledProcessLeft(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx, ticked, noted := context.Background(), make(chan bool, 9), make(chan bool, 9)
		make := func() *jobs.Queue {
			q, err := jobs.New(d, jobs.Options{Log: slog.New(slog.DiscardHandler)})
			must(t, err)
			jobs.RegisterPeriodic(q, "tick", 5*time.Second, func(context.Context) error { ticked <- true; return nil })
			jobs.Register(q, func(context.Context, note) error { noted <- true; return nil })
			return q
		}
		q := make()
		must(t, q.Insert(ctx, note{"x"}))
		must(t, q.Start(ctx))
		<-ticked
		<-noted
		must(t, q.Stop(ctx))

		// The process died two minutes ago in the middle of both.
		_, err := d.Conn(ctx).Exec(ctx, `UPDATE river_job SET state = 'running', finalized_at = NULL, attempted_at = $1`, time.Now().UTC().Add(-2*time.Minute))
		must(t, err)
		if d.Engine() == db.Postgres { // the key keeps another tick out while this one counts as running
			n := 0
			must(t, d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM river_job WHERE state = 'running' AND unique_key IS NOT NULL`))
			if n != 1 {
				t.Fatalf("%d ticks are running", n)
			}
		}
		q = make()
		must(t, q.Start(ctx))
		defer q.Stop(ctx)
		select {
		case <-ticked:
		case <-time.After(30 * time.Second):
			t.Fatal("the tick did not come back")
		}
		if d.Engine() == db.SQLite {
			<-noted
			return
		}
		n := 0
		must(t, d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM river_job WHERE state = 'running' AND kind = 'test.note'`))
		if n != 1 {
			t.Error("a job that may still be running was taken from its process")
		}
	})
}
