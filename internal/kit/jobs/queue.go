package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
)

// maxAttempts is how often a job is tried before it waits for a human.
const maxAttempts = 25

// forever is how long a job that was given up is kept. River has -1 for it, which
// its SQLite driver takes for a nanosecond.
const forever = 100 * 365 * 24 * time.Hour

// Options tune a Queue; the zero value is right for production.
type Options struct {
	Log        *slog.Logger  // nil: slog.Default()
	Clock      clock.Clock   // nil: clock.Real. Decides what At and Drain take for now
	Workers    int           // jobs at once in this process; 0: 16 on PostgreSQL, 4 on SQLite
	InsertOnly bool          // Start does nothing: other processes do the work
	Timeout    time.Duration // after which a job's context is cancelled; 0: 5 minutes
	Beat       time.Duration // how often a process says that it lives, on PostgreSQL; 0: 5 s
}

// Queue is the process's way to the jobs of its database.
type Queue struct {
	d       *db.DB
	o       Options
	log     *slog.Logger
	clock   clock.Clock
	driver  riverdriver.Driver[*sql.Tx]
	inserts *river.Client[*sql.Tx]

	mu       sync.RWMutex // of the wiring; jobs read it while they run
	handlers map[string]handler
	periodic []periodic
	groups   map[string]*group // by kind: what is done together
	polls    []Poll
	started  bool // no more wiring

	life    sync.Mutex // of Start and Stop; held while Stop waits for jobs
	worker  worker     // while started
	polling *pollers   // as long
	pool    *pgxpool.Pool
	process atomic.Pointer[process] // of this worker; nil on SQLite
}

