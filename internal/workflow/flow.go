package workflow

import "slices"

// This file is the interpreter: given the plan, the open tasks and an act, it
// says what changes. It knows no database, no person and no time.

// token is an open or waiting task as the interpreter sees it.
type token struct {
	id    string
	node  string
	seat  int // which of the step's signers
	round int
	wait  bool
	added string // "", before, after: an approver added to the task host
	host  string
}

// Positions of an added approver (加签).
const (
	Before = "before" // 前加签: acts first, then the task comes back
	After  = "after"  // 后加签: acts once the task is approved
)

// change is what an act brings about, beside the task itself being done.
type change struct {
	close    []string // tasks that became pointless
	wake     []string // waiting tasks that become open
	open     []*Node  // steps that open, with a task for each seat
	newRound bool
	outcome  string // Granted, Denied: the decision that was taken
	undecide bool   // the decision taken before no longer stands
	ended    bool
}

// Outcomes of an instance.
const (
	Granted = "granted" // 准予
	Denied  = "denied"  // 不予
)

// approve completes the task t. outcome is Granted or Denied at a decision
// step (an added approver there only advises) and ignored elsewhere.
func (p *plan) approve(all []token, t token, outcome string) change {
	step := p.steps[t.node].step
	if step.Decision && t.added == "" && outcome == Denied {
		return change{outcome: Denied, ended: true, close: others(all, t)}
	}
	c := change{}
	if id := nextInSeat(all, t); id != "" {
		c.wake = []string{id}
		return c
	}
	rest := sameStep(all, t)
	if step.signing() == SignAny {
		c.close = ids(rest)
	} else if len(rest) > 0 {
		return c
	}
	if step.Decision {
		c.outcome = Granted
	}
	c.open, c.ended = p.next(t.node, func(parallel *place) bool {
		return slices.ContainsFunc(all, func(o token) bool {
			return o.node != t.node && p.inside(o.node, parallel)
		})
	})
	return c
}

// refuse records a negative opinion at t: final at the decision step and where
// the step may refuse, else the case goes straight to the decision. ok is false
// when the decision was already taken.
func (p *plan) refuse(all []token, t token) (c change, ok bool) {
	step := p.steps[t.node].step
	decision := p.decisionFrom(t.node)
	switch {
	case decision == nil:
		return change{}, false
	case step.Decision && t.added != "":
		return change{wake: []string{t.host}}, true // the decider has the advice and decides
	case step.Decision, step.MayRefuse && t.added == "":
		return change{outcome: Denied, ended: true, close: others(all, t)}, true
	}
	return change{open: []*Node{decision}, close: others(all, t)}, true
}

// sendBack returns the case from t to an earlier step. The tasks of the same
// step, and all branches of the parallels that are left, become pointless. ok
// is false when the target is not an earlier step.
func (p *plan) sendBack(all []token, t token, to string) (c change, ok bool) {
	i := slices.IndexFunc(p.earlier(t.node), func(n *Node) bool { return n.ID == to })
	if i < 0 {
		return change{}, false
	}
	c = change{newRound: true, open: []*Node{p.steps[to].step}}
	c.undecide = p.decisionFrom(t.node) == nil && p.decisionFrom(to) != nil
	left := p.outermost(t.node, to)
	for _, o := range all {
		if o.id != t.id && (o.node == t.node || left != nil && p.inside(o.node, left)) {
			c.close = append(c.close, o.id)
		}
	}
	return c, true
}

// consistent says whether these tasks can stand open together. It is what an
// undone act must leave behind.
func (p *plan) consistent(all []token) bool {
	for i, a := range all {
		for _, b := range all[:i] {
			if a.node == b.node && a.round == b.round {
				if a.seat == b.seat && !a.wait && !b.wait {
					return false
				}
				continue
			}
			if a.node == b.node || !p.beside(a.node, b.node) {
				return false
			}
		}
	}
	return len(all) > 0
}

// nextInSeat is the task that stands behind t at the same seat: the one t was
// added before, or the next added after. "" when t was the last.
func nextInSeat(all []token, t token) string {
	if t.added == Before {
		return t.host
	}
	host := t.id
	if t.added == After {
		host = t.host
	}
	for _, o := range all {
		if o.added == After && o.host == host && o.wait && o.id != t.id {
			return o.id
		}
	}
	return ""
}

func sameStep(all []token, t token) []token {
	var same []token
	for _, o := range all {
		if o.node == t.node && o.id != t.id {
			same = append(same, o)
		}
	}
	return same
}

func others(all []token, t token) []string {
	var rest []string
	for _, o := range all {
		if o.id != t.id {
			rest = append(rest, o.id)
		}
	}
	return rest
}

func ids(tokens []token) []string {
	list := make([]string, len(tokens))
	for i, t := range tokens {
		list[i] = t.id
	}
	return list
}
