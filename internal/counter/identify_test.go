package counter_test

import (
	"net/url"
	"strings"
	"testing"

	cityorg "yimen/city/org"
	"yimen/internal/app/apptest"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/webtest"
	"yimen/workday"
)

// laid puts a card on the clerk's reader and gives the page that opens.
func laid(t *testing.T, s *apptest.Site, b *webtest.Client, name, number string) *webtest.Page {
	t.Helper()
	page := b.Get("/counter/settings").Form("form[action='/counter/settings/reader']").Fill("name", "1号窗口读卡器").Send().Status(200)
	token := webtest.TextOf(page.One(".ym-number code"))
	s.Anybody().With("X-Reader-Token", token).JSON("POST", "/counter/reader", map[string]string{"id_no": number, "name": name}).Status(204)
	to := strings.TrimSpace(b.Get("/counter/reader/next?since=0").Status(200).Body)
	return b.Get(to).Status(200)
}

// TestACardAtTheWindowIsAProof: once the clerk says that it is they; who has only
// a phone can then apply for what asks for more. The case keeps how it was seen.
func TestACardAtTheWindowIsAProof(t *testing.T) {
	s := newSite(t)
	p, err := s.Identity.Person(s.System(), "citizen-3")
	if err != nil {
		t.Fatal(err)
	}
	b := s.As(clerk)
	page := laid(t, s, b, p.Name, p.IDNo).Must("读卡", "初级", "身份和账号")
	if l, err := s.Identity.LevelOf(s.System(), p.Account); err != nil || l != identity.LevelPhone {
		t.Errorf("a card alone, that anybody may have brought, proves level %d, %v", l, err)
	}
	page = page.Form(".ct-attest").Press("本人在场、与照片一致：记为当面核验").Send().Status(200).Must("已记录：窗口读取身份证", "高级").MustNot("记为当面核验")
	if !strings.HasPrefix(page.URL.Path, "/counter/person/") || strings.HasSuffix(page.URL.Path, "/identity") {
		t.Errorf("it leads to %s", page.URL)
	}
	list, err := s.Identity.Proofs(s.System(), p.Account)
	if err != nil || list[0].Method != identity.ByCard || list[0].By == "" || !strings.Contains(list[0].Detail, "outlet=") {
		t.Errorf("proofs %+v, %v", list, err)
	}
	who := page.Click("身份和账号").Must("窗口读取身份证", "有效到", "忘了密码").MustNot("当面核验后", p.IDNo)
	if n := len(who.Find("#ct-attest")); n != 0 {
		t.Errorf("%d forms to prove what is proven", n)
	}
	s.As("citizen-3").Get("/apply/new?item=SG01003").Status(200).Must("这件事属于哪个地方")
}

// TestTheDocumentHasToBeTheirs: a number alone, another name on the card, nobody
// looked at: no proof. The page is for clerks.
func TestTheDocumentHasToBeTheirs(t *testing.T) {
	s := newSite(t)
	p, err := s.Identity.Person(s.System(), "citizen-3")
	if err != nil {
		t.Fatal(err)
	}
	b := s.As(clerk)
	page := laid(t, s, b, "冒名者", p.IDNo)
	at := page.URL.Path + "/identity"
	b.PostForm(at+"/attest", url.Values{}).Status(422).Must("请先看人")
	b.PostForm(at+"/attest", url.Values{"present": {"1"}}).Status(422).Must("与账号登记的不一致")
	b.PostForm(at+"/password", url.Values{"present": {"1"}}).Status(422).Must("与账号登记的不一致").MustNot("一次性密码只")
	b.PostForm(at+"/nothing", url.Values{"present": {"1"}}).Status(404)
	if l, err := s.Identity.LevelOf(s.System(), p.Account); err != nil || l != identity.LevelPhone {
		t.Errorf("level %d, %v", l, err)
	}
	s.As("approver-440232-d11").Get(at).Status(403)
	s.As("citizen-3").Get(at).Status(403)
	s.Anybody().NoRedirect().Get(at).Status(303)
	s.As("clerk-440232112206").Get(at).At("/counter").Must("这次接待已经结束")
	c := s.Submit(clerk, item, village, nil)
	byNumber := b.Get("/counter").Form("#ct-find").Fill("q", c.Number).Send().Status(200) // no document in hand
	b.Get(byNumber.URL.Path + "/identity").At("/counter").Must("还没有核对这个人的证件")
}

// TestAnAccountForWhoHasNoTelephone: opened, printed once, and the password has to
// be changed at the first sign-in.
func TestAnAccountForWhoHasNoTelephone(t *testing.T) {
	s := newSite(t)
	people, err := cityorg.Unregistered()
	if err != nil {
		t.Fatal(err)
	}
	p, b := people[0], s.As(clerk)
	page := laid(t, s, b, p.DisplayName, p.IDNo).Must("没有账号").Click("身份和账号").Must("为没有手机的人开通账号").MustNot("忘了密码", p.IDNo)
	page.Form("#ct-open").Fill("present", "1").Fill("phone", "12").Send().Status(422).Must("请填写11位手机号")
	slip := page.Form("#ct-open").Fill("present", "1").Fill("phone", "13912345678").Send().Status(200).
		Must("一次性密码", "只显示这一次", p.DisplayName, "联系电话", "139****5678").MustNot("13912345678")
	login, password := webtest.TextOf(slip.Find(".ct-slip dd")[0]), webtest.TextOf(slip.Find(".ct-slip dd")[1])

	phone := s.Anybody()
	in := url.Values{"account": {login}, "password": {password}, "next": {"/my"}}
	phone.PostForm("/login", in).At("/account/password")
	phone.NoRedirect().Get("/my").Status(303).Location("/account/password")
	phone.Get("/account/password").Form("form[action='/account/password']").Fill("new", "Dazhao-2026").Fill("again", "Dazhao-2026").Fill("old", password).Send()
	phone.Get("/my").Status(200).At("/my")
	id, err := s.Identity.AccountOf(s.System(), "111", p.IDNo)
	if err != nil || id == "" {
		t.Fatal(id, err)
	}
	if l, err := s.Identity.LevelOf(s.System(), id); err != nil || l != identity.LevelPresence {
		t.Errorf("level %d, %v", l, err)
	}
	page = b.Get(page.URL.Path)
	again := page.Form("#ct-password").Fill("present", "1").Send().Status(200).Must(login).MustNot(password)
	if again.Header().Get("Cache-Control") == "" {
		t.Error("a page with a password may be kept")
	}
	phone.NoRedirect().Get("/my").Status(303)

	// Whose number was typed in is named on the slip too.
	typed := people[1]
	greet(t, b, typed.IDNo).Click("身份和账号").Form("#ct-open").Fill("present", "1").Fill("name", typed.DisplayName).Send().Status(200).
		Must(typed.DisplayName+"：", "一次性密码")
}

