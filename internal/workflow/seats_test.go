package workflow

import (
	"maps"
	"testing"

	"yimen/internal/kit/db"
)

// Two people survey: their tasks are numbered, and whoever has signed one is
// told that the other is a colleague's.
func TestSeats(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", def(with(step("a"), func(n *Node) { n.Role = RoleSurvey }), decide("d")), nil)
		seats := func(who string) map[int]Seat {
			t.Helper()
			list, _, err := w.Tasks(w.as(who), Query{}, db.Page{})
			w.must(err)
			byID, err := w.Seats(w.as(who), list)
			w.must(err)
			got := map[int]Seat{}
			for _, x := range list {
				got[x.Seat] = byID[x.ID]
			}
			return got
		}
		if got, want := seats("ann"), (map[int]Seat{0: {No: 1, Of: 2}, 1: {No: 2, Of: 2}}); !maps.Equal(got, want) {
			t.Errorf("before: %+v, want %+v", got, want)
		}
		list, _, err := w.Tasks(w.as("ann"), Query{}, db.Page{})
		w.must(err)
		w.must(w.Approve(w.as("ann"), list[0].ID, Act{}))
		left := 1 - list[0].Seat
		for who, signed := range map[string]bool{"ann": true, "ben": false} {
			if got, want := seats(who), (map[int]Seat{left: {No: left + 1, Of: 2, Signed: signed}}); !maps.Equal(got, want) {
				t.Errorf("%s, after ann: %+v, want %+v", who, got, want)
			}
		}
	})
}
