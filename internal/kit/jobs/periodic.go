package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river"
)

type periodic struct {
	name  string
	every time.Duration
	fn    func(ctx context.Context) error
}

const periodicPrefix = "periodic:"

func (p periodic) kind() string { return periodicPrefix + p.name }

func isPeriodic(kind string) bool { return strings.HasPrefix(kind, periodicPrefix) }

// RegisterPeriodic runs fn when the queue starts and then every so often (one
// second at least), on one process of all, never twice at a time. To be called
// before Start.
func RegisterPeriodic(q *Queue, name string, every time.Duration, fn func(ctx context.Context) error) {
	p := periodic{name, every, fn}
	RegisterRaw(q, p.kind(), func(ctx context.Context, _ []byte) error { return fn(ctx) })
	q.mu.Lock()
	defer q.mu.Unlock()
	q.periodic = append(q.periodic, p)
}

// RunPeriodic runs the named periodic functions now, in this goroutine, all
// of them when none is named: for tests and the sample city's history.
func (q *Queue) RunPeriodic(ctx context.Context, names ...string) error {
	q.mu.RLock()
	all := append([]periodic(nil), q.periodic...)
	q.mu.RUnlock()
	wanted := map[string]bool{}
	for _, n := range names {
		wanted[n] = true
	}
	ctx, cancel := q.jobContext(ctx)
	defer cancel()
	var failed error
	for _, p := range all {
		if len(names) > 0 && !wanted[p.name] {
			continue
		}
		delete(wanted, p.name)
		if err := q.work(ctx, p.kind(), nil); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", p.name, err))
		}
	}
	for n := range wanted {
		failed = errors.Join(failed, fmt.Errorf("jobs: nothing periodic is called %s", n))
	}
	return failed
}

func (q *Queue) periodicJobs() []*river.PeriodicJob {
	q.mu.RLock()
	defer q.mu.RUnlock()
	var all []*river.PeriodicJob
	for _, p := range q.periodic {
		args := payload{kind: p.kind(), raw: []byte("{}"), unique: p.name}
		all = append(all, river.NewPeriodicJob(
			river.PeriodicInterval(p.every),
			func() (river.JobArgs, *river.InsertOpts) { return args, nil },
			// The schedule is only in memory: without a run at the start, a
			// daily job of a process restarted daily would never run.
			&river.PeriodicJobOpts{RunOnStart: true},
		))
	}
	return all
}
