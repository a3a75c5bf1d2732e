package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yimen/internal/kit/db"
)

// Account is an account as those see it who manage accounts: nothing personal
// beyond the name.
type Account struct {
	ID          string    `db:"id"`
	Name        string    `db:"name"` // what one signs in with
	DisplayName string    `db:"display_name"`
	Kind        Kind      `db:"kind"`
	Agency      string    `db:"agency"`
	Outlet      string    `db:"outlet"`
	Staff       string    `db:"staff"` // org staff id, "" of others
	Division    string    `db:"division"`
	State       string    `db:"state"` // active | disabled
	CreatedAt   time.Time `db:"created_at"`
}

// Active tells whether the account may sign in.
func (a Account) Active() bool { return a.State == stateActive }

const accountFields = `SELECT a.id, a.name, a.name_key, a.display_name, a.kind, a.agency, a.outlet, a.staff, a.division, a.state, a.created_at
	FROM identity_account a`

type listedAccount struct {
	Account
	NameKey string `db:"name_key"`
}

// AccountQuery narrows a list of accounts; empty fields do not.
type AccountQuery struct {
	Q        string // beginning of the account name, or part of the display name
	Kind     Kind
	Disabled bool // only those that were stopped
}

// Accounts lists accounts by name, for those who manage accounts or grants.
// Errors: ErrMayNotManage, db.ErrCursor.
func (m *Module) Accounts(ctx context.Context, q AccountQuery, p db.Page) ([]Account, string, error) {
	if err := managesAccounts(FromContext(ctx)); err != nil {
		return nil, "", err
	}
	var w db.Where
	if q.Kind != "" {
		w.And("a.kind = ?", string(q.Kind))
	}
	if q.Disabled {
		w.And("a.state = ?", stateDisabled)
	}
	if key := nameKey(q.Q); key != "" {
		like := escapeLike(key)
		w.And(`a.name_key LIKE ? ESCAPE '\' OR LOWER(a.display_name) LIKE ? ESCAPE '\'`, like+"%", "%"+like+"%")
	}
	var after string
	if ok, err := p.Key(&after); err != nil {
		return nil, "", err
	} else if ok {
		w.And("a.name_key > ?", after)
	}
	var rows []listedAccount
	query := accountFields + w.SQL() + " ORDER BY a.name_key LIMIT " + w.Arg(p.Size()+1)
	if err := m.DB.Conn(ctx).Select(ctx, &rows, query, w.Args()...); err != nil {
		return nil, "", fmt.Errorf("list accounts: %w", err)
	}
	rows, next := db.Cut(rows, p, func(r listedAccount) []any { return []any{r.NameKey} })
	return plainAccounts(rows), next, nil
}

// AccountByID gives one account, for those who manage accounts or grants.
// Errors: ErrMayNotManage, ErrAccountUnknown.
func (m *Module) AccountByID(ctx context.Context, id string) (Account, error) {
	if err := managesAccounts(FromContext(ctx)); err != nil {
		return Account{}, err
	}
	var row listedAccount
	err := m.DB.Conn(ctx).Get(ctx, &row, accountFields+` WHERE a.id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return Account{}, ErrAccountUnknown
	}
	return row.Account, err
}

// Colleagues lists up to 200 active staff of an agency who hold a role with the
// verb there: those a task of the agency can be handed to. It needs a member of staff.
func (m *Module) Colleagues(ctx context.Context, agency string, v Verb) ([]Account, error) {
	if !FromContext(ctx).IsStaff() {
		return nil, ErrNoRight
	}
	in, args := rolesWith(v)
	// Two halves, each by its index: those who work there, and those whose grant
	// names the agency.
	w := new(db.Where).And("a.kind = ?", string(KindStaff)).And("a.state = ?", stateActive)
	w.And(`a.id IN (
		SELECT x.id FROM identity_account x WHERE x.agency <> '' AND x.agency = ?
			AND EXISTS (SELECT 1 FROM identity_grant g WHERE g.account = x.id AND g.role IN (`+in+`))
		UNION SELECT g.account FROM identity_grant g WHERE g.agency <> '' AND g.agency = ? AND g.role IN (`+in+`))`,
		slices.Concat([]any{agency}, args, []any{agency}, args)...)
	var rows []listedAccount
	err := m.DB.Conn(ctx).Select(ctx, &rows, accountFields+w.SQL()+` ORDER BY a.name_key LIMIT 200`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("list colleagues: %w", err)
	}
	return plainAccounts(rows), nil
}

// rolesWith are the roles that hold a verb, as the inside of an IN; ” is no role.
func rolesWith(v Verb) (in string, args []any) {
	in, args = "?", []any{""}
	for _, r := range Roles() {
		if slices.Contains(r.Verbs, v) {
			in, args = in+", ?", append(args, r.Name)
		}
	}
	return in, args
}

// NamesOf gives the display names of accounts by id; those that are no more are
// left out. For pages that show who has a task.
func (m *Module) NamesOf(ctx context.Context, ids []string) (map[string]string, error) {
	names := map[string]string{}
	if len(ids) == 0 {
		return names, nil
	}
	w := new(db.Where).In("id", ids)
	var rows []struct {
		ID   string `db:"id"`
		Name string `db:"display_name"`
	}
	if err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT id, display_name FROM identity_account`+w.SQL(), w.Args()...); err != nil {
		return nil, fmt.Errorf("read names of accounts: %w", err)
	}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, nil
}

