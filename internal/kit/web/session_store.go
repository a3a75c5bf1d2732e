package web

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
)

// touchEvery is how often a session in use has its idle time moved on. Doing
// it on every request would make every page read a write.
const touchEvery = time.Minute

// sessionStore keeps sessions in web_session. It has scs's Store shape; the
// times it is given are the machine's, so it uses its own clock instead.
type sessionStore struct {
	db             *db.DB
	clock          clock.Clock
	idle, lifetime time.Duration
	beside         func(subject string, args ...any) (db.Read, any)
}

// besideKey carries where what is read beside a session goes, past scs.
type besideKey struct{}

// liveSession finds a session by token and time.
const liveSession = ` FROM web_session WHERE token = $1 AND idle_until > $2 AND expires_at > $2`

// FindCtx gives the data of a live session and moves its idle time on.
func (s *sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	now := s.clock.Now()
	var row struct {
		Data      string    `db:"data"`
		IdleUntil time.Time `db:"idle_until"`
	}
	reads := []db.Read{db.One(&row, db.ErrNoRows, `SELECT data, idle_until`+liveSession, token, now)}
	place, ok := ctx.Value(besideKey{}).(*any)
	if ok && s.beside != nil {
		read, found := s.beside(`(SELECT subject`+liveSession+`)`, token, now)
		reads, *place = append(reads, read), found
	}
	err := s.db.Conn(ctx).Together(ctx, reads...)
	if errors.Is(err, db.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if row.IdleUntil.Sub(now) < s.idle-min(touchEvery, s.idle/10) {
		s.touch(ctx, token, now)
	}
	return []byte(row.Data), true, nil
}

// touch is best effort: a page must not wait for the writer, and a missed
// touch is made up by the next request.
func (s *sessionStore) touch(ctx context.Context, token string, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	_, _ = s.db.Conn(ctx).Exec(ctx, `UPDATE web_session SET idle_until = $2 WHERE token = $1`, token, now.Add(s.idle))
}

// CommitCtx stores a session. How long it lives is counted from its first commit.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	now := s.clock.Now()
	_, err := s.db.Conn(ctx).Exec(ctx, `INSERT INTO web_session (token, subject, data, idle_until, expires_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (token) DO UPDATE SET subject = excluded.subject, data = excluded.data, idle_until = excluded.idle_until`,
		token, subjectOf(b), string(b), now.Add(s.idle), now.Add(s.lifetime), now)
	return err
}

func subjectOf(b []byte) string {
	var v map[string]any
	_ = json.Unmarshal(b, &v) // written by jsonCodec
	subject, _ := v[subjectKey].(string)
	return subject
}

// DeleteCtx ends a session.
func (s *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.db.Conn(ctx).Exec(ctx, `DELETE FROM web_session WHERE token = $1`, token)
	return err
}

// Find, Commit and Delete complete scs.Store; the manager uses the Ctx forms.
func (s *sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}
func (s *sessionStore) Commit(token string, b []byte, t time.Time) error {
	return s.CommitCtx(context.Background(), token, b, t)
}
func (s *sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// EndSessions ends every session of an account: its password changed, its
// rights were taken, or it is locked.
func (rt *Router) EndSessions(ctx context.Context, subject string) error {
	if subject == "" {
		return errors.New("web: end sessions of nobody")
	}
	_, err := rt.o.DB.Conn(ctx).Exec(ctx, `DELETE FROM web_session WHERE subject = $1`, subject)
	return err
}

// Cleanup removes ended sessions and idempotent answers older than a week. A
// periodic job calls it.
func (rt *Router) Cleanup(ctx context.Context) error {
	now := rt.o.Clock.Now()
	c := rt.o.DB.Conn(ctx)
	if _, err := c.Exec(ctx, `DELETE FROM web_session WHERE idle_until < $1 OR expires_at < $1`, now); err != nil {
		return err
	}
	if _, err := c.Exec(ctx, `DELETE FROM web_rate WHERE ends_at < $1`, now); err != nil {
		return err
	}
	_, err := c.Exec(ctx, `DELETE FROM web_idempotency WHERE created_at < $1`, now.Add(-keepAnswers))
	return err
}
