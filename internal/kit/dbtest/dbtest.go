package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"sort"
	"testing"
	"time"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/jobs"
)

// serverVar names the PostgreSQL server that tests may use.
const serverVar = "YIMEN_TEST_POSTGRES"

// Each runs fn as the subtests "sqlite" and, when YIMEN_TEST_POSTGRES is set,
// "postgres", each on a fresh database with the migrations of sources.
func Each(t *testing.T, sources []db.Source, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, Open(t, sources)) })
	if HasPostgres() {
		t.Run("postgres", func(t *testing.T) { fn(t, openPostgres(t, sources)) })
	}
}

// Bench is Each for benchmarks.
func Bench(b *testing.B, sources []db.Source, fn func(b *testing.B, d *db.DB)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) { fn(b, Open(b, sources)) })
	if HasPostgres() {
		b.Run("postgres", func(b *testing.B) { fn(b, openPostgres(b, sources)) })
	}
}

func options() db.Options {
	return db.Options{MaxConns: 12, SlowQuery: 10 * time.Second, Log: slog.New(slog.DiscardHandler)}
}

func open(t testing.TB, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), dsn, options())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func migrate(ctx context.Context, d *db.DB, sources []db.Source) error {
	if err := jobs.Migrate(ctx, d); err != nil {
		return err
	}
	if len(sources) == 0 {
		return nil
	}
	if err := d.Migrate(ctx, sources); err != nil {
		return err
	}
	for _, s := range sources {
		if s.Module == audit.Migrations.Module {
			return audit.Protect(ctx, d)
		}
	}
	return nil
}

// key tells one set of migrations from another by all they would run.
func key(e db.Engine, sources []db.Source) (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, e, jobs.SchemaName, audit.Protection(e))
	for _, s := range sources {
		names, err := fs.Glob(s.Files, "*.sql")
		if err != nil {
			return "", err
		}
		sort.Strings(names)
		for _, name := range names {
			data, err := fs.ReadFile(s.Files, name)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(h, "%s %s %d\n%s\n", s.Module, name, len(data), data)
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:20], nil
}
