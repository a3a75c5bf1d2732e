package workflow

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// board plays instances without a database: it holds the open tasks and
// carries out what the interpreter says.
type board struct {
	plan     *plan
	tasks    []token
	round    int
	serial   int
	outcome  string
	finished int
}

func newBoard(t testing.TB, d Definition, vars map[string]any) *board {
	t.Helper()
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	c, way := conditions{}, taken{}
	if err := compileAll(d.Nodes, c); err != nil {
		t.Fatal(err)
	}
	if err := c.decide(d.Nodes, vars, way); err != nil {
		t.Fatal(err)
	}
	b := &board{plan: newPlan(d, way), round: 1}
	b.open(b.plan.first())
	return b
}

func (b *board) open(steps []*Node) {
	for _, n := range steps {
		for seat := range n.seats() {
			b.serial++
			b.tasks = append(b.tasks, token{id: fmt.Sprint(b.serial), node: n.ID, seat: seat, round: b.round})
		}
	}
}

func (b *board) apply(t token, c change) {
	b.tasks = slices.DeleteFunc(b.tasks, func(o token) bool { return o.id == t.id || slices.Contains(c.close, o.id) })
	for i := range b.tasks {
		if slices.Contains(c.wake, b.tasks[i].id) {
			b.tasks[i].wait = false
		}
	}
	if c.newRound {
		b.round++
	}
	if c.undecide {
		b.outcome = ""
	} else if c.outcome != "" {
		b.outcome = c.outcome
	}
	b.open(c.open)
	if c.ended {
		b.finished++
	}
}

// do plays "approve a", "refuse a", "deny d", "return c a", "before a",
// "after a" on the first open task of the node.
func (b *board) do(t testing.TB, line string) {
	t.Helper()
	w := strings.Fields(line)
	i := slices.IndexFunc(b.tasks, func(o token) bool { return o.node == w[1] && !o.wait })
	if i < 0 {
		t.Fatalf("%s: no open task there, only %s", line, b)
	}
	k, ok, c := b.tasks[i], true, change{}
	switch w[0] {
	case "approve":
		c = b.plan.approve(b.tasks, k, Granted)
	case "deny":
		c = b.plan.approve(b.tasks, k, Denied)
	case "refuse":
		c, ok = b.plan.refuse(b.tasks, k)
	case "return":
		c, ok = b.plan.sendBack(b.tasks, k, w[2])
	default:
		b.add(k, w[0])
		return
	}
	if !ok {
		t.Fatalf("%s: not allowed", line)
	}
	b.apply(k, c)
}

func (b *board) add(host token, position string) {
	b.serial++
	b.tasks = append(b.tasks, token{
		id: fmt.Sprint(b.serial), node: host.node, seat: host.seat, round: host.round,
		added: position, host: host.id, wait: position == After,
	})
	if position == Before {
		i := slices.IndexFunc(b.tasks, func(o token) bool { return o.id == host.id })
		b.tasks[i].wait = true
	}
}

// String shows the open tasks as "a b(wait)", or the outcome.
func (b *board) String() string {
	var parts []string
	for _, k := range b.tasks {
		s := k.node
		if k.added != "" {
			s += "+"
		}
		if k.wait {
			s += "~"
		}
		parts = append(parts, s)
	}
	slices.Sort(parts)
	if b.finished > 0 {
		parts = append(parts, fmt.Sprintf("%s×%d", b.outcome, b.finished))
	}
	return strings.Join(parts, " ")
}

