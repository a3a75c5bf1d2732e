package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"yimen/internal/kit/errs"
)

// ErrBusy is told when the one writing connection of SQLite could not be had.
var ErrBusy = errs.Define(errs.Unavailable, "database_busy", "系统正忙，本次操作没有保存，请稍后重试。")

type txKey struct{ d *DB }

type transaction struct {
	tx     *sqlx.Tx
	shared bool       // with others, see writer
	conn   *sqlx.Conn // of a bulk load, see Bulk; nil otherwise
	pipe   *pipeTx    // on PostgreSQL: what waits to be sent
	before []func(context.Context) error
	after  []func()
	undone []func(context.Context)
	doomed error // of a part that joined and failed: the whole cannot be committed
	memo   map[any]any
}

// InTx runs fn in a transaction and commits it when fn returns nil. Inside
// another InTx of the same database it joins that one: the outermost commits,
// unless a part that joined has failed, for half of its work would be kept.
func (d *DB) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if t := d.current(ctx); t != nil {
		err := fn(ctx)
		if err != nil && t.doomed == nil {
			t.doomed = err
		}
		return err
	}
	t := &transaction{}
	kept := false
	defer func() { // after an error or a panic
		for i := 0; i < len(t.undone) && !kept; i++ {
			t.undone[i](context.WithoutCancel(ctx))
		}
	}()
	if err := d.commit(ctx, t, fn); err != nil {
		d.noteFull(err)
		return err
	}
	kept = true
	for _, f := range t.after {
		f()
	}
	return nil
}

func (d *DB) commit(ctx context.Context, t *transaction, fn func(ctx context.Context) error) error {
	if d.writer == nil {
		if err := d.places.take(ctx, 0, d.places.leave); err != nil {
			return mapErr(err)
		}
		defer d.places.leave()
		return d.run(ctx, t, fn)
	}
	return d.writer.run(ctx, func(tx *sqlx.Tx) error {
		t.tx, t.shared = tx, true
		return d.work(ctx, t, fn)
	})
}

// run does fn in a transaction that shares nothing.
func (d *DB) run(ctx context.Context, t *transaction, fn func(ctx context.Context) error) (err error) {
	t.tx, err = d.begin(context.WithValue(ctx, pipeTxKey{}, &t.pipe), t)
	if err != nil {
		return mapErr(fmt.Errorf("begin transaction: %w", err))
	}
	defer func() {
		// After Commit this is a no-op; after an error or a panic it undoes all.
		_ = t.tx.Rollback()
	}()
	if err := d.work(ctx, t, fn); err != nil {
		return err
	}
	if err := t.tx.Commit(); err != nil {
		err = mapErr(fmt.Errorf("commit: %w", err))
		if d.engine == Postgres && errors.Is(err, ErrLost) {
			return ErrUnsure.Because(err)
		}
		return err
	}
	return nil
}

// work does what t is for, up to its commit.
func (d *DB) work(ctx context.Context, t *transaction, fn func(ctx context.Context) error) error {
	ctx = context.WithValue(ctx, txKey{d}, t)
	if err := fn(ctx); err != nil {
		return err
	}
	for i := 0; i < len(t.before) && t.doomed == nil; i++ { // each may add others
		if err := t.before[i](ctx); err != nil {
			return err
		}
	}
	if t.doomed != nil {
		return fmt.Errorf("a part of the transaction failed: %w", t.doomed)
	}
	return nil
}

// InTxNow says whether ctx is inside a transaction of d.
func (d *DB) InTxNow(ctx context.Context) bool { return d.current(ctx) != nil }

func (d *DB) current(ctx context.Context) *transaction {
	t, _ := ctx.Value(txKey{d}).(*transaction)
	return t
}

// Tx is the transaction of ctx, or nil, for libraries that insert their own
// rows beside ours (the job queue).
func (d *DB) Tx(ctx context.Context) *sql.Tx {
	if t := d.current(ctx); t != nil {
		return t.tx.Tx
	}
	return nil
}

// AfterUndo runs f when the outermost transaction of ctx was not committed, or
// perhaps not, outside of it: for the record of what happened outside the database
// and is not undone with it. Without a transaction there is nothing to undo.
func (d *DB) AfterUndo(ctx context.Context, f func(ctx context.Context)) {
	if t := d.current(ctx); t != nil {
		t.undone = append(t.undone, f)
	}
}

// BeforeCommit runs f as the last part of the outermost transaction of ctx, in
// the order asked for; without one in a transaction of its own. Its error undoes
// everything. For what others wait for once it is done (a row that many want),
// and for what can be done for the whole transaction at once.
func (d *DB) BeforeCommit(ctx context.Context, f func(ctx context.Context) error) error {
	if t := d.current(ctx); t != nil {
		t.before = append(t.before, f)
		return nil
	}
	return d.InTx(ctx, f)
}

// AfterCommit runs f once the outermost transaction of ctx is committed, or
// at once when there is none. f is for hints that may get lost, never for
// work: work that must happen is a job.
func (d *DB) AfterCommit(ctx context.Context, f func()) {
	if t := d.current(ctx); t != nil {
		t.after = append(t.after, f)
		return
	}
	f()
}

// Remember keeps v under key until the transaction of ctx ends; without one it
// does nothing. For what was read at some cost and cannot change under its key
// as long as the transaction sees it. Like the transaction, for one goroutine.
func (d *DB) Remember(ctx context.Context, key, v any) {
	if t := d.current(ctx); t != nil {
		if t.memo == nil {
			t.memo = map[any]any{}
		}
		t.memo[key] = v
	}
}

// Remembered gives what was kept under key in the transaction of ctx, or nil.
func (d *DB) Remembered(ctx context.Context, key any) any {
	if t := d.current(ctx); t != nil {
		return t.memo[key]
	}
	return nil
}
