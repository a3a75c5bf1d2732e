package cases

import (
	"context"
	"testing"

	"yimen/internal/workflow"
)

func TestMultiply(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.atWindow()
		s.Sample = true
		own := one[Case](w)(w.Submit(w.as("clerk"), s))
		w.must(second(w.Accept(w.as("clerk"), own.Number, Act{})))
		w.pass("approver", own.Number, "review")
		w.received() // no sample: stays alone
		const n = 9
		w.must(w.Multiply(w.ctx, n, func(ctx context.Context, copies []Copy) error {
			list := make([]workflow.Copy, len(copies))
			for i, c := range copies {
				list[i] = workflow.Copy{Subject: c.Of, As: c.Number, Tag: c.Tag}
			}
			return w.flow.Multiply(ctx, list)
		}))
		list, _, err := w.List(w.as("city-manager"), Query{}, page(20))
		w.must(err)
		if got := one[int](w)(w.Count(w.as("city-manager"), Query{})); got != n || len(list) != n {
			t.Fatalf("%d listed, %d counted, want %d", len(list), got, n)
		}
		counts := one[map[State]int](w)(w.CountByState(w.as("approver")))
		if counts[StateReviewing] != n-1 || counts[StateReceived] != 1 {
			t.Errorf("by state %v", counts)
		}
		for _, c := range list {
			if c.State != StateReviewing {
				continue
			}
			if !ValidNumber(c.Number) || w.verbs(c.Number) != "submit receive accept review" || w.papers(c.Number) != "receipt acceptance" {
				t.Errorf("copy %s: %s; %s", c.Number, w.verbs(c.Number), w.papers(c.Number))
			}
			w.pass("approver", c.Number, "decide") // a copy lives on like any other
			if got := w.find(c.Number).State; got != StateDecided {
				t.Errorf("copy %s is %s", c.Number, got)
			}
		}
	})
}
