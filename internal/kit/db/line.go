package db

import (
	"context"
	"slices"
	"sync"
	"time"
)

// line is who waits for one of a few places, served as they come. database/sql
// draws lots among those who wait for a connection: under load some wait five
// times as long as others.
type line struct {
	mu      sync.Mutex
	free    int
	waiting []chan struct{} // who has waited longest comes first
}

// take waits for a place, for no longer than patience if that is not 0. leave
// gives the place back, should it be had in the moment of giving up.
func (l *line) take(ctx context.Context, patience time.Duration, leave func()) error {
	l.mu.Lock()
	if l.free > 0 {
		l.free--
		l.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	l.waiting = append(l.waiting, mine)
	l.mu.Unlock()

	var over <-chan time.Time
	if patience > 0 {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		over = timer.C
	}
	var err error = ErrBusy
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-over:
	}
	l.mu.Lock()
	at := slices.Index(l.waiting, mine)
	if at >= 0 {
		l.waiting = slices.Delete(l.waiting, at, at+1)
	}
	l.mu.Unlock()
	if at < 0 {
		leave()
	}
	return err
}

// leave gives a place back.
func (l *line) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next()
}

// next lets the next one in; l.mu is held.
func (l *line) next() {
	if len(l.waiting) == 0 {
		l.free++
		return
	}
	close(l.waiting[0])
	l.waiting = slices.Delete(l.waiting, 0, 1)
}
