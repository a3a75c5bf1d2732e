package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"yimen/gb"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// What a natural person is to an enterprise (国令716 art. 5; GB/T 36903): who they
// may appoint follows from it.
const (
	LegalRole   = "legal"   // 法定代表人: from the register; appoints both others
	ManagerRole = "admin"   // 管理员: appoints those who handle
	HandlerRole = "handler" // 经办人: appoints nobody
)

// Enterprise is a legal person as the city's enterprise register has it.
type Enterprise struct {
	USCC, Name, Address, Division string
	LegalName, LegalIDNo          string // 法定代表人
	Closed                        bool   // 注销或吊销
}

// EnterpriseRegister is the city's register of enterprises (市场主体登记). The demo
// has one of made-up companies; a city connects its own.
type EnterpriseRegister interface {
	// Enterprise finds one by its unified social credit code; false: none.
	Enterprise(ctx context.Context, uscc string) (Enterprise, bool, error)
}

// Errors about enterprises.
var (
	ErrCompanyRefused = errs.Define(errs.Invalid, "company_refused", "没有核对上：请按营业执照填写。只有法定代表人本人，用自己的账号，才能绑定自己的单位；信息刚变更的，请第二天再试，或带营业执照到窗口办理。")
	ErrCompanyOffline = errs.Define(errs.Unavailable, "enterprise_register_offline", "本地还没有接通企业登记信息，暂时不能在网上绑定，请带营业执照到任一窗口办理。")
	ErrCompanyUnknown = errs.Define(errs.NotFound, "company_unknown", "没有找到这个单位，或者您不再是它的办事人员。")
	ErrAppointDenied  = errs.Define(errs.Denied, "appoint_denied", "您不能指定这样的办事人员：法定代表人可以指定管理员和经办人，管理员只能指定经办人，经办人不能指定别人。")
)

// Binding is what somebody says about the enterprise they lead.
type Binding struct{ Name, USCC, LegalName, LegalIDNo string }

// HandlerMandate gives the actor's standing mandate for an enterprise (account id).
func (a Actor) HandlerMandate(company string) (Mandate, bool) {
	i := slices.IndexFunc(a.Mandates, func(x Mandate) bool { return x.Kind == MandateEnterprise && x.Principal == company })
	if i < 0 || company == "" {
		return Mandate{}, false
	}
	return a.Mandates[i], true
}

// Leads says that the mandate lets one see everything of the enterprise: of its
// legal representative and of a manager, not of those who handle single things.
func (x Mandate) Leads() bool {
	return x.Kind == MandateEnterprise && (x.Role == LegalRole || x.Role == ManagerRole) && x.Scope == ScopeAll
}

// mayAppoint says whether the actor may appoint, and dismiss, in a role.
func (a Actor) mayAppoint(company, role string) bool {
	if a.Account == company && a.Kind == KindEnterprise {
		return role == ManagerRole || role == HandlerRole
	}
	x, ok := a.HandlerMandate(company)
	return ok && (x.Role == LegalRole && (role == ManagerRole || role == HandlerRole) || x.Role == ManagerRole && role == HandlerRole)
}

// sideOf is the side of a mandate on which the actor stands: their own account,
// or the enterprise's whose people they appoint; "" is neither.
func (r mandateRow) sideOf(a Actor) string {
	switch {
	case r.isSide(a.Account):
		return a.Account
	case r.Kind == MandateEnterprise && a.mayAppoint(r.Principal, r.Role):
		return r.Principal
	}
	return ""
}

