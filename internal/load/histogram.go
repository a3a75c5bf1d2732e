package load

import (
	"math/bits"
	"time"
)

// subBits: every doubling is cut into 64 parts, so that a percentile is at most
// 1.6 % too high.
const subBits = 6

// histogram counts durations to the microsecond in buckets that grow with
// them: the memory of a run does not grow with its length.
type histogram struct {
	counts []uint64
	n      uint64
	max    time.Duration
}

func (h *histogram) add(d time.Duration) {
	i := bucketOf(uint64(max(d.Microseconds(), 0)))
	for len(h.counts) <= i {
		h.counts = append(h.counts, make([]uint64, i+1-len(h.counts))...)
	}
	h.counts[i]++
	h.n++
	h.max = max(h.max, d)
}

// at gives the duration within which a share of all stayed; 0 when empty.
func (h *histogram) at(share float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	want := max(uint64(share*float64(h.n)+0.999999), 1)
	var seen uint64
	for i, c := range h.counts {
		if seen += c; seen >= want {
			return min(time.Duration(topOf(i))*time.Microsecond, h.max)
		}
	}
	return h.max
}

// bucketOf numbers the buckets: below 128 each value has its own, above it
// every doubling has 64.
func bucketOf(v uint64) int {
	if v < 2<<subBits {
		return int(v)
	}
	e := bits.Len64(v) - subBits - 1
	return e<<subBits + int(v>>e)
}

// topOf is the largest value of a bucket.
func topOf(i int) uint64 {
	if i < 2<<subBits {
		return uint64(i)
	}
	e := i>>subBits - 1
	return uint64(i-e<<subBits+1)<<e - 1
}
