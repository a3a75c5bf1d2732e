package db

import (
	"context"
	"errors"
	"fmt"
)

// laterError is of a statement that was sent with another: it is not that
// one's, whatever it says.
type laterError struct{ err error }

func (e *laterError) Error() string { return e.err.Error() }
func (e *laterError) Unwrap() error { return e.err }

// Later runs a statement whose answer nobody waits for, before the commit: on
// PostgreSQL it is sent together with the next statement of the transaction or
// the COMMIT, in order, and its error, called what, is told by that one or by the
// transaction. So it is not for what the caller wants to know (rows touched,
// a repeated key). On SQLite, and outside a transaction, it runs at once.
func (c *Conn) Later(ctx context.Context, what, query string, args ...any) error {
	return c.LaterOr(ctx, func(err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", what, hidden(err))
		}
		return nil
	}, query, args...)
}

// LaterOr is Later with an error of one's own: tell makes it of what the
// database says, nil of nil.
func (c *Conn) LaterOr(ctx context.Context, tell func(error) error, query string, args ...any) error {
	return c.later(ctx, queued{query: query, args: args, check: func(_ int64, err error) error { return tell(err) }})
}

// LaterExactly is Later for a statement that must touch n rows: anything else
// undoes the transaction.
func (c *Conn) LaterExactly(ctx context.Context, n int, what, query string, args ...any) error {
	return c.later(ctx, queued{query: query, args: args, veto: true, check: func(touched int64, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", what, hidden(err))
		case touched != int64(n):
			return fmt.Errorf("%s: %d rows touched, want %d", what, touched, n)
		}
		return nil
	}})
}

// hidden keeps a repeated key from the caller of another statement, who would
// take it for its own.
func hidden(err error) error {
	if IsUnique(err) {
		return errors.New(err.Error())
	}
	return err
}

func (c *Conn) later(ctx context.Context, q queued) error {
	if t := c.d.current(ctx); t != nil && t.pipe != nil && c.tx == t.tx && len(q.args) > 0 {
		return mapErr(t.pipe.later(q))
	}
	return q.check(c.Exec(ctx, q.query, q.args...))
}

// LaterNamed is Later with :name placeholders as ExecNamed has them.
func (c *Conn) LaterNamed(ctx context.Context, what, query string, arg any) error {
	q, args, err := c.named(query, arg)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return c.Later(ctx, what, q, args...)
}
