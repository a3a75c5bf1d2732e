package portal_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"yimen/gb"
	"yimen/internal/kit/webtest"
	"yimen/workday"
)

// asks is the form of a mandate as somebody fills it in about another.
func (w *world) asks(t *testing.T, c *webtest.Client, other string) *webtest.Form {
	t.Helper()
	p, err := w.identity.Person(w.system, other)
	must(t, err)
	return c.Get("/my/mandates/new").Status(200).Form("#mandate").Fill("side", "agent").Fill("name", p.Name).Fill("id_no", p.IDNo).
		Fill("scope", "all").Fill("to", "2027-09-01").Fill("purpose", "代办养老保险")
}

// agree presses the button of the first proposal that waits for a yes.
func agree(p *webtest.Page) *webtest.Page {
	action := webtest.Attr(p.Find("section#asked form")[0], "action")
	return p.Form("form[action=" + action + "]").Send()
}

// TestActingForSomebodyElse: one proposes, the other agrees, the first applies
// in the other's name; both follow the case; the end of the mandate ends it.
func TestActingForSomebodyElse(t *testing.T) {
	w := theCity(t)
	agent, principal := w.as(t, "citizen-51"), w.as(t, "citizen-52")
	me, err := w.identity.Person(w.system, "citizen-51")
	must(t, err)
	mother, err := w.identity.Person(w.system, "citizen-52")
	must(t, err)

	agent.Get("/apply/" + pension).Form("").Send().MustNot("这件事为谁办")
	w.asks(t, agent, "citizen-52").Send().At("/my/mandates").Status(200).Must("已经提出", "等对方确认", mother.Name, "所有事项").MustNot(mother.IDNo, "这是对方提出的")
	principal.Get("/my").Must("1份委托等您确认")
	page := principal.Get("/my/mandates").Must("等您确认", me.Name+"可以替您办", "不要同意").MustNot(me.IDNo, me.Phone)
	agree(page).At("/my/mandates").Must("委托已经生效", "谁替您办")
	agent.Get("/my/mandates").Must("您替谁办", "您可以替"+mother.Name+"办")

	who := agent.Get("/apply/"+pension).Form("").Send().Must("这件事为谁办", "为我自己办", "替"+mother.Name+"办")
	who.Form("form.ap-form").Send().Status(422).Must("请选择为谁申请")
	who.Form("form.ap-form").Fill("mandate", "somebody").Send().Status(422).Must("已经结束")
	id := ""
	for _, n := range who.Find("input[name=mandate]") {
		if v := webtest.Attr(n, "value"); v != "self" {
			id = v
		}
	}
	page = who.Form("form.ap-form").Fill("mandate", id).Send().Status(200).Must(mother.Name, "代办人", me.Name).MustNot(mother.IDNo)
	number := send(t, w.walk(t, page, w.filled(t, "citizen-52", pension, answers())))

	agent.Get("/my?whose=others").Must(number, "替"+mother.Name+"办")
	agent.Get("/my?whose=self").MustNot(number)
	principal.Get("/my").Must(number, "由代办人提交")
	principal.Get("/my/cases/"+number).Status(200).Must("代办人", me.Name+"（代"+mother.Name+"）", "请家人帮我跟进")
	agent.Get("/my/cases/" + number).Status(200).Must(mother.Name).MustNot("请家人帮我跟进")
	agent.Get("/my/cases/"+number+"/form").Status(200).Must("申请表", mother.Name, "网上委托")

	principal.Get("/my/mandates").Form("section#by form").Send().Must("已经结束的", "不能再按这份委托办事")
	agent.Get("/my/cases/" + number).Status(404)
	agent.Get("/my?whose=others").MustNot(number)
	agent.PostForm("/my/cases/"+number+"/withdraw", url.Values{"opinion": {"x"}, "revision": {"1"}}).Status(404)
	principal.Get("/my/cases/" + number).Status(200)
}

// A mandate that ends while the form is open is told before anything is sent.
func TestMandateEndsMeanwhile(t *testing.T) {
	w := theCity(t)
	agent, principal := w.as(t, "citizen-53"), w.as(t, "citizen-54")
	w.asks(t, agent, "citizen-54").Send().Status(200)
	agree(principal.Get("/my/mandates")).Status(200)
	who := agent.Get("/apply/" + pension).Form("").Send()
	draft := strings.TrimSuffix(who.URL.Path, "/people")
	for _, n := range who.Find("input[name=mandate]") {
		if v := webtest.Attr(n, "value"); v != "self" {
			who = who.Form("form.ap-form").Fill("mandate", v).Send()
		}
	}
	review := w.walk(t, who, w.filled(t, "citizen-54", pension, answers())).MustNot("还差")
	stale := review.Form("form.ap-form").Fill("declared", "1")
	principal.Get("/my/mandates").Form("section#by form").Send().Status(200)
	stale.Send().Status(422).Must("还有没填完的内容", "联系电话")
	agent.Get(draft + "/next").At(draft + "/phone")
}

