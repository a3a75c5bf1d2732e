package training_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/webtest"
	"yimen/internal/training"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// A manager's day: a course, its paper, its day, its results, and a certificate
// taken away.
func TestPagesOfTraining(t *testing.T) {
	s := apptest.New(t)
	b := s.As("manager-440200000000")
	for _, path := range []string{"/office/training", "/office/training/certificates", "/office/training/courses/new"} {
		s.Anybody().NoRedirect().Get(path).Status(303)
		s.As("clerk-440232112209").Get(path).Status(403)
		b.Get(path).Status(200)
	}
	b.Get("/office/training").Must("综合窗口上岗培训", "工程建设项目受理专项培训", "30天内到期")
	page := b.Get("/office/training/courses/new").Form("[name=title]").Fill("title", "适").Fill("months", "x").Fill("division", "440300000000").
		Send().Status(422).Must("2到60个字", "1到120个月")
	page = page.Form("[name=title]").Fill("title", "适老服务").Fill("months", "12").Fill("division", "440200000000").Send().Status(200).Must("适老服务", "还没有安排过")
	at := page.URL.Path
	page.Form("[name=material]").Attach("material", "讲义.pdf", []byte("不是PDF")).Send().Status(422).Must("讲义.pdf")
	b.Get(at).Form("[name=material]").Attach("material", "讲义.txt", []byte("慢一点，说清楚。")).Send().Status(200).Must("讲义.txt")
	page.Form("[name=trainer]").Fill("trainer", "陈工").Send().Status(422).Must("请选择培训日期", "请写培训地点")
	b.Get(at).Form("[name=trainer]").Fill("trainer", "陈工").Fill("on", "2026-11-18").Fill("place", "三楼").Send().Status(200).Must("培训已安排", "三楼")
	b.Get(at).Form("[name=item]").Fill("item", "nothing").Send().Status(422).Must("没有这个事项")
	b.Get(at).Form("[name=item]").Fill("item", "SG30001").Send().Status(200).Must("用水报装", "不再要求")

	clerk := s.As("clerk-440232112209")
	mine := clerk.Get(training.MineURL).Status(200).Must("综合窗口上岗培训", "适老服务", "讲义.txt", "签到")
	clerk.Get(training.MineURL).Click("学习资料：讲义.txt").Status(200).Must("慢一点，说清楚。")
	for _, form := range mine.Find("form") {
		if to := webtest.Attr(form, "action"); strings.HasSuffix(to, "/sign-in") {
			clerk.PostForm(to, url.Values{"idempotency_key": {"sign-" + to}}).Status(200).Must("已签到")
		}
	}
	if p := clerk.Get(training.MineURL).Must("您已签到"); strings.Contains(p.Body, "/sign-in") {
		t.Error("who has signed in is asked to again")
	}
	day := b.Get(at).Click("2026年11月18日").Status(200).Must("名单1人，本人签到1人")
	day.Form("[name=place]").Fill("place", "nowhere").Send().Status(422).Must("没有这个网点或单位")
	b.Get(day.URL.Path).Form("[name=place]").Fill("place", "440200000000").Send().Status(200).Must("名单已加入")
	b.Get(day.URL.Path).Form("form[action=" + day.URL.Path + "/enrol-due]").Send().Status(422).Must("没有快到期或已过期的证书")
	b.Get(day.URL.Path + "/sheet").Status(200)
	s.As("clerk-440232112209").Get(day.URL.Path + "/sheet").Status(403)
	b.Get(day.URL.Path).Form("[name=sheet]").Attach("sheet", "签到.csv", []byte("人员编号,结果\n没有这个人,合格\n")).Send().Status(422).Must("第2行：没有人员编号“没有这个人”")
	staff := identity.FromContext(s.Ctx("clerk-440232112209")).Staff
	b.Get(day.URL.Path).Form("[name=sheet]").Attach("sheet", "签到.csv", []byte("人员编号,结果\n"+staff+",合格\n")).Send().Status(200).Must("签到表已导入1人")
	b.Get(day.URL.Path).Form("form[action=" + day.URL.Path + "/results]").Send().Status(200).Must("结果已登记，发放证书1张")
	paper := clerk.Get(training.MineURL).Must("适老服务", "PX2026000001", "2027年11月17日").Click("PX2026000001").Status(200).
		Must("培训合格证书", "编号：PX2026000001", "参加《适老服务》", "2027年11月17日").MustNot("不能再用")
	b.Get(paper.URL.Path).Status(200)
	s.As("clerk-440224000000").Get(paper.URL.Path).Status(404)
	s.Anybody().NoRedirect().Get(paper.URL.Path).Status(303)

	list := b.Get("/office/training/certificates?q=PX2026000001").Must("适老服务", "有效")
	list.Form("[name=reason]").Fill("reason", "错").Send().Status(422).Must("请写明撤销的原因")
	b.Get("/office/training/certificates?q=PX2026000001").Form("[name=reason]").Fill("reason", "名单登记错了人").Send().Status(200).Must("证书已撤销")
	clerk.Get(training.MineURL).Must("已撤销", "名单登记错了人")
	clerk.Get(paper.URL.Path).Status(200).Must("已经撤销，不能再用")
	b.Get("/office/training/certificates/export?state=revoked").Status(200).Must("PX2026000001", "名单登记错了人")
	s.As("manager-440232000000").Get("/office/training/certificates/export").Status(200).Must("大寮坑").MustNot("仁化")
	s.As("admin-audit").Get("/admin/audit?action=training.revoke").Must("名单登记错了人")

	var out struct {
		Items []struct{ Number, State string }
	}
	b.Get("/api/v1/training/certificates?state=revoked").Status(200).Decode(&out)
	if len(out.Items) != 1 || out.Items[0].State != training.Revoked {
		t.Errorf("%+v", out)
	}

	// Thirty days before the end its holder is told, once.
	for range 2 {
		if err := s.Queue.RunPeriodic(s.System(), "training.warn"); err != nil {
			t.Fatal(err)
		}
	}
	due, _, err := s.Training.Certificates(s.System(), training.Find{State: training.Due}, db.Page{Limit: 1})
	if err != nil || len(due) == 0 {
		t.Fatal(due, err)
	}
	accounts, err := s.Identity.ByStaff(s.System(), []string{due[0].Staff})
	if err != nil {
		t.Fatal(err)
	}
	told := s.As(accounts[due[0].Staff].Name).Get("/office/messages").Text()
	if n := strings.Count(told, "培训证书快到期"); n != 1 {
		t.Errorf("told %d times", n)
	}
}

