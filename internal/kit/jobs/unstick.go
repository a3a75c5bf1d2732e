package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river/rivertype"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
)

// Unstick makes due what only a wrong clock can have put off: jobs that are
// ready to run and dated later than now, and retries later than the longest
// pause between two tries. It says how many.
func (q *Queue) Unstick(ctx context.Context) (int, error) {
	now := q.clock.Now()
	var ids []int64
	err := q.d.InTx(ctx, func(ctx context.Context) error {
		err := q.d.Conn(ctx).Select(ctx, &ids, `SELECT id FROM river_job
			WHERE state = 'available' AND scheduled_at > $1 OR state = 'retryable' AND scheduled_at > $2`,
			now.Add(time.Minute), now.Add(backoff(maxAttempts)+time.Hour))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := q.inserts.JobRetryTx(ctx, q.d.Tx(ctx), id); err != nil && !errors.Is(err, rivertype.ErrNotFound) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("jobs: bring forward what a wrong clock put off: %w", err)
	}
	return len(ids), nil
}

// guarded lets the library keep its rows on SQLite by the guarded clock: there
// the process's clock is the only one. On PostgreSQL it asks the server's, which
// is the same for all processes.
type guarded struct{ *clock.Guard }

func (g guarded) NowUTC() time.Time { return g.Now() }

func (g guarded) NowUTCOrNil() *time.Time {
	now := g.Now()
	return &now
}

func (q *Queue) times() rivertype.TimeGenerator {
	if g, ok := q.clock.(*clock.Guard); ok && q.d.Engine() == db.SQLite {
		return guarded{g}
	}
	return nil
}
