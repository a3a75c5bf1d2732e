package db

import (
	"context"
	"database/sql"
	"fmt"
)

// Snapshot runs fn in a transaction that only reads and sees the database as
// it stood when fn began, however long it takes and whatever others write
// meanwhile. Conn(ctx) inside fn reads it.
func (d *DB) Snapshot(ctx context.Context, fn func(ctx context.Context) error) error {
	o := &sql.TxOptions{ReadOnly: true}
	if d.engine == Postgres {
		o.Isolation = sql.LevelRepeatableRead
	}
	tx, err := d.read.BeginTxx(ctx, o)
	if err != nil {
		return mapErr(fmt.Errorf("begin snapshot: %w", err))
	}
	defer func() { _ = tx.Rollback() }()
	// Both engines fix the moment with the first statement, not with BEGIN.
	var tables int
	first := `SELECT COUNT(*) FROM sqlite_master`
	if d.engine == Postgres {
		first = `SELECT COUNT(*) FROM pg_class`
	}
	if err := tx.GetContext(ctx, &tables, first); err != nil {
		return mapErr(fmt.Errorf("begin snapshot: %w", err))
	}
	return fn(context.WithValue(ctx, txKey{d}, &transaction{tx: tx}))
}

// Outside gives a connection outside any transaction or snapshot: for what must
// be seen as it stands now.
func (d *DB) Outside() *Conn { return &Conn{d: d, reader: d.read, writer: d.write} }
