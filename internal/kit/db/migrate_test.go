package db_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

func TestMigrateIsForwardAndSaysWhereItStands(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		first := source("a", "20261122990001_a_one.sql", `CREATE TABLE a_one (id TEXT PRIMARY KEY);`)
		second := source("b", "20261122990002_b_two.sql", `CREATE TABLE b_two (id TEXT PRIMARY KEY);`)
		check := func(sources []db.Source, ok, newer bool, pending int) {
			t.Helper()
			s, err := d.Schema(ctx, sources)
			if err != nil || s.OK() != ok || s.Newer() != newer || s.Pending != pending {
				t.Errorf("schema %+v, %v", s, err)
			}
		}
		check([]db.Source{first}, false, false, 1)
		must(t, d.Migrate(ctx, []db.Source{first}))
		must(t, d.Migrate(ctx, []db.Source{first}))
		check([]db.Source{first}, true, false, 0)
		check([]db.Source{second, first}, false, false, 1)
		must(t, d.Migrate(ctx, []db.Source{second, first}))
		check([]db.Source{first, second}, true, false, 0)
		check([]db.Source{first}, false, true, 0)
		_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO b_two (id) VALUES ('x')`)
		must(t, err)
	})
}

func TestFailedMigrationLeavesNothing(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		broken := []db.Source{source("a", "20261122990001_a_one.sql", "CREATE TABLE a_one (id TEXT PRIMARY KEY);\nCREATE TABLE a_one (id TEXT);")}
		if err := d.Migrate(ctx, broken); err == nil {
			t.Fatal("no error")
		}
		if s, err := d.Schema(ctx, broken); err != nil || s.Pending != 1 {
			t.Errorf("schema %+v, %v", s, err)
		}
		if _, err := d.Conn(ctx).Exec(ctx, `INSERT INTO a_one (id) VALUES ('x')`); err == nil {
			t.Error("half of the migration is there")
		}
	})
}

func TestMigrationsThatCannotBeOrdered(t *testing.T) {
	d, err := db.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "deep", "x.db"), db.Options{})
	must(t, err)
	defer d.Close()
	const body = `CREATE TABLE a_one (id TEXT PRIMARY KEY);`
	for want, sources := range map[string][]db.Source{
		"is in a and in b":      {source("a", "20261122990001_a.sql", body), source("b", "20261122990001_b.sql", body)},
		"has no version":        {source("a", "one.sql", body)},
		"no migrations":         nil,
		"module a has no migra": {source("a", "readme.txt", body)},
	} {
		if err := d.Migrate(context.Background(), sources); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A migration that wants a table which others hold gives up soon, lets them on
// and tries again; two that migrate at once follow one another.
func TestMigratingBesideThoseWhoWork(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		first := source("a", "20261122990001_a_one.sql", `CREATE TABLE a_one (id TEXT PRIMARY KEY);`)
		second := source("b", "20261122990002_b_two.sql", `ALTER TABLE a_one ADD COLUMN name TEXT NOT NULL DEFAULT '';`)
		must(t, d.Migrate(ctx, []db.Source{first}))
		up := func() error {
			return d.Migrating(ctx, func(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, []db.Source{first, second}) })
		}
		done := make(chan error, 2)
		write := func(ctx context.Context, id string) error {
			_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO a_one (id) VALUES ($1)`, id)
			return err
		}
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			must(t, write(ctx, "long"))
			go func() { done <- up() }()
			go func() { done <- up() }()
			if d.Engine() == db.SQLite {
				return nil // one writer: the migration waits for its turn
			}
			select {
			case err := <-done:
				t.Errorf("migrated a table that is in use: %v", err)
			case <-time.After(2500 * time.Millisecond): // longer than it waits for the table
			}
			return d.InTx(context.Background(), func(ctx context.Context) error { return write(ctx, "beside") })
		}))
		must(t, <-done)
		must(t, <-done)
		must(t, write(ctx, "after"))
		if s, err := d.Schema(ctx, []db.Source{first, second}); err != nil || !s.OK() {
			t.Errorf("schema %+v, %v", s, err)
		}
	})
}
