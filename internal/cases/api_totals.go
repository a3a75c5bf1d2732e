package cases

import (
	"context"
	"errors"
	"time"

	"yimen/internal/workflow"
	"yimen/workday"
)

type totalsOutput struct {
	Body struct {
		States map[State]int `json:"states" doc:"状态 → 办件数；没有办件的状态不列"`
		Total  int           `json:"total"`
	}
}

// apiTotals counts exactly what the list with the same filter would list,
// drafts not among them.
func (m *Module) apiTotals(ctx context.Context, in *struct{ Filter }) (*totalsOutput, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	out := &totalsOutput{}
	if out.Body.States, err = m.Totals(ctx, q); err != nil {
		return nil, err
	}
	for _, n := range out.Body.States {
		out.Body.Total += n
	}
	return out, nil
}

// caseTaskJSON is one step of a case's process. Its id is what the operations
// on tasks take.
type caseTaskJSON struct {
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

type caseTasksOutput struct {
	Body struct {
		State string         `json:"state" doc:"流程的状态：running、finished、cancelled，没有流程时为空"`
		Items []caseTaskJSON `json:"items" doc:"先开始的在前"`
	}
}

// apiTasks lists the tasks of a case's newest process for whoever may see the
// case; none before it was accepted.
func (m *Module) apiTasks(ctx context.Context, in *numberInput) (*caseTasksOutput, error) {
	reads, found := m.Workflow.AskCourse(in.Number)
	if _, err := m.seen(ctx, in.Number, reads...); err != nil {
		return nil, err
	}
	out := &caseTasksOutput{}
	out.Body.Items = []caseTaskJSON{}
	i, err := found(ctx)
	if errors.Is(err, workflow.ErrNoInstance) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.Body.State = i.State
	decides := decisions(i.Definition.Nodes, map[string]bool{})
	for _, t := range i.Tasks {
		j := caseTaskJSON{ID: t.ID, Node: t.Node, Step: t.Name, Seat: t.Seat, Role: t.Role, Decision: decides[t.Node] && t.Added == "",
			Agency: t.Agency, Assignee: t.Assignee, State: t.State, DueOn: t.DueOn, Result: t.Result}
		if !t.DoneAt.IsZero() {
			j.DoneAt = &t.DoneAt
		}
		out.Body.Items = append(out.Body.Items, j)
	}
	return out, nil
}

// decisions finds the nodes whose approval is the decision.
func decisions(nodes []workflow.Node, found map[string]bool) map[string]bool {
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
