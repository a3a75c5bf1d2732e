package identity_test

import (
	"context"
	"errors"
	"testing"

	cityorg "yimen/city/org"
	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/workday"
)

func TestDemoAccounts(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := demoWorld(t, d)
		rows, err := cityorg.Rows()
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		if err := d.Conn(asSystem).Select(asSystem, &keys, `SELECT name_key FROM identity_account`); err != nil {
			t.Fatal(err)
		}
		there := map[string]bool{}
		for _, k := range keys {
			there[k] = true
		}
		for _, o := range rows.Outlets {
			if !there["clerk-"+o.Code] {
				t.Errorf("outlet %s has no clerk", o.Code)
			}
		}
		for _, a := range rows.Agencies {
			if !there["approver-"+a.Code] {
				t.Errorf("agency %s has no approver", a.Code)
			}
		}
		for _, name := range []string{"citizen-200", "enterprise-50", "manager-440200000000", "manager-440232000000",
			"head-440200-d11", "chief-440232-d11", "editor-440200", "reviewer-440200", "admin-system", "admin-security", "admin-audit"} {
			if !there[name] {
				t.Errorf("no account %s", name)
			}
		}
		if _, err := w.Login(context.Background(), "citizen-1", password, ""); err != nil {
			t.Errorf("login of citizen-1: %v", err)
		}
		again := demoWorld(t, d) // loading again changes nothing
		var n int
		if err := d.Conn(asSystem).Get(asSystem, &n, `SELECT COUNT(*) FROM identity_account`); err != nil || n != len(keys) {
			t.Errorf("%d accounts after loading again, %d before, %v", n, len(keys), err)
		}
		checkDemoRights(t, again)
	})
}

func checkDemoRights(t *testing.T, w world) {
	t.Helper()
	here := identity.Place{Receiving: "440232112209", Division: "440232000000", Agency: "440232-d11", Dept: "D11"}
	elsewhere := identity.Place{Receiving: "440203001000", Division: "440203000000", Agency: "440203-d11", Dept: "D11"}
	for account, can := range map[string]map[identity.Verb][2]bool{
		"clerk-440232112209":   {"case.accept": {true, false}, "case.decide": {false, false}, "task.decide": {false, false}},
		"clerk-440232112000":   {"case.accept": {false, false}}, // the town's clerk does not see the village's
		"approver-440232-d11":  {"case.view": {true, false}, "task.review": {true, false}, "task.survey": {true, false}, "task.sign": {true, false}, "task.approve": {true, false}, "task.decide": {true, false}},
		"approver-440200-d11":  {"task.decide": {false, false}},
		"manager-440232000000": {"case.view": {true, false}, "task.reassign": {true, false}, "task.decide": {false, false}},
		"manager-440200000000": {"case.view": {true, true}, "case.decide": {false, false}},
		"admin-system":         {"account.manage": {true, true}, "grant.manage": {false, false}, "case.view": {false, false}},
		"admin-audit":          {"audit.view": {true, true}, "account.manage": {false, false}},
		"citizen-1":            {"case.view": {false, false}},
	} {
		a, err := w.Actor(context.Background(), account)
		if err != nil {
			t.Errorf("%s: %v", account, err)
			continue
		}
		for verb, want := range can {
			if got := [2]bool{a.Can(verb, here), a.Can(verb, elsewhere)}; got != want {
				t.Errorf("%s %s here and elsewhere: %v, want %v", account, verb, got, want)
			}
		}
	}
}

func TestDemoPeopleAreDocumented(t *testing.T) {
	people, err := cityorg.People()
	if err != nil {
		t.Fatal(err)
	}
	seen, villages, women := map[string]bool{}, map[string]bool{}, 0
	for _, p := range people {
		if seen[p.IDNo] {
			t.Errorf("%s: number met before", p.Name)
		}
		seen[p.IDNo] = true
		if _, err := gb.IDType(p.IDType).ParseNumber(p.IDNo, workday.MustParseDate("2026-11-18")); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if _, err := gb.ParseMobile(p.Phone); err != nil || p.Address == "" || p.DisplayName == "" {
			t.Errorf("%s is incomplete: %v", p.Name, err)
		}
		if p.Kind == identity.KindPerson {
			villages[p.Division] = true
			if id, _ := gb.ParseResidentID(p.IDNo, workday.Date{}); id.Sex() == gb.Female {
				women++
			}
		}
	}
	if people[0].Name != "citizen-1" || people[0].Division != "440232112209" {
		t.Errorf("citizen-1 lives at %s", people[0].Division)
	}
	if len(people) != 250 || len(villages) < 150 || women < 60 || women > 140 {
		t.Errorf("%d people, %d villages, %d women", len(people), len(villages), women)
	}
}

func TestDemoOnly(t *testing.T) {
	w := newWorld(dbtest.Open(t, sources))
	if err := w.CreateAccounts(asSystem, []identity.NewAccount{citizen}, password); !errors.Is(err, identity.ErrNotForDemo) {
		t.Errorf("shared password outside the demo: %v", err)
	}
}

func BenchmarkLoadDemo(b *testing.B) {
	dbtest.Bench(b, sources, func(b *testing.B, d *db.DB) {
		for b.Loop() {
			b.StopTimer()
			for _, table := range []string{"grant", "account"} {
				if _, err := d.Conn(asSystem).Exec(asSystem, "DELETE FROM identity_"+table); err != nil {
					b.Fatal(err)
				}
			}
			b.StartTimer()
			demoWorld(b, d)
		}
	})
}
