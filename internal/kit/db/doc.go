// Package db is the program's one way to its database: embedded SQLite or
// PostgreSQL, the same SQL for both.
//
//	err := d.InTx(ctx, func(ctx context.Context) error {        // joins an outer transaction
//		_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO …`, …)     // the transaction's connection
//		return err
//	})
//	err := d.Conn(ctx).Get(ctx, &row, `SELECT … WHERE id = $1`, id) // outside: a read connection
//
// What needs no answer is given to Later, what needs none of the others' answers
// asked Together: on PostgreSQL each wait for an answer costs more than its
// statement (docs/decisions/0029).
//
// Nobody else holds a database handle. On SQLite there is one connection that
// writes and a few that read (WAL lets them run beside each other), so a
// statement that changes rows and returns them must run inside InTx.
//
// Times are UTC, cut to the microsecond, in TIMESTAMP columns. Identifiers are
// UUIDv7 text. Placeholders are $1, $2 … on both engines.
package db
