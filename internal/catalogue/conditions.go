package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"yimen/internal/workflow"
)

// What a condition of the process may look at beside the fields of the form.
const (
	VarAnswers   = "answers"        // answers.why: the options chosen for a question
	VarForm      = "form"           // the form as a whole
	VarChannel   = "channel"        // how the application came in
	VarApplicant = "applicant_type" // person or enterprise
)

// conditions finds branches that look at something no application has: they
// would never be taken, and nobody would notice.
func (c *checker) conditions(at string, nodes []workflow.Node) {
	fields, err := FormFields(c.def.Form)
	if err != nil {
		return // rule 13 tells
	}
	for i, n := range nodes {
		for k, b := range n.Branches {
			in := fmt.Sprintf("%s[%d].branches[%d]", at, i, k)
			for _, name := range workflow.NamesIn(b.When) {
				if !c.hasVar(fields, name) {
					c.block(RuleProcess, in+".when", "办理流程：“%s”的条件用到“%s”，申请里没有这一项，请改条件或在表单中添加。", n.Name, name)
				}
			}
			c.conditions(in+".nodes", b.Nodes)
		}
	}
}

func (c *checker) hasVar(fields []FormField, name string) bool {
	first, member, _ := strings.Cut(name, ".")
	switch first {
	case VarChannel, VarApplicant:
		return member == ""
	case VarAnswers:
		return member == "" || slices.ContainsFunc(c.def.Situations, func(q Question) bool { return q.ID == member })
	case VarForm:
		if first = member; member == "" {
			return true
		}
	}
	return slices.ContainsFunc(fields, func(f FormField) bool { return f.Name == first || strings.HasPrefix(f.Name, first+".") })
}
