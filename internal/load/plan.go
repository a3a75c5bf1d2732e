package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"

	"yimen/gb"
	"yimen/workday"
)

// plan is how one applies for an item in a division: found out once by asking
// the server's questions, then followed by everybody.
type plan struct {
	once sync.Once
	err  error

	item, division string
	level          int
	audience       []string
	window, web    bool
	least          int // level of proof that applying over the net takes
	outlet         string
	answers        map[string][]string
	defaults       map[string]any
	materials      []material
	form           Form
}

type material struct {
	ID          string   `json:"id"`
	Required    bool     `json:"required"`
	SatisfiedBy []string `json:"satisfied_by"`
}

// handed is a material as the API takes it.
type handed struct {
	ID    string `json:"id"`
	Paper bool   `json:"paper,omitempty"`
	File  string `json:"file,omitempty"`
	Form  bool   `json:"form,omitempty"`
}

func (w *world) plan(ctx context.Context, it item, division string, level int) (*plan, error) {
	key := it.Code + " " + division
	w.mu.Lock()
	p := w.plans[key]
	if p == nil {
		p = &plan{item: it.Code, division: division, level: level, audience: it.Audience}
		w.plans[key] = p
	}
	w.mu.Unlock()
	p.once.Do(func() { p.err = p.find(ctx, w) })
	if errors.Is(p.err, errUnanswered) { // that was not the item's fault: the next one tries again
		w.mu.Lock()
		delete(w.plans, key)
		w.mu.Unlock()
	}
	return p, p.err
}

func (p *plan) find(ctx context.Context, w *world) error {
	var guide struct {
		Online   bool     `json:"online"`
		Channels []string `json:"channels"`
		MinLevel int      `json:"min_level"`
	}
	at := "/api/v1/items/" + p.item
	if err := w.site.get(ctx, "guide", "", at+"?division="+p.division, &guide); err != nil {
		return err
	}
	p.window = len(guide.Channels) == 0 || slices.Contains(guide.Channels, "window")
	p.least = guide.MinLevel
	p.web = guide.Online && (len(guide.Channels) == 0 || slices.Contains(guide.Channels, "web"))
	if err := p.findOutlet(ctx, w); err != nil {
		return err
	}
	list, err := p.ask(ctx, w.site, at+"/checklist")
	if err != nil {
		return err
	}
	p.defaults = list.Defaults
	for _, m := range list.Materials {
		if m.Required {
			p.materials = append(p.materials, m)
		}
	}
	p.form, err = w.city.Form(list.FormSchema)
	return err
}

// findOutlet finds where one goes to apply: the nearest outlet with a clerk.
func (p *plan) findOutlet(ctx context.Context, w *world) error {
	type outlet struct {
		Code string `json:"code"`
	}
	near, err := all[outlet](ctx, w.site, "outlets", "", "/api/v1/outlets", url.Values{"division": {p.division}})
	if err != nil {
		return err
	}
	for _, o := range near {
		if len(w.clerks[o.Code]) > 0 {
			p.outlet = o.Code
			return nil
		}
	}
	return fmt.Errorf("no outlet receives for %s", p.division)
}

type checklist struct {
	Questions []struct {
		ID      string `json:"id"`
		Options []struct {
			ID string `json:"id"`
		} `json:"options"`
	} `json:"questions"`
	Open       []string            `json:"open"`
	Answers    map[string][]string `json:"answers"`
	Materials  []material          `json:"materials"`
	FormSchema json.RawMessage     `json:"form_schema"`
	Defaults   map[string]any      `json:"defaults"`
	Stop       string              `json:"stop"`
	Complete   bool                `json:"complete"`
}

