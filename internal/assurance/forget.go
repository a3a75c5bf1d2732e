package assurance

import (
	"context"

	"yimen/internal/identity"
)

// Forget removes the keys, the app and the recovery codes of a person whose
// account is closed.
func (m *Module) Forget(ctx context.Context, p identity.Person) error {
	for _, table := range []string{"assurance_passkey", "assurance_totp", "assurance_recovery", "assurance_scan"} {
		if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM `+table+` WHERE account = $1`, p.Account); err != nil {
			return wrap("forget "+table, err)
		}
	}
	return nil
}
