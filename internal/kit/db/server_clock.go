package db

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
)

// ServerClock asks the database server what time it is. ok is false when the
// database has no clock of its own (SQLite).
func (d *DB) ServerClock(ctx context.Context) (at time.Time, ok bool, err error) {
	if d.engine != Postgres {
		return time.Time{}, false, nil
	}
	if err := d.Conn(ctx).Get(ctx, &at, `SELECT clock_timestamp()`); err != nil {
		return time.Time{}, false, fmt.Errorf("db: ask the server's clock: %w", err)
	}
	return at.UTC(), true, nil
}

// Elsewhere says that the database server stands on another machine, as far as
// its address tells: its clock is then a second opinion.
func (d *DB) Elsewhere() bool {
	if d.engine != Postgres {
		return false
	}
	conf, err := pgx.ParseConfig(d.url)
	if err != nil || conf.Host == "" || conf.Host == "localhost" || conf.Host[0] == '/' {
		return false
	}
	ip := net.ParseIP(conf.Host)
	return ip == nil || !ip.IsLoopback()
}
