package designer

import (
	"regexp"
	"slices"
	"strings"

	"yimen/internal/catalogue"
)

// A condition of a question is an expression of the catalogue. The editor
// writes, and reads back, the two shapes people need: who == "agent" (one of
// several: joined by ||), and "house" in assets for questions with several
// answers. Parts about different questions are joined by &&. Anything else is
// shown and edited as the expression it is.

// asked is one part of a condition: a question with the answers that count.
type asked struct {
	Question string
	Options  []string
}

var (
	equalsPart = regexp.MustCompile(`^([\p{L}_][\p{L}\p{N}_]*) == "([^"]*)"$`)
	withinPart = regexp.MustCompile(`^"([^"]*)" in ([\p{L}_][\p{L}\p{N}_]*)$`)
)

// readWhen reads a condition; ok is false for one that only an expert can have
// written.
func readWhen(when string) (parts []asked, ok bool) {
	if when = strings.TrimSpace(when); when == "" {
		return nil, true
	}
	for _, clause := range strings.Split(when, "&&") {
		clause = unwrap(clause)
		part := asked{}
		for _, alternative := range strings.Split(clause, "||") {
			question, option, ok := readAlternative(unwrap(alternative))
			if !ok || part.Question != "" && part.Question != question {
				return nil, false
			}
			part.Question, part.Options = question, append(part.Options, option)
		}
		parts = append(parts, part)
	}
	return parts, true
}

func readAlternative(text string) (question, option string, ok bool) {
	if m := equalsPart.FindStringSubmatch(text); m != nil {
		return m[1], m[2], true
	}
	if m := withinPart.FindStringSubmatch(text); m != nil {
		return m[2], m[1], true
	}
	return "", "", false
}

func unwrap(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") && strings.Count(s, "(") == 1 {
		return strings.TrimSpace(s[1 : len(s)-1])
	}
	return s
}

// writeWhen writes a condition over the questions of a definition.
func writeWhen(d *catalogue.Definition, parts []asked) string {
	var clauses []string
	for _, p := range parts {
		var alternatives []string
		i := slices.IndexFunc(d.Situations, func(q catalogue.Question) bool { return q.ID == p.Question })
		for _, o := range p.Options {
			if i >= 0 && d.Situations[i].Multiple {
				alternatives = append(alternatives, `"`+o+`" in `+p.Question)
			} else {
				alternatives = append(alternatives, p.Question+` == "`+o+`"`)
			}
		}
		if len(alternatives) == 0 {
			continue
		}
		clauses = append(clauses, "("+strings.Join(alternatives, " || ")+")")
	}
	return strings.Join(clauses, " && ")
}

// whenWords reads a condition to people.
func whenWords(d *catalogue.Definition, when string) string {
	parts, ok := readWhen(when)
	if !ok {
		return "满足条件时：" + when
	}
	var words []string
	for _, p := range parts {
		text, labels := p.Question, p.Options
		for _, q := range d.Situations {
			if q.ID != p.Question {
				continue
			}
			text, labels = shorten(q.Text, 24), nil
			for _, id := range p.Options {
				labels = append(labels, optionLabel(q, id))
			}
		}
		words = append(words, "“"+text+"”答“"+strings.Join(labels, "”或“")+"”")
	}
	if len(words) == 0 {
		return "总是"
	}
	return strings.Join(words, "，且") + "时"
}

func optionLabel(q catalogue.Question, id string) string {
	for _, o := range q.Options {
		if o.ID == id {
			return o.Label
		}
	}
	return id
}
