package browser_test

import (
	"testing"
	"time"

	"yimen/internal/cases"
	"yimen/internal/kit/clock"
	"yimen/internal/workflow"
	"yimen/workday"
)

// Who works in the bureau of civil affairs of the county.
const (
	reliefClerk = "approver-440232-d08"
	reliefChief = "chief-440232-d08"
)

// taken is a case of the county that somebody has signed for.
func (c *city) taken(t testing.TB, a *application, account string) cases.Case {
	t.Helper()
	x := c.inCounty(t, a)
	must(t, c.Workflow.Claim(c.as(t, account), c.opens(t, x.Number)[0].ID))
	return x
}

// A chief sees who has how much, lets what nobody has taken be shared out by
// load, after seeing who would get what, and looks at the bureau as a whole.
func TestWorkIsSharedOut(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		x := c.inCounty(t, villageRelief())
		v.As(reliefChief).Open("/office/team").Says("分派任务", "负荷", "待签收", v.nameOf(reliefClerk)).Keep("team")
		v.Axe(t)
		v.Click("按负荷分配").Says("将办理", x.Number, "交给").Keep("preview")
		v.Click("确认改派")
		v.SaysSoon(v.At(), "已交给").Says(x.Number).Keep("report")
		if open := c.opens(t, x.Number); len(open) == 0 || open[0].Assignee == "" {
			t.Errorf("%s is still in nobody's name", x.Number)
		}
		v.Open("/office/board").Says("近30天", "在办事项", "在办环节", v.nameOf(reliefClerk)).Keep("board")
		v.Axe(t)
	})
}

// atBureau is a case that a bureau of the county reviews and decides by
// itself, signed for by its approver; staff gives the accounts of the bureau by
// post.
func (c *city) atBureau(t testing.TB) (x cases.Case, staff func(post string) string) {
	t.Helper()
	x, err := c.Cases.Submit(c.as(t, villageClerk), c.submission(t, &application{item: "SG05005", division: theCounty, account: villager}))
	must(t, err)
	staff = func(post string) string { return post + "-" + x.Competent.Code }
	approver := c.as(t, staff("approver"))
	_, err = c.Cases.Accept(approver, x.Number, cases.Act{})
	must(t, err)
	must(t, c.Workflow.Claim(approver, c.opens(t, x.Number)[0].ID))
	return c.found(t, x.Number), staff
}

// A leave: registered, confirmed by the head, and a colleague does the work
// with both names in the record; then it ends.
func TestSomebodyStandsIn(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		x, staff := c.atBureau(t)
		absent, name := staff("approver"), v.nameOf(staff("approver"))
		today := workday.DateOf(time.Now(), clock.Beijing).String()
		v.As(absent).Open("/office/absence").Fill("from", today).Fill("to", today).Fill("substitute", staff("chief")).Fill("reason", "参加培训").Click("登记")
		v.Says("等待科（股）长或单位负责人确认").Keep("asked")
		v.Axe(t)

		head := v.beside().As(staff("head"))
		head.Open("/office/absence").Says("待确认", name, "参加培训").Keep("confirm").Click("确认").Says("已确认")
		head.Calm(t)

		chief := v.beside().As(staff("chief"))
		chief.Open("/office").Click("替同事办").Says(x.Number)
		chief.Open("/office/cases/"+x.Number).panel().Fill("opinion", "已代为核对，同意。").Keep("instead").Click("同意").Says("已办理")
		chief.Open("/office/cases/"+x.Number).Says("已代为核对，同意。", name)
		chief.Calm(t)

		v.Open("/office/absence").Click("结束").Says("请假已结束", "已结束")
	})
}

// What the morning brings: due, overdue, new; sent to the box unless one says
// no.
func TestMorningDigest(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		x := c.taken(t, pension(), countyApprover)
		v.As(countyApprover).Open("/office").Click("今日摘要").Says("今日摘要", "已超期", "今天到期", "上个工作日以来新到", x.Applicant.Name).Keep("digest")
		v.Axe(t)
		v.Fill("digest", "").Click("保存").Says("已保存")
		if v.Has(`input[name="digest"]:checked`) != 0 {
			t.Error("the digest is still wanted")
		}
		v.Fill("digest", "1").Click("保存").Says("已保存")
		v.press(`document.querySelector('#new .of-cards a, #today .of-cards a, #overdue .of-cards a')`, "a task of the digest")
		v.Says("办理流程")
		must(t, c.Workflow.Approve(c.as(t, countyApprover), c.opens(t, x.Number)[0].ID, workflow.Act{Opinion: "已核对，同意。"}))
	})
}
