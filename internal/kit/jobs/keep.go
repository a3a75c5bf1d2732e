package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
)

// Kept is a job not yet done, as a backup keeps it: the same on both engines.
type Kept struct {
	Kind     string          `json:"kind"`
	Args     json.RawMessage `json:"args"`
	Priority int             `json:"priority"`
	At       time.Time       `json:"at"`               // due, UTC
	Unique   []byte          `json:"unique,omitempty"` // see Unique, hashed
}

// keptPage is how many jobs are read or inserted at a time.
const keptPage = 1000

// Keep gives every job not yet done to fn, oldest first: those that wait, run
// or failed. Inside a transaction or a Snapshot of the database only.
func (q *Queue) Keep(ctx context.Context, fn func(Kept) error) error {
	var after int64
	for {
		var ids []int64
		err := q.d.Conn(ctx).Select(ctx, &ids, `SELECT id FROM river_job WHERE id > $1
			AND state NOT IN ('completed', 'cancelled') ORDER BY id LIMIT $2`, after, keptPage)
		if err != nil {
			return fmt.Errorf("jobs: read what waits: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		after = ids[len(ids)-1]
		rows, err := q.driver.UnwrapExecutor(q.d.Tx(ctx)).JobGetByIDMany(ctx, &riverdriver.JobGetByIDManyParams{ID: ids})
		if err != nil {
			return fmt.Errorf("jobs: read what waits: %w", err)
		}
		for _, r := range rows {
			if err := fn(Kept{Kind: r.Kind, Args: r.EncodedArgs, Priority: r.Priority, At: r.ScheduledAt.UTC(), Unique: r.UniqueKey}); err != nil {
				return err
			}
		}
	}
}

// Bring inserts kept jobs, to be done from the first attempt on.
func (q *Queue) Bring(ctx context.Context, list []Kept) error {
	return q.d.InTx(ctx, func(ctx context.Context) error {
		for page := range slices.Chunk(list, keptPage) {
			many := make([]river.InsertManyParams, len(page))
			for i, k := range page {
				many[i] = river.InsertManyParams{Args: payload{kind: k.Kind, raw: k.Args, key: k.Unique},
					InsertOpts: &river.InsertOpts{Priority: k.Priority, ScheduledAt: k.At}}
			}
			if _, err := q.inserts.InsertManyTx(ctx, q.d.Tx(ctx), many); err != nil {
				return fmt.Errorf("jobs: bring back: %w", err)
			}
		}
		return nil
	})
}
