package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"testing/fstest"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"yimen/internal/kit/clock"
)

// Source is the migrations of one module: files named
// VERSION_module_what.sql, VERSION being a number that grows over all modules
// (the day and a counter: 202611220201).
type Source struct {
	Module string
	Files  fs.FS
	Years  []Yearly // tables that are kept by years, see ByYear
}

// Embedded is the source of a module whose migrations are embedded in its
// folder migrations/. It panics if there is none: that is fixed at build time.
func Embedded(module string, files fs.FS) Source {
	folder, err := fs.Sub(files, "migrations")
	if err != nil {
		panic("db: migrations of " + module + ": " + err.Error())
	}
	return Source{Module: module, Files: folder}
}

// Schema is where a database stands against the program's migrations.
type Schema struct {
	Current int64 // the newest migration applied; 0: none
	Target  int64 // the newest the program has
	Pending int   // how many are missing
}

// Current says that the database is exactly what the program expects.
func (s Schema) OK() bool { return s.Pending == 0 && s.Current == s.Target }

// Newer says that a later release has already migrated the database.
func (s Schema) Newer() bool { return s.Current > s.Target }

// Migrate brings the database to the newest schema, all modules in one order.
// Each file runs in its own transaction. Then the tables that are kept by years
// have partitions for this year and the next.
func (d *DB) Migrate(ctx context.Context, sources []Source) error {
	p, err := d.provider(sources)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	year := time.Now().In(clock.Beijing).Year()
	return d.MakeYears(ctx, Years(sources), year, year+1)
}

// Years are the tables of all sources that are kept by years.
func Years(sources []Source) []Yearly {
	var all []Yearly
	for _, s := range sources {
		all = append(all, s.Years...)
	}
	return all
}

// Schema compares the database with the program.
func (d *DB) Schema(ctx context.Context, sources []Source) (Schema, error) {
	p, err := d.provider(sources)
	if err != nil {
		return Schema{}, err
	}
	var s Schema
	if s.Current, s.Target, err = p.GetVersions(ctx); err != nil {
		return s, fmt.Errorf("db: read schema version: %w", mapErr(err))
	}
	all, err := p.Status(ctx)
	if err != nil {
		return s, fmt.Errorf("db: read migrations: %w", mapErr(err))
	}
	for _, m := range all {
		if m.State == goose.StatePending {
			s.Pending++
		}
	}
	return s, nil
}

func (d *DB) provider(sources []Source) (*goose.Provider, error) {
	merged, err := merge(sources)
	if err != nil {
		return nil, err
	}
	dialect := database.DialectSQLite3
	if d.engine == Postgres {
		dialect = database.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, d.write.DB, merged, goose.WithAllowOutofOrder(true))
	if err != nil {
		return nil, fmt.Errorf("db: migrations: %w", err)
	}
	return p, nil
}

// merge lays the files of all modules into one folder and refuses a version
// used twice.
func merge(sources []Source) (fs.FS, error) {
	merged := fstest.MapFS{}
	owner := map[string]string{}
	for _, s := range sources {
		names, err := fs.Glob(s.Files, "*.sql")
		if err != nil {
			return nil, err
		}
		sort.Strings(names)
		if len(names) == 0 {
			return nil, fmt.Errorf("db: module %s has no migrations", s.Module)
		}
		for _, name := range names {
			version, _, ok := strings.Cut(name, "_")
			if !ok {
				return nil, fmt.Errorf("db: migration %s/%s has no version", s.Module, name)
			}
			if other, taken := owner[version]; taken {
				return nil, fmt.Errorf("db: migration %s is in %s and in %s", version, other, s.Module)
			}
			owner[version] = s.Module
			data, err := fs.ReadFile(s.Files, name)
			if err != nil {
				return nil, err
			}
			merged[name] = &fstest.MapFile{Data: data}
		}
	}
	if len(merged) == 0 {
		return nil, errors.New("db: no migrations")
	}
	return merged, nil
}
