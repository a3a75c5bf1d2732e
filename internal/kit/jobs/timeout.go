package jobs

import (
	"time"

	"github.com/riverqueue/river"
)

const (
	// leastTimeout is the shortest a job may take before its context ends.
	leastTimeout = time.Minute
	// pollGrace is how long after its context ended something periodic counts
	// as running still. Then its process is taken for dead.
	pollGrace = 30 * time.Second
)

// allowed is how long jobs of a kind may run, and how long after that they are
// taken back from a process that has died. What comes again every few seconds
// does little at a time and must be back soon; what it left the next run does.
func (q *Queue) allowed(kind string) (run, grace time.Duration) {
	q.mu.RLock()
	defer q.mu.RUnlock()
	for _, p := range q.periodic {
		if p.kind() == kind && p.every < q.o.Timeout {
			run = min(max(p.every, leastTimeout), q.o.Timeout)
			return run, min(pollGrace, run)
		}
	}
	return q.o.Timeout, q.o.Timeout
}

// Timeout tells the library when to cancel a job, and that a job which runs
// longer has lost its process. Work ends the job's own context earlier: one that
// still runs is never begun a second time.
func (w riverWorker) Timeout(job *river.Job[payload]) time.Duration {
	run, grace := w.q.allowed(job.Kind)
	return run + grace
}
