package identity_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/workday"
)

// held is the document of an account as a clerk holds it.
func held(p identity.NewAccount) identity.Document {
	return identity.Document{Name: p.DisplayName, IDType: "111", IDNo: p.IDNo, Method: identity.ByCard}
}

// TestAClerkVouchesForWhoStandsThere: by the document of the account alone, with
// the clerk's name; nobody without the right does, and no document of another.
func TestAClerkVouchesForWhoStandsThere(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		id, err := w.CreateAccount(asSystem, citizen)
		if err != nil {
			t.Fatal(err)
		}
		clerk := w.staff(t, "clerk-a", everywhere("window_clerk"))
		w.staff(t, "approver-a", everywhere("approver"))
		for name, ctx := range map[string]context.Context{"the person": w.as(t, id), "an approver": w.as(t, "approver-a"), "nobody": context.Background()} {
			if err := w.Attest(ctx, id, held(citizen)); !errors.Is(err, identity.ErrNoRight) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, change := range map[string]func(*identity.Document){
			"another name": func(d *identity.Document) { d.Name = "别人" }, "another number": func(d *identity.Document) { d.IDNo = "440203198512310028" },
			"another kind of document": func(d *identity.Document) { d.IDType = "414" },
		} {
			paper := held(citizen)
			change(&paper)
			if err := w.Attest(w.as(t, "clerk-a"), id, paper); !errors.Is(err, identity.ErrNotThisPerson) {
				t.Errorf("%s: %v", name, err)
			}
		}
		far := held(citizen)
		far.Method = identity.ByFace
		if err := w.Attest(w.as(t, "clerk-a"), id, far); err == nil {
			t.Error("a clerk vouches for a face")
		}
		if err := w.Attest(w.as(t, "clerk-a"), id, held(citizen)); err != nil {
			t.Fatal(err)
		}
		list, err := w.Proofs(asSystem, id)
		if err != nil || len(list) != 1 || list[0].Method != identity.ByCard || list[0].By != clerk {
			t.Errorf("proofs %+v, %v", list, err)
		}
		if l, err := w.LevelOf(asSystem, id); err != nil || l != identity.LevelPresence {
			t.Errorf("level %d, %v", l, err)
		}
	})
}

// TestAnAccountFromAWindow: for who has no telephone, proven by card; its password
// opens nothing but the page where it is changed, and one given anew ends the old.
func TestAnAccountFromAWindow(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		w.staff(t, "clerk-a", everywhere("window_clerk"))
		paper := identity.Document{Name: "盘阿婆", IDType: "111", IDNo: "440232196411040017", Method: identity.ByCard}
		if _, err := w.OpenAccount(context.Background(), identity.Opening{Document: paper}); !errors.Is(err, identity.ErrNoRight) {
			t.Errorf("anybody opens one: %v", err)
		}
		for field, change := range map[string]func(*identity.Opening){
			"name": func(o *identity.Opening) { o.Name = "" }, "phone": func(o *identity.Opening) { o.Phone = "1234" },
			"id_no": func(o *identity.Opening) { o.IDNo = "440232196411040018" },
		} {
			o := identity.Opening{Document: paper}
			change(&o)
			if _, err := w.OpenAccount(w.as(t, "clerk-a"), o); !hasField(err, field) {
				t.Errorf("a wrong %s: %v", field, err)
			}
		}
		s, err := w.OpenAccount(w.as(t, "clerk-a"), identity.Opening{Document: paper, Division: "440232112209"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.OpenAccount(w.as(t, "clerk-a"), identity.Opening{Document: paper}); !errors.Is(err, identity.ErrIdentityTaken) {
			t.Errorf("opened twice: %v", err)
		}
		if a := identity.FromContext(w.as(t, s.Account)); a.Level != identity.LevelPresence || a.Name != "盘阿婆" {
			t.Errorf("the account is %+v", a)
		}
		c := w.siteWith(t, func(*web.Router) {})
		signIn(c, s.Login, s.Password, "/me").Status(303)
		c.NoRedirect().Get("/me").Status(303).Location("/account/password")

		again, err := w.ReissueFirst(w.as(t, "clerk-a"), s.Account, paper)
		if err != nil || again.Login != s.Login || again.Password == s.Password {
			t.Fatalf("given anew: %+v, %v", again, err)
		}
		c.NoRedirect().Get("/account/password").Status(303) // the session has ended
		signIn(c, s.Login, s.Password, "/me").Status(422)
		signIn(c, s.Login, again.Password, "/me").Status(303)
		other := paper
		other.Name = "别人"
		if _, err := w.ReissueFirst(w.as(t, "clerk-a"), s.Account, other); !errors.Is(err, identity.ErrNotThisPerson) {
			t.Errorf("against another's document: %v", err)
		}
	})
}

