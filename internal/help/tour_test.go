package help

import (
	"context"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// How far somebody has come is kept, for the tour they are on.
func TestProgressIsKept(t *testing.T) {
	dbtest.Each(t, []db.Source{Migrations}, func(t *testing.T, d *db.DB) {
		m := New(Deps{DB: d, Clock: clock.NewFake(time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC))})
		ctx := context.Background()
		expect := func(tr tour, want Progress) {
			t.Helper()
			if p, err := m.progress(ctx, "a", tr); err != nil || p != want {
				t.Errorf("progress %+v, %v; want %+v", p, err, want)
			}
		}
		expect(clerkTour, Progress{Tour: "clerk"})
		for step := 1; step <= 3; step++ {
			if err := m.keep(ctx, "a", Progress{Tour: "clerk", Step: step, Done: step == 3}); err != nil {
				t.Fatal(err)
			}
		}
		expect(clerkTour, Progress{Tour: "clerk", Step: 3, Done: true})
		expect(approverTour, Progress{Tour: "approver"}) // another post, another tour
	})
}

func TestToursHaveRealSteps(t *testing.T) {
	for _, x := range []tour{clerkTour, approverTour} {
		if n := len(x.stops); n < 8 || n > 10 {
			t.Errorf("%s has %d steps", x.id, n)
		}
		for _, s := range x.stops {
			if s.title == "" || s.text == "" {
				t.Errorf("%s: an empty step", x.id)
			}
			if _, ok := SectionOf(s.page, identity.Actor{}); !ok && s.page != "/help" && covers("/help", s.page) == false {
				t.Errorf("%s: %s has no help", x.id, s.page)
			}
		}
	}
}
