package messages

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Message is one thing that the reader was told.
type Message struct {
	ID        string     `db:"id"`
	Template  string     `db:"template"`
	Title     string     `db:"title"`
	Text      string     `db:"text"`
	Link      string     `db:"link"`  // path on this site, or ""
	About     string     `db:"about"` // case number, or ""
	Required  bool       `db:"required"`
	Fresh     int        `db:"fresh"`
	CreatedAt time.Time  `db:"created_at"`
	ReadAt    *time.Time `db:"read_at"`
}

// Unread says that the message was not opened yet.
func (m Message) Unread() bool { return m.Fresh == 1 }

const messageColumns = "id, template, title, text, link, about, required, fresh, created_at, read_at"

// List lists the messages of the actor in ctx, unread ones first, then the
// newest first; unread true leaves the others out. Errors: identity.ErrSignIn,
// db.ErrCursor.
func (m *Module) List(ctx context.Context, unread bool, p db.Page) ([]Message, string, error) {
	actor := identity.FromContext(ctx)
	if !actor.SignedIn() {
		return nil, "", identity.ErrSignIn
	}
	w := new(db.Where).And("account = ? AND hidden = ?", actor.Account, false)
	if unread {
		w.And("fresh = 1")
	}
	var fresh int
	var at time.Time
	var id string
	after, err := p.Key(&fresh, &at, &id)
	if err != nil {
		return nil, "", err
	}
	if after {
		w.And("(fresh, created_at, id) < (?, ?, ?)", fresh, at, id)
	}
	limit := w.Arg(p.Size() + 1)
	var list []Message
	err = m.DB.Conn(ctx).Select(ctx, &list, "SELECT "+messageColumns+" FROM messages_message"+w.SQL()+
		" ORDER BY fresh DESC, created_at DESC, id DESC LIMIT "+limit, w.Args()...)
	if err != nil {
		return nil, "", wrap("list messages", err)
	}
	list, next := db.Cut(list, p, func(x Message) []any { return []any{x.Fresh, x.CreatedAt, x.ID} })
	return list, next, nil
}

// Unread gives how many messages of the actor in ctx are unread; 0 for nobody.
func (m *Module) Unread(ctx context.Context) (int, error) {
	actor := identity.FromContext(ctx)
	if !actor.SignedIn() {
		return 0, nil
	}
	var n int
	err := m.DB.Conn(ctx).Get(ctx, &n, "SELECT n FROM messages_unread WHERE account = $1", actor.Account)
	if errors.Is(err, db.ErrNoRows) {
		return 0, nil
	}
	return n, wrap("count unread", err)
}

// Open gives one message of the actor and notes that it was read. ErrUnknown
// for any other's too.
func (m *Module) Open(ctx context.Context, id string) (Message, error) {
	var x Message
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		actor := identity.FromContext(ctx)
		err := m.DB.Conn(ctx).Get(ctx, &x, "SELECT "+messageColumns+` FROM messages_message
			WHERE id = $1 AND account = $2 AND hidden = $3`, id, actor.Account, false)
		if errors.Is(err, db.ErrNoRows) || actor.Account == "" {
			return ErrUnknown
		}
		if err != nil {
			return wrap("read message", err)
		}
		return m.read(ctx, actor.Account, id)
	})
	return x, err
}

// read notes that a message was read, and counts it once.
func (m *Module) read(ctx context.Context, account, id string) error {
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE messages_message SET fresh = 0, read_at = $3
		WHERE id = $1 AND account = $2 AND fresh = 1`, id, account, m.now(ctx))
	if err != nil || n == 0 {
		return wrap("mark read", err)
	}
	return m.addUnread(ctx, map[string]int64{account: -1})
}

// ReadAll notes that the actor has read everything up to now.
func (m *Module) ReadAll(ctx context.Context) error {
	actor := identity.FromContext(ctx)
	if !actor.SignedIn() {
		return identity.ErrSignIn
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE messages_message SET fresh = 0, read_at = $2
			WHERE account = $1 AND hidden = $3 AND fresh = 1`, actor.Account, m.now(ctx), false)
		if err != nil || n == 0 {
			return wrap("mark all read", err)
		}
		return m.addUnread(ctx, map[string]int64{actor.Account: -n})
	})
}

// Hide takes a message out of the actor's box. ErrUnknown.
func (m *Module) Hide(ctx context.Context, id string) error {
	actor := identity.FromContext(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.read(ctx, actor.Account, id); err != nil {
			return err
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE messages_message SET hidden = $3 WHERE id = $1 AND account = $2 AND hidden = $4`,
			id, actor.Account, true, false)
		if err == nil && (n == 0 || actor.Account == "") {
			return ErrUnknown
		}
		return wrap("hide message", err)
	})
}

// addUnread keeps the counts that every page shows: so many more of each
// account, always in the same order, so that two who count do not wait for
// each other.
func (m *Module) addUnread(ctx context.Context, more map[string]int64) error {
	var rows [][]any
	for _, account := range slices.Sorted(maps.Keys(more)) {
		if more[account] != 0 {
			rows = append(rows, []any{account, more[account]})
		}
	}
	return m.DB.Conn(ctx).InsertRows(ctx, "messages_unread", []string{"account", "n"},
		"ON CONFLICT (account) DO UPDATE SET n = messages_unread.n + excluded.n", rows)
}
