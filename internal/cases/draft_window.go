package cases

import (
	"context"
	"fmt"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

// ErrDraftNotYours is told to whoever would take over a draft without the right.
var ErrDraftNotYours = errs.Define(errs.Denied, "case_draft_not_yours", "您没有在窗口接办网上草稿的权限，请联系网点管理员。")

// DraftsOf lists what an account has begun and not sent, for a clerk before
// whom its owner stands: the caller has identified them. ErrDraftNotYours.
func (m *Module) DraftsOf(ctx context.Context, account string) ([]Draft, error) {
	if !identity.FromContext(ctx).Has(RightSubmitFor) {
		return nil, ErrDraftNotYours
	}
	var rows []draftRow
	err := m.db.Conn(ctx).Select(ctx, &rows, selectDraft+` WHERE account = $1 AND account <> '' ORDER BY updated_at DESC, number DESC LIMIT $2`, account, 20)
	if err != nil {
		return nil, fmt.Errorf("list drafts of an applicant: %w", err)
	}
	list := make([]Draft, len(rows))
	for i, r := range rows {
		if list[i], err = m.draftOf(r); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// TakeOverDraft hands a draft begun by account to the clerk before whom its
// owner stands, to be finished at the window. Its number stays. Discarded there
// (DiscardDraft), it goes back to its owner. Errors: ErrDraftNotYours,
// ErrDraftUnknown.
func (m *Module) TakeOverDraft(ctx context.Context, number, account string) (Draft, error) {
	actor := identity.FromContext(ctx)
	if !actor.Has(RightSubmitFor) {
		return Draft{}, ErrDraftNotYours
	}
	err := m.db.InTx(ctx, func(ctx context.Context) error {
		n, err := m.db.Conn(ctx).Exec(ctx, `UPDATE cases_draft SET account = $1, started_by = $2, updated_at = $3
			WHERE number = $4 AND account = $2 AND account <> ''`, actor.Account, account, m.now(ctx), number)
		if err == nil && n == 0 {
			return ErrDraftUnknown
		}
		return wrap("take over draft", err)
	})
	if err != nil {
		return Draft{}, err
	}
	return m.Draft(ctx, number)
}

// giveBack returns a draft that was taken over to whoever began it; false when
// it is the actor's own.
func (m *Module) giveBack(ctx context.Context, a identity.Actor, number string) (bool, error) {
	given := false
	err := m.db.InTx(ctx, func(ctx context.Context) error {
		n, err := m.db.Conn(ctx).Exec(ctx, `UPDATE cases_draft SET account = started_by, started_by = ''
			WHERE number = $1 AND account = $2 AND started_by <> ''`, number, a.Account)
		given = n > 0
		return wrap("give back draft", err)
	})
	return given, err
}

// mayUse tells whether the actor may hand in a file of owner: their own, or one
// that came with the draft they have taken over.
func (c *checker) mayUse(ctx context.Context, owner string) (bool, error) {
	if owner == c.actor.Account || c.actor.IsSystem() {
		return true, nil
	}
	if owner == "" || c.s.Draft == "" {
		return false, nil
	}
	var n int
	err := c.m.db.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM cases_draft WHERE number = $1 AND account = $2 AND started_by = $3`,
		c.s.Draft, c.actor.Account, owner)
	return n > 0, wrap("read who began the draft", err)
}
