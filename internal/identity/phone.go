package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// ErrNoPhone: there is no telephone of which it is known that it is theirs.
var ErrNoPhone = errs.Define(errs.NotFound, "phone_not_proven", "没有本人核验过的手机号。请刷身份证、刷脸或者亮码，也可以收原件。")

// ProvenPhone is the telephone of an active account that its holder has proven to
// have in hand; ErrNoPhone.
func (m *Module) ProvenPhone(ctx context.Context, account string) (string, error) {
	var id string
	err := m.DB.Conn(ctx).Get(ctx, &id, `SELECT id FROM identity_account WHERE id = $1 AND state = $2 AND phone <> '' AND phone_proven_at IS NOT NULL`, account, stateActive)
	if errors.Is(err, db.ErrNoRows) {
		return "", ErrNoPhone
	}
	if err != nil {
		return "", fmt.Errorf("find proven telephone: %w", err)
	}
	p, err := m.Person(ctx, id)
	return p.Phone, err
}

// sharedPhone bounds how many accounts one telephone opens: a family with an
// only phone, not a list of everybody.
const sharedPhone = 20

// AccountsByPhone gives the active accounts of people and enterprises whose
// proven telephone it is, by name: several where a family shares one. The
// caller has made sure that the phone is in the asker's hands.
func (m *Module) AccountsByPhone(ctx context.Context, phone string) ([]Person, error) {
	if phone == "" {
		return nil, nil
	}
	var list []Person
	key, other := m.Keys.Pair(accountPhone, phone)
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT id, kind, display_name, id_type, id_no, phone, division, address, legal_name
		FROM identity_account WHERE (phone_key IN ($1, $5) AND phone_key <> '' AND phone_proven_at IS NOT NULL
			OR phone = $4 AND phone <> '' AND phone_key = '' AND phone_proven_at IS NOT NULL)
		AND state = $2 AND kind IN ('person', 'enterprise') ORDER BY name_key LIMIT $3`, key, stateActive, sharedPhone, phone, other)
	if err != nil {
		return nil, fmt.Errorf("find accounts by telephone: %w", err)
	}
	for i := range list {
		if err := list[i].reveal(m.Keys); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// phoneProven notes that the number registered is the account's.
func (m *Module) phoneProven(ctx context.Context, account string, at time.Time) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET phone_proven_at = $2 WHERE id = $1 AND phone <> ''`, account, at.UTC())
	if err != nil {
		return fmt.Errorf("note proven telephone: %w", err)
	}
	return nil
}
