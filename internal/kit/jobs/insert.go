package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivershared/uniquestates"
	"github.com/riverqueue/river/rivertype"

	"yimen/internal/kit/clock"
)

type options struct {
	at       time.Time
	unique   string
	priority int
}

// Option says how a job is to be run.
type Option func(*options)

// At runs the job at t, or at once if that is past.
func At(t time.Time) Option { return func(o *options) { o.at = t } }

// Unique leaves the job out while another of its kind and key waits or runs.
// For work that looks at all there is to do, not for work about one change: a
// job that already runs may have looked before the change.
func Unique(key string) Option { return func(o *options) { o.unique = key } }

// Priority is 1 (before all others) to 4; 2 when not given.
func Priority(n int) Option { return func(o *options) { o.priority = n } }

// Insert asks for j to be done. Inside InTx it is part of that transaction:
// no commit, no job.
func (q *Queue) Insert(ctx context.Context, j Job, o ...Option) error {
	raw, err := json.Marshal(j)
	if err != nil {
		return fmt.Errorf("jobs: write arguments of %s: %w", j.Kind(), err)
	}
	return q.InsertRaw(ctx, []string{j.Kind()}, raw, o...)
}

// InsertRaw inserts one job per kind, all with the same JSON arguments.
func (q *Queue) InsertRaw(ctx context.Context, kinds []string, raw []byte, o ...Option) error {
	conf := options{priority: 2}
	for _, f := range o {
		f(&conf)
	}
	return q.d.InTx(ctx, func(ctx context.Context) error {
		var alone []string
		for _, kind := range kinds {
			if len(o) == 0 && q.groupOf(kind) != nil {
				if err := q.note(ctx, kind, raw); err != nil {
					return err
				}
				continue
			}
			alone = append(alone, kind)
		}
		if len(alone) == 0 {
			return nil
		}
		return q.insertAlone(ctx, alone, raw, conf)
	})
}

// insertAlone inserts jobs that are done each by itself. Inside InTx only.
func (q *Queue) insertAlone(ctx context.Context, kinds []string, raw []byte, conf options) error {
	opts := &river.InsertOpts{Priority: conf.priority}
	if conf.at.After(clock.FromContext(ctx, q.clock).Now()) {
		opts.ScheduledAt = conf.at
	}
	many := make([]river.InsertManyParams, len(kinds))
	for i, kind := range kinds {
		many[i] = river.InsertManyParams{Args: payload{kind: kind, raw: raw, unique: conf.unique}, InsertOpts: opts}
	}
	if _, err := q.inserts.InsertManyTx(ctx, q.d.Tx(ctx), many); err != nil {
		return fmt.Errorf("jobs: insert %v: %w", kinds, err)
	}
	return nil
}

// uniqueHook gives a job the unique key the caller chose; River's own options
// derive it from the arguments only.
type uniqueHook struct{}

// The states that River needs to be among them, without completed: a job that
// is done no longer stands in the way.
var uniqueStates = uniquestates.UniqueStatesToBitmask([]rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled,
})

func (uniqueHook) IsHook() bool { return true }

func (uniqueHook) InsertBegin(_ context.Context, p *rivertype.JobInsertParams) error {
	args, ok := p.Args.(payload)
	if ok && args.unique != "" {
		sum := sha256.Sum256([]byte(args.kind + "\x00" + args.unique))
		args.key = sum[:]
	}
	if ok && args.key != nil {
		p.UniqueKey, p.UniqueStates = args.key, uniqueStates
	}
	return nil
}
