package catalogue

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yimen/internal/kit/errs"
)

func fieldsOf(err error) []string {
	var names []string
	if err != nil {
		for _, f := range errs.From(err).Fields {
			names = append(names, f.Name)
		}
	}
	return names
}

func resolve(t *testing.T, d *Definition, a Answers) *Checklist {
	t.Helper()
	s, err := compileSituations(d)
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.resolve(a)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestChecklistFollowsTheAnswers(t *testing.T) {
	cases := []struct {
		name      string
		answers   Answers
		asked     string
		open      string
		materials string
		stop      bool
		complete  bool
	}{
		{"nothing answered", Answers{}, "who extras", "who extras", "form id_card", false, false},
		{"oneself", Answers{"who": {"self"}}, "who extras", "extras", "form id_card", false, false},
		{"an agent opens a question", Answers{"who": {"agent"}}, "who agent_near extras", "agent_near extras", "form id_card power", false, false},
		{"all answered", Answers{"who": {"agent"}, "agent_near": {"no"}, "extras": {"large", "steep"}}, "who agent_near extras", "", "form id_card design power agent_id", false, true},
		{"none of these", Answers{"who": {"self"}, "extras": {""}}, "who extras", "", "form id_card", false, true},
		{"an answer left over does not count", Answers{"who": {"self"}, "agent_near": {"no"}, "extras": {}}, "who extras", "", "form id_card", false, true},
		{"stopped", Answers{"who": {"nobody"}, "extras": {}}, "who extras", "", "form id_card", true, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			list := resolve(t, sample(), c.answers)
			var asked, materials []string
			for _, q := range list.Questions {
				asked = append(asked, q.ID)
			}
			for _, m := range list.Materials {
				materials = append(materials, m.ID)
			}
			got := fmt.Sprint(strings.Join(asked, " "), "|", strings.Join(list.Open, " "), "|", strings.Join(materials, " "), "|", list.Stop != "", list.Complete)
			want := fmt.Sprint(c.asked, "|", c.open, "|", c.materials, "|", c.stop, c.complete)
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestAnswersFillInTheForm(t *testing.T) {
	list := resolve(t, sample(), Answers{"who": {"agent"}})
	if list.Defaults["handled_by"] != "agent" {
		t.Errorf("defaults %v", list.Defaults)
	}
}

func TestUnknownAnswersAreRefused(t *testing.T) {
	s, err := compileSituations(sample())
	if err != nil {
		t.Fatal(err)
	}
	for field, a := range map[string]Answers{
		"answers.shoe":   {"shoe": {"42"}},
		"answers.who":    {"who": {"king"}},
		"answers.extras": {"extras": {"large", "huge"}},
	} {
		if _, err := s.resolve(a); !slices.Contains(fieldsOf(err), field) {
			t.Errorf("%v: error %v does not name %s", a, err, field)
		}
	}
	if _, err := s.resolve(Answers{"who": {"self", "agent"}}); !slices.Contains(fieldsOf(err), "answers.who") {
		t.Error("two answers to a question with one:", err)
	}
}

func TestConditionsSeeOnlyEarlierQuestions(t *testing.T) {
	for _, when := range []string{`extras == "large"`, `later == "x"`, `who`, `who == `, `who in extras`} {
		d := sample()
		d.Situations[1].When = when
		if _, err := compileSituations(d); !slices.Contains(fieldsOf(err), "situations.1.when") {
			t.Errorf("condition %s: %v", when, err)
		}
	}
	for _, when := range []string{`who in ["agent", "nobody"]`, `who != "self"`, `len(who) == 5`} {
		d := sample()
		d.Situations[1].When = when
		if list := resolve(t, d, Answers{"who": {"agent"}}); len(list.Questions) != 3 {
			t.Errorf("condition %s does not open the question", when)
		}
	}
}

func TestConditionsOverSeveralAnswers(t *testing.T) {
	for _, when := range []string{`"steep" in extras`, `any(extras, # in ["steep", "large"])`, `len(extras) > 0`} {
		d := sample()
		d.Situations = append(d.Situations, Question{ID: "deep", Text: "坡度多少？", When: when, Options: []Option{{ID: "a", Label: "甲"}}})
		if list := resolve(t, d, Answers{"extras": {"steep"}}); len(list.Open) != 2 {
			t.Errorf("%s: open %v", when, list.Open)
		}
		if list := resolve(t, d, Answers{"extras": {}}); slices.Contains(list.Open, "deep") {
			t.Errorf("%s opens without an answer", when)
		}
	}
}

// TestAPathToNothingIsFound names the very answers that lead there.
func TestAPathToNothingIsFound(t *testing.T) {
	d := sample()
	d.BaseMaterials = nil
	d.Situations[0].Options[0].Materials = []string{"form", "id_card"}
	d.Situations[0].Options[1].Materials = nil
	d.Situations[1].Options[0].Materials = nil
	s, err := compileSituations(d)
	if err != nil {
		t.Fatal(err)
	}
	path, found, complete, err := s.emptyPath()
	if err != nil || !found || !complete || path["who"][0] != "agent" || path["agent_near"][0] != "yes" {
		t.Errorf("path %v, found %v, complete %v, %v", path, found, complete, err)
	}
	d.Situations[1].Options[0].Materials = []string{"power"}
	s, _ = compileSituations(d)
	if path, found, _, _ := s.emptyPath(); found {
		t.Errorf("path %v is not empty", path)
	}
}

// TestTooManyPathsAreSaid: a tree that cannot be searched is not called sound.
func TestTooManyPathsAreSaid(t *testing.T) {
	d := sample()
	d.BaseMaterials = nil
	d.Situations = nil
	for i := range 20 {
		q := Question{ID: fmt.Sprintf("q%d", i), Text: "问", Options: []Option{{ID: "a", Label: "甲"}, {ID: "b", Label: "乙"}}}
		d.Situations = append(d.Situations, q)
	}
	last := Question{ID: "last", Text: "末", Options: []Option{{ID: "a", Label: "甲", Materials: []string{"form"}}}}
	d.Situations = append(d.Situations, last)
	s, err := compileSituations(d)
	if err != nil {
		t.Fatal(err)
	}
	if _, found, complete, _ := s.emptyPath(); found || complete {
		t.Errorf("found %v, complete %v", found, complete)
	}
}
