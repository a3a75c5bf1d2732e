package identity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
)

type accountRow struct {
	ID          string    `db:"id"`
	Name        string    `db:"name"`
	NameKey     string    `db:"name_key"`
	Kind        Kind      `db:"kind"`
	DisplayName string    `db:"display_name"`
	Agency      string    `db:"agency"`
	Outlet      string    `db:"outlet"`
	Division    string    `db:"division"`
	Staff       string    `db:"staff"`
	IDType      string    `db:"id_type"`
	IDNo        string    `db:"id_no"`     // sealed, as is Phone
	IDNoKey     string    `db:"id_no_key"` // what it is found by
	Phone       string    `db:"phone"`
	PhoneKey    string    `db:"phone_key"`
	Address     string    `db:"address"`
	LegalName   string    `db:"legal_name"`
	Password    string    `db:"password"`
	State       string    `db:"state"`
	Epoch       int64     `db:"epoch"`
	CreatedAt   time.Time `db:"created_at"`
	UpdatedAt   time.Time `db:"updated_at"`
	PasswordAt  time.Time `db:"password_at"`
	First       bool      `db:"password_first"`
	Shared      bool      `db:"shared"`
}

const accountColumns = `id, name, name_key, kind, display_name, agency, outlet, division, staff,
	id_type, id_no, id_no_key, phone, phone_key, address, legal_name, password, state, epoch, created_at, updated_at,
	password_at, password_first, shared`

func (m *Module) row(a NewAccount, id, hash string, at time.Time) accountRow {
	r := accountRow{ID: id, Name: strings.TrimSpace(a.Name), NameKey: nameKey(a.Name), Kind: a.Kind, DisplayName: a.DisplayName,
		Agency: a.Agency, Outlet: a.Outlet, Division: a.Division, Staff: a.Staff,
		IDType: a.IDType, IDNo: a.IDNo, Phone: a.Phone, Address: a.Address, LegalName: a.LegalName,
		Password: hash, State: stateActive, CreatedAt: at, UpdatedAt: at, PasswordAt: at, First: a.FirstPassword}
	r.seal(m.Keys)
	return r
}

func (m *Module) insertAccounts(ctx context.Context, rows []accountRow) error {
	list := make([][]any, len(rows))
	for i, r := range rows {
		list[i] = []any{r.ID, r.Name, r.NameKey, string(r.Kind), r.DisplayName, r.Agency, r.Outlet, r.Division, r.Staff,
			r.IDType, r.IDNo, r.IDNoKey, r.Phone, r.PhoneKey, r.Address, r.LegalName, r.Password, r.State, r.Epoch, r.CreatedAt, r.UpdatedAt,
			r.PasswordAt, r.First, r.Shared}
	}
	return m.DB.Conn(ctx).InsertRows(ctx, "identity_account", strings.Fields(strings.ReplaceAll(accountColumns, ",", " ")), "", list)
}

type grantRow struct {
	ID        string    `db:"id"`
	Account   string    `db:"account"`
	Role      string    `db:"role"`
	About     On        `db:"about"`
	From      string    `db:"div_from"`
	To        string    `db:"div_to"`
	Agency    string    `db:"agency"`
	Dept      string    `db:"dept"`
	CreatedAt time.Time `db:"created_at"`
	CreatedBy string    `db:"created_by"`
}

var grantColumns = []string{"id", "account", "role", "about", "div_from", "div_to", "agency", "dept", "created_at", "created_by"}

func (m *Module) insertGrants(ctx context.Context, rows []grantRow) error {
	list := make([][]any, len(rows))
	for i, r := range rows {
		list[i] = []any{r.ID, r.Account, r.Role, string(r.About), r.From, r.To, r.Agency, r.Dept, r.CreatedAt, r.CreatedBy}
	}
	return m.DB.Conn(ctx).InsertRows(ctx, "identity_grant", grantColumns, "", list)
}

// lookup gives what an account is found by: its id, or its name.
func lookup(account string) (id, key string) {
	if isID(account) {
		return account, ""
	}
	return "", nameKey(account)
}

// account finds an account by id or name; ErrAccountUnknown.
func (m *Module) account(ctx context.Context, account string) (accountRow, error) {
	var row accountRow
	id, key := lookup(account)
	err := m.DB.Conn(ctx).Get(ctx, &row, `SELECT `+accountColumns+` FROM identity_account WHERE id = $1 OR name_key = $2`, id, key)
	if errors.Is(err, db.ErrNoRows) {
		return row, ErrAccountUnknown
	}
	if err != nil {
		return row, err
	}
	return row, row.reveal(m.Keys)
}

