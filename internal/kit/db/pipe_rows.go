package db

import (
	"database/sql/driver"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// pipeRows are the rows of the last statements of a message, one set for each,
// as database/sql wants them. Closing them ends the message.
type pipeRows struct {
	types   *pgtype.Map
	results pgx.BatchResults
	sets    int // after this one
	rows    pgx.Rows
	names   []string
	read    []func(raw []byte) (driver.Value, error)
	first   bool // the first row has been fetched and not been asked for
	more    bool
	err     error
	ended   bool
}

func newPipeRows(types *pgtype.Map, results pgx.BatchResults, after int) (driver.Rows, error) {
	r := &pipeRows{types: types, results: results, sets: after}
	if err := r.open(); err != nil {
		_ = results.Close() // tells the same again
		return nil, err
	}
	return r, nil
}

// open goes to the next statement's rows.
func (r *pipeRows) open() error {
	var err error
	r.rows, err = r.results.Query()
	if err == nil {
		// Only with the first row is it known that there is no error.
		r.first, r.more = true, r.rows.Next()
		err = r.rows.Err()
	}
	if err != nil {
		r.rows.Close()
		return err
	}
	r.names, r.read = nil, nil
	for _, f := range r.rows.FieldDescriptions() {
		r.names = append(r.names, f.Name)
		r.read = append(r.read, reader(r.types, f.DataTypeOID, f.Format))
	}
	return nil
}

// HasNextResultSet implements driver.RowsNextResultSet.
func (r *pipeRows) HasNextResultSet() bool { return r.sets > 0 }

// NextResultSet implements driver.RowsNextResultSet.
func (r *pipeRows) NextResultSet() error {
	if r.sets == 0 {
		return io.EOF
	}
	r.sets--
	r.rows.Close()
	return r.open()
}

// reader reads values of a type as the driver does for a single statement.
func reader(types *pgtype.Map, oid uint32, format int16) func([]byte) (driver.Value, error) {
	switch oid {
	case pgtype.BoolOID:
		return plain[bool](types, oid, format)
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
		return plain[int64](types, oid, format)
	case pgtype.OIDOID, pgtype.XIDOID, pgtype.CIDOID:
		return valued[pgtype.Uint32](types, oid, format)
	case pgtype.Float4OID, pgtype.Float8OID:
		return plain[float64](types, oid, format)
	case pgtype.ByteaOID, pgtype.JSONOID, pgtype.JSONBOID:
		return plain[[]byte](types, oid, format)
	case pgtype.DateOID:
		return valued[pgtype.Date](types, oid, format)
	case pgtype.TimestampOID:
		return valued[pgtype.Timestamp](types, oid, format)
	case pgtype.TimestamptzOID:
		return valued[pgtype.Timestamptz](types, oid, format)
	case pgtype.NumericOID:
		return valued[pgtype.Numeric](types, oid, format)
	}
	if format == pgtype.TextFormatCode {
		return func(raw []byte) (driver.Value, error) { return string(raw), nil }
	}
	return written(types, oid, format)
}

// written reads any other type as PostgreSQL writes it as text: an array of the
// job queue, say.
func written(types *pgtype.Map, oid uint32, format int16) func([]byte) (driver.Value, error) {
	return func(raw []byte) (driver.Value, error) {
		known, ok := types.TypeForOID(oid)
		if !ok {
			return nil, fmt.Errorf("db: a value of type %d comes in binary format", oid)
		}
		v, err := known.Codec.DecodeValue(types, oid, format, raw)
		if err != nil {
			return nil, err
		}
		text, err := types.Encode(oid, pgtype.TextFormatCode, v, nil)
		return string(text), err
	}
}

func plain[T any](types *pgtype.Map, oid uint32, format int16) func([]byte) (driver.Value, error) {
	var v T
	plan := types.PlanScan(oid, format, &v)
	return func(raw []byte) (driver.Value, error) {
		var v T
		err := plan.Scan(raw, &v)
		return v, err
	}
}

func valued[T driver.Valuer](types *pgtype.Map, oid uint32, format int16) func([]byte) (driver.Value, error) {
	var v T
	plan := types.PlanScan(oid, format, &v)
	return func(raw []byte) (driver.Value, error) {
		var v T
		if err := plan.Scan(raw, &v); err != nil {
			return nil, err
		}
		return v.Value()
	}
}

// Columns implements driver.Rows.
func (r *pipeRows) Columns() []string { return r.names }

// Next implements driver.Rows.
func (r *pipeRows) Next(dest []driver.Value) error {
	more := r.more
	if !r.first {
		more = r.rows.Next()
	}
	r.first = false
	if !more {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	for i, raw := range r.rows.RawValues() {
		dest[i] = nil
		if raw == nil {
			continue
		}
		var err error
		if dest[i], err = r.read[i](raw); err != nil {
			return err
		}
	}
	return nil
}

// Close implements driver.Rows.
func (r *pipeRows) Close() error {
	if r.ended {
		return r.err
	}
	r.ended = true
	r.rows.Close()
	r.err = r.rows.Err()
	if err := r.results.Close(); r.err == nil {
		r.err = err
	}
	return r.err
}
