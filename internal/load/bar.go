package load

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// bar shows how far a run is: written over on a terminal, a line every ten
// seconds elsewhere.
type bar struct {
	u    *run
	quit chan struct{}
	done sync.WaitGroup
}

func (u *run) bar() *bar {
	b := &bar{u: u, quit: make(chan struct{})}
	if u.Progress == nil {
		return b
	}
	every := 10 * time.Second
	if u.Live {
		every = 250 * time.Millisecond
	}
	b.done.Go(func() { b.show(every) })
	return b
}

func (b *bar) show(every time.Duration) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	last, at := tally{}, time.Now()
	for {
		over := false
		select {
		case <-ticks.C:
		case <-b.quit:
			over = true
		}
		now := b.u.rec.tally()
		b.u.write(b.u.Progress, now, float64(now.requests-last.requests)/time.Since(at).Seconds())
		last, at = now, time.Now()
		if over {
			if b.u.Live {
				fmt.Fprintln(b.u.Progress)
			}
			return
		}
	}
}

// write is one line: what is done of what there is, how fast, how long yet.
func (u *run) write(w io.Writer, t tally, rate float64) {
	const width = 30
	full := width * t.done / u.Cases
	since := time.Since(u.rec.start)
	left := "--:--"
	if t.done > 0 && t.done < u.Cases {
		s := int(since.Seconds() * float64(u.Cases-t.done) / float64(t.done))
		left = fmt.Sprintf("%02d:%02d", s/60, s%60)
	}
	line := fmt.Sprintf("%s [%s%s] %d/%d %d%%  %.1f/s  %.0f requests/s  %d errors  %s to go", u.Profile, strings.Repeat("#", full),
		strings.Repeat(".", width-full), t.done, u.Cases, 100*t.done/u.Cases, float64(t.done)/since.Seconds(), rate, t.errors, left)
	if u.Live {
		fmt.Fprintf(w, "\r%-110s", line)
	} else {
		fmt.Fprintln(w, line)
	}
}

func (b *bar) stop() {
	close(b.quit)
	b.done.Wait()
}