// BindCompany makes the actor the legal representative of an enterprise, with an
// account for it if it has none: one per credit code. They must be who the
// register names, and have shown it (LevelPresence). Whatever does not agree gets
// the same answer. A former legal representative's right ends. Errors:
// ErrLevelTooLow, ErrCompanyRefused, ErrCompanyOffline, errs.ErrInvalid with fields.
func (m *Module) BindCompany(ctx context.Context, b Binding) (Mandate, error) {
	a := FromContext(ctx)
	if a.Kind != KindPerson {
		return Mandate{}, ErrSignIn
	}
	if a.Level < LevelPresence {
		return Mandate{}, TooLow(a.Level, LevelPresence)
	}
	if m.Enterprises == nil {
		return Mandate{}, ErrCompanyOffline
	}
	if err := b.check(); err != nil {
		return Mandate{}, err
	}
	own, err := m.Person(ctx, a.Account)
	if err != nil {
		return Mandate{}, err
	}
	found, ok, err := m.Enterprises.Enterprise(ctx, b.USCC)
	if err != nil {
		return Mandate{}, ErrCompanyOffline.Because(err)
	}
	agrees := ok && !found.Closed && found.Name == b.Name && found.LegalName == b.LegalName && strings.EqualFold(found.LegalIDNo, b.LegalIDNo)
	if !agrees || own.Name != found.LegalName || !strings.EqualFold(own.IDNo, found.LegalIDNo) {
		return Mandate{}, errors.Join(ErrCompanyRefused, m.record(ctx, "company.refused", a.Account, ""))
	}
	return m.bind(ctx, found, own, "法定代表人", "company.bind")
}

// bind makes a person the legal representative of an enterprise. why is what the
// mandate says of it, action what the audit does.
func (m *Module) bind(ctx context.Context, e Enterprise, legal Person, why, action string) (Mandate, error) {
	var id string
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		company, err := m.companyAccount(ctx, e, legal)
		if err != nil {
			return err
		}
		if id, err = m.makeLegal(ctx, company, legal.Account, why); err != nil {
			return err
		}
		return m.recordMandate(ctx, action, id)
	})
	if err != nil {
		return Mandate{}, err
	}
	return m.mandateByID(ctx, id)
}

func (b *Binding) check() error {
	var bad errs.Fields
	b.Name, b.LegalName = strings.TrimSpace(b.Name), strings.TrimSpace(b.LegalName)
	b.USCC, b.LegalIDNo = strings.ToUpper(strings.TrimSpace(b.USCC)), strings.ToUpper(strings.TrimSpace(b.LegalIDNo))
	if b.Name == "" {
		bad.Add("name", "请填写营业执照上的单位全称。")
	}
	if _, err := gb.ParseUSCC(b.USCC); err != nil {
		bad.Add("uscc", "统一社会信用代码是18位，请按营业执照核对。")
	}
	if b.LegalName == "" {
		bad.Add("legal_name", "请填写法定代表人的姓名。")
	}
	if len(b.LegalIDNo) != 18 {
		bad.Add("legal_id_no", "请填写法定代表人的18位身份证号码。")
	}
	return bad.Err()
}

// companyAccount finds the enterprise's account or makes it; nobody signs in to
// it, people act for it with their own.
func (m *Module) companyAccount(ctx context.Context, e Enterprise, legal Person) (string, error) {
	id, err := m.AccountOf(ctx, string(gb.IDCreditCode), e.USCC)
	if err != nil || id != "" {
		return id, err
	}
	division := e.Division
	if division == "" {
		division = legal.Division
	}
	return m.CreateAccount(ctx, NewAccount{Name: "company-" + strings.ToLower(rand.Text()), Kind: KindEnterprise, DisplayName: e.Name,
		IDType: string(gb.IDCreditCode), IDNo: e.USCC, Division: division, Address: e.Address, Phone: legal.Phone, LegalName: e.LegalName})
}

// makeLegal puts an account in the place of whoever led the enterprise before.
func (m *Module) makeLegal(ctx context.Context, company, legal, why string) (string, error) {
	by := FromContext(ctx).Account
	if err := m.lockAccount(ctx, company); err != nil {
		return "", err
	}
	rows, err := m.mandateRows(ctx, ` WHERE x.principal = $1 AND x.role = $2 AND x.state = $3`, company, LegalRole, MandateActive)
	if err != nil {
		return "", fmt.Errorf("read legal representative: %w", err)
	}
	now, today := m.now(ctx), workday.DateOf(m.now(ctx), clock.Beijing)
	for _, old := range rows {
		if old.Agent == legal && old.mandate().Stands(today) {
			return old.ID, nil
		}
		r := old.mandateRow
		r.State, r.EndedAt, r.EndedBy = MandateEnded, &now, by
		if err := errors.Join(m.updateMandate(ctx, r), m.tellMandate(ctx, r, MandateEnded, r.Agent)); err != nil {
			return "", err
		}
	}
	row := mandateRow{ID: db.NewID(), Kind: MandateEnterprise, Role: LegalRole, AppointedBy: by, Principal: company, Agent: legal,
		ProposedBy: company, Scope: ScopeAll, From: today, To: workday.NewDate(today.Year()+maxMandateYears, today.Month(), min(today.Day(), 28)),
		Purpose: why, State: MandateActive, CreatedAt: now, ConfirmedAt: &now, ConfirmedBy: by}
	return row.ID, m.insertMandate(ctx, row)
}

