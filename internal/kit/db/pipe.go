package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// A statement costs PostgreSQL and us less than waiting for its answer does.
// So what needs no answer of its own travels with the next that does: BEGIN
// with the first statement of a transaction, what Conn.Later was given with the
// next query or with the COMMIT. One message, one answer.

// pipes makes connections that do so.
type pipes struct{ driver.Connector }

// Connect opens a connection.
func (p pipes) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	own, ok := c.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("db: the PostgreSQL driver's %T cannot be piped", c)
	}
	return &pipeConn{Conn: own}, nil
}

type pipeConn struct {
	*stdlib.Conn
	tx *pipeTx // open, or nil
}

// queued is a statement that has not been sent.
type queued struct {
	query string
	args  []any
	check func(n int64, err error) error // makes the error of its answer; nil: BEGIN, COMMIT and what is waited for
}

// pipeTx is a transaction with what it has yet to send. The lock is for
// database/sql, which rolls back from its own goroutine when a context ends.
type pipeTx struct {
	c       *pipeConn
	ctx     context.Context
	mu      sync.Mutex
	waiting []queued
	begun   bool // the database knows of it
	over    bool
}

type pipeTxKey struct{}

// BeginTx implements driver.ConnBeginTx. Nothing is sent yet.
func (c *pipeConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if o != (driver.TxOptions{}) {
		return c.Conn.BeginTx(ctx, o)
	}
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	c.tx = &pipeTx{c: c, ctx: ctx, waiting: []queued{{query: "begin"}}}
	if place, ok := ctx.Value(pipeTxKey{}).(**pipeTx); ok {
		*place = c.tx
	}
	return c.tx, nil
}

// later keeps a statement until the next is sent.
func (t *pipeTx) later(q queued) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return sql.ErrTxDone
	}
	t.waiting = append(t.waiting, q)
	return nil
}

// take gives what is waiting, which is then about to be sent.
func (t *pipeTx) take() []queued {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.waiting
	t.waiting = nil
	t.begun = t.begun || len(list) > 0
	return list
}

// end says that nothing more can be added, and what was never sent.
func (t *pipeTx) end() (unsent []queued, begun bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	unsent, t.waiting, t.over = t.waiting, nil, true
	t.c.tx = nil
	return unsent, t.begun
}

// Commit implements driver.Tx: what waits and the COMMIT go together.
func (t *pipeTx) Commit() error {
	unsent, begun := t.end()
	if !begun && len(unsent) == 1 {
		return nil // BEGIN and nothing after it
	}
	tag, err := t.c.send(t.ctx, append(unsent, queued{query: "commit"}))
	if err == nil && tag.String() == "ROLLBACK" {
		err = pgx.ErrTxCommitRollback
	}
	if err != nil {
		t.c.undo()
	}
	return err
}

// Rollback implements driver.Tx.
func (t *pipeTx) Rollback() error {
	if _, begun := t.end(); !begun {
		return nil
	}
	return t.c.undo()
}

// undo rolls back if the database still has a transaction open. When it cannot,
// the connection is given up: it would come back to the pool inside of one.
func (c *pipeConn) undo() error {
	conn := c.Conn.Conn()
	if conn.IsClosed() || conn.PgConn().TxStatus() == 'I' {
		return nil
	}
	_, err := conn.Exec(context.Background(), "rollback")
	if err != nil {
		_ = conn.Close(context.Background())
	}
	return err
}

// send sends statements in one message and reads every answer; it gives that
// of the last. After an error the database has skipped the rest.
func (c *pipeConn) send(ctx context.Context, list []queued) (pgconn.CommandTag, error) {
	if len(list) == 1 && list[0].args == nil {
		return c.Conn.Conn().Exec(ctx, list[0].query)
	}
	results, err := c.sendBefore(ctx, list, len(list)-1)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := list[len(list)-1].answer(results)
	if end := results.Close(); err == nil {
		err = end
	}
	return tag, err
}

// answer reads what the database said to a statement.
func (q queued) answer(results pgx.BatchResults) (pgconn.CommandTag, error) {
	tag, err := results.Exec()
	if q.check != nil {
		if err = q.check(tag.RowsAffected(), mapErr(err)); err != nil {
			err = &laterError{err}
		}
	}
	return tag, err
}

// sendBefore sends statements in one message and reads the answers of the first n.
func (c *pipeConn) sendBefore(ctx context.Context, list []queued, n int) (pgx.BatchResults, error) {
	var b pgx.Batch
	for _, q := range list {
		b.Queue(q.query, q.args...)
	}
	results := c.Conn.Conn().SendBatch(ctx, &b)
	for _, q := range list[:n] {
		if _, err := q.answer(results); err != nil {
			_ = results.Close() // tells the same again
			return nil, err
		}
	}
	return results, nil
}

// ExecContext implements driver.ExecerContext.
func (c *pipeConn) ExecContext(ctx context.Context, query string, named []driver.NamedValue) (driver.Result, error) {
	before := c.before()
	if len(before) == 0 {
		return c.Conn.ExecContext(ctx, query, named)
	}
	if len(named) == 0 { // may be several statements in one text, which only goes alone
		if _, err := c.send(ctx, before); err != nil {
			return nil, err
		}
		return c.Conn.ExecContext(ctx, query, named)
	}
	tag, err := c.send(ctx, append(before, queued{query: query, args: values(named)}))
	return driver.RowsAffected(tag.RowsAffected()), err
}

// QueryContext implements driver.QueryerContext.
func (c *pipeConn) QueryContext(ctx context.Context, query string, named []driver.NamedValue) (driver.Rows, error) {
	before := c.before()
	reads, _ := ctx.Value(togetherKey{}).([]Read)
	if len(before) == 0 && len(reads) == 0 {
		return c.Conn.QueryContext(ctx, query, named)
	}
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	list := append(before, queued{query: query, args: values(named)})
	for _, r := range reads[min(1, len(reads)):] { // the first is the query itself
		list = append(list, queued{query: r.query, args: r.args})
	}
	results, err := c.sendBefore(ctx, list, len(before))
	if err != nil {
		return nil, err
	}
	return newPipeRows(c.Conn.Conn().TypeMap(), results, len(list)-len(before)-1)
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *pipeConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.flush(ctx); err != nil {
		return nil, err
	}
	return c.Conn.PrepareContext(ctx, query)
}

// flush sends what waits.
func (c *pipeConn) flush(ctx context.Context) error {
	before := c.before()
	if len(before) == 0 {
		return nil
	}
	_, err := c.send(ctx, before)
	return err
}

// before is what has to be sent before the next statement.
func (c *pipeConn) before() []queued {
	if c.tx == nil {
		return nil
	}
	return c.tx.take()
}

func values(named []driver.NamedValue) []any {
	args := make([]any, len(named))
	for i, v := range named {
		args[i] = v.Value
	}
	return args
}
