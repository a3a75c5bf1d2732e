package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/riverqueue/river/rivertype"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// ErrNotFailed is told for a job that does not wait to be tried again.
var ErrNotFailed = errs.Define(errs.Conflict, "job_not_failed", "该后台任务不在失败列表中，可能已经重试成功，请刷新列表。")

// Failure is a job whose last attempt failed.
type Failure struct {
	ID          string
	Kind        string
	Attempt     int
	MaxAttempts int
	Error       string    // of the last attempt
	FailedAt    time.Time //
	NextAt      time.Time // zero: given up, waits for Retry
	Arguments   string    // JSON: ids only
}

type failureRow struct {
	ID          int64     `db:"id"`
	Kind        string    `db:"kind"`
	State       string    `db:"state"`
	Attempt     int       `db:"attempt"`
	MaxAttempts int       `db:"max_attempts"`
	ScheduledAt time.Time `db:"scheduled_at"`
	Args        []byte    `db:"args"`
	Errors      []byte    `db:"errors"`
}

// Failures lists the jobs that failed and are not yet done, of a kind or, "",
// of all, newest first, and the cursor of the next page.
func (q *Queue) Failures(ctx context.Context, kind string, p db.Page) ([]Failure, string, error) {
	var w db.Where
	w.And("state IN ('retryable', 'discarded')")
	if kind != "" {
		w.And("kind = ?", kind)
	}
	var before int64
	if ok, err := p.Key(&before); err != nil {
		return nil, "", err
	} else if ok {
		w.And("id < ?", before)
	}
	errorsText := "errors"
	if q.d.Engine() == db.Postgres {
		errorsText = "array_to_json(errors)::text"
	}
	query := `SELECT id, kind, state, attempt, max_attempts, scheduled_at, args, ` + errorsText + ` AS errors
		FROM river_job` + w.SQL() + ` ORDER BY id DESC LIMIT ` + w.Arg(p.Size()+1)
	var rows []failureRow
	if err := q.d.Conn(ctx).Select(ctx, &rows, query, w.Args()...); err != nil {
		return nil, "", fmt.Errorf("jobs: list failures: %w", err)
	}
	rows, next := db.Cut(rows, p, func(r failureRow) []any { return []any{r.ID} })
	list := make([]Failure, len(rows))
	for i, r := range rows {
		list[i] = r.failure()
	}
	return list, next, nil
}

func (r failureRow) failure() Failure {
	f := Failure{ID: strconv.FormatInt(r.ID, 10), Kind: r.Kind, Attempt: r.Attempt,
		MaxAttempts: r.MaxAttempts, Arguments: string(r.Args)}
	if r.State == string(rivertype.JobStateRetryable) {
		f.NextAt = r.ScheduledAt.UTC()
	}
	var attempts []rivertype.AttemptError
	if err := json.Unmarshal(r.Errors, &attempts); err == nil && len(attempts) > 0 {
		last := attempts[len(attempts)-1]
		f.Error, f.FailedAt = last.Error, last.At.UTC()
	}
	return f
}

// Retry makes a failed job due at once. ErrNotFailed when it is not among the
// Failures.
func (q *Queue) Retry(ctx context.Context, id string) error {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return ErrNotFailed.Because(err)
	}
	return q.d.InTx(ctx, func(ctx context.Context) error {
		var state string
		err := q.d.Conn(ctx).Get(ctx, &state, `SELECT state FROM river_job WHERE id = $1`, n)
		if errors.Is(err, db.ErrNoRows) ||
			err == nil && state != string(rivertype.JobStateRetryable) && state != string(rivertype.JobStateDiscarded) {
			return ErrNotFailed
		}
		if err == nil {
			_, err = q.inserts.JobRetryTx(ctx, q.d.Tx(ctx), n)
		}
		if err != nil {
			return fmt.Errorf("jobs: retry %s: %w", id, err)
		}
		return nil
	})
}

// PutAway ends a failed job for good: it is not tried again. ErrNotFailed when
// it is not among the Failures. It gives what was put away, for the record.
func (q *Queue) PutAway(ctx context.Context, id string) (Failure, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return Failure{}, ErrNotFailed.Because(err)
	}
	var list []failureRow
	err = q.d.InTx(ctx, func(ctx context.Context) error {
		return q.d.Conn(ctx).Select(ctx, &list, `UPDATE river_job SET state = 'cancelled', finalized_at = COALESCE(finalized_at, CURRENT_TIMESTAMP)
			WHERE id = $1 AND state IN ('retryable', 'discarded')
			RETURNING id, kind, state, attempt, max_attempts, scheduled_at, args, '' AS errors`, n)
	})
	if err != nil {
		return Failure{}, fmt.Errorf("jobs: put away %s: %w", id, err)
	}
	if len(list) == 0 {
		return Failure{}, ErrNotFailed
	}
	return list[0].failure(), nil
}

