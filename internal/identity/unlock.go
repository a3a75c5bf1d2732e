package identity

import (
	"context"
	"fmt"

	"yimen/internal/kit/db"
)

// Unlock forgets the wrong passwords of an account, so that it can be signed in
// to before the lock ends by itself. Needs VerbAccountManage. Errors:
// ErrMayNotManage, ErrAccountUnknown.
func (m *Module) Unlock(ctx context.Context, account string) error {
	if a := FromContext(ctx); !a.IsSystem() && !a.Has(VerbAccountManage) {
		return ErrMayNotManage
	}
	row, err := m.account(ctx, account)
	if err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.forgetFailures(ctx, failureKey(row.Name)); err != nil {
			return err
		}
		return m.record(ctx, "account.unlock", row.ID, "")
	})
}

// LockedNow tells which of the accounts cannot be signed in to now because of
// wrong passwords, by id.
func (m *Module) LockedNow(ctx context.Context, list []Account) (map[string]bool, error) {
	locked, byKey := map[string]bool{}, map[string]string{}
	keys := make([]string, len(list))
	for i, a := range list {
		keys[i] = failureKey(a.Name)
		byKey[keys[i]] = a.ID
	}
	if len(keys) == 0 {
		return locked, nil
	}
	w := new(db.Where).In("name_hash", keys).And("failures >= ?", m.Rules.MaxFailures).And("last_at > ?", m.now(ctx).Add(-m.Rules.LockFor))
	var found []string
	if err := m.DB.Conn(ctx).Select(ctx, &found, `SELECT name_hash FROM identity_failure`+w.SQL(), w.Args()...); err != nil {
		return nil, fmt.Errorf("find locked accounts: %w", err)
	}
	for _, key := range found {
		locked[byKey[key]] = true
	}
	return locked, nil
}
