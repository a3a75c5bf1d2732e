package cases

import (
	"context"
	"errors"
	"time"

	"yimen/internal/kit/db"
)

// How often a query code may be wrong before its number is closed for a while.
// 23^6 codes at 20 in ten minutes take a hundred years; a hall whose visitors
// share one address is not shut out by one of them.
const (
	maxMisses  = 20
	missWindow = 10 * time.Minute
)

// closed tells whether the number has been tried too often, in whichever
// process. Numbers that do not exist are counted like others, so that they
// answer alike.
func (m *Module) closed(ctx context.Context, number string) (bool, error) {
	var n int
	err := m.db.Conn(ctx).Get(ctx, &n, `SELECT n FROM cases_miss WHERE number = $1 AND since > $2`, number, m.now(ctx).Add(-missWindow))
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return n >= maxMisses, err
}

// missed notes a wrong code. How many rows one address can leave is bounded by
// the rate of the page.
func (m *Module) missed(ctx context.Context, number string) error {
	now := m.now(ctx)
	_, err := m.db.Conn(ctx).Exec(ctx, `INSERT INTO cases_miss (number, since, n) VALUES ($1, $2, 1)
		ON CONFLICT (number) DO UPDATE SET
			n = CASE WHEN cases_miss.since > $3 THEN cases_miss.n + 1 ELSE 1 END,
			since = CASE WHEN cases_miss.since > $3 THEN cases_miss.since ELSE excluded.since END`,
		number, now, now.Add(-missWindow))
	return err
}

// sweepMisses forgets those that close nothing any more.
func (m *Module) sweepMisses(ctx context.Context) error {
	_, err := m.db.Conn(ctx).Exec(ctx, `DELETE FROM cases_miss WHERE since < $1`, m.now(ctx).Add(-missWindow))
	return err
}
