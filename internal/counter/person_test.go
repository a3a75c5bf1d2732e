package counter_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"yimen/gb"
	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/kit/webtest"
	"yimen/internal/queue"
)

// greet types a document number and gives the person's page.
func greet(t *testing.T, b *webtest.Client, number string) *webtest.Page {
	t.Helper()
	page := b.Get("/counter").Status(200).Form("#ct-find").Fill("q", number).Send().Status(200)
	if !strings.HasPrefix(page.URL.Path, "/counter/person/") {
		t.Fatalf("the number leads to %s", page.URL)
	}
	return page
}

// Whoever shows their document is on one screen, and their number in no address
// and on no page.
func TestPersonOnOneScreen(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, item, village, nil)
	online := s.Submission("SG18002", village)
	online.Channel, online.Materials = cases.ChannelWeb, nil
	draft, err := s.Cases.SaveDraft(s.Ctx("citizen-1"), online)
	if err != nil {
		t.Fatal(err)
	}
	b := s.As(clerk)
	page := greet(t, b, c.Applicant.IDNo)
	page.Must("李立伟", "录入证件号码", "正在办的", "城乡居民基本养老保险参保登记", "已收件", "当场受理", "网上填的", "异地就医备案").
		MustNot(c.Applicant.IDNo, c.Applicant.Phone)
	if strings.Contains(page.URL.String(), c.Applicant.IDNo) {
		t.Error("the number is in the address")
	}

	// The key opens nothing for another clerk, and nothing half an hour later.
	s.As("clerk-440232112206").Get(page.URL.Path).Status(200).At("/counter").Must("这次接待已经结束").MustNot("李立伟")
	taken := page.Form(`form[action=` + page.URL.Path + `/draft]`).Press("异地就医备案").Send().Status(200).Must("异地就医备案")
	if taken.URL.Path != "/counter/intake/"+draft.Number {
		t.Errorf("the draft opens %s", taken.URL)
	}
	if _, err := s.Cases.Draft(s.Ctx("citizen-1"), draft.Number); err == nil {
		t.Error("the draft is in two hands")
	}
	s.Clock.Advance(31 * time.Minute)
	b = s.As(clerk)
	b.Get(page.URL.Path).Status(200).At("/counter").Must("这次接待已经结束")
	if err := s.Counter.Sweep(s.System()); err != nil {
		t.Fatal(err)
	}

	// Found by name or by case, the document was not seen: no draft from home.
	page = b.Get("/counter").Form("#ct-find").Fill("q", c.Number).Send().Status(200).Must("李立伟", "按办件编号", "还没有核对证件")
	page.None(`form[action=` + page.URL.Path + `/draft]`)
	b.PostForm(page.URL.Path+"/draft", url.Values{"draft": {draft.Number}}).Status(404)
	s.Submit(clerk, item, village, func(sub *cases.Submission) {
		sub.Applicant = cases.Applicant{Type: "person", Name: "李立新", IDType: "111", IDNo: "440232197005120032", Phone: "13800138000"}
	})
	b.Get("/counter").Form("#ct-find").Fill("q", "李立").Send().Status(200).Must("办事人", "李立伟", "李立新").MustNot(c.Applicant.IDNo).
		Form(".ct-hits").Press("李立伟").Send().Status(200).Must("按姓名查找")
	b.Get("/counter").Form("#ct-find").Fill("q", c.Applicant.Phone).Send().Status(200).Must("李立伟").MustNot(c.Applicant.Phone)
	page = greet(t, b, c.Applicant.IDNo)
	page.Form(`form[action=` + page.URL.Path + `/end]`).Send().Status(200).At("/counter").MustNot(page.URL.Path)
	b.Get(page.URL.Path).At("/counter")
}

