package workflow

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"yimen/internal/kit/errs"
)

// Ways in which a Test looks at its variable.
const (
	Is      = "is"
	IsNot   = "is_not"
	Over    = "over"
	AtLeast = "at_least"
	Under   = "under"
	AtMost  = "at_most"
	Holds   = "holds" // a list with this value in it
	Lacks   = "lacks"
	Given   = "given" // there is a value, whichever
	Missing = "missing"
)

// Test is the part of a condition that is about one variable.
type Test struct {
	Name  string // area; answers.why for the answer to a question
	Op    string // Is … Missing
	Value any    // string, float64 or bool; nil for Given and Missing
}

// Rule is a condition as people put it together: tests all of which must hold
// or, with Any, at least one. It is the way an editor sees the expression of a
// branch; the expression is what runs.
type Rule struct {
	Any   bool
	Tests []Test
}

// ErrConditionUnread is told for a text that is no condition.
var ErrConditionUnread = errs.Define(errs.Invalid, "workflow_condition_unread", "条件表达式无法识别，请改正后再保存。")

// CheckCondition says whether a text is a condition that can run; "" is one.
// Error: ErrConditionUnread, which says where it went wrong.
func CheckCondition(when string) error {
	if strings.TrimSpace(when) == "" {
		return nil
	}
	if _, err := compileCondition(when); err != nil {
		return ErrConditionUnread.Say("条件表达式%s，请改正。", faultOf(err)).Because(err)
	}
	return nil
}

// faultOf says where a condition cannot be read.
func faultOf(err error) string {
	var e *file.Error
	if errors.As(err, &e) && e.Line == 1 {
		return fmt.Sprintf("在第%d个字符附近写错了", e.Column+1)
	}
	return "无法识别"
}

// ReadRule reads a condition. ok is false for one that says more than a Rule
// can: and with or mixed, arithmetic, functions. The empty condition is the
// Rule without tests.
func ReadRule(when string) (rule Rule, ok bool) {
	if strings.TrimSpace(when) == "" {
		return Rule{}, true
	}
	node, err := parse(when)
	if err != nil {
		return Rule{}, false
	}
	op, parts := joined(node)
	for _, part := range parts {
		t, ok := testOf(part)
		if !ok {
			return Rule{}, false
		}
		rule.Tests = append(rule.Tests, t)
	}
	rule.Any = op == "||"
	return rule, true
}

// String writes the rule as an expression that bears variables which are not
// there: a form may leave them empty.
func (r Rule) String() string {
	var parts []string
	for _, t := range r.Tests {
		parts = append(parts, t.String())
	}
	if r.Any {
		return strings.Join(parts, " || ")
	}
	return strings.Join(parts, " && ")
}

var signs = map[string]string{Is: "==", IsNot: "!=", Over: ">", AtLeast: ">=", Under: "<", AtMost: "<="}

func (t Test) String() string {
	name := strings.ReplaceAll(t.Name, ".", "?.")
	value, none := literal(t.Value)
	switch t.Op {
	case Given:
		return name + " != nil"
	case Missing:
		return name + " == nil"
	case Holds:
		return value + " in (" + name + " ?? [])"
	case Lacks:
		return value + " not in (" + name + " ?? [])"
	}
	return "(" + name + " ?? " + none + ") " + signs[t.Op] + " " + value
}

// literal writes a value, and the value that stands for none of its kind.
func literal(v any) (text, none string) {
	switch x := v.(type) {
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), "0"
	case bool:
		return strconv.FormatBool(x), "false"
	case string:
		return strconv.Quote(x), `""`
	}
	return "nil", "nil"
}

// Words reads a condition to people: say tells one test, and may join others
// with 并且 and 或者. ok is false where the condition says more than tests.
func Words(when string, say func(Test) string) (words string, ok bool) {
	node, err := parse(when)
	if err != nil {
		return "", false
	}
	return wordsOf(node, say)
}

func wordsOf(node ast.Node, say func(Test) string) (string, bool) {
	if t, ok := testOf(node); ok {
		return say(t), true
	}
	if inner, ok := negated(node); ok {
		words, ok := wordsOf(inner, say)
		return "不满足（" + words + "）", ok
	}
	op, parts := joined(node)
	if op == "" {
		return "", false
	}
	var all []string
	for _, part := range parts {
		words, ok := wordsOf(part, say)
		if !ok {
			return "", false
		}
		if inner, _ := joined(part); inner != "" {
			words = "（" + words + "）"
		}
		all = append(all, words)
	}
	return strings.Join(all, map[string]string{"&&": "，并且", "||": "，或者"}[op]), true
}

// NamesIn are the variables that a condition looks at, each once, those of an
// object with the member after a dot (answers.why). None for a text that is no
// condition.
func NamesIn(when string) []string {
	node, err := parse(when)
	if err != nil {
		return nil
	}
	var c nameCollector
	ast.Walk(&node, &c)
	slices.Sort(c.names)
	return slices.Compact(c.names)
}

// nameCollector hears of a member after it has heard of the object: the longer
// name then takes the place of the shorter.
type nameCollector struct{ names []string }