func TestInterpreter(t *testing.T) {
	line := def(step("a"), step("b"), step("c"), decide("d"))
	forked := def(step("a"), parallel("p", branch("", step("b"), step("c")), branch("", step("e")), branch("extra", step("f"))), decide("d"), step("z"))
	all := def(with(step("a"), func(n *Node) { n.Sign, n.Signers = SignAll, []string{"county", "city", "town"} }), decide("d"))
	either := def(with(step("a"), func(n *Node) { n.Sign, n.Signers = SignAny, []string{"county", "city"} }), decide("d"))
	final := def(with(step("a"), func(n *Node) { n.MayRefuse = true }), decide("d"))
	nested := def(step("a"), parallel("p",
		branch("", parallel("q", branch("", step("b")), branch("", step("c"))), step("e")),
		branch("", step("f"))), decide("d"))
	chosen := def(choice("k", branch("kind == 'big'", step("a")), branch("kind == 'mid'", step("b")), branch("")), decide("d"))
	cases := []struct {
		name string
		d    Definition
		vars map[string]any
		acts string // separated by ;
		want string
	}{
		{"starts at the first", line, nil, "", "a"},
		{"goes on", line, nil, "approve a;approve b", "c"},
		{"granted", line, nil, "approve a;approve b;approve c;approve d", "granted×1"},
		{"denied", line, nil, "approve a;approve b;approve c;deny d", "denied×1"},
		{"refused at the decision", line, nil, "approve a;approve b;approve c;refuse d", "denied×1"},
		{"refusal goes to the decision", line, nil, "refuse a", "d"},
		{"refusal overruled", line, nil, "refuse a;approve d", "granted×1"},
		{"final refusal", final, nil, "refuse a", "denied×1"},
		{"returned", line, nil, "approve a;approve b;return c a", "a"},
		{"returned and again", line, nil, "approve a;return b a;approve a;approve b", "c"},
		{"forks", forked, nil, "approve a", "b e"},
		{"forks with a condition", forked, map[string]any{"extra": true}, "approve a", "b e f"},
		{"waits for the branches", forked, nil, "approve a;approve b;approve c", "e"},
		{"joins", forked, nil, "approve a;approve b;approve c;approve e", "d"},
		{"joins the other way", forked, nil, "approve a;approve e;approve b;approve c", "d"},
		{"after the decision", forked, nil, "approve a;approve e;approve b;approve c;approve d", "z"},
		{"outcome stands to the end", forked, nil, "approve a;approve e;approve b;approve c;approve d;approve z", "granted×1"},
		{"denial skips the rest", forked, nil, "approve a;approve e;approve b;approve c;deny d", "denied×1"},
		{"return within a branch", forked, nil, "approve a;approve b;return c b", "b e"},
		{"return out of a parallel closes it", forked, nil, "approve a;approve b;return c a", "a"},
		{"refusal in a parallel closes it", forked, nil, "approve a;refuse b", "d"},
		{"return over the decision", forked, nil, "approve a;approve e;approve b;approve c;approve d;return z d", "d"},
		{"all sign", all, nil, "approve a;approve a", "a"},
		{"all have signed", all, nil, "approve a;approve a;approve a", "d"},
		{"one of all refuses", all, nil, "approve a;refuse a", "d"},
		{"any signs", either, nil, "approve a", "d"},
		{"nested", nested, nil, "approve a", "b c f"},
		{"nested join", nested, nil, "approve a;approve b;approve c", "e f"},
		{"nested return to the branch's own", nested, nil, "approve a;approve b;approve c;approve e;approve f", "d"},
		{"nested return out of all", nested, nil, "approve a;return b a", "a"},
		{"choice first", chosen, map[string]any{"kind": "big"}, "", "a"},
		{"choice second", chosen, map[string]any{"kind": "mid"}, "", "b"},
		{"choice else is empty", chosen, map[string]any{}, "", "d"},
		{"added before", line, nil, "before a", "a+ a~"},
		{"added before has approved", line, nil, "before a;approve a", "a"},
		{"added before refuses", line, nil, "before a;refuse a", "d"},
		{"added after", line, nil, "after a;approve a", "a+"},
		{"two added after", line, nil, "after a;after a;approve a;approve a", "a+"},
		{"added after have approved", line, nil, "after a;after a;approve a;approve a;approve a", "b"},
		{"added advises against at the decision", def(decide("d")), nil, "before d;refuse d", "d"},
		{"added before one of all", all, nil, "before a", "a a a+ a~"},
		{"added before one of all refuses", all, nil, "before a;approve a;refuse a", "d"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newBoard(t, c.d, c.vars)
			for _, act := range strings.Split(c.acts, ";") {
				if act != "" {
					b.do(t, act)
				}
			}
			if got := b.String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestRefuseAfterDecision(t *testing.T) {
	b := newBoard(t, def(decide("d"), step("z")), nil)
	b.do(t, "approve d")
	if _, ok := b.plan.refuse(b.tasks, b.tasks[0]); ok {
		t.Error("a step after the decision may not refuse")
	}
	b.do(t, "return z d")
	if b.outcome != "" || b.String() != "d" {
		t.Errorf("returned to the decision: outcome %q, open %s", b.outcome, b)
	}
}

func TestEarlier(t *testing.T) {
	b := newBoard(t, def(step("a"), choice("k", branch("x", step("b")), branch("")),
		parallel("p", branch("", step("c"), step("e")), branch("", step("f"))), decide("d")), map[string]any{"x": true})
	for node, want := range map[string]string{"a": "", "b": "a", "c": "a b", "e": "a b c", "f": "a b", "d": "a b"} {
		var got []string
		for _, n := range b.plan.earlier(node) {
			got = append(got, n.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("from %s: %v, want %s", node, got, want)
		}
	}
}

func TestParallelWithoutAnyConditionTrue(t *testing.T) {
	d := def(parallel("p", branch("x == 1", step("a")), branch("x == 2", step("b"))), decide("d"))
	if got := newBoard(t, d, map[string]any{"x": 3}).String(); got != "a b" {
		t.Errorf("open %q, want all branches", got)
	}
}

func TestConditionThatCannotBeDecided(t *testing.T) {
	d := def(choice("k", branch("area > 300", step("a")), branch("")), decide("d"))
	c := conditions{}
	if err := compileAll(d.Nodes, c); err != nil {
		t.Fatal(err)
	}
	if err := c.decide(d.Nodes, map[string]any{}, taken{}); err == nil {
		t.Error("a missing number must not choose a branch")
	}
}

// FuzzFlow plays random definitions with random acts and checks what must
// always hold.
func FuzzFlow(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed, seed*7919+1)
	}
	f.Fuzz(func(t *testing.T, a, b uint64) {
		rnd := rand.New(rand.NewPCG(a, b))
		g := &generator{rnd: rnd}
		play(t, newBoard(t, g.definition(), map[string]any{"x": rnd.IntN(3)}), rnd)
	})
}

func play(t *testing.T, b *board, rnd *rand.Rand) {
	for range 400 {
		checkInvariants(t, b)
		if b.finished > 0 {
			return
		}
		k := randomOpen(t, b, rnd)
		c, ok := randomAct(b, k, rnd)
		if !ok {
			continue
		}
		before := board{plan: b.plan, tasks: slices.Clone(b.tasks), round: b.round}
		b.apply(k, c)
		if !before.plan.consistent(before.tasks) {
			t.Fatalf("not consistent: %v", before.tasks)
		}
	}
	for b.finished == 0 { // and in the end it can always be finished
		k := randomOpen(t, b, rnd)
		b.apply(k, b.plan.approve(b.tasks, k, Granted))
		checkInvariants(t, b)
	}
}

func randomOpen(t *testing.T, b *board, rnd *rand.Rand) token {
	open := slices.DeleteFunc(slices.Clone(b.tasks), func(o token) bool { return o.wait })
	if len(open) == 0 {
		t.Fatalf("stuck: %v", b.tasks)
	}
	return open[rnd.IntN(len(open))]
}

func randomAct(b *board, k token, rnd *rand.Rand) (change, bool) {
	switch rnd.IntN(10) {
	case 0:
		return b.plan.refuse(b.tasks, k)
	case 1, 2:
		earlier := b.plan.earlier(k.node)
		if len(earlier) == 0 {
			return change{}, false
		}
		return b.plan.sendBack(b.tasks, k, earlier[rnd.IntN(len(earlier))].ID)
	case 3:
		if k.added == "" {
			position := []string{Before, After}[rnd.IntN(2)]
			if position == Before || !b.plan.steps[k.node].step.Decision {
				b.add(k, position)
			}
		}
		return change{}, false
	}
	return b.plan.approve(b.tasks, k, []string{Granted, Denied}[rnd.IntN(2)]), true
}

func checkInvariants(t testing.TB, b *board) {
	t.Helper()
	if b.finished > 1 {
		t.Fatalf("finished %d times", b.finished)
	}
	if b.finished == 1 {
		if len(b.tasks) > 0 {
			t.Fatalf("finished with open tasks %s", b)
		}
		if b.outcome == "" {
			t.Fatal("finished without a decision")
		}
		return
	}
	type place struct {
		node        string
		seat, round int
	}
	open := map[place]bool{}
	for _, k := range b.tasks {
		at := place{k.node, k.seat, k.round}
		if !k.wait && open[at] {
			t.Fatalf("two open tasks at %v: %v", at, b.tasks)
		}
		open[at] = open[at] || !k.wait
		if k.wait && k.added == After && k.host == "" {
			t.Fatalf("waits for nothing: %v", k)
		}
	}
	if !b.plan.consistent(b.tasks) {
		t.Fatalf("tasks that cannot stand together: %v", b.tasks)
	}
}

// generator makes random definitions that are valid.
type generator struct {
	rnd    *rand.Rand
	serial int
}

func (g *generator) definition() Definition {
	nodes := g.sequence(3, false)
	nodes = append(nodes, with(g.step(), func(n *Node) { n.Role, n.Decision = RoleDecide, true }))
	if g.rnd.IntN(3) == 0 {
		nodes = append(nodes, g.sequence(2, false)...)
	}
	return def(nodes...)
}

func (g *generator) sequence(depth int, some bool) []Node {
	var nodes []Node
	n := g.rnd.IntN(3)
	if some && n == 0 {
		n = 1
	}
	for range n {
		if depth == 0 || g.rnd.IntN(2) == 0 {
			nodes = append(nodes, g.step())
			continue
		}
		nodes = append(nodes, g.block(depth))
	}
	return nodes
}

func (g *generator) block(depth int) Node {
	g.serial++
	n := Node{ID: fmt.Sprintf("k%d", g.serial), Kind: Parallel, Name: "块"}
	if g.rnd.IntN(2) == 0 {
		n.Kind = Choice
	}
	count := 2 + g.rnd.IntN(2)
	for i := range count {
		when := ""
		if n.Kind == Choice && i < count-1 || n.Kind == Parallel && g.rnd.IntN(3) == 0 {
			when = fmt.Sprintf("x == %d", g.rnd.IntN(3))
		}
		last := n.Kind == Choice && i == count-1
		n.Branches = append(n.Branches, Branch{Name: "支", When: when, Nodes: g.sequence(depth-1, !last)})
	}
	return n
}

func (g *generator) step() Node {
	g.serial++
	n := step(fmt.Sprintf("s%d", g.serial))
	switch g.rnd.IntN(5) {
	case 0:
		n.Sign, n.Signers = SignAll, []string{"county", "city", "town"}[:2+g.rnd.IntN(2)]
	case 1:
		n.Sign, n.Signers = SignAny, []string{"county", "city"}
	case 2:
		n.Role = RoleSurvey
	}
	n.MayRefuse = g.rnd.IntN(6) == 0
	return n
}
