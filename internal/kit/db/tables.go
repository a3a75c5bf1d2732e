package db

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/pressly/goose/v3"
)

// Kind is what a column holds. The migrations know four types, so that the
// same SQL runs on both engines.
type Kind string

// Kinds of columns.
const (
	Number Kind = "number" // BIGINT
	Truth  Kind = "truth"  // BOOLEAN
	Text   Kind = "text"   // TEXT
	Moment Kind = "moment" // TIMESTAMP, UTC
)

// Column is a column of a table.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

// Table is a table of the modules.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
}

// foreign are tables of libraries: the migrations' own book, the job queue, and
// what SQLite keeps for itself.
var foreign = regexp.MustCompile(`^(goose_|river_|sqlite_)`)

// Tables lists the tables of the modules in the order in which they were made,
// so that one that refers to another comes after it. A column of a type that
// the migrations do not use is an error.
func (d *DB) Tables(ctx context.Context) ([]Table, error) {
	var rows []struct {
		Name   string `db:"name"`
		Column string `db:"col"`
		Type   string `db:"type"`
	}
	query := `SELECT m.name AS name, c.name AS col, upper(c.type) AS type
		FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.rowid, c.cid`
	if d.engine == Postgres {
		query = `SELECT r.relname AS name, a.attname AS col, upper(format_type(a.atttypid, NULL)) AS type
			FROM pg_class r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
			WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition AND r.relnamespace = current_schema()::regnamespace
			ORDER BY r.oid, a.attnum`
	}
	if err := d.Conn(ctx).Select(ctx, &rows, query); err != nil {
		return nil, fmt.Errorf("db: list tables: %w", err)
	}
	var list []Table
	for _, r := range rows {
		if foreign.MatchString(r.Name) {
			continue
		}
		kind, ok := kindOf(r.Type)
		if !ok {
			return nil, fmt.Errorf("db: %s.%s is of type %s, which the migrations do not use", r.Name, r.Column, r.Type)
		}
		if len(list) == 0 || list[len(list)-1].Name != r.Name {
			list = append(list, Table{Name: r.Name})
		}
		last := &list[len(list)-1]
		last.Columns = append(last.Columns, Column{r.Column, kind})
	}
	return list, nil
}

func kindOf(declared string) (Kind, bool) {
	switch {
	case declared == "BIGINT", declared == "INTEGER", declared == "SMALLINT":
		return Number, true
	case declared == "BOOLEAN":
		return Truth, true
	case declared == "TEXT", strings.HasPrefix(declared, "CHARACTER"):
		return Text, true
	case strings.HasPrefix(declared, "TIMESTAMP"):
		return Moment, true
	}
	return "", false
}

// Applied lists the migrations the database has, oldest first; none when it is
// empty.
func (d *DB) Applied(ctx context.Context, sources []Source) ([]int64, error) {
	p, err := d.provider(sources)
	if err != nil {
		return nil, err
	}
	all, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("db: read migrations: %w", mapErr(err))
	}
	var list []int64
	for _, m := range all {
		if m.State == goose.StateApplied {
			list = append(list, m.Source.Version)
		}
	}
	return list, nil
}

// MigrateTo applies just these migrations to an empty database: the schema of
// an earlier release. It fails before the first when the program does not have
// one of them.
func (d *DB) MigrateTo(ctx context.Context, sources []Source, versions []int64) error {
	p, err := d.provider(sources)
	if err != nil {
		return err
	}
	known := map[int64]bool{}
	for _, s := range p.ListSources() {
		known[s.Version] = true
	}
	for _, v := range versions {
		if !known[v] {
			return fmt.Errorf("db: this release has no migration %d: a later release is needed", v)
		}
	}
	for _, v := range versions {
		if _, err := p.ApplyVersion(ctx, v, true); err != nil {
			return fmt.Errorf("db: migrate: %w", err)
		}
	}
	return nil
}