// What is typed wrong is told in the field, and stays there.
func TestFindSaysWhatIsWrong(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, item, village, nil)
	b := s.As(clerk)
	for text, want := range map[string]string{
		"": "请先输入", "440232197005120099": "证件号码不对", "qqqqzz": "没有找到“qqqqzz”", cases.NewNumber(apptest.Start): "没有找到办件", "A001": "没有这个号",
	} {
		page := b.Get("/counter").Form("#ct-find").Fill("q", text).Send().Status(422).Must(want)
		if got := page.Form("#ct-find").Values.Get("q"); got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	}
	// Another outlet finds neither the case nor the person.
	other := s.As("clerk-440232112206")
	other.Get("/counter").Form("#ct-find").Fill("q", c.Number).Send().Status(422).MustNot("李立伟")
	other.Get("/counter").Form("#ct-find").Fill("q", c.Applicant.Phone).Send().Status(422).MustNot("李立伟")
	greet(t, other, c.Applicant.IDNo).MustNot("城乡居民基本养老保险参保登记")
	b.With("HX-Request", "true").PostForm("/counter/find", url.Values{"q": {c.Applicant.IDNo}}).Status(200).MustNot("李立伟")
	b.With("HX-Request", "true").PostForm("/counter/find", url.Values{"q": {"ylbx"}, "only": {"items"}}).Status(200).Must("Enter")
}

// A result is handed over on the person's page; a second window is told.
func TestActsOnThePersonsPage(t *testing.T) {
	s := newSite(t)
	c, err := s.Cases.Find(s.System(), s.Submit(clerk, "SG02001", village, nil).Number)
	if err != nil {
		t.Fatal(err)
	}
	b := s.As(clerk)
	page := greet(t, b, c.Applicant.IDNo)
	at := page.URL.Path + "/" + c.Number
	ask := b.Get(at + "/request-correction").Status(200).Must("补正只能告知一次")
	ask.Form(".ct-form").Send().Status(422).Must("请至少写明一处")
	need := c.Content.Checklist.Materials[0]
	ask.Form(".ct-form").Fill("problem."+need.ID, "复印件不清晰。").Send().Status(422).Must("请写明怎么补")
	stale := b.Get(at + "/request-correction")
	ask.Form(".ct-form").Fill("problem."+need.ID, "复印件不清晰。").Fill("cure."+need.ID, "重新复印。").Send().Status(200).
		At(page.URL.Path).Must("待补正", "复印件不清晰。", "收补正材料")
	stale.Form(".ct-form").Fill("problem."+need.ID, "缺页。").Fill("cure."+need.ID, "补齐缺页。").Send().Status(409).Must("没有办成", "待补正")

	bring := b.Get(at + "/correct").Status(200).Must(need.Name)
	bring.Form(".ct-form").Send().Status(422)
	bring.Form(".ct-form").Fill("way."+need.ID, "paper").Send().Status(200).At(page.URL.Path).Must("已收件")
	b.Get(at+"/withdraw").Form(".ct-form").Fill("opinion", "").Send().Status(422)
	b.Get(at + "/withdraw").Form(".ct-form").Send().Status(200).At(page.URL.Path).Must("已撤回")
	b.Get(at + "/deliver").Status(200).Must("不能交付结果")
	b.Get(at + "/decide").Status(404)
	other := s.Submit(clerk, item, village, func(sub *cases.Submission) {
		sub.Applicant = cases.Applicant{Type: "person", Name: "盘大山", IDType: "111", IDNo: "440232197005120032", Phone: "13800138000"}
	})
	b.Get(page.URL.Path + "/" + other.Number + "/withdraw").Status(404) // of somebody else
}

// A card reader sends the card; the clerk's desk goes there by itself.
func TestCardReader(t *testing.T) {
	s := newSite(t)
	b := s.As(clerk)
	b.Get("/counter/settings").Form(`form[action=/counter/settings/reader]`).Fill("name", "").Send().Status(422).Must("起个名字")
	page := b.Get("/counter/settings").Form(`form[action=/counter/settings/reader]`).Fill("name", "1号窗口读卡器").Send().Status(200).Must("令牌只显示这一次", "1号窗口读卡器")
	token := ""
	for _, n := range page.Find("[data-copy]") {
		for _, a := range n.Attr {
			if a.Key == "data-copy" {
				token = a.Val
			}
		}
	}
	b.Get("/counter").Must("读卡器已连接")
	b.Get("/counter/reader/next?since=0").Status(http.StatusNoContent)
	send := func(token, body string) int {
		return s.Anybody().With("X-Reader-Token", token).Do("POST", "/counter/reader", "application/json", strings.NewReader(body)).Code
	}
	card := `{"id_no":"440232197005120032","name":"盘大山"}`
	for body, want := range map[string]int{`{"id_no":"4402"}`: 422, `{`: 422, card: http.StatusNoContent} {
		if got := send(token, body); got != want && (got < 400) != (want < 400) {
			t.Errorf("%s answers %d, want %d", body, got, want)
		}
	}
	if got := send("wrong", card); got != 401 {
		t.Errorf("an invented token answers %d", got)
	}
	to := b.Get("/counter/reader/next?since=0").Status(200).Text()
	b.Get(to).Status(200).Must("盘大山", "读卡").MustNot("440232197005120032")
	s.As("clerk-440232112206").Get("/counter/reader/next?since=0").Status(http.StatusNoContent)
	b.Get("/counter/settings").Form(`form[action=/counter/settings/reader/remove]`).Press("停用").Send().Status(200).Must("已停用")
	if got := send(token, card); got != 401 {
		t.Errorf("a reader taken away answers %d", got)
	}
	if again := b.Get("/counter/settings").Status(200); strings.Contains(again.Text(), token) {
		t.Error("the token is shown again")
	}
}

