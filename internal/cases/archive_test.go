package cases

import (
	"strings"
	"testing"
)

// The history of a case reads the same after its year was put away, and a year
// with a case that is not over stays.
func TestHistoriesOfAYearArePutAway(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.settled()
		open := w.reviewing()
		before := one[[]Entry](w)(w.History(w.ctx, c.Number))
		w.on("2027-01-11")
		if _, err := w.Archive.Put(w.ctx, w.HistoryTable(), 2026, "test"); err == nil || !strings.Contains(err.Error(), open.Number) {
			t.Fatalf("a case that is under way: %v", err)
		}
		w.must(second(w.Withdraw(w.as("clerk"), open.Number, Act{Opinion: "不办了"})))
		r, err := w.Archive.Put(w.ctx, w.HistoryTable(), 2026, "test")
		w.must(err)
		if !r.Removed || r.Lines < len(before)+4 {
			t.Errorf("%+v", r)
		}
		var n int
		w.must(w.db.Conn(w.ctx).Get(w.ctx, &n, `SELECT COUNT(*) FROM cases_history`))
		if n != 0 {
			t.Errorf("%d rows are still in the database", n)
		}
		after := one[[]Entry](w)(w.History(w.ctx, c.Number))
		if asJSON(after) != asJSON(before) || len(after) == 0 {
			t.Errorf("%s\nwas\n%s", asJSON(after), asJSON(before))
		}
		w.must(w.CheckCase(w.ctx, c.Number))
		w.must(w.CheckCase(w.ctx, open.Number))
	})
}
