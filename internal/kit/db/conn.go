package db

import (
	"context"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"
)

type runner interface {
	sqlx.QueryerContext
	sqlx.ExecerContext
}

// Conn runs statements: in the transaction of the context it was made for, or
// outside one. Errors are mapped: ErrNoRows, Unique, and the errs of a full
// disk or a lost database.
type Conn struct {
	d      *DB
	reader runner
	writer runner
	tx     *sqlx.Tx
	old    *standby // reader may be slightly old: what it cannot answer, d.read can
}

// Conn gives what is right for ctx: the transaction's connection inside InTx,
// else the read pool for queries and the write pool for Exec.
func (d *DB) Conn(ctx context.Context) *Conn {
	if t := d.current(ctx); t != nil {
		return &Conn{d: d, reader: t.tx, writer: t.tx, tx: t.tx}
	}
	if IsStale(ctx) && d.old.usable() {
		return &Conn{d: d, reader: d.old.pool, writer: d.write, old: d.old}
	}
	return &Conn{d: d, reader: d.read, writer: d.write}
}

// Get reads one row into dest (a struct with db tags, or a scalar);
// ErrNoRows when there is none.
func (c *Conn) Get(ctx context.Context, dest any, query string, args ...any) error {
	defer c.watch(ctx, time.Now(), query)
	err := mapErr(sqlx.GetContext(ctx, c.reader, dest, query, args...))
	if c.askPrimary(ctx, err) {
		err = mapErr(sqlx.GetContext(ctx, c.d.read, dest, query, args...))
	}
	return err
}

// Select reads all rows into the slice dest points to.
func (c *Conn) Select(ctx context.Context, dest any, query string, args ...any) error {
	defer c.watch(ctx, time.Now(), query)
	err := mapErr(sqlx.SelectContext(ctx, c.reader, dest, query, args...))
	if c.askPrimary(ctx, err) {
		empty(dest)
		err = mapErr(sqlx.SelectContext(ctx, c.d.read, dest, query, args...))
	}
	return err
}

// Exec runs a statement and gives the number of rows it touched.
func (c *Conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	defer c.watch(ctx, time.Now(), query)
	if c.tx == nil {
		if err := c.d.takeTurn(ctx); err != nil {
			return 0, err
		}
		defer c.d.endTurn()
	}
	res, err := c.writer.ExecContext(ctx, query, args...)
	if err != nil {
		err = mapErr(err)
		c.d.noteFull(err)
		return 0, err
	}
	return res.RowsAffected()
}

// ExecNamed runs a statement with :name placeholders taken from the db tags
// of arg (a struct, a map, or a slice of structs for a many-row INSERT).
func (c *Conn) ExecNamed(ctx context.Context, query string, arg any) (int64, error) {
	q, args, err := c.named(query, arg)
	if err != nil {
		return 0, err
	}
	return c.Exec(ctx, q, args...)
}

func (c *Conn) named(query string, arg any) (string, []any, error) {
	q, args, err := sqlx.Named(query, arg)
	if err == nil && c.d.engine == Postgres {
		q = sqlx.Rebind(sqlx.DOLLAR, q)
	}
	return q, args, err
}

// Rows runs a query whose rows are read one by one; the caller closes them.
func (c *Conn) Rows(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	rows, err := c.reader.QueryxContext(ctx, query, args...)
	if err = mapErr(err); c.askPrimary(ctx, err) {
		rows, err = c.d.read.QueryxContext(ctx, query, args...)
		err = mapErr(err)
	}
	return rows, err
}

func (c *Conn) watch(ctx context.Context, start time.Time, query string) {
	took := time.Since(start)
	if took < c.d.slow {
		return
	}
	// The statement, never its arguments: they may be somebody's data.
	c.d.log.LogAttrs(ctx, slog.LevelWarn, "slow query",
		slog.Duration("took", took), slog.String("sql", squeeze(query)))
}
