package cases

import (
	"sync"
	"time"
)

// How often a query code may be wrong before its number is closed for a while.
// 23^6 codes at 20 in ten minutes take a hundred years; a hall whose visitors
// share one address is not shut out by one of them.
const (
	maxMisses  = 20
	missWindow = 10 * time.Minute
	// maxMissed bounds the memory: past it everything is forgotten, which lets
	// somebody who asks for so many numbers try each a few more times.
	maxMissed = 100_000
)

// misses counts wrong query codes by case number, in this process. Numbers
// that do not exist are counted like others, so that they answer alike.
type misses struct {
	mu   sync.Mutex
	seen map[string]miss
}

type miss struct {
	since time.Time
	n     int
}

// closed tells whether the number has been tried too often.
func (s *misses) closed(number string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.seen[number]
	return m.n >= maxMisses && now.Sub(m.since) < missWindow
}

// add notes a wrong code.
func (s *misses) add(number string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.seen[number]
	if m.n == 0 || now.Sub(m.since) >= missWindow {
		m = miss{since: now}
	}
	m.n++
	if s.seen == nil || len(s.seen) >= maxMissed {
		s.seen = map[string]miss{}
	}
	s.seen[number] = m
}
