package cases

import (
	"context"
	"errors"

	"yimen/internal/workflow"
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

type caseTasksOutput struct {
	Body struct {
		State string             `json:"state" doc:"流程的状态：running、finished、cancelled，没有流程时为空"`
		Items []workflow.APIStep `json:"items" doc:"先开始的在前"`
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
	out.Body.Items = []workflow.APIStep{}
	i, err := found(ctx)
	if errors.Is(err, workflow.ErrNoInstance) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.Body.State, out.Body.Items = i.State, i.APISteps()
	return out, nil
}
