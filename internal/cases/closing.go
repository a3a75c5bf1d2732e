package cases

import (
	"context"
	"fmt"

	"yimen/internal/identity"
)

// InTheWayOfClosing says that an account has cases that go on and that it may see
// at the level it holds; none: it may be closed. What a window filed under its
// number is not counted below OwnLevel: even how many there are is nobody's who
// only knows a name and a number. Such a case goes on, and its notices go to the
// telephone in it.
func (m *Module) InTheWayOfClosing(ctx context.Context, account string, held identity.Level) ([]string, error) {
	sure := filedBy
	if held >= OwnLevel {
		sure = ""
	}
	var n int
	err := m.db.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM cases_case WHERE account = $1`+sure+` AND state NOT IN ($2, $3, $4, $5, $6)`,
		account, StateClosed, StateArchived, StateRefused, StateWithdrawn, StateTerminated)
	if err != nil {
		return nil, fmt.Errorf("count cases that go on: %w", err)
	}
	if n == 0 {
		return nil, nil
	}
	return []string{fmt.Sprintf("您有%d件事还在办：请等办完，或者在“我的办件”里撤回。", n)}, nil
}

// Forget removes the drafts of a person whose account is closed. What was handed
// in stays as long as the law has it.
func (m *Module) Forget(ctx context.Context, p identity.Person) error {
	if _, err := m.db.Conn(ctx).Exec(ctx, `DELETE FROM cases_draft WHERE account = $1`, p.Account); err != nil {
		return fmt.Errorf("forget drafts: %w", err)
	}
	return nil
}
