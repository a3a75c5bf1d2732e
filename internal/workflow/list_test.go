package workflow

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yimen/internal/kit/db"
)

// list reads all pages, two rows at a time.
func (w *world) list(ctx context.Context, q Query) []string {
	w.t.Helper()
	var ids []string
	p := db.Page{Limit: 2}
	for {
		tasks, next, err := w.Tasks(ctx, q, p)
		w.must(err)
		for _, t := range tasks {
			ids = append(ids, t.ID)
		}
		if next == "" {
			return ids
		}
		p.After = next
	}
}

func TestQueries(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		// Due on Tuesday the 22nd; the later ones on the 24th and the 30th.
		for i := range 5 {
			w.start(fmt.Sprintf("A%d_%%", i), line, nil)
		}
		w.clock.Advance(2 * 24 * time.Hour)
		w.start("B1", line, nil)
		w.clock.Advance(2 * 24 * time.Hour) // Sunday the 20th, a working day
		w.start("B2", def(with(step("a"), func(n *Node) { n.Limit = 0 }), decide("d")), nil)
		ctx := w.as("ann")
		for _, c := range []struct {
			name string
			q    Query
			want int
		}{
			{"all", Query{}, 7}, {"subject", Query{Subject: "B1"}, 1}, {"role", Query{Role: RoleDecide}, 0},
			{"title", Query{Q: "经营"}, 7}, {"part of the subject", Query{Q: "a3"}, 1}, {"wildcards are text", Query{Q: "_%"}, 5},
			{"yellow", Query{Light: LightYellow}, 5}, {"normal", Query{Light: LightNormal}, 2}, {"red", Query{Light: LightRed}, 0},
			{"mine", Query{Mine: true}, 0}, {"done", Query{State: Done}, 0},
		} {
			if got := w.list(ctx, c.q); len(got) != c.want {
				t.Errorf("%s: %d, want %d", c.name, len(got), c.want)
			}
		}
		first, _, err := w.Tasks(ctx, Query{}, db.Page{Limit: 200})
		w.must(err)
		if last := first[len(first)-1]; last.Subject != "B2" || !last.DueOn.IsZero() {
			t.Errorf("no limit sorts last, got %+v", last)
		}
		counts, err := w.Counts(ctx, Query{})
		w.must(err)
		if counts != (Counts{Open: 7, Free: 7, Normal: 2, Yellow: 5}) {
			t.Errorf("counts %+v", counts)
		}
		_, _, err = w.Tasks(ctx, Query{State: "lost"}, db.Page{})
		w.want(err, ErrState)
		_, _, err = w.Tasks(ctx, Query{Light: "blue"}, db.Page{})
		w.want(err, ErrState)
		_, _, err = w.Tasks(ctx, Query{}, db.Page{After: "x"})
		w.want(err, db.ErrCursor)
	})
}

func TestEveryPageOfTheInbox(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 7 {
			w.start(fmt.Sprintf("C%d", i), line, nil)
		}
		seen := map[string]bool{}
		for _, id := range w.list(w.as("ann"), Query{}) {
			if seen[id] {
				t.Errorf("%s twice", id)
			}
			seen[id] = true
		}
		if len(seen) != 7 {
			t.Errorf("%d seen", len(seen))
		}
	})
}
