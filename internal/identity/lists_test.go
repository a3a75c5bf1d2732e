package identity_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/workday"
)

// errTried undoes what was only tried.
var errTried = errors.New("only tried")

// For random staff with random grants, the delegations they are shown to decide
// are those that they may decide one by one; accounts and changes of roles are
// shown whole to those who may open each, and not at all to others.
func TestListsOfStaffShowWhatMayBeOpened(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, r := newWorld(d), rand.New(rand.NewPCG(21, 22))
		var people []string
		for i := range 8 {
			people = append(people, w.staff(t, fmt.Sprint("p", i)))
		}
		var lendings []string
		for i := range 40 {
			lendings = append(lendings, lending(t, d, r, fmt.Sprint("x", i), people))
		}
		shown := 0
		for range 60 {
			a := randomDecider(r, people)
			ctx := identity.With(context.Background(), a)
			list, err := w.DelegationsToDecide(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var got, want []string
			for _, x := range list {
				got = append(got, x.ID)
			}
			for _, id := range lendings {
				if w.mayEnd(t, ctx, a, id) {
					want = append(want, id)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("%s with %+v is shown %v, may decide %v", a.Account, a.Grants, got, want)
			}
			shown += len(got)
			w.accountsAsOne(t, ctx, people)
		}
		if shown == 0 {
			t.Error("nobody was ever shown one")
		}
	})
}

// lending stores a delegation of any state, place and time.
func lending(t *testing.T, d *db.DB, r *rand.Rand, id string, people []string) string {
	t.Helper()
	by, to := r.IntN(len(people)), r.IntN(len(people)-1)
	if to >= by {
		to++
	}
	now := time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC)
	ends := now.Add(time.Duration(r.IntN(5)-1) * 24 * time.Hour)
	_, err := d.Conn(context.Background()).Exec(context.Background(), `INSERT INTO identity_delegation (id, delegator, deputy, roles, from_on, to_on, begins_at, ends_at,
		reason, state, agency, division, asked_at, decided_by, note, ended_by) VALUES ($1, $2, $3, 'approver', $4, $5, $6, $7, '年休假', $8, $9, $10, $11, '', '', '')`,
		id, people[by], people[to], workday.NewDate(2026, 11, 18), workday.NewDate(2026, 11, 20), now.Add(-time.Hour), ends,
		[]string{identity.DelegationAsked, identity.DelegationActive, identity.DelegationRefused, identity.DelegationEnded}[r.IntN(4)],
		randomOf(r, placeAgencies), randomOf(r, placeDivisions), now)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// randomDecider is one of the people, with up to three grants.
func randomDecider(r *rand.Rand, people []string) identity.Actor {
	a := identity.Actor{Account: randomOf(r, people), Kind: identity.KindStaff, Via: identity.ViaSession}
	for range r.IntN(4) {
		g := randomGrant(r)
		g.Dept = "" // a delegation stands in no department line
		g.Verb = []identity.Verb{identity.VerbDelegationAuthorise, identity.VerbDelegationAuthorise, identity.VerbDelegationAuthorise,
			identity.VerbGrantManage, identity.VerbAccountManage, "case.view"}[r.IntN(6)]
		a.Grants = append(a.Grants, g)
	}
	return a
}

// mayEnd tries to end a delegation that is not the actor's own, and undoes it.
func (w world) mayEnd(t *testing.T, ctx context.Context, a identity.Actor, id string) bool {
	t.Helper()
	var own bool
	var ended error
	err := w.db.InTx(ctx, func(ctx context.Context) error {
		list, err := w.OwnDelegations(ctx)
		own = slices.ContainsFunc(list, func(x identity.Delegation) bool { return x.ID == id })
		ended = w.EndDelegation(ctx, id)
		return errors.Join(errTried, err)
	})
	if !errors.Is(err, errTried) {
		t.Fatal(err)
	}
	switch {
	case ended == nil:
		return !own
	case errors.Is(ended, identity.ErrDelegationUnknown), errors.Is(ended, identity.ErrDelegationOver):
		return false
	}
	t.Fatalf("%s ends %s: %v", a.Account, id, ended)
	return false
}

// accountsAsOne: the list of accounts and the page of one open to the same.
func (w world) accountsAsOne(t *testing.T, ctx context.Context, people []string) {
	t.Helper()
	_, one := w.AccountByID(ctx, people[0])
	for what, err := range map[string]error{
		"list":   third(w.Accounts(ctx, identity.AccountQuery{}, db.Page{Limit: 100})),
		"search": third(w.Accounts(ctx, identity.AccountQuery{Q: "p1"}, db.Page{Limit: 100})),
	} {
		if (err == nil) != (one == nil) || err != nil && !errors.Is(err, identity.ErrMayNotManage) {
			t.Fatalf("one account: %v, the %s: %v", one, what, err)
		}
	}
}

func third[A, B any](_ A, _ B, err error) error { return err }

// For random persons and companies with random mandates between them, each sees
// in their list those that they may open, and counts those that wait for them.
func TestListsOfMandatesShowWhatMayBeOpened(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, r := newWorld(d), rand.New(rand.NewPCG(31, 32))
		sides := []string{"a1", "a2", "a3", "firm1", "firm2", "nobody"}
		var all []string
		for i := range 60 {
			id := fmt.Sprintf("m%02d", i)
			principal, agent := randomOf(r, sides[:5]), randomOf(r, sides[:3])
			_, err := d.Conn(asSystem).Exec(asSystem, `INSERT INTO identity_mandate (id, kind, principal, agent, proposed_by, child_name, child_id_no,
				scope, items, case_number, from_on, to_on, purpose, state, created_at, confirmed_by, ended_by)
				VALUES ($1, $2, $3, $4, $5, '', '', 'all', '', '', '2026-11-01', $6, '办事', $7, $8, '', '')`,
				id, []string{identity.MandateFamily, identity.MandateEnterprise}[r.IntN(2)], principal, agent, randomOf(r, []string{principal, agent}),
				[]string{"2026-11-10", "2027-11-10"}[r.IntN(2)],
				[]string{identity.MandateProposed, identity.MandateActive, "declined", "ended"}[r.IntN(4)], w.clock.Now().Add(time.Duration(i)*time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, id)
		}
		for _, who := range sides {
			ctx := identity.With(context.Background(), identity.Actor{Account: who, Kind: identity.KindPerson, Person: who, Via: identity.ViaSession})
			var got, want []string
			waiting := 0
			for after, more := "", true; more; {
				list, next, err := w.Mandates(ctx, db.Page{Limit: 7, After: after})
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range list {
					got = append(got, x.ID)
				}
				after, more = next, next != ""
			}
			for _, id := range all {
				x, err := w.Mandate(ctx, id)
				if err != nil && !errors.Is(err, identity.ErrMandateUnknown) {
					t.Fatal(err)
				}
				if err == nil {
					want = append(want, id)
					if x.State == identity.MandateProposed && x.ProposedBy != who && x.To.String() > "2026-11-18" {
						waiting++
					}
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s is shown %v, may open %v", who, got, want)
			}
			if n, err := w.MandatesAsked(ctx); err != nil || n != waiting {
				t.Errorf("%s is told of %d, %d wait: %v", who, n, waiting, err)
			}
			if (who == "nobody") != (len(got) == 0) {
				t.Errorf("%s is shown %d", who, len(got))
			}
		}
	})
}
