package identity

import (
	"context"
	"errors"
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
	ErrThreeAdmins   = errs.Define(errs.Conflict, "three_admins_separate", "系统管理员、安全管理员、审计管理员不能由同一账号兼任，请先撤销原有角色或改授其他账号。")
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

// GrantRole gives an account a role; giving it again changes nothing. Needs
// VerbGrantManage. Errors: ErrRoleUnknown, ErrReach, ErrThreeAdmins,
// ErrRoleNotForYou, ErrRoleForStaff, ErrAccountUnknown, ErrMayNotManage.
func (m *Module) GrantRole(ctx context.Context, account, role string, at Reach) error {
	g, err := grantOf(role, at)
	if err != nil {
		return err
	}
	return m.changeGrants(ctx, account, func(ctx context.Context, row accountRow) error {
		if row.Kind == KindPerson || row.Kind == KindEnterprise {
			return ErrRoleForStaff
		}
		held, err := m.Held(ctx, row.ID)
		if err != nil {
			return err
		}
		if err := keepAdminsApart(held, role); err != nil {
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
		return m.record(ctx, "grant.give", row.ID, role)
	})
}

// Revoke takes a role away from an account, wherever it holds. Needs
// VerbGrantManage. The next request of the account is without it.
func (m *Module) Revoke(ctx context.Context, account, role string) error {
	return m.changeGrants(ctx, account, func(ctx context.Context, row accountRow) error {
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
