package db

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jmoiron/sqlx"
)

// plainly asks the driver past database/sql, which makes a value of each column
// before it is put where it belongs. It is not done in a transaction, for reads
// by names, and when the connection was lost before anything was sent.
func (c *Conn) plainly(ctx context.Context, from runner, reads []Read) (done bool, err error) {
	pool, ok := from.(*sqlx.DB)
	if !ok || c.d.engine != Postgres || slices.ContainsFunc(reads, func(r Read) bool { return r.rows == nil }) {
		return false, nil
	}
	err = askPlainly(ctx, pool, reads)
	return !errors.Is(err, driver.ErrBadConn), mapErr(err)
}

// askPlainly fails with driver.ErrBadConn when nothing was sent.
func askPlainly(ctx context.Context, pool *sqlx.DB, reads []Read) error {
	conn, err := pool.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() // tells again what Raw has told
	return conn.Raw(func(c any) error {
		err := ask(ctx, c.(*pipeConn).Conn.Conn(), reads)
		if err != nil && pgconn.SafeToRetry(err) {
			return driver.ErrBadConn
		}
		return err
	})
}

// ask asks one query, or several in one message.
func ask(ctx context.Context, pg *pgx.Conn, reads []Read) error {
	if len(reads) == 1 {
		rows, err := pg.Query(ctx, reads[0].query, reads[0].args...)
		if err != nil {
			return err
		}
		return reads[0].plain(rows, pg.TypeMap())
	}
	var b pgx.Batch
	for _, r := range reads {
		b.Queue(r.query, r.args...)
	}
	answers := pg.SendBatch(ctx, &b)
	for _, r := range reads {
		rows, err := answers.Query()
		if err == nil {
			err = r.plain(rows, pg.TypeMap())
		}
		if err != nil {
			_ = answers.Close() // tells the same again
			return err
		}
	}
	return answers.Close()
}

// plain reads the driver's rows.
func (r Read) plain(rows pgx.Rows, types *pgtype.Map) error {
	err := r.rows(plainRows{rows, types})
	rows.Close()
	return cmp.Or(err, rows.Err())
}

// plainRows are the driver's rows.
type plainRows struct {
	pgx.Rows
	types *pgtype.Map
}

// Scan puts the columns of a row where dest says, as sql.Rows does.
func (r plainRows) Scan(dest ...any) error {
	raw, fields := r.RawValues(), r.FieldDescriptions()
	if len(raw) != len(dest) {
		return fmt.Errorf("db: %d columns for %d places", len(raw), len(dest))
	}
	for i, d := range dest {
		f := &fields[i]
		if text, ok := d.(*string); ok && f.DataTypeOID == pgtype.TextOID && raw[i] != nil {
			*text = string(raw[i])
			continue
		}
		if err := r.types.Scan(f.DataTypeOID, f.Format, raw[i], d); err != nil {
			return pgx.ScanArgError{ColumnIndex: i, FieldName: f.Name, Err: err}
		}
	}
	return nil
}
