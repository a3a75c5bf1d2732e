package load

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// A step does one thing in somebody's name and gives what follows, and how
// long until then; nil when nothing does.
type step func(ctx context.Context) (next step, wait time.Duration)

// entry is a step with its time.
type entry struct {
	due time.Time
	seq int // of two that are due together the one that was put first
	do  step
}

type entries []entry

func (e entries) Len() int { return len(e) }
func (e entries) Less(i, j int) bool {
	return e[i].due.Before(e[j].due) || e[i].due.Equal(e[j].due) && e[i].seq < e[j].seq
}
func (e entries) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *entries) Push(x any)   { *e = append(*e, x.(entry)) }
func (e *entries) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	(*e)[last] = entry{}
	*e = (*e)[:last]
	return x
}

// agenda is what is to be done. Stories that have begun come before new ones,
// and no more than limit are under way at a time, so that a server that falls
// behind is not buried.
type agenda struct {
	mu    sync.Mutex
	turn  *sync.Cond
	start time.Time
	going entries // steps of stories that have begun
	seq   int
	open  int // stories under way
	limit int // 0: any number
	begun int // stories
	total int
	first func(i int) (step, time.Duration) // story i and when it begins, in order of time
	next  entry                             // the story that begins next, if do is set
	ended bool
	late  histogram // how long steps waited for a client after they were due
}

func newAgenda(start time.Time, total, limit int, first func(i int) (step, time.Duration)) *agenda {
	a := &agenda{start: start, total: total, limit: limit, first: first}
	a.turn = sync.NewCond(&a.mu)
	return a
}

// work lets n clients take steps until all stories are told, or ctx ends: then
// what has been begun is finished, one step each, and nothing more.
func (a *agenda) work(ctx context.Context, n int) {
	stop := context.AfterFunc(ctx, a.end)
	defer stop()
	alarm := time.NewTicker(time.Millisecond)
	defer alarm.Stop()
	quit := make(chan struct{})
	go func() { // steps become due without anybody telling
		for {
			select {
			case <-alarm.C:
				a.turn.Signal()
			case <-quit:
				return
			}
		}
	}()
	var clients sync.WaitGroup
	for range n {
		clients.Go(func() { a.client(ctx) })
	}
	clients.Wait()
	close(quit)
}

func (a *agenda) end() {
	a.mu.Lock()
	a.ended = true
	a.mu.Unlock()
	a.turn.Broadcast()
}

func (a *agenda) client(ctx context.Context) {
	for {
		do := a.take()
		if do == nil {
			return
		}
		if ctx.Err() != nil { // the end has not got round to the agenda yet
			a.end()
			return
		}
		next, wait := do(context.WithoutCancel(ctx))
		a.put(next, wait)
	}
}

// take waits for a step that is due; nil when there is nothing left to do.
func (a *agenda) take() step {
	a.mu.Lock()
	defer a.mu.Unlock()
	for !a.ended && !a.done() {
		now := time.Now()
		do := a.goOn(now)
		if do == nil {
			do = a.begin(now)
		}
		if do != nil {
			a.turn.Signal() // another may find something too
			return do
		}
		a.turn.Wait()
	}
	a.turn.Broadcast()
	return nil
}

func (a *agenda) done() bool { return a.open == 0 && a.begun == a.total && a.next.do == nil }

// goOn gives the step of a story under way that has been due the longest.
func (a *agenda) goOn(now time.Time) step {
	if len(a.going) == 0 || a.going[0].due.After(now) {
		return nil
	}
	e := heap.Pop(&a.going).(entry)
	a.late.add(now.Sub(e.due))
	return e.do
}

// begin starts the next story if its time has come.
func (a *agenda) begin(now time.Time) step {
	if a.next.do == nil && a.begun < a.total {
		do, at := a.first(a.begun)
		a.next = entry{due: a.start.Add(at), do: do}
		a.begun++
	}
	if a.next.do == nil || a.next.due.After(now) || a.limit > 0 && a.open >= a.limit {
		return nil
	}
	do := a.next.do
	if a.limit == 0 { // else they wait for room, which is as it should be
		a.late.add(now.Sub(a.next.due))
	}
	a.next = entry{}
	a.open++
	return do
}

func (a *agenda) put(next step, wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if next == nil {
		a.open--
	} else {
		a.seq++
		heap.Push(&a.going, entry{due: time.Now().Add(wait), seq: a.seq, do: next})
	}
	a.turn.Signal()
}
