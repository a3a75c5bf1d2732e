package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/jobs"
)

// beat is quick, so that a process is taken for dead after four seconds.
const beat = 500 * time.Millisecond

func beating(t testing.TB, d *db.DB) *jobs.Queue {
	t.Helper()
	q, err := jobs.New(d, jobs.Options{Log: slog.New(slog.DiscardHandler), Beat: beat})
	must(t, err)
	return q
}

// TestMain lets the test's own program be the process that is killed.
func TestMain(m *testing.M) {
	if url := os.Getenv("YIMEN_TEST_JOBS_WORK"); url != "" {
		workUntilKilled(url)
	}
	os.Exit(m.Run())
}

func workUntilKilled(url string) {
	ctx := context.Background()
	d, err := db.Open(ctx, url, db.Options{})
	if err == nil {
		var q *jobs.Queue
		if q, err = jobs.New(d, jobs.Options{Log: slog.New(slog.DiscardHandler), Beat: beat, Workers: 1}); err == nil {
			jobs.Register(q, func(_ context.Context, n note) error {
				fmt.Println(n.ID)
				select {}
			})
			err = q.Start(ctx)
		}
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	select {}
}

// What a killed process was running is taken up by another soon after, once; what
// a living one runs is not, however long that takes.
func TestAnotherProcessTakesUpWhatAKilledOneRan(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		if d.Engine() == db.SQLite {
			return // one process: see TestStartTakesBackWhatAKilledProcessRan
		}
		ctx := context.Background()
		must(t, beating(t, d).Insert(ctx, note{"cut off"}))
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "YIMEN_TEST_JOBS_WORK="+d.URL())
		out, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		defer child.Process.Kill()
		lines := bufio.NewScanner(out)
		if lines.Scan(); lines.Text() != "cut off" {
			t.Fatalf("the other process says %q", lines.Text())
		}

		ran, long := make(chan string, 9), make(chan error, 9)
		work := func(ctx context.Context, n note) error {
			ran <- n.ID
			if n.ID != "long" {
				return nil
			}
			select {
			case <-ctx.Done():
				long <- ctx.Err()
			case <-time.After(7 * time.Second): // far longer than a dead process is left alone
				long <- nil
			}
			return nil
		}
		a, b := beating(t, d), beating(t, d)
		for _, q := range []*jobs.Queue{a, b} {
			jobs.Register(q, work)
			must(t, q.Start(ctx))
			defer q.Stop(ctx)
		}
		must(t, a.Insert(ctx, note{"long"}))
		select {
		case id := <-ran:
			if id != "long" {
				t.Fatalf("%s ran while its process lived", id)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("the long job was not run")
		}
		must(t, child.Process.Kill())
		_ = child.Wait()
		select {
		case id := <-ran:
			if id != "cut off" {
				t.Fatalf("%s ran twice", id)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("the job was not taken up")
		}
		must(t, <-long)
		must(t, a.Stop(ctx))
		must(t, b.Stop(ctx))
		n := 0
		must(t, d.Conn(ctx).Get(ctx, &n, `SELECT (SELECT COUNT(*) FROM jobs_process) + (SELECT COUNT(*) FROM river_job WHERE state <> 'completed')`))
		if n != 0 || len(ran) != 0 {
			t.Errorf("%d processes and jobs are left, %d ran again", n, len(ran))
		}
	})
}

// A process that cannot say that it lives ends its jobs before another takes them,
// and what it says about them afterwards is about nothing.
func TestAProcessThatIsTakenForDeadEndsItsJobs(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		if d.Engine() == db.SQLite {
			return // one process
		}
		ctx := context.Background()
		var running atomic.Int32
		cut, again := make(chan bool, 9), make(chan bool)
		q := beating(t, d)
		jobs.Register(q, func(ctx context.Context, _ note) error {
			if running.Add(1) > 1 {
				close(again)
				return nil
			}
			<-ctx.Done()
			cut <- true
			<-again // it ends after another has begun
			return ctx.Err()
		})
		must(t, q.Start(ctx))
		defer q.Stop(ctx)
		must(t, q.Insert(ctx, note{"x"}))
		for running.Load() == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		// Another one buries it: its row is gone, its job has a new one.
		_, err := d.Conn(ctx).Exec(ctx, `WITH gone AS (DELETE FROM jobs_process RETURNING id)
			UPDATE river_job SET id = id + 1000, state = 'available' WHERE state = 'running'`)
		must(t, err)
		<-cut
		<-again
		must(t, q.Stop(ctx))
		var states []string
		must(t, d.Conn(ctx).Select(ctx, &states, `SELECT state FROM river_job`))
		if len(states) != 1 || states[0] != "completed" {
			t.Errorf("jobs: %v", states)
		}
	})
}
