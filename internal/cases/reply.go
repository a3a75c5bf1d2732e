package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Reply is what the actor has put together so far to correct or supplement a
// case (补正、补交的草稿): files in order. It is nobody's but theirs until
// Correct or Supplement hands it in, which ends it.
type Reply struct {
	Materials []Handed
	UpdatedAt time.Time // zero: nothing has been put together
}

// Reply gives the actor's own for a case they may see; the zero Reply when
// there is none. ErrUnknown.
func (m *Module) Reply(ctx context.Context, number string) (Reply, error) {
	if _, err := m.seen(ctx, number); err != nil {
		return Reply{}, err
	}
	return m.replyOf(ctx, number)
}

func (m *Module) replyOf(ctx context.Context, number string) (Reply, error) {
	var row struct {
		Materials string    `db:"materials"`
		UpdatedAt time.Time `db:"updated_at"`
	}
	err := m.db.Conn(ctx).Get(ctx, &row, `SELECT materials, updated_at FROM cases_reply WHERE number = $1 AND account = $2`,
		number, identity.FromContext(ctx).Account)
	if errors.Is(err, db.ErrNoRows) {
		return Reply{}, nil
	}
	if err != nil {
		return Reply{}, fmt.Errorf("read reply: %w", err)
	}
	r := Reply{UpdatedAt: row.UpdatedAt}
	return r, fromJSON(row.Materials, &r.Materials)
}

// ChangeReply changes the actor's own reply as it stands now, so that two
// devices keep each other's photos. Errors: ErrSignIn, ErrUnknown,
// ErrDraftTooLarge.
func (m *Module) ChangeReply(ctx context.Context, number string, change func([]Handed) []Handed) (Reply, error) {
	account := identity.FromContext(ctx).Account
	if account == "" {
		return Reply{}, ErrSignIn
	}
	if _, err := m.seen(ctx, number); err != nil {
		return Reply{}, err
	}
	var r Reply
	err := m.db.InTx(ctx, func(ctx context.Context) error {
		c, now := m.db.Conn(ctx), m.now(ctx)
		_, err := c.Exec(ctx, `INSERT INTO cases_reply (number, account, materials, updated_at) VALUES ($1, $2, '[]', $3)
			ON CONFLICT (number, account) DO UPDATE SET updated_at = excluded.updated_at`, number, account, now)
		if err != nil {
			return wrap("lock reply", err)
		}
		if r, err = m.replyOf(ctx, number); err != nil {
			return err
		}
		r.Materials = change(r.Materials)
		raw, err := json.Marshal(r.Materials)
		if err != nil || len(raw) > maxDraft {
			return ErrDraftTooLarge
		}
		_, err = c.Exec(ctx, `UPDATE cases_reply SET materials = $3 WHERE number = $1 AND account = $2`, number, account, string(raw))
		return wrap("store reply", err)
	})
	return r, err
}

// endReplies forgets what was put together for a case: it has been handed in.
func (m *Module) endReplies(ctx context.Context, number string) error {
	_, err := m.db.Conn(ctx).Exec(ctx, `DELETE FROM cases_reply WHERE number = $1`, number)
	return wrap("end replies", err)
}
