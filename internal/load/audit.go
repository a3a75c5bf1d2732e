package load

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"yimen/gb"
)

// shown is the number as a list shows it to those whose it is not: masked, but
// for the public codes of enterprises.
func (p applicant) shown() string { return gb.MaskIDNumber(gb.IDType(p.IDType), p.IDNo) }

// counts are the server's totals of cases that are no sample.
type counts struct {
	States map[string]int `json:"states"`
	Total  int            `json:"total"`
}

func (u *run) totals(ctx context.Context) (counts, error) {
	var c counts
	err := u.site.get(ctx, "totals", cityManager, "/api/v1/cases/totals?sample=false", &c)
	return c, err
}

// auditor compares.
type auditor struct {
	*run
	Audit
}

// mostFound bounds the differences that are told in words.
const mostFound = 50

func (a *auditor) differ(format string, args ...any) {
	a.Differences++
	if len(a.Found) < mostFound {
		a.Found = append(a.Found, fmt.Sprintf(format, args...))
	}
}

// same compares one fact.
func same[T comparable](a *auditor, what string, told, has T) {
	a.Checked++
	if told != has {
		a.differ("%s: the server told %v and has %v", what, told, has)
	}
}

// audit asks the server what it has, every case of the run, and compares it
// with what it told. Whatever keeps it from asking is a difference too.
func (u *run) audit(ctx context.Context, before counts, x *Result) {
	begin := time.Now()
	a := &auditor{run: u, Audit: Audit{Found: []string{}}}
	if !u.profile.reads {
		told := a.numbers()
		a.all(ctx, told)
		a.histories(ctx, told)
	}
	a.sums(ctx, before)
	a.Seconds = time.Since(begin).Seconds()
	x.Audit = a.Audit
}

// numbers indexes what was told: no number may have been told twice.
func (a *auditor) numbers() map[string]*record {
	told := make(map[string]*record, len(a.ledger.records))
	for _, r := range a.ledger.records {
		if r.doubt {
			a.InDoubt++
		}
		if r.last.Number == "" {
			continue
		}
		a.Checked++
		if told[r.last.Number] != nil {
			a.differ("number %s was given twice", r.last.Number)
			continue
		}
		told[r.last.Number] = r
	}
	return told
}

// all reads the list of the run's cases to its end and compares each line.
func (a *auditor) all(ctx context.Context, told map[string]*record) {
	if len(told) == 0 {
		return
	}
	first := time.Time{}
	for _, r := range told {
		if first.IsZero() || r.last.SubmittedAt.Before(first) {
			first = r.last.SubmittedAt
		}
	}
	query := url.Values{"limit": {"200"}, "count": {"false"}, "sample": {"false"}, "from": {first.In(beijing).Format(time.DateOnly)}}
	missing, doubtful := maps.Clone(told), a.doubtful()
	for {
		var list page[caseAnswer]
		if err := a.site.get(ctx, "audit list", cityManager, "/api/v1/cases?"+query.Encode(), &list); err != nil {
			a.differ("the list of cases cannot be read: %s", short(err))
			return
		}
		for _, c := range list.Items {
			r := told[c.Number]
			switch {
			case r != nil && missing[c.Number] == nil:
				a.differ("number %s is listed twice", c.Number)
			case r != nil:
				delete(missing, c.Number)
				a.compare(r, c)
			case c.SubmittedAt.Before(first): // somebody's of before
			case doubtful[applied{c.Applicant.Name, c.Applicant.IDNo, c.Item}] > 0: // the answer was lost, the case was not
				doubtful[applied{c.Applicant.Name, c.Applicant.IDNo, c.Item}]--
			default:
				a.differ("case %s is there and no client was told of it", c.Number)
			}
		}
		if list.Next == "" {
			break
		}
		query.Set("after", list.Next)
	}
	for _, number := range slices.Sorted(maps.Keys(missing)) {
		a.differ("case %s was acknowledged and is not there", number)
	}
}

// applied is one application as the list shows it: the applicant's number is
// masked there.
type applied struct{ name, idNo, item string }

// doubtful counts the applications whose answer never came, by applicant and item.
func (a *auditor) doubtful() map[applied]int {
	n := map[applied]int{}
	for _, r := range a.ledger.records {
		if r.last.Number == "" && r.doubt {
			n[applied{r.sent.Name, r.sent.shown(), r.item}]++
		}
	}
	return n
}

