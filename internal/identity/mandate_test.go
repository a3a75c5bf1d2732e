package identity_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// family are people of the tests by name: each has an account of that name.
type family struct {
	world
	id map[string]string // account ids
	no map[string]string // ID numbers
}

func newFamily(t *testing.T, d *db.DB) family {
	t.Helper()
	f := family{newWorld(d), map[string]string{}, map[string]string{}}
	for i, p := range []struct {
		name, title string
		kind        identity.Kind
	}{{"mother", "盘秀英", identity.KindPerson}, {"son", "盘小明", identity.KindPerson}, {"other", "李四", identity.KindPerson},
		{"firm", "乳源茶叶有限公司", identity.KindEnterprise}} {
		f.no[p.name] = number(t, "1970-01-02", 200+i)
		idType := "111"
		if p.kind == identity.KindEnterprise {
			f.no[p.name], idType = "91440232MA4W12345X", "001"
		}
		id, err := f.CreateAccount(context.Background(), identity.NewAccount{Name: p.name, Kind: p.kind, DisplayName: p.title,
			IDType: idType, IDNo: f.no[p.name], Phone: "13800138000", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		f.id[p.name] = id
	}
	return f
}

func number(t *testing.T, born string, seq int) string {
	t.Helper()
	id, err := gb.MakeResidentID("440232", workday.MustParseDate(born), seq)
	if err != nil {
		t.Fatal(err)
	}
	return string(id)
}

// ask is the son's wish to act for his mother, for a year.
func (f family) ask() identity.Proposal {
	return identity.Proposal{AsAgent: true, Kind: identity.MandateFamily, Name: "盘秀英", IDNo: f.no["mother"], Scope: identity.ScopeAll,
		To: workday.MustParseDate("2027-11-18"), Purpose: "代办母亲的养老保险"}
}

func (f family) held(t *testing.T, account string) []identity.Mandate {
	t.Helper()
	a, err := f.Actor(context.Background(), account)
	if err != nil {
		t.Fatal(err)
	}
	return a.Mandates
}

// TestBothSidesAgree: a mandate stands when the other side has confirmed it,
// and with the next request after either ends it no longer.
func TestBothSidesAgree(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		f := newFamily(t, d)
		x, err := f.ProposeMandate(f.as(t, "son"), f.ask())
		if err != nil {
			t.Fatal(err)
		}
		if n := len(f.held(t, "son")); n != 0 {
			t.Errorf("%d mandates stand before anybody agreed", n)
		}
		if n, err := f.MandatesAsked(f.as(t, "mother")); err != nil || n != 1 {
			t.Errorf("the mother is asked %d, %v", n, err)
		}
		if n, err := f.MandatesAsked(f.as(t, "son")); err != nil || n != 0 {
			t.Errorf("the son is asked %d, %v", n, err)
		}
		for who, want := range map[string]error{"son": identity.ErrMandateDenied, "other": identity.ErrMandateUnknown} {
			if _, err := f.ConfirmMandate(f.as(t, who), x.ID); !errors.Is(err, want) {
				t.Errorf("%s confirms: %v", who, err)
			}
		}
		if _, err := f.ConfirmMandate(f.as(t, "mother"), x.ID); err != nil {
			t.Fatal(err)
		}
		held := f.held(t, "son")
		if len(held) != 1 || held[0].Principal != f.id["mother"] || held[0].PrincipalName != "盘秀英" || !held[0].Covers("SG01001") {
			t.Errorf("the son holds %+v", held)
		}
		if n := len(f.held(t, "mother")); n != 0 {
			t.Errorf("the mother holds %d mandates", n)
		}
		if _, err := f.ConfirmMandate(f.as(t, "mother"), x.ID); !errors.Is(err, identity.ErrMandateState) {
			t.Errorf("confirmed twice: %v", err)
		}
		if _, err := f.EndMandate(f.as(t, "other"), x.ID); !errors.Is(err, identity.ErrMandateUnknown) {
			t.Errorf("a stranger ends it: %v", err)
		}
		if _, err := f.EndMandate(f.as(t, "mother"), x.ID); err != nil {
			t.Fatal(err)
		}
		if n := len(f.held(t, "son")); n != 0 {
			t.Errorf("%d mandates stand after the end", n)
		}
		for _, who := range []string{"mother", "son"} {
			list, _, err := f.Mandates(f.as(t, who), db.Page{})
			if err != nil || len(list) != 1 || list[0].State != identity.MandateEnded || list[0].EndedBy != "盘秀英" {
				t.Errorf("%s sees %+v, %v", who, list, err)
			}
		}
		if list, _, err := f.Mandates(f.as(t, "other"), db.Page{}); err != nil || len(list) != 0 {
			t.Errorf("a stranger sees %d, %v", len(list), err)
		}
		rows, _, err := audit.New(d, f.clock).Search(asSystem, audit.Query{Object: "mandate"}, db.Page{})
		if err != nil || len(rows) != 3 {
			t.Errorf("%d acts are recorded, %v; want propose, confirm, end", len(rows), err)
		}
	})
}

