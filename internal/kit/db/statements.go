package db

import (
	"container/list"
	"context"
	"database/sql/driver"
	"fmt"
	"io"
)

// SQLite's driver parses and plans every statement anew: half the time of a
// short one. So each connection keeps the statements it has prepared; modules
// write the same few hundred over and over. (pgx does the same by itself.)

const (
	keptStatements = 300     // of one connection; the least recently used goes
	keptLength     = 8 << 10 // bytes; longer ones are bulk loads that do not come back
)

// keeper makes connections that keep their statements; a steady one's are not
// interrupted, see steady.
type keeper struct {
	driver.Connector
	steady bool
}

// Connect opens a connection.
func (k keeper) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	own, ok := c.(sqliteConn)
	if !ok {
		return nil, fmt.Errorf("db: the SQLite driver's %T cannot be kept", c)
	}
	return &keptConn{sqliteConn: own, steady: k.steady, byText: map[string]*list.Element{}, order: list.New()}, nil
}

// sqliteConn is what the driver's connections can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type keptConn struct {
	sqliteConn
	steady bool
	byText map[string]*list.Element
	order  *list.List // of *statement, the last used first
}

type statement struct {
	driver.Stmt
	text string
	busy bool // its rows are being read
	gone bool // dropped while they were; closed when they are
}

// take gives the kept statement of a text, or keeps a new one. nil when it is
// not to be kept, or its rows are still being read further up: a statement can
// only be in one place at a time.
func (c *keptConn) take(ctx context.Context, query string) (*statement, error) {
	if len(query) > keptLength {
		return nil, nil
	}
	if e, ok := c.byText[query]; ok {
		s := e.Value.(*statement)
		if s.busy {
			return nil, nil
		}
		c.order.MoveToFront(e)
		return s, nil
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s := &statement{Stmt: prepared, text: query}
	c.byText[query] = c.order.PushFront(s)
	if c.order.Len() > keptStatements {
		c.drop(c.order.Back())
	}
	return s, nil
}

func (c *keptConn) drop(e *list.Element) {
	s := c.order.Remove(e).(*statement)
	delete(c.byText, s.text)
	if s.gone = true; !s.busy {
		_ = s.Close() // tells again what its last run has told
	}
}

// ExecContext implements driver.ExecerContext.
func (c *keptConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if c.steady {
		ctx = unbroken(ctx)
	}
	return observed(ctx, query, func() (driver.Result, error) {
		s, err := c.take(ctx, query)
		if err != nil {
			return nil, err
		}
		if s == nil {
			return c.sqliteConn.ExecContext(ctx, query, args)
		}
		return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	})
}

// QueryContext implements driver.QueryerContext.
func (c *keptConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.steady {
		ctx = unbroken(ctx)
	}
	return observed(ctx, query, func() (driver.Rows, error) { return c.query(ctx, query, args) })
}

func (c *keptConn) query(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &keptRows{rows, s}, nil
}

// Close drops the statements and closes the connection.
func (c *keptConn) Close() error {
	for e := c.order.Front(); e != nil; e = c.order.Front() {
		c.drop(e)
	}
	return c.sqliteConn.Close()
}

// keptRows gives its statement back when it is closed.
type keptRows struct {
	driver.Rows
	s *statement
}

// Close implements driver.Rows.
func (r *keptRows) Close() error {
	if r.s == nil {
		return nil
	}
	err := r.Rows.Close()
	s := r.s
	r.s, s.busy = nil, false
	if s.gone {
		_ = s.Close()
	}
	return err
}

// Next implements driver.Rows.
func (r *keptRows) Next(dest []driver.Value) error {
	if r.s == nil {
		return io.EOF
	}
	return r.Rows.Next(dest)
}

// ColumnTypeDatabaseTypeName implements driver.RowsColumnTypeDatabaseTypeName.
func (r *keptRows) ColumnTypeDatabaseTypeName(index int) string {
	if t, ok := r.Rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		return t.ColumnTypeDatabaseTypeName(index)
	}
	return ""
}
