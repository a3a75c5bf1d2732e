package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// SQLite has one writer, and a commit that lasts costs it as much as the
// statements before. So transactions that wait for one another share a commit:
// they run one after another, each in a savepoint that is undone alone when it
// fails, and none is told that it is kept before all of them are on disk. Who
// is alone commits at once.

const (
	// turnWait is how long a transaction waits for the writer. Without a bound, a
	// function that lost its transaction's context would wait for itself.
	turnWait = 20 * time.Second

	// A round ends after this many transactions or this long, for its first
	// one waits for its last.
	roundSize = 64
	roundTime = 50 * time.Millisecond
)

// writer is the writing connection of SQLite, which transactions have in turn.
type writer struct {
	pool *sqlx.DB
	turn line   // of one place
	open *round // not yet committed; of who has the turn
}

// round is transactions that share a commit.
type round struct {
	tx    *sqlx.Tx
	size  int
	began time.Time
	ended chan struct{}
	err   error // once ended: why none of them was kept
}

// run does fn in a transaction and gives nil once it is on disk. Who fails waits for
// the round, too: what it has seen of the others, and perhaps failed for, is
// there for all when it goes on.
func (w *writer) run(ctx context.Context, fn func(*sqlx.Tx) error) error {
	if err := w.take(ctx); err != nil {
		return err
	}
	r, err := w.part(ctx, fn)
	if r != nil {
		<-r.ended
	}
	if err != nil {
		return err
	}
	return r.err
}

// part does fn as a part of the open round, or of a new one, and gives the turn away.
func (w *writer) part(ctx context.Context, fn func(*sqlx.Tx) error) (*round, error) {
	defer w.leave()
	r, err := w.join(ctx)
	if err != nil {
		return nil, mapErr(fmt.Errorf("begin transaction: %w", err))
	}
	kept := false
	defer func() { // after an error or a panic
		if !kept {
			w.undo(r, err)
		}
	}()
	if err = fn(r.tx); err == nil {
		err = mapErr(r.say("RELEASE part"))
	}
	kept = err == nil
	return r, err
}

// join begins a round, or a savepoint in the open one.
func (w *writer) join(ctx context.Context) (*round, error) {
	if r := w.open; r != nil {
		r.size++
		return r, r.say("SAVEPOINT part")
	}
	// The round is not only of him whose context this is.
	tx, err := w.pool.BeginTxx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, err
	}
	w.open = &round{tx: tx, size: 1, began: time.Now(), ended: make(chan struct{})}
	return w.open, nil
}

// say runs a statement about the savepoint of the latest part; the first of a
// round needs none.
func (r *round) say(statement string) error {
	if r.size == 1 {
		return nil
	}
	_, err := r.tx.Exec(statement)
	return err
}

// undo takes back the latest part of the round. When SQLite has taken back the
// whole transaction by itself, as it does when the disk is full, the round ends.
func (w *writer) undo(r *round, why error) {
	if r.size > 1 {
		err := r.say("ROLLBACK TO part")
		if err == nil {
			err = r.say("RELEASE part")
		}
		if err == nil {
			return
		}
		r.err = ErrBusy.Because(errors.Join(why, err))
		if errors.Is(why, ErrFull) {
			r.err = ErrFull.Because(why)
		}
	}
	_ = r.tx.Rollback() // tells again what is known, or that there is nothing left
	w.open = nil
	close(r.ended)
}

// end commits the open round.
func (w *writer) end() {
	r := w.open
	w.open = nil
	if err := r.tx.Commit(); err != nil {
		r.err = mapErr(fmt.Errorf("commit: %w", err))
	}
	close(r.ended)
}

// take waits for the turn.
func (w *writer) take(ctx context.Context) error { return w.turn.take(ctx, turnWait, w.leave) }

// takeAlone waits for the turn and the connection: for what cannot be part of a round.
func (w *writer) takeAlone(ctx context.Context) error {
	err := w.take(ctx)
	if err == nil && w.open != nil {
		w.end()
	}
	return err
}

// leave gives the turn to the next, and with it the open round while that is
// short; else the round is committed first.
func (w *writer) leave() {
	for !w.pass() {
		w.end()
	}
}

// pass gives the turn away, unless there is a round that must be ended.
func (w *writer) pass() bool {
	r := w.open
	w.turn.mu.Lock()
	defer w.turn.mu.Unlock()
	if r != nil && (len(w.turn.waiting) == 0 || r.size >= roundSize || time.Since(r.began) > roundTime) {
		return false
	}
	w.turn.next()
	return true
}

// steady runs the statements of a transaction to their end once they have
// begun: one that is interrupted takes the whole round with it. Who has gone away
// is noticed before the next.
type steady struct{ runner }

func unbroken(ctx context.Context) context.Context {
	if ctx.Err() != nil {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

func (s steady) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.runner.QueryContext(unbroken(ctx), query, args...)
}

func (s steady) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	return s.runner.QueryxContext(unbroken(ctx), query, args...)
}

func (s steady) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	return s.runner.QueryRowxContext(unbroken(ctx), query, args...)
}

func (s steady) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return s.runner.ExecContext(unbroken(ctx), query, args...)
}
