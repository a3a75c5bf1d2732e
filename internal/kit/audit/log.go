package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yimen/internal/kit/archive"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/jobs"
)

// Log is the audit log of a database.
type Log struct {
	d       *db.DB
	clock   clock.Clock
	archive *archive.Archive // nil: no year was put away
	actsAs  func(ctx context.Context, actor string) string
}

// New gives the log of a database that has its Migrations.
func New(d *db.DB, c clock.Clock) *Log { return &Log{d: d, clock: c} }

// ActsAs makes f say in which roles the actor of an entry acts, for entries that
// do not say it themselves.
func (l *Log) ActsAs(f func(ctx context.Context, actor string) string) { l.actsAs = f }

// Workers seals what was written, every five seconds.
func (l *Log) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "audit.seal", 5*time.Second, l.Seal)
}

// Write records e in the transaction of ctx, or in one of its own.
func (l *Log) Write(ctx context.Context, e Entry) error {
	if e.At.IsZero() {
		e.At = clock.FromContext(ctx, l.clock).Now()
	}
	if e.Role == "" && l.actsAs != nil {
		e.Role = l.actsAs(ctx, e.Actor)
	}
	e.ID = db.NewIDAt(e.At) // the year of the entry is that of its id
	e = e.clean()
	return l.d.InTx(ctx, func(ctx context.Context) error {
		conn := l.d.Conn(ctx)
		err := conn.Later(ctx, "audit: write", `INSERT INTO audit_row
			(id, at, actor, actor_name, address, action, object, object_id, purpose, result, detail, hash, role, form)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			e.ID, e.At, e.Actor, e.ActorName, e.Address, e.Action, e.Object, e.ObjectID, e.Purpose, e.Result, e.Detail, e.hash(newest), e.Role, newest)
		if err != nil {
			return err
		}
		return conn.Later(ctx, "audit: write", `INSERT INTO audit_pending (row_id) VALUES ($1)`, e.ID)
	})
}

// Query narrows a search; zero fields do not.
type Query struct {
	Actor, Action, Object, ObjectID string
	Result                          string    // "ok", or an error code
	Refused                         bool      // only what was not done: refused, or failed
	From, To                        time.Time // From ≤ at < To
}

// Search lists entries, newest first, and the cursor of the next page. Who may
// look is for the caller to decide.
func (l *Log) Search(ctx context.Context, q Query, p db.Page) ([]Entry, string, error) {
	var w db.Where
	for _, c := range []struct{ column, value string }{
		{"actor", q.Actor}, {"action", q.Action}, {"object", q.Object}, {"object_id", q.ObjectID}, {"result", q.Result},
	} {
		if c.value != "" {
			w.And(c.column+" = ?", c.value)
		}
	}
	if q.Refused {
		w.And("result <> 'ok'") // as the index audit_row_refused says it
	}
	if !q.From.IsZero() {
		w.And("at >= ?", q.From.UTC())
	}
	if !q.To.IsZero() {
		w.And("at < ?", q.To.UTC())
	}
	var at time.Time
	var id string
	if ok, err := p.Key(&at, &id); err != nil {
		return nil, "", err
	} else if ok {
		w.And("(at, id) < (?, ?)", at.UTC(), id)
	}
	query := `SELECT id, at, actor, actor_name, address, action, object, object_id, purpose, result, detail, role
		FROM audit_row` + w.SQL() + ` ORDER BY at DESC, id DESC LIMIT ` + w.Arg(p.Size()+1)
	var rows []Entry
	if err := l.d.Conn(ctx).Select(ctx, &rows, query, w.Args()...); err != nil {
		return nil, "", fmt.Errorf("audit: search: %w", err)
	}
	for i := range rows {
		rows[i].At = rows[i].At.UTC()
	}
	rows, next := db.Cut(rows, p, func(e Entry) []any { return []any{e.At, e.ID} })
	return rows, next, nil
}

// LastSeen is when something was last written or sealed, zero before that: at
// that time this database was at work. A clock that shows less is wrong now, or
// was wrong then.
func (l *Log) LastSeen(ctx context.Context) (time.Time, error) {
	var at time.Time
	err := l.d.Conn(ctx).Get(ctx, &at, `SELECT r.at FROM audit_pending p JOIN audit_row r ON r.id = p.row_id ORDER BY p.row_id DESC LIMIT 1`)
	if errors.Is(err, db.ErrNoRows) {
		err = l.d.Conn(ctx).Get(ctx, &at, `SELECT sealed_at FROM audit_batch WHERE seq = (SELECT seq FROM audit_head WHERE id = 1)`)
	}
	if errors.Is(err, db.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("audit: read when it was written last: %w", err)
	}
	return at.UTC(), nil
}
