package load

import "time"

// Result is what a run found, as JSON gives it. Times are milliseconds.
type Result struct {
	Profile           string               `json:"profile"`
	Server            string               `json:"server"`
	Database          string               `json:"database,omitempty"` // sqlite | postgres, if the run started the server
	Started           time.Time            `json:"started"`
	Clients           int                  `json:"clients"`
	Cases             int                  `json:"cases"` // asked for; visits in a run of readers
	Seed              uint64               `json:"seed"`
	Speed             float64              `json:"speed,omitempty"` // how often faster than life; 0: flat out
	Interrupted       bool                 `json:"interrupted,omitempty"`
	Seconds           float64              `json:"seconds"`
	CasesBegun        int                  `json:"cases_begun"`
	CasesClosed       int                  `json:"cases_closed"` // came to their end: closed, refused or withdrawn
	CasesStuck        int                  `json:"cases_stuck"`  // a step was refused, so that they could not go on
	CasesPerSecond    float64              `json:"cases_per_second"`
	JobsLeft          *int                 `json:"jobs_left"`    // that the server still had to do when the last case was closed; null if it cannot be known
	JobsSeconds       float64              `json:"jobs_seconds"` // until they were done
	Ends              map[string]int       `json:"ends"`         // state → cases that ended in it
	Visits            int                  `json:"visits,omitempty"`
	Requests          int                  `json:"requests"`
	RequestsPerSecond float64              `json:"requests_per_second"`
	WholeCase         Operation            `json:"whole_case"`         // from its first step to its end
	WaitedForClient   Operation            `json:"waited_for_client"`  // how late steps were for want of a client
	Operations        map[string]Operation `json:"operations"`         // operation → its requests
	Errors            map[string]int       `json:"errors"`             // "operation: status code" → how often
	LeftOut           map[string]string    `json:"left_out,omitempty"` // items nobody could apply for, and why
	Notes             []string             `json:"notes,omitempty"`    // why cases could not go on, the first of them
	Audit             Audit                `json:"audit"`
	Raw               *Raw                 `json:"raw"` // null unless the run started the server
	Timeline          []Second             `json:"timeline"`
}

// Operation is how long the requests of one kind took. Errors are not among
// count.
type Operation struct {
	Count  int     `json:"count"`
	Errors int     `json:"errors"`
	P50    float64 `json:"p50_ms"`
	P95    float64 `json:"p95_ms"`
	P99    float64 `json:"p99_ms"`
	Max    float64 `json:"max_ms"`
}

// Second is one second of a run.
type Second struct {
	Requests int `json:"requests"`
	Closed   int `json:"closed"`
	Errors   int `json:"errors"`
}

// Audit compares what the server has with what it told.
type Audit struct {
	Checked     int      `json:"checked"`     // facts that were compared
	Differences int      `json:"differences"` // that did not agree
	Found       []string `json:"found"`       // the first of them, in words
	InDoubt     int      `json:"in_doubt"`    // cases of which a request was never answered; they may stand either way
	Seconds     float64  `json:"seconds"`
}

// Raw is what the database does by itself.
type Raw struct {
	CommitsPerSecond float64 `json:"commits_per_second"` // one row each, durable, from as many writers as the run has clients (at most 64)
	AlonePerSecond   float64 `json:"alone_per_second"`   // the same from one writer
}

func (h *histogram) summary() Operation {
	return Operation{Count: int(h.n), P50: ms(h.at(.5)), P95: ms(h.at(.95)), P99: ms(h.at(.99)), Max: ms(h.max)}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// result sums the run up.
func (r *recorder) result() *Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	took := time.Since(r.start)
	x := &Result{Started: r.start.UTC(), Seconds: took.Seconds(), CasesBegun: r.begun, CasesStuck: r.stuck, Visits: r.visits,
		Ends: r.ended, Errors: r.kinds, Operations: map[string]Operation{}, WholeCase: r.whole.summary(), Timeline: r.line}
	for _, n := range r.ended {
		x.CasesClosed += n
	}
	for name, o := range r.ops {
		s := o.summary()
		s.Errors = o.errors
		x.Operations[name] = s
		x.Requests += s.Count
	}
	x.CasesPerSecond, x.RequestsPerSecond = float64(x.CasesClosed)/took.Seconds(), float64(x.Requests)/took.Seconds()
	return x
}
