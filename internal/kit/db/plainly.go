package db

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jmoiron/sqlx"
)

// plainly asks the driver past database/sql, which makes a value of each column
// before it is put where it belongs. driver.ErrBadConn says that the connection
// was lost before anything was sent: then it is asked again with another.
func plainly(ctx context.Context, pool *sqlx.DB, r Read) error {
	conn, err := pool.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() // tells again what Raw has told
	return conn.Raw(func(c any) error {
		pg := c.(*pipeConn).Conn.Conn()
		rows, err := pg.Query(ctx, r.query, r.args...)
		if err == nil {
			err = r.rows(plainRows{rows, pg.TypeMap()})
			rows.Close()
		}
		if err == nil {
			err = rows.Err()
		}
		if err != nil && pgconn.SafeToRetry(err) {
			return driver.ErrBadConn
		}
		return err
	})
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
