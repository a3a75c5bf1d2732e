package journeys

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	sample "yimen/city"
	"yimen/city/living"
	cityorg "yimen/city/org"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/workday"
)

// Places of the stories.
const (
	theVillage = "440232112209" // 大寮坑村
	theTown    = "440232112000" // 游溪镇
	theCounty  = "440232000000" // 乳源瑶族自治县
	theCity    = "440200000000"
)

// j is a JSON object.
type j = map[string]any

var definitions = sync.OnceValues(sample.Definitions)

var people = sync.OnceValues(cityorg.People)

func definition(item string) (*catalogue.Definition, error) {
	list, err := definitions()
	for i := range list {
		if list[i].Code == item {
			return &list[i], nil
		}
	}
	return nil, errors.Join(err, fmt.Errorf("the sample city has no item %s", item))
}

func person(account string) (identity.NewAccount, error) {
	list, err := people()
	for _, p := range list {
		if p.Name == account {
			return p, nil
		}
	}
	return identity.NewAccount{}, errors.Join(err, fmt.Errorf("nobody has the account %s", account))
}

// pdf is the smallest thing that passes for a scanned page.
var pdf = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

// apply fills in a complete application as a careful person would: it asks the
// API for the questions, answers them, fills in the form and hands in every
// required material, on paper at a window and as a file elsewhere.
func (a api) apply(item, division, channel, applicant string, today workday.Date) (j, error) {
	def, err := definition(item)
	if err != nil {
		return nil, err
	}
	who, err := person(applicant)
	if err != nil {
		return nil, err
	}
	list, answers, err := a.answer(def, division)
	if err != nil {
		return nil, err
	}
	defaults, _ := list.find("defaults")
	values, _ := defaults.(map[string]any)
	kind := "person"
	owner := living.Person{Name: who.DisplayName, IDNo: who.IDNo, Phone: who.Phone, Division: division, Address: who.Address}
	if who.Kind == identity.KindEnterprise {
		legal, err := person("citizen-1")
		if err != nil {
			return nil, err
		}
		kind, owner.Company, owner.USCC, owner.Name, owner.IDNo = "enterprise", who.DisplayName, who.IDNo, who.LegalName, legal.IDNo
	}
	filled, err := living.Fill(def, owner, values, today, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		return nil, err
	}
	form := j{}
	if err := json.Unmarshal(filled, &form); err != nil {
		return nil, err
	}
	materials, err := a.handIn(list, channel)
	if err != nil {
		return nil, err
	}
	return j{
		"item": item, "division": division, "channel": channel, "answers": answers, "form": form, "materials": materials,
		"applicant": j{"type": kind, "name": who.DisplayName, "id_type": who.IDType, "id_no": who.IDNo, "phone": who.Phone},
	}, nil
}

// answer goes through the questions with the first answer that leads on.
func (a api) answer(def *catalogue.Definition, division string) (reply, map[string][]string, error) {
	answers := map[string][]string{}
	for range 20 {
		r, err := a.send("POST", "/api/v1/items/"+def.Code+"/checklist", j{"division": division, "answers": answers})
		if err != nil || r.status != 200 {
			return r, nil, errors.Join(err, fmt.Errorf("checklist: %s", r))
		}
		if r.text("complete") == "true" {
			return r, answers, nil
		}
		open := r.text("open.0")
		i := slices.IndexFunc(def.Situations, func(q catalogue.Question) bool { return q.ID == open })
		if i < 0 {
			return r, nil, fmt.Errorf("no way through the questions: %s", r)
		}
		for _, o := range def.Situations[i].Options {
			if o.Stop == "" {
				answers[open] = []string{o.ID}
				break
			}
		}
	}
	return reply{}, nil, errors.New("the questions do not end")
}

func (a api) handIn(list reply, channel string) ([]j, error) {
	found, _ := list.find("materials")
	materials, _ := found.([]any)
	handed := []j{}
	file := ""
	for _, m := range materials {
		m := m.(map[string]any)
		switch {
		case m["required"] != true:
		case channel == "window":
			handed = append(handed, j{"id": m["id"], "paper": true})
		default:
			if file == "" {
				r, err := a.upload("材料.pdf", pdf)
				if err != nil || r.status != 201 {
					return nil, errors.Join(err, fmt.Errorf("upload: %s", r))
				}
				file = r.text("id")
			}
			handed = append(handed, j{"id": m["id"], "file": file})
		}
	}
	return handed, nil
}

func today() workday.Date { return workday.DateOf(time.Now(), clock.Beijing) }

// apply is api.apply in a Go test, with changes: "applicant.phone", "1380000".
func (c *caller) apply(item, division, channel, applicant string, changes ...any) j {
	c.t.Helper()
	body, err := c.api.apply(item, division, channel, applicant, today())
	must(c.t, err)
	return change(body, changes...)
}

// submit hands an application in and gives the answer.
func (c *caller) submit(item, division, channel, applicant string) reply {
	c.t.Helper()
	return c.do("POST", "/api/v1/cases", c.apply(item, division, channel, applicant), 201)
}

// change sets values at dotted paths of objects; gone removes.
func change(body j, changes ...any) j {
	for i := 0; i+1 < len(changes); i += 2 {
		at, path := body, strings.Split(changes[i].(string), ".")
		for _, step := range path[:len(path)-1] {
			at = at[step].(j)
		}
		last := path[len(path)-1]
		if changes[i+1] == gone {
			delete(at, last)
			continue
		}
		at[last] = changes[i+1]
	}
	return body
}

// gone is a value that is not there.
const gone = "\x00gone"

// pass does the open step of a case in the name of an account, and gives the
// task as it is then.
func (c *caller) pass(number, step string, body any) reply {
	c.t.Helper()
	list := c.get("/api/v1/tasks?case=" + number)
	if list.text("items.len") != "1" || list.text("items.0.step") != step {
		c.t.Fatalf("the open step is not %s: %s", step, list)
	}
	return c.post("/api/v1/tasks/"+list.text("items.0.id")+"/approve", body)
}

// until waits for a job to bring a case to a state.
func (c *caller) until(number, state string) reply {
	c.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		r := c.get("/api/v1/cases/" + number)
		if r.text("state") == state {
			return r
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("case does not come to %s: %s", state, r)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