// TestMandatesEndByThemselves: past its last day one is gone, and a principal
// whose account was stopped is nobody's.
func TestMandatesEndByThemselves(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		f := newFamily(t, d)
		ask := f.ask()
		ask.To = workday.MustParseDate("2026-11-20")
		x, err := f.ProposeMandate(f.as(t, "son"), ask)
		if err != nil {
			t.Fatal(err)
		}
		ask.Scope, ask.Items = identity.ScopeItems, []string{"SG01001"}
		late, err := f.ProposeMandate(f.as(t, "son"), ask)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.ConfirmMandate(f.as(t, "mother"), x.ID); err != nil {
			t.Fatal(err)
		}
		if err := f.Disable(asSystem, "mother"); err != nil {
			t.Fatal(err)
		}
		if n := len(f.held(t, "son")); n != 0 {
			t.Errorf("%d mandates of a stopped account stand", n)
		}
		if err := f.Enable(asSystem, "mother"); err != nil {
			t.Fatal(err)
		}
		f.clock.Advance(2 * 24 * time.Hour) // the last day
		if n := len(f.held(t, "son")); n != 1 {
			t.Errorf("%d mandates stand on the last day", n)
		}
		f.clock.Advance(24 * time.Hour)
		if n := len(f.held(t, "son")); n != 0 {
			t.Errorf("%d mandates stand a day later", n)
		}
		if _, err := f.ConfirmMandate(f.as(t, "mother"), late.ID); !errors.Is(err, identity.ErrMandateExpired) {
			t.Errorf("confirmed too late: %v", err)
		}
	})
}

