package openid

import (
	"context"
	"fmt"

	"yimen/internal/identity"
)

// Forget takes back what a person whose account is closed allowed to connected
// systems; what was granted ends with their sessions. The subjects stay, so that
// nobody else is ever taken for them.
func (m *Module) Forget(ctx context.Context, p identity.Person) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_consent SET withdrawn_at = $2 WHERE account = $1 AND withdrawn_at IS NULL`, p.Account, m.now(ctx))
	if err != nil {
		return fmt.Errorf("forget consents: %w", err)
	}
	return nil
}
