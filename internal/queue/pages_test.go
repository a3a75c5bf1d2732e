package queue_test

import (
	"net/url"
	"strings"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/queue"
)

func TestMain(m *testing.M) { apptest.Main(m) }

const townHall = "440232112000"

// A person takes a number, follows it on the phone, is called and served; the
// wall shows the number and nothing of the person.
func TestFromTheMachineToTheCounter(t *testing.T) {
	s := apptest.New(t)
	slip := s.Anybody().Get("/take/"+townHall).Status(200).Must("游溪镇公共服务中心", "综合业务", "老年人").
		Form("main form").Fill("priority", queue.Elder).Press("综合业务").Send().Status(200).Must("A001", "老年人优先", "前面0人")
	code := strings.Split(slip.URL.Path, "/")[2]
	s.Anybody().Get("/ticket/"+code).Status(200).Must("A001", "前面还有0人")

	clerk := s.As("clerk-" + townHall)
	page := clerk.Get("/counter/queue").Status(200).Must("等候的人", "A001", "老年人")
	page = page.Form("form[action=/counter/queue/seat]").Fill("counter", townHall+"-01").Send().Status(200).Must("我的窗口：1号")
	page = page.Form("form[action=/counter/queue/call]").Send().Status(200).Must("已叫号", "重呼")
	s.Anybody().Get("/hall/"+townHall).Status(200).Must("A001", "1号窗口", "优先").MustNot("老年人优先号")
	s.Anybody().Get("/ticket/" + code).Must("到您了！请到1号窗口")
	page = page.Form("form.qu-miss").Send().Status(422).Must("再呼叫2次")
	page = page.Form("form.qu-arrive").Send().Status(200).Must("办理中")
	page.Form("form[action=/counter/queue/call]").Send().Status(200).Must("现在没有人在等", "现在没有叫号")
	s.Anybody().Get("/ticket/" + code).Must("已经办完")
	clerk.Get("/counter/queue/statistics").Status(200).Must("各窗口", "1号 综合窗口")
	clerk.Get("/counter/queue/statistics/hours").Status(200).Must("日期,时段,窗口", "2026-11-18,10:00,1,综合窗口")
	clerk.Get("/counter/queue/statistics?from=2026-11-18&to=2026-01-01").Status(422).Must("不超过92天")

	sheet := clerk.Get("/counter/shift").Status(200).Must("办完", "1人").Form("main form").Fill("note", "无事").Send().Status(200).Must("交接班单", "无（窗口不收现金）", "等待接班人员")
	s.As("clerk-"+townHall+"-02").Get(sheet.URL.Path).Status(200).Must("现在一致").
		Form("form.qu-confirm").Send().Status(422).Must("请清点后填写份数").
		Form("form.qu-confirm").Fill("papers", "7").Send().Status(422).Must("实点7份，请写明差在哪里").
		Form("form.qu-confirm").Fill("papers", "2").Send().Status(200).Must("已确认接班", "纸质材料2份").MustNot("有对不上的地方")
}

// A clerk looks a number up, puts its priority right and sees who did what.
func TestANumberIsPutRight(t *testing.T) {
	s := apptest.New(t)
	ticket, err := s.Hall.Take(s.System(), queue.Take{Outlet: townHall, Priority: queue.Elder})
	if err != nil {
		t.Fatal(err)
	}
	clerk, at := s.As("clerk-"+townHall), queue.NumberURL(ticket.ID)
	page := clerk.Get("/counter/queue").Status(200).Click(ticket.No).Status(200).Must("老年人", "前面0人", "更正优先", "取号")
	page = page.Form("form.qu-lane").Fill("reason", "点错").Send().Status(422).Must("请重新选择")
	page = page.Form("form.qu-lane").Fill("priority", queue.Elder).Fill("reason", "点错").Send().Status(422).Must("现在就是“老年人”")
	page = page.Form("form.qu-lane").Fill("priority", queue.Pregnant).Fill("reason", "").Send().Status(422).Must("请写明为什么更正")
	page.Form("form.qu-lane").Fill("priority", "none").Fill("reason", "取号时点错").Send().Status(200).
		Must("已改为“一般群众”", "老年人改为一般群众：取号时点错", "更正优先")

	manager := s.As("manager-440232000000")
	manager.Get(at).Status(200).Must("取号时点错")
	s.As("clerk-440224000000").Get(at).Status(403)
	s.Anybody().NoRedirect().Get(at).Status(303)
	s.As("citizen-1").Get(at).Status(403)
	clerk.Get(queue.NumberURL("no")).Status(404)
}

