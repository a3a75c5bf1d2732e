package office

import (
	"context"

	"yimen/internal/cases"
	"yimen/internal/kit/progress"
	"yimen/internal/workflow"
)

// batchWork is a batch as the job reads it.
type batchWork struct {
	Act     string      `json:"act"`
	Opinion string      `json:"opinion"`
	Target  string      `json:"target"` // return: previous or first
	To      string      `json:"to"`     // reassign: account
	Lines   []batchTask `json:"lines"`
}

type batchTask struct {
	Task     string `json:"task"`
	Title    string `json:"title"`
	Case     string `json:"case"`
	Revision int    `json:"revision"` // of the case as it was seen
	To       string `json:"to"`       // reassigned by load
}

// runBatch does a batch, each task in a transaction of its own and with the
// rights that its owner has now. What was done before a restart is not done
// again.
func (m *Module) runBatch(ctx context.Context, run *progress.Run, b batchWork) error {
	steps, lines := make([]progress.Step, len(b.Lines)), map[string]batchTask{}
	for i, l := range b.Lines {
		steps[i], lines[l.Task] = progress.Step{Key: l.Task, Title: l.Title}, l
	}
	return run.Each(ctx, steps, func(ctx context.Context, s progress.Step) (string, error) {
		return m.runLine(ctx, b, lines[s.Key])
	})
}

// runLine refuses an act on a case that has changed since the page showed it:
// an opinion on other materials is an opinion on something else.
func (m *Module) runLine(ctx context.Context, b batchWork, l batchTask) (string, error) {
	briefs, err := m.Cases.Briefs(ctx, []string{l.Case})
	if err != nil {
		return "", err
	}
	if briefs[l.Case].Revision != l.Revision {
		return "", cases.ErrStale
	}
	switch b.Act {
	case workflow.ActApprove:
		return m.approveLine(ctx, b, l)
	case workflow.ActClaim:
		return "已签收", m.Workflow.Claim(ctx, l.Task)
	case workflow.ActUnclaim:
		return "已退签", m.Workflow.Unclaim(ctx, l.Task)
	case workflow.ActReturn:
		return m.returnLine(ctx, b, l)
	case workflow.ActReassign:
		return m.reassignLine(ctx, b, l)
	}
	return "", cases.ErrVerbUnknown
}

func (m *Module) approveLine(ctx context.Context, b batchWork, l batchTask) (string, error) {
	done, seen, err := "已同意", false, error(nil)
	looked, err := m.Workflow.Look(ctx, []string{l.Task})
	if err != nil {
		return "", err
	}
	for _, x := range looked {
		if seen = true; x.Decides {
			done = "已准予"
		}
	}
	if !seen {
		return "", workflow.ErrTaskUnknown
	}
	return done, m.Workflow.Approve(ctx, l.Task, workflow.Act{Opinion: b.Opinion})
}

func (m *Module) returnLine(ctx context.Context, b batchWork, l batchTask) (string, error) {
	targets, err := m.Workflow.Targets(ctx, l.Task)
	if err != nil {
		return "", err
	}
	if len(targets) == 0 {
		return "", workflow.ErrReturnTarget
	}
	to := targets[len(targets)-1]
	if b.Target == "first" {
		to = targets[0]
	}
	return "已退回到“" + to.Name + "”", m.Workflow.Return(ctx, l.Task, to.Node, b.Opinion)
}

func (m *Module) reassignLine(ctx context.Context, b batchWork, l batchTask) (string, error) {
	to := l.To
	if to == "" {
		to = b.To
	}
	names, err := m.Identity.NamesOf(ctx, []string{to})
	if err != nil {
		return "", err
	}
	return "已交给" + names[to], m.Workflow.Reassign(ctx, l.Task, to, b.Opinion)
}