func (c *nameCollector) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		c.names = append(c.names, n.Value)
	case *ast.MemberNode:
		if name, ok := nameOf(n); ok {
			if i := slices.Index(c.names, strings.Split(name, ".")[0]); i >= 0 {
				c.names = slices.Delete(c.names, i, i+1)
			}
			c.names = append(c.names, name)
		}
	}
}

func parse(when string) (ast.Node, error) {
	tree, err := parser.Parse(when)
	if err != nil {
		return nil, err
	}
	return tree.Node, nil
}

// joined takes apart what && or || joins on one level; op is "" for anything
// else, which is its own only part.
func joined(node ast.Node) (op string, parts []ast.Node) {
	n, ok := node.(*ast.BinaryNode)
	if !ok || connective(n.Operator) == "" {
		return "", []ast.Node{node}
	}
	op = connective(n.Operator)
	for _, side := range []ast.Node{n.Left, n.Right} {
		inner, list := joined(side)
		if inner == op {
			parts = append(parts, list...)
		} else {
			parts = append(parts, side)
		}
	}
	return op, parts
}

func connective(op string) string {
	switch op {
	case "&&", "and":
		return "&&"
	case "||", "or":
		return "||"
	}
	return ""
}

func negated(node ast.Node) (ast.Node, bool) {
	if n, ok := node.(*ast.UnaryNode); ok && (n.Operator == "!" || n.Operator == "not") {
		return n.Node, true
	}
	return nil, false
}

var opposite = map[string]string{Is: IsNot, IsNot: Is, Holds: Lacks, Lacks: Holds, Given: Missing, Missing: Given}

// testOf reads one comparison: area > 300, (area ?? 0) > 300, 300 < area,
// "a" in kinds, "a" not in kinds, area == nil, urgent, not urgent.
func testOf(node ast.Node) (Test, bool) {
	if inner, ok := negated(node); ok {
		t, ok := testOf(inner)
		t.Op = opposite[t.Op]
		return t, ok && t.Op != ""
	}
	if name, ok := nameOf(unless(node)); ok {
		return Test{name, Is, true}, true
	}
	n, ok := node.(*ast.BinaryNode)
	if !ok {
		return Test{}, false
	}
	if n.Operator == "in" {
		value, isValue := valueOf(n.Left)
		name, isName := nameOf(unless(n.Right))
		return Test{name, Holds, value}, isValue && isName && value != nil
	}
	for op, sign := range signs {
		if sign != n.Operator {
			continue
		}
		if t, ok := comparison(n.Left, op, n.Right); ok {
			return t, true
		}
		return comparison(n.Right, turned(op), n.Left)
	}
	return Test{}, false
}

// turned is the comparison with its sides changed.
func turned(op string) string {
	if t, ok := map[string]string{Over: Under, Under: Over, AtLeast: AtMost, AtMost: AtLeast}[op]; ok {
		return t
	}
	return op
}

func comparison(left ast.Node, op string, right ast.Node) (Test, bool) {
	name, isName := nameOf(unless(left))
	value, isValue := valueOf(right)
	if !isName || !isValue {
		return Test{}, false
	}
	if value == nil {
		op = map[string]string{Is: Missing, IsNot: Given}[op]
	}
	_, number := value.(float64)
	if _, ordered := map[string]bool{Over: true, AtLeast: true, Under: true, AtMost: true}[op]; ordered && !number {
		return Test{}, false
	}
	return Test{name, op, value}, op != ""
}

// unless is what stands before ?? and the value for none.
func unless(node ast.Node) ast.Node {
	n, ok := node.(*ast.BinaryNode)
	if !ok || n.Operator != "??" {
		return node
	}
	switch v := n.Right.(type) {
	case *ast.StringNode:
		ok = v.Value == ""
	case *ast.IntegerNode:
		ok = v.Value == 0
	case *ast.BoolNode:
		ok = !v.Value
	case *ast.ArrayNode:
		ok = len(v.Nodes) == 0
	case *ast.NilNode:
	default:
		ok = false
	}
	if !ok { // another default says something of its own
		return node
	}
	return n.Left
}

// nameOf is the name of a variable, or of a member of one.
func nameOf(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.IdentifierNode:
		return n.Value, true
	case *ast.ChainNode:
		return nameOf(n.Node)
	case *ast.MemberNode:
		of, isName := n.Node.(*ast.IdentifierNode)
		member, isMember := n.Property.(*ast.StringNode)
		if isName && isMember {
			return of.Value + "." + member.Value, true
		}
	}
	return "", false
}

// valueOf reads a literal; nil stands for nil.
func valueOf(node ast.Node) (any, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode:
		return float64(n.Value), true
	case *ast.FloatNode:
		return n.Value, true
	case *ast.BoolNode:
		return n.Value, true
	case *ast.NilNode:
		return nil, true
	case *ast.UnaryNode:
		if v, ok := valueOf(n.Node); ok && n.Operator == "-" {
			x, number := v.(float64)
			return -x, number
		}
	}
	return nil, false
}
