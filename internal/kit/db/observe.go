package db

import (
	"context"
	"database/sql/driver"
	"time"

	"github.com/jackc/pgx/v5"
)

// Sent is a statement that the database has answered. BEGIN and COMMIT are
// statements too.
type Sent struct {
	Query  string // without arguments
	Took   time.Duration
	Beside bool // it travelled with the one before: no waiting of its own
}

// Observe gives a context whose statements are told to f by whichever goroutine
// asked: for measuring, and for tests that bound what something takes.
func Observe(ctx context.Context, f func(Sent)) context.Context {
	return context.WithValue(ctx, observerKey{}, f)
}

type observerKey struct{}

func observer(ctx context.Context) func(Sent) {
	f, _ := ctx.Value(observerKey{}).(func(Sent))
	return f
}

// observed calls fn and tells the observer of ctx, if there is one.
func observed[T any](ctx context.Context, query string, fn func() (T, error)) (T, error) {
	tell := observer(ctx)
	if tell == nil {
		return fn()
	}
	start := time.Now()
	v, err := fn()
	tell(Sent{Query: query, Took: time.Since(start)})
	return v, err
}

// pgObserver tells what goes to PostgreSQL.
type pgObserver struct{}

type sendingKey struct{}

// sending is one message to the database on its way.
type sending struct {
	query string
	at    time.Time
	told  int // statements of a batch answered so far
}

func start(ctx context.Context, query string) context.Context {
	if observer(ctx) == nil {
		return ctx
	}
	return context.WithValue(ctx, sendingKey{}, &sending{query: query, at: time.Now()})
}

// TraceQueryStart implements pgx.QueryTracer.
func (pgObserver) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	return start(ctx, d.SQL)
}

// TraceQueryEnd implements pgx.QueryTracer.
func (pgObserver) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) {
	if s, ok := ctx.Value(sendingKey{}).(*sending); ok {
		observer(ctx)(Sent{Query: s.query, Took: time.Since(s.at)})
	}
}

// TraceBatchStart implements pgx.BatchTracer.
func (pgObserver) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return start(ctx, "")
}

// TraceBatchQuery implements pgx.BatchTracer.
func (pgObserver) TraceBatchQuery(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	if s, ok := ctx.Value(sendingKey{}).(*sending); ok {
		now := time.Now()
		observer(ctx)(Sent{Query: d.SQL, Took: now.Sub(s.at), Beside: s.told > 0})
		s.at, s.told = now, s.told+1
	}
}

// TraceBatchEnd implements pgx.BatchTracer.
func (pgObserver) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// keptTx tells its commit.
type keptTx struct {
	driver.Tx
	ctx context.Context
}

// Commit implements driver.Tx.
func (t keptTx) Commit() error {
	_, err := observed(t.ctx, "commit", func() (struct{}, error) { return struct{}{}, t.Tx.Commit() })
	return err
}

// BeginTx implements driver.ConnBeginTx.
func (c *keptConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := observed(ctx, "begin", func() (driver.Tx, error) { return c.sqliteConn.BeginTx(ctx, o) })
	if err != nil || observer(ctx) == nil {
		return tx, err
	}
	return keptTx{tx, ctx}, nil
}
