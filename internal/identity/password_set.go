package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/alexedwards/argon2id"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// ErrPasswordFirst is told to a program that comes with a session whose
// password has to be changed first; pages lead to where that is done.
var (
	ErrPasswordFirst = errs.Define(errs.Denied, "password_must_change", "请先修改密码：初始密码和到期的密码要改过后才能使用系统。")
	ErrAdminPassword = errs.Define(errs.Denied, "admin_password_reset", "管理员账号的密码不能由别的管理员重设：请由运维人员在服务器上用 yimen password 重设。")
)

// SetPassword changes a password, one's own or, with VerbAccountManage,
// another's, who then has to change it at the next sign-in. All sessions of the
// account end. Errors: ErrPasswordWeak, ErrMayNotManage, ErrAccountUnknown.
func (m *Module) SetPassword(ctx context.Context, account, password string) error {
	row, err := m.account(ctx, account)
	if err != nil {
		return err
	}
	actor := FromContext(ctx)
	own := actor.Account == row.ID
	if !actor.IsSystem() && !own && !actor.Has(VerbAccountManage) {
		return ErrMayNotManage
	}
	held, err := m.Held(ctx, row.ID)
	if err != nil {
		return err
	}
	admin := slices.ContainsFunc(held, Held.isAdmin)
	if admin && !own && !actor.IsSystem() {
		return ErrAdminPassword // or one administrator would soon be two
	}
	if err := m.checkPassword(row.Kind, admin, row.Name, password); err != nil {
		return err
	}
	if err := m.checkNew(ctx, row, password); err != nil {
		return err
	}
	hash, err := m.hash(ctx, password)
	if err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.keepOld(ctx, row); err != nil {
			return err
		}
		now := m.now(ctx)
		_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET password = $2, epoch = epoch + 1, updated_at = $3, password_at = $4,
			password_first = $5, shared = $6 WHERE id = $1`, row.ID, hash, now, now, !own, row.Shared && own)
		if err != nil {
			return fmt.Errorf("store password: %w", err)
		}
		if err := m.ended(ctx, row.ID, ""); err != nil {
			return err
		}
		if err := m.Changed(ctx, row.ID, ChangedPassword, ""); err != nil {
			return err
		}
		return m.record(ctx, "account.password", row.ID, "")
	})
}

// isAdmin says that the role is one of the three administrators'.
func (h Held) isAdmin() bool {
	role, _ := RoleNamed(h.Role)
	return role.Admin != ""
}

func givesAdmin(roles []RoleAt) bool {
	return slices.ContainsFunc(roles, func(r RoleAt) bool { return Held{Role: r.Role}.isAdmin() })
}

// checkNew refuses the passwords that a member of staff had last.
func (m *Module) checkNew(ctx context.Context, row accountRow, password string) error {
	if row.Kind != KindStaff {
		return nil
	}
	hashes := []string{row.Password}
	var before []string
	err := m.DB.Conn(ctx).Select(ctx, &before, `SELECT hash FROM identity_password WHERE account = $1 ORDER BY id DESC LIMIT $2`,
		row.ID, m.Rules.PasswordHistory-1)
	if err != nil {
		return fmt.Errorf("read old passwords: %w", err)
	}
	for _, hash := range append(hashes, before...) {
		if hash == "" {
			continue
		}
		same, err := m.matches(ctx, password, hash)
		if err != nil {
			return err
		}
		if same {
			return ErrPasswordWeak.Field("password", fmt.Sprintf("不能与最近用过的%d个密码相同，请换一个。", m.Rules.PasswordHistory))
		}
	}
	return nil
}

func (m *Module) matches(ctx context.Context, password, hash string) (bool, error) {
	done, err := m.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	return argon2id.ComparePasswordAndHash(password, hash)
}

// keepOld notes the password that is replaced, and forgets those too old to matter.
func (m *Module) keepOld(ctx context.Context, row accountRow) error {
	if row.Kind != KindStaff || row.Password == "" {
		return nil
	}
	c := m.DB.Conn(ctx)
	if _, err := c.Exec(ctx, `INSERT INTO identity_password (id, account, hash, at) VALUES ($1, $2, $3, $4)`,
		db.NewID(), row.ID, row.Password, m.now(ctx)); err != nil {
		return fmt.Errorf("keep old password: %w", err)
	}
	var oldest string
	err := c.Get(ctx, &oldest, `SELECT id FROM identity_password WHERE account = $1 ORDER BY id DESC LIMIT 1 OFFSET $2`,
		row.ID, m.Rules.PasswordHistory)
	if errors.Is(err, db.ErrNoRows) {
		return nil
	}
	if err == nil {
		_, err = c.Exec(ctx, `DELETE FROM identity_password WHERE account = $1 AND id <= $2`, row.ID, oldest)
	}
	return err
}
