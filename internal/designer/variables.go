package designer

import (
	"slices"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// varKind is what values a variable has, and with that how it is compared.
type varKind int

const (
	wording  varKind = iota // a text
	oneOf                   // one of Options
	someOf                  // a list of Options
	answered                // the answers to a question, a list of Options
	amount                  // a number
	yesNo
)

// variable is something in an application that a branch of the process can
// depend on.
type variable struct {
	Name    string // as workflow.Test names it
	Title   string
	Kind    varKind
	Options []ui.Option
	Unit    string
}

// variablesOf are the form's fields, the questions, and what else every
// application has, in that order. Tables and what lies deep in the form can
// only be reached by an expression.
func variablesOf(d *catalogue.Definition) []variable {
	fields, err := catalogue.FormFields(d.Form)
	if err != nil {
		return nil // the form's own page says so
	}
	var list []variable
	for _, f := range fields {
		if f.Widget != "table" && f.Widget != "file" && strings.Count(f.Name, ".") < 2 {
			list = append(list, variableOf(f))
		}
	}
	for _, q := range d.Situations {
		list = append(list, variable{Name: catalogue.VarAnswers + "." + q.ID, Title: q.Text, Kind: answered, Options: answersOf(q)})
	}
	if len(d.Audience) > 1 {
		list = append(list, variable{Name: catalogue.VarApplicant, Title: "申请人类型", Kind: oneOf, Options: audiences})
	}
	if len(d.Channels) > 1 {
		offered := slices.DeleteFunc(slices.Clone(channels), func(o ui.Option) bool { return !d.HasChannel(o.Value) })
		list = append(list, variable{Name: catalogue.VarChannel, Title: "申请渠道", Kind: oneOf, Options: offered})
	}
	return list
}

func variableOf(f catalogue.FormField) variable {
	v := variable{Name: f.Name, Title: f.Title, Unit: f.Unit}
	for _, o := range f.Options {
		v.Options = append(v.Options, ui.Option{Value: o.Value, Label: o.Label})
	}
	switch {
	case f.Type == "boolean":
		v.Kind, v.Options = yesNo, choices("true", "是", "false", "否")
	case f.Multiple || f.Type == "array":
		v.Kind = someOf
	case f.Type == "number" || f.Type == "integer":
		v.Kind = amount
	case len(f.Options) > 0:
		v.Kind = oneOf
	}
	return v
}

func findVariable(list []variable, name string) (variable, bool) {
	i := slices.IndexFunc(list, func(v variable) bool { return v.Name == name })
	if i < 0 {
		return variable{Name: name, Title: name}, false
	}
	return list[i], true
}

// ways are the comparisons that make sense for a kind, the usual one first.
func (k varKind) ways() []ui.Option {
	list := choices(workflow.Is, "是", workflow.IsNot, "不是")
	switch k {
	case yesNo:
		return list[:1]
	case answered:
		return choices(workflow.Holds, "答了", workflow.Lacks, "没有答")
	case someOf:
		list = choices(workflow.Holds, "包含", workflow.Lacks, "不包含")
	case amount:
		list = choices(workflow.Over, "大于", workflow.AtLeast, "不小于", workflow.Under, "小于", workflow.AtMost, "不大于", workflow.Is, "等于", workflow.IsNot, "不等于")
	}
	return append(list, choices(workflow.Given, "填了", workflow.Missing, "没有填")...)
}

// value reads a typed value; ok is false for none, and for one that the
// variable cannot have.
func (v variable) value(typed string) (value any, ok bool) {
	typed = strings.TrimSpace(typed)
	known := slices.ContainsFunc(v.Options, func(o ui.Option) bool { return o.Value == typed })
	switch {
	case typed == "" || len(v.Options) > 0 && !known:
		return nil, false
	case v.Kind == yesNo:
		return typed == "true", true
	case v.Kind == amount:
		n, err := strconv.ParseFloat(typed, 64)
		return n, err == nil
	}
	return typed, true
}

// typedValue is the value as its input holds it.
func typedValue(value any) string {
	switch x := value.(type) {
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(x)
	case string:
		return x
	}
	return ""
}

// words tells a test of the variable: “困难类型”是“急难型”.
func (v variable) words(t workflow.Test) string {
	title := "“" + shorten(v.Title, 24) + "”"
	value := labelOf(v.Options, typedValue(t.Value))
	if _, number := t.Value.(float64); number {
		value += v.Unit
	} else {
		value = "“" + value + "”"
	}
	switch t.Op {
	case workflow.Given:
		return "填了" + title
	case workflow.Missing:
		return "没有填" + title
	}
	return title + labelOf(v.Kind.ways(), t.Op) + value
}

// whenTeller tells the conditions of an item's process in words.
func whenTeller(d *catalogue.Definition) func(when string) string {
	list := variablesOf(d)
	return func(when string) string {
		words, ok := workflow.Words(when, func(t workflow.Test) string {
			v, _ := findVariable(list, t.Name)
			return v.words(plain(v, t))
		})
		if !ok {
			return "满足条件“" + when + "”时"
		}
		return words + "时"
	}
}

// plain says of yes and no what holds, not what does not.
func plain(v variable, t workflow.Test) workflow.Test {
	if yes, ok := t.Value.(bool); ok && v.Kind == yesNo && t.Op == workflow.IsNot {
		t.Op, t.Value = workflow.Is, !yes
	}
	return t
}