// compare compares a case with the last that was told of it. What was sent is
// compared for every case; what follows from acts only where none is in doubt,
// and what jobs may have moved meanwhile only of cases that had come to their end.
func (a *auditor) compare(r *record, has caseAnswer) {
	told, at := r.last, "case "+r.last.Number+", "
	same(a, at+"applicant", r.sent.Name, has.Applicant.Name)
	same(a, at+"applicant's number", r.sent.shown(), has.Applicant.IDNo)
	same(a, at+"item", r.item, has.Item)
	same(a, at+"division", told.Division, has.Division)
	same(a, at+"channel", told.Channel, has.Channel)
	same(a, at+"outlet", told.Receiving, has.Receiving)
	same(a, at+"agency", told.Competent, has.Competent)
	same(a, at+"moment of submission", told.SubmittedAt, has.SubmittedAt)
	same(a, at+"day of receipt", date(told.ReceivedOn), date(has.ReceivedOn))
	if r.doubt {
		return
	}
	same(a, at+"day of acceptance", date(told.AcceptedOn), date(has.AcceptedOn))
	same(a, at+"corrections", told.Corrections, has.Corrections)
	if !r.ended {
		a.underWay(r, has)
		return
	}
	same(a, at+"state", told.State, has.State)
	same(a, at+"revision", told.Revision, has.Revision)
	same(a, at+"outcome", told.Outcome, has.Outcome)
	same(a, at+"day of decision", date(told.DecidedOn), date(has.DecidedOn))
	same(a, at+"moment of closing", date(told.ClosedAt), date(has.ClosedAt))
}

// onwards are the states that a decided case goes through by itself.
var onwards = []string{"reviewing", "decided", "issuing", "delivering", "closed"}

// underWay compares the state of a case whose story was broken off: it is the
// last that was told, or one that follows from it without anybody.
func (a *auditor) underWay(r *record, has caseAnswer) {
	a.Checked++
	told := r.last.State
	from := slices.Index(onwards, told)
	switch {
	case told == has.State:
	case told == moving && slices.Contains(onwards, has.State):
	case from > 0 && slices.Index(onwards, has.State) > from:
	default:
		a.differ("case %s: the server told state %s and has %s", has.Number, told, has.State)
	}
}

// date is a day or moment that may be missing.
func date(s *string) string {
	if s == nil {
		return "none"
	}
	return *s
}

// histories reads what happened to some of the cases: every act that was
// acknowledged is there, as often as it was.
func (a *auditor) histories(ctx context.Context, told map[string]*record) {
	numbers := slices.Sorted(maps.Keys(told))
	every := max(len(numbers)/max(a.Samples, 1), 1)
	for i := 0; i < len(numbers); i += every {
		r := told[numbers[i]]
		var history page[struct {
			Verb string `json:"verb"`
			To   string `json:"to"`
		}]
		if err := a.site.get(ctx, "audit history", cityManager, "/api/v1/cases/"+numbers[i]+"/history", &history); err != nil {
			a.differ("the history of case %s cannot be read: %s", numbers[i], short(err))
			continue
		}
		if r.doubt {
			continue
		}
		for _, verb := range slices.Compact(slices.Sorted(slices.Values(r.acts))) {
			count := 0
			for _, e := range history.Items {
				if e.Verb == verb {
					count++
				}
			}
			want := 0
			for _, v := range r.acts {
				if v == verb {
					want++
				}
			}
			same(a, fmt.Sprintf("case %s, how often %s", numbers[i], verb), want, count)
		}
		if n := len(history.Items); n > 0 && r.ended {
			same(a, "case "+numbers[i]+", the state its history ends in", r.last.State, history.Items[n-1].To)
		}
	}
}

// sums compares the server's totals before and after with what was told.
func (a *auditor) sums(ctx context.Context, before counts) {
	after, err := a.totals(ctx)
	if err != nil {
		a.differ("the totals cannot be read: %s", short(err))
		return
	}
	told, cases, unknown, doubtful := map[string]int{}, 0, false, 0
	for _, r := range a.ledger.records {
		switch {
		case r.last.Number == "" && r.doubt:
			doubtful++
		case r.last.Number != "":
			cases++
			told[r.last.State]++
			unknown = unknown || !r.ended
		}
	}
	a.Checked++
	if grown := after.Total - before.Total; grown < cases || grown > cases+doubtful {
		a.differ("the server counts %d cases more than before, and %d were acknowledged", grown, cases)
	}
	if unknown || doubtful > 0 {
		return // some were left under way: which state they are in is compared one by one
	}
	for _, counted := range []map[string]int{before.States, after.States} {
		for state := range counted {
			told[state] += 0
		}
	}
	for _, state := range slices.Sorted(maps.Keys(told)) {
		same(a, "how many more cases are "+state, told[state], after.States[state]-before.States[state])
	}
}
