package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"yimen/gb"
	"yimen/internal/kit/errs"
)

// Contact is how a person or enterprise can be reached. Empty fields stay as
// they are.
type Contact struct{ Phone, Address string }

// SetContact changes the actor's own contact, for applications to come; cases
// under way keep what was handed in. Errors: ErrSignIn, errs.ErrInvalid with
// fields phone, address.
func (m *Module) SetContact(ctx context.Context, c Contact) error {
	a := FromContext(ctx)
	if !a.SignedIn() || !a.IsApplicant() {
		return ErrSignIn
	}
	if err := c.check(); err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		own, err := m.Person(ctx, a.Account)
		if err != nil {
			return err
		}
		key, other := m.Keys.Pair(accountPhone, c.Phone)
		_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET
			phone_proven_at = CASE WHEN $2 = '' OR phone_key IN ($7, $8) THEN phone_proven_at ELSE NULL END,
			phone = CASE WHEN $2 = '' THEN phone ELSE $3 END,
			phone_key = CASE WHEN $2 = '' THEN phone_key ELSE $7 END,
			address = CASE WHEN $4 = '' THEN address ELSE $5 END, updated_at = $6 WHERE id = $1`,
			a.Account, c.Phone, m.Keys.Seal(accountPhone, a.Account, c.Phone), c.Address, c.Address, m.now(ctx), key, other)
		if err != nil {
			return fmt.Errorf("store contact: %w", err)
		}
		if c.Phone != "" && c.Phone != own.Phone {
			if err := m.contactChanged(ctx, a.Account, CorrectPhone); err != nil {
				return err
			}
		}
		if c.Address != "" && c.Address != own.Address {
			if err := errors.Join(m.contactChanged(ctx, a.Account, CorrectAddress), m.Changed(ctx, a.Account, ChangedAddress, "")); err != nil {
				return err
			}
		}
		return m.record(ctx, "account.contact", a.Account, "")
	})
}

func (c *Contact) check() error {
	var bad errs.Fields
	c.Phone, c.Address = strings.TrimSpace(c.Phone), strings.TrimSpace(c.Address)
	if c.Phone != "" {
		if _, err := gb.ParseMobile(c.Phone); err != nil {
			bad.Add("phone", "请填写11位手机号：短信要发到手机上。")
		}
	}
	if n := utf8.RuneCountInString(c.Address); c.Address != "" && (n < 5 || n > 200) {
		bad.Add("address", "地址请写5至200个字，写到门牌号。")
	}
	return bad.Err()
}
