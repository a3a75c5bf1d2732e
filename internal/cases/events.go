package cases

import "yimen/workday"

// Ref is what every event says about its case: ids only, so that a listener
// asks Find for what it may see.
type Ref struct {
	Number    string `json:"number"`
	Item      string `json:"item"`
	Account   string `json:"account"`         // "" when a clerk filed it
	Agent     string `json:"agent,omitempty"` // account of who filed it for the applicant
	Outlet    string `json:"outlet"`
	Competent string `json:"competent"`
	Channel   string `json:"channel"`
	Sample    bool   `json:"sample,omitempty"`
}

// Of is the case an event is about, whichever event it is.
func (r Ref) Of() Ref { return r }

// Submitted: an application came in. At a window it is received at once.
type Submitted struct{ Ref }

// EventName is the versioned name.
func (Submitted) EventName() string { return "cases.submitted.v1" }

// Accepted: 受理, by an act or (Deemed) by the organ's silence.
type Accepted struct {
	Ref
	Deemed bool         `json:"deemed"`
	DueOn  workday.Date `json:"due_on"`
}

// EventName is the versioned name.
func (Accepted) EventName() string { return "cases.accepted.v1" }

// CorrectionRequested: the applicant was told, once, what to correct.
type CorrectionRequested struct {
	Ref
	DueOn workday.Date `json:"due_on"`
}

// EventName is the versioned name.
func (CorrectionRequested) EventName() string { return "cases.correction_requested.v1" }

// Corrected: the applicant corrected; the receipt clock starts anew.
type Corrected struct{ Ref }

// EventName is the versioned name.
func (Corrected) EventName() string { return "cases.corrected.v1" }

// Paused: a special procedure stops the clock.
type Paused struct {
	Ref
	Procedure string `json:"procedure"`
}

// EventName is the versioned name.
func (Paused) EventName() string { return "cases.paused.v1" }

// Resumed: the special procedure is over.
type Resumed struct {
	Ref
	DueOn workday.Date `json:"due_on"`
}

// EventName is the versioned name.
func (Resumed) EventName() string { return "cases.resumed.v1" }

// Extended: the time to decide was extended, once.
type Extended struct {
	Ref
	DueOn workday.Date `json:"due_on"`
}

// EventName is the versioned name.
func (Extended) EventName() string { return "cases.extended.v1" }

// Decided: granted or denied.
type Decided struct {
	Ref
	Outcome string `json:"outcome"`
	Licence string `json:"licence,omitempty"` // key of the type of licence that the item results in; "" none
}

// EventName is the versioned name.
func (Decided) EventName() string { return "cases.decided.v1" }

// Ready: the result waits to be fetched, or to be posted.
type Ready struct {
	Ref
	By string `json:"by"` // window | post
}

// EventName is the versioned name.
func (Ready) EventName() string { return "cases.ready.v1" }

// Delivered: the result reached the applicant.
type Delivered struct {
	Ref
	By string `json:"by"` // window | post | electronic
}

// EventName is the versioned name.
func (Delivered) EventName() string { return "cases.delivered.v1" }

// Closed: 办结. Whoever counts, rates or files away starts here.
type Closed struct {
	Ref
	Outcome string `json:"outcome"`
}

// EventName is the versioned name.
func (Closed) EventName() string { return "cases.closed.v1" }

// Withdrawn: taken back by the applicant.
type Withdrawn struct{ Ref }

// EventName is the versioned name.
func (Withdrawn) EventName() string { return "cases.withdrawn.v1" }

// Refused: 不予受理.
type Refused struct{ Ref }

// EventName is the versioned name.
func (Refused) EventName() string { return "cases.refused.v1" }

// Terminated: ended without a decision, by the agency or because a correction
// or a deferred material never came.
type Terminated struct{ Ref }

// EventName is the versioned name.
func (Terminated) EventName() string { return "cases.terminated.v1" }
