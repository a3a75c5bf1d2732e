package cases

import (
	"time"

	"yimen/workday"
)

// Rules are the numbers that a city may set: those that the law leaves open,
// or that local rules differ in. The zero value of each takes the default.
type Rules struct {
	City           string        // 12-digit division whose calendar colours the lights; "" the national one
	OfficeCloses   time.Duration // online submissions after this count as received the next working day; default 17:30
	CorrectionDays int           // working days to correct; default 15
	ExtensionDays  int           // most working days of an extension; default 10 (行政许可法 art. 42)
	YellowDays     int           // yellow from this many working days left; default 3
	RedDays        int           // red from this many working days left; default 1
	ArchiveAfter   int           // natural days from closing to filing away; default 30
	DraftDays      int           // natural days an untouched draft is kept; default 90
	UploadHours    int           // hours an upload that belongs to nothing is kept; default 48
	AreaCode       string        // of landline numbers typed without one, such as 0751; "" they are refused
	PublicURL      string        // https://… of the site, for QR codes on paper; "" the address of the request
}

func (r Rules) withDefaults() Rules {
	set := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	if r.OfficeCloses == 0 {
		r.OfficeCloses = 17*time.Hour + 30*time.Minute
	}
	set(&r.CorrectionDays, 15)
	set(&r.ExtensionDays, workday.DecisionExtension.N)
	set(&r.YellowDays, 3)
	set(&r.RedDays, 1)
	set(&r.ArchiveAfter, 30)
	set(&r.DraftDays, 90)
	set(&r.UploadHours, 48)
	return r
}

// Which clock DueOn belongs to.
const (
	ClockNone       = "none"
	ClockReceipt    = "receipt"    // 5 working days to accept, refuse or ask for correction
	ClockCorrection = "correction" // the applicant's time
	ClockPromise    = "promise"    // 承诺时限
	ClockDelivery   = "delivery"   // 10 working days from the decision
)

// clockOf tells which clock runs in a state. In a pause none does: the promise
// is counted on when the special procedure is over.
func clockOf(s State) string {
	switch s {
	case StateSubmitted, StateReceived:
		return ClockReceipt
	case StateCorrecting:
		return ClockCorrection
	case StateAccepted, StateReviewing:
		return ClockPromise
	case StateDecided, StateIssuing, StateDelivering:
		return ClockDelivery
	}
	return ClockNone
}

// running lists the states in which a clock of the administration runs: those
// that can be late.
var running = []State{
	StateSubmitted, StateReceived, StateAccepted, StateReviewing, StateDecided, StateIssuing, StateDelivering,
}

// dues computes the dates that follow from the case's own dates and ledger by
// a calendar: the stored columns are only an index of this.
//
// A ledger that was not loaded, because the verb does not touch the promise,
// is empty and leaves the promised date as it is.
func (r *record) dues(cal *workday.Calendar, ledger workday.Ledger) {
	if !r.ReceivedOn.IsZero() {
		r.ReceiptDueOn = workday.ReceiptDeadline(cal, r.ReceivedOn)
	}
	if !ledger.StartedOn().IsZero() {
		r.PromiseDueOn = ledger.DueOn(cal, r.promise(), workday.Date{})
	}
	if !r.CorrectionFrom.IsZero() {
		r.CorrectionDueOn = cal.AddWorkdays(r.CorrectionFrom, r.CorrectionDays)
	}
	switch clockOf(r.State) {
	case ClockReceipt:
		r.DueOn = r.ReceiptDueOn
	case ClockCorrection:
		r.DueOn = r.CorrectionDueOn
	case ClockDelivery:
		r.DueOn = workday.DeliveryLimit.DueOn(cal, r.DecidedOn, workday.Options{})
	default:
		r.DueOn = r.PromiseDueOn
	}
}

// promise is the promised limit; 即办 is due on the day itself.
func (r *record) promise() workday.Limit {
	return workday.Limit{N: r.PromiseN, Unit: workday.Unit(r.PromiseUnit)}
}

// Lights, the words of the interface.
const (
	LightNone    = "none"
	LightNormal  = "normal"
	LightYellow  = "yellow"
	LightRed     = "red"
	LightOverdue = "overdue"
)

// horizon turns due dates into lights: one for a whole page, so that a list
// and its filter by light agree.
type horizon struct {
	cal         *workday.Calendar
	today       workday.Date
	red, yellow workday.Date // the first due date that is no longer red, yellow
}

func newHorizon(cal *workday.Calendar, today workday.Date, r Rules) horizon {
	return horizon{
		cal: cal, today: today,
		yellow: cal.AddWorkdays(today, r.YellowDays+1), red: cal.AddWorkdays(today, r.RedDays+1),
	}
}

// light is the signal of a due date. 即办件 are normal on their day.
func (h horizon) light(s State, kind string, due workday.Date) string {
	clock := clockOf(s)
	switch {
	case clock == ClockNone || clock == ClockCorrection || due.IsZero():
		return LightNone
	case due.Before(h.today):
		return LightOverdue
	case kind == kindInstant:
		return LightNormal
	case due.Before(h.red):
		return LightRed
	case due.Before(h.yellow):
		return LightYellow
	}
	return LightNormal
}

// daysLeft gives the working days from today to due, nil without a clock.
func (h horizon) daysLeft(s State, due workday.Date) *int {
	if clockOf(s) == ClockNone || due.IsZero() {
		return nil
	}
	n := h.cal.WorkdaysBetween(h.today, due)
	return &n
}

const kindInstant = "instant"
