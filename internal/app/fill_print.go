package app

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Print writes what was done as a person reads it.
func (r *Filled) Print(out io.Writer) {
	fmt.Fprintf(out, "%d cases and %d rows in %.1f s (%.1f s of them through the verbs); %d cases stored\n",
		r.Cases, r.Rows, r.Seconds, r.CaseSeconds, r.Stored)
	if took := r.Seconds - r.CaseSeconds; r.Rows > 0 && took > 0 {
		fmt.Fprintf(out, "%.0f rows/s", float64(r.Rows)/took)
		if r.RawPerSecond > 0 {
			fmt.Fprintf(out, "; the database alone, no index, one connection: %.0f rows/s", r.RawPerSecond)
		}
		fmt.Fprintln(out)
	}
	for _, d := range r.Differences {
		fmt.Fprintln(out, "difference:", d)
	}
	fmt.Fprintf(out, "audit: counters compared with all cases, %d cases read, %d differences\n", r.CasesLookedAt, len(r.Differences))
}

// fillBar shows how far it is: written over on a terminal, a line every ten
// seconds elsewhere.
type fillBar struct {
	out         io.Writer
	live        bool
	what        string
	total       int
	begin, last time.Time
}

func (b *fillBar) show(done int) {
	every := 10 * time.Second
	if b.live {
		every = 200 * time.Millisecond
	}
	now := time.Now()
	if b.begin.IsZero() {
		b.begin = now
	}
	if b.out == nil || (now.Sub(b.last) < every && done < b.total) {
		return
	}
	b.last = now
	const width = 30
	n := width * done / max(b.total, 1)
	left := ""
	if took := now.Sub(b.begin); done > 0 && done < b.total && took > time.Second {
		left = ", " + (took * time.Duration(b.total-done) / time.Duration(done)).Round(time.Second).String() + " left"
	}
	end := "\n"
	if b.live {
		end = "\x1b[K\r"
	}
	fmt.Fprintf(b.out, "[%s%s] %d of %d cases %s%s%s", strings.Repeat("█", n), strings.Repeat("·", width-n), done, b.total, b.what, left, end)
}

func (b *fillBar) end() {
	if b.out != nil && b.live {
		fmt.Fprintln(b.out)
	}
}
