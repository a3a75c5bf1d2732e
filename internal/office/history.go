package office

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"yimen/internal/cases"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
	"yimen/workday"
)

// told are the acts of the workflow that the case's own history tells already.
var told = map[string]bool{
	workflow.ActStart: true, workflow.ActHold: true, workflow.ActRelease: true, workflow.ActCancel: true,
}

var actKinds = map[string]string{
	workflow.ActReturn: "warning", workflow.ActRefuse: "danger", workflow.ActOverdue: "danger", workflow.ActEscalate: "danger",
	workflow.ActRemind: "warning",
}

// timeline joins the case's history and what was done at its steps, oldest first.
func (p *casePage) timeline() []ui.TimelineEntry {
	var list []ui.TimelineEntry
	for _, e := range p.history {
		kind := verbKinds[e.Verb]
		if kind == "" {
			kind = "done"
		}
		list = append(list, ui.TimelineEntry{At: e.At, Title: e.Title, Who: e.WhoName, Kind: kind,
			Text: joinText("　", p.detail(e), e.Opinion)})
	}
	if p.flow != nil {
		for _, a := range p.flow.History {
			if !told[a.Act] {
				list = append(list, p.step(a))
			}
		}
	}
	slices.SortStableFunc(list, func(a, b ui.TimelineEntry) int { return cmp.Compare(a.At.UnixMicro(), b.At.UnixMicro()) })
	return list
}

func (p *casePage) step(a workflow.Recorded) ui.TimelineEntry {
	kind := actKinds[a.Act]
	if kind == "" {
		kind = "done"
	}
	e := ui.TimelineEntry{At: a.At, Title: joinText("：", a.Name, workflow.ActNames[a.Act]), Who: a.ActorName, Kind: kind, Text: a.Opinion}
	if a.Outcome != "" {
		e.Title += "（" + cases.OutcomeName(a.Outcome) + "）"
	}
	if a.Act == workflow.ActReturn {
		for _, n := range p.flow.Definition.Steps() {
			if n.ID == a.Target {
				e.Title += "至“" + n.Name + "”"
			}
		}
	}
	return e
}

// detail is what an entry holds besides its words: only what its verb writes.
func (p *casePage) detail(e cases.Entry) string {
	var d struct {
		Deficiencies []cases.Deficiency `json:"deficiencies"`
		Days         int                `json:"days"`
		Procedure    string             `json:"procedure"`
		ApprovedBy   string             `json:"approved_by"`
		DueOn        workday.Date       `json:"due_on"`
		Outcome      string             `json:"outcome"`
		Grounds      string             `json:"grounds"`
		Organ        string             `json:"organ"`
		Receiver     string             `json:"receiver"`
		Tracking     string             `json:"tracking"`
		Materials    []string           `json:"materials"`
	}
	if len(e.Detail) == 0 || json.Unmarshal(e.Detail, &d) != nil {
		return ""
	}
	switch e.Verb {
	case cases.VerbRequestCorrection:
		return fmt.Sprintf("共%d项，%d个工作日内补正。", len(d.Deficiencies), d.Days)
	case cases.VerbCorrect, cases.VerbSupplement:
		return p.materialNames(d.Materials)
	case cases.VerbPause:
		return fmt.Sprintf("%s，预计%d个工作日。", cases.ProcedureName(d.Procedure), d.Days)
	case cases.VerbExtend:
		return fmt.Sprintf("延长%d个工作日，至%s，%s批准。", d.Days, d.DueOn.Chinese(), d.ApprovedBy)
	case cases.VerbDecide:
		return cases.OutcomeName(d.Outcome)
	case cases.VerbRefuseAcceptance:
		return joinText("，应向", cases.GroundsName(d.Grounds), d.Organ)
	case cases.VerbDeliver:
		return joinText("，", prefixed("领取人 ", d.Receiver), prefixed("邮件号 ", d.Tracking))
	}
	return ""
}

func (p *casePage) materialNames(ids []string) string {
	var names []string
	for _, id := range ids {
		if m, ok := p.def.Material(id); ok {
			names = append(names, m.Name)
		}
	}
	return joinText("、", names...)
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}