// Stuck is how many jobs of a kind failed and are not done.
type Stuck struct {
	Kind    string `db:"kind"`
	Trying  int    `db:"trying"`   // will be tried again
	GivenUp int    `db:"given_up"` // wait for Retry or PutAway
}

// FailuresByKind counts the failures, on an index.
func (q *Queue) FailuresByKind(ctx context.Context) ([]Stuck, error) {
	var list []Stuck
	err := q.d.Conn(ctx).Select(ctx, &list, `SELECT kind,
			COUNT(CASE WHEN state = 'retryable' THEN 1 END) AS trying,
			COUNT(CASE WHEN state = 'discarded' THEN 1 END) AS given_up
		FROM river_job WHERE state IN ('retryable', 'discarded') GROUP BY kind ORDER BY kind`)
	if err != nil {
		return nil, fmt.Errorf("jobs: count failures: %w", err)
	}
	return list, nil
}

// Load is how many jobs of a kind stand where.
type Load struct {
	Kind    string `db:"kind"`
	Waiting int    `db:"waiting"` // due now or later
	Running int    `db:"running"`
	Failed  int    `db:"failed"` // among the Failures
}

// Loads counts the jobs that are not done, by kind.
func (q *Queue) Loads(ctx context.Context) ([]Load, error) {
	var list []Load
	err := q.d.Conn(ctx).Select(ctx, &list, `SELECT kind,
			COUNT(CASE WHEN state IN ('available', 'scheduled', 'pending') THEN 1 END) AS waiting,
			COUNT(CASE WHEN state = 'running' THEN 1 END) AS running,
			COUNT(CASE WHEN state IN ('retryable', 'discarded') THEN 1 END) AS failed
		FROM river_job WHERE state IN ('available', 'scheduled', 'pending', 'running', 'retryable', 'discarded')
		GROUP BY kind ORDER BY kind`)
	if err != nil {
		return nil, fmt.Errorf("jobs: count: %w", err)
	}
	return q.withNotes(ctx, list)
}

// withNotes adds what waits to be done together.
func (q *Queue) withNotes(ctx context.Context, list []Load) ([]Load, error) {
	q.mu.RLock()
	none := len(q.groups) == 0
	q.mu.RUnlock()
	if none {
		return list, nil
	}
	var more []Load
	err := q.d.Conn(ctx).Select(ctx, &more, `SELECT kind, COUNT(*) AS waiting, 0 AS running, 0 AS failed FROM jobs_note GROUP BY kind`)
	if err != nil {
		return nil, fmt.Errorf("jobs: count: %w", err)
	}
	for _, x := range more {
		if i := slices.IndexFunc(list, func(l Load) bool { return l.Kind == x.Kind }); i >= 0 {
			list[i].Waiting += x.Waiting
			continue
		}
		list = append(list, x)
	}
	slices.SortFunc(list, func(a, b Load) int { return cmp.Compare(a.Kind, b.Kind) })
	return list, nil
}

// Backlog counts the jobs that are due now or being done, on an index, and
// what the polls would find.
func (q *Queue) Backlog(ctx context.Context) (int, error) {
	var n int
	err := q.d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM river_job WHERE state IN ('available', 'running')`)
	if err != nil {
		return 0, fmt.Errorf("jobs: count what is due: %w", err)
	}
	polls, err := q.pollsDue(ctx)
	return n + polls, err
}

// RetryKind makes up to MaxLimit failed jobs of a kind due at once and says how
// many.
func (q *Queue) RetryKind(ctx context.Context, kind string) (int, error) {
	var ids []int64
	err := q.d.InTx(ctx, func(ctx context.Context) error {
		err := q.d.Conn(ctx).Select(ctx, &ids, `SELECT id FROM river_job
			WHERE kind = $1 AND state IN ('retryable', 'discarded') ORDER BY id LIMIT $2`, kind, db.MaxLimit)
		if err != nil {
			return fmt.Errorf("jobs: find failed of %s: %w", kind, err)
		}
		for _, id := range ids {
			if _, err := q.inserts.JobRetryTx(ctx, q.d.Tx(ctx), id); err != nil {
				return fmt.Errorf("jobs: retry %d: %w", id, err)
			}
		}
		return nil
	})
	return len(ids), err
}

// GivenUp counts the jobs that failed as often as they are tried and wait for
// somebody to look, on an index.
func (q *Queue) GivenUp(ctx context.Context) (int, error) {
	var n int
	err := q.d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM river_job WHERE state = 'discarded'`)
	if err != nil {
		return 0, fmt.Errorf("jobs: count what was given up: %w", err)
	}
	return n, nil
}