// Papers go with a receipt from the village to the agency that decides.
func TestPapersFromTheVillage(t *testing.T) {
	s := apptest.New(t)
	const village, clerk = "440232112209", "clerk-440232112209"
	c := s.Submit(clerk, "SG01001", village, nil)
	s.Drain()
	if c.Receiving.Code == c.Competent.Code {
		c = s.Submit(clerk, "SG01003", village, nil)
		s.Drain()
	}
	page := s.As(clerk).Get("/counter/papers").Status(200).Must("纸质材料交接")
	n, err := s.Hall.PapersOf(s.System(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	if c.Receiving.Code == c.Competent.Code || len(n) == 0 {
		t.Fatalf("the sample has no case decided elsewhere with papers: %s %s", c.Receiving.Code, c.Competent.Code)
	}
	page.Must(c.Number, "交给"+c.Competent.Name)
	form := page.Form("form[action=/counter/papers]")
	sent := form.Fill("way", "post").Send().Status(422).Must("请填写邮件号码").Form("form[action=/counter/papers]").Fill("way", "self").Send().Status(200).Must("纸质材料交接单", "签收人：")
	s.As("clerk-440232112206").Get(sent.URL.Path).Status(404)
	s.As(clerk).Get("/counter/papers/case/" + c.Number).Status(200).Must("窗口收取")
	s.As(clerk).Get("/counter/papers").Form("form[action=/counter/papers/add]").Fill("number", "1").Send().Status(422).Must("没有找到该办件")
}

func TestSetUp(t *testing.T) {
	s := apptest.New(t)
	b := s.As("manager-440232000000")
	b.Get("/admin/queues").Status(200).Must("乳源瑶族自治县行政服务中心").MustNot("仁化县行政服务中心")
	b.Get("/admin/queues/440224000000").Status(403)
	page := b.Get("/admin/queues/" + townHall).Status(200)
	form := page.Form("form.qu-edit").Fill("letter", "A").Fill("name", "税务").Fill("minutes", "8").Fill("active", "1")
	page = form.Send().Status(422).Must("字母 A 已用于“综合业务”")
	page.Form("form.qu-edit").Fill("letter", "C").Send().Status(200).Must("队列“税务”已保存")
	s.Anybody().Get("/take/" + townHall).Must("税务")
	b.Get("/admin/queues/"+townHall).Form("form.qu-device").Fill("device", "大门").Send().Status(200).Must("开通码：")
}

func TestPagesNeedTheRight(t *testing.T) {
	s := apptest.New(t)
	for _, path := range []string{"/counter/queue", "/counter/queue/statistics", "/counter/shift", "/counter/papers", "/admin/queues", "/admin/queues/" + townHall} {
		s.Anybody().NoRedirect().Get(path).Status(303).Location("/login?next=" + url.QueryEscape(path))
		s.As("citizen-1").Get(path).Status(403)
	}
	s.As("clerk-" + townHall).Get("/counter/queue?outlet=440224000000").Status(403)
	s.As("clerk-" + townHall).Get("/admin/queues").Status(403)
	s.Anybody().Get("/hall/123").Status(404)
	s.Anybody().Get("/ticket/AAAA").Status(404)
}

func TestBrokenDatabase(t *testing.T) {
	s := apptest.New(t)
	b := s.As("clerk-" + townHall)
	if err := s.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/counter/queue", "/hall/" + townHall, "/take/" + townHall, "/counter/papers"} {
		b.NoRedirect().Get(path).Status(503).MustNot("sql:", "panic")
	}
}
