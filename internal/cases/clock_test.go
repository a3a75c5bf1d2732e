package cases

import (
	"testing"

	"yimen/workday"
)

func day(s string) workday.Date { return workday.MustParseDate(s) }

func TestDues(t *testing.T) {
	cal := workday.China()
	ledger := func(entries ...workday.Entry) workday.Ledger {
		l, err := workday.NewLedger(entries...)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	start := func(on string) workday.Entry { return workday.Entry{Kind: workday.Start, On: day(on)} }
	pause := func(on string) workday.Entry {
		return workday.Entry{Kind: workday.Pause, On: day(on), Reason: "检测", Document: "1号"}
	}
	resume := func(on string) workday.Entry { return workday.Entry{Kind: workday.Resume, On: day(on)} }
	extend := func(on string, n int) workday.Entry {
		return workday.Entry{Kind: workday.Extend, On: day(on), Reason: "疑难", Document: "2号", ApprovedBy: "某", Days: n}
	}
	for _, c := range []struct {
		name   string
		r      record
		ledger workday.Ledger
		due    string
		clock  string
	}{
		{"receipt over National Day", record{State: StateReceived, ReceivedOn: day("2026-09-30")}, ledger(), "2026-10-13", ClockReceipt},
		{"receipt over Spring Festival", record{State: StateSubmitted, ReceivedOn: day("2026-02-13")}, ledger(), "2026-02-27", ClockReceipt},
		{"correction", record{State: StateCorrecting, ReceivedOn: day("2026-09-28"), CorrectionFrom: day("2026-09-30"), CorrectionDays: 5},
			ledger(), "2026-10-13", ClockCorrection},
		{"promise of 20", record{State: StateReviewing, PromiseN: 20, PromiseUnit: "G"}, ledger(start("2026-09-30")), "2026-11-03", ClockPromise},
		{"promise of 5 natural days", record{State: StateReviewing, PromiseN: 5, PromiseUnit: "Z"}, ledger(start("2026-09-30")), "2026-10-05", ClockPromise},
		{"on the spot", record{State: StateReviewing, PromiseUnit: "J"}, ledger(start("2026-09-30")), "2026-09-30", ClockPromise},
		// Two of five days have counted on 09-28, the pause spans the holiday, three are left from 10-12.
		{"paused over the holiday", record{State: StateReviewing, PromiseN: 5, PromiseUnit: "G"},
			ledger(start("2026-09-24"), pause("2026-09-29"), resume("2026-10-12")), "2026-10-15", ClockPromise},
		{"extended by ten", record{State: StateReviewing, PromiseN: 20, PromiseUnit: "G"},
			ledger(start("2026-02-13"), extend("2026-03-10", 10)), "2026-04-02", ClockPromise},
		{"delivery", record{State: StateDelivering, DecidedOn: day("2026-09-24"), PromiseN: 5, PromiseUnit: "G"},
			ledger(start("2026-09-24")), "2026-10-15", ClockDelivery},
		{"refused", record{State: StateRefused, ReceivedOn: day("2026-09-30")}, ledger(), "", ClockNone},
	} {
		c.r.dues(cal, c.ledger)
		if got := c.r.DueOn.String(); got != c.due {
			t.Errorf("%s: due %s, want %s", c.name, got, c.due)
		}
		if got := clockOf(c.r.State); got != c.clock {
			t.Errorf("%s: clock %s, want %s", c.name, got, c.clock)
		}
	}
}

func TestLight(t *testing.T) {
	// Wednesday before the holidays of 10-01 to 10-07: 10-08 is the next working day.
	h := newHorizon(workday.China(), day("2026-09-30"), Rules{}.withDefaults())
	for _, c := range []struct {
		state State
		kind  string
		due   string
		light string
		left  int
	}{
		{StateReviewing, "promised", "2026-09-29", LightOverdue, -1},
		{StateReviewing, "promised", "2026-09-30", LightRed, 0},
		{StateReviewing, "promised", "2026-10-05", LightRed, 0},
		{StateReviewing, "promised", "2026-10-08", LightRed, 1},
		{StateReviewing, "promised", "2026-10-09", LightYellow, 2},
		{StateReviewing, "promised", "2026-10-10", LightYellow, 3}, // a Saturday that is worked
		{StateReviewing, "promised", "2026-10-12", LightNormal, 4},
		{StateReviewing, "instant", "2026-09-30", LightNormal, 0},
		{StateReviewing, "instant", "2026-09-29", LightOverdue, -1},
		{StateReceived, "promised", "2026-10-08", LightRed, 1},
		{StateDelivering, "promised", "2026-10-12", LightNormal, 4},
		{StateCorrecting, "promised", "2026-09-29", LightNone, -1}, // the applicant's time
	} {
		if got := h.light(c.state, c.kind, day(c.due)); got != c.light {
			t.Errorf("%s due %s: %s, want %s", c.state, c.due, got, c.light)
		}
		if got := h.daysLeft(c.state, day(c.due)); got == nil || *got != c.left {
			t.Errorf("%s due %s: %v days left, want %d", c.state, c.due, got, c.left)
		}
	}
	for _, s := range []State{StatePaused, StateClosed, StateWithdrawn} {
		if got := h.light(s, "promised", day("2026-09-01")); got != LightNone {
			t.Errorf("%s: %s, want none", s, got)
		}
	}
}