// The receipt comes on the paper that the window uses.
func TestPaperOfTheWindow(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, item, village, nil)
	b := s.As(clerk)
	b.Get("/counter/settings").Form(`form[action=/counter/settings/paper]`).Fill("paper", "80mm").Send().Status(200).Must("80毫米小票纸")
	b.PostForm("/counter/settings/paper", url.Values{"paper": {"letter"}}).Status(422).Must("请选择 A4 纸")
	receipt := b.Get("/counter/done/"+c.Number).Click("打印材料收件凭证").Status(200).Must("材料收件凭证", c.Number)
	whole, err := s.Cases.Find(s.System(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	phone := whole.Applicant.Phone
	for _, page := range []*webtest.Page{receipt, b.Get(receipt.URL.Path)} {
		page.Must("联系电话", gb.MaskPhone(phone)).MustNot(phone)
	}
	if receipt.URL.Query().Get("paper") != "80mm" {
		t.Errorf("the receipt is printed by %s", receipt.URL)
	}
	s.As("clerk-440232112206").Get("/counter/settings").Status(200)
}

// Numbers are called from the desk.
func TestCallFromTheDesk(t *testing.T) {
	s := newSite(t)
	ctx := s.Ctx(clerk)
	queues, err := s.Hall.Queues(ctx, village)
	if err != nil || len(queues) == 0 {
		t.Fatalf("the village has %d queues, %v", len(queues), err)
	}
	counters, err := s.Org.Counters(ctx, village)
	if err != nil || len(counters) == 0 {
		t.Fatalf("the village has %d counters, %v", len(counters), err)
	}
	b := s.As(clerk)
	b.PostForm("/counter/call/call", nil).Status(409).Must("还没有选择今天坐哪个窗口")
	b.Get("/counter").Form(`form[action=/counter/call/sit]`).Fill("counter", counters[0].ID).Send().Status(200).Must("叫下一位")
	b.PostForm("/counter/call/call", nil).Status(200).Must("没有人在等")
	ticket, err := s.Hall.Take(ctx, queue.Take{Outlet: village, Queue: queues[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	b.Get("/counter").Form(`form[action=/counter/call/call]`).Send().Status(200).Must(ticket.No, "已到", "重呼", "过号")
	b.Get("/counter").Form(`form[action=/counter/call/miss]`).Send().Status(409).Must("叫满三次")
	b.Get("/counter").Form("#ct-find").Fill("q", ticket.No).Send().Status(200).At(queue.NumberURL(ticket.ID)).Must("已叫号", "叫过 1次")
	b.Get("/counter").Form("#ct-find").Fill("q", "http://yimen.test/ticket/"+ticket.Code).Send().Status(200).At(queue.NumberURL(ticket.ID))
	b.Get("/counter").Form("#ct-find").Fill("q", "http://yimen.test/ticket/AAAAAAAAAAAA").Send().Status(422).Must("没有这个号")
	b.Get("/counter").Form(`form[action=/counter/call/arrive]`).Send().Status(200).Must("办理中", "挂起")
	b.Get("/counter").Form(`form[action=/counter/call/hold]`).Send().Status(200).Must("挂起的号", ticket.No+"恢复")
	b.Get("/counter").Form(`form[action=/counter/call/unhold]`).Send().Status(200).Must("办理中")
	page := greet(t, b, "440232197005120032")
	page.Form(`form[action=` + page.URL.Path + `/end]`).Send().Status(200).At("/counter").Must("现在没有叫号")
	b.PostForm("/counter/call/nothing", nil).Status(404)
	s.As("approver-440232-d11").PostForm("/counter/call/call", nil).Status(403)
}