// worker is a started River client, of whichever driver.
type worker interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// New makes the queue of a database whose tables Migrate has made.
func New(d *db.DB, o Options) (*Queue, error) {
	q := &Queue{d: d, o: o, log: o.Log, clock: o.Clock, driver: driver(d), handlers: map[string]handler{}, groups: map[string]*group{}}
	if q.log == nil {
		q.log = slog.Default()
	}
	if q.clock == nil {
		q.clock = clock.Real
	}
	if q.o.Timeout == 0 {
		q.o.Timeout = 5 * time.Minute
	}
	if q.o.Beat == 0 {
		q.o.Beat = defaultBeat
	}
	if q.o.Workers == 0 {
		q.o.Workers = 16
		if d.Engine() == db.SQLite {
			q.o.Workers = 4
		}
	}
	var err error
	q.inserts, err = river.NewClient(q.driver, &river.Config{
		Logger: riverLog(q.log), MaxAttempts: maxAttempts, Hooks: []rivertype.Hook{uniqueHook{}},
		Test: river.TestConfig{Time: q.times()},
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: open queue: %w", err)
	}
	return q, nil
}

// Start begins to work on jobs, in the background, until Stop. Values and
// cancellation of ctx do not reach the jobs.
func (q *Queue) Start(ctx context.Context) error {
	if q.o.InsertOnly {
		return nil
	}
	q.life.Lock()
	defer q.life.Unlock()
	if q.worker != nil {
		return errors.New("jobs: started twice")
	}
	q.mu.Lock()
	q.started = true
	q.mu.Unlock()
	if err := q.takeBack(ctx); err != nil {
		return err
	}
	id := db.NewID()
	w, err := q.newWorker(ctx, id)
	if err == nil && q.pool != nil {
		err = q.join(ctx, id)
	}
	if err == nil {
		// The jobs outlive the request or command that started the queue;
		// Stop ends them.
		err = w.Start(context.Background())
	}
	if err != nil {
		q.closePool(ctx, true)
		return fmt.Errorf("jobs: start: %w", err)
	}
	q.worker, q.polling = w, q.startPolls()
	return nil
}

// takeBack frees the jobs that a killed process was running. SQLite has one
// process, so whatever runs before Start is dead; on PostgreSQL another
// process may be at it: see process, and allowed for what it does not see.
func (q *Queue) takeBack(ctx context.Context) error {
	if q.d.Engine() != db.SQLite {
		return nil
	}
	_, err := q.d.Conn(ctx).Exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`)
	if err == nil {
		// Of a killed process, perhaps by a clock that was ahead: nobody would
		// run anything periodic until that time comes.
		_, err = q.d.Conn(ctx).Exec(ctx, `DELETE FROM river_leader`)
	}
	if err != nil {
		return fmt.Errorf("jobs: take back what was running: %w", err)
	}
	return nil
}

func (q *Queue) newWorker(ctx context.Context, id string) (worker, error) {
	conf := &river.Config{
		ID:            id,
		Logger:        riverLog(q.log),
		MaxAttempts:   maxAttempts,
		Test:          river.TestConfig{Time: q.times()},
		Hooks:         []rivertype.Hook{uniqueHook{}},
		Workers:       q.workers(),
		PeriodicJobs:  q.periodicJobs(),
		Queues:        map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: q.o.Workers}},
		FetchCooldown: 5 * time.Millisecond, // workers ÷ cooldown is the most that can be done

		// Of the quickest jobs; Timeout of each says how long it may run.
		JobTimeout:                  min(leastTimeout, q.o.Timeout),
		RescueStuckJobsAfter:        min(leastTimeout, q.o.Timeout),
		CompletedJobRetentionPeriod: time.Hour,
		DiscardedJobRetentionPeriod: forever, // until somebody has looked
	}
	if q.d.Engine() == db.SQLite {
		// Nothing tells SQLite's readers of a new row; a look at an empty
		// queue costs some 50 µs.
		conf.FetchPollInterval = 50 * time.Millisecond
		return river.NewClient(riversqlite.New(q.d.SQL()), conf)
	}
	pool, err := listenPool(ctx, q.d.DirectURL())
	if err != nil {
		return nil, err
	}
	q.pool = pool
	return river.NewClient(riverpgxv5.New(pool), conf)
}

// listenPool is for the queue's own statements: database/sql cannot LISTEN,
// and a busy page must not keep the queue from a connection. A pooler in
// transaction mode cannot LISTEN either: dsn leads past it.
func listenPool(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	conf, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the PostgreSQL address cannot be read")
	}
	conf.MaxConns = 6
	conf.ConnConfig.RuntimeParams["timezone"] = "UTC"
	return pgxpool.NewWithConfig(ctx, conf)
}

// Stop takes no new jobs and waits for those that run. When ctx ends first,
// their contexts are cancelled; what did not finish is tried again later.
func (q *Queue) Stop(ctx context.Context) error {
	q.life.Lock()
	defer q.life.Unlock()
	if q.worker == nil {
		return nil
	}
	q.polling.end(ctx)
	err := q.worker.Stop(ctx)
	if err != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = errors.Join(err, q.worker.StopAndCancel(last))
	}
	q.worker, q.polling = nil, nil
	q.closePool(ctx, err != nil)
	if err != nil {
		return fmt.Errorf("jobs: stop: %w", err)
	}
	return nil
}

// closePool ends what Start began on PostgreSQL; left: jobs that still run.
func (q *Queue) closePool(ctx context.Context, left bool) {
	if p := q.process.Swap(nil); p != nil {
		p.leave(ctx, left)
	}
	if q.pool != nil {
		q.pool.Close()
		q.pool = nil
	}
}

// Kinds lists what is registered, sorted.
func (q *Queue) Kinds() []string {
	q.mu.RLock()
	defer q.mu.RUnlock()
	kinds := make([]string, 0, len(q.handlers))
	for k := range q.handlers {
		kinds = append(kinds, k)
	}
	sort.Strings(kinds)
	return kinds
}

// riverLog lets through what an operator must see; River tells at level Info
// what every second brings.
func riverLog(log *slog.Logger) *slog.Logger { return slog.New(quiet{log.Handler()}) }

type quiet struct{ slog.Handler }

func (h quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}
func (h quiet) WithAttrs(a []slog.Attr) slog.Handler { return quiet{h.Handler.WithAttrs(a)} }
func (h quiet) WithGroup(name string) slog.Handler   { return quiet{h.Handler.WithGroup(name)} }

// DB is the database whose transactions Insert joins.
func (q *Queue) DB() *db.DB { return q.d }
