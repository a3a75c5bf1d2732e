package browser_test

import (
	"testing"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/webtest/browser"
	"yimen/workday"
)

// A manager makes a course, plans its day and demands its certificate for an
// item. A clerk of a village window may not accept the item; signs in at the
// course, passes, and accepts it.
func TestWhoIsTrainedAccepts(t *testing.T) {
	c := theCity()
	number := c.handed(t, villageRelief()).Number
	manager := arrive(t, c, browser.New(t))
	clerk := manager.beside().As(villageClerk)
	today := workday.DateOf(clock.Real.Now(), clock.Beijing)

	manager.As(cityManager).Open("/office/training/courses/new").Fill("title", "临时救助受理").Fill("months", "12").look("new").Click("保存")
	course := manager.Last()
	t.Cleanup(func() { _ = c.Training.Release(c.as(t, cityManager), course, "SG02004") }) // or no other story accepts it
	manager.unfold("安排一次培训").Fill("on", today.String()).Fill("hours", "9:00—10:00").Fill("place", "镇政府二楼").Fill("trainer", "陈工").
		Click("安排").Says("培训已安排")
	manager.unfold("增加一个事项").Fill("item", "SG02004").Click("要求持证受理").Says("临时救助").look("course")

	clerk.Open("/office/cases/"+number).Click("受理").Says("要先取得培训证书", "《临时救助受理》", "请让有证的同事受理").look("refused")
	clerk.Open("/office/training/mine").Says("临时救助受理")
	clerk.press(`Array.from(document.querySelectorAll(".ym-card")).find(x => x.innerText.includes("临时救助受理")).querySelector("button")`, "签到")
	clerk.Says("您已签到").look("mine")

	manager.Click(today.Chinese()).Says("本人签到1人").look("day").Click("登记结果并发证").Says("发放证书1张")
	clerk.Open("/office/training/mine").Says("临时救助受理", "有效")
	clerk.Open("/office/cases/" + number).Click("受理").Says("已受理")
	manager.Calm(t)
	clerk.Calm(t)
}

// unfold opens what is folded under a heading.
func (v *visitor) unfold(heading string) *visitor {
	v.t.Helper()
	return v.tick(seeing+"("+quote(heading)+")", heading)
}