// The item that demands a certificate is accepted by who holds it and by nobody
// else; receiving is open to all.
func TestAcceptanceDemandsACertificate(t *testing.T) {
	s := apptest.New(t)
	ctx := s.Ctx("clerk-440224000000")
	var titles []string
	read, ok := s.Training.Lacking(ctx, identity.FromContext(ctx), &titles, "$1", "SG29001")
	if !ok {
		t.Fatal("the clerk is not asked")
	}
	if err := s.DB.Conn(ctx).Together(ctx, read); err != nil || len(titles) != 1 {
		t.Fatalf("lacking %v (%v)", titles, err)
	}
	// Before any paper is handed over, the window that may not accept it is told so, and the one that may is not.
	for clerk, told := range map[string]bool{"clerk-440224000000": true, "clerk-440232000000": false} {
		sheet := s.As(clerk).PostForm("/counter/start", url.Values{"item": {"SG29001"}, "idempotency_key": {"start-" + clerk}}).Status(200)
		if said := strings.Contains(sheet.Text(), "先取得培训证书：《工程建设项目受理专项培训》"); said != told || told && strings.Contains(sheet.Text(), "提交并当场受理") {
			t.Errorf("%s at %s: told %v", clerk, sheet.URL.Path, said)
		}
	}
	list, _, err := s.Cases.List(s.System(), cases.Query{States: []cases.State{cases.StateSubmitted, cases.StateReceived}}, db.Page{Limit: 100})
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	c := list[0]
	clerk := "clerk-" + c.Receiving.Code
	manager := s.Ctx("manager-440200000000")
	if err := s.Training.Require(manager, courseOf(t, s), c.Item); err != nil {
		t.Fatal(err)
	}
	held, _, err := s.Training.Certificates(s.System(), training.Find{Course: courseOf(t, s), Q: identity.FromContext(s.Ctx(clerk)).Staff}, db.Page{})
	if err != nil || len(held) != 1 {
		t.Fatal(held, err)
	}
	if err := s.Training.Revoke(manager, held[0].ID, "登记错了人"); err != nil {
		t.Fatal(err)
	}
	page := s.As(clerk).PostForm("/office/cases/"+c.Number+"/accept", url.Values{"revision": {strconv.Itoa(c.Revision)}, "idempotency_key": {"no-certificate"}})
	page.Status(403).Must("要先取得培训证书：《工程建设项目受理专项培训》", "请让有证的同事受理")
	if now, err := s.Cases.Find(s.System(), c.Number); err != nil || now.State != c.State {
		t.Fatalf("%s (%v)", now.State, err)
	}
	if err := s.Training.Release(manager, courseOf(t, s), c.Item); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cases.Accept(s.Ctx(clerk), c.Number, cases.Act{}); err != nil {
		t.Errorf("accepted by nobody: %v", err)
	}
}

// courseOf is the course of the sample city that an item demands.
func courseOf(t *testing.T, s *apptest.Site) string {
	t.Helper()
	list, err := s.Training.Courses(s.System())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.Kind == training.KindBusiness {
			return c.ID
		}
	}
	t.Fatal("no course of business")
	return ""
}
