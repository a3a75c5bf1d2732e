package identity_test

import (
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/workday"
)

// TestAnElderAgreesAtAWindow: a child names an old parent who has no account; a
// window confirms it and the parent has an account of their own. Somebody in
// between has to have one.
func TestAnElderAgreesAtAWindow(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		child := citizen
		child.IDNo = "440203198512310028"
		id, err := w.CreateAccount(asSystem, child)
		if err != nil {
			t.Fatal(err)
		}
		w.staff(t, "clerk-a", everywhere("window_clerk"))
		ask := func(no string) (identity.Mandate, error) {
			return w.ProposeMandate(w.as(t, id), identity.Proposal{AsAgent: true, Kind: identity.MandateFamily, Name: "赵老伯", IDNo: no,
				Scope: identity.ScopeAll, To: workday.DateOf(w.clock.Now(), clock.Beijing).Add(1000), Purpose: "代办养老待遇"})
		}
		if _, err := ask("440232199001011233"); !hasField(err, "id_no") {
			t.Errorf("a grown-up without an account: %v", err)
		}
		x, err := ask("440232196411040017")
		if err != nil {
			t.Fatal(err)
		}
		if len(identity.FromContext(w.as(t, id)).Mandates) != 0 {
			t.Error("stands before the parent agreed")
		}
		found, err := w.ChildMandates(w.as(t, "clerk-a"), "440232196411040017")
		if err != nil || len(found) != 1 || found[0].ID != x.ID {
			t.Fatalf("the window finds %+v, %v", found, err)
		}
		if x, err = w.ConfirmChild(w.as(t, "clerk-a"), x.ID); err != nil || x.State != identity.MandateActive || x.Principal == "" {
			t.Fatalf("%+v, %v", x, err)
		}
		if p, err := w.Person(asSystem, x.Principal); err != nil || p.Name != "赵老伯" || p.IDNo != "440232196411040017" {
			t.Errorf("the parent's account: %+v, %v", p, err)
		}
		if a := identity.FromContext(w.as(t, id)); len(a.Mandates) != 1 || a.Mandates[0].Principal != x.Principal {
			t.Errorf("the child holds %+v", a.Mandates)
		}
	})
}
