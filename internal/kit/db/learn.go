package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// learnFrom is how large a table must be for Learn to look at it, in bytes.
// What is known of a small table would be wrong soon: a plan made for an empty
// one reads all of it, and is kept while it fills.
const learnFrom = 1 << 16

// Learn lets PostgreSQL know of the tables that were filled just now, instead
// of in the minutes until it looks by itself; until then its plans are for
// empty ones, and some read a whole table where an index would do. It may
// be part of the transaction that filled them. SQLite's plans do not depend on it,
// and with what its ANALYZE keeps they would be made for every run; see forgetSamples.
func (d *DB) Learn(ctx context.Context) error {
	if d.engine != Postgres {
		return nil
	}
	c := d.Conn(ctx)
	var tables []string
	err := c.Select(ctx, &tables, `SELECT relname FROM pg_class
		WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) >= $1 ORDER BY relname`, learnFrom)
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	for _, t := range tables {
		if _, err := c.Exec(ctx, "ANALYZE "+pgx.Identifier{t}.Sanitize()); err != nil {
			return fmt.Errorf("learn of %s: %w", t, err)
		}
	}
	return nil
}
