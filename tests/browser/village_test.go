package browser_test

import (
	"testing"

	"yimen/internal/workflow"
)

// A villager comes to the window of 大寮坑村 with a matter the county decides:
// taken in, accepted, looked into by town and village, decided by the county,
// fetched at the window and closed. The villager follows it all on the phone.
func TestVillageCase(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		clerk := visit(t, c).As(villageClerk)
		number, code := takeIn(clerk, villageRelief())

		clerk.Click("打开办件").Says("已收件")
		clerk.Click("受理").Says("已受理")
		steps := 0
		clerk.approveAll(number, workflow.Granted, "情况属实，同意。", func(v *visitor, task workflow.Task) {
			steps++
			v.Says("材料", "申请表")
		})
		if steps < 4 {
			t.Errorf("only %d steps were approved; the town, the village and the county have one each", steps)
		}

		clerk.SaysSoon("/office/cases/"+number, "待送达")
		clerk.Click("登记送达").Click("登记送达")
		clerk.SaysSoon("/office/cases/"+number, "已办结")
		clerk.Calm(t)

		citizenSees(clerk, number)
		strangerSees(clerk, number, code)
	})
}

// villageRelief is temporary relief (临时救助): asked for in villages, decided
// by the county.
func villageRelief() *application {
	return &application{item: "SG02004", division: theVillage, account: villager, upload: "id_card",
		answers: map[string][]string{"kind": {"expense"}, "cause": {"illness"}, "who": {"self"}}}
}

// takeIn takes an application in step by step, as on a phone, and gives its
// number and code; the desk and its one sheet have a story of their own.
func takeIn(clerk *visitor, a *application) (number, code string) {
	clerk.t.Helper()
	clerk.Open("/counter/apply/new?item=" + a.item + "&at=" + a.division)
	number = clerk.apply(a)
	clerk.Says("收件完成", number)
	c, err := clerk.city.Cases.Find(clerk.city.System, number)
	must(clerk.t, err)
	clerk.Says(c.QueryCode, a.who.Name)
	receipt := clerk.beside().As(villageClerk).Open("/counter/done/" + number).Click("打印")
	receipt.Says(number, a.def.Name, "打印")
	receipt.Axe(clerk.t)
	receipt.Calm(clerk.t)
	return number, c.QueryCode
}

// citizenSees follows one's own case under /my, on a phone.
func citizenSees(beside *visitor, number string) {
	beside.t.Helper()
	v := beside.beside()
	v.Resize(360, 740)
	v.As(villager).Open("/my").Says(number)
	v.Open("/my/cases/"+number).Says("已办结", "准予")
	v.Calm(beside.t)

	other := beside.beside().As("citizen-2").Open("/my")
	other.SaysNot(number)
	if other.Open("/my/cases/"+number).Status() != 404 {
		beside.t.Errorf("citizen-2 sees the case of citizen-1\n%s", other.Excerpt())
	}
}

// strangerSees asks by number and query code, without an account.
func strangerSees(beside *visitor, number, code string) {
	beside.t.Helper()
	v := beside.beside()
	p, err := v.city.Identity.Person(v.city.System, villager)
	must(beside.t, err)
	v.Open("/progress").Fill("number", number).Fill("query_code", "AAAAAA").Click("查询").SaysNot("办理经过")
	v.Fill("query_code", code).Click("查询").Says("已办结", "办理经过").SaysNot(p.Name, p.IDNo, p.Phone)
	v.Calm(beside.t)
}
