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

// HoldersOver lists the active accounts that hold a role with the verb over a
// territory with the division in it, the nearest first: whom to tell of what
// happened there. Rights over one agency or department alone do not count. At
// most fifty.
func (m *Module) HoldersOver(ctx context.Context, v Verb, division string) ([]string, error) {
	in, args := rolesWith(v)
	w := new(db.Where).And("a.state = ?", stateActive)
	w.And("g.role IN ("+in+")", args...)
	w.And("g.agency = '' AND g.dept = '' AND g.div_from <= ? AND (g.div_to = '' OR g.div_to > ?)", division, division)
	limit := w.Arg(mostHolders)
	var rows []struct {
		Account string
		From    string
	}
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT g.account AS account, MAX(g.div_from) AS "from" FROM identity_grant g JOIN identity_account a ON a.id = g.account`+w.SQL()+
		` GROUP BY g.account ORDER BY MAX(g.div_from) DESC, g.account LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("list who may %s at %s: %w", v, division, err)
	}
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = r.Account
	}
	return list, nil
}
