package jobs

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Poll is work that stands in rows of a module's own, with states and times
// of their own, and needs no job for each: somebody looks every so often.
type Poll struct {
	Name  string
	Every time.Duration
	// Run does some of what is due, and says how many it did. It must bear to
	// be called by several processes at once.
	Run func(ctx context.Context) (int, error)
	// Full is how many Run does at most: after as many it is called again at
	// once.
	Full int
	// Due counts what Run would find; nil: nobody wants to know.
	Due func(ctx context.Context) (int, error)
}

// RegisterPoll has p done by every process that works, between Start and
// Stop. To be called before Start.
func RegisterPoll(q *Queue, p Poll) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.started {
		panic("jobs: " + p.Name + " registered after Start")
	}
	q.polls = append(q.polls, p)
}

// pollers are the goroutines of a started queue.
type pollers struct {
	stop   chan struct{}
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// pollPause is the longest wait after failures.
const pollPause = 30 * time.Second

func (q *Queue) startPolls() *pollers {
	ctx, cancel := context.WithCancel(context.Background())
	p := &pollers{stop: make(chan struct{}), cancel: cancel}
	q.mu.RLock()
	defer q.mu.RUnlock()
	for _, x := range q.polls {
		p.wg.Go(func() { q.keepPolling(ctx, x, p.stop) })
	}
	return p
}

// end begins no new round and waits for those that run; when ctx ends first,
// their contexts are cancelled.
func (p *pollers) end(ctx context.Context) {
	close(p.stop)
	defer context.AfterFunc(ctx, p.cancel)()
	p.wg.Wait()
	p.cancel()
}

// keepPolling looks every so often; after failures more seldom.
func (q *Queue) keepPolling(ctx context.Context, p Poll, stop <-chan struct{}) {
	pause := p.Every
	for {
		select {
		case <-stop:
			return
		case <-time.After(pause):
		}
		n, err := q.poll(ctx, p)
		switch {
		case err != nil && ctx.Err() == nil:
			q.log.ErrorContext(ctx, "work failed, is tried again", "name", p.Name, "error", err.Error())
			pause = min(max(2*pause, time.Second), pollPause)
		case n >= p.Full && n > 0:
			pause = 0
		default:
			pause = p.Every
		}
	}
}

// poll runs p once. A panic is a failure like another.
func (q *Queue) poll(ctx context.Context, p Poll) (n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, q.o.Timeout)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if n, err = p.Run(ctx); err != nil {
		err = fmt.Errorf("%s: %w", p.Name, err)
	}
	return n, err
}

// pollAll runs every poll until it finds nothing, and says how many were done.
func (q *Queue) pollAll(ctx context.Context) (int, error) {
	q.mu.RLock()
	all := append([]Poll(nil), q.polls...)
	q.mu.RUnlock()
	done := 0
	for _, p := range all {
		for n := -1; n != 0; done += n {
			var err error
			if n, err = q.poll(ctx, p); err != nil {
				return done, fmt.Errorf("jobs: %w", err)
			}
		}
	}
	return done, nil
}

// pollsDue counts what the polls would find.
func (q *Queue) pollsDue(ctx context.Context) (int, error) {
	q.mu.RLock()
	all := append([]Poll(nil), q.polls...)
	q.mu.RUnlock()
	due := 0
	for _, p := range all {
		if p.Due == nil {
			continue
		}
		n, err := p.Due(ctx)
		if err != nil {
			return 0, fmt.Errorf("jobs: count what is due for %s: %w", p.Name, err)
		}
		due += n
	}
	return due, nil
}
