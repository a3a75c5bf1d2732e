package load

import (
	"sync"
	"time"
)

// recorder keeps what clients saw.
type recorder struct {
	mu     sync.Mutex
	start  time.Time
	ops    map[string]*operation
	kinds  map[string]int // "submit: 503 database_busy" → how often
	line   []Second
	ended  map[string]int // state in which a case ended → how many
	begun  int
	stuck  int
	visits int
	whole  histogram // from the first step of a case to its end
}

type operation struct {
	histogram
	errors int
}

func newRecorder(start time.Time) *recorder {
	return &recorder{start: start, ops: map[string]*operation{}, kinds: map[string]int{}, ended: map[string]int{}}
}

// begin forgets what was asked before the run.
func (r *recorder) begin(start time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.start, r.line, r.ops, r.kinds = start, nil, map[string]*operation{}, map[string]int{}
}

func (r *recorder) second(at time.Time) *Second {
	n := max(int(at.Sub(r.start)/time.Second), 0)
	for len(r.line) <= n {
		r.line = append(r.line, Second{})
	}
	return &r.line[n]
}

func (r *recorder) op(name string) *operation {
	o := r.ops[name]
	if o == nil {
		o = &operation{}
		r.ops[name] = o
	}
	return o
}

// answered notes a request that was answered as it should be.
func (r *recorder) answered(op string, at time.Time, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.op(op).add(took)
	r.second(at.Add(took)).Requests++
}

// failed notes a request that was refused or not answered. Its time is not
// counted: a refusal is often quicker than the work.
func (r *recorder) failed(op, kind string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.op(op).errors++
	r.kinds[op+": "+kind]++
	r.second(at).Errors++
}

func (r *recorder) began() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun++
}

// closed notes a case that came to its end, whichever it was.
func (r *recorder) closed(state string, now time.Time, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended[state]++
	r.whole.add(took)
	r.second(now).Closed++
}

// gaveUp notes a case that could not go on.
func (r *recorder) gaveUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stuck++
}

func (r *recorder) visited() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.visits++
}

// tally is what the progress bar shows.
type tally struct {
	done, requests, errors int
}

func (r *recorder) tally() tally {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := tally{done: r.stuck + r.visits}
	for _, n := range r.ended {
		t.done += n
	}
	for _, o := range r.ops {
		t.requests += int(o.n)
		t.errors += o.errors
	}
	return t
}
