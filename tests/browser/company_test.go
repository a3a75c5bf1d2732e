package browser_test

import (
	"testing"

	cityorg "yimen/city/org"
	"yimen/internal/app"
	"yimen/internal/identity"
	"yimen/internal/kit/webtest/browser"
)

// Who leads a company binds it and appoints somebody; they agree, choose the
// company when they apply, and are dismissed in the middle: their next step is
// refused and says why.
func TestACompanyHasItsPeople(t *testing.T) {
	v := arrive(t, theCity(), browser.New(t))
	c := v.city
	v.screen(sizes[0])
	firm, err := cityorg.CompanyOf(21)
	must(t, err)
	handler := v.somebody(70)
	who, err := c.Identity.Person(c.System, handler)
	must(t, err)
	v.LogIn("citizen-21", app.DemoPassword, "/my/company/bind").Fill("name", firm.Name).Fill("uscc", firm.USCC).
		Fill("legal_name", firm.LegalName).Fill("legal_id_no", firm.LegalIDNo).Keep("bind")
	v.Axe(t)
	v.Click("核对并绑定").Says("已绑定", "指定办事人员").Keep("company")
	v.Axe(t)
	v.Fill("role", identity.HandlerRole).Fill("name", who.Name).Fill("id_no", who.IDNo).Fill("scope", "all").Fill("to", "2027-09-01").
		Fill("purpose", "打印参保证明").Click("提出，请他确认").Says("已经提出", "待确认")

	other := v.beside().LogIn(handler, app.DemoPassword, "/my/mandates").Says(firm.Name)
	other.Click("同意").Says("委托已经生效")
	other.Open("/apply/SG01009").Click("就在“").Says("替" + firm.Name + "办")
	for _, x := range identity.FromContext(c.as(t, handler)).Mandates {
		other.Fill("mandate", x.ID)
	}
	other.Click("下一步").Says(firm.Name, "代办人")

	v.Open(v.At()).Click("结束").Says("已经结束")
	other.Fill("phone", "13911114444").Click("下一步").Says("委托已经结束", "填过的内容还在草稿里").Keep("refused")
	other.Calm(t)
	v.Calm(t)
}
