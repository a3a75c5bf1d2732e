package identity_test

import (
	"context"
	"errors"
	"testing"
	"time"

	cityorg "yimen/city/org"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// firm is a company of the sample city's register with the people around it, all
// of whom have shown who they are.
type firm struct {
	world
	e      identity.Enterprise
	id     map[string]string // accounts
	people map[string]identity.NewAccount
}

func newFirm(t *testing.T, d *db.DB) firm {
	t.Helper()
	f := firm{world: newWorld(d), id: map[string]string{}, people: map[string]identity.NewAccount{}}
	f.Enterprises = cityorg.Enterprises{}
	people, err := cityorg.People()
	if err != nil {
		t.Fatal(err)
	}
	if f.e, err = cityorg.CompanyOf(1); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"legal", "manager", "handler", "stranger"} {
		p := people[i*10]
		if f.id[name], err = f.CreateAccount(asSystem, p); err != nil {
			t.Fatal(err)
		}
		if err := f.Prove(asSystem, identity.Proof{Account: f.id[name], Method: identity.ByCard, Level: identity.LevelPresence}); err != nil {
			t.Fatal(err)
		}
		f.people[name] = p
	}
	return f
}

func (f firm) who(t *testing.T, name string) context.Context { t.Helper(); return f.as(t, f.id[name]) }

func (f firm) binding() identity.Binding {
	return identity.Binding{Name: f.e.Name, USCC: f.e.USCC, LegalName: f.e.LegalName, LegalIDNo: f.e.LegalIDNo}
}

// bound is the firm's account.
func (f firm) bound(t *testing.T) string {
	t.Helper()
	x, err := f.BindCompany(f.who(t, "legal"), f.binding())
	if err != nil {
		t.Fatal(err)
	}
	return x.Principal
}

func (f firm) appointment(company, role, who string) identity.Appointment {
	p := f.people[who]
	return identity.Appointment{Company: company, Role: role, Name: p.DisplayName, IDNo: p.IDNo, Scope: identity.ScopeAll,
		To: workday.DateOf(f.clock.Now(), clock.Beijing).Add(300), Purpose: "办理单位业务"}
}

// appointed is a mandate that both sides agreed to.
func (f firm) appointed(t *testing.T, by, company, role, who string) identity.Mandate {
	t.Helper()
	x, err := f.Appoint(f.who(t, by), f.appointment(company, role, who))
	if err != nil {
		t.Fatalf("appoint %s: %v", who, err)
	}
	if a := identity.FromContext(f.who(t, who)); len(a.Mandates) != 0 {
		t.Errorf("%s acts before they agreed: %+v", who, a.Mandates)
	}
	if _, err := f.ConfirmMandate(f.who(t, by), x.ID); !errors.Is(err, identity.ErrMandateDenied) {
		t.Errorf("%s agrees for %s: %v", by, who, err)
	}
	if x, err = f.ConfirmMandate(f.who(t, who), x.ID); err != nil || x.State != identity.MandateActive {
		t.Fatalf("%s agrees: %+v, %v", who, x, err)
	}
	return x
}

// TestOnlyWhoLeadsItBindsACompany: everything has to agree, the answer to all
// else is the same, and the second time changes nothing.
func TestOnlyWhoLeadsItBindsACompany(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		f := newFirm(t, d)
		for name, c := range map[string]struct {
			who    string
			change func(*identity.Binding)
		}{
			"a stranger who knows everything": {"stranger", func(*identity.Binding) {}},
			"another name":                    {"legal", func(b *identity.Binding) { b.Name = "韶关市别家有限公司" }},
			"a code nobody has":               {"legal", func(b *identity.Binding) { b.USCC = "91440200MA4W00011H" }},
			"another leader":                  {"legal", func(b *identity.Binding) { b.LegalName = "王五" }},
			"another number":                  {"legal", func(b *identity.Binding) { b.LegalIDNo = "440232196411040017" }},
		} {
			b := f.binding()
			c.change(&b)
			if _, err := f.BindCompany(f.who(t, c.who), b); !errors.Is(err, identity.ErrCompanyRefused) {
				t.Errorf("%s: %v", name, err)
			}
		}
		company := f.bound(t)
		if again := f.bound(t); again != company {
			t.Error("bound twice gives two accounts")
		}
		a := identity.FromContext(f.who(t, "legal"))
		if x, ok := a.HandlerMandate(company); len(a.Mandates) != 1 || !ok || x.Role != identity.LegalRole || !x.Leads() || !x.Covers("SG01001") {
			t.Errorf("the legal representative holds %+v", a.Mandates)
		}
		id, err := f.CreateAccount(asSystem, identity.NewAccount{Name: "unproven", Kind: identity.KindPerson, DisplayName: "某人"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.BindCompany(f.as(t, id), f.binding()); errs.From(err).Code != "level_too_low" {
			t.Errorf("without having shown who they are: %v", err)
		}
	})
}

