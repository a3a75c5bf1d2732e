package load

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestBucketsFollowOneAnother(t *testing.T) {
	last := -1
	for _, v := range []uint64{0, 1, 127, 128, 129, 130, 255, 256, 1000, 1 << 20, 1<<20 + 1<<14, 1 << 40} {
		i := bucketOf(v)
		if i < last {
			t.Errorf("%d stands before a smaller value", v)
		}
		last = i
		if top := topOf(i); top < v || float64(top) > 1.016*float64(v)+1 {
			t.Errorf("%d is told as %d", v, top)
		}
		if bucketOf(topOf(i)) != i || bucketOf(topOf(i)+1) != i+1 {
			t.Errorf("bucket %d has no end at %d", i, topOf(i))
		}
	}
}

func TestPercentilesOfManyAreRight(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var h histogram
	if h.at(.5) != 0 {
		t.Error("an empty histogram knows a time")
	}
	var all []time.Duration
	for range 10_000 {
		d := time.Duration(r.ExpFloat64()*20_000) * time.Microsecond
		h.add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, share := range []float64{.5, .95, .99, 1} {
		want := all[max(int(share*10_000)-1, 0)]
		if got := h.at(share); got < want || float64(got) > 1.017*float64(want) {
			t.Errorf("%g: %v, want %v", share, got, want)
		}
	}
	if s := h.summary(); s.Count != 10_000 || s.Max != ms(all[len(all)-1]) || s.P50 > s.P95 || s.P95 > s.P99 || s.P99 > s.Max {
		t.Errorf("%+v", s)
	}
}
