package load

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yimen/internal/kit/db"
)

// rawTime is how long the database is measured, with one writer and with many; tests make it short.
var rawTime = 1500 * time.Millisecond

// MeasureRaw measures how many transactions of one small row the database at
// dsn commits durably, with the program's own settings and nothing else going on. On SQLite it
// is a database of its own in the same folder, on PostgreSQL a table that is
// dropped afterwards.
func MeasureRaw(ctx context.Context, dsn string, writers int) (raw *Raw, err error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		dsn = "sqlite:" + filepath.Join(filepath.Dir(path), "raw-"+db.NewID()+".db")
		defer func() { err = errors.Join(err, removeDatabase(strings.TrimPrefix(dsn, "sqlite:"))) }()
	}
	writers = min(max(writers, 1), 64)
	d, err := db.Open(ctx, dsn, db.Options{MaxConns: min(writers, 24)})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if _, err := d.SQL().ExecContext(ctx, `CREATE TABLE load_raw (id TEXT PRIMARY KEY, body TEXT NOT NULL)`); err != nil {
		return nil, fmt.Errorf("measure the database: %w", err)
	}
	defer func() {
		_, dropped := d.SQL().ExecContext(context.WithoutCancel(ctx), `DROP TABLE load_raw`)
		err = errors.Join(err, dropped)
	}()
	raw = &Raw{}
	if raw.AlonePerSecond, err = commits(ctx, d, 1); err != nil {
		return nil, err
	}
	raw.CommitsPerSecond, err = commits(ctx, d, writers)
	return raw, err
}

func commits(ctx context.Context, d *db.DB, writers int) (float64, error) {
	var n atomic.Int64
	var group sync.WaitGroup
	failed := make(chan error, writers)
	body, start := strings.Repeat("x", 100), time.Now()
	for range writers {
		group.Go(func() {
			for time.Since(start) < rawTime && ctx.Err() == nil {
				err := d.InTx(ctx, func(ctx context.Context) error {
					_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO load_raw (id, body) VALUES ($1, $2)`, db.NewID(), body)
					return err
				})
				if err != nil {
					failed <- err
					return
				}
				n.Add(1)
			}
		})
	}
	group.Wait()
	rate := float64(n.Load()) / time.Since(start).Seconds()
	select {
	case err := <-failed:
		return 0, fmt.Errorf("measure the database: %w", err)
	default:
		return rate, ctx.Err()
	}
}

// removeDatabase removes a SQLite file with those beside it.
func removeDatabase(path string) error {
	var err error
	for _, end := range []string{"", "-wal", "-shm"} {
		if e := os.Remove(path + end); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// MeasureRows measures how many rows of a length the database takes in a second
// by the fastest way there is, in one transaction, on one connection, into a
// table without an index or a reference.
func MeasureRows(ctx context.Context, d *db.DB, n, length int) (perSecond float64, err error) {
	rows := make([][]any, n)
	for i := range rows {
		rows[i] = []any{strings.Repeat("x", length)}
	}
	if _, err := d.SQL().ExecContext(ctx, `CREATE TABLE IF NOT EXISTS load_raw (body TEXT NOT NULL)`); err != nil {
		return 0, fmt.Errorf("measure the database: %w", err)
	}
	start := time.Now()
	err = d.Bulk(ctx, func(ctx context.Context) error { return d.Conn(ctx).Copy(ctx, "load_raw", []string{"body"}, rows) })
	perSecond = float64(n) / time.Since(start).Seconds()
	_, dropped := d.SQL().ExecContext(context.WithoutCancel(ctx), `DROP TABLE load_raw`)
	return perSecond, errors.Join(err, dropped)
}