// TestWhoAppointsWhom: the legal representative both, a manager those who
// handle, who handles nobody; and the same for dismissing.
func TestWhoAppointsWhom(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		f := newFirm(t, d)
		company := f.bound(t)
		manager := f.appointed(t, "legal", company, identity.ManagerRole, "manager")
		handler := f.appointed(t, "manager", company, identity.HandlerRole, "handler")
		for name, c := range map[string]struct{ by, role string }{
			"a manager by a manager": {"manager", identity.ManagerRole}, "a handler by a handler": {"handler", identity.HandlerRole},
			"a handler by a stranger": {"stranger", identity.HandlerRole}, "a legal representative": {"legal", identity.LegalRole},
		} {
			if _, err := f.Appoint(f.who(t, c.by), f.appointment(company, c.role, "stranger")); !errors.Is(err, identity.ErrAppointDenied) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := f.Appoint(f.who(t, "legal"), f.appointment(company, identity.HandlerRole, "handler")); !hasField(err, "id_no") {
			t.Errorf("appointed twice: %v", err)
		}
		if _, err := f.EndMandate(f.who(t, "handler"), manager.ID); !errors.Is(err, identity.ErrMandateUnknown) {
			t.Errorf("a handler dismisses the manager: %v", err)
		}
		if _, err := f.Company(f.who(t, "stranger"), company); !errors.Is(err, identity.ErrCompanyUnknown) {
			t.Errorf("a stranger looks: %v", err)
		}
		if p, err := f.Company(f.who(t, "handler"), company); err != nil || len(p.Handlers) != 0 || len(p.Appoints) != 0 {
			t.Errorf("a handler sees %+v, %v", p, err)
		}
		if p, err := f.Company(f.who(t, "legal"), company); err != nil || len(p.Handlers) != 3 || len(p.Appoints) != 2 || p.Company.LegalName != f.e.LegalName {
			t.Errorf("the legal representative sees %+v, %v", p, err)
		}
		if _, err := f.EndMandate(f.who(t, "manager"), handler.ID); err != nil {
			t.Fatalf("the manager dismisses a handler: %v", err)
		}
		if a := identity.FromContext(f.who(t, "handler")); len(a.Mandates) != 0 {
			t.Errorf("dismissed, and still acts: %+v", a.Mandates)
		}
		f.clock.Advance(301 * 24 * time.Hour)
		if a := identity.FromContext(f.who(t, "manager")); len(a.Mandates) != 0 {
			t.Errorf("acts past the last day: %+v", a.Mandates)
		}
	})
}

// movedRegister says that somebody else leads the company now.
type movedRegister struct{ legal identity.NewAccount }

func (r movedRegister) Enterprise(ctx context.Context, uscc string) (identity.Enterprise, bool, error) {
	e, ok, err := cityorg.Enterprises{}.Enterprise(ctx, uscc)
	e.LegalName, e.LegalIDNo = r.legal.DisplayName, r.legal.IDNo
	return e, ok, err
}

func TestANewLegalRepresentativeReplacesTheOld(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		f := newFirm(t, d)
		company := f.bound(t)
		f.Enterprises = movedRegister{f.people["stranger"]}
		b := f.binding()
		b.LegalName, b.LegalIDNo = f.people["stranger"].DisplayName, f.people["stranger"].IDNo
		if x, err := f.BindCompany(f.who(t, "stranger"), b); err != nil || x.Principal != company {
			t.Fatalf("%+v, %v", x, err)
		}
		if a := identity.FromContext(f.who(t, "legal")); len(a.Mandates) != 0 {
			t.Errorf("the former one still acts: %+v", a.Mandates)
		}
	})
}
