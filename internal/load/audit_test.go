package load

import (
	"strings"
	"testing"
	"time"
)

func aCase() caseAnswer {
	day := "2026-11-18"
	return caseAnswer{Number: "2611181234567890", State: "closed", Revision: 6, Item: "SG02008", Division: "440232112209", Channel: "window",
		Receiving: "440232112209", Competent: "440232-d08", Applicant: applicant{Name: "盘大山", IDType: "111", IDNo: "440232********0019"},
		SubmittedAt: time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC), ReceivedOn: &day, AcceptedOn: &day, DecidedOn: &day, Outcome: "granted", ClosedAt: &day}
}

// Each fact that a server could get wrong is looked at.
func TestCompareFindsEveryDifference(t *testing.T) {
	other := "2026-11-19"
	told := func() *record {
		c := aCase()
		c.Applicant.IDNo = "440232194001010019" // sent whole, listed masked
		return &record{sent: c.Applicant, item: c.Item, last: c, ended: true}
	}
	if a := (&auditor{}); true {
		a.compare(told(), aCase())
		if a.Differences != 0 || a.Checked < 14 {
			t.Errorf("the same case: %d of %d facts differ: %v", a.Differences, a.Checked, a.Found)
		}
	}
	for what, lie := range map[string]func(c *caseAnswer){
		"state":                func(c *caseAnswer) { c.State = "delivering" },
		"revision":             func(c *caseAnswer) { c.Revision++ },
		"item":                 func(c *caseAnswer) { c.Item = "SG02009" },
		"division":             func(c *caseAnswer) { c.Division = "440232112000" },
		"channel":              func(c *caseAnswer) { c.Channel = "web" },
		"outlet":               func(c *caseAnswer) { c.Receiving = "440232112000" },
		"agency":               func(c *caseAnswer) { c.Competent = "440232-d11" },
		"applicant":            func(c *caseAnswer) { c.Applicant.Name = "盘小山" },
		"applicant's number":   func(c *caseAnswer) { c.Applicant.IDNo = "440232********0020" },
		"moment of submission": func(c *caseAnswer) { c.SubmittedAt = c.SubmittedAt.Add(time.Microsecond) },
		"day of receipt":       func(c *caseAnswer) { c.ReceivedOn = nil },
		"day of acceptance":    func(c *caseAnswer) { c.AcceptedOn = &other },
		"day of decision":      func(c *caseAnswer) { c.DecidedOn = &other },
		"moment of closing":    func(c *caseAnswer) { c.ClosedAt = nil },
		"outcome":              func(c *caseAnswer) { c.Outcome = "denied" },
		"corrections":          func(c *caseAnswer) { c.Corrections = 1 },
	} {
		a, has := &auditor{}, aCase()
		lie(&has)
		a.compare(told(), has)
		if a.Differences != 1 || !strings.Contains(a.Found[0], what+":") {
			t.Errorf("%s: %d differences, %v", what, a.Differences, a.Found)
		}
	}
}

// A case whose story was broken off may have gone on by itself, not back.
func TestCompareOfWhatIsUnderWay(t *testing.T) {
	for _, x := range []struct {
		told, has string
		ok        bool
	}{
		{"received", "received", true}, {"received", "reviewing", false}, {"decided", "delivering", true}, {"decided", "closed", true},
		{"delivering", "decided", false}, {"reviewing", "decided", false}, {moving, "reviewing", true}, {moving, "closed", true},
		{moving, "received", false}, {"delivering", "closed", true}, {"withdrawn", "reviewing", false},
	} {
		a, has := &auditor{}, aCase()
		has.State = x.has
		r := &record{last: aCase()}
		r.last.State = x.told
		a.underWay(r, has)
		if (a.Differences == 0) != x.ok {
			t.Errorf("told %q, has %s: %v", x.told, x.has, a.Found)
		}
	}
}

func TestANumberGivenTwiceIsFound(t *testing.T) {
	u := &run{ledger: &ledger{}}
	for range 2 {
		u.ledger.open(applicant{}, "SG02008").last = aCase()
	}
	a := &auditor{run: u}
	if told := a.numbers(); len(told) != 1 || a.Differences != 1 || !strings.Contains(a.Found[0], "twice") {
		t.Errorf("%d numbers, %v", len(told), a.Found)
	}
}
