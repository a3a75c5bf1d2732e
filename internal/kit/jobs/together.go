package jobs

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"yimen/internal/kit/db"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package beside the library's, which
// Migrate makes. Needed where something is registered by RegisterTogether.
var Migrations = db.Embedded("jobs", migrations)

// Item is one job among those that are done together.
type Item struct {
	Kind string
	Args []byte // JSON
}

// togetherBatch is how many are done in one transaction, at most.
const togetherBatch = 200

// togetherEvery is how often one looks for them. What comes in between is
// done at once by few statements: the more there is to do, the less each
// costs.
const togetherEvery = 100 * time.Millisecond

// group is what does some kinds of jobs together.
type group struct {
	name string
	fn   func(ctx context.Context, list []Item) error
}

// RegisterTogether tells that the jobs of these kinds, each also registered
// for itself, are done together: fn gets those that are due, in the order in
// which they were inserted, inside one transaction in which they are removed
// as well. So its work in the database is done exactly once, whenever the
// process dies; other work it must not do.
//
// When fn fails, all is undone and the jobs are tried in smaller parts; one
// that fails alone becomes a job like any other, tried again by what is
// registered for its kind, and shown among the Failures. One process of all
// does the jobs of all groups. To be called before Start.
func RegisterTogether(q *Queue, name string, fn func(ctx context.Context, list []Item) error, kinds ...string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.started {
		panic("jobs: " + name + " registered after Start")
	}
	if len(q.groups) == 0 {
		q.polls = append(q.polls, Poll{Name: "together", Every: togetherEvery, Full: togetherBatch, Run: q.doTogether, Due: q.notes})
	}
	g := &group{name, fn}
	for _, kind := range kinds {
		if q.groups[kind] != nil {
			panic("jobs: kind registered twice: " + kind)
		}
		q.groups[kind] = g
	}
}

// groupOf is what does a kind together with others, or nil.
func (q *Queue) groupOf(kind string) *group {
	q.mu.RLock()
	defer q.mu.RUnlock()
	return q.groups[kind]
}

// noted are the jobs of a transaction that will be inserted at its end.
type noted struct{ rows [][]any }

type notedKey struct{ q *Queue }

// note inserts a job to be done together with others; those of a transaction
// by one statement at its end. Inside InTx only.
func (q *Queue) note(ctx context.Context, kind string, raw []byte) error {
	row := []any{db.NewID(), kind, string(raw)}
	if n, ok := q.d.Remembered(ctx, notedKey{q}).(*noted); ok {
		n.rows = append(n.rows, row)
		return nil
	}
	n := &noted{rows: [][]any{row}}
	q.d.Remember(ctx, notedKey{q}, n)
	return q.d.BeforeCommit(ctx, func(ctx context.Context) error {
		rows := n.rows
		q.d.Remember(ctx, notedKey{q}, nil) // what comes later asks again
		return q.d.Conn(ctx).InsertRowsLater(ctx, "jobs_note", []string{"id", "kind", "args"}, "", rows)
	})
}

// noteRow is a job that waits for others.
type noteRow struct {
	ID   string `db:"id"`
	Kind string `db:"kind"`
	Args string `db:"args"`
}

// groupFailed is the failure of what a group does, as opposed to one of the
// database below it.
type groupFailed struct {
	row noteRow // the first of them
	n   int
	err error
}

func (f *groupFailed) Error() string { return f.err.Error() }
func (f *groupFailed) Unwrap() error { return f.err }

// doTogether does some of what waits and says how many they were.
func (q *Queue) doTogether(ctx context.Context) (int, error) {
	// A look without a transaction first: mostly there is nothing.
	var ids []string
	if err := q.d.Conn(ctx).Select(ctx, &ids, `SELECT id FROM jobs_note ORDER BY id LIMIT 1`); err != nil || len(ids) == 0 {
		return 0, err
	}
	for limit := togetherBatch; ; {
		n, err := q.doSome(ctx, limit)
		var failed *groupFailed
		switch {
		case err == nil:
			return n, nil
		case ctx.Err() != nil || !errors.As(err, &failed):
			return 0, err
		case failed.n == 1:
			return 1, q.leaveAlone(ctx, failed)
		}
		limit = failed.n / 2
	}
}