// ask answers the questions with the first option that leads on; where one
// ends the application, the next is tried.
func (p *plan) ask(ctx context.Context, s *site, path string) (*checklist, error) {
	answers, tried := map[string][]string{}, map[string]int{}
	var order []string
	for range 60 {
		var list checklist
		body := map[string]any{"division": p.division, "answers": answers}
		if err := s.do(ctx, ask{op: "checklist", method: "POST", path: path, body: body, out: &list, asks: true}); err != nil {
			return nil, err
		}
		if list.Complete {
			p.answers = list.Answers
			return &list, nil
		}
		question := ""
		switch {
		case list.Stop != "" && len(order) > 0: // not this way
			question = order[len(order)-1]
			order = order[:len(order)-1]
			tried[question]++
		case list.Stop == "" && len(list.Open) > 0:
			question = list.Open[0]
			tried[question] = 0
		default:
			return nil, fmt.Errorf("the questions end: %s", list.Stop)
		}
		if !answer(answers, &list, question, tried[question]) {
			return nil, fmt.Errorf("every answer to %s ends the application: %s", question, list.Stop)
		}
		order = append(order, question)
	}
	return nil, errors.New("the questions do not end")
}

// answer takes the n-th option of a question; false when it has no more.
func answer(answers map[string][]string, list *checklist, question string, n int) bool {
	for _, q := range list.Questions {
		if q.ID != question {
			continue
		}
		if n >= len(q.Options) {
			return false
		}
		answers[question] = []string{q.Options[n].ID}
		return true
	}
	return false
}

// application is what POST /api/v1/cases takes.
type application struct {
	Item      string              `json:"item"`
	Division  string              `json:"division"`
	Outlet    string              `json:"outlet,omitempty"`
	Channel   string              `json:"channel"`
	Applicant applicant           `json:"applicant"`
	Answers   map[string][]string `json:"answers,omitempty"`
	Form      json.RawMessage     `json:"form,omitempty"`
	Materials []handed            `json:"materials,omitempty"`
}

type applicant struct {
	Type   string `json:"type"`
	Name   string `json:"name"`
	IDType string `json:"id_type,omitempty"`
	IDNo   string `json:"id_no"`
	Phone  string `json:"phone"`
}

// apply makes somebody's application. scan is the file for whatever is handed
// in over the net; "" at a window, where it is paper.
func (p *plan) apply(who Person, scan string, today workday.Date, r *rand.Rand) (application, error) {
	a := application{Item: p.item, Division: p.division, Channel: "web", Answers: maps.Clone(p.answers),
		Applicant: applicant{Type: who.kind(), Name: who.Name, IDType: who.IDType, IDNo: who.IDNo, Phone: who.Phone}}
	if scan == "" {
		a.Channel, a.Outlet = "window", p.outlet
	}
	for _, m := range p.materials {
		h := handed{ID: m.ID, Paper: scan == "", File: scan}
		if slices.Contains(m.SatisfiedBy, "form") {
			h = handed{ID: m.ID, Form: true}
		}
		a.Materials = append(a.Materials, h)
	}
	var err error
	a.Form, err = p.form.Fill(who, p.division, p.defaults, today, r)
	return a, err
}

// serves tells whether the item is for people like that.
func (p *plan) serves(kind string) bool {
	return len(p.audience) == 0 || slices.Contains(p.audience, kind)
}

// visitor invents somebody who comes to a window and has no account: names put
// together from those of the sample's people, a number with the right check
// digit whose sequence, from 900 up, marks an invented person. Visitors of one
// run have different numbers.
func (w *world) visitor(i int, r *rand.Rand) Person {
	surname := []rune(w.persons[r.IntN(len(w.persons))].Name)
	given := []rune(w.persons[r.IntN(len(w.persons))].Name)
	home := w.persons[r.IntN(len(w.persons))]
	birth := workday.NewDate(1935, 1, 1).Add(i % 26_000)
	id, err := gb.MakeResidentID(home.Division[:6], birth, 900+i/26_000%100)
	if err != nil {
		return home
	}
	return Person{Name: string(surname[:1]) + string(given[1:]), IDType: home.IDType, IDNo: id.String(),
		Phone: fmt.Sprintf("1991%07d", i%10_000_000), Division: home.Division, Address: home.Address}
}

// short says what of an error fits into a line.
func short(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	if r := []rune(text); len(r) > 240 {
		return string(r[:240]) + "…"
	}
	return text
}
