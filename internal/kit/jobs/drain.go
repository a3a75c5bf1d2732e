package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"yimen/internal/kit/clock"
)

// drainBatch jobs are marked running, and later done, in one transaction.
const drainBatch = 200

// Drain runs, in this goroutine and in order, every job that is due by the
// clock of ctx (or of the queue), and those they insert in turn, until none is
// left. Jobs that failed stay in the queue as they would elsewhere; Drain goes
// on with the others and tells the first of the errors.
//
// For tests, the seed and commands. It may run beside a started queue.
func (q *Queue) Drain(ctx context.Context) error {
	if q.d.InTxNow(ctx) {
		return errors.New("jobs: Drain inside a transaction would wait for itself")
	}
	jobCtx, cancel := q.jobContext(ctx)
	defer cancel()
	var failures drainFailures
	for {
		polled, err := q.pollAll(jobCtx)
		if err != nil {
			return err
		}
		batch, err := q.fetchDue(ctx)
		if err != nil {
			return fmt.Errorf("jobs: fetch what is due: %w", err)
		}
		if len(batch) == 0 && polled > 0 {
			continue
		}
		if len(batch) == 0 {
			return failures.err()
		}
		results := make([]*riverdriver.JobSetStateIfRunningParams, len(batch))
		for i, row := range batch {
			results[i] = q.drainOne(jobCtx, row, &failures)
		}
		if err := q.record(context.WithoutCancel(ctx), results); err != nil {
			return fmt.Errorf("jobs: record what was done: %w", err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// jobContext keeps of ctx only its end and its clock: a job must not run in
// the name of whoever happens to drain the queue.
func (q *Queue) jobContext(ctx context.Context) (context.Context, context.CancelFunc) {
	clean, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(ctx, cancel)
	clean = clock.With(clean, clock.FromContext(ctx, q.clock))
	return clean, func() { stop(); cancel() }
}

func (q *Queue) fetchDue(ctx context.Context) ([]*rivertype.JobRow, error) {
	// River's SQLite driver keeps times as text of two shapes; the extra
	// millisecond makes "01:00:01" come after "01:00:01+00:00".
	now := clock.FromContext(ctx, q.clock).Now().Add(time.Millisecond)
	// What is available is due whatever our clock says: River wrote its time
	// by the machine's clock, to the millisecond and perhaps rounded up.
	available := time.Now().UTC().Add(50 * time.Millisecond)
	if now.After(available) {
		available = now
	}
	var rows []*rivertype.JobRow
	err := q.d.InTx(ctx, func(ctx context.Context) error {
		exec := q.driver.UnwrapExecutor(q.d.Tx(ctx))
		if _, err := exec.JobSchedule(ctx, &riverdriver.JobScheduleParams{Max: 10_000, Now: &now}); err != nil {
			return err
		}
		var err error
		rows, err = exec.JobGetAvailable(ctx, &riverdriver.JobGetAvailableParams{
			ClientID: "drain", MaxAttemptedBy: 10, MaxToLock: drainBatch, Now: &available, Queue: "default",
		})
		return err
	})
	slices.SortFunc(rows, func(a, b *rivertype.JobRow) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), a.ScheduledAt.Compare(b.ScheduledAt), cmp.Compare(a.ID, b.ID))
	})
	return rows, err
}

// drainOne runs a job and says what its row is to become.
func (q *Queue) drainOne(ctx context.Context, row *rivertype.JobRow, failures *drainFailures) *riverdriver.JobSetStateIfRunningParams {
	if ctx.Err() != nil {
		// Fetched but not begun: back into the queue, the attempt not counted.
		return riverdriver.JobSetStateSnoozedAvailable(row.ID, row.ScheduledAt, row.Attempt-1, nil)
	}
	start := time.Now().UTC()
	err := func() error {
		ctx, cancel := context.WithTimeout(ctx, q.o.Timeout)
		defer cancel()
		return q.work(ctx, row.Kind, row.EncodedArgs)
	}()
	if err == nil {
		return riverdriver.JobSetStateCompleted(row.ID, time.Now().UTC(), nil)
	}
	failures.add(row, err)
	data, marshal := json.Marshal(rivertype.AttemptError{At: start, Attempt: row.Attempt, Error: err.Error()})
	if marshal != nil {
		panic("jobs: an error cannot be written as JSON: " + marshal.Error())
	}
	if row.Attempt >= row.MaxAttempts {
		return riverdriver.JobSetStateDiscarded(row.ID, time.Now().UTC(), data, nil)
	}
	next := clock.FromContext(ctx, q.clock).Now().Add(backoff(row.Attempt))
	return riverdriver.JobSetStateErrorRetryable(row.ID, next, data, nil)
}

// backoff is River's: attempt⁴ seconds.
func backoff(attempt int) time.Duration {
	return time.Duration(attempt*attempt*attempt*attempt) * time.Second
}

func (q *Queue) record(ctx context.Context, results []*riverdriver.JobSetStateIfRunningParams) error {
	var many riverdriver.JobSetStateIfRunningManyParams
	for _, r := range results {
		many.ID = append(many.ID, r.ID)
		many.Attempt = append(many.Attempt, r.Attempt)
		many.ErrData = append(many.ErrData, r.ErrData)
		many.FinalizedAt = append(many.FinalizedAt, r.FinalizedAt)
		many.MetadataDoMerge = append(many.MetadataDoMerge, r.MetadataDoMerge)
		many.MetadataUpdates = append(many.MetadataUpdates, r.MetadataUpdates)
		many.ScheduledAt = append(many.ScheduledAt, r.ScheduledAt)
		many.State = append(many.State, r.State)
	}
	return q.d.InTx(ctx, func(ctx context.Context) error {
		_, err := q.driver.UnwrapExecutor(q.d.Tx(ctx)).JobSetStateIfRunningMany(ctx, &many)
		return err
	})
}

// drainFailures keeps the first errors; thousands of the same help nobody.
type drainFailures struct {
	count int
	first []error
}

func (f *drainFailures) add(row *rivertype.JobRow, err error) {
	f.count++
	if len(f.first) < 5 {
		f.first = append(f.first, fmt.Errorf("%s (job %d, attempt %d): %w", row.Kind, row.ID, row.Attempt, err))
	}
}

func (f *drainFailures) err() error {
	if f.count == 0 {
		return nil
	}
	return fmt.Errorf("jobs: %d failed: %w", f.count, errors.Join(f.first...))
}
