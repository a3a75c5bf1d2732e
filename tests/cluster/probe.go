package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// probe asks the same again and again, as somebody who will not wait would.
type probe struct {
	name string
	ask  func(ctx context.Context) (kind string, err error)

	mu   sync.Mutex
	seen []asked
}

// asked is one try.
type asked struct {
	from, to time.Time
	kind     string // of failure; "" is good
}

// watch asks every tenth of a second until ctx ends.
func (p *probe) watch(ctx context.Context) {
	for ctx.Err() == nil {
		a := asked{from: time.Now()}
		kind, err := p.ask(ctx)
		if a.to = time.Now(); err != nil {
			a.kind = kind
		}
		if ctx.Err() != nil {
			return
		}
		p.mu.Lock()
		p.seen = append(p.seen, a)
		p.mu.Unlock()
		time.Sleep(100 * time.Millisecond)
	}
}

// good says whether it was answered well at some time after at.
func (p *probe) good(at time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.seen)
	return n > 0 && p.seen[n-1].kind == "" && p.seen[n-1].from.After(at)
}

// outage is what an event did to those who asked.
type outage struct {
	failed map[string]int
	first  time.Duration // from the event to the first failure
	until  time.Duration // from the first failure (asked) to the first good answer after the last
	slow   time.Duration // the longest good answer
}

func (p *probe) outage(from, to time.Time) outage {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := outage{failed: map[string]int{}}
	var began time.Time
	open := false
	for _, a := range p.seen {
		switch {
		case a.to.Before(from) || a.from.After(to):
		case a.kind != "":
			o.failed[a.kind]++
			if began.IsZero() {
				began, o.first = a.from, max(0, a.from.Sub(from))
			}
			open = true
		default:
			o.slow = max(o.slow, a.to.Sub(a.from))
			if open {
				o.until, open = a.to.Sub(began), false
			}
		}
	}
	return o
}

func (o outage) String() string {
	if len(o.failed) == 0 {
		return fmt.Sprintf("nothing failed; slowest answer %.2f s", o.slow.Seconds())
	}
	var kinds []string
	for _, k := range slices.Sorted(maps.Keys(o.failed)) {
		kinds = append(kinds, fmt.Sprintf("%d × %s", o.failed[k], k))
	}
	return fmt.Sprintf("first failure after %.2f s, good again %.2f s later (%s)", o.first.Seconds(), o.until.Seconds(), strings.Join(kinds, ", "))
}

// probes are somebody who signs in, which is a durable write, and somebody who
// reads the first page.
func (c *cluster) probes() []*probe {
	client := &http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(req *http.Request, want int) (string, error) {
		res, err := client.Do(req)
		if err != nil {
			return "no answer", err
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return "answer broken off", err
		}
		if res.StatusCode != want {
			return res.Status, errors.New(res.Status)
		}
		return "", nil
	}
	write := func(ctx context.Context) (string, error) {
		form := url.Values{"account": {"citizen-1"}, "next": {"/"}}.Encode()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.vars["SITE"]+"/demo/login", strings.NewReader(form))
		if err != nil {
			return "", err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return send(req, http.StatusSeeOther)
	}
	read := func(ctx context.Context) (string, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.vars["SITE"]+"/", nil)
		if err != nil {
			return "", err
		}
		return send(req, http.StatusOK)
	}
	return []*probe{{name: "write", ask: write}, {name: "read", ask: read}}
}