// Appointment is somebody who is to act for an enterprise.
type Appointment struct {
	Company    string // account
	Role       string // ManagerRole, HandlerRole
	Name, IDNo string
	Scope      string // ScopeAll, ScopeItems; a manager's is everything
	Items      []string
	To         workday.Date
	Purpose    string
}

// Appoint asks somebody to act for an enterprise; they confirm. Errors:
// ErrAppointDenied, ErrMandateInvalid with fields.
func (m *Module) Appoint(ctx context.Context, p Appointment) (Mandate, error) {
	a := FromContext(ctx)
	if !a.mayAppoint(p.Company, p.Role) {
		return Mandate{}, ErrAppointDenied
	}
	if p.Role == ManagerRole {
		p.Scope, p.Items = ScopeAll, nil
	}
	as := Actor{Account: p.Company, Kind: KindEnterprise}
	row, err := m.checkProposal(ctx, as, &Proposal{Kind: MandateEnterprise, Name: p.Name, IDNo: p.IDNo, Scope: p.Scope, Items: p.Items, To: p.To, Purpose: p.Purpose})
	if err != nil {
		return Mandate{}, err
	}
	row.Role, row.AppointedBy = p.Role, a.Account
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.lockAccount(ctx, p.Company); err != nil {
			return err
		}
		var n int
		err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM identity_mandate WHERE principal = $1 AND agent = $2 AND kind = $3
			AND state IN ('proposed', 'active') AND to_on >= $4`, row.Principal, row.Agent, MandateEnterprise, row.From)
		if err != nil {
			return fmt.Errorf("read handlers: %w", err)
		}
		if n > 0 {
			return ErrMandateInvalid.Field("id_no", "他已经是本单位的办事人员，或者正等他确认。要改范围的，请先结束原来的。")
		}
		if err := m.insertMandate(ctx, row); err != nil {
			return err
		}
		if err := m.recordMandate(ctx, "company.appoint", row.ID); err != nil {
			return err
		}
		return m.tellMandate(ctx, row, "proposed", row.Agent)
	})
	if err != nil {
		return Mandate{}, err
	}
	return m.mandateByID(ctx, row.ID)
}

// CompanyPage is an enterprise with its people, for those who act for it.
type CompanyPage struct {
	Company  Person
	Mine     Mandate   // the viewer's own, zero for the enterprise's account
	Handlers []Mandate // newest first, up to 100; of those who lead alone
	Appoints []string  // roles the viewer may appoint
}

// Company shows an enterprise (account id) to those who act for it now.
// Errors: ErrCompanyUnknown.
func (m *Module) Company(ctx context.Context, id string) (CompanyPage, error) {
	a := FromContext(ctx)
	mine, acts := a.HandlerMandate(id)
	if !acts && a.Account != id {
		return CompanyPage{}, ErrCompanyUnknown
	}
	p := CompanyPage{Mine: mine}
	for _, role := range []string{ManagerRole, HandlerRole} {
		if a.mayAppoint(id, role) {
			p.Appoints = append(p.Appoints, role)
		}
	}
	var err error
	if p.Company, err = m.Person(ctx, id); err != nil {
		return p, err
	}
	if p.Company.Kind != KindEnterprise {
		return CompanyPage{}, ErrCompanyUnknown
	}
	if len(p.Appoints) == 0 {
		return p, nil
	}
	rows, err := m.mandateRows(ctx, ` WHERE x.principal = $1 AND x.kind = $2 ORDER BY x.created_at DESC, x.id DESC LIMIT 100`, id, MandateEnterprise)
	if err != nil {
		return p, fmt.Errorf("list handlers: %w", err)
	}
	p.Handlers = plainMandates(rows)
	return p, nil
}
