package identity

import (
	"context"
	"fmt"
	"time"
)

// What both sides of a delegation hear of it.
const (
	lendingGiven   = "given"
	lendingRefused = "refused"
	lendingEnded   = "ended"
	lendingExpired = "expired"
)

func (m *Module) tellLending(ctx context.Context, id, what string) error {
	if m.Events == nil {
		return nil
	}
	return m.Events.Publish(ctx, DelegationChanged{Delegation: id, What: what})
}

// DelegationByID gives a delegation to the program itself, and to its two sides.
// Errors: ErrDelegationUnknown.
func (m *Module) DelegationByID(ctx context.Context, id string) (Delegation, error) {
	a := FromContext(ctx)
	d, err := m.delegation(ctx, id)
	if err == nil && !a.IsSystem() && a.Account != d.Delegator && a.Account != d.Deputy {
		return Delegation{}, ErrDelegationUnknown
	}
	return d, err
}

// RoleTitles are the roles of a delegation in words.
func (d Delegation) RoleTitles() string { return d.roleTitles() }

// lateExpiry is how late it is still told that lent rights have run out.
const lateExpiry = 7 * 24 * time.Hour

// tellExpired tells both sides, once, that lent rights have run out: the rights
// are gone with the last second, whether anybody is told or not.
func (m *Module) tellExpired(ctx context.Context) error {
	now := m.now(ctx)
	var ids []string
	err := m.DB.Conn(ctx).Select(ctx, &ids, `SELECT id FROM identity_delegation WHERE state = 'active' AND ends_at <= $1 AND ends_at > $2 AND over_told = $3
		ORDER BY ends_at, id LIMIT 500`, now, now.Add(-lateExpiry), false)
	if err != nil {
		return fmt.Errorf("find delegations that ran out: %w", err)
	}
	for _, id := range ids {
		err := m.DB.InTx(ctx, func(ctx context.Context) error {
			n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_delegation SET over_told = $2 WHERE id = $1 AND over_told = $3`, id, true, false)
			if err != nil || n == 0 {
				return err
			}
			return m.tellLending(ctx, id, lendingExpired)
		})
		if err != nil {
			return fmt.Errorf("tell that a delegation ran out: %w", err)
		}
	}
	return nil
}
