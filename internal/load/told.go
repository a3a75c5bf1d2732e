package load

import (
	"sync"
	"time"
)

// caseAnswer is what the server tells of a case, as far as the audit compares it.
type caseAnswer struct {
	Number      string    `json:"number"`
	State       string    `json:"state"`
	Revision    int       `json:"revision"`
	Item        string    `json:"item"`
	Division    string    `json:"division"`
	Channel     string    `json:"channel"`
	Receiving   string    `json:"receiving_outlet"`
	Competent   string    `json:"competent_agency"`
	Applicant   applicant `json:"applicant"`
	SubmittedAt time.Time `json:"submitted_at"`
	ReceivedOn  *string   `json:"received_on"`
	AcceptedOn  *string   `json:"accepted_on"`
	DecidedOn   *string   `json:"decided_on"`
	Outcome     string    `json:"outcome"`
	ClosedAt    *string   `json:"closed_at"`
	Corrections int       `json:"corrections"`
	Deliver     string    `json:"deliver"`
	Sample      bool      `json:"sample"`
	QueryCode   string    `json:"query_code"`
	Allowed     []string  `json:"allowed"`
}

// record is what a client was told of one case, and what it did.
type record struct {
	sent  applicant
	item  string
	last  caseAnswer // the server's last word; Number "" if it never answered
	acts  []string   // verbs that were acknowledged, in order
	ended bool
	doubt bool // a request was never answered
}

// ledger is all that was told.
type ledger struct {
	mu      sync.Mutex
	records []*record
}

func (l *ledger) open(sent applicant, item string) *record {
	r := &record{sent: sent, item: item}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, r)
	return r
}
