package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

const (
	// migrationKey is the advisory lock that one migrating process holds on
	// PostgreSQL: "yimen" in ASCII.
	migrationKey = 0x79696d656e
	// migrationLock is how long a statement of a migration waits for a table
	// that others are using. While it waits, whoever comes after it waits too,
	// so it gives up soon and tries again a little later.
	migrationLock = 2 * time.Second
	// migrationTries is how often.
	migrationTries = 60
)

// Migrating runs fn with the database as migrations need it: one process of all
// at a time, others wait; and on PostgreSQL no statement keeps those who work
// waiting for more than two seconds. fn is run again when a table could not be
// had in that time, so it must bear that.
func (d *DB) Migrating(ctx context.Context, fn func(ctx context.Context, d *DB) error) error {
	m, err := d.migrator(ctx)
	if err != nil {
		return err
	}
	if m != d {
		defer m.Close()
	}
	release, err := m.lockMigrations(ctx)
	if err != nil {
		return fmt.Errorf("db: wait for another process that migrates: %w", err)
	}
	defer release()
	for try := 1; ; try++ {
		err := fn(ctx, m)
		if err == nil || try == migrationTries || !errors.Is(mapErr(err), ErrBusy) {
			return err
		}
		d.log.Warn("a migration could not have its table, trying again", "try", try, "error", err)
		if err := pause(ctx, min(time.Duration(try)*250*time.Millisecond, 3*time.Second)); err != nil {
			return err
		}
	}
}

// migrator is a pool past any pooler whose statements do not wait long.
func (d *DB) migrator(ctx context.Context) (*DB, error) {
	if d.engine != Postgres {
		return d, nil
	}
	const conns = 4
	pool, err := postgresPool(d.direct, conns, "lock_timeout", strconv.Itoa(int(migrationLock.Milliseconds())))
	if err != nil {
		return nil, err
	}
	m := &DB{engine: Postgres, url: d.direct, direct: d.direct, write: pool, read: pool, places: &line{free: conns},
		slow: d.slow, log: d.log}
	if err := m.Ping(ctx); err != nil {
		m.Close()
		return nil, fmt.Errorf("db: open %s: %w", Redact(d.direct), err)
	}
	return m, nil
}

// lockMigrations waits until no other process migrates.
func (d *DB) lockMigrations(ctx context.Context) (release func(), err error) {
	if d.engine != Postgres {
		return lockFile(ctx, d.file+".migrating")
	}
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return nil, mapErr(err)
	}
	for {
		var got bool
		if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, int64(migrationKey)).Scan(&got); err != nil {
			conn.Close()
			return nil, mapErr(err)
		}
		if got {
			break
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return func() {
		// The lock is the connection's: that it ends is enough.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrationKey))
		conn.Close()
	}, nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
