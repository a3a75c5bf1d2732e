package workflow

import (
	"context"
	"time"

	"yimen/workday"
)

// APIStep is a task as the API shows it among the others of its process. Its
// id is what the operations on tasks take.
type APIStep struct {
	ID       string       `json:"id"`
	Node     string       `json:"node" doc:"环节的编号"`
	Step     string       `json:"step" doc:"环节的名称"`
	Seat     int          `json:"seat" doc:"该环节第几位办理人，从0起"`
	Role     string       `json:"role" doc:"review、survey、sign、approve 或 decide"`
	Decision bool         `json:"decision" doc:"是否审批决定环节，同意时要给 outcome"`
	Agency   string       `json:"agency"`
	Assignee string       `json:"assignee,omitempty"`
	State    string       `json:"state" doc:"open、waiting、done、superseded、undone 或 cancelled"`
	DueOn    workday.Date `json:"due_on" format:"date" nullable:"true"`
	DoneAt   *time.Time   `json:"done_at"`
	Result   string       `json:"result,omitempty"`
}

// APISteps are the tasks of the instance, oldest first.
func (i Instance) APISteps() []APIStep {
	decides := decisions(i.Definition.Nodes, map[string]bool{})
	list := make([]APIStep, len(i.Tasks))
	for n, t := range i.Tasks {
		list[n] = stepOf(t, decides[t.Node])
	}
	return list
}

// stepOf shows a task of a node whose approval is the decision, or is not.
func stepOf(t Task, decides bool) APIStep {
	s := APIStep{
		ID: t.ID, Node: t.Node, Step: t.Name, Seat: t.Seat, Role: t.Role, Decision: decides && t.Added == "",
		Agency: t.Agency, Assignee: t.Assignee, State: t.State, DueOn: t.DueOn, Result: t.Result,
	}
	if !t.DoneAt.IsZero() {
		s.DoneAt = &t.DoneAt
	}
	return s
}

// decisions finds the nodes whose approval is the decision.
func decisions(nodes []Node, found map[string]bool) map[string]bool {
	for _, n := range nodes {
		if n.Decision {
			found[n.ID] = true
		}
		for _, b := range n.Branches {
			decisions(b.Nodes, found)
		}
	}
	return found
}

// process reads where the newest process of the subject stands.
func (m *Module) process(ctx context.Context, subject string) (apiProcess, error) {
	reads, found := m.AskCourse(subject)
	if err := m.DB.Conn(ctx).Together(ctx, reads...); err != nil {
		return apiProcess{}, err
	}
	i, err := found(ctx)
	if err != nil {
		return apiProcess{}, err
	}
	left := apiProcess{State: i.State, Open: []APIStep{}}
	for _, s := range i.APISteps() {
		if s.State == Open {
			left.Open = append(left.Open, s)
		}
	}
	return left, nil
}

// process is where the process stands after the run, without reading it again.
func (r *run) process(ctx context.Context) apiProcess {
	left, l := apiProcess{State: r.inst.State, Open: []APIStep{}}, r.m.lights(ctx)
	for _, t := range r.tasks {
		if t.State == Open {
			left.Open = append(left.Open, stepOf(t.task(l), r.plan.steps[t.Node].step.Decision))
		}
	}
	return left
}
