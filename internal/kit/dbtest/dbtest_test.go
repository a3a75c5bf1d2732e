package dbtest_test

import (
	"context"
	"os"
	"testing"
	"testing/fstest"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/jobs"
)

var sources = []db.Source{{Module: "note", Files: fstest.MapFS{
	"20261122990001_note.sql": {Data: []byte("-- +goose Up\nCREATE TABLE note (id TEXT PRIMARY KEY);")},
}}}

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	ctx := context.Background()
	seen := map[string]int{}
	for range 2 {
		dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
			seen[string(d.Engine())]++
			if _, err := d.Conn(ctx).Exec(ctx, "INSERT INTO note (id) VALUES ($1)", "same"); err != nil {
				t.Fatalf("a row of another test is here: %v", err)
			}
			s, err := d.Schema(ctx, sources)
			if err != nil || !s.OK() {
				t.Fatalf("schema %+v, error %v", s, err)
			}
			if ok, err := jobs.Migrated(ctx, d); err != nil || !ok {
				t.Fatalf("job tables migrated: %v, error %v", ok, err)
			}
		})
	}
	if seen["sqlite"] != 2 {
		t.Errorf("SQLite ran %d times, want 2", seen["sqlite"])
	}
	if os.Getenv("YIMEN_TEST_POSTGRES") != "" && seen["postgres"] != 2 {
		t.Errorf("PostgreSQL ran %d times, want 2", seen["postgres"])
	}
}
