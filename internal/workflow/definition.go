package workflow

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"yimen/internal/kit/errs"
)

// Kinds of node.
const (
	Step     = "step"     // somebody has something to do
	Parallel = "parallel" // all branches whose condition holds, side by side
	Choice   = "choice"   // the first branch whose condition holds
)

// How many of a step's signers must agree (会签方式).
const (
	SignOne = "one" // one task, one signature; the default
	SignAll = "all" // a task for each signer, all must sign
	SignAny = "any" // a task for each signer, the first signature is enough
)

// What happens to a step that is overdue.
const (
	TimeoutRemind   = ""         // whoever holds the task is reminded
	TimeoutEscalate = "escalate" // the task goes to those who decide in its agency
)

// Bounds of a definition: what a person can still oversee in one picture.
const (
	MaxSteps = 100
	MaxDepth = 6
	MaxLimit = 366 // working days
)

// Definition is how a kind of case is handled (办理流程): a sequence of steps,
// with blocks of branches between them. Because blocks nest and never cross, a
// case cannot get stuck, whatever its branches do.
//
// Every path from the first node to the last passes exactly one decision step,
// and none lies inside a parallel block. Steps after the decision are done
// only when it was granted.
type Definition struct {
	Name  string `json:"name"` // "" where the item's name says it
	Nodes []Node `json:"nodes"`
}

// Node is a step or a block of branches. IDs are unique in a definition.
type Node struct {
	ID   string `json:"id"`
	Kind string `json:"kind"` // Step, Parallel, Choice
	Name string `json:"name"`

	// Of a step only:

	// Agency says whose step it is: competent, receiving, town, village,
	// county, city (keys of Start.Places), dept:D07 (that department at the
	// deciding level), or agency:CODE.
	Agency string `json:"agency,omitempty"`
	Role   string `json:"role,omitempty"`  // one of Roles: who in the agency
	Limit  int    `json:"limit,omitempty"` // working days; 0: none
	Sign   string `json:"sign,omitempty"`  // SignOne, SignAll, SignAny; "" is SignOne, for a survey SignAll
	// Signers are the agencies that sign, written as Agency is; an agency named
	// twice signs by two different people. Without signers a step signed by
	// all takes two people of Agency.
	Signers   []string        `json:"signers,omitempty"`
	Decision  bool            `json:"decision,omitempty"`   // its act grants or denies
	MayRefuse bool            `json:"may_refuse,omitempty"` // a refusal here is final; else the decision step confirms it
	OnTimeout string          `json:"on_timeout,omitempty"` // TimeoutRemind, TimeoutEscalate
	Form      json.RawMessage `json:"form,omitempty"`       // JSON Schema of what the step records, for the office

	// Of a parallel or a choice only:

	Branches []Branch `json:"branches,omitempty"`
}

// Branch is one way through a block. When is an expression over Start.Vars
// (area > 300 && kind == "restaurant"). In a choice exactly the last branch has
// an empty When: it is the way when nothing else holds, and may have no nodes.
// In a parallel an empty When always holds; if no branch holds, all are taken:
// no examination is lost by a condition that nobody foresaw.
type Branch struct {
	Name  string `json:"name"`
	When  string `json:"when,omitempty"`
	Nodes []Node `json:"nodes"`
}

// ErrDefinition is told for a definition that cannot be run; its fields name
// the nodes (nodes[2].branches[0].nodes[1].role).
var ErrDefinition = errs.Define(errs.Invalid, "workflow_definition_invalid", "办理流程设置有误，请按提示逐项修改后再保存。")

// Validate checks everything that can be known before a case runs. The error
// is ErrDefinition with one message for each fault.
func (d Definition) Validate() error {
	c := checker{ids: map[string]bool{}}
	decisions := c.sequence("nodes", d.Nodes, 1, false)
	switch {
	case len(d.Nodes) == 0:
		c.faults.Add("nodes", "流程至少要有一个环节。")
	case decisions != 1 && c.faults.Empty():
		c.faults.Add("nodes", "每条路径必须恰好经过一个审批决定环节，现在是%d个。", decisions)
	}
	if c.steps > MaxSteps {
		c.faults.Add("nodes", "流程最多%d个环节，现在有%d个，请拆分流程。", MaxSteps, c.steps)
	}
	if c.faults.Empty() {
		return nil
	}
	e := *ErrDefinition
	e.Fields = c.faults.List()
	return &e
}

// Steps lists the steps in reading order, whatever their branches.
func (d Definition) Steps() []Node { return stepsOf(d.Nodes, nil) }

func stepsOf(nodes, into []Node) []Node {
	for _, n := range nodes {
		if n.Kind == Step {
			into = append(into, n)
		}
		for _, b := range n.Branches {
			into = stepsOf(b.Nodes, into)
		}
	}
	return into
}

// signing is how the step is signed, defaults filled in.
func (n Node) signing() string {
	switch {
	case n.Sign != "":
		return n.Sign
	case n.Role == RoleSurvey:
		return SignAll
	}
	return SignOne
}

// seats are the agencies that get a task each.
func (n Node) seats() []string {
	switch {
	case n.signing() == SignOne:
		return []string{n.Agency}
	case len(n.Signers) > 0:
		return n.Signers
	}
	return []string{n.Agency, n.Agency}
}

type checker struct {
	faults errs.Fields
	ids    map[string]bool
	steps  int
}

// sequence checks nodes and gives how many decisions lie on a path through
// them.
func (c *checker) sequence(at string, nodes []Node, depth int, parallel bool) int {
	if depth > MaxDepth {
		c.faults.Add(at, "分支最多嵌套%d层，请简化流程。", MaxDepth)
		return 0
	}
	decisions := 0
	for i, n := range nodes {
		decisions += c.node(fmt.Sprintf("%s[%d]", at, i), n, depth, parallel)
	}
	return decisions
}

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

