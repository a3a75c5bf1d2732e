package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
)

// Job is the arguments of a job: a struct that JSON can hold, and the name of
// its kind ("portal.send_notice"), which never changes once rows may exist.
type Job interface{ Kind() string }

type handler func(ctx context.Context, raw []byte) error

// Register tells what does the jobs of type T. To be called before Start;
// two registrations of a kind panic.
func Register[T Job](q *Queue, fn func(ctx context.Context, j T) error) {
	var zero T
	RegisterRaw(q, zero.Kind(), func(ctx context.Context, raw []byte) error {
		var j T
		if err := json.Unmarshal(raw, &j); err != nil {
			return fmt.Errorf("read arguments: %w", err)
		}
		return fn(ctx, j)
	})
}

// RegisterRaw is Register for kinds that are only known at run time; raw is
// the JSON of the arguments.
func RegisterRaw(q *Queue, kind string, fn func(ctx context.Context, raw []byte) error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.started {
		panic("jobs: " + kind + " registered after Start")
	}
	if _, ok := q.handlers[kind]; ok {
		panic("jobs: kind registered twice: " + kind)
	}
	q.handlers[kind] = fn
}

// work runs one job. A panic is a failure like another.
func (q *Queue) work(ctx context.Context, kind string, raw []byte) (err error) {
	start := time.Now()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		observe(kind, time.Since(start), err)
	}()
	q.mu.RLock()
	fn := q.handlers[kind]
	q.mu.RUnlock()
	if fn == nil {
		return fmt.Errorf("no worker for jobs of kind %s", kind)
	}
	return fn(ctx, raw)
}

// payload is the arguments of any kind as River sees them.
type payload struct {
	kind   string
	raw    []byte
	unique string
	key    []byte // instead of unique: already hashed
}

func (p payload) Kind() string                  { return p.kind }
func (p payload) MarshalJSON() ([]byte, error)  { return p.raw, nil }
func (p *payload) UnmarshalJSON(b []byte) error { p.raw = append([]byte(nil), b...); return nil }

type riverWorker struct {
	river.WorkerDefaults[payload]
	q *Queue
}

func (w riverWorker) Work(ctx context.Context, job *river.Job[payload]) error {
	run, _ := w.q.allowed(job.Kind)
	ctx, cancel := context.WithTimeout(ctx, run)
	defer cancel()
	ctx, end := w.q.process.Load().within(ctx)
	defer end()
	err := w.q.work(ctx, job.Kind, job.Args.raw)
	if err != nil && isPeriodic(job.Kind) {
		// Not kept as a failure: the next tick does the same work, and a tick
		// that fails every few seconds must not fill the table.
		w.q.log.ErrorContext(ctx, "periodic job failed", "kind", job.Kind, "error", err.Error())
		return nil
	}
	return err
}

func (q *Queue) workers() *river.Workers {
	q.mu.RLock()
	defer q.mu.RUnlock()
	all := river.NewWorkers()
	for kind := range q.handlers {
		river.AddWorkerArgs(all, payload{kind: kind}, riverWorker{q: q})
	}
	return all
}
