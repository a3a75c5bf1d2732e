package workflow

import "strconv"

// States of a step in the picture.
const (
	stepDone    = "done"
	stepCurrent = "current"
	stepTodo    = "todo"
	stepSkipped = "skipped"
	stepPlain   = "plain" // a definition without an instance
)

var stepNames = map[string]string{
	stepDone: "已办", stepCurrent: "办理中", stepTodo: "待办", stepSkipped: "不经过", stepPlain: "",
}

// picture is what the template draws.
type picture struct {
	drawing
	ID    string // unique on the page
	Title string
	Steps []pictured
	state map[string]string
	notes map[string]string
	link  func(node string) string // nil: boxes lead nowhere
}

// pictured is a step in the list that stands for the picture in words.
type pictured struct{ Name, State, Note string }

// words are "现场核查：已办（张三）".
func (s pictured) words() string {
	text := s.Name
	if s.State != "" {
		text += "：" + s.State
	}
	if s.Note != "" {
		text += "（" + s.Note + "）"
	}
	return text
}

func newPicture(d Definition, i *Instance) picture {
	p := picture{drawing: lay(d), ID: "workflow-definition", Title: d.Name + "办理流程图", state: map[string]string{}, notes: map[string]string{}}
	if i != nil {
		p.ID = "workflow-" + i.ID
		p.state, p.notes = i.steps()
	}
	for _, n := range d.Steps() {
		p.Steps = append(p.Steps, pictured{n.Name, stepNames[p.of(n.ID)], p.notes[n.ID]})
	}
	return p
}

// newLinked is a definition to be edited.
func newLinked(d Definition, link func(node string) string, current string) picture {
	p := newPicture(d, nil)
	p.link = link
	if current != "" {
		p.state[current] = stepCurrent
	}
	return p
}

// of is the state of a node; blocks have none.
func (p picture) of(node string) string {
	if s, ok := p.state[node]; ok {
		return s
	}
	return stepPlain
}

// line is the line below a step's name: its state, and who did it.
func (p picture) line(n Node) string {
	if note := p.notes[n.ID]; note != "" {
		return shorten(stepNames[p.of(n.ID)]+"："+note, wrapAt)
	}
	if s := stepNames[p.of(n.ID)]; s != "" && p.link == nil {
		return s
	}
	return RoleNames[n.Role]
}

// steps gives the state of every step of the instance, and who did what is done.
func (i *Instance) steps() (state, note map[string]string) {
	state, note = map[string]string{}, map[string]string{}
	plan := newPlan(i.Definition, i.way)
	current, last := map[string]bool{}, map[string]Task{}
	for _, t := range i.Tasks {
		switch t.State {
		case Open, Waiting:
			current[t.Node] = true
		case Done:
			last[t.Node] = t
		}
	}
	order := map[string]int{}
	for k, n := range i.Definition.Steps() {
		order[n.ID] = k
		state[n.ID] = plan.stateOf(n.ID, order, current, last, i.State == "running")
		if state[n.ID] == stepDone {
			note[n.ID] = last[n.ID].DoneName
		}
	}
	// A step ahead of an open one is still to come, though it was done before
	// the case was returned.
	for _, n := range i.Definition.Steps() {
		for c := range current {
			if state[n.ID] == stepDone && order[n.ID] > order[c] && !plan.beside(n.ID, c) {
				state[n.ID] = stepTodo
				delete(note, n.ID)
			}
		}
	}
	for id, s := range state {
		if s == stepTodo && !plan.ahead(id, order, current) {
			state[id] = stepSkipped
		}
	}
	return state, note
}

func (p *plan) stateOf(node string, order map[string]int, current map[string]bool, last map[string]Task, running bool) string {
	_, onWay := p.steps[node]
	_, done := last[node]
	switch {
	case current[node]:
		return stepCurrent
	case done:
		return stepDone
	case onWay && running:
		return stepTodo
	}
	return stepSkipped
}

// ahead says whether a step can still be reached from an open one.
func (p *plan) ahead(node string, order map[string]int, current map[string]bool) bool {
	for c := range current {
		if order[node] > order[c] && !p.beside(node, c) {
			return true
		}
	}
	return false
}

func px(n int) string { return strconv.Itoa(n) }

// colours are the fill, the border and the text of a step; the theme may say
// otherwise by class. They are no more than a second sign: the state is
// written in the box.
func colours(state string) (fill, border, text string) {
	switch state {
	case stepDone:
		return "#e6f4ea", "#2b6e44", "#14532d"
	case stepCurrent:
		return "#e3eefc", "#1a56b0", "#123a78"
	case stepSkipped:
		return "#ffffff", "#9aa3af", "#5b6470"
	}
	return "#ffffff", "#5b6470", "#1f2937"
}
