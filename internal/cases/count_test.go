package cases

import (
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/org"
)

// What is counted is what is listed, however the count was found: by the
// tally, where the right is over the outlet asked for, or on an index.
func TestOutletsCountedAsListed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.cast()
		check := func() {
			t.Helper()
			for _, who := range []string{"clerk", "town-clerk", "approver", "county-manager", "city-manager", "zhang"} {
				for _, outlet := range []string{ruyuan, theTown, shixing, "440232000000-2", "nowhere"} {
					for _, states := range [][]State{nil, {StateReceived}, {StateReviewing, StateClosed, StateCorrecting}} {
						q := Query{Outlet: outlet, States: states}
						list, _, err := w.List(w.as(who), q, db.Page{Limit: db.MaxLimit})
						w.must(err)
						if got := one[int](w)(w.Count(w.as(who), q)); got != len(list) {
							t.Errorf("%s at %s, %v: %d counted, %d listed", who, outlet, states, got, len(list))
						}
					}
				}
			}
		}
		check()
		if got := one[int](w)(w.Count(w.as("clerk"), Query{Outlet: ruyuan})); got == 0 {
			t.Fatal("the clerk's desk is empty: nothing was tested")
		}
		// A second outlet in the same place: the right no longer says which.
		w.must(w.org.LoadCity(w.ctx, org.Rows{Outlets: []org.Outlet{{Code: "440232000000-2", Name: "乳源县政务服务中心分厅", Kind: org.Hall,
			Division: ruyuan, Address: "二楼", Phone: "0751-8881235", Complaint: "0751-8884321"}}}))
		s := w.atWindow()
		s.Outlet = "440232000000-2"
		w.must(second(w.Submit(w.as("clerk"), s)))
		check()
	})
}
