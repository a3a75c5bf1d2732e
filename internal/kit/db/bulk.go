package db

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jmoiron/sqlx"
)

// Bulk is InTx for very many rows: Copy inside it is COPY on PostgreSQL, which
// takes a third of the time of an INSERT. It joins no transaction.
func (d *DB) Bulk(ctx context.Context, fn func(ctx context.Context) error) error {
	if d.current(ctx) != nil {
		return fmt.Errorf("db: a bulk load begins its own transaction")
	}
	if d.writer != nil {
		// The turn first, as everybody: who has it must find the connection free.
		if err := d.writer.takeAlone(ctx); err != nil {
			return err
		}
		defer d.writer.leave()
	}
	conn, err := d.write.Connx(ctx)
	if err != nil {
		return mapErr(fmt.Errorf("begin bulk load: %w", err))
	}
	defer conn.Close()
	err = d.run(ctx, &transaction{conn: conn}, fn)
	d.noteFull(err)
	return err
}

// begin starts t on the connection of a bulk load, or on any.
func (d *DB) begin(ctx context.Context, t *transaction) (*sqlx.Tx, error) {
	if t.conn != nil {
		return t.conn.BeginTxx(ctx, nil)
	}
	return d.write.BeginTxx(ctx, nil)
}

// Copy inserts rows, each with a value for every column, the fastest way there
// is: COPY inside Bulk on PostgreSQL, InsertRows elsewhere. Values are what
// the columns hold: int64 or int, bool, string, time.Time in UTC, nil.
func (c *Conn) Copy(ctx context.Context, table string, columns []string, rows [][]any) error {
	t := c.d.current(ctx)
	if c.d.engine != Postgres || t == nil || t.conn == nil {
		return c.InsertRows(ctx, table, columns, "", rows)
	}
	// The driver lets its connection be used while a transaction is open on it.
	err := t.conn.Raw(func(driver any) error {
		own := driver.(*pipeConn)
		if err := own.flush(ctx); err != nil {
			return err
		}
		_, err := own.Conn.Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
		return err
	})
	if err != nil {
		err = mapErr(err)
		c.d.noteFull(err)
		return fmt.Errorf("copy into %s: %w", table, err)
	}
	return nil
}

// issued counts the identifiers of NewIDAt.
var issued atomic.Int64

// NewIDAt makes an identifier as NewID does, at a moment of another clock: its
// year is that of what happened. Those of one process and millisecond are in
// the order in which they were made, up to 4,096 of them.
func NewIDAt(at time.Time) string { return IDAt(at, int(issued.Add(1))) }

// IDAt makes the identifier that NewID would have made at a moment. Of two of
// one millisecond the one with the higher number (0 to 4,095) is the later.
func IDAt(at time.Time, number int) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16|0x7000|uint64(number&0xfff))
	binary.BigEndian.PutUint64(b[8:], rand.Uint64()>>2|1<<63)
	var text [36]byte
	hex.Encode(text[:8], b[:4])
	hex.Encode(text[9:13], b[4:6])
	hex.Encode(text[14:18], b[6:8])
	hex.Encode(text[19:23], b[8:10])
	hex.Encode(text[24:], b[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}
