package identity

import (
	"context"
	"errors"
	"fmt"

	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
)

// Columns that are sealed, and found by their keys.
var (
	accountIDNo  = sealed.Define("identity_account", "id", "id_no", sealed.Indexed("id_no_key", sealed.Upper))
	accountPhone = sealed.Define("identity_account", "id", "phone", sealed.Indexed("phone_key", sealed.Digits))
	childIDNo    = sealed.Define("identity_mandate", "id", "child_id_no", sealed.Indexed("child_id_no_key", sealed.Upper))
)

func (r *accountRow) seal(ring *sealed.Ring) {
	r.IDNoKey, r.PhoneKey = ring.Index(accountIDNo, r.IDNo), ring.Index(accountPhone, r.Phone)
	r.IDNo, r.Phone = ring.Seal(accountIDNo, r.ID, r.IDNo), ring.Seal(accountPhone, r.ID, r.Phone)
}

func (r *accountRow) reveal(ring *sealed.Ring) error {
	return ring.Reveal(r.ID, sealed.Value{Column: accountIDNo, Text: &r.IDNo}, sealed.Value{Column: accountPhone, Text: &r.Phone})
}

func (p *Person) reveal(ring *sealed.Ring) error {
	return ring.Reveal(p.Account, sealed.Value{Column: accountIDNo, Text: &p.IDNo}, sealed.Value{Column: accountPhone, Text: &p.Phone})
}

func (r mandateRow) sealed(ring *sealed.Ring) mandateRow {
	r.ChildIDNoKey = ring.Index(childIDNo, r.ChildIDNo)
	r.ChildIDNo = ring.Seal(childIDNo, r.ID, r.ChildIDNo)
	return r
}

func (r *mandateRow) reveal(ring *sealed.Ring) error {
	return ring.Reveal(r.ID, sealed.Value{Column: childIDNo, Text: &r.ChildIDNo})
}

// withDocument are the accounts of people and enterprises with a document, as
// the rest of a query that follows what is to be selected: those that are
// sealed by their key, those of before as they are. It takes $1 id type, $2 and $4
// keys, $3 number, and a condition on all: $1 to $4 are document's.
func withDocument(what, cond string) string {
	return what + ` FROM identity_account WHERE id_type = $1 AND id_no_key IN ($2, $4) AND id_no_key <> '' AND kind IN ('person', 'enterprise')` + cond +
		` UNION ALL ` + what + ` FROM identity_account WHERE id_type = $1 AND id_no = $3 AND id_no <> '' AND id_no_key = ''
		AND kind IN ('person', 'enterprise')` + cond
}

// document are the arguments of withDocument.
func (m *Module) document(idType, idNo string) []any {
	key, other := m.Keys.Pair(accountIDNo, idNo)
	return []any{idType, key, idNo, other}
}

// free says ErrIdentityTaken when an account has the document that the index of
// keys does not know, or knows by the other key.
func (m *Module) free(ctx context.Context, a NewAccount) error {
	if a.IDNo == "" || a.Kind != KindPerson && a.Kind != KindEnterprise {
		return nil
	}
	if _, err := m.Keys.Alone(ctx); err != nil {
		return err
	}
	var id string
	err := m.DB.Conn(ctx).Get(ctx, &id, withDocument(`SELECT id`, ``), m.document(a.IDType, a.IDNo)...)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("look for the document: %w", err)
	}
	return ErrIdentityTaken
}
