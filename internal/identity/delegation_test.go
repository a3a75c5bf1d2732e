package identity_test

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

const bureau = "440232-d11"

// bureauWorld is an agency with an approver, two colleagues, a head, and a
// security administrator.
func bureauWorld(t *testing.T, d *db.DB) (w world, id map[string]string) {
	t.Helper()
	w, id = newWorld(d), map[string]string{}
	for name, role := range map[string]string{"approver": "approver", "deputy": "item_editor", "third": "item_editor", "head": "agency_head"} {
		var err error
		id[name], err = w.CreateAccount(asSystem, identity.NewAccount{Name: name, Kind: identity.KindStaff, DisplayName: name, Password: password,
			Agency: bureau, Division: "440232000000", Roles: []identity.RoleAt{{Role: role, At: identity.Reach{Agency: bureau}}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	id["sec"], id["stranger"] = w.staff(t, "sec", everywhere("security_admin")), w.staff(t, "stranger")
	return w, id
}

// lend asks for the actor's roles to be lent, from and until so many days from now.
func (w world) lend(ctx context.Context, to string, from, until int, roles ...string) (string, error) {
	today := workday.DateOf(w.clock.Now(), clock.Beijing)
	return w.AskDelegation(ctx, identity.Delegation{Deputy: to, From: today.Add(from), To: today.Add(until), Reason: "年休假"}, roles)
}

var matter = identity.Place{Division: "440232000000", Agency: bureau, Dept: "D11"}

// TestRightsAreLentForAWhile: nothing before it is authorised or before the first
// day, what the delegator may from then on, nothing after the last day; lists
// show the same; and the record names both.
func TestRightsAreLentForAWhile(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, id := bureauWorld(t, d)
		deputy := func() identity.Actor { return identity.FromContext(w.as(t, "deputy")) }
		lent, err := w.lend(w.as(t, "approver"), id["deputy"], 1, 3, "approver")
		if err != nil {
			t.Fatal(err)
		}
		if deputy().Has("task.approve") {
			t.Error("a request alone lends")
		}
		if err := w.AuthoriseDelegation(w.as(t, "head"), lent); err != nil {
			t.Fatal(err)
		}
		if deputy().Has("task.approve") {
			t.Error("lent before the first day")
		}
		w.clock.Advance(24 * time.Hour)
		a := deputy()
		if !a.Can("task.approve", matter) || a.Can("task.approve", identity.Place{Division: "440232000000", Agency: "440232-d12"}) {
			t.Errorf("may %v", a.Grants)
		}
		if a.Scope("task.approve").Empty() || a.NameAt("task.approve", matter) != "deputy（代approver办理）" || a.NameAt("item.edit", matter) != "deputy" {
			t.Errorf("the record says %s", a.NameAt("task.approve", matter))
		}
		if g, ok := a.Lent("task.approve", matter); !ok || g.Lender != id["approver"] || len(a.Lenders()) != 1 {
			t.Errorf("lent by %+v", g)
		}
		if err := w.Revoke(asSystem, "approver", "approver"); err != nil {
			t.Fatal(err)
		}
		if deputy().Has("task.approve") {
			t.Error("lent what the delegator has no more")
		}
		if err := w.GrantRole(asSystem, "approver", "approver", identity.Reach{Agency: bureau}); err != nil {
			t.Fatal(err)
		}
		if err := w.Disable(asSystem, "approver"); err != nil || deputy().Has("task.approve") {
			t.Errorf("lent by a stopped account: %v", err)
		}
		if err := w.Enable(asSystem, "approver"); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(3*24*time.Hour - 10*time.Hour - time.Second) // 23:59:59 of the last day in Beijing
		if !deputy().Has("task.approve") {
			t.Error("ended before the last second of the last day")
		}
		w.clock.Advance(time.Second)
		if deputy().Has("task.approve") {
			t.Error("lives on after the last day")
		}
		if err := w.EndDelegation(w.as(t, "approver"), lent); !errors.Is(err, identity.ErrDelegationOver) {
			t.Errorf("ended once more: %v", err)
		}
	})
}

// TestWhoStandsInForTwoHoldsEachRightOnce: own rights once, those of each
// colleague once, and of a colleague who was stopped none.
func TestWhoStandsInForTwoHoldsEachRightOnce(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, id := bureauWorld(t, d)
		if err := w.GrantRole(asSystem, "third", "approver", identity.Reach{Agency: bureau}); err != nil {
			t.Fatal(err)
		}
		for _, lender := range []string{"approver", "third"} {
			lent, err := w.lend(w.as(t, lender), id["deputy"], 0, 3, "approver")
			if err != nil {
				t.Fatal(err)
			}
			if err := w.AuthoriseDelegation(w.as(t, "head"), lent); err != nil {
				t.Fatal(err)
			}
		}
		by := func(v identity.Verb) map[string]int {
			n := map[string]int{}
			for _, g := range identity.FromContext(w.as(t, "deputy")).Grants {
				if g.Verb == v {
					n[g.Lender]++
				}
			}
			return n
		}
		if own := by("item.edit"); !maps.Equal(own, map[string]int{"": 1}) {
			t.Errorf("edits items by %v, want by its own role once", own)
		}
		if lent := by("task.approve"); !maps.Equal(lent, map[string]int{id["approver"]: 1, id["third"]: 1}) {
			t.Errorf("approves by %v, want by each colleague once", lent)
		}
		if err := w.Disable(asSystem, "approver"); err != nil {
			t.Fatal(err)
		}
		if lent, own := by("task.approve"), by("item.edit"); !maps.Equal(lent, map[string]int{id["third"]: 1}) || own[""] != 1 {
			t.Errorf("with one colleague stopped approves by %v, edits by %v", lent, own)
		}
	})
}

