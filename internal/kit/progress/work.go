package progress

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/jobs"
)

// State of a work.
type State string

// The states.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
	Stopped State = "stopped"
)

// Ended says whether nothing more will happen.
func (s State) Ended() bool { return s == Done || s == Failed || s == Stopped }

// Errors of works.
var (
	ErrUnknown = errs.Define(errs.NotFound, "work_unknown", "没有这项工作，或它不是您发起的，请从“批量工作”里查找。")
	ErrEnded   = errs.Define(errs.Conflict, "work_ended", "这项工作已经结束，请刷新页面查看结果。")
)

// Work is one long piece of work and how far it has come.
type Work struct {
	ID        string     `db:"id"`
	Kind      string     `db:"kind"`
	Title     string     `db:"title"`
	Owner     string     `db:"owner"` // account
	State     State      `db:"state"`
	Total     int        `db:"total"` // things to do; 0 while unknown
	Done      int        `db:"done"`  // of them, with and without success
	Failed    int        `db:"failed"`
	Note      string     `db:"note"` // why it failed as a whole
	Back      string     `db:"back"` // page to go back to
	StartedAt time.Time  `db:"started_at"`
	UpdatedAt time.Time  `db:"updated_at"`
	EndedAt   *time.Time `db:"ended_at"`

	Args       string `db:"args"`
	StuckKey   string `db:"stuck_key"`
	StuckTimes int    `db:"stuck_times"`
}

// Percent is how far the work is, 0 to 100.
func (w Work) Percent() int {
	switch {
	case w.State == Done:
		return 100
	case w.Total <= 0:
		return 0
	}
	return min(100, w.Done*100/w.Total)
}

// Line is what became of one thing.
type Line struct {
	No      int    `db:"no"` // from 1, in the order of the work
	Key     string `db:"key"`
	Title   string `db:"title"`
	OK      bool   `db:"ok"`
	Message string `db:"message"`
}

// Options are what a Tracker needs from above.
type Options struct {
	// Owner is the account in ctx.
	Owner func(ctx context.Context) string
	// As gives the context of an account's own act; an error (the account was
	// closed meanwhile) fails the work.
	As func(ctx context.Context, account string) (context.Context, error)
}

// Tracker keeps the works.
type Tracker struct {
	d     *db.DB
	q     *jobs.Queue
	clock clock.Clock
	log   *slog.Logger
	o     Options
}

// New makes a Tracker.
func New(d *db.DB, q *jobs.Queue, c clock.Clock, log *slog.Logger, o Options) *Tracker {
	return &Tracker{d: d, q: q, clock: c, log: log, o: o}
}

// Start names a work to begin.
type Start struct {
	Title string
	Total int    // things to do, if known
	Back  string // page to go back to when it is over
}

// job is the arguments of the job; its kind is the work's.
type job struct {
	Work string `json:"work"`
}

// Define tells what does the works of a kind, and gives the function that
// begins one, inside the caller's transaction. To be called before the queue
// starts. An error of fn has the job tried again later, behind what was done;
// one that people can be told (errs, but not Internal or Unavailable) ends the
// work as failed.
func Define[T any](t *Tracker, kind string, fn func(ctx context.Context, run *Run, args T) error) func(ctx context.Context, s Start, args T) (id string, err error) {
	name := "progress." + kind
	jobs.RegisterRaw(t.q, name, func(ctx context.Context, raw []byte) error {
		var j job
		if err := json.Unmarshal(raw, &j); err != nil {
			return fmt.Errorf("progress: read job: %w", err)
		}
		return t.run(ctx, j.Work, func(ctx context.Context, run *Run) error {
			var args T
			if err := json.Unmarshal([]byte(run.work.Args), &args); err != nil {
				return fmt.Errorf("progress: read arguments of %s: %w", kind, err)
			}
			return fn(ctx, run, args)
		})
	})
	return func(ctx context.Context, s Start, args T) (string, error) {
		raw, err := json.Marshal(args)
		if err != nil {
			return "", fmt.Errorf("progress: write arguments of %s: %w", kind, err)
		}
		now := clock.FromContext(ctx, t.clock).Now().UTC().Truncate(time.Microsecond)
		w := Work{ID: db.NewID(), Kind: kind, Title: s.Title, Owner: t.o.Owner(ctx), State: Waiting, Total: s.Total,
			Back: s.Back, StartedAt: now, UpdatedAt: now, Args: string(raw)}
		err = t.d.InTx(ctx, func(ctx context.Context) error {
			if err := t.insert(ctx, w); err != nil {
				return err
			}
			raw, err := json.Marshal(job{w.ID})
			if err != nil {
				return err
			}
			return t.q.InsertRaw(ctx, []string{name}, raw)
		})
		return w.ID, err
	}
}

// Find gives a work of the account in ctx; ErrUnknown for another's.
func (t *Tracker) Find(ctx context.Context, id string) (Work, error) {
	w, err := t.read(ctx, id)
	if err == nil && w.Owner != t.o.Owner(ctx) {
		return Work{}, ErrUnknown
	}
	return w, err
}

// Stop ends a work of the account in ctx before its next thing. Errors:
// ErrUnknown, ErrEnded.
func (t *Tracker) Stop(ctx context.Context, id string) error {
	return t.d.InTx(ctx, func(ctx context.Context) error {
		w, err := t.Find(ctx, id)
		if err != nil {
			return err
		}
		if w.State.Ended() {
			return ErrEnded
		}
		return t.end(ctx, id, Stopped, "发起人停止了这项工作，已办的保留。")
	})
}
