package portal_test

import (
	"strings"
	"testing"

	cityorg "yimen/city/org"
	"yimen/internal/kit/webtest"
)

// TestCompanyAndItsHandler: who leads a company binds it and appoints somebody,
// who agrees and applies in its name; dismissed in the middle of an application,
// their next step is refused and their words are kept.
func TestCompanyAndItsHandler(t *testing.T) {
	w := theCity(t)
	w.identity.Enterprises = cityorg.Enterprises{}
	firm, err := cityorg.CompanyOf(5)
	must(t, err)
	legal, handler := w.as(t, "citizen-5"), w.as(t, "citizen-60")
	who, err := w.identity.Person(w.system, "citizen-60")
	must(t, err)

	legal.Get("/my/company").Status(200).Must("您还没有替单位办事")
	bind := func(c *webtest.Client) *webtest.Form {
		return c.Get("/my/company/bind").Status(200).Form("#bind").Fill("name", firm.Name).Fill("uscc", firm.USCC).
			Fill("legal_name", firm.LegalName).Fill("legal_id_no", firm.LegalIDNo)
	}
	bind(handler).Send().Status(422).Must("没有核对上")
	bind(legal).Fill("uscc", "91440200").Send().Status(422).Must("统一社会信用代码是18位")
	company := bind(legal).Send().Status(200).Must("已绑定", firm.Name, "法定代表人", "指定办事人员", "还没有替单位办过")
	appoint := company.Form("#appoint").Fill("role", "handler").Fill("name", who.Name).Fill("id_no", who.IDNo).Fill("scope", "all").
		Fill("to", "2027-06-30").Fill("purpose", "办理食品经营许可")
	appoint.Fill("name", "张冠李").Send().Status(422).Must("没有找到姓名和号码都相符的账号")
	company = appoint.Fill("name", who.Name).Send().Status(200).Must("已经提出", who.Name+"：经办人", "待确认").MustNot(who.IDNo)

	handler.Get(company.URL.Path).Status(404) // nothing before they agree
	agree(handler.Get("/my/mandates").Must(firm.Name)).Must("委托已经生效")
	handler.Get("/my/company").Must(firm.Name, "经办人")
	handler.Get(company.URL.Path).Status(200).Must(firm.Name, "您可以办", "所有事项").MustNot("指定办事人员", "谁可以替单位办事")
	w.as(t, "citizen-61").Get(company.URL.Path).Status(404)

	const proof = "SG01009" // for people and enterprises
	page := handler.Get("/apply/" + proof).Form("").Send().Must("替" + firm.Name + "办")
	draft := strings.TrimSuffix(page.URL.Path, "/people")
	for _, n := range page.Find("input[name=mandate]") {
		if v := webtest.Attr(n, "value"); v != "self" {
			page = page.Form("form.ap-form").Fill("mandate", v).Send().Status(200)
		}
	}
	page.Must(firm.Name)
	stale := page.Form("form.ap-form").Fill("phone", "13911114444")

	for _, form := range legal.Get(company.URL.Path).Must("在任").Find("section#people form") {
		if action := webtest.Attr(form, "action"); strings.Contains(webtest.TextOf(form), who.Name) {
			legal.Get(company.URL.Path).Form("form[action="+action+"]").Press("结束").Send().Must("已经结束", "已结束")
		}
	}
	stale.Send().Status(422).Must("委托已经结束", "填过的内容还在草稿里")
	handler.Get(draft + "/phone").Status(200).Must("已经结束")
	handler.Get(company.URL.Path).Status(404)
	handler.Get("/my?show=drafts").Status(200).Must("继续填写")
}
