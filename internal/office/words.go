package office

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
	"yimen/workday"
)

// left says how near a day is: 10月13日（剩2个工作日）.
func (d workdays) left(due workday.Date) string {
	if due.IsZero() {
		return "不限"
	}
	switch n := d.cal.WorkdaysBetween(d.today, due); {
	case due.Before(d.today) && n == 0:
		return due.Chinese() + "（已过期）"
	case n < 0:
		return fmt.Sprintf("%s（超%d个工作日）", due.Chinese(), -n)
	case due.Equal(d.today):
		return due.Chinese() + "（今天到期）"
	default:
		return fmt.Sprintf("%s（剩%d个工作日）", due.Chinese(), n)
	}
}

// holder says whose task it is.
func holder(t workflow.Task, people map[string]string) string {
	switch {
	case t.Assignee == "":
		return "待签收"
	case t.OnBehalf != "":
		return people[t.Assignee] + "（代 " + people[t.OnBehalf] + "）"
	}
	return people[t.Assignee]
}

// short says how near a day is, for a narrow column: 剩2天, 超1天.
func (d workdays) short(due workday.Date) string {
	if due.IsZero() {
		return "不限时"
	}
	switch n := d.cal.WorkdaysBetween(d.today, due); {
	case due.Before(d.today) && n == 0:
		return "已过期"
	case n < 0:
		return fmt.Sprintf("超%d天", -n)
	case due.Equal(d.today):
		return "今天到期"
	default:
		return fmt.Sprintf("剩%d天", n)
	}
}

// stepName is the step, with what is particular about the task.
func stepName(t workflow.Task) string {
	name := t.Name
	if t.Added != "" {
		name += "（加签）"
	}
	if t.Round > 1 {
		name += fmt.Sprintf("（第%d轮）", t.Round)
	}
	return name
}

// outcomeTone colours a decision.
func outcomeTone(outcome string) string {
	if outcome == cases.Denied {
		return "danger"
	}
	return "success"
}

// kinds of entries in a timeline.
var verbKinds = map[cases.Verb]string{
	cases.VerbRequestCorrection: "warning", cases.VerbPause: "warning", cases.VerbExtend: "warning",
	cases.VerbRefuseAcceptance: "danger", cases.VerbTerminate: "danger", cases.VerbTerminateUncorrect: "danger",
	cases.VerbWithdraw: "warning",
}

func joinText(sep string, parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

func itoa(n int) string { return strconv.Itoa(n) }

func orText(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

var necessities = map[string]string{"required": "必交", "optional": "选交", "deferrable": "必交，可容缺"}

func necessity(m cases.ChecklistItem) string {
	if m.Needless() {
		return "免交"
	}
	text := orText(necessities[m.Necessity], "必交")
	if m.Promise {
		text += "，可承诺"
	}
	return text
}

func taskHeading(t taskCard) string { return "环节：" + stepName(t.Task) + seatText(t.Seat) }

var taskStates = map[string]string{
	workflow.Waiting: "等待加签", workflow.Done: "已办", workflow.Superseded: "已自动关闭", workflow.Undone: "已撤回", workflow.Cancelled: "已终止",
}

func taskState(t taskCard) string { return taskStates[t.State] }

// withID lets a field stand on a page more than once.
func withID(o ui.FieldOpts, suffix string) ui.FieldOpts {
	if suffix != "" {
		o.ID = ui.FieldID(o.Name + "-" + suffix)
	}
	return o
}

// keyOf is the shortcut of the act that a clerk does most.
func keyOf(a act) string {
	if a.Verb == cases.VerbAccept {
		return "a"
	}
	return ""
}

// submitKind is the button on the act's own page: filled, red for what ends a case.
func (a act) submitKind() string { return filled(a.Kind) }

func (a taskAct) submitKind() string { return filled(a.Kind) }

func filled(kind string) string {
	if kind == "" {
		return "primary"
	}
	return strings.TrimPrefix(kind, "outline-")
}

// pagesOf are the acts on the case that the viewer may do now.
func pagesOf(c cases.Case) []act {
	var list []act
	for _, a := range acts {
		if slices.Contains(c.Allowed, a.Verb) {
			list = append(list, a)
		}
	}
	return list
}

func nobodyText(act string) string {
	if act == workflow.ActReturn {
		return "前面没有可以退回的环节。"
	}
	return "没有其他有权办理这个环节的同事，请联系管理员。"
}

func spanText(s span) string {
	switch {
	case s.To.Equal(s.From):
		return s.From.Chinese()
	case s.To.IsZero():
		return s.From.Chinese() + "至今"
	}
	return s.From.Chinese() + "至" + s.To.Chinese()
}

func spanDays(s span) string {
	switch {
	case s.Entry.Kind == workday.Extend:
		return fmt.Sprintf("延长%d", s.Entry.Days)
	case s.Runs:
		return itoa(s.Days)
	}
	return "—"
}

// keptFiles are the files of an earlier try, by material.
func (p *handPage) keptFiles() []cases.Handed {
	var list []cases.Handed
	for _, h := range p.handed {
		if _, ok := p.kept[h.File]; ok {
			list = append(list, h)
		}
	}
	return list
}

func oneIf(yes bool) string {
	if yes {
		return "1"
	}
	return ""
}

// withIn carries the list one came from to the page of an act.
func withIn(page, in string) string {
	if in == "" {
		return page
	}
	return page + "?in=" + url.QueryEscape(in)
}

// panelTitle says what the viewer can do, on the bar at the foot of a phone.
func (p *casePage) panelTitle() string {
	for _, t := range p.tasks {
		if t.may(workflow.ActApprove) {
			return "办理：" + stepName(t.Task)
		}
	}
	return "办理"
}

// nextURL opens what comes behind this case in the list one came from.
func (p *casePage) nextURL() string {
	v := url.Values{}
	set(v, "in", p.in)
	if len(p.tasks) > 0 {
		v.Set("task", p.tasks[0].ID)
	}
	if len(v) == 0 {
		return "/office/next"
	}
	return "/office/next?" + v.Encode()
}

func (p *casePage) isChanged(field string) bool {
	_, ok := p.before[field]
	return ok
}

// replaced are the materials that were handed in anew when correcting.
func (p *casePage) replaced() []string {
	var names []string
	for _, x := range p.c.Content.Materials {
		if x.Superseded != nil && !slices.Contains(names, x.Name) {
			names = append(names, x.Name)
		}
	}
	return names
}
