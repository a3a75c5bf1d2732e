package identity

import (
	"context"
	"fmt"

	"yimen/internal/kit/db"
)

// mostHolders bounds whom a notice to all that may do something reaches.
const mostHolders = 50

// Holders lists the active accounts that hold a role with the verb, wherever
// it reaches: whom to tell of what everybody with that right has to look at. At
// most fifty, by account.
func (m *Module) Holders(ctx context.Context, v Verb) ([]string, error) {
	in, args := rolesWith(v)
	w := new(db.Where).And("state = ?", stateActive)
	w.And(`id IN (SELECT g.account FROM identity_grant g WHERE g.role IN (`+in+`))`, args...)
	limit := w.Arg(mostHolders)
	var list []string
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT id FROM identity_account`+w.SQL()+` ORDER BY id LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("list who may %s: %w", v, err)
	}
	return list, nil
}