// RevokeGrant takes one grant away, where Revoke takes a role wherever it holds.
// Errors: ErrMayNotManage, ErrRoleNotForYou, ErrAccountUnknown; a grant that is
// gone already is no error.
func (m *Module) RevokeGrant(ctx context.Context, account, grant string) error {
	return m.changeGrants(ctx, account, func(ctx context.Context, row accountRow) error {
		var role string
		err := m.DB.Conn(ctx).Get(ctx, &role, `SELECT role FROM identity_grant WHERE id = $1 AND account = $2`, grant, row.ID)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		if err == nil {
			err = m.keepOneGrant(ctx, row, grant, role)
		}
		if errors.Is(err, ErrLastAdmin) {
			return err
		}
		if err == nil {
			_, err = m.DB.Conn(ctx).Exec(ctx, `DELETE FROM identity_grant WHERE id = $1`, grant)
		}
		if err != nil {
			return fmt.Errorf("revoke grant: %w", err)
		}
		return m.record(ctx, "grant.take", row.ID, role)
	})
}

// keepOneGrant is keepOneAdmin for one of perhaps several grants of the role.
func (m *Module) keepOneGrant(ctx context.Context, row accountRow, grant, role string) error {
	held, err := m.Held(ctx, row.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(held, func(h Held) bool { return h.Role == role && h.ID != grant }) {
		return nil
	}
	return m.keepOneAdmin(ctx, row, []Held{{Role: role}})
}

func managesAccounts(a Actor) error {
	if a.IsSystem() || a.Has(VerbAccountManage) || a.Has(VerbGrantManage) {
		return nil
	}
	return ErrMayNotManage
}

func plainAccounts(rows []listedAccount) []Account {
	list := make([]Account, len(rows))
	for i, r := range rows {
		list[i] = r.Account
	}
	return list
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// StaffID is the member of staff (org staff id) behind an account; "" of people
// who do not work here and of accounts that are no more.
func (m *Module) StaffID(ctx context.Context, account string) (string, error) {
	var id string
	err := m.DB.Conn(ctx).Get(ctx, &id, `SELECT staff FROM identity_account WHERE id = $1 AND state = $2`, account, stateActive)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find staff of account: %w", err)
	}
	return id, nil
}

// ByStaff gives the active accounts of members of staff (org staff ids), by
// staff id; those without an account are left out.
func (m *Module) ByStaff(ctx context.Context, staff []string) (map[string]Account, error) {
	found := map[string]Account{}
	if len(staff) == 0 {
		return found, nil
	}
	w := new(db.Where).And("a.staff <> ''").In("a.staff", staff).And("a.state = ?", stateActive)
	var rows []listedAccount
	if err := m.DB.Conn(ctx).Select(ctx, &rows, accountFields+w.SQL(), w.Args()...); err != nil {
		return nil, fmt.Errorf("read accounts of staff: %w", err)
	}
	for _, r := range rows {
		found[r.Staff] = r.Account
	}
	return found, nil
}
