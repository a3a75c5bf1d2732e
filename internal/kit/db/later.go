package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
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

// LaterExactly is Later for an UPDATE or DELETE that must touch n rows: anything
// else undoes the transaction.
func (c *Conn) LaterExactly(ctx context.Context, n int, what, query string, args ...any) error {
	miscounted := func(touched string) error { return fmt.Errorf("%s: %s rows touched, want %d", what, touched, n) }
	if t := c.piped(ctx, args); t != nil {
		return mapErr(t.later(queued{query: counting(query, n), args: args, check: func(_ int64, err error) error {
			if touched, ok := miscount(err); ok {
				return miscounted(touched)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", what, hidden(err))
			}
			return nil
		}}))
	}
	touched, err := c.Exec(ctx, query, args...)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", what, hidden(err))
	case touched != int64(n):
		return miscounted(strconv.FormatInt(touched, 10))
	}
	return nil
}

// counting makes PostgreSQL refuse a statement that touches another number of
// rows, by a number that is none: so it may travel with the COMMIT, which then
// is a ROLLBACK.
func counting(query string, n int) string {
	return `WITH touched AS (` + query + ` RETURNING 1) SELECT CASE WHEN COUNT(*) = ` + strconv.Itoa(n) +
		` THEN 0 ELSE CAST('` + touchedRows + `' || COUNT(*) AS BIGINT) END FROM touched`
}

const touchedRows = "rows touched: "

// miscount tells how many rows a statement of counting has touched instead.
func miscount(err error) (touched string, ok bool) {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return "", false
	}
	_, touched, ok = strings.Cut(pg.Message, touchedRows)
	return strings.TrimRight(touched, `"`), ok
}

// hidden keeps a repeated key from the caller of another statement, who would
// take it for its own.
func hidden(err error) error {
	if IsUnique(err) {
		return errors.New(err.Error())
	}
	return err
}

// piped gives the transaction in which a statement may wait; nil: it runs at once.
func (c *Conn) piped(ctx context.Context, args []any) *pipeTx {
	if t := c.d.current(ctx); t != nil && t.pipe != nil && c.tx == t.tx && len(args) > 0 {
		return t.pipe
	}
	return nil
}

func (c *Conn) later(ctx context.Context, q queued) error {
	if t := c.piped(ctx, q.args); t != nil {
		return mapErr(t.later(q))
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
