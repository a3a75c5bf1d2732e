package db_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// line is a way to a server that breaks when it is told to.
type line struct {
	left atomic.Int64 // bytes from the server until it breaks; below 0: never
}

// lay listens, and calls the server for everybody who calls.
func (l *line) lay(t *testing.T, server string) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", server)
			if err != nil {
				near.Close()
				continue
			}
			hang := func() { near.Close(); far.Close() }
			go func() { defer hang(); io.Copy(far, near) }()
			go func() { defer hang(); l.carry(near, far) }()
		}
	}()
	return listener.Addr().String()
}

func (l *line) carry(to io.Writer, from io.Reader) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if left := l.left.Load(); left >= 0 {
			if int64(n) > left {
				to.Write(buf[:left])
				l.left.Store(-1)
				return
			}
			l.left.Store(left - int64(n))
		}
		if _, e := to.Write(buf[:n]); e != nil || err != nil {
			return
		}
	}
}

// Wherever in a transaction the line to the server breaks, the caller is told
// that the database is lost, or that nobody knows whether it was stored: never
// an error that looks like a fault of the program.
func TestLineBreaksAnywhere(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, direct *db.DB) {
		if direct.Engine() != db.Postgres {
			return // SQLite has no line
		}
		ctx := context.Background()
		at, err := url.Parse(direct.URL())
		must(t, err)
		l := &line{}
		l.left.Store(-1)
		at.Host = l.lay(t, at.Host)
		d, err := db.Open(ctx, at.String(), db.Options{})
		must(t, err)
		defer d.Close()
		step := func(id string) error {
			return d.InTx(ctx, func(ctx context.Context) error {
				c := d.Conn(ctx)
				if err := c.Later(ctx, "note", `INSERT INTO note (id, number, at, done) VALUES ($1, $1, $2, FALSE)`, id, time.Now().UTC()); err != nil {
					return err
				}
				var n int
				if err := c.Get(ctx, &n, `SELECT COUNT(*) FROM note`); err != nil {
					return c.Get(ctx, &n, `SELECT COUNT(*) FROM note`) // who goes on after an error is told the same
				}
				if _, err := c.Exec(ctx, `UPDATE note SET done = TRUE WHERE id = $1`, id); err != nil {
					return err
				}
				var ids []string
				if err := c.Select(ctx, &ids, `SELECT id FROM note WHERE id = $1`, id); err != nil {
					return err
				}
				return c.Later(ctx, "undo", `UPDATE note SET done = FALSE WHERE id = $1`, id)
			})
		}
		told := map[error]int{}
		for cut := int64(0); ; cut += 7 {
			id := db.NewID()
			must(t, step(id)) // on a line that works
			l.left.Store(cut)
			err := step("cut-" + id)
			unbroken := l.left.Swap(-1) >= 0
			switch {
			case unbroken:
				must(t, err)
				if told[db.ErrLost] < 10 || told[db.ErrUnsure] == 0 {
					t.Errorf("only %d times lost, %d times unsure", told[db.ErrLost], told[db.ErrUnsure])
				}
				return
			case errors.Is(err, db.ErrUnsure): // it wraps what was lost
				told[db.ErrUnsure]++
			case errors.Is(err, db.ErrLost):
				told[db.ErrLost]++
			case err != nil: // nil: before anything was sent, and another connection took it
				t.Errorf("the line broke after %d bytes: %v", cut, err)
			}
		}
	})
}