func TestProposalsThatAreRefused(t *testing.T) {
	f := newFamily(t, dbtest.Open(t, sources))
	for name, c := range map[string]struct {
		who, field string
		change     func(*identity.Proposal)
	}{
		"to oneself":           {"mother", "id_no", func(*identity.Proposal) {}},
		"wrong name":           {"son", "id_no", func(p *identity.Proposal) { p.Name = "盘秀" }},
		"unknown number":       {"son", "id_no", func(p *identity.Proposal) { p.IDNo = number(t, "1975-05-05", 9) }},
		"no number":            {"son", "id_no", func(p *identity.Proposal) { p.IDNo = "" }},
		"no name":              {"son", "name", func(p *identity.Proposal) { p.Name = " " }},
		"no purpose":           {"son", "purpose", func(p *identity.Proposal) { p.Purpose = "" }},
		"no end":               {"son", "to", func(p *identity.Proposal) { p.To = workday.Date{} }},
		"ended already":        {"son", "to", func(p *identity.Proposal) { p.To = workday.MustParseDate("2026-11-17") }},
		"too long":             {"son", "to", func(p *identity.Proposal) { p.To = workday.MustParseDate("2029-11-19") }},
		"no items":             {"son", "items", func(p *identity.Proposal) { p.Scope = identity.ScopeItems }},
		"no case":              {"son", "case", func(p *identity.Proposal) { p.Scope, p.Case = identity.ScopeCase, "123" }},
		"no scope":             {"son", "scope", func(p *identity.Proposal) { p.Scope = "everything" }},
		"a firm for a person":  {"firm", "name", func(*identity.Proposal) {}},
		"an unknown grown-up":  {"son", "id_no", func(p *identity.Proposal) { p.Name, p.IDNo = "盘大人", number(t, "2000-05-05", 9) }},
		"a child of a friend":  {"son", "id_no", func(p *identity.Proposal) { p.Kind, p.IDNo = identity.MandatePerson, number(t, "2020-05-05", 9) }},
		"a child as the agent": {"son", "id_no", func(p *identity.Proposal) { p.AsAgent, p.IDNo = false, number(t, "2020-05-05", 9) }},
	} {
		p := f.ask()
		c.change(&p)
		_, err := f.ProposeMandate(f.as(t, c.who), p)
		e := errs.From(err)
		if !errors.Is(err, identity.ErrMandateInvalid) || e.Fields[0].Name != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	f.staff(t, "clerk-1")
	for _, ctx := range []context.Context{context.Background(), f.as(t, "clerk-1")} {
		if _, err := f.ProposeMandate(ctx, f.ask()); !errors.Is(err, identity.ErrSignIn) {
			t.Errorf("who is no applicant proposes: %v", err)
		}
	}
	// An enterprise names its handler, by account too.
	x, err := f.ProposeMandate(f.as(t, "firm"), identity.Proposal{Name: "盘小明", Account: "SON", Scope: identity.ScopeAll,
		To: workday.MustParseDate("2027-01-01"), Purpose: "经办年报"})
	if err != nil || x.Kind != identity.MandateEnterprise || x.Agent != f.id["son"] {
		t.Errorf("the handler: %+v, %v", x, err)
	}
}

// TestMandateForAChild: a parent's word is not enough; a window sees the
// household register and makes the child an account that nobody signs in to.
func TestMandateForAChild(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		f := newFamily(t, d)
		child := number(t, "2018-06-01", 7)
		p := identity.Proposal{AsAgent: true, Kind: identity.MandateFamily, Name: "盘小宝", IDNo: child, Scope: identity.ScopeAll,
			To: workday.MustParseDate("2028-01-01"), Purpose: "孩子入学"}
		x, err := f.ProposeMandate(f.as(t, "son"), p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.ConfirmMandate(f.as(t, "son"), x.ID); !errors.Is(err, identity.ErrMandateDenied) {
			t.Errorf("the parent confirms: %v", err)
		}
		if _, err := f.ConfirmChild(f.as(t, "son"), x.ID); !errors.Is(err, identity.ErrNoRight) {
			t.Errorf("the parent confirms at a window: %v", err)
		}
		f.staff(t, "clerk-2", everywhere("window_clerk"))
		clerk := f.as(t, "clerk-2")
		found, err := f.ChildMandates(clerk, child)
		if err != nil || len(found) != 1 || found[0].PrincipalName != "盘小宝" || found[0].AgentName != "盘小明" {
			t.Fatalf("the window finds %+v, %v", found, err)
		}
		if _, err := f.ChildMandates(f.as(t, "other"), child); !errors.Is(err, identity.ErrNoRight) {
			t.Errorf("a citizen looks: %v", err)
		}
		if _, err := f.ConfirmChild(clerk, x.ID); err != nil {
			t.Fatal(err)
		}
		held := f.held(t, "son")
		if len(held) != 1 {
			t.Fatalf("the parent holds %+v", held)
		}
		who, err := f.Person(asSystem, held[0].Principal)
		if err != nil || who.Name != "盘小宝" || who.IDNo != child {
			t.Errorf("the child is %+v, %v", who, err)
		}
		if found, err := f.ChildMandates(clerk, child); err != nil || len(found) != 0 {
			t.Errorf("still waiting: %d, %v", len(found), err)
		}
		if _, err := f.ConfirmChild(clerk, x.ID); !errors.Is(err, identity.ErrMandateState) {
			t.Errorf("confirmed twice: %v", err)
		}
	})
}

func TestContact(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		f := newFamily(t, d)
		ctx := f.as(t, "son")
		if err := f.SetContact(ctx, identity.Contact{Phone: "13900009999"}); err != nil {
			t.Fatal(err)
		}
		if err := f.SetContact(ctx, identity.Contact{Address: "韶关市乳源县游溪镇大寮坑村3号"}); err != nil {
			t.Fatal(err)
		}
		p, err := f.Person(ctx, f.id["son"])
		if err != nil || p.Phone != "13900009999" || p.Address != "韶关市乳源县游溪镇大寮坑村3号" {
			t.Errorf("%+v, %v", p, err)
		}
		for field, c := range map[string]identity.Contact{"phone": {Phone: "8881234"}, "address": {Address: "村里"}} {
			if e := errs.From(f.SetContact(ctx, c)); e == nil || len(e.Fields) != 1 || e.Fields[0].Name != field {
				t.Errorf("%s: %v", field, e)
			}
		}
		if err := f.SetContact(context.Background(), identity.Contact{Phone: "13900009999"}); !errors.Is(err, identity.ErrSignIn) {
			t.Errorf("nobody: %v", err)
		}
	})
}
