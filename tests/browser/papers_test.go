package browser_test

import (
	"context"
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/webtest/browser"
	"yimen/internal/queue"
)

// Papers of a case that the county decides: handed over in the village, signed
// for at the county with one missing, sent after it by a courier who does not
// come in time, and received at last. Where each has been is told on one page.
func TestPapersTravelWithAReceipt(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, clerk *visitor) {
		x := c.handed(t, pension())
		n, err := c.Hall.CaseCame(c.as(t, villageClerk), x.Number)
		must(t, err)
		if n < 2 {
			t.Fatalf("%s has %d papers, too few for one to be missing", x.Number, n)
		}
		clerk.As(villageClerk).Open("/counter/papers").Says("纸质材料交接").Keep("village").Axe(t)
		clerk.Fill("number", x.Number).Click("查这个办件的材料").Says("待交出", "窗口收取").Keep("case")
		clerk.Fill("way", "post").Click("交出并打印交接单").Says("请填写邮件号码")
		clerk.Open("/counter/papers/case/"+x.Number).Fill("way", "self").Click("交出并打印交接单")
		clerk.Says("交接单已生成", "对方来取", x.Number).Keep("bundle")
		clerk.fitsPaper("交接单", 210, 297)

		desk := clerk.beside().As(countyApprover).Open("/counter/papers").Says("等待签收").Keep("coming")
		desk.press(`document.querySelector('a[href="`+clerk.At()+`"]')`, "the bundle")
		desk.tick(`document.querySelector("main input[name=paper]")`, "the paper that is not there")
		desk.Fill("difference", "少一份，信封里没有。").Keep("sign").Axe(t)
		desk.Click("签收勾选的材料").Says("已签收", "少一份，信封里没有", "签收人："+desk.nameOf(countyApprover)).Keep("signed")

		clerk.Open("/counter/papers/case/"+x.Number).Says("少件", "签收时少件").Keep("missing")
		late := c.sentLate(t, x.Number)
		clerk.Open("/counter/papers").Says("有1张交出的交接单过了应签收的日期", late.Number, "已逾期").Keep("overdue")
		desk.Open("/counter/papers/" + late.ID).Says("已过应签收的日期").Click("签收勾选的材料").Says("已签收")
		clerk.Open("/counter/papers/case/" + x.Number).SaysNot("待交出").Says("已签收")
		if left := browser.Eval[int](clerk.Browser, `document.querySelectorAll("main form[action='/counter/papers']").length`); left != 0 {
			t.Errorf("%d forms to hand over what has arrived", left)
		}
		desk.Calm(t)
	})
}

// sentLate sends what is left of a case's papers by courier, a fortnight ago.
func (c *city) sentLate(t *testing.T, number string) queue.Bundle {
	t.Helper()
	ctx := c.as(t, villageClerk)
	papers, err := c.Hall.PapersOf(ctx, number)
	must(t, err)
	var left []string
	for _, p := range papers {
		if p.State == queue.PaperMissing {
			left = append(left, p.ID)
		}
	}
	past := clock.With(ctx, clock.NewFake(time.Now().AddDate(0, 0, -14)))
	b, err := c.Hall.SendPapers(context.WithoutCancel(past), queue.Send{Outlet: theVillage, Papers: left, Way: "courier"})
	must(t, err)
	return b
}
