package counter

import (
	"fmt"

	"yimen/internal/cases"
	"yimen/internal/org"
)

// tones colour the states: calm while all is well, green when done, amber when
// somebody has to do something, red for the ends that nobody wants.
var tones = map[cases.State]string{
	cases.StateSubmitted: "info", cases.StateReceived: "info", cases.StateCorrecting: "warning",
	cases.StateAccepted: "info", cases.StateReviewing: "info", cases.StatePaused: "warning",
	cases.StateDecided: "info", cases.StateIssuing: "info", cases.StateDelivering: "warning",
	cases.StateClosed: "success", cases.StateArchived: "muted",
	cases.StateRefused: "danger", cases.StateWithdrawn: "muted", cases.StateTerminated: "danger",
}

// Tone is the colour of a state's badge.
func Tone(s cases.State) string { return tones[s] }

// dueText says how near the limit is.
func dueText(c cases.Case) string {
	text := c.DueOn.Chinese()
	if c.DaysLeft == nil {
		return text
	}
	switch left := *c.DaysLeft; {
	case left < 0:
		return fmt.Sprintf("%s（超 %d 个工作日）", text, -left)
	case left == 0:
		return text + "（今天到期）"
	default:
		return fmt.Sprintf("%s（剩 %d 个工作日）", text, left)
	}
}

func draftWho(d cases.Draft) string {
	if d.Submission.Applicant.Name == "" {
		return "（未填申请人）"
	}
	return "（" + d.Submission.Applicant.Name + "）"
}

func emptyText(p deskPage) string {
	if p.q != "" {
		return "没有找到“" + p.q + "”。请核对办件编号或申请人姓名；其他窗口收的办件在这里看不到。"
	}
	return p.tab.Empty
}

func outletName(o org.Outlet) string {
	if o.Name == "" {
		return "本窗口"
	}
	return o.Name
}

func firstText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
