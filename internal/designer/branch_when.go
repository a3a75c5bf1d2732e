package designer

import (
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// The inputs of a branch's condition, below branches.N: tests.count and
// tests.M.name, .op, .value; any, whether one test is enough; when, the
// expression of an expert, which counts before the tests.

// ruleOf is a condition as its inputs show it; ok is false for one that only
// its expression can say.
func ruleOf(list []variable, when string) (workflow.Rule, bool) {
	rule, ok := workflow.ReadRule(when)
	for i, t := range rule.Tests {
		v, known := findVariable(list, t.Name)
		t = plain(v, t)
		rule.Tests[i] = t
		if _, fits := v.value(typedValue(t.Value)); !known || !fits && t.Value != nil || labelOf(v.Kind.ways(), t.Op) == t.Op {
			return workflow.Rule{}, false
		}
	}
	return rule, ok
}

// fillBranches writes a block's branches into the values of its page.
func fillBranches(v url.Values, list []variable, branches []workflow.Branch) {
	v.Set("branches.count", strconv.Itoa(len(branches)))
	for i, b := range branches {
		at := rowName("branches", i)
		v.Set(at+".name", b.Name)
		v.Set(at+".was", strconv.Itoa(i+1))
		rule, ok := ruleOf(list, b.When)
		if !ok {
			v.Set(at+".when", b.When)
		}
		v.Set(at+".any", strconv.FormatBool(rule.Any))
		v.Set(at+".tests.count", strconv.Itoa(len(rule.Tests)))
		for k, t := range rule.Tests {
			in := rowName(at+".tests", k)
			v.Set(in+".name", t.Name)
			v.Set(in+".op", t.Op)
			v.Set(in+".value", typedValue(t.Value))
		}
	}
}

// takeBranches reads the names and conditions of a block's branches. A branch
// brings the nodes it had along, wherever it was moved. While somebody is
// still filling in (midway), a condition that is not whole stays as it was.
func takeBranches(d *catalogue.Definition, n *workflow.Node, v url.Values, midway bool, bad *errs.Fields) {
	vars := variablesOf(d)
	tighten(v, "branches", branchRows)
	var list []workflow.Branch
	for i := range count(v, "branches") {
		at := rowName("branches", i)
		b := workflow.Branch{}
		if was := atoi(v.Get(at + ".was")); was > 0 && was <= len(n.Branches) {
			b = n.Branches[was-1]
		}
		b.Name = strings.TrimSpace(v.Get(at + ".name"))
		b.When = takeBranchWhen(vars, v, at, b.When, midway, bad)
		if b.Name == "" && b.When == "" && len(b.Nodes) == 0 {
			continue
		}
		list = append(list, b)
		v.Set(at+".was", strconv.Itoa(len(list)))
	}
	n.Branches = list
}

// takeBranchWhen reads one condition. One that says the same as before keeps its
// wording.
func takeBranchWhen(vars []variable, v url.Values, at, before string, midway bool, bad *errs.Fields) string {
	if typed := strings.TrimSpace(v.Get(at + ".when")); typed != "" {
		if err := workflow.CheckCondition(typed); err != nil && typed != before {
			bad.Add(at+".when", "%s", errs.From(err).Message)
			return before
		}
		return typed
	}
	rule := workflow.Rule{Any: v.Get(at+".any") == "true"}
	for k := range count(v, at+".tests") {
		t, problem := takeTest(vars, v, rowName(at+".tests", k))
		if problem == "" {
			rule.Tests = append(rule.Tests, t)
			continue
		}
		if !midway {
			bad.Add(rowName(at+".tests", k)+".value", "%s", problem)
		}
		return before
	}
	if was, ok := ruleOf(vars, before); ok && same(was, rule) {
		return before
	}
	return rule.String()
}

func same(a, b workflow.Rule) bool {
	return reflect.DeepEqual(a.Tests, b.Tests) && (a.Any == b.Any || len(a.Tests) < 2)
}

// takeTest reads one comparison, and what is missing from it.
func takeTest(vars []variable, v url.Values, at string) (t workflow.Test, problem string) {
	x, ok := findVariable(vars, v.Get(at+".name"))
	if !ok {
		return t, "请选择看哪一项，或删除这个条件。"
	}
	t = workflow.Test{Name: x.Name, Op: wayOf(x, v.Get(at+".op"))}
	if t.Op == workflow.Given || t.Op == workflow.Missing {
		return t, ""
	}
	if t.Value, ok = x.value(v.Get(at + ".value")); !ok {
		switch {
		case len(x.Options) > 0:
			return t, "请选择“" + shorten(x.Title, 24) + "”的内容。"
		case x.Kind == amount:
			return t, "“" + shorten(x.Title, 24) + "”应与一个数字比较，请填写数字。"
		}
		return t, "请填写“" + shorten(x.Title, 24) + "”与什么比较。"
	}
	return t, ""
}

// wayOf is the comparison chosen, or the usual one where it does not suit what
// is compared.
func wayOf(x variable, op string) string {
	ways := x.Kind.ways()
	for _, w := range ways {
		if w.Value == op {
			return op
		}
	}
	return ways[0].Value
}

// isRest says that a branch takes what is left and has no condition.
func (p *nodePage) isRest(i int) bool {
	return p.Node.Kind == workflow.Choice && i == count(p.Values, "branches")-1
}

// whenStored tells when a branch is taken as the draft has it; "" for a branch
// that is not stored yet.
func (p *nodePage) whenStored(at string) string {
	n, ok := findNode(p.Now.Process.Nodes, p.ID)
	k := atoi(p.Values.Get(at+".was")) - 1
	if !ok || k < 0 || k >= len(n.Branches) {
		return ""
	}
	return whenTaken(n, k, whenTeller(p.Now))
}

// unfinished says that a comparison lacks something.
func (p *nodePage) unfinished(in string) bool {
	_, problem := takeTest(p.Vars, p.Values, in)
	return problem != ""
}

// example is the expression of what is chosen, to go on from.
func (p *nodePage) example(at string) string {
	rule := workflow.Rule{Any: p.Values.Get(at+".any") == "true"}
	for k := range count(p.Values, at+".tests") {
		if t, problem := takeTest(p.Vars, p.Values, rowName(at+".tests", k)); problem == "" {
			rule.Tests = append(rule.Tests, t)
		}
	}
	if len(rule.Tests) == 0 {
		return "(area ?? 0) > 300"
	}
	return rule.String()
}

func (p *nodePage) varOptions() []ui.Option {
	var list []ui.Option
	for _, v := range p.Vars {
		title := shorten(v.Title, 30)
		if v.Kind == answered {
			title = "问题：" + title
		}
		list = append(list, ui.Option{Value: v.Name, Label: title})
	}
	return list
}

// valueField is the input for what a variable is compared with.
func (p *nodePage) valueField(v variable, in string) ui.FieldOpts {
	o := ui.FieldOpts{Name: in + ".value", Label: "内容", Value: p.Values.Get(in + ".value"), Error: p.Form.ErrorOf(in + ".value"), MaxLength: 100, Suffix: v.Unit}
	switch {
	case len(v.Options) > 0:
		o.Type, o.Options, o.Empty, o.Suffix = "select", v.Options, "请选择", ""
	case v.Kind == amount:
		o.InputMode, o.Help = "decimal", "没有填的按0算。"
	}
	return o
}
