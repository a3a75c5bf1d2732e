package identity

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"yimen/gb"
)

// ChildMandates finds the proposals of parents for a child without an account,
// by the child's ID number: for a window that has the household register in
// hand. Looking is recorded. Errors: ErrNoRight.
func (m *Module) ChildMandates(ctx context.Context, idNo string) ([]Mandate, error) {
	a := FromContext(ctx)
	if !a.IsSystem() && !a.Has(VerbMandateConfirm) {
		return nil, ErrNoRight
	}
	key, other := m.Keys.Pair(childIDNo, idNo)
	rows, err := m.mandateRows(ctx, ` WHERE (x.child_id_no_key IN ($1, $4) AND x.child_id_no_key <> ''
		OR x.child_id_no = $2 AND x.child_id_no <> '' AND x.child_id_no_key = '') AND x.state = $3 ORDER BY x.created_at DESC, x.id DESC LIMIT 20`,
		key, strings.ToUpper(strings.TrimSpace(idNo)), MandateProposed, other)
	if err != nil {
		return nil, fmt.Errorf("find mandates for a child: %w", err)
	}
	for _, r := range rows {
		if err := m.recordMandate(ctx, "mandate.look", r.ID); err != nil {
			return nil, err
		}
	}
	return plainMandates(rows), nil
}

// ConfirmChild makes a parent's mandate for a child stand, after a window has
// seen the household register or the birth certificate. The child gets an
// account nobody can sign in to, so that its cases are its own when it is
// grown up. Errors: ErrNoRight, ErrMandateUnknown, ErrMandateState,
// ErrMandateExpired, ErrIdentityTaken.
func (m *Module) ConfirmChild(ctx context.Context, id string) (Mandate, error) {
	a := FromContext(ctx)
	if !a.IsSystem() && !a.Has(VerbMandateConfirm) {
		return Mandate{}, ErrNoRight
	}
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		row, err := m.lockMandate(ctx, id)
		if err != nil {
			return err
		}
		if row.Principal != "" || row.ChildIDNo == "" {
			return ErrMandateState
		}
		parent, err := m.Person(ctx, row.Agent)
		if err != nil {
			return err
		}
		row.Principal, err = m.CreateAccount(ctx, NewAccount{Name: "child-" + strings.ToLower(rand.Text()), Kind: KindPerson,
			DisplayName: row.ChildName, IDType: string(gb.IDResident), IDNo: row.ChildIDNo, Phone: parent.Phone,
			Division: parent.Division, Address: parent.Address})
		if err != nil {
			return err
		}
		row.ChildName, row.ChildIDNo = "", "" // the account has them now
		if err := m.activate(ctx, &row, a); err != nil {
			return err
		}
		if err := m.updateMandate(ctx, row); err != nil {
			return err
		}
		return m.recordMandate(ctx, "mandate.confirm_child", id)
	})
	if err != nil {
		return Mandate{}, err
	}
	rows, err := m.mandateRows(ctx, " WHERE x.id = $1", id)
	if err != nil || len(rows) == 0 {
		return Mandate{}, err
	}
	return rows[0].mandate(), nil
}
