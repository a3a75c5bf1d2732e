package identity

import (
	"context"
	"fmt"
	"strings"

	"yimen/internal/kit/db"
	"yimen/internal/org"
)

// demoOffers are the people the demo's login page offers.
var demoOffers = []struct{ account, title string }{
	{"citizen-1", "办事群众（游溪镇大寮坑村村民）"},
	{"enterprise-1", "办事企业"},
	{"clerk-440232112209", "大寮坑村窗口人员"},
	{"clerk-440232112000", "游溪镇窗口人员"},
	{"clerk-440232000000", "乳源县政务大厅窗口人员"},
	{"approver-440232-d11", "乳源县人社局审批人员"},
	{"approver-440232112000", "游溪镇人民政府审批人员"},
	{"manager-440200000000", "市行政服务中心管理人员"},
	{"editor-440200", "事项编辑人员"},
	{"reviewer-440200", "事项审核人员"},
	{"admin-system", "系统管理员"},
	{"admin-security", "安全管理员"},
	{"admin-audit", "审计管理员"},
}

// CreateAccounts makes many accounts with one password, hashed once: five
// thousand hashes of 80 ms would take minutes. All of them so have the same
// salt and hash, which tells whoever reads the table that they share a
// password. For the demo that is no secret: it prints the password. It is
// refused (ErrNotForDemo) anywhere else. Accounts whose name is taken are
// left as they are.
func (m *Module) CreateAccounts(ctx context.Context, list []NewAccount, password string) error {
	if !m.Demo {
		return ErrNotForDemo
	}
	hash, err := m.hash(ctx, password)
	if err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		taken, err := m.takenNames(ctx)
		if err != nil {
			return err
		}
		now, by := m.now(ctx), FromContext(ctx).Account
		accounts, grants := make([]accountRow, 0, len(list)), make([]grantRow, 0, len(list))
		var proofs []Proof
		for _, a := range list {
			if err := a.check(); err != nil {
				return fmt.Errorf("account %s: %w", a.Name, err)
			}
			if taken[nameKey(a.Name)] {
				continue
			}
			id := db.NewID()
			own, err := grantsOf(a, id, by, now)
			if err != nil {
				return fmt.Errorf("account %s: %w", a.Name, err)
			}
			accounts, grants = append(accounts, sharing(m.row(a, id, hash, now))), append(grants, own...)
			for _, p := range a.Proofs {
				if err := p.complete(now); err != nil {
					return err
				}
				p.ID, p.Account = db.NewID(), id
				proofs = append(proofs, p)
			}
		}
		if err := m.insertAccounts(ctx, accounts); err != nil {
			return accountError(err)
		}
		if err := m.insertGrants(ctx, grants); err != nil {
			return err
		}
		if err := m.proveAll(ctx, proofs); err != nil {
			return err
		}
		return m.record(ctx, "account.create.demo", "", fmt.Sprintf("accounts=%d", len(accounts)))
	})
}

// proveAll records the proofs of accounts that were just made.
func (m *Module) proveAll(ctx context.Context, proofs []Proof) error {
	if err := m.insertProofs(ctx, proofs); err != nil {
		return err
	}
	for _, p := range proofs {
		if err := m.raise(ctx, p); err != nil {
			return err
		}
		if p.Method == BySMS {
			if err := m.phoneProven(ctx, p.Account, p.At); err != nil {
				return err
			}
		}
	}
	return nil
}

// sharing marks an account whose password is no secret: the rules about first,
// old and single use would only be in the way.
func sharing(r accountRow) accountRow {
	r.Shared = true
	return r
}

func (m *Module) takenNames(ctx context.Context) (map[string]bool, error) {
	var keys []string
	if err := m.DB.Conn(ctx).Select(ctx, &keys, `SELECT name_key FROM identity_account`); err != nil {
		return nil, err
	}
	taken := make(map[string]bool, len(keys))
	for _, k := range keys {
		taken[k] = true
	}
	return taken, nil
}

// LoadDemo makes the accounts of the sample city: one for everybody on o's
// staff list, named by their id, people (who apply), the three administrators
// and two who keep the catalogue. All share the password.
func (m *Module) LoadDemo(ctx context.Context, o *org.Module, people []NewAccount, password string) error {
	home, err := o.Home(ctx)
	if err != nil {
		return fmt.Errorf("demo accounts: %w", err)
	}
	staff, err := o.AllStaff(ctx)
	if err != nil {
		return fmt.Errorf("demo accounts: %w", err)
	}
	list := demoKeepers(home)
	for _, s := range staff {
		a, err := demoStaff(ctx, o, s)
		if err != nil {
			return fmt.Errorf("demo account %s: %w", s.ID, err)
		}
		list = append(list, a)
	}
	return m.CreateAccounts(ctx, append(list, people...), password)
}

// demoStaff makes the account of a member of staff; the post says the role.
func demoStaff(ctx context.Context, o *org.Module, s org.Staff) (NewAccount, error) {
	a := NewAccount{Name: s.ID, Kind: KindStaff, DisplayName: s.Name, Agency: s.Agency, Outlet: s.Outlet, Staff: s.ID}
	var at Reach
	if s.Agency != "" {
		agency, err := o.Agency(ctx, s.Agency)
		if err != nil {
			return a, err
		}
		a.Division, at = agency.Division, Reach{Agency: agency.Code}
		if s.Post == "section_chief" || agency.Level == org.Village { // place, hours and telephones of the items handled there
			a.Roles = append(a.Roles, RoleAt{Role: "item_editor", At: at})
		}
	} else {
		outlet, err := o.Outlet(ctx, s.Outlet)
		if err != nil {
			return a, err
		}
		a.Division, at = outlet.Division, Reach{Division: outlet.Division, Exact: true}
		if outlet.Kind == org.TownOutlet || outlet.Kind == org.VillagePoint { // whose agency has the code of the division
			a.Roles = append(a.Roles, RoleAt{Role: "window_decider", At: Reach{Agency: outlet.Division}})
		}
		if s.Post == "centre_manager" { // sees the whole city or county, whoever received or decides
			at.Exact = false
		}
	}
	a.Roles = append(a.Roles, RoleAt{Role: s.Post, At: at})
	return a, nil
}

// demoKeepers are the three administrators and those who keep the catalogue.
func demoKeepers(home org.Division) []NewAccount {
	six := home.Code[:6]
	var list []NewAccount
	for _, k := range []struct{ name, title, role string }{
		{"admin-system", "系统管理员", "system_admin"}, {"admin-security", "安全管理员", "security_admin"},
		{"admin-audit", "审计管理员", "audit_admin"},
		{"editor-" + six, "事项编辑员", "item_editor"}, {"reviewer-" + six, "事项审核员", "item_reviewer"},
	} {
		at := Reach{Division: home.Code}
		if strings.HasPrefix(k.name, "admin-") {
			at = Reach{Everywhere: true}
		}
		list = append(list, NewAccount{Name: k.name, Kind: KindStaff, DisplayName: k.title, Division: home.Code,
			Roles: []RoleAt{{Role: k.role, At: at}}})
	}
	return list
}
