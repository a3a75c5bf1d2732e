package portal

import (
	"fmt"
	"slices"

	"yimen/internal/cases"
	"yimen/internal/kit/web/ui"
)

// situation says in plain words where a case stands and what comes next: no
// term of the trade that a villager would have to look up.
func situation(c cases.Case) string {
	switch c.State {
	case cases.StateSubmitted:
		return "申请已经提交。工作人员会在" + c.DueOn.Chinese() + "前告诉您是否受理。"
	case cases.StateReceived:
		return "材料已经收到，正在看是否齐全，" + c.DueOn.Chinese() + "前告诉您是否受理。"
	case cases.StateCorrecting:
		return "材料需要补正，请在" + c.DueOn.Chinese() + "前补齐；到期不补，这次申请会终止。"
	case cases.StateAccepted, cases.StateReviewing:
		return "已经受理，" + c.Competent.Name + "正在审查，承诺" + c.PromiseDueOn.Chinese() + "前作出决定。"
	case cases.StatePaused:
		return "正在进行法定的特别程序（例如听证、检验），这段时间不计入办理时限，结束后继续审查。"
	case cases.StateDecided, cases.StateIssuing:
		return "已经作出决定，正在制作结果。"
	case cases.StateDelivering:
		return delivery(c)
	}
	return ending(c)
}

func delivery(c cases.Case) string {
	switch c.Deliver {
	case cases.DeliverPost:
		return "结果已经办好，正在邮寄给您。"
	case cases.DeliverElectronic:
		return "结果已经办好，正在电子送达。"
	}
	return "结果已经办好，请带身份证件到" + c.DeliverTo.Name + "领取。"
}

func ending(c cases.Case) string {
	switch c.State {
	case cases.StateClosed, cases.StateArchived:
		if c.Outcome == cases.Denied {
			return "已经办结：决定不予办理。理由和救济途径写在决定书里。"
		}
		return "已经办好。"
	case cases.StateRefused:
		return "没有受理。理由和救济途径写在《不予受理决定书》里。"
	case cases.StateWithdrawn:
		return "您已经撤回这次申请。需要时可以重新申请。"
	case cases.StateTerminated:
		return "这次申请已经终止，原因写在通知书里。需要时可以重新申请。"
	}
	return c.StateName
}

// tone is the colour of the state's badge.
func tone(s cases.State) string {
	switch s {
	case cases.StateCorrecting, cases.StatePaused:
		return "warning"
	case cases.StateRefused, cases.StateTerminated:
		return "danger"
	case cases.StateClosed, cases.StateArchived, cases.StateDelivering:
		return "success"
	case cases.StateWithdrawn:
		return "muted"
	}
	return "info"
}

// left says how much time there is on the clock that runs, "" without one.
func left(c cases.Case) string {
	if c.DaysLeft == nil || c.DueOn.IsZero() {
		return ""
	}
	switch n := *c.DaysLeft; {
	case n < 0:
		return fmt.Sprintf("已超过%d个工作日", -n)
	case n == 0:
		return "今天到期"
	default:
		return fmt.Sprintf("还剩%d个工作日", n)
	}
}

// nextAct is what waits for the applicant: its label and page; "" when the turn
// is the administration's.
func nextAct(c cases.Case) (label, url string) {
	switch {
	case may(c, cases.VerbCorrect):
		return "去补正材料", ActURL(c.Number, string(cases.VerbCorrect))
	case may(c, cases.VerbSupplement):
		return "去补交容缺材料", ActURL(c.Number, string(cases.VerbSupplement))
	}
	return "", ""
}

func may(c cases.Case, v cases.Verb) bool { return slices.Contains(c.Allowed, v) }

// stages are the five doors a case goes through.
var stages = []string{"提交", "受理", "审查", "决定", "拿到结果"}

// stepsOf shows how far a case has come; nothing for one that ended early.
func stepsOf(c cases.State) []ui.Step {
	at := map[cases.State]int{
		cases.StateSubmitted: 1, cases.StateReceived: 1, cases.StateCorrecting: 1, cases.StateAccepted: 2, cases.StateReviewing: 2,
		cases.StatePaused: 2, cases.StateDecided: 4, cases.StateIssuing: 4, cases.StateDelivering: 4,
		cases.StateClosed: 5, cases.StateArchived: 5,
	}[c]
	if at == 0 {
		return nil
	}
	steps := make([]ui.Step, len(stages))
	for i, label := range stages {
		steps[i] = ui.Step{Label: label, State: "todo"}
		if i < at {
			steps[i].State = "done"
		} else if i == at {
			steps[i].State = "current"
		}
	}
	return steps
}

var materialWays = map[string]string{
	"file": "电子文件", "licence": "电子证照", "promise": "告知承诺，免交", "paper": "纸质材料", "later": "容缺，待补交", "lookup": "已查询核实，免交", "organ": "由部门核查，免交",
}

var deliverNames = map[string]string{
	cases.DeliverWindow: "窗口领取", cases.DeliverPost: "邮寄", cases.DeliverElectronic: "电子送达",
}

var actTitles = map[cases.Verb]string{
	cases.VerbCorrect: "补正材料", cases.VerbSupplement: "补交容缺材料", cases.VerbWithdraw: "撤回申请",
}