func TestWhoMayNotLend(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, id := bureauWorld(t, d)
		for name, c := range map[string]struct {
			from, to  int
			by, whom  string
			role      string
			wantField string
		}{
			"to oneself":            {0, 3, "approver", "approver", "approver", "deputy"},
			"to another agency":     {0, 3, "approver", "stranger", "approver", "deputy"},
			"a role not held":       {0, 3, "approver", "deputy", "agency_head", "roles"},
			"a role nobody has":     {0, 3, "approver", "deputy", "emperor", "roles"},
			"an administrator's":    {0, 3, "sec", "deputy", "security_admin", "roles"},
			"longer than 90 days":   {0, 90, "approver", "deputy", "approver", "to"},
			"ends before it begins": {3, 2, "approver", "deputy", "approver", "to"},
			"begins in the past":    {-1, 2, "approver", "deputy", "approver", "from"},
		} {
			if _, err := w.lend(w.as(t, c.by), id[c.whom], c.from, c.to, c.role); !errors.Is(err, identity.ErrDelegationInvalid) || !hasField(err, c.wantField) {
				t.Errorf("%s: %v", name, err)
			}
		}
		lent, err := w.lend(w.as(t, "approver"), id["deputy"], 0, 89, "approver")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.lend(w.as(t, "third"), id["approver"], 5, 6, "item_editor"); !hasField(err, "deputy") {
			t.Errorf("to somebody who is away too: %v", err)
		}
		if _, err := w.lend(w.as(t, "deputy"), id["approver"], 5, 6, "item_editor"); !hasField(err, "deputy") {
			t.Errorf("in a circle: %v", err)
		}
		for _, who := range []string{"approver", "deputy", "third"} {
			if err := w.AuthoriseDelegation(w.as(t, who), lent); !errors.Is(err, identity.ErrDelegationDenied) {
				t.Errorf("authorised by %s: %v", who, err)
			}
		}
		list, err := w.DelegationsToDecide(w.as(t, "sec"))
		if err != nil || len(list) != 1 || list[0].DeputyName != "deputy" {
			t.Errorf("the security administrator sees %+v, %v", list, err)
		}
		w.clock.Advance(91 * 24 * time.Hour)
		if err := w.AuthoriseDelegation(w.as(t, "sec"), lent); !errors.Is(err, identity.ErrDelegationOver) {
			t.Errorf("authorised when it is over: %v", err)
		}
	})
}

// TestLentRightsAreNotLentOn: who stands in for the head authorises nothing, and
// a delegation that is ended is gone with the next request.
func TestLentRightsAreNotLentOn(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, id := bureauWorld(t, d)
		lent, err := w.lend(w.as(t, "head"), id["deputy"], 0, 3, "agency_head")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.AuthoriseDelegation(w.as(t, "sec"), lent); err != nil {
			t.Fatal(err)
		}
		deputy := w.as(t, "deputy")
		if a := identity.FromContext(deputy); !a.Can("task.sign", matter) || a.Has(identity.VerbDelegationAuthorise) {
			t.Errorf("the deputy of the head may %v", a.Grants)
		}
		if _, err := w.lend(deputy, id["third"], 0, 1, "agency_head"); !hasField(err, "roles") {
			t.Errorf("lent on: %v", err)
		}
		if err := w.EndDelegation(w.as(t, "third"), lent); !errors.Is(err, identity.ErrDelegationUnknown) {
			t.Errorf("ended by a third: %v", err)
		}
		if err := w.EndDelegation(w.as(t, "head"), lent); err != nil {
			t.Fatal(err)
		}
		if identity.FromContext(w.as(t, "deputy")).Has("task.sign") {
			t.Error("an ended delegation still lends")
		}
	})
}

func hasField(err error, name string) bool {
	for _, f := range errs.From(err).Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}
