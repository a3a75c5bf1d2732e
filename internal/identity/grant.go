package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
)

// Reach says where a role is to hold.
type Reach struct {
	Division   string // 12 digits: this division with everything in it; "": not limited by division
	Exact      bool   // the division alone, without what lies in it
	Agency     string // one agency only
	Dept       string // one department line only (D08), in the whole Division
	On         On     // which place it is about; "": as the role says
	Everywhere bool   // must be said when neither Division, Agency nor Dept limits it
}

// Held is a role that an account holds.
type Held struct {
	ID        string    `db:"id"`
	Role      string    `db:"role"`
	About     On        `db:"about"`
	From      string    `db:"div_from"`
	To        string    `db:"div_to"`
	Agency    string    `db:"agency"`
	Dept      string    `db:"dept"`
	CreatedAt time.Time `db:"created_at"`
	CreatedBy string    `db:"created_by"`
}

// Errors about grants.
var (
	ErrRoleUnknown   = errs.Define(errs.Invalid, "role_unknown", "没有这个角色，请从列表中选择。")
	ErrReach         = errs.Define(errs.Invalid, "grant_reach_invalid", "授权范围有误，请选择行政区划、部门或明确选择“全部范围”。")
	ErrThreeAdmins   = errs.Define(errs.Conflict, "three_admins_separate", "系统管理员、安全管理员、审计管理员不能由同一人兼任，换一个账号也不行，请改授其他人。")
	ErrAdminUnknown  = errs.Define(errs.Conflict, "admin_without_person", "管理员要实名：这个账号没有工号，也没有证件号码，请先用登记了本人的账号。")
	ErrLastAdmin     = errs.Define(errs.Conflict, "last_admin", "这是最后一位在用的同类管理员，不能停用，也不能撤销，请先设置另一位。")
	ErrRoleNotForYou = errs.Define(errs.Denied, "grant_to_self", "不能给自己授权或撤销自己的角色，请由另一位安全管理员办理。")
	ErrRoleForStaff  = errs.Define(errs.Invalid, "role_for_staff", "个人和企业账号不能授予工作人员角色。")
)

// grantOf makes the row of a role at a reach; ErrRoleUnknown, ErrReach.
func grantOf(roleName string, at Reach) (grantRow, error) {
	role, ok := RoleNamed(roleName)
	if !ok {
		return grantRow{}, ErrRoleUnknown
	}
	g := grantRow{Role: roleName, About: at.On, Agency: at.Agency, Dept: at.Dept}
	if g.About == "" {
		g.About = role.On
	}
	if g.About != Competent && g.About != Receiving && g.About != Any {
		return g, ErrReach
	}
	limited := at.Division != "" || at.Agency != "" || at.Dept != ""
	if limited == at.Everywhere || at.Exact && at.Division == "" {
		return g, ErrReach
	}
	if at.Division == "" {
		return g, nil
	}
	if g.From, g.To = org.Range(at.Division); at.Exact {
		g.From, g.To = org.Only(at.Division)
	}
	if g.From == "" {
		return g, ErrReach
	}
	return g, nil
}

// GrantRole gives an account a role; giving it again changes nothing. Only the
// program itself gives roles so (the sample city, the command line that makes
// the first administrators): administrators propose and authorise, see
// ProposeGrant. Errors: ErrRoleUnknown, ErrReach, ErrThreeAdmins,
// ErrRoleForStaff, ErrAccountUnknown, ErrMayNotManage.
func (m *Module) GrantRole(ctx context.Context, account, role string, at Reach) error {
	g, err := grantOf(role, at)
	if err != nil {
		return err
	}
	if !FromContext(ctx).IsSystem() {
		return ErrMayNotManage
	}
	return m.changeGrants(ctx, account, func(ctx context.Context, row accountRow) error { return m.give(ctx, row, g) })
}