func TestMandatePagesRefuse(t *testing.T) {
	w := theCity(t)
	c := w.as(t, "citizen-55")
	w.asks(t, c, "citizen-55").Send().Status(422).Must("不能委托给自己")
	w.asks(t, c, "citizen-56").Fill("name", "张冠李").Send().Status(422).Must("没有找到姓名和号码都相符的账号")
	w.asks(t, c, "citizen-56").Fill("scope", "items").Fill("to", "").Send().Status(422).Must("请选择1至50个事项", "请选择到哪一天为止")
	found := w.asks(t, c, "citizen-56").Fill("scope", "items").Fill("find", "养老").Press("查找").Send().Status(422).Must("勾选可以办的事项")
	found.Form("#mandate").Fill("items", pension).Send().At("/my/mandates").Must("待遇申领")

	stranger := w.as(t, "citizen-57")
	for _, act := range []string{"confirm", "end"} {
		path := webtest.Attr(c.Get("/my/mandates").Find("section#waiting form")[0], "action")
		stranger.PostForm(strings.Replace(path, "/end", "/"+act, 1), nil).Status(404)
	}
	c.Get("/my/mandates").Form("section#waiting form").Send().Must("已经结束的")
	webtest.New(t, w.router).NoRedirect().Get("/my/mandates").Status(303)
	firm := w.as(t, "enterprise-3")
	firm.Get("/my/mandates/new").Must("指定一位经办人").MustNot("你们的关系")
}

func TestDocumentsAndDetails(t *testing.T) {
	w := theCity(t)
	number := w.asked(t, "citizen-58").Number
	c := w.as(t, "citizen-58")
	c.Get("/my/documents").Status(200).Must("补正材料一次性告知书", number).Click("补正材料一次性告知书").Status(200).Must(problem)
	w.as(t, "citizen-59").Get("/my/documents").Status(200).MustNot(number)

	p, err := w.identity.Person(w.system, "citizen-58")
	must(t, err)
	page := c.Get("/my/profile").Status(200).Must(p.Name, "改联系方式").MustNot(p.IDNo, p.Phone)
	page.Form("#profile").Fill("phone", "123").Send().Status(422).Must("请填写11位手机号")
	// The number counts once the code sent to it comes back; the address at once.
	page = page.Form("#profile").Fill("phone", "13911112222").Fill("address", "游溪镇大寮坑村8号").Send().At("/my/profile").Must("验证码已发到新手机号", "换成139****2222", "游溪镇大寮坑村8号")
	page.Form("#profile").Fill("phone", "13911113333").Send().Status(422).Must("1分钟后")
	if now, err := w.identity.Person(w.system, "citizen-58"); err != nil || now.Phone != p.Phone {
		t.Errorf("the number is %s before its code came back: %v", now.Phone, err)
	}
	page.Form("#prove").Fill("code", "12345x").Send().Status(422).Must("验证码不正确")
	code := regexp.MustCompile(`更换联系手机号，验证码(\d{6})`).FindStringSubmatch(c.Get("/demo/outbox?channel=sms").Text())
	if code == nil {
		t.Fatal("no code left")
	}
	page.Form("#prove").Fill("code", code[1]).Send().At("/my/profile").Must("已经换过来", "139****2222").None("#prove")
	fresh := c.Get("/apply/" + pension).Form("").Send()
	if got := webtest.Attr(fresh.One("input[name=phone]"), "value"); got != "13911112222" {
		t.Errorf("the new number is not filled in: %q", got)
	}
}

// A parent proposes for a child without an account, a window confirms it with
// the household register in hand, and the parent applies in the child's name.
func TestAChildAtTheWindow(t *testing.T) {
	w := theCity(t)
	parent := w.as(t, "citizen-61")
	child, err := gb.MakeResidentID("440232", workday.MustParseDate("2019-03-04"), 301)
	must(t, err)
	ask := parent.Get("/my/mandates/new").Form("#mandate").Fill("kind", "family").Fill("name", "盘小宝").Fill("id_no", string(child)).
		Fill("scope", "all").Fill("to", "2028-01-01").Fill("purpose", "孩子入学")
	ask.Send().At("/my/mandates").Must("等对方确认", "盘小宝", "带户口簿").MustNot(string(child))

	clerk := webtest.New(t, w.router)
	clerk.Get("/demo")
	page := clerk.PostForm("/demo/login", url.Values{"account": {"clerk-440232112209"}, "next": {"/counter/mandates"}}).Status(200).Must("核验亲子关系")
	find := func(no string) *webtest.Page {
		return page.Form("form[action=/counter/mandates]").Fill("id_no", no).Send()
	}
	find("123").Status(422).Must("号码不正确")
	other, err := gb.MakeResidentID("440232", workday.MustParseDate("2019-03-04"), 302)
	must(t, err)
	find(string(other)).Status(200).Must("没有等待核验的")
	found := find(string(child)).Status(200).Must("替盘小宝办事", "孩子入学")
	action := webtest.Attr(found.Find("form")[len(found.Find("form"))-1], "action")
	form := found.Form("form[action=" + action + "]")
	form.Send().Status(422).Must("请先核对户口簿")
	form.Fill("seen", "1").Send().Status(200).Must("已核验")
	parent.Get("/counter/mandates").Status(403)
	parent.PostForm(action, url.Values{"seen": {"1"}}).Status(403)
	parent.Get("/my/mandates").Must("您可以替盘小宝办").MustNot("带户口簿")
}
