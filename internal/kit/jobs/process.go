package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Where several processes work on one database, each counts on in its row of
// jobs_process. A process that could not for so many beats ends its own jobs; one
// that has not for more has died, and the others take back what it ran. Each looks
// at its own stopwatch: no clock of a machine, set right or wrong, has a say.
const (
	defaultBeat = 5 * time.Second
	lostBeats   = 3 // then it ends its own jobs
	deadBeats   = 8 // then they are taken back
)

// process is this one among those that work on the jobs of a PostgreSQL database.
type process struct {
	q    *Queue
	id   string // its River client's, which stands in attempted_by
	seen map[string]beatSeen

	stop context.CancelFunc
	done chan struct{}

	mu   sync.Mutex
	life context.Context // ends when its jobs may be taken back
	end  context.CancelCauseFunc
}

type beatSeen struct {
	beat  int64
	since time.Time
}

var errTakenForDead = errors.New("jobs: the database was out of reach for too long; another process does this job")

// join enters a process that is about to work.
func (q *Queue) join(ctx context.Context, id string) error {
	p := &process{q: q, id: id, seen: map[string]beatSeen{}, done: make(chan struct{})}
	p.live()
	if err := p.enter(ctx); err != nil {
		return err
	}
	run, stop := context.WithCancel(context.Background())
	p.stop = stop
	go p.keepBeating(run)
	q.process.Store(p)
	return nil
}

func (p *process) enter(ctx context.Context) error {
	_, err := p.q.pool.Exec(ctx, `INSERT INTO jobs_process (id, beat) VALUES ($1, 0) ON CONFLICT (id) DO NOTHING`, p.id)
	if err != nil {
		return fmt.Errorf("enter process: %w", err)
	}
	return nil
}

// leave takes the process out once all its jobs have ended. left: some have not,
// and are taken back when it no longer beats.
func (p *process) leave(ctx context.Context, left bool) {
	p.stop()
	<-p.done
	p.end(nil)
	if left {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.q.o.Beat)
	defer cancel()
	if _, err := p.q.pool.Exec(ctx, `DELETE FROM jobs_process WHERE id = $1`, p.id); err != nil {
		p.q.log.WarnContext(ctx, "jobs: process not taken out", "error", err.Error()) // the others will
	}
}

// within gives the context of a job of this process.
func (p *process) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if p == nil {
		return ctx, func() {}
	}
	p.mu.Lock()
	life := p.life
	p.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(life, func() { cancel(context.Cause(life)) })
	return ctx, func() { stop(); cancel(nil) }
}

func (p *process) live() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.life == nil || p.life.Err() != nil {
		p.life, p.end = context.WithCancelCause(context.Background())
	}
}

func (p *process) keepBeating(ctx context.Context) {
	defer close(p.done)
	last, tick := time.Now(), time.NewTicker(p.q.o.Beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		began := time.Now()
		if began.Sub(last) > lostBeats*p.q.o.Beat { // or this process was not given the processor
			p.end(errTakenForDead)
		}
		switch err := p.beat(ctx); {
		case err == nil:
			last = began
			p.live()
		case ctx.Err() == nil:
			p.q.log.WarnContext(ctx, "jobs: beat failed", "error", err.Error())
		}
	}
}

// beat counts on, and takes back what processes ran whose count stands still.
func (p *process) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.q.o.Beat)
	defer cancel()
	tag, err := p.q.pool.Exec(ctx, `UPDATE jobs_process SET beat = beat + 1 WHERE id = $1`, p.id)
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 { // taken for dead
		p.end(errTakenForDead)
		if err := p.enter(ctx); err != nil {
			return err
		}
	}
	rows, err := p.q.pool.Query(ctx, `SELECT id, beat FROM jobs_process WHERE id <> $1`, p.id)
	if err != nil {
		return err
	}
	others := map[string]beatSeen{}
	var id string
	var beat int64
	_, err = pgx.ForEachRow(rows, []any{&id, &beat}, func() error {
		others[id] = beatSeen{beat, time.Now()}
		if was, ok := p.seen[id]; ok && was.beat == beat {
			others[id] = was
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.seen = others
	for id, s := range others {
		if time.Since(s.since) < deadBeats*p.q.o.Beat {
			continue
		}
		if err := p.bury(ctx, id, s.beat); err != nil {
			return err
		}
	}
	return nil
}

// bury takes a dead process out and its jobs back. They get new rows: should it
// live after all, what it says about the old ones is about nothing.
func (p *process) bury(ctx context.Context, id string, beat int64) error {
	return pgx.BeginFunc(ctx, p.q.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM jobs_process WHERE id = $1 AND beat = $2`, id, beat)
		if err != nil || tag.RowsAffected() == 0 {
			return err // it lives, or another has buried it
		}
		tag, err = tx.Exec(ctx, `WITH cut AS (
				DELETE FROM river_job WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $1 RETURNING *
			)
			INSERT INTO river_job (state, finalized_at, args, attempt, attempted_at, attempted_by, created_at, errors, kind, max_attempts, metadata, priority, queue, scheduled_at, tags, unique_key, unique_states)
			SELECT CASE WHEN attempt < max_attempts THEN 'available' ELSE 'discarded' END::river_job_state, CASE WHEN attempt < max_attempts THEN NULL ELSE now() END,
				args, attempt, attempted_at, attempted_by, created_at,
				array_append(errors, jsonb_build_object('at', now(), 'attempt', attempt, 'error', 'the process that ran it has ended', 'trace', '')),
				kind, max_attempts, metadata, priority, queue, scheduled_at, tags, unique_key, unique_states FROM cut`, id)
		if err == nil && tag.RowsAffected() > 0 {
			p.q.log.WarnContext(ctx, "jobs: took back what a process that has ended was running", "process", id, "jobs", tag.RowsAffected())
		}
		return err
	})
}
