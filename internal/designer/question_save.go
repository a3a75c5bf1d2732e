package designer

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

var optionRows = field{Path: "options", Kind: rows, Columns: []field{{Path: "label", Label: "选项"}, {Path: "stop", Label: "不能办理的理由"}, {Path: "id"}}}

// saveQuestion stores one question, or does what a button of its lists asks.
func (m *Module) saveQuestion(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id, typed := r.PathValue("id"), form.Raw()
	moving := rearrange(typed, form.Value("op"))
	var saved catalogue.Saved
	if !moving || id != newID { // a new question is stored when it is whole
		saved, err = m.change(r, form, "situations", func(d *catalogue.Definition) error {
			return applyQuestion(d, &id, typed, form.Value("at"), form.Value("after"))
		})
	}
	if err == nil && !moving && !partial(r) {
		web.Flash(r, "success", savedWords(saved))
		return web.Redirect(w, r, elementURL(r.PathValue("code"), "situations", id))
	}
	code := http.StatusOK
	if err != nil {
		if code, err = told(form, err); err != nil {
			return err
		}
	}
	p, err := m.question(r)
	if err != nil {
		return err
	}
	if code == http.StatusOK {
		p.Saved = savedWords(saved)
	}
	p.Form, p.Values = form, moved(typed, form.Value("at"), p.base())
	return web.RenderPart(w, r, code, questionView(p), questionPart(p))
}

// applyQuestion writes one question into a definition; id gets the new one's.
func applyQuestion(d *catalogue.Definition, id *string, typed url.Values, at, after string) error {
	i := slices.IndexFunc(d.Situations, func(q catalogue.Question) bool { return q.ID == *id })
	if i < 0 && *id != newID {
		return errs.ErrInvalid.Field("", "这个问题已被删除，请返回情形。")
	}
	q := catalogue.Question{}
	if i >= 0 {
		q = d.Situations[i]
	}
	var bad errs.Fields
	q.Text, q.Help = strings.TrimSpace(typed.Get(at+".text")), trimLines(typed.Get(at+".help"))
	q.Multiple = typed.Get(at+".multiple") == "true"
	if q.Text == "" {
		bad.Add(at+".text", "请填写问题。")
	}
	q.When = takeWhen(d, typed, q.When)
	tighten(typed, "options", optionRows)
	q.Options = takeOptions(d, typed, q.Options, &bad)
	if len(q.Options) == 0 {
		bad.Add("options", "请至少填写一个选项。")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if i >= 0 {
		d.Situations[i] = q
		return checkWhen(d, i, at)
	}
	q.ID = freeID("q", func(x string) bool {
		return slices.ContainsFunc(d.Situations, func(y catalogue.Question) bool { return y.ID == x })
	})
	i = len(d.Situations)
	if after != "" {
		i = 1 + slices.IndexFunc(d.Situations, func(x catalogue.Question) bool { return x.ID == after })
	}
	d.Situations = slices.Insert(d.Situations, i, q)
	if err := checkWhen(d, i, at); err != nil {
		return err
	}
	*id = q.ID
	return nil
}

// checkWhen refuses a condition that cannot be read; those of other questions
// are told by the checks.
func checkWhen(d *catalogue.Definition, i int, at string) error {
	_, err := catalogue.ChecklistOf(d, catalogue.Answers{})
	var e *errs.Error
	if !errors.As(err, &e) {
		return err
	}
	for _, f := range e.Fields {
		if f.Name == fmt.Sprintf("situations.%d.when", i) {
			return errs.ErrInvalid.Field("when.expression", f.Message)
		}
	}
	return nil
}

// takeWhen reads the condition. What says the same as before keeps its text.
func takeWhen(d *catalogue.Definition, v url.Values, before string) string {
	if typed := strings.TrimSpace(v.Get("when.expression")); typed != "" {
		return typed
	}
	var parts []asked
	for i := range count(v, "when") {
		at := rowName("when", i)
		part := asked{Question: v.Get(at + ".question")}
		for _, x := range v[at+".options"] {
			question, option, _ := strings.Cut(x, ":")
			if part.Question == "" {
				part.Question = question
			}
			if question == part.Question {
				part.Options = append(part.Options, option)
			}
		}
		if part.Question != "" && len(part.Options) > 0 {
			parts = append(parts, part)
		}
	}
	if old, ok := readWhen(before); ok && sameParts(old, parts) {
		return before
	}
	return writeWhen(d, parts)
}

func sameParts(a, b []asked) bool {
	return slices.EqualFunc(a, b, func(x, y asked) bool { return x.Question == y.Question && slices.Equal(x.Options, y.Options) })
}

// takeOptions reads the options. One that keeps its id keeps what the page
// does not show.
func takeOptions(d *catalogue.Definition, v url.Values, before []catalogue.Option, bad *errs.Fields) []catalogue.Option {
	var list []catalogue.Option
	for i := range filled(v, "options", optionRows) {
		at := rowName("options", i)
		o := catalogue.Option{ID: strings.TrimSpace(v.Get(at + ".id"))}
		if k := slices.IndexFunc(before, func(x catalogue.Option) bool { return x.ID == o.ID }); k >= 0 {
			o = before[k]
		}
		o.Label, o.Stop = strings.TrimSpace(v.Get(at+".label")), strings.TrimSpace(v.Get(at+".stop"))
		if o.Label == "" {
			bad.Add(at+".label", "请填写选项。")
		}
		if o.ID == "" {
			o.ID = freeID("o", func(x string) bool {
				return slices.ContainsFunc(append(slices.Clone(before), list...), func(y catalogue.Option) bool { return y.ID == x })
			})
			v.Set(at+".id", o.ID)
		}
		chosen := without(slices.Clone(v[at+".materials"]), "")
		if !sameSet(chosen, o.Materials) {
			o.Materials = chosen
		}
		if typed := trimLines(v.Get(at + ".defaults")); typed != defaultsText(o.Defaults) {
			o.Defaults = readDefaults(d, typed, at+".defaults", bad)
		}
		list = append(list, o)
	}
	return list
}

func sameSet(a, b []string) bool {
	x, y := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(x, y)
}

// readDefaults reads name=value lines: what an answer fills into the form. A
// value for a field that holds no text is written as JSON.
func readDefaults(d *catalogue.Definition, text, name string, bad *errs.Fields) map[string]any {
	if text == "" {
		return nil
	}
	fields, _ := catalogue.FormFields(d.Form) // a form that cannot be read is told by its own check
	defaults := map[string]any{}
	for _, line := range strings.Split(text, "\n") {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || key == "" {
			bad.Add(name, "填入表单的内容应一行一个，写成“字段=值”，现为“%s”。", line)
			continue
		}
		i := slices.IndexFunc(fields, func(f catalogue.FormField) bool { return f.Name == key })
		if i >= 0 && fields[i].Type != "string" {
			var v any
			if json.Unmarshal([]byte(value), &v) == nil {
				defaults[key] = v
				continue
			}
		}
		defaults[key] = value
	}
	return defaults
}
