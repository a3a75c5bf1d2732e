package apptest

import (
	"math/rand/v2"

	"yimen/city/living"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/clock"
	"yimen/workday"
)

// Submit hands in an application for citizen-1 at the window of a clerk, with
// every required material on paper. change alters it before it is sent; nil
// does not.
func (s *Site) Submit(clerk, item, division string, change func(*cases.Submission)) cases.Case {
	s.t.Helper()
	sub := s.Submission(item, division)
	if change != nil {
		change(&sub)
	}
	c, err := s.Cases.Submit(s.Ctx(clerk), sub)
	s.must(err)
	return c
}

// Submission is such an application, not sent yet.
func (s *Site) Submission(item, division string) cases.Submission {
	s.t.Helper()
	ctx := s.System()
	v, err := s.Catalogue.Current(ctx, item)
	s.must(err)
	p, err := s.Identity.Person(ctx, "citizen-1")
	s.must(err)
	list := s.answers(item, division)
	sub := cases.Submission{Item: item, Division: division, Channel: cases.ChannelWindow, Answers: list.Answers,
		Applicant: cases.Applicant{Type: "person", Name: p.Name, IDType: p.IDType, IDNo: p.IDNo, Phone: p.Phone}}
	person := living.Person{Name: p.Name, IDNo: p.IDNo, Phone: p.Phone, Division: division, Address: p.Address}
	sub.Form, err = living.Fill(&v.Definition, person, list.Defaults, workday.DateOf(s.Clock.Now(), clock.Beijing), rand.New(rand.NewPCG(1, 2)))
	s.must(err)
	for _, m := range list.Materials {
		if m.Required() {
			sub.Materials = append(sub.Materials, cases.Handed{ID: m.ID, Paper: true})
		}
	}
	return sub
}

// answers takes the first answer that goes on, to every question.
func (s *Site) answers(item, division string) catalogue.Checklist {
	s.t.Helper()
	answers := catalogue.Answers{}
	for range 40 {
		list, err := s.Catalogue.Checklist(s.System(), item, division, 0, answers)
		s.must(err)
		if list.Complete {
			return list
		}
		for _, q := range list.Questions {
			if _, done := answers[q.ID]; done {
				continue
			}
			answers[q.ID] = []string{}
			for _, o := range q.Options {
				if o.Stop == "" {
					answers[q.ID] = []string{o.ID}
					break
				}
			}
		}
	}
	s.t.Fatalf("apptest: the questions of %s do not end", item)
	return catalogue.Checklist{}
}

func (s *Site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}
