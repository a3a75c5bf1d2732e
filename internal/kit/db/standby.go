package db

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
)

// standbyConns is how many connections a process has to the standby.
const standbyConns = 12

// standby is a streaming standby that may answer Stale reads. Once a second its
// position in the log is compared with those the primary had: it shows the city
// at least as of the newest of them that it has reached. No clock but our own
// is asked, and whatever goes wrong only makes it too old to be used.
type standby struct {
	pool *sqlx.DB
	lag  time.Duration
	asOf atomic.Int64 // Unix nanoseconds: what it surely shows; 0: not usable
	stop context.CancelFunc
	done chan struct{}
}

type staleKey struct{}

// Stale says that what is read with ctx outside a transaction may be a few
// seconds old: lists, figures, exports. Never for what somebody looks at right
// after changing it, and never for rights. Without a standby nothing changes.
func Stale(ctx context.Context) context.Context { return context.WithValue(ctx, staleKey{}, true) }

// Fresh undoes Stale: for what is kept in memory, which must never go back.
func Fresh(ctx context.Context) context.Context { return context.WithValue(ctx, staleKey{}, false) }

// IsStale says whether ctx was made by Stale.
func IsStale(ctx context.Context) bool {
	stale, _ := ctx.Value(staleKey{}).(bool)
	return stale
}

// HasStandby says whether Stale reads may be old, and by how much.
func (d *DB) HasStandby() (time.Duration, bool) {
	if d.old == nil {
		return 0, false
	}
	return d.old.lag, true
}

// openStandby begins to watch the standby. One that does not answer yet is no
// reason not to start.
func (d *DB) openStandby(dsn string, lag time.Duration) error {
	if dsn == "" {
		return nil
	}
	if d.engine != Postgres {
		return errors.New("db: only PostgreSQL has standbys to read from")
	}
	pool, err := postgresPool(dsn, standbyConns)
	if err != nil {
		return fmt.Errorf("db: standby: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	d.old = &standby{pool: pool, lag: cmp.Or(lag, 5*time.Second), stop: stop, done: make(chan struct{})}
	go d.watchStandby(ctx)
	return nil
}

func (s *standby) usable() bool {
	return s != nil && time.Now().UnixNano()-s.asOf.Load() <= int64(s.lag)
}

func (s *standby) close() {
	if s == nil {
		return
	}
	s.stop()
	<-s.done
	_ = s.pool.Close() // only read from
}

// position is where the primary's log stood at a moment.
type position struct {
	at  time.Time
	lsn int64
}

// Places in the log, in bytes from its beginning.
const (
	writtenLSN  = `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint`
	replayedLSN = `SELECT pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, '0/0')::bigint`
)

func (d *DB) watchStandby(ctx context.Context) {
	defer close(d.old.done)
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	var seen []position
	was := false
	for {
		seen = d.lookAtStandby(ctx, seen)
		if is := d.old.usable(); is != was {
			was = is
			d.log.LogAttrs(ctx, slog.LevelWarn, "standby", slog.Bool("read_from", is))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// lookAtStandby notes where the primary is and up to which of the noted places
// the standby has come. seen holds those it has not passed by yet.
func (d *DB) lookAtStandby(ctx context.Context, seen []position) []position {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	now := position{at: time.Now()}
	lost := d.read.GetContext(ctx, &now.lsn, writtenLSN) != nil
	if !lost {
		seen = append(seen, now)
	}
	var replayed int64
	own, end := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer end()
	if err := d.old.pool.GetContext(own, &replayed, replayedLSN); err != nil {
		return seen
	}
	if lost { // nothing newer can be had: until there is a primary again, what it has is the city
		d.old.asOf.Store(time.Now().UnixNano())
		return seen
	}
	reached := -1
	for i, p := range seen {
		if p.lsn <= replayed {
			reached = i
		}
	}
	if reached >= 0 {
		d.old.asOf.Store(seen[reached].at.UnixNano())
		seen = seen[reached+1:]
	}
	return seen[max(0, len(seen)-600):]
}

// askPrimary says whether a read that the standby could not answer is to be
// asked again: it is gone, it cancelled the query for the sake of its replay,
// or it does not have the row or the table yet.
func (c *Conn) askPrimary(ctx context.Context, err error) bool {
	if err == nil || c.old == nil || ctx.Err() != nil {
		return false
	}
	if errors.Is(err, ErrLost) {
		c.old.asOf.Store(0)
	}
	return true
}

// empty forgets rows that were read before the standby failed.
func empty(dest any) { reflect.ValueOf(dest).Elem().SetLen(0) }