// doSome does up to limit of the oldest jobs in one transaction.
func (q *Queue) doSome(ctx context.Context, limit int) (int, error) {
	n := 0
	err := q.d.InTx(ctx, func(ctx context.Context) error {
		if mine, err := q.myTurn(ctx); err != nil || !mine {
			return err
		}
		c := q.d.Conn(ctx)
		var rows []noteRow
		if err := c.Select(ctx, &rows, `SELECT id, kind, args FROM jobs_note ORDER BY id LIMIT $1`, limit); err != nil {
			return err
		}
		if n = len(rows); n == 0 {
			return nil
		}
		ids := make([]string, n)
		for i, r := range rows {
			ids[i] = r.ID
		}
		// First, so that on SQLite nobody else begins to write meanwhile.
		w := new(db.Where).In("id", ids)
		if _, err := c.Exec(ctx, "DELETE FROM jobs_note"+w.SQL(), w.Args()...); err != nil {
			return err
		}
		if err := q.runGroups(ctx, rows); err != nil {
			return &groupFailed{rows[0], n, err}
		}
		return nil
	})
	return n, err
}

// togetherLock names the lock of whoever does jobs together, among all
// processes on a PostgreSQL database.
const togetherLock = 0x79696d656e // "yimen"

// myTurn tells whether no other process is at it: two at once would mix up
// the order of what happened to a case. The lock ends with the transaction,
// and with the process.
func (q *Queue) myTurn(ctx context.Context) (bool, error) {
	if q.d.Engine() == db.SQLite {
		return true, nil
	}
	var mine bool
	err := q.d.Conn(ctx).Get(ctx, &mine, `SELECT pg_try_advisory_xact_lock($1)`, int64(togetherLock))
	return mine, err
}

// runGroups gives each group its jobs, in their order.
func (q *Queue) runGroups(ctx context.Context, rows []noteRow) error {
	of := map[*group][]Item{}
	var order []*group
	for _, r := range rows {
		g := q.groupOf(r.Kind)
		if g == nil {
			return fmt.Errorf("no worker for jobs of kind %s", r.Kind)
		}
		if of[g] == nil {
			order = append(order, g)
		}
		of[g] = append(of[g], Item{r.Kind, []byte(r.Args)})
	}
	for _, g := range order {
		if err := g.run(ctx, of[g]); err != nil {
			return err
		}
	}
	return nil
}

// run does the jobs of a group. A panic is a failure like another.
func (g *group) run(ctx context.Context, list []Item) (err error) {
	start := time.Now()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		observeTogether(g.name, list, time.Since(start), err)
	}()
	return g.fn(ctx, list)
}

// leaveAlone makes the job that failed without company one like any other,
// which counts its attempts and keeps its error.
func (q *Queue) leaveAlone(ctx context.Context, f *groupFailed) error {
	q.log.WarnContext(ctx, "job failed among others, left to itself", "kind", f.row.Kind, "error", f.err.Error())
	return q.d.InTx(ctx, func(ctx context.Context) error {
		n, err := q.d.Conn(ctx).Exec(ctx, `DELETE FROM jobs_note WHERE id = $1`, f.row.ID)
		if err != nil || n == 0 {
			return err
		}
		return q.insertAlone(ctx, []string{f.row.Kind}, []byte(f.row.Args), options{priority: 2})
	})
}

// notes counts what waits to be done together.
func (q *Queue) notes(ctx context.Context) (int, error) {
	var n int
	err := q.d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM jobs_note`)
	return n, err
}