// TestFirstPasswordsDiffer: each is drawn, and none holds a character that is
// read as another.
func TestFirstPasswordsDiffer(t *testing.T) {
	w := newWorld(dbtest.Open(t, sources))
	w.staff(t, "clerk-a", everywhere("window_clerk"))
	s, err := w.OpenAccount(w.as(t, "clerk-a"), identity.Opening{Document: identity.Document{Name: "盘阿婆", IDType: "111", IDNo: "440232196411040017", Method: identity.ByWindow}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{s.Password: true}
	for range 20 {
		s, err = w.ReissueFirst(w.as(t, "clerk-a"), s.Account, identity.Document{Name: "盘阿婆", IDType: "111", IDNo: "440232196411040017", Method: identity.ByWindow})
		if err != nil {
			t.Fatal(err)
		}
		if seen[s.Password] || len(s.Password) != 14 || strings.ContainsAny(s.Password, "0O1lI") {
			t.Errorf("drew %q", s.Password)
		}
		seen[s.Password] = true
	}
}

// TestWhoHasNoPhoneAgreesAtAWindow: what others proposed, not what they proposed
// themselves; before a clerk alone.
func TestWhoHasNoPhoneAgreesAtAWindow(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		son := citizen
		son.IDNo = "440203198512310028"
		child, err := w.CreateAccount(asSystem, son)
		if err != nil {
			t.Fatal(err)
		}
		w.staff(t, "clerk-a", everywhere("window_clerk"))
		s, err := w.OpenAccount(w.as(t, "clerk-a"), identity.Opening{Document: identity.Document{Name: "盘阿婆", IDType: "111", IDNo: "440232196411040017", Method: identity.ByCard}})
		if err != nil {
			t.Fatal(err)
		}
		x, err := w.ProposeMandate(w.as(t, child), identity.Proposal{AsAgent: true, Kind: identity.MandateFamily, Name: "盘阿婆", IDNo: "440232196411040017",
			Scope: identity.ScopeAll, To: workday.DateOf(w.clock.Now(), clock.Beijing).Add(300), Purpose: "代办养老待遇"})
		if err != nil {
			t.Fatal(err)
		}
		if list, err := w.AskedOf(w.as(t, "clerk-a"), s.Account); err != nil || len(list) != 1 || list[0].ID != x.ID {
			t.Errorf("she is asked for %+v, %v", list, err)
		}
		if list, err := w.AskedOf(w.as(t, "clerk-a"), child); err != nil || len(list) != 0 {
			t.Errorf("who asked is asked: %+v, %v", list, err)
		}
		if _, err := w.AgreeAtWindow(w.as(t, child), x.ID, s.Account); !errors.Is(err, identity.ErrNoRight) {
			t.Errorf("the child agrees for her: %v", err)
		}
		if _, err := w.AgreeAtWindow(w.as(t, "clerk-a"), x.ID, child); !errors.Is(err, identity.ErrMandateDenied) {
			t.Errorf("the child agrees with themselves: %v", err)
		}
		if got, err := w.AgreeAtWindow(w.as(t, "clerk-a"), x.ID, s.Account); err != nil || got.State != identity.MandateActive {
			t.Fatalf("%+v, %v", got, err)
		}
		if a := identity.FromContext(w.as(t, child)); len(a.Mandates) != 1 || a.Mandates[0].Principal != s.Account {
			t.Errorf("the child holds %+v", a.Mandates)
		}
		if _, err := w.AgreeAtWindow(w.as(t, "clerk-a"), x.ID, s.Account); !errors.Is(err, identity.ErrMandateState) {
			t.Errorf("agreed twice: %v", err)
		}
	})
}

