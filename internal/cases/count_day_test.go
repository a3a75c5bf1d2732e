package cases

import "testing"

// Spans of days are counted by the tally of days as by reading the cases: while
// it is unknown, when it was summed up, after moves that it does not hold yet,
// after one that the release before noted without its day, and counted anew.
func TestSpansOfDays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.spans("unknown")
		w.cast()
		city := one[Case](w)(w.Submit(w.as("city-clerk"), w.atWindow()))
		w.on("2026-09-17")
		w.cast()
		w.spans("not summed up")
		w.known(false)
		w.must(w.CompactTally(w.ctx))
		w.known(true)
		w.spans("summed up")

		late := w.received()
		w.must(second(w.Accept(w.as("clerk"), late.Number, Act{})))
		w.on("2026-09-18")
		w.must(second(w.Withdraw(w.as("clerk"), late.Number, Act{Opinion: "申请人不办了"})))
		w.known(true)
		w.spans("moved since")
		w.must(w.CompactTally(w.ctx))
		w.spans("summed up again")

		c := w.received()
		w.must(second(w.db.Conn(w.ctx).Exec(w.ctx, `UPDATE cases_move SET submitted_on = ''`)))
		w.known(false)
		w.spans("of the release before")
		w.must(second(w.Accept(w.as("clerk"), c.Number, Act{})))
		w.must(w.CompactTally(w.ctx))
		w.known(true)
		w.spans("counted anew")
		if _, wrong, err := w.CheckCounts(w.ctx); err != nil || len(wrong) != 0 {
			t.Errorf("%v %v", wrong, err)
		}
		w.alone("city-clerk", true)

		// A town that lies in the city itself: the tally has it with the city.
		w.must(second(w.db.Conn(w.ctx).Exec(w.ctx, `UPDATE cases_case SET receiving_division = $1 WHERE number = $2`, "440200100000", city.Number)))
		w.must(w.forgetDays(w.ctx))
		w.must(w.CompactTally(w.ctx))
		w.spans("with a town in no county")
		w.alone("city-clerk", false)
	})
}

// alone tells whether what a clerk of a hall counts over days is tallied.
func (w *world) alone(clerk string, want bool) {
	w.t.Helper()
	t := one[*tally](w)(w.tallyFor(w.ctx, Query{From: day("2026-09-16")}, w.have[clerk]))
	if (t != nil) != want {
		w.t.Errorf("%s counts by a tally: %t, want %t", clerk, t != nil, want)
	}
}

func (w *world) known(want bool) {
	w.t.Helper()
	if got := one[bool](w)(w.daysKnown(w.ctx)); got != want {
		w.t.Errorf("days are known: %t, want %t", got, want)
	}
}

// spans holds what is counted over spans of days against what is listed.
func (w *world) spans(when string) {
	w.t.Helper()
	for _, who := range append([]string{"city-clerk"}, everybody...) {
		for _, q := range []Query{{From: day("2026-09-16"), To: day("2026-09-16")}, {From: day("2026-09-17")}, {To: day("2026-09-16")},
			{From: day("2026-09-16"), To: day("2026-09-18"), State: StateReceived}, {From: day("2026-09-17"), States: []State{StateReviewing, StateWithdrawn}}} {
			ctx := w.as(who)
			list, _, err := w.List(ctx, q, page(200))
			w.must(err)
			states := map[State]int{}
			for _, c := range list {
				states[c.State]++
			}
			if n := one[int](w)(w.Count(ctx, q)); n != len(list) {
				w.t.Errorf("%s, %q %+v: %d counted, %d listed", when, who, q, n, len(list))
			}
			totals := one[map[State]int](w)(w.Totals(ctx, q))
			if len(totals) != len(states) {
				w.t.Errorf("%s, %q %+v: %v counted, %v listed", when, who, q, totals, states)
			}
			for s, n := range totals {
				if states[s] != n {
					w.t.Errorf("%s, %q %+v: %d %s counted, %d listed", when, who, q, n, s, states[s])
				}
			}
		}
	}
}
