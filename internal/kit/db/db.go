package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
)

// Engine is which database is behind.
type Engine string

const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options tune a DB; the zero value is right for production.
type Options struct {
	MaxConns  int           // PostgreSQL connections, or SQLite readers; 0: 24, or 4
	SlowQuery time.Duration // statements slower than this are logged; 0: 200 ms
	Log       *slog.Logger  // nil: slog.Default()

	Direct     string        // the same database past a connection pooler; "": the address itself
	Standby    string        // PostgreSQL: a streaming standby for Stale reads; "": none
	StandbyLag time.Duration // how far behind it may be; 0: 5 s
}

// DB is one database. Safe for concurrent use.
type DB struct {
	engine Engine
	url    string
	write  *sqlx.DB
	read   *sqlx.DB // the same pool as write on PostgreSQL
	writer *writer  // of SQLite; nil on PostgreSQL
	places *line    // connections of read, and so of write on PostgreSQL
	slow   time.Duration
	log    *slog.Logger
	direct string
	file   string      // of SQLite
	old    *standby    // nil: none
	full   atomic.Bool // a write was refused for want of space, and none of Writable's has succeeded since
}

// Open opens sqlite:PATH or postgres://… and checks that it answers.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	if o.SlowQuery == 0 {
		o.SlowQuery = 200 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	d := &DB{url: dsn, direct: cmp.Or(o.Direct, dsn), slow: o.SlowQuery, log: o.Log}
	var err error
	switch {
	case strings.HasPrefix(dsn, "sqlite:"):
		err = d.openSQLite(strings.TrimPrefix(dsn, "sqlite:"), o.MaxConns)
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		err = d.openPostgres(dsn, o.MaxConns)
	default:
		return nil, fmt.Errorf("db: database must be sqlite:PATH or postgres://…, not %q", Redact(dsn))
	}
	if err != nil {
		return nil, err
	}
	if err := d.Ping(ctx); err != nil {
		d.Close()
		return nil, fmt.Errorf("db: open %s: %w", Redact(dsn), err)
	}
	if err := d.openStandby(o.Standby, o.StandbyLag); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *DB) openSQLite(path string, readers int) error {
	if readers == 0 {
		readers = 4
	}
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("db: make folder of %s: %w", path, err)
		}
	}
	// WAL with synchronous=FULL: an acknowledged commit survives not only a
	// kill but a power cut. The log goes into the database every 64 MB: a page
	// that many commits change is then written there once. foreign_keys holds
	// only inside a module.
	common := "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=wal_autocheckpoint(16000)&_pragma=foreign_keys(1)&_pragma=temp_store(MEMORY)&_pragma=mmap_size(268435456)" +
		"&_time_format=sqlite"
	base := "file:" + (&url.URL{Path: path}).EscapedPath() + common
	// What the writer has read stays true; a reader begins anew after each commit.
	write, err := sqlitePool(base+"&_txlock=immediate&_pragma=cache_size(-128000)", true)
	if err != nil {
		return fmt.Errorf("db: open %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	read, err := sqlitePool(base+"&_pragma=cache_size(-32000)&_pragma=query_only(1)", false)
	if err != nil {
		write.Close()
		return fmt.Errorf("db: open %s: %w", path, err)
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	d.places = &line{free: readers}
	d.engine, d.write, d.read, d.writer, d.file = SQLite, write, read, &writer{pool: write, turn: line{free: 1}}, path
	return d.forgetSamples()
}

// forgetSamples removes what an ANALYZE of SQLite has drawn of the columns' values. While it
// is there, SQLite plans a kept statement anew for the values of each run: a
// read by key then takes eight times as long.
func (d *DB) forgetSamples() error {
	if _, err := d.write.Exec(`DROP TABLE IF EXISTS sqlite_stat4`); err != nil {
		return errors.Join(fmt.Errorf("db: forget the samples of an ANALYZE: %w", err), d.Close())
	}
	return nil
}

func sqlitePool(dsn string, steady bool) (*sqlx.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sqlx.NewDb(sql.OpenDB(keeper{connector, steady}), "sqlite"), nil
}

func (d *DB) openPostgres(dsn string, conns int) error {
	conns = cmp.Or(conns, 24)
	d.places = &line{free: conns}
	pool, err := postgresPool(dsn, conns)
	d.engine, d.write, d.read = Postgres, pool, pool
	return err
}

// postgresPool opens a pool; settings are names and values of what its sessions
// begin with.
func postgresPool(dsn string, conns int, settings ...string) (*sqlx.DB, error) {
	conf, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("db: the PostgreSQL address cannot be read; expected postgres://user:password@host:port/name")
	}
	if conf.RuntimeParams["timezone"] == "" {
		conf.RuntimeParams["timezone"] = "UTC"
	}
	for i := 0; i+1 < len(settings); i += 2 {
		conf.RuntimeParams[settings[i]] = settings[i+1]
	}
	conf.Tracer = pgObserver{}
	pool := sqlx.NewDb(sql.OpenDB(pipes{stdlib.GetConnector(*conf)}), "pgx")
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return pool, nil
}

// Engine says which database is behind.
func (d *DB) Engine() Engine { return d.engine }

// URL is the address the database was opened with; it may hold a password.
func (d *DB) URL() string { return d.url }

// DirectURL is the address past a connection pooler, for what keeps its
// connection: LISTEN, migrations. The same as URL where there is no pooler.
func (d *DB) DirectURL() string { return d.direct }

// SQL is the pool that may write, for libraries that bring their own SQL
// (the job queue, migrations). Modules use Conn.
func (d *DB) SQL() *sql.DB { return d.write.DB }

// Ping answers whether the database can be read and, on SQLite, still be opened.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	return mapErr(d.read.GetContext(ctx, &one, "SELECT 1"))
}

// Close closes the pools.
func (d *DB) Close() error {
	d.old.close()
	err := d.read.Close()
	if d.write != d.read {
		err = errors.Join(err, d.write.Close())
	}
	return err
}

// Redact hides the password of a database address, for logs.
func Redact(dsn string) string {
	if u, err := url.Parse(dsn); err == nil && u.User != nil {
		return u.Redacted()
	}
	return dsn
}

// NewID makes an identifier: a UUIDv7, so that ids grow with time and indexes
// stay compact.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
