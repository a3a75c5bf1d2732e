package apply

import (
	"yimen/internal/catalogue"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// ReadAnswers reads what was answered to the questions shown. A group of ticks
// that was shown and left empty is answered with nothing.
func ReadAnswers(f *web.Form, shown []catalogue.Question) catalogue.Answers {
	answers := catalogue.Answers{}
	for _, q := range shown {
		name := "answers." + q.ID
		var chosen []string
		for _, v := range f.Values(name) {
			if v != "" {
				chosen = append(chosen, v)
			}
		}
		if len(chosen) > 0 || f.Has(name) {
			answers[q.ID] = chosen
		}
	}
	return answers
}

// questionField is a question as a form field; chosen are the ticked options.
func questionField(q catalogue.Question, chosen []string, problem string) ui.FieldOpts {
	o := ui.FieldOpts{
		Name: "answers." + q.ID, Label: q.Text, Help: q.Help, Type: "radio", Required: true,
		Values: chosen, Error: problem,
	}
	if q.Multiple {
		o.Type, o.Required, o.Multiple = "checkbox", false, true
	}
	for _, x := range q.Options {
		o.Options = append(o.Options, ui.Option{Value: x.ID, Label: x.Label})
	}
	return o
}
