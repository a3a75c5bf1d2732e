package workflow

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"yimen/internal/kit/errs"
)

func step(id string) Node {
	return Node{ID: id, Kind: Step, Name: "环节" + id, Agency: "competent", Role: RoleReview, Limit: 5}
}

func decide(id string) Node {
	n := step(id)
	n.Role, n.Decision = RoleDecide, true
	return n
}

func with(n Node, change func(*Node)) Node { change(&n); return n }

func branch(when string, nodes ...Node) Branch { return Branch{Name: "支", When: when, Nodes: nodes} }

func parallel(id string, b ...Branch) Node {
	return Node{ID: id, Kind: Parallel, Name: "并行", Branches: b}
}
func choice(id string, b ...Branch) Node {
	return Node{ID: id, Kind: Choice, Name: "选择", Branches: b}
}

func def(nodes ...Node) Definition { return Definition{Name: "流程", Nodes: nodes} }

func TestValidate(t *testing.T) {
	good := map[string]Definition{
		"one decision":       def(decide("d")),
		"no name":            {Nodes: []Node{decide("d")}},
		"after the decision": def(step("a"), decide("d"), step("z")),
		"parallel":           def(parallel("p", branch("", step("a")), branch("area > 300", step("b"))), decide("d")),
		"decision in choice": def(choice("c", branch("kind == 'big'", decide("d1")), branch("", decide("d2")))),
		"empty else":         def(choice("c", branch("有房产", step("a")), branch("")), decide("d")),
		"countersign":        def(with(step("a"), func(n *Node) { n.Sign, n.Signers = SignAll, []string{"dept:D07", "county"} }), decide("d")),
		"escalate":           def(with(step("a"), func(n *Node) { n.OnTimeout = TimeoutEscalate }), decide("d")),
	}
	for name, d := range good {
		if err := d.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := []struct {
		name, field string
		d           Definition
	}{
		{"no nodes", "nodes", def()},
		{"no decision", "nodes", def(step("a"))},
		{"two decisions", "nodes", def(decide("a"), decide("b"))},
		{"decision in parallel", "nodes[0].branches[0].nodes[0].decision", def(parallel("p", branch("", decide("d")), branch("", step("b"))))},
		{"decision in one choice only", "nodes[0].branches[1].nodes", def(choice("c", branch("x", decide("d")), branch("", step("b"))))},
		{"same id", "nodes[1].id", def(step("a"), decide("a"))},
		{"bad id", "nodes[0].id", def(decide("甲"))},
		{"unknown kind", "nodes[0].kind", def(Node{ID: "a", Kind: "loop", Name: "x"}, decide("d"))},
		{"unknown role", "nodes[0].role", def(with(step("a"), func(n *Node) { n.Role = "boss" }), decide("d"))},
		{"unknown agency", "nodes[0].agency", def(with(step("a"), func(n *Node) { n.Agency = "D07" }), decide("d"))},
		{"unknown signer", "nodes[0].signers[1]", def(with(step("a"), func(n *Node) { n.Sign, n.Signers = SignAll, []string{"county", "x"} }), decide("d"))},
		{"one signer", "nodes[0].signers", def(with(step("a"), func(n *Node) { n.Sign, n.Signers = SignAny, []string{"county"} }), decide("d"))},
		{"signers but one signs", "nodes[0].signers", def(with(step("a"), func(n *Node) { n.Signers = []string{"county", "city"} }), decide("d"))},
		{"limit", "nodes[0].limit", def(with(step("a"), func(n *Node) { n.Limit = 400 }), decide("d"))},
		{"escalate without limit", "nodes[0].on_timeout", def(with(step("a"), func(n *Node) { n.Limit, n.OnTimeout = 0, TimeoutEscalate }), decide("d"))},
		{"condition", "nodes[0].branches[0].when", def(choice("c", branch("area >", step("a")), branch("")), decide("d"))},
		{"no else", "nodes[0].branches[1].when", def(choice("c", branch("a", step("a")), branch("b", step("b"))), decide("d"))},
		{"else first", "nodes[0].branches[0].when", def(choice("c", branch("", step("a")), branch("", step("b"))), decide("d"))},
		{"one branch", "nodes[0].branches", def(parallel("p", branch("", step("a"))), decide("d"))},
		{"empty branch", "nodes[0].branches[1].nodes", def(parallel("p", branch("", step("a")), branch("")), decide("d"))},
		{"step with branches", "nodes[0].branches", def(with(step("a"), func(n *Node) { n.Branches = []Branch{branch("")} }), decide("d"))},
		{"block with a role", "nodes[0]", def(with(parallel("p", branch("", step("a")), branch("", step("b"))), func(n *Node) { n.Role = RoleSign }), decide("d"))},
	}
	for _, c := range bad {
		err := c.d.Validate()
		if !errors.Is(err, ErrDefinition) {
			t.Errorf("%s: got %v, want ErrDefinition", c.name, err)
			continue
		}
		if fields := errs.From(err).Fields; !hasField(fields, c.field) {
			t.Errorf("%s: no message on %s in %v", c.name, c.field, fields)
		}
	}
}

func TestValidateBounds(t *testing.T) {
	deep := []Node{step("x")}
	for i := range MaxDepth {
		deep = []Node{choice("c"+strings.Repeat("c", i), branch("a", deep...), branch(""))}
	}
	if err := def(append(deep, decide("d"))...).Validate(); !errors.Is(err, ErrDefinition) {
		t.Errorf("too deep: %v", err)
	}
	var many []Node
	for i := range MaxSteps {
		many = append(many, step("s"+strings.Repeat("s", i%30)+string(rune('a'+i/30))))
	}
	if err := def(append(many, decide("d"))...).Validate(); !errors.Is(err, ErrDefinition) {
		t.Errorf("too many: %v", err)
	}
}

func TestDefinitionJSON(t *testing.T) {
	raw := `{"name":"食品经营许可","nodes":[{"id":"a","kind":"step","name":"审查","agency":"competent","role":"review","limit":3},
	{"id":"b","kind":"step","name":"核查","agency":"county","role":"survey"},
	{"id":"d","kind":"step","name":"决定","agency":"competent","role":"decide","decision":true,"on_timeout":"escalate","limit":1}]}`
	var d Definition
	if err := json.Unmarshal([]byte(raw), &d); err != nil {
		t.Fatal(err)
	}
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	if got := d.Steps(); len(got) != 3 || got[1].signing() != SignAll || len(got[1].seats()) != 2 {
		t.Errorf("steps %+v", got)
	}
}

func hasField(fields []errs.Field, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}
