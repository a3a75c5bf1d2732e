package journeys

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// together runs every fn at the same moment and waits for all of them.
func together(fns ...func()) {
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for _, fn := range fns {
		wg.Go(func() { <-gate; fn() })
	}
	close(gate)
	wg.Wait()
}

// Two counters have the same case open and press at once: one wins, the other
// is told what happened meanwhile, and the case has gone one way only.
func TestTwoCountersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		s := sharedServer(t, e)
		clerk, approver := s.as(t, "clerk-"+theVillage), s.as(t, "approver-440232-d08")
		body := clerk.apply("SG02008", theVillage, "window", "citizen-1")
		for range 15 {
			number := clerk.do("POST", "/api/v1/cases", body, 201).text("number")
			var accept, refuse reply
			var errs [2]error
			together(
				func() {
					accept, errs[0] = clerk.send("POST", "/api/v1/cases/"+number+"/accept", j{"revision": 1})
				},
				func() {
					refuse, errs[1] = approver.send("POST", "/api/v1/cases/"+number+"/refuse-acceptance",
						j{"revision": 1, "grounds": "not_eligible", "opinion": "不符合年龄条件。"})
				})
			must(t, errs[0])
			must(t, errs[1])
			won, lost, state := accept, refuse, "reviewing"
			if refuse.status == 200 {
				won, lost, state = refuse, accept, "refused"
			}
			won.want(t, 200)
			lost.refused(t, 409, "case_changed_since", "changes.0")
			if !strings.Contains(lost.text("errors.0.message"), " ") {
				t.Errorf("does not say who did what: %s", lost)
			}
			clerk.get("/api/v1/cases/"+number).says(t, "state", state).says(t, "revision", "2")
		}
	})
}

// A village link sends twice. The same key is the same application: once
// stored, answered the same every time, also when both arrive together.
func TestSentTwice(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		s := sharedServer(t, e)
		clerk := s.as(t, "clerk-"+theVillage)
		body := clerk.apply("SG02008", theVillage, "window", "citizen-1")
		name := "twice-" + databaseName(s.database)

		first := clerk.keyed(name).do("POST", "/api/v1/cases", body, 201)
		again := clerk.keyed(name).do("POST", "/api/v1/cases", body, 201)
		if string(again.body) != string(first.body) || again.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("not the first answer: %s", again)
		}
		other := clerk.apply("SG02008", theVillage, "window", "citizen-1", "applicant.phone", "13800138000")
		clerk.keyed(name).refused("POST", "/api/v1/cases", other, 422, "idempotency_key_reused")
		clerk.keyed("有汉字").refused("POST", "/api/v1/cases", body, 422, "idempotency_key_unreadable")
		// The key is the account's own: a neighbour's is another.
		neighbour := s.as(t, "clerk-"+theTown)
		theirs := neighbour.keyed(name).do("POST", "/api/v1/cases", neighbour.apply("SG02008", theTown, "window", "citizen-1"), 201)
		if theirs.text("number") == first.text("number") {
			t.Error("two accounts share a key")
		}
		// A refused application is not remembered: mended, it goes through.
		wrong := clerk.apply("SG02008", theVillage, "window", "citizen-1", "applicant.phone", "1")
		clerk.keyed(name+"-mended").refused("POST", "/api/v1/cases", wrong, 422, "invalid_input", "applicant.phone")
		clerk.keyed(name+"-mended").do("POST", "/api/v1/cases", body, 201)

		for round := range 5 {
			var fns []func()
			replies := make([]reply, 12)
			errs := make([]error, len(replies))
			for i := range replies {
				c := clerk.keyed(fmt.Sprintf("%s-%d", name, round))
				fns = append(fns, func() { replies[i], errs[i] = c.send("POST", "/api/v1/cases", body) })
			}
			together(fns...)
			var numbers []string
			for i, r := range replies {
				must(t, errs[i])
				numbers = append(numbers, r.want(t, 201).text("number"))
			}
			slices.Sort(numbers)
			if len(slices.Compact(numbers)) != 1 {
				t.Fatalf("one key made %v", numbers)
			}
		}
		// A verb too: the second press of "accept" is the first.
		number := first.text("number")
		done := clerk.keyed("accept-"+number).act(number, "accept", j{})
		if again := clerk.keyed("accept-"+number).act(number, "accept", j{}); string(again.body) != string(done.body) {
			t.Errorf("not the first answer: %s", again)
		}
		clerk.get("/api/v1/cases/"+number+"/history").says(t, "items.len", "4")
	})
}