// TestWhoCannotSayYesOnline: a parent agrees and a company is bound at the window,
// by the clerk's name.
func TestWhoCannotSayYesOnline(t *testing.T) {
	s := newSite(t)
	parent, err := s.Identity.Person(s.System(), "citizen-1")
	if err != nil {
		t.Fatal(err)
	}
	x, err := s.Identity.ProposeMandate(s.Ctx("citizen-2"), identity.Proposal{AsAgent: true, Kind: identity.MandateFamily, Name: parent.Name, IDNo: parent.IDNo,
		Scope: identity.ScopeAll, To: workday.DateOf(s.Clock.Now(), clock.Beijing).Add(200), Purpose: "代办养老待遇"})
	if err != nil {
		t.Fatal(err)
	}
	b := s.As(clerk)
	page := laid(t, s, b, parent.Name, parent.IDNo).Click("身份和账号").Must("等他本人同意", "亲属代办", "代办养老待遇")
	page.Form(".ct-agree").Press("本人同意，生效").Send().Status(422).Must("请先看人")
	page.Form(".ct-agree").Fill("present", "1").Press("本人同意，生效").Send().Status(200).Must("已生效").MustNot("等他本人同意")
	if got, err := s.Identity.Mandate(s.Ctx("citizen-2"), x.ID); err != nil || got.State != identity.MandateActive {
		t.Errorf("%+v, %v", got, err)
	}

	e, err := cityorg.CompanyOf(1) // that citizen-1 leads
	if err != nil {
		t.Fatal(err)
	}
	page = b.Get(page.URL.Path)
	page.Form("#ct-company").Fill("present", "1").Fill("company", "").Fill("uscc", "1").Send().Status(422).Must("单位全称", "统一社会信用代码是18位")
	wrong := page.Form("#ct-company").Fill("present", "1").Fill("company", "别的公司").Fill("uscc", e.USCC).Send().Status(422).Must("与企业登记信息对不上")
	if kept := wrong.Form("#ct-company").Values.Get("company"); kept != "别的公司" {
		t.Errorf("the page now reads %q", kept)
	}
	page.Form("#ct-company").Fill("present", "1").Fill("company", e.Name).Fill("uscc", e.USCC).Send().Status(200).Must("已绑定", e.Name)
	s.As("citizen-1").Get("/my/company").Must(e.Name)
	audit := s.As("admin-audit").Get("/admin/audit?action=company.bind_window").Status(200)
	audit.Must("窗口绑定单位")
}

// TestAFamilyBondIsProposedAtTheWindow: by the person served, confirmed by the
// other side in their own account; what is wrong stands beside its field and the
// words typed stay.
func TestAFamilyBondIsProposedAtTheWindow(t *testing.T) {
	s := newSite(t)
	parent, err := s.Identity.Person(s.System(), "citizen-1")
	if err != nil {
		t.Fatal(err)
	}
	child, err := s.Identity.Person(s.System(), "citizen-2")
	if err != nil {
		t.Fatal(err)
	}
	b := s.As(clerk)
	form := func() *webtest.Form {
		return laid(t, s, b, parent.Name, parent.IDNo).Click("身份和账号").Form("#ct-family").Fill("side", "principal").Fill("id_no", child.IDNo).
			Fill("to", "2027-11-18").Fill("purpose", "代办养老待遇")
	}
	unseen := form().Fill("name", child.Name).Send().Status(422).Must("请先看人")
	if kept := unseen.Form("#ct-family").Values.Get("purpose"); kept != "代办养老待遇" {
		t.Errorf("the page now reads %q", kept)
	}
	wrong := form().Fill("name", "盘不对").Fill("present", "1").Send().Status(422).Must("与人口登记信息对不上")
	if kept := wrong.Form("#ct-family").Values.Get("name"); kept != "盘不对" {
		t.Errorf("the page now reads %q", kept)
	}
	form().Fill("name", child.Name).Fill("present", "1").Send().Status(200).Must("已登记，等"+child.Name+"同意后生效", "等对方同意")
	form().Fill("name", child.Name).Fill("present", "1").Send().Status(422).Must("已经提出过")
	s.Drain()
	mine := s.As("citizen-2")
	mine.Get("/my/messages").Must(parent.Name)
	yes := webtest.Attr(mine.Get("/my/mandates").Find("#asked form")[0], "action")
	mine.PostForm(yes, nil).Status(200)
	laid(t, s, b, parent.Name, parent.IDNo).Click("身份和账号").Must(child.Name+"替"+parent.Name+"办事", "已生效")
	s.As("admin-audit").Get("/admin/audit?action=mandate.propose_window").Status(200).Must("窗口代本人提出家人代办")
}
