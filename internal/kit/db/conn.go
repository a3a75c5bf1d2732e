package db

import (
	"context"
	"database/sql"
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
		var in runner = t.tx
		if t.shared {
			in = steady{in}
		}
		return &Conn{d: d, reader: in, writer: in, tx: t.tx}
	}
	if IsStale(ctx) && d.old.usable() {
		return &Conn{d: d, reader: d.old.pool, writer: d.write, old: d.old}
	}
	return &Conn{d: d, reader: d.read, writer: d.write}
}

// enter waits until a connection is free: as they come, and not as database/sql
// would let them in. A transaction has its own.
func (c *Conn) enter(ctx context.Context) (leave func(), err error) {
	if c.tx != nil || c.old != nil {
		return func() {}, nil
	}
	return c.d.places.leave, mapErr(c.d.places.take(ctx, 0, c.d.places.leave))
}

// Get reads one row into dest (a struct with db tags, or a scalar);
// ErrNoRows when there is none.
func (c *Conn) Get(ctx context.Context, dest any, query string, args ...any) error {
	defer c.watch(ctx, time.Now(), query)
	leave, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	err = mapErr(sqlx.GetContext(ctx, c.reader, dest, query, args...))
	if c.askPrimary(ctx, err) {
		err = mapErr(sqlx.GetContext(ctx, c.d.read, dest, query, args...))
	}
	return err
}

// Select reads all rows into the slice dest points to.
func (c *Conn) Select(ctx context.Context, dest any, query string, args ...any) error {
	defer c.watch(ctx, time.Now(), query)
	leave, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	err = mapErr(sqlx.SelectContext(ctx, c.reader, dest, query, args...))
	if c.askPrimary(ctx, err) {
		empty(dest)
		err = mapErr(sqlx.SelectContext(ctx, c.d.read, dest, query, args...))
	}
	return err
}

// Exec runs a statement and gives the number of rows it touched.
func (c *Conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	defer c.watch(ctx, time.Now(), query)
	res, err := c.exec(ctx, query, args)
	if err != nil {
		err = mapErr(err)
		c.d.noteFull(err)
		return 0, err
	}
	return res.RowsAffected()
}

func (c *Conn) exec(ctx context.Context, query string, args []any) (res sql.Result, err error) {
	if c.tx != nil || c.d.writer == nil {
		leave, err := c.enter(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
		return c.writer.ExecContext(ctx, query, args...)
	}
	err = c.d.writer.run(ctx, func(tx *sqlx.Tx) error {
		res, err = tx.ExecContext(ctx, query, args...)
		return err
	})
	return res, err
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