func (c *checker) node(at string, n Node, depth int, parallel bool) int {
	if !idPattern.MatchString(n.ID) {
		c.faults.Add(at+".id", "环节标识须以小写字母开头，只含小写字母、数字、“-”和“_”，最长40个字符。")
	} else if c.ids[n.ID] {
		c.faults.Add(at+".id", "环节标识“%s”重复，请换一个。", n.ID)
	}
	c.ids[n.ID] = true
	if strings.TrimSpace(n.Name) == "" {
		c.faults.Add(at+".name", "请填写环节名称。")
	}
	switch n.Kind {
	case Step:
		return c.step(at, n, parallel)
	case Parallel:
		return c.parallel(at, n, depth)
	case Choice:
		return c.choice(at, n, depth, parallel)
	}
	c.faults.Add(at+".kind", "环节类型只能是step（环节）、parallel（并行）或choice（选择）。")
	return 0
}

func (c *checker) step(at string, n Node, parallel bool) int {
	c.steps++
	c.agency(at+".agency", n.Agency)
	if !isRole(n.Role) {
		c.faults.Add(at+".role", "办理角色只能是：%s。", rolesSentence())
	}
	if n.Limit < 0 || n.Limit > MaxLimit {
		c.faults.Add(at+".limit", "环节时限须在0至%d个工作日之间。", MaxLimit)
	}
	if n.OnTimeout != TimeoutRemind && n.OnTimeout != TimeoutEscalate {
		c.faults.Add(at+".on_timeout", "超时处理只能留空（提醒）或填escalate（上报）。")
	}
	if n.OnTimeout == TimeoutEscalate && n.Limit == 0 {
		c.faults.Add(at+".on_timeout", "没有时限的环节不会超时，请填写时限或去掉超时上报。")
	}
	if len(n.Branches) > 0 {
		c.faults.Add(at+".branches", "普通环节不能有分支，请改为并行或选择。")
	}
	if len(n.Form) > 0 && !json.Valid(n.Form) {
		c.faults.Add(at+".form", "环节表单不是有效的JSON。")
	}
	c.signers(at, n)
	if !n.Decision {
		return 0
	}
	if parallel {
		c.faults.Add(at+".decision", "审批决定环节不能放在并行分支里，请移到并行之后。")
	}
	return 1
}

func (c *checker) signers(at string, n Node) {
	switch n.Sign {
	case "", SignOne, SignAll, SignAny:
	default:
		c.faults.Add(at+".sign", "会签方式只能是one（一人）、all（全部）或any（任一）。")
	}
	if n.signing() == SignOne && len(n.Signers) > 0 {
		c.faults.Add(at+".signers", "填写了会签单位的环节，会签方式须为all（全部）或any（任一）。")
	}
	if len(n.Signers) == 1 {
		c.faults.Add(at+".signers", "会签至少要有两个单位（可以是同一单位的两个人，写两次）。")
	}
	for i, s := range n.Signers {
		c.agency(fmt.Sprintf("%s.signers[%d]", at, i), s)
	}
}

func (c *checker) parallel(at string, n Node, depth int) int {
	c.blockOnly(at, n)
	if len(n.Branches) < 2 {
		c.faults.Add(at+".branches", "并行至少要有两个分支。")
	}
	for i, b := range n.Branches {
		in := fmt.Sprintf("%s.branches[%d]", at, i)
		if len(b.Nodes) == 0 {
			c.faults.Add(in+".nodes", "并行分支至少要有一个环节。")
		}
		c.condition(in, b.When)
		c.sequence(in+".nodes", b.Nodes, depth+1, true)
	}
	return 0
}

func (c *checker) choice(at string, n Node, depth int, parallel bool) int {
	c.blockOnly(at, n)
	if len(n.Branches) < 2 {
		c.faults.Add(at+".branches", "选择至少要有两个分支，其中最后一个不填条件。")
		return 0
	}
	decisions := -1
	for i, b := range n.Branches {
		in := fmt.Sprintf("%s.branches[%d]", at, i)
		last := i == len(n.Branches)-1
		if last != (strings.TrimSpace(b.When) == "") {
			c.faults.Add(in+".when", "选择的最后一个分支不填条件（其余情形都走这里），其他分支都要填条件。")
		}
		if !last && len(b.Nodes) == 0 {
			c.faults.Add(in+".nodes", "有条件的分支至少要有一个环节。")
		}
		c.condition(in, b.When)
		k := c.sequence(in+".nodes", b.Nodes, depth+1, parallel)
		if decisions >= 0 && k != decisions {
			c.faults.Add(in+".nodes", "同一选择的各分支要么都含审批决定环节，要么都不含。")
		}
		decisions = k
	}
	return decisions
}

func (c *checker) blockOnly(at string, n Node) {
	if n.Agency != "" || n.Role != "" || n.Decision || n.Limit != 0 || len(n.Signers) > 0 {
		c.faults.Add(at, "并行和选择本身不办理，办理单位、角色、时限请填在分支的环节上。")
	}
}

func (c *checker) condition(at, when string) {
	if strings.TrimSpace(when) == "" {
		return
	}
	if _, err := compileCondition(when); err != nil {
		c.faults.Add(at+".when", "条件表达式%s，请改正。", faultOf(err))
	}
}

var agencyPattern = regexp.MustCompile(`^(competent|receiving|town|village|county|city|dept:D\d{2}|agency:[0-9A-Za-z-]{1,40})$`)

func (c *checker) agency(at, ref string) {
	if !agencyPattern.MatchString(ref) {
		c.faults.Add(at, "办理单位须为competent、receiving、town、village、county、city、dept:D07或agency:机构代码之一。")
	}
}
