package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// Acts and states of a change of roles.
const (
	ChangeGive = "give"
	ChangeTake = "take"

	ChangeAsked     = "asked"     // 待授权: nothing has happened yet
	ChangeDone      = "done"      // 已授权: in effect
	ChangeRefused   = "refused"   // 未同意
	ChangeWithdrawn = "withdrawn" // 已撤回
)

// RoleChange is a role to be given or taken, as the system administrator
// proposes it. It takes effect when the security administrator authorises it
// (三员分立): neither changes rights without the other.
type RoleChange struct {
	ID          string     `db:"id"`
	Account     string     `db:"account"`
	Login       string     `db:"login"`
	Name        string     `db:"display_name"`
	Act         string     `db:"act"`
	Role        string     `db:"role"`
	About       string     `db:"about"`
	From        string     `db:"div_from"`
	To          string     `db:"div_to"`
	Agency      string     `db:"agency"`
	Dept        string     `db:"dept"`
	Grant       string     `db:"grant_id"`
	Reason      string     `db:"reason"`
	State       string     `db:"state"`
	AskedBy     string     `db:"asked_by"`
	AskedName   string     `db:"asked_name"`
	AskedAt     time.Time  `db:"asked_at"`
	DecidedName string     `db:"decided_name"`
	DecidedAt   *time.Time `db:"decided_at"`
	Note        string     `db:"note"`
}

// Errors about changes of roles.
var (
	ErrChangeUnknown = errs.Define(errs.NotFound, "role_change_unknown", "没有这条角色变更，请回到列表重新选择。")
	ErrChangeOver    = errs.Define(errs.Conflict, "role_change_over", "这条角色变更已经处理过，请刷新页面查看。")
	ErrChangeOwn     = errs.Define(errs.Denied, "role_change_own", "不能授权自己提出的或关于自己的变更，请由另一位安全管理员授权。")
	ErrChangeInvalid = errs.Define(errs.Invalid, "role_change_invalid", "角色变更填写有误，请按提示修改。")
)

const maxReason = 200

const selectChange = `SELECT c.id, c.account, a.name AS login, a.display_name, c.act, c.role, c.about, c.div_from, c.div_to, c.agency, c.dept, c.grant_id,
	c.reason, c.state, c.asked_by, COALESCE(k.display_name, '') AS asked_name, c.asked_at, COALESCE(d.display_name, '') AS decided_name, c.decided_at, c.note
	FROM identity_change c JOIN identity_account a ON a.id = c.account
	LEFT JOIN identity_account k ON k.id = c.asked_by LEFT JOIN identity_account d ON d.id = c.decided_by`

// ProposeGrant asks for a role to be given, with the reason. Needs
// VerbAccountManage. Errors: as GrantRole, and ErrChangeInvalid with field reason.
func (m *Module) ProposeGrant(ctx context.Context, account, role string, at Reach, reason string) (string, error) {
	g, err := grantOf(role, at)
	if err != nil {
		return "", err
	}
	return m.propose(ctx, account, ChangeGive, g, reason, func(ctx context.Context, row accountRow) error {
		_, err := m.mayHold(ctx, row, role)
		return err
	})
}

// ProposeRevoke asks for one grant to be taken. Needs VerbAccountManage.
// Errors: ErrChangeInvalid, ErrMayNotManage, ErrAccountUnknown.
func (m *Module) ProposeRevoke(ctx context.Context, account, grant, reason string) (string, error) {
	var g grantRow
	err := m.DB.Conn(ctx).Get(ctx, &g, `SELECT `+strings.Join(grantColumns, ", ")+` FROM identity_grant WHERE id = $1`, grant)
	if errors.Is(err, db.ErrNoRows) {
		return "", ErrChangeUnknown
	}
	if err != nil {
		return "", fmt.Errorf("read grant: %w", err)
	}
	return m.propose(ctx, account, ChangeTake, g, reason, func(_ context.Context, row accountRow) error {
		if row.ID != g.Account {
			return ErrChangeUnknown
		}
		return nil
	})
}

func (m *Module) propose(ctx context.Context, account, act string, g grantRow, reason string, check func(context.Context, accountRow) error) (string, error) {
	a := FromContext(ctx)
	if !a.IsSystem() && !a.Has(VerbAccountManage) {
		return "", ErrMayNotManage
	}
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n == 0 || n > maxReason {
		return "", ErrChangeInvalid.Field("reason", "请写清为什么要变更，不超过200个字，例如：调入窗口工作。")
	}
	id := db.NewID()
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		row, err := m.account(ctx, account)
		if err != nil {
			return err
		}
		if row.ID == a.Account {
			return ErrRoleNotForYou
		}
		if err := check(ctx, row); err != nil {
			return err
		}
		grant := ""
		if act == ChangeTake {
			grant = g.ID
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO identity_change (id, account, act, role, about, div_from, div_to, agency, dept, grant_id,
			reason, state, asked_by, asked_at, decided_by, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', '')`,
			id, row.ID, act, g.Role, string(g.About), g.From, g.To, g.Agency, g.Dept, grant, reason, ChangeAsked, a.Account, m.now(ctx))
		if err != nil {
			return fmt.Errorf("propose change of role: %w", err)
		}
		return m.record(ctx, "grant.propose", row.ID, act+" "+g.Role)
	})
	return id, err
}

