package progress

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of the package.
var Migrations = db.Embedded("progress", migrations)

const columns = `id, kind, title, owner, args, state, total, done, failed, note, back, stuck_key, stuck_times, started_at, updated_at, ended_at`

func (t *Tracker) insert(ctx context.Context, w Work) error {
	_, err := t.d.Conn(ctx).Exec(ctx, `INSERT INTO progress_work (`+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, '', $8, '', 0, $9, $9, NULL)`,
		w.ID, w.Kind, w.Title, w.Owner, w.Args, w.State, w.Total, w.Back, w.StartedAt)
	if err != nil {
		return fmt.Errorf("progress: insert work: %w", err)
	}
	return nil
}

func (t *Tracker) read(ctx context.Context, id string) (w Work, err error) {
	err = t.d.Conn(ctx).Get(ctx, &w, `SELECT `+columns+` FROM progress_work WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return w, ErrUnknown
	}
	if err != nil {
		return w, fmt.Errorf("progress: read work: %w", err)
	}
	return w, nil
}

// Works lists those of the account in ctx, newest first.
func (t *Tracker) Works(ctx context.Context, p db.Page) ([]Work, string, error) {
	last := "~"
	if _, err := p.Key(&last); err != nil {
		return nil, "", err
	}
	var list []Work
	err := t.d.Conn(ctx).Select(ctx, &list, `SELECT `+columns+` FROM progress_work WHERE owner = $1 AND id < $2
		ORDER BY id DESC LIMIT $3`, t.o.Owner(ctx), last, p.Size()+1)
	if err != nil {
		return nil, "", fmt.Errorf("progress: list works: %w", err)
	}
	list, next := db.Cut(list, p, func(w Work) []any { return []any{w.ID} })
	return list, next, nil
}

// Lines lists what became of the things of a work, failures first, then in
// their order. The caller has found the work as its owner.
func (t *Tracker) Lines(ctx context.Context, id string, p db.Page) ([]Line, string, error) {
	ok, no := false, 0
	if _, err := p.Key(&ok, &no); err != nil {
		return nil, "", err
	}
	var list []Line
	err := t.d.Conn(ctx).Select(ctx, &list, `SELECT no, key, title, ok, message FROM progress_line
		WHERE work = $1 AND (ok > $2 OR ok = $2 AND no > $3) ORDER BY ok, no LIMIT $4`, id, ok, no, p.Size()+1)
	if err != nil {
		return nil, "", fmt.Errorf("progress: list lines: %w", err)
	}
	list, next := db.Cut(list, p, func(l Line) []any { return []any{l.OK, l.No} })
	return list, next, nil
}

// keys are the things of a work that have their line.
func (t *Tracker) keys(ctx context.Context, id string) (map[string]bool, error) {
	var list []string
	if err := t.d.Conn(ctx).Select(ctx, &list, `SELECT key FROM progress_line WHERE work = $1`, id); err != nil {
		return nil, fmt.Errorf("progress: read lines: %w", err)
	}
	done := make(map[string]bool, len(list))
	for _, key := range list {
		done[key] = true
	}
	return done, nil
}

// addLine writes a line and counts it, once.
func (t *Tracker) addLine(ctx context.Context, id string, l Line) error {
	failed := 0
	if !l.OK {
		failed = 1
	}
	return t.d.InTx(ctx, func(ctx context.Context) error {
		n, err := t.d.Conn(ctx).Exec(ctx, `INSERT INTO progress_line (work, key, no, title, ok, message)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, id, l.Key, l.No, l.Title, l.OK, l.Message)
		if err != nil {
			return fmt.Errorf("progress: add line: %w", err)
		}
		if n == 0 {
			return nil
		}
		return t.change(ctx, `done = done + 1, failed = failed + $3, stuck_key = '', stuck_times = 0`, id, failed)
	})
}

func (t *Tracker) setTotal(ctx context.Context, id string, total int) error {
	return t.change(ctx, `total = $3`, id, total)
}

func (t *Tracker) stuck(ctx context.Context, id, key string) error {
	return t.change(ctx, `stuck_times = CASE WHEN stuck_key = $3 THEN stuck_times + 1 ELSE 1 END, stuck_key = $3`, id, key)
}

func (t *Tracker) setState(ctx context.Context, id string, s State) error {
	return t.change(ctx, `state = $3`, id, s)
}

// end ends a work that has not ended; the first end stands. Without a note the
// one it has stays.
func (t *Tracker) end(ctx context.Context, id string, s State, note string) error {
	return t.change(ctx, `state = $3, note = CASE WHEN $4 = '' THEN note ELSE $4 END, ended_at = $2`, id, s, note)
}

// change updates a work that has not ended; $1 is its id, $2 now.
func (t *Tracker) change(ctx context.Context, set, id string, args ...any) error {
	now := clock.FromContext(ctx, t.clock).Now().UTC().Truncate(time.Microsecond)
	_, err := t.d.Conn(ctx).Exec(ctx, `UPDATE progress_work SET updated_at = $2, `+set+`
		WHERE id = $1 AND state IN ('waiting', 'running')`, append([]any{id, now}, args...)...)
	if err != nil {
		return fmt.Errorf("progress: update work: %w", err)
	}
	return nil
}
