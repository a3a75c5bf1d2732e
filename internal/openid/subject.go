package openid

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"yimen/internal/kit/db"
)

// subjectOf is the name (sub) of an account before a client. It is drawn at
// random the first time, so nothing can be computed from it.
func (m *Module) subjectOf(ctx context.Context, c Client, account string) (string, error) {
	if c.Definition.PublicSub {
		return account, nil
	}
	fresh := strings.ToLower(rand.Text())
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO openid_subject (sector, account, subject) VALUES ($1, $2, $3)
		ON CONFLICT (sector, account) DO NOTHING`, c.sector(), account, fresh)
	if err != nil {
		return "", fmt.Errorf("name a person: %w", err)
	}
	var subject string
	err = m.DB.Conn(ctx).Get(ctx, &subject, `SELECT subject FROM openid_subject WHERE sector = $1 AND account = $2`, c.sector(), account)
	if err != nil {
		return "", fmt.Errorf("name a person: %w", err)
	}
	return subject, nil
}

// accountOf is the account behind a name that a client knows; "" when the
// client knows nobody by it.
func (m *Module) accountOf(ctx context.Context, c Client, subject string) (string, error) {
	if c.Definition.PublicSub {
		return subject, nil
	}
	var account string
	err := m.DB.Conn(ctx).Get(ctx, &account, `SELECT account FROM openid_subject WHERE subject = $1 AND sector = $2`, subject, c.sector())
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return account, err
}
