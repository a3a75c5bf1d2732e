package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
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
	beside         func(token string, now time.Time) ([]db.Read, func() (Stored, any)) // nil: nothing is
}

// besideKey carries where what is read beside a session goes, past scs.
type besideKey struct{}

// Stored is a session's row.
type Stored struct {
	Subject   string    `db:"subject"`
	Data      string    `db:"session_data"`
	IdleUntil time.Time `db:"session_idle_until"`
	Idle      int64     `db:"session_idle"` // seconds; 0 is the site's rule
}

// liveSession finds a session, as Stored, by token and time.
const liveSession = `SELECT subject, data AS session_data, idle_until AS session_idle_until, idle AS session_idle
	FROM web_session WHERE token = $1 AND idle_until > $2 AND expires_at > $2`

// FindCtx gives the data of a live session and moves its idle time on.
func (s *sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	now := s.clock.Now()
	row, err := s.read(ctx, token, now)
	if errors.Is(err, db.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if idle := s.idleOf(row.Idle); row.IdleUntil.Sub(now) < idle-min(touchEvery, idle/10) {
		s.touch(ctx, token, now.Add(idle))
	}
	return []byte(row.Data), true, nil
}

// read finds a live session, with what is wanted beside it in one message:
// almost every session is somebody's. db.ErrNoRows.
func (s *sessionStore) read(ctx context.Context, token string, now time.Time) (Stored, error) {
	if place, ok := ctx.Value(besideKey{}).(*any); ok && s.beside != nil {
		reads, found := s.beside(token, now)
		if err := s.db.Conn(ctx).Together(ctx, reads...); err != nil {
			return Stored{}, err
		}
		if row, beside := found(); beside != nil {
			*place = beside
			return row, nil
		}
	}
	var row Stored
	err := s.db.Conn(ctx).Get(ctx, &row, liveSession, token, now)
	return row, err
}

// touch is best effort: a page must not wait for the writer, and a missed
// touch is made up by the next request.
func (s *sessionStore) touch(ctx context.Context, token string, until time.Time) {
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	_, _ = s.db.Conn(ctx).Exec(ctx, `UPDATE web_session SET idle_until = $2 WHERE token = $1`, token, until)
}

// CommitCtx stores a session. How long it lives is counted from its first commit.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	now := s.clock.Now()
	subject, idle := ownKeys(b)
	_, err := s.db.Conn(ctx).Exec(ctx, `INSERT INTO web_session (token, subject, data, idle_until, expires_at, created_at, idle)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (token) DO UPDATE SET subject = excluded.subject, data = excluded.data, idle_until = excluded.idle_until, idle = excluded.idle`,
		token, subject, string(b), now.Add(s.idleOf(idle)), now.Add(s.lifetime), now, idle)
	return err
}

// idleOf is how long a session may be unused: seconds of its own, or the site's.
func (s *sessionStore) idleOf(seconds int64) time.Duration {
	if own := time.Duration(seconds) * time.Second; own > 0 && own < s.idle {
		return own
	}
	return s.idle
}

// ownKeys are what the store keeps in columns of its own.
func ownKeys(b []byte) (subject string, idle int64) {
	var v map[string]any
	_ = json.Unmarshal(b, &v) // written by jsonCodec
	subject, _ = v[subjectKey].(string)
	text, _ := v[idleKey].(string)
	idle, _ = strconv.ParseInt(text, 10, 64) // "" is the site's rule
	return subject, idle
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

// EndSome ends the sessions of an account in which key has the value, and gives
// what each had for give, so that what was built on them can be ended too. It
// joins the transaction.
func EndSome(ctx context.Context, d *db.DB, subject, key, value, give string) ([]string, error) {
	var rows []struct {
		Token string `db:"token"`
		Data  string `db:"data"`
	}
	if err := d.Conn(ctx).Select(ctx, &rows, `SELECT token, data FROM web_session WHERE subject = $1 AND subject <> ''`, subject); err != nil {
		return nil, fmt.Errorf("web: find sessions: %w", err)
	}
	var ended []string
	for _, row := range rows {
		_, held, err := jsonCodec{}.Decode([]byte(row.Data))
		if err != nil {
			return nil, fmt.Errorf("web: read session: %w", err)
		}
		if is, _ := held[key].(string); is != value {
			continue
		}
		if _, err := d.Conn(ctx).Exec(ctx, `DELETE FROM web_session WHERE token = $1`, row.Token); err != nil {
			return nil, fmt.Errorf("web: end session: %w", err)
		}
		own, _ := held[give].(string)
		ended = append(ended, own)
	}
	return ended, nil
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
