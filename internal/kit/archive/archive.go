package archive

import (
	"context"
	"embed"
	"fmt"
	"io"
	"sync"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
var Migrations = db.Embedded("archive", migrations)

// Table is what can be put away.
type Table struct {
	db.Yearly
	// Ready refuses a year in which something may still be written.
	Ready func(ctx context.Context, from, to string) error
	// Unguard and Guard, unless nil, are called around the removal, in its
	// transaction, for a table that refuses to lose rows.
	Unguard, Guard func(ctx context.Context) error
}

// Files is where the archives are kept.
type Files interface {
	Save(ctx context.Context, name, declared string, r io.Reader, owner string) (files.File, error)
	Open(ctx context.Context, id string) (io.ReadCloser, files.File, error)
	Delete(ctx context.Context, id string) error
}

// Archive is the archives of a city. Safe for concurrent use.
type Archive struct {
	d      *db.DB
	files  Files
	clock  clock.Clock
	tables []db.Yearly
	after  func(ctx context.Context) error // of Prepare

	mu   sync.Mutex
	open []*opened // the last few parts that were read
}

// New gives the archives of a database that has the Migrations; tables are
// those that are kept by years. after is what new partitions need, or nil.
func New(d *db.DB, f Files, c clock.Clock, tables []db.Yearly, after func(ctx context.Context) error) *Archive {
	return &Archive{d: d, files: f, clock: c, tables: tables, after: after}
}

// Workers prepares, once a day, the partitions of the years to come.
func (a *Archive) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "archive.years", 24*time.Hour, a.Prepare)
}

// Prepare makes the partitions of this year and the next, and lets PostgreSQL
// learn of the tables as wholes, which it does not by itself.
func (a *Archive) Prepare(ctx context.Context) error {
	year := a.clock.Now().In(clock.Beijing).Year()
	if err := a.d.MakeYears(ctx, a.tables, year, year+1); err != nil {
		return err
	}
	if a.d.Engine() != db.Postgres {
		return nil
	}
	if a.after != nil {
		if err := a.after(ctx); err != nil {
			return err
		}
	}
	for _, t := range a.tables {
		if _, err := a.d.Conn(ctx).Exec(ctx, "ANALYZE "+t.Table); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
	}
	return nil
}

// Year is a year of a table that was put away.
type Year struct {
	Table string    `db:"of_table"`
	Year  int       `db:"year"`
	Lines int       `db:"lines"`
	At    time.Time `db:"archived_at"`
	By    string    `db:"archived_by"`
}

// Years lists what was put away, the oldest first.
func (a *Archive) Years(ctx context.Context) ([]Year, error) {
	var list []Year
	err := a.d.Conn(ctx).Select(ctx, &list, `SELECT of_table, year, lines, archived_at, archived_by FROM archive_year ORDER BY year, of_table`)
	if err != nil {
		return nil, fmt.Errorf("archive: list: %w", err)
	}
	return list, nil
}

// Lines is how many rows of a table are put away.
func (a *Archive) Lines(ctx context.Context, table string) (int, error) {
	var n int
	err := a.d.Conn(ctx).Get(ctx, &n, `SELECT COALESCE(SUM(lines), 0) FROM archive_year WHERE of_table = $1`, table)
	if err != nil {
		return 0, fmt.Errorf("archive: count: %w", err)
	}
	return n, nil
}
