package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"yimen/internal/kit/db"
)

// driver is River's view of our own pool, so that its rows are written in our
// transactions.
func driver(d *db.DB) riverdriver.Driver[*sql.Tx] {
	if d.Engine() == db.SQLite {
		return riversqlite.New(d.SQL())
	}
	return riverdatabasesql.New(d.SQL())
}

// Migrate brings the queue's own tables (river_…) to the version of the
// library. Safe to run again.
func Migrate(ctx context.Context, d *db.DB) error {
	m, err := rivermigrate.New(driver(d), &rivermigrate.Config{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		return fmt.Errorf("jobs: migrations: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("jobs: migrate: %w", err)
	}
	return dropUnused(ctx, d)
}

// dropUnused removes two indexes of the library over the arguments and the
// metadata of jobs, for looking into JSON. Nothing here does, and keeping them
// was a large part of what it cost to insert a job and to note that it is done.
func dropUnused(ctx context.Context, d *db.DB) error {
	if d.Engine() == db.SQLite {
		return nil // has none
	}
	for _, name := range []string{"river_job_args_index", "river_job_metadata_index"} {
		if _, err := d.SQL().ExecContext(ctx, "DROP INDEX IF EXISTS "+name); err != nil {
			return fmt.Errorf("jobs: drop %s: %w", name, err)
		}
	}
	return nil
}

// Migrated says whether the queue's tables are those this release needs.
func Migrated(ctx context.Context, d *db.DB) (bool, error) {
	m, err := rivermigrate.New(driver(d), &rivermigrate.Config{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		return false, fmt.Errorf("jobs: migrations: %w", err)
	}
	res, err := m.Validate(ctx)
	if err != nil {
		return false, fmt.Errorf("jobs: read schema version: %w", err)
	}
	return res.OK, nil
}

// SchemaName tells one layout of the queue's tables from another.
const SchemaName = "river main 6"
