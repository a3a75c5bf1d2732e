package catalogue

import (
	"strings"

	"yimen/internal/workflow"
)

// GuideStep is one step of the process as the guide shows it (办理流程).
type GuideStep struct {
	Name  string `json:"name"`
	Who   string `json:"who"`             // who acts: 窗口, 审查 …
	Limit int    `json:"limit,omitempty"` // working days, 0: none of its own
	Stage string `json:"stage"`           // accept | review | decide | close | deliver
}

// Stages of a process (§2.5 rule 9: 受理, 审核, 审批, 办结, 送达).
const (
	StageAccept  = "accept"
	StageReview  = "review"
	StageDecide  = "decide"
	StageClose   = "close"
	StageDeliver = "deliver"
)

var stageNames = map[string]string{
	StageAccept: "受理", StageReview: "审核", StageDecide: "审批", StageClose: "办结", StageDeliver: "送达",
}

// Steps gives the whole way of an application in order. Acceptance, closing
// and delivery are steps of every case, so a process need not spell them out;
// between them stand the steps of the process, branches one after another.
func (d *Definition) Steps() []GuideStep {
	inner := processSteps(d.Process.Nodes)
	steps := make([]GuideStep, 0, len(inner)+3)
	if len(inner) == 0 || inner[0].Stage != StageAccept {
		steps = append(steps, GuideStep{Name: "受理", Who: "窗口", Stage: StageAccept})
	}
	steps = append(steps, inner...)
	steps = append(steps, GuideStep{Name: "办结", Who: "办理部门", Stage: StageClose})
	if len(d.Result.DeliverBy) > 0 {
		steps = append(steps, GuideStep{Name: "送达", Who: "窗口", Stage: StageDeliver})
	}
	return steps
}

func processSteps(nodes []workflow.Node) []GuideStep {
	var steps []GuideStep
	for _, n := range nodes {
		if n.Kind == workflow.Step {
			steps = append(steps, GuideStep{Name: n.Name, Who: roleName(n.Role), Limit: n.Limit, Stage: stageOf(n)})
		}
		for _, b := range n.Branches {
			steps = append(steps, processSteps(b.Nodes)...)
		}
	}
	return steps
}

func stageOf(n workflow.Node) string {
	switch {
	case n.Decision || n.Role == workflow.RoleDecide:
		return StageDecide
	case strings.Contains(n.Name, "受理"):
		return StageAccept
	}
	return StageReview
}

func roleName(role string) string {
	if name, ok := workflow.RoleNames[role]; ok {
		return name
	}
	return "经办"
}

// processDays is the longest way through the nodes in working days: steps one
// after another add up, of branches the longest counts.
func processDays(nodes []workflow.Node) int {
	days := 0
	for _, n := range nodes {
		days += n.Limit
		longest := 0
		for _, b := range n.Branches {
			longest = max(longest, processDays(b.Nodes))
		}
		days += longest
	}
	return days
}
