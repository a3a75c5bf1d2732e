package identity

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// NewAccount is an account to be made.
type NewAccount struct {
	Name        string // what one signs in with; unique whatever the case
	Kind        Kind
	DisplayName string

	// Staff: where they work.
	Agency, Outlet, Staff string

	// Division of work, or of residence (住所地) of persons and enterprises.
	Division string

	// Persons and enterprises: what a case asks of an applicant.
	IDType    string // 111 resident identity card, 001 credit code … (gb.IDType)
	IDNo      string
	Phone     string
	Address   string
	LegalName string // 法定代表人, enterprises only

	Password string // "": cannot sign in with a password yet
	// FirstPassword says that the password was set by somebody else, so that
	// whose account it is has to change it before anything else.
	FirstPassword bool

	// Proofs of who they are, known beforehand; only the program itself may
	// (seed). ID and Account are filled in.
	Proofs []Proof

	// Roles to give at once; only the program itself may (seed, command line).
	Roles []RoleAt
}

// RoleAt is a role with where it holds.
type RoleAt struct {
	Role string
	At   Reach
}

// Person is who a person or enterprise is. Never logged, masked on every page.
type Person struct {
	Account   string `db:"id"`
	Kind      Kind   `db:"kind"`
	Name      string `db:"display_name"`
	IDType    string `db:"id_type"`
	IDNo      string `db:"id_no"`
	Phone     string `db:"phone"`
	Division  string `db:"division"`
	Address   string `db:"address"`
	LegalName string `db:"legal_name"`
}

// Errors about accounts.
var (
	ErrAccountUnknown  = errs.Define(errs.NotFound, "account_unknown", "没有这个账号，请核对账号名称。")
	ErrAccountTaken    = errs.Define(errs.Conflict, "account_taken", "账号名称已被使用，请换一个名称。")
	ErrIdentityTaken   = errs.Define(errs.Conflict, "identity_taken", "该证件号码已有账号，请直接登录；忘记账号可到就近政务大厅找回。")
	ErrAccountInvalid  = errs.Define(errs.Invalid, "account_invalid", "账号信息有误，请按提示修改。")
	ErrNotForDemo      = errs.Define(errs.Internal, "demo_only", "此功能只在演示环境提供，请在演示环境中使用。")
	ErrMayNotManage    = errs.Define(errs.Denied, "account_manage_denied", "您没有管理账号或授权的权限，请联系系统管理员或安全管理员。")
	ErrAccountDisabled = errs.Define(errs.Unauthenticated, "account_disabled", "账号已停用，请联系系统管理员。")
)

// States of an account.
const (
	stateActive   = "active"
	stateDisabled = "disabled"
)

var nameForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._@-]{1,63}$`)

// nameKey is the name as it is compared: full-width and case do not matter.
func nameKey(name string) string { return strings.ToLower(norm.NFKC.String(strings.TrimSpace(name))) }

func isID(s string) bool {
	if len(s) != 36 {
		return false
	}
	_, err := uuid.Parse(s)
	return err == nil
}

func (a *NewAccount) check() error {
	var f errs.Fields
	if !nameForm.MatchString(a.Name) || isID(a.Name) {
		f.Add("name", "账号名称应为2至64位的字母、数字或 . _ @ -，请修改。")
	}
	switch a.Kind {
	case KindPerson, KindEnterprise, KindStaff, KindSystem:
	default:
		f.Add("kind", "请选择账号类型。")
	}
	if strings.TrimSpace(a.DisplayName) == "" {
		f.Add("display_name", "请填写姓名或名称。")
	}
	if (a.Kind == KindPerson || a.Kind == KindEnterprise) && len(a.Roles) > 0 {
		f.Add("roles", "个人和企业账号不能授予工作人员角色。")
	}
	if f.Empty() {
		return nil
	}
	e := ErrAccountInvalid
	for _, x := range f.List() {
		e = e.Field(x.Name, x.Message)
	}
	return e
}

// CreateAccount makes an account and gives its id. Anybody may make one for
// a person or enterprise (self-registration is a page's matter); staff and
// system accounts need VerbAccountManage, grants the program itself. Errors:
// ErrAccountInvalid, ErrAccountTaken, ErrIdentityTaken, ErrPasswordWeak, ErrMayNotManage.
func (m *Module) CreateAccount(ctx context.Context, a NewAccount) (string, error) {
	if err := a.check(); err != nil {
		return "", err
	}
	if err := mayCreate(FromContext(ctx), a); err != nil {
		return "", err
	}
	hash := ""
	if a.Password != "" {
		if err := m.checkPassword(a.Kind, givesAdmin(a.Roles), a.Name, a.Password); err != nil {
			return "", err
		}
		var err error
		if hash, err = m.hash(ctx, a.Password); err != nil {
			return "", err
		}
	}
	id, now := db.NewID(), m.now(ctx)
	grants, err := grantsOf(a, id, FromContext(ctx).Account, now)
	if err != nil {
		return "", err
	}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.free(ctx, a); err != nil {
			return err
		}
		if err := m.insertAccounts(ctx, []accountRow{m.row(a, id, hash, now)}); err != nil {
			return accountError(err)
		}
		if err := m.insertGrants(ctx, grants); err != nil {
			return err
		}
		for _, p := range a.Proofs {
			p.Account = id
			if err := m.Prove(ctx, p); err != nil {
				return err
			}
		}
		return m.record(ctx, "account.create", id, a.Name)
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

func mayCreate(actor Actor, a NewAccount) error {
	if actor.IsSystem() {
		return nil
	}
	if len(a.Roles) > 0 || len(a.Proofs) > 0 {
		return ErrMayNotManage
	}
	if a.Kind != KindPerson && a.Kind != KindEnterprise && !actor.Has(VerbAccountManage) {
		return ErrMayNotManage
	}
	return nil
}

// grantsOf makes the rows of the grants an account begins with.
func grantsOf(a NewAccount, id, by string, at time.Time) ([]grantRow, error) {
	var rows []grantRow
	var held []Held
	for _, r := range a.Roles {
		if err := keepAdminsApart(held, r.Role); err != nil {
			return nil, err
		}
		g, err := grantOf(r.Role, r.At)
		if err != nil {
			return nil, err
		}
		g.ID, g.Account, g.CreatedAt, g.CreatedBy = db.NewID(), id, at, by
		rows, held = append(rows, g), append(held, Held{Role: r.Role})
	}
	return rows, nil
}

func accountError(err error) error {
	var u *db.UniqueError
	if !errors.As(err, &u) {
		return err
	}
	if strings.Contains(u.On, "id_no") || strings.Contains(u.On, "identity_account_document") {
		return ErrIdentityTaken.Because(err)
	}
	return ErrAccountTaken.Because(err)
}

// Disable stops an account: its sessions and tokens end with the next
// request, here and in every other process. Enable lets it in again.
func (m *Module) Disable(ctx context.Context, account string) error {
	return m.setState(ctx, account, stateDisabled)
}

// Enable undoes Disable; sessions begin anew.
func (m *Module) Enable(ctx context.Context, account string) error {
	return m.setState(ctx, account, stateActive)
}

func (m *Module) setState(ctx context.Context, account, state string) error {
	if !FromContext(ctx).IsSystem() && !FromContext(ctx).Has(VerbAccountManage) {
		return ErrMayNotManage
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		row, err := m.account(ctx, account)
		if err != nil {
			return err
		}
		if row.State == stateClosed {
			return ErrAccountClosed
		}
		if state == stateDisabled {
			held, err := m.Held(ctx, row.ID)
			if err != nil {
				return err
			}
			if err := m.keepOneAdmin(ctx, row, held); err != nil {
				return err
			}
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_account SET state = $2, epoch = epoch + 1, updated_at = $3 WHERE id = $1`,
			row.ID, state, m.now(ctx))
		if err != nil {
			return err
		}
		if err := m.ended(ctx, row.ID, ""); err != nil {
			return err
		}
		return m.record(ctx, "account."+state, row.ID, "")
	})
}

// Person gives who a person or enterprise is, by account id or name;
// ErrAccountUnknown for any other account. The caller answers for showing it.
func (m *Module) Person(ctx context.Context, account string) (Person, error) {
	var p Person
	id, key := lookup(account)
	err := m.DB.Conn(ctx).Get(ctx, &p, `SELECT id, kind, display_name, id_type, id_no, phone, division, address, legal_name
		FROM identity_account WHERE (id = $1 OR name_key = $2) AND kind IN ('person', 'enterprise')`, id, key)
	if errors.Is(err, db.ErrNoRows) {
		return p, ErrAccountUnknown
	}
	if err != nil {
		return p, err
	}
	return p, p.reveal(m.Keys)
}

// People is Person for many accounts at once, by what was asked for; accounts
// that are no person's and no enterprise's are left out.
func (m *Module) People(ctx context.Context, accounts []string) (map[string]Person, error) {
	found := map[string]Person{}
	var ids, keys []string
	for _, account := range accounts {
		if id, key := lookup(account); key == "" {
			ids = append(ids, id)
		} else {
			keys = append(keys, key)
		}
	}
	for column, values := range map[string][]string{"id": ids, "name_key": keys} {
		if len(values) == 0 {
			continue
		}
		w := new(db.Where).And("kind IN ('person', 'enterprise')").In(column, values)
		var rows []struct {
			Asked string `db:"asked"`
			Person
		}
		err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT `+column+` AS asked, id, kind, display_name, id_type, id_no, phone, division,
			address, legal_name FROM identity_account`+w.SQL(), w.Args()...)
		if err != nil {
			return nil, fmt.Errorf("find people: %w", err)
		}
		for _, r := range rows {
			if err := r.Person.reveal(m.Keys); err != nil {
				return nil, err
			}
			found[r.Asked] = r.Person
		}
	}
	for _, account := range accounts { // a name is asked for as it is written
		if _, key := lookup(account); key != "" {
			if p, ok := found[key]; ok {
				found[account] = p
			}
		}
	}
	return found, nil
}

// AccountOf gives the id of the active account of a person or enterprise by
// their document; "" when they have none.
func (m *Module) AccountOf(ctx context.Context, idType, idNo string) (string, error) {
	if idNo == "" {
		return "", nil
	}
	var id string
	err := m.DB.Conn(ctx).Get(ctx, &id, withDocument(`SELECT id`, ` AND state = 'active'`),
		m.document(idType, idNo)...)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find account by document: %w", err)
	}
	return id, nil
}