// give makes a grant stand. The account's row is locked.
func (m *Module) give(ctx context.Context, row accountRow, g grantRow) error {
	held, err := m.mayHold(ctx, row, g.Role)
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.Role == g.Role && h.About == g.About && h.From == g.From && h.To == g.To && h.Agency == g.Agency && h.Dept == g.Dept {
			return nil
		}
	}
	g.ID, g.Account, g.CreatedAt, g.CreatedBy = db.NewID(), row.ID, m.now(ctx), FromContext(ctx).Account
	if err := m.insertGrants(ctx, []grantRow{g}); err != nil {
		return err
	}
	if (Held{Role: g.Role}).isAdmin() && row.Password != "" && !row.Shared {
		// An administrator's password is longer: whoever becomes one chooses anew.
		_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET password_first = $2 WHERE id = $1`, row.ID, true)
		if err != nil {
			return fmt.Errorf("ask for another password: %w", err)
		}
	}
	return m.record(ctx, "grant.give", row.ID, g.Role)
}

// mayHold says whether an account may hold a role beside those it holds, which
// it gives.
func (m *Module) mayHold(ctx context.Context, row accountRow, role string) ([]Held, error) {
	if row.Kind == KindPerson || row.Kind == KindEnterprise {
		return nil, ErrRoleForStaff
	}
	held, err := m.Held(ctx, row.ID)
	if err != nil || !(Held{Role: role}).isAdmin() {
		return held, err
	}
	if row.Staff == "" && row.IDNo == "" && !FromContext(ctx).IsSystem() {
		return nil, ErrAdminUnknown
	}
	other, err := m.heldBySelf(ctx, row)
	if err != nil {
		return nil, err
	}
	return held, keepAdminsApart(append(other, held...), role)
}

// heldBySelf are the roles of the other accounts of the same person: the same
// number on the staff list, or the same identity document.
func (m *Module) heldBySelf(ctx context.Context, row accountRow) ([]Held, error) {
	var list []Held
	key, otherKey := m.Keys.Pair(accountIDNo, row.IDNo)
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT g.id, g.role FROM identity_grant g JOIN identity_account a ON a.id = g.account
		WHERE a.id <> $1 AND a.kind = 'staff' AND (a.staff <> '' AND a.staff = $2
			OR a.id_no_key <> '' AND a.id_no_key IN ($3, $5) OR a.id_no <> '' AND a.id_no = $4)`, row.ID, row.Staff, key, row.IDNo, otherKey)
	if err != nil {
		return nil, fmt.Errorf("read roles of the person's other accounts: %w", err)
	}
	return list, nil
}

// keepOneAdmin refuses to let go of the last active administrator of a kind that
// is among the roles.
func (m *Module) keepOneAdmin(ctx context.Context, row accountRow, roles []Held) error {
	for _, h := range roles {
		if !h.isAdmin() || row.State != stateActive {
			continue
		}
		// Two who let go of each other at the same moment wait for one another here.
		_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET updated_at = updated_at
			WHERE id IN (SELECT account FROM identity_grant WHERE role = $1)`, h.Role)
		if err != nil {
			return fmt.Errorf("lock administrators: %w", err)
		}
		var others int
		err = m.DB.Conn(ctx).Get(ctx, &others, `SELECT COUNT(*) FROM identity_account a WHERE a.id <> $1 AND a.state = $2
			AND EXISTS (SELECT 1 FROM identity_grant g WHERE g.account = a.id AND g.role = $3)`, row.ID, stateActive, h.Role)
		if err != nil {
			return fmt.Errorf("count administrators: %w", err)
		}
		if others == 0 {
			return ErrLastAdmin.Because(errors.New("last " + h.Role))
		}
	}
	return nil
}

// Revoke takes a role away from an account, wherever it holds. Needs
// VerbGrantManage. The next request of the account is without it.
func (m *Module) Revoke(ctx context.Context, account, role string) error {
	return m.changeGrants(ctx, account, func(ctx context.Context, row accountRow) error {
		held, err := m.Held(ctx, row.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(held, func(h Held) bool { return h.Role == role }) {
			if err := m.keepOneAdmin(ctx, row, []Held{{Role: role}}); err != nil {
				return err
			}
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM identity_grant WHERE account = $1 AND role = $2`, row.ID, role)
		if err != nil || n == 0 {
			return err
		}
		return m.record(ctx, "grant.take", row.ID, role)
	})
}

func (m *Module) changeGrants(ctx context.Context, account string, fn func(ctx context.Context, row accountRow) error) error {
	actor := FromContext(ctx)
	if !actor.IsSystem() && !actor.Has(VerbGrantManage) {
		return ErrMayNotManage
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		row, err := m.account(ctx, account)
		if err != nil {
			return err
		}
		if row.ID == actor.Account {
			return ErrRoleNotForYou
		}
		if err := m.lockAccount(ctx, row.ID); err != nil {
			return err
		}
		return fn(ctx, row)
	})
}

// keepAdminsApart refuses a second of the three administrators (三员分立).
func keepAdminsApart(held []Held, role string) error {
	next, _ := RoleNamed(role)
	if next.Admin == "" {
		return nil
	}
	for _, h := range held {
		if r, _ := RoleNamed(h.Role); r.Admin != "" && r.Admin != next.Admin {
			return ErrThreeAdmins.Because(errors.New("holds " + h.Role))
		}
	}
	return nil
}

// Held lists the roles of an account (id), oldest first.
func (m *Module) Held(ctx context.Context, id string) ([]Held, error) {
	var list []Held
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT id, role, about, div_from, div_to, agency, dept, created_at, created_by
		FROM identity_grant WHERE account = $1 ORDER BY id`, id)
	return list, err
}