// lockAccount makes changes to one account's grants wait for each other, so
// that two roles that exclude each other cannot be given at the same moment.
func (m *Module) lockAccount(ctx context.Context, id string) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET updated_at = $2 WHERE id = $1`, id, m.now(ctx))
	return err
}

func (m *Module) now(ctx context.Context) time.Time { return clock.FromContext(ctx, m.Clock).Now() }

// actorRow is an account beside one grant of its own; without grants there is
// one row with an empty role.
type actorRow struct {
	ID          string
	Name        string
	Kind        Kind
	DisplayName string
	Agency      string
	Outlet      string
	Division    string
	Staff       string
	State       string
	Epoch       int64
	Seat        string
	First       bool
	Shared      bool
	Level       Level
	Lent        bool // there may be more, of others; see lend
	grantOfRow
}

// grantOfRow is the part of a row that says what may be done.
type grantOfRow struct {
	Role   string
	About  On
	From   string
	To     string
	Agency string
	Dept   string
}

// actorQuery reads an account with its grants at the moment now. from and where
// say which account a; now is the placeholder of the moment. Every request asks
// it: no column is read that nobody looks at, the grants are found in their
// index, and what few have, rights of others, is asked for when they do.
func actorQuery(columns, from, where, now string) string {
	return `SELECT ` + columns + `a.id, a.name, a.kind, a.display_name, a.agency, a.outlet, a.division, a.staff, a.state, a.epoch, a.seat,
		a.password_first, a.shared, ` + levelAt("a", now) + `, COALESCE(a.lent_until > ` + now + `, FALSE),
		COALESCE(g.role, ''), COALESCE(g.about, ''), COALESCE(g.div_from, ''), COALESCE(g.div_to, ''), COALESCE(g.agency, ''), COALESCE(g.dept, '')
	FROM ` + from + ` LEFT JOIN identity_grant g ON g.account = a.id
	WHERE ` + where
}

// columns are the places of what actorQuery reads, as types the driver reads
// without a detour: it is asked at every request.
func (r *actorRow) columns() []any {
	return []any{&r.ID, &r.Name, (*string)(&r.Kind), &r.DisplayName, &r.Agency, &r.Outlet, &r.Division, &r.Staff, &r.State, &r.Epoch, &r.Seat,
		&r.First, &r.Shared, (*int)(&r.Level), &r.Lent, &r.Role, (*string)(&r.About), &r.From, &r.To, &r.grantOfRow.Agency, &r.Dept}
}

// accountRead is what was read of an account.
type accountRead struct {
	rows []actorRow
	lent *lent // nil: not asked for yet
}

// actorRows reads the rows of an account; see actorQuery.
func (m *Module) actorRows(ctx context.Context, query string, args ...any) (accountRead, error) {
	var found accountRead
	err := m.DB.Conn(ctx).Together(ctx, db.Scanned(&found.rows, (*actorRow).columns, query, args...))
	return found, err
}

// actor makes the Actor of its rows, with room for as many rights more.
// ErrAccountUnknown when there are none, ErrAccountDisabled.
func actor(rows []actorRow, more int, via string) (Actor, error) {
	if len(rows) == 0 {
		return Actor{}, ErrAccountUnknown
	}
	r := rows[0]
	if r.State != stateActive {
		return Actor{}, ErrAccountDisabled
	}
	a := Actor{Account: r.ID, Login: r.Name, Name: r.DisplayName, Kind: r.Kind, Agency: r.Agency, Outlet: r.Outlet,
		Division: r.Division, Staff: r.Staff, Via: via, epoch: r.Epoch, seat: r.Seat, first: r.First, shared: r.Shared}
	if a.IsApplicant() {
		a.Person, a.Level = r.ID, r.Level
		return a, nil // holds no grants, whatever the table says
	}
	slices.SortFunc(rows, func(a, b actorRow) int { return strings.Compare(a.Role, b.Role) })
	for _, r := range rows {
		more += rightsOf(r.Role)
	}
	a.Grants = make([]Grant, 0, more)
	for _, r := range rows {
		role, known := RoleNamed(r.Role)
		if !known {
			continue // none, or of a later release
		}
		a.admin = a.admin || role.Admin != ""
		for _, v := range role.Verbs {
			a.Grants = append(a.Grants, r.grant(v))
		}
	}
	return a, nil
}

// rightsOf is how many rights a grant of a role gives.
func rightsOf(role string) int {
	r, _ := RoleNamed(role)
	return len(r.Verbs)
}

func (r grantOfRow) grant(v Verb) Grant {
	return Grant{Verb: v, On: r.About, From: r.From, To: r.To, Agency: r.Agency, Dept: r.Dept, Role: r.Role}
}
