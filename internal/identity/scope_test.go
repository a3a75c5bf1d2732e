package identity_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/org"
)

var (
	placeDivisions = []string{"", "440200000000", "440232000000", "440232112000", "440232112209", "440232112210", "440203000000", "440203001002", "440300000000"}
	placeAgencies  = []string{"", "440200-d11", "440232-d11", "440232-d08", "440232112000"}
	placeDepts     = []string{"", "D11", "D08"}
)

func randomOf(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func randomPlace(r *rand.Rand) identity.Place {
	return identity.Place{Receiving: randomOf(r, placeDivisions), Division: randomOf(r, placeDivisions),
		Agency: randomOf(r, placeAgencies), Dept: randomOf(r, placeDepts)}
}

func randomGrant(r *rand.Rand) identity.Grant {
	g := identity.Grant{Verb: identity.Verb([]string{"t.read", "t.write"}[r.IntN(2)]),
		On: []identity.On{"", identity.Competent, identity.Receiving, identity.Any}[r.IntN(4)]}
	division := randomOf(r, placeDivisions)
	switch r.IntN(6) {
	case 0:
		g.From, g.To = org.Only(division)
	case 1: // no bound at all
	case 2:
		g.From = division
	case 3:
		g.To = division
	default:
		g.From, g.To = org.Range(division)
	}
	if r.IntN(3) == 0 {
		g.Agency = randomOf(r, placeAgencies)
	}
	if r.IntN(3) == 0 {
		g.Dept = randomOf(r, placeDepts)
	}
	return g
}

// TestListsShowWhatMayBeOpened: for random grants and places, the rows a query
// finds are those that Can allows one by one, also for tables that lack some
// of the columns.
func TestListsShowWhatMayBeOpened(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		r := rand.New(rand.NewPCG(1, 2))
		places := randomPlaces(t, d, r)
		allowed := 0
		for range 400 {
			a := identity.Actor{Account: "x", Kind: identity.KindStaff, Via: identity.ViaSession}
			for range r.IntN(4) {
				a.Grants = append(a.Grants, randomGrant(r))
			}
			for _, cols := range []identity.Columns{
				{Receiving: "receiving", Division: "division", Agency: "agency", Dept: "dept"},
				{Division: "division", Agency: "agency"}, {Receiving: "receiving"}, {Division: "division"}, {},
			} {
				var w db.Where
				a.Scope("t.read").Where(&w, cols)
				var got []int
				if err := d.Conn(ctx).Select(ctx, &got, "SELECT no FROM identity_test_place"+w.SQL()+" ORDER BY no", w.Args()...); err != nil {
					t.Fatalf("%v: %v", a.Grants, err)
				}
				var want []int
				for i, p := range places {
					if a.Can("t.read", seen(p, cols)) {
						want = append(want, i)
					}
				}
				if !slices.Equal(got, want) {
					t.Fatalf("grants %+v, columns %+v:\nquery %s %v\nfinds %v\nCan   %v", a.Grants, cols, w.SQL(), w.Args(), got, want)
				}
				allowed += len(want)
			}
		}
		if all := 400 * 5 * len(places); allowed < all/20 || allowed > all*19/20 {
			t.Errorf("%d of %d allowed: the grants are too dull to prove anything", allowed, all)
		}
	})
}

// seen is what a table with those columns knows of a place.
func seen(p identity.Place, cols identity.Columns) identity.Place {
	if cols.Receiving == "" {
		p.Receiving = ""
	}
	if cols.Division == "" {
		p.Division = ""
	}
	if cols.Agency == "" {
		p.Agency = ""
	}
	if cols.Dept == "" {
		p.Dept = ""
	}
	return p
}

func randomPlaces(t *testing.T, d *db.DB, r *rand.Rand) []identity.Place {
	t.Helper()
	ctx := context.Background()
	if _, err := d.Conn(ctx).Exec(ctx, `CREATE TABLE identity_test_place (no BIGINT PRIMARY KEY, receiving TEXT NOT NULL,
		division TEXT NOT NULL, agency TEXT NOT NULL, dept TEXT NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	places := make([]identity.Place, 150)
	err := d.InTx(ctx, func(ctx context.Context) error {
		for i := range places {
			p := randomPlace(r)
			places[i] = p
			if _, err := d.Conn(ctx).Exec(ctx, `INSERT INTO identity_test_place VALUES ($1, $2, $3, $4, $5)`, i, p.Receiving, p.Division, p.Agency, p.Dept); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return places
}

func TestScopesOfNobodyAndOfTheProgram(t *testing.T) {
	var w db.Where
	identity.Actor{}.Scope("t.read").Where(&w, identity.Columns{Division: "d"})
	if w.SQL() != " WHERE (1 = 0)" {
		t.Errorf("nobody: %q", w.SQL())
	}
	w = db.Where{}
	identity.System("x").Scope("t.read").Where(&w, identity.Columns{Division: "d"})
	if w.SQL() != "" || !identity.System("x").Can("t.read", identity.Place{}) {
		t.Errorf("the program: %q", w.SQL())
	}
	if (identity.Actor{}).Can("t.read", identity.Place{}) || (identity.Actor{}).Has("t.read") {
		t.Error("nobody may something")
	}
}

// TestOneOutletIsAnEquality: a clerk's list must be answered in order from an
// index on (receiving, time).
func TestOneOutletIsAnEquality(t *testing.T) {
	from, to := org.Only("440232112000")
	a := identity.Actor{Grants: []identity.Grant{{Verb: "t.read", On: identity.Receiving, From: from, To: to}}}
	var w db.Where
	a.Scope("t.read").Where(&w, identity.Columns{Receiving: "receiving", Division: "division", Agency: "agency"})
	if got := fmt.Sprint(w.SQL(), w.Args()); got != " WHERE ((receiving = $1))[440232112000]" {
		t.Error(got)
	}
}