// AuthoriseChange puts a proposed change into effect. Needs VerbGrantManage;
// nobody authorises what they proposed or what is about themselves. Errors:
// ErrChangeUnknown, ErrChangeOver, ErrChangeOwn, ErrThreeAdmins, ErrLastAdmin.
func (m *Module) AuthoriseChange(ctx context.Context, id string) error {
	return m.decideChange(ctx, id, ChangeDone, "", func(ctx context.Context, c RoleChange) error {
		row, err := m.account(ctx, c.Account)
		if err != nil {
			return err
		}
		if err := m.lockAccount(ctx, row.ID); err != nil {
			return err
		}
		if c.Act == ChangeTake {
			return m.RevokeGrant(ctx, c.Account, c.Grant)
		}
		return m.give(ctx, row, grantRow{Role: c.Role, About: On(c.About), From: c.From, To: c.To, Agency: c.Agency, Dept: c.Dept})
	})
}

// RefuseChange says no, and why. Errors: as AuthoriseChange, ErrChangeInvalid.
func (m *Module) RefuseChange(ctx context.Context, id, note string) error {
	note = strings.TrimSpace(note)
	if n := utf8.RuneCountInString(note); n == 0 || n > maxReason {
		return ErrChangeInvalid.Field("note", "请写明不同意的理由，不超过200个字。")
	}
	return m.decideChange(ctx, id, ChangeRefused, note, func(context.Context, RoleChange) error { return nil })
}

func (m *Module) decideChange(ctx context.Context, id, state, note string, do func(context.Context, RoleChange) error) error {
	a := FromContext(ctx)
	if !a.IsSystem() && !a.Has(VerbGrantManage) {
		return ErrMayNotManage
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		c, err := m.change(ctx, id)
		if err != nil {
			return err
		}
		if c.AskedBy == a.Account || c.Account == a.Account {
			return ErrChangeOwn
		}
		if err := m.closeChange(ctx, id, state, note); err != nil {
			return err
		}
		if err := do(ctx, c); err != nil {
			return err
		}
		return m.record(ctx, "grant."+state, c.Account, c.Act+" "+c.Role)
	})
}

// WithdrawChange takes a proposal back. Needs VerbAccountManage. Errors:
// ErrChangeUnknown, ErrChangeOver, ErrMayNotManage.
func (m *Module) WithdrawChange(ctx context.Context, id string) error {
	if a := FromContext(ctx); !a.IsSystem() && !a.Has(VerbAccountManage) {
		return ErrMayNotManage
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		c, err := m.change(ctx, id)
		if err != nil {
			return err
		}
		if err := m.closeChange(ctx, id, ChangeWithdrawn, ""); err != nil {
			return err
		}
		return m.record(ctx, "grant.withdrawn", c.Account, c.Act+" "+c.Role)
	})
}

// closeChange decides once: who comes second is told.
func (m *Module) closeChange(ctx context.Context, id, state, note string) error {
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_change SET state = $2, decided_by = $3, decided_at = $4, note = $5
		WHERE id = $1 AND state = 'asked'`, id, state, FromContext(ctx).Account, m.now(ctx), note)
	if err != nil {
		return fmt.Errorf("decide on change of role: %w", err)
	}
	if n == 0 {
		return ErrChangeOver
	}
	return nil
}

func (m *Module) change(ctx context.Context, id string) (RoleChange, error) {
	var c RoleChange
	err := m.DB.Conn(ctx).Get(ctx, &c, selectChange+` WHERE c.id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrChangeUnknown
	}
	return c, err
}

// RoleChanges lists changes, newest first: those of an account, or of all; open
// ones alone, or decided ones too. For those who manage accounts or grants.
// Errors: ErrMayNotManage, db.ErrCursor.
func (m *Module) RoleChanges(ctx context.Context, account string, open bool, p db.Page) ([]RoleChange, string, error) {
	if err := managesAccounts(FromContext(ctx)); err != nil {
		return nil, "", err
	}
	w := new(db.Where)
	if account != "" {
		w.And("c.account = ?", account)
	}
	if open {
		w.And("c.state = ?", ChangeAsked)
	}
	var after string
	if ok, err := p.Key(&after); err != nil {
		return nil, "", err
	} else if ok {
		w.And("c.id < ?", after)
	}
	var rows []RoleChange
	query := selectChange + w.SQL() + " ORDER BY c.id DESC LIMIT " + w.Arg(p.Size()+1)
	if err := m.DB.Conn(ctx).Select(ctx, &rows, query, w.Args()...); err != nil {
		return nil, "", fmt.Errorf("list changes of roles: %w", err)
	}
	rows, next := db.Cut(rows, p, func(c RoleChange) []any { return []any{c.ID} })
	return rows, next, nil
}
