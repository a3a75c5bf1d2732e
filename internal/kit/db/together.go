package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/jmoiron/sqlx"
)

// Read is one of several queries asked together: see One and All.
type Read struct {
	dest    any
	one     bool
	missing error
	rows    func(cursor) error // instead of dest
	query   string
	args    []any
}

// One reads one row into dest, as Conn.Get does. Without a row Together fails
// with missing; nil leaves dest as it is.
func One(dest any, missing error, query string, args ...any) Read {
	return Read{dest: dest, one: true, missing: missing, query: query, args: args}
}

// All reads every row into the slice dest points to, as Conn.Select does.
func All(dest any, query string, args ...any) Read {
	return Read{dest: dest, query: query, args: args}
}

// cursor is rows one after another: database/sql's, or the driver's own.
type cursor interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
}

// Scanned is All without looking at names: columns gives the places of a row's
// columns in their order. It spares what every request asks the reflection, and
// on PostgreSQL database/sql; see plainly.
func Scanned[T any](dest *[]T, columns func(*T) []any, query string, args ...any) Read {
	return Read{query: query, args: args, rows: func(rows cursor) error {
		*dest = (*dest)[:0]
		var row, none T
		places := columns(&row)
		for rows.Next() {
			row = none
			if err := rows.Scan(places...); err != nil {
				return err
			}
			*dest = append(*dest, row)
		}
		return rows.Err()
	}}
}

// Together asks several queries that do not need one another's answers. On
// PostgreSQL they are sent and answered in one message; one after another, each
// seeing what is committed when its turn comes, as if asked alone. The first
// error is returned; what comes after it is not read.
func (c *Conn) Together(ctx context.Context, reads ...Read) error {
	if c.d.engine != Postgres || len(reads) < 2 {
		for _, r := range reads {
			if err := c.read(ctx, r); err != nil {
				return err
			}
		}
		return nil
	}
	defer c.watch(ctx, time.Now(), reads[0].query)
	leave, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	ask := func(from runner) error {
		if done, err := c.plainly(ctx, from, reads); done {
			return err
		}
		return mapErr(together(ctx, from, reads))
	}
	err = ask(c.reader)
	if c.askPrimary(ctx, err) {
		err = ask(c.d.read)
	}
	return err
}

func together(ctx context.Context, from runner, reads []Read) error {
	rows, err := from.QueryxContext(context.WithValue(ctx, togetherKey{}, reads), reads[0].query, reads[0].args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for i, r := range reads {
		if i > 0 && !rows.NextResultSet() {
			return errors.Join(rows.Err(), fmt.Errorf("together: answer %d is not there", i))
		}
		if err := r.scan(rows.Rows); err != nil {
			return err
		}
	}
	return rows.Close()
}

func (c *Conn) read(ctx context.Context, r Read) error {
	if r.rows != nil {
		return c.scanned(ctx, r)
	}
	if !r.one {
		return c.Select(ctx, r.dest, r.query, r.args...)
	}
	err := c.Get(ctx, r.dest, r.query, r.args...)
	if errors.Is(err, sql.ErrNoRows) {
		return r.missing
	}
	return err
}

func (c *Conn) scanned(ctx context.Context, r Read) error {
	defer c.watch(ctx, time.Now(), r.query)
	leave, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	ask := func(from runner) error {
		if done, err := c.plainly(ctx, from, []Read{r}); done {
			return err
		}
		rows, err := from.QueryContext(ctx, r.query, r.args...)
		if err != nil {
			return mapErr(err)
		}
		defer rows.Close()
		return mapErr(cmp.Or(r.rows(rows), rows.Close()))
	}
	err = ask(c.reader)
	if c.askPrimary(ctx, err) {
		err = ask(c.d.read)
	}
	return err
}

// togetherKey carries what is asked together past database/sql, which knows of
// answers with several sets of rows, to pipeConn.
type togetherKey struct{}

// scan reads one set of rows.
func (r Read) scan(rows *sql.Rows) error {
	if r.rows != nil {
		return r.rows(rows)
	}
	dest := reflect.ValueOf(r.dest).Elem()
	if !r.one {
		dest.SetLen(0)
		return scanAll(rows, dest)
	}
	list := reflect.New(reflect.SliceOf(dest.Type())).Elem()
	if err := scanAll(rows, list); err != nil {
		return err
	}
	if list.Len() == 0 {
		return r.missing
	}
	dest.Set(list.Index(0))
	return nil
}

// scanAll appends every row to a slice of structs, of pointers to structs, or
// of values of one column.
func scanAll(rows *sql.Rows, list reflect.Value) error {
	of := list.Type().Elem()
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() == reflect.Struct && !reflect.PointerTo(of).Implements(scannerType) {
		return sqlx.StructScan(rows, list.Addr().Interface())
	}
	for rows.Next() {
		v := reflect.New(list.Type().Elem())
		if err := rows.Scan(v.Interface()); err != nil {
			return err
		}
		list.Set(reflect.Append(list, v.Elem()))
	}
	return rows.Err()
}

var scannerType = reflect.TypeFor[sql.Scanner]()