// TestACompanyIsKnownByWhoLeadsIt: its level is that of its legal representative,
// while they are bound and while their own proof holds.
func TestACompanyIsKnownByWhoLeadsIt(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		f := newFirm(t, d)
		company := f.bound(t)
		level := func(want identity.Level, when string) {
			t.Helper()
			a, err := f.Actor(context.Background(), company)
			l, err2 := f.LevelOf(context.Background(), company)
			if err = errors.Join(err, err2); err != nil || a.Level != want || l != want {
				t.Errorf("%s: level %d and %d, %v; want %d", when, a.Level, l, err, want)
			}
		}
		level(identity.LevelPresence, "bound")
		if err := f.Prove(asSystem, identity.Proof{Account: f.id["legal"], Method: identity.ByCA}); err != nil {
			t.Fatal(err)
		}
		level(identity.LevelPresence, "a certificate of the person is none of the company")
		f.appointed(t, "legal", company, identity.HandlerRole, "handler")
		if err := f.Disable(asSystem, f.id["legal"]); err != nil {
			t.Fatal(err)
		}
		level(identity.LevelNone, "who leads it is stopped")
		if err := f.Enable(asSystem, f.id["legal"]); err != nil {
			t.Fatal(err)
		}
		f.clock.Advance(4 * 366 * 24 * time.Hour)
		level(identity.LevelNone, "the bond has run out")
	})
}

// TestACompanyIsBoundAtAWindow: by the licence on the counter, by who stands there
// and no other, against the register or, said so, ahead of it.
func TestACompanyIsBoundAtAWindow(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		f := newFirm(t, d)
		f.staff(t, "clerk-a", everywhere("window_clerk"))
		clerk := f.as(t, "clerk-a")
		if _, err := f.BindCompanyAtWindow(f.who(t, "legal"), f.id["legal"], f.binding(), true); !errors.Is(err, identity.ErrNoRight) {
			t.Errorf("a citizen binds as a window does: %v", err)
		}
		if _, err := f.BindCompanyAtWindow(clerk, f.id["stranger"], f.binding(), false); !errors.Is(err, identity.ErrCompanyDiffers) {
			t.Errorf("a stranger with the licence: %v", err)
		}
		unproven := f.people["stranger"]
		unproven.Name, unproven.IDNo, unproven.Proofs = "unproven", "440232196411040017", nil
		id, err := f.CreateAccount(asSystem, unproven)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.BindCompanyAtWindow(clerk, id, f.binding(), true); errs.From(err).Code != "level_too_low" {
			t.Errorf("nobody has looked at who stands there: %v", err)
		}
		x, err := f.BindCompanyAtWindow(clerk, f.id["legal"], identity.Binding{Name: f.e.Name, USCC: f.e.USCC, LegalName: "别人", LegalIDNo: "1"}, false)
		if err != nil || x.Role != identity.LegalRole || x.Agent != f.id["legal"] {
			t.Fatalf("%+v, %v", x, err)
		}
		// The papers are newer than the register.
		if y, err := f.BindCompanyAtWindow(clerk, f.id["stranger"], f.binding(), true); err != nil || y.Principal != x.Principal || y.Agent != f.id["stranger"] {
			t.Errorf("%+v, %v", y, err)
		}
		if a := identity.FromContext(f.who(t, "legal")); len(a.Mandates) != 0 {
			t.Errorf("the former one still acts: %+v", a.Mandates)
		}
		f.Enterprises = closedRegister{}
		if _, err := f.BindCompanyAtWindow(clerk, f.id["legal"], f.binding(), true); !errors.Is(err, identity.ErrCompanyClosed) {
			t.Errorf("a closed one: %v", err)
		}
		f.Enterprises = nil // a city without one
		if _, err := f.BindCompanyAtWindow(clerk, f.id["legal"], f.binding(), false); err != nil {
			t.Errorf("by papers alone: %v", err)
		}
	})
}

// closedRegister says that every enterprise is gone.
type closedRegister struct{}

func (closedRegister) Enterprise(context.Context, string) (identity.Enterprise, bool, error) {
	return identity.Enterprise{Closed: true}, true, nil
}
