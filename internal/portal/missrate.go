package portal

import (
	"sync"
	"time"
)

// missesPerMinute bounds what searches in vain may write: a program that tries
// words does not keep the database busy.
const missesPerMinute = 60

// missRate counts them by the minute, in this process.
type missRate struct {
	mu     sync.Mutex
	minute time.Time
	n      int
}

func (x *missRate) allow(now time.Time) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if minute := now.Truncate(time.Minute); minute != x.minute {
		x.minute, x.n = minute, 0
	}
	x.n++
	return x.n <= missesPerMinute
}
