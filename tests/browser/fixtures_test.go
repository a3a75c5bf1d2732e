package browser_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/workflow"
	"yimen/workday"
)

// What stories that begin later need is made behind the pages, through the
// same verbs and rights; the wizard has stories of its own.

// as is the context of an account's own act.
func (c *city) as(t testing.TB, account string) context.Context {
	t.Helper()
	actor, err := c.Identity.Actor(c.System, account)
	must(t, err)
	return identity.With(context.Background(), actor)
}

// submission is an application, whole, as the window takes it in: everything
// on paper, but what is to follow later.
func (c *city) submission(t testing.TB, a *application, later ...string) cases.Submission {
	t.Helper()
	a.ready(t, c)
	list, err := c.Catalogue.Checklist(c.System, a.item, a.division, 0, a.given)
	must(t, err)
	for !list.Complete {
		for _, open := range list.Open {
			a.given[open] = a.choice(t, open)
		}
		list, err = c.Catalogue.Checklist(c.System, a.item, a.division, 0, a.given)
		must(t, err)
	}
	s := cases.Submission{Item: a.item, Division: a.division, Channel: cases.ChannelWindow, Answers: a.given, Form: a.filled(t, c),
		Deliver:   cases.DeliverWindow,
		Applicant: cases.Applicant{Type: "person", Name: a.who.Name, IDType: a.who.IDType, IDNo: a.who.IDNo, Phone: a.who.Phone}}
	for _, m := range list.Materials {
		switch {
		case slices.Contains(later, m.ID):
			s.Materials = append(s.Materials, cases.Handed{ID: m.ID, Later: true})
			s.DeferUntil = workday.DateOf(time.Now(), clock.Beijing).Add(10)
		case m.Required():
			s.Materials = append(s.Materials, cases.Handed{ID: m.ID, Paper: true})
		}
	}
	return s
}

// handed hands in an application at the village window.
func (c *city) handed(t testing.TB, a *application, later ...string) cases.Case {
	t.Helper()
	s := c.submission(t, a, later...)
	x, err := c.Cases.Submit(c.as(t, villageClerk), s)
	must(t, err)
	return c.found(t, x.Number)
}

// found is a case, whole.
func (c *city) found(t testing.TB, number string) cases.Case {
	t.Helper()
	x, err := c.Cases.Find(c.System, number)
	must(t, err)
	return x
}

// reviewing hands in an application, accepts it and waits until it is with
// those who decide.
func (c *city) reviewing(t testing.TB, a *application, later ...string) cases.Case {
	t.Helper()
	return c.accepted(t, c.submission(t, a, later...))
}

// accepted hands in an application at the village window, which accepts it.
func (c *city) accepted(t testing.TB, s cases.Submission) cases.Case {
	t.Helper()
	x, err := c.Cases.Submit(c.as(t, villageClerk), s)
	must(t, err)
	_, err = c.Cases.Accept(c.as(t, villageClerk), x.Number, cases.Act{Opinion: "材料齐全，予以受理。"})
	must(t, err)
	for until := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		x = c.found(t, x.Number)
		if x.State == cases.StateReviewing {
			return x
		}
		if time.Now().After(until) {
			t.Fatalf("%s is still %s; it was accepted and nothing reviews it", x.Number, x.State)
		}
	}
}

// correcting hands in an application of which something is wrong.
func (c *city) correcting(t testing.TB, a *application) cases.Case {
	t.Helper()
	x := c.handed(t, a)
	_, err := c.Cases.RequestCorrection(c.as(t, villageClerk), x.Number, cases.Act{Deficiencies: []cases.Deficiency{
		{Material: x.Content.Checklist.Materials[0].ID, Problem: "复印件不清晰，看不清号码。", Cure: "重新拍照，四角入镜。"},
		{Problem: "联系地址没有写到门牌号。", Cure: "修改申请表中的地址。"}}})
	must(t, err)
	return c.found(t, x.Number)
}

// draft leaves an application unsent, filled in to the end.
func (c *city) draft(t testing.TB, account string, a *application) string {
	t.Helper()
	s := c.submission(t, a)
	if account == villager {
		s.Channel = cases.ChannelWeb
	}
	d, err := c.Cases.SaveDraft(c.as(t, account), s)
	must(t, err)
	return d.Number
}

// pension is the claim of a pension (养老保险待遇申领): looked at in the village
// and the town, decided by the county.
func pension() *application {
	return &application{item: "SG01003", division: theVillage, account: villager}
}

// inCounty brings a case as far as the county: village and town have agreed.
func (c *city) inCounty(t testing.TB, a *application) cases.Case {
	t.Helper()
	return c.toCounty(t, c.reviewing(t, a))
}

// toCounty lets those below the county agree to a case.
func (c *city) toCounty(t testing.TB, x cases.Case) cases.Case {
	t.Helper()
	for range 5 {
		task := c.opens(t, x.Number)[0]
		if task.Division == theCounty {
			return c.found(t, x.Number)
		}
		must(t, c.Workflow.Approve(c.as(t, c.approverOf(t, task)), task.ID, workflow.Act{Opinion: "核对无误，情况属实。"}))
	}
	t.Fatalf("%s does not reach the county", x.Number)
	return x
}
