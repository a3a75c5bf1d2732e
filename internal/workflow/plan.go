package workflow

// plan is a definition with its conditions decided: choices have vanished,
// branches not taken too, and a parallel of which one branch is left is part
// of its sequence. What remains are steps and parallels of at least two
// branches. A plan is immutable and shared by all instances that go the same way.
type plan struct {
	root  *sequence
	steps map[string]*place // by node id
}

type sequence struct {
	owner *place // the parallel it is a branch of; nil for the whole
	parts []*place
}

// place is one part of a sequence: a step, or a parallel.
type place struct {
	seq      *sequence
	index    int
	step     *Node       // nil for a parallel
	branches []*sequence // nil for a step
}

func newPlan(d Definition, way taken) *plan {
	p := &plan{steps: map[string]*place{}}
	p.root = p.lay(&sequence{}, d.Nodes, way)
	return p
}

// lay appends nodes to a sequence.
func (p *plan) lay(s *sequence, nodes []Node, way taken) *sequence {
	for i := range nodes {
		n := &nodes[i]
		if n.Kind == Step {
			pl := &place{seq: s, index: len(s.parts), step: n}
			s.parts = append(s.parts, pl)
			p.steps[n.ID] = pl
			continue
		}
		p.block(s, n, way)
	}
	return s
}

func (p *plan) block(s *sequence, n *Node, way taken) {
	var branches []Branch
	for _, i := range way[n.ID] {
		if hasSteps(n.Branches[i].Nodes, way) {
			branches = append(branches, n.Branches[i])
		}
	}
	switch len(branches) {
	case 0:
	case 1:
		p.lay(s, branches[0].Nodes, way)
	default:
		pl := &place{seq: s, index: len(s.parts)}
		s.parts = append(s.parts, pl)
		for _, b := range branches {
			pl.branches = append(pl.branches, p.lay(&sequence{owner: pl}, b.Nodes, way))
		}
	}
}

func hasSteps(nodes []Node, way taken) bool {
	for _, n := range nodes {
		if n.Kind == Step {
			return true
		}
		for _, i := range way[n.ID] {
			if hasSteps(n.Branches[i].Nodes, way) {
				return true
			}
		}
	}
	return false
}

// first are the steps that open when the instance starts.
func (p *plan) first() []*Node { return enter(p.root.parts[0], nil) }

// enter gives the steps that open when a part is reached.
func enter(pl *place, into []*Node) []*Node {
	if pl.step != nil {
		return append(into, pl.step)
	}
	for _, b := range pl.branches {
		into = enter(b.parts[0], into)
	}
	return into
}

// next gives the steps that open when the step of node is complete. busy says
// whether another task is open inside a parallel: then its other branches are
// waited for, and nothing opens. ended: there was nothing left to do.
func (p *plan) next(node string, busy func(parallel *place) bool) (steps []*Node, ended bool) {
	pl := p.steps[node]
	for {
		if pl.index+1 < len(pl.seq.parts) {
			return enter(pl.seq.parts[pl.index+1], nil), false
		}
		parallel := pl.seq.owner
		if parallel == nil {
			return nil, true
		}
		if busy(parallel) {
			return nil, false
		}
		pl = parallel
	}
}

// inside says whether the step of node lies in a branch of the parallel.
func (p *plan) inside(node string, parallel *place) bool {
	for pl := p.steps[node]; pl != nil; pl = pl.seq.owner {
		if pl.seq.owner == parallel {
			return true
		}
	}
	return false
}

// earlier lists the steps a task of node can be returned to, first ones
// first: those before it in its own sequence and in the sequences around it.
func (p *plan) earlier(node string) []*Node {
	var found []*Node
	for pl := p.steps[node]; pl != nil; pl = pl.seq.owner {
		var here []*Node
		for _, before := range pl.seq.parts[:pl.index] {
			if before.step != nil {
				here = append(here, before.step)
			}
		}
		found = append(here, found...)
	}
	return found
}

// outermost gives the outermost parallel that lies around node but not around
// target: what is left when going from one to the other. nil when none is.
func (p *plan) outermost(node, target string) *place {
	var left *place
	for par := p.steps[node].seq.owner; par != nil; par = par.seq.owner {
		if !p.inside(target, par) {
			left = par
		}
	}
	return left
}

// decisionFrom gives the decision step at or after node, nil when the
// decision lies behind it.
func (p *plan) decisionFrom(node string) *Node {
	pl := p.steps[node]
	for pl.seq.owner != nil { // a decision is never inside a parallel
		pl = pl.seq.owner
	}
	for _, later := range p.root.parts[pl.index:] {
		if later.step != nil && later.step.Decision {
			return later.step
		}
	}
	return nil
}

// beside says whether two steps can be open at the same time: they lie in
// different branches of a parallel.
func (p *plan) beside(a, b string) bool {
	branchOf := map[*place]*sequence{}
	for s := p.steps[a].seq; s.owner != nil; s = s.owner.seq {
		branchOf[s.owner] = s
	}
	for s := p.steps[b].seq; s.owner != nil; s = s.owner.seq {
		if mine, shared := branchOf[s.owner]; shared {
			return mine != s
		}
	}
	return false
}
