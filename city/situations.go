package city

import (
	"fmt"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
)

// questionSpec is a question of an item file: a catalogue.Question whose
// condition names answers instead of being an expression.
type questionSpec struct {
	ID       string              `json:"id"`
	Text     string              `json:"text"`
	Help     string              `json:"help"`
	Multiple bool                `json:"multiple"`
	When     map[string][]string `json:"when"` // question → answers; all questions have to hold
	Options  []catalogue.Option  `json:"options"`
}

// questions compiles the situations of an item file. A condition may name only
// earlier questions and answers that they have.
func questions(specs []questionSpec) ([]catalogue.Question, error) {
	list := make([]catalogue.Question, 0, len(specs))
	earlier := map[string]questionSpec{}
	for _, s := range specs {
		when, err := condition(s.When, earlier)
		if err != nil {
			return nil, fmt.Errorf("situations, %s: %w", s.ID, err)
		}
		list = append(list, catalogue.Question{ID: s.ID, Text: s.Text, Help: s.Help, Multiple: s.Multiple, When: when, Options: s.Options})
		earlier[s.ID] = s
	}
	return list, nil
}

// condition writes {who: [agent, guardian]} as (who == "agent" || who == "guardian").
func condition(when map[string][]string, earlier map[string]questionSpec) (string, error) {
	var all []string
	for _, id := range sortedKeys(when) {
		q, ok := earlier[id]
		if !ok {
			return "", fmt.Errorf("\"when\" names %q, which is not an earlier question", id)
		}
		var any []string
		for _, answer := range when[id] {
			if !q.has(answer) {
				return "", fmt.Errorf("\"when\" names the answer %q, which question %q does not have", answer, id)
			}
			if q.Multiple {
				any = append(any, strconv.Quote(answer)+" in "+id)
			} else {
				any = append(any, id+" == "+strconv.Quote(answer))
			}
		}
		if len(any) == 0 {
			return "", fmt.Errorf("\"when\" names no answer of %q", id)
		}
		all = append(all, "("+strings.Join(any, " || ")+")")
	}
	return strings.Join(all, " && "), nil
}

func (q questionSpec) has(answer string) bool {
	for _, o := range q.Options {
		if o.ID == answer {
			return true
		}
	}
	return false
}

// baseMaterials are the materials no answer names: everybody brings them.
func baseMaterials(materials []catalogue.Material, qs []catalogue.Question) []string {
	conditional := map[string]bool{}
	for _, q := range qs {
		for _, o := range q.Options {
			for _, id := range o.Materials {
				conditional[id] = true
			}
		}
	}
	base := []string{}
	for _, m := range materials {
		if !conditional[m.ID] {
			base = append(base, m.ID)
		}
	}
	return base
}
