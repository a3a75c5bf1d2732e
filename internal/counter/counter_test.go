package counter_test

import (
	"net/url"
	"strings"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/webtest"
	"yimen/internal/workflow"
)

const (
	village = "440232112209"
	clerk   = "clerk-440232112209"
	item    = "SG01001"
)

func TestMain(m *testing.M) { apptest.Main(m) }

func newSite(t testing.TB) *apptest.Site { t.Helper(); return apptest.New(t) }

// A person without an account comes to the window; everything is asked there,
// from the first letters of the item to the printed receipt.
func TestIntakeOfAPersonWithoutAnAccount(t *testing.T) {
	s := newSite(t)
	b := s.As(clerk)
	page := b.Get("/counter").Status(200).Must("大寮坑村", "谁来了，办什么")
	page.Form("#ct-find").Fill("q", "养老保险参保").Send().Status(200).Must("城乡居民基本养老保险参保登记", item)
	page = b.PostForm("/counter/start", url.Values{"pick": {item}}).Status(200).Must("城乡居民基本养老保险参保登记", "还缺", "姓名或名称")
	if !strings.HasPrefix(page.URL.Path, "/counter/intake/") {
		t.Fatalf("starting leads to %s", page.URL)
	}
	page.Form("#in-sheet").Send().Status(422).Must("姓名", "请选择")

	sub := s.Submission(item, village)
	page.Form("#in-sheet").Fill("applicant.name", "盘大山").Fill("applicant.id_no", "440232197005120032").Fill("applicant.phone", "13800138000").Send().Status(422)
	page = fillSheet(t, s, page, sub).Fill("applicant.name", "盘大山").Fill("applicant.id_no", "440232197005120032").
		Fill("applicant.phone", "13800138000").Fill("deliver", "window").Send().Status(200).
		Must("收件完成", "办件编号", "查询码", "盘大山", "打印材料收件凭证", "当场受理")
	if !strings.HasPrefix(page.URL.Path, "/counter/done/") {
		t.Errorf("landed on %s", page.URL.Path)
	}
	page.Form(`form[action=/office/cases/`+strings.TrimPrefix(page.URL.Path, "/counter/done/")+`/accept]`).Send().Status(200).Must("受理通知书", "审查中")
	b.Get("/counter?tab=running").Status(200).Must("盘大山")
}

// fillSheet answers and fills in the sheet as the sample application does: the
// questions that follow from answers come with the page that asks for them.
func fillSheet(t *testing.T, s *apptest.Site, page *webtest.Page, sub cases.Submission) *webtest.Form {
	t.Helper()
	for range 10 {
		form := page.Form("#in-sheet")
		missing := false
		for id, chosen := range sub.Answers {
			name := "answers." + id
			switch {
			case len(page.Find(`[name=`+name+`]`)) == 0:
				missing = true
			case len(chosen) > 0:
				form.Fill(name, chosen...)
			}
		}
		for name, list := range valuesOf(t, s, sub) {
			if list[0] != "" && len(page.Find(`[name=form.`+name+`]`)) > 0 {
				form.Fill("form."+name, list...)
			}
		}
		for _, h := range sub.Materials {
			if len(page.Find(`[name=way.`+h.ID+`]`)) > 0 {
				form.Fill("way."+h.ID, "paper")
			} else {
				missing = true
			}
		}
		if !missing {
			return form
		}
		page = form.Send().Status(422)
	}
	t.Fatalf("the questions do not end: %s", page.URL)
	return nil
}

func valuesOf(t *testing.T, s *apptest.Site, sub cases.Submission) url.Values {
	t.Helper()
	v, err := s.Catalogue.Current(s.System(), sub.Item)
	if err != nil {
		t.Fatal(err)
	}
	fields, err := catalogue.FormFields(v.Definition.Form)
	if err != nil {
		t.Fatal(err)
	}
	values, err := catalogue.FormValues(fields, sub.Form)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// Two counters have the same page open: the second one is told.
func TestTwoCountersAtOnce(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, item, village, nil)
	accept := `form[action=/office/cases/` + c.Number + `/accept]`
	one, two := s.As(clerk).Get("/counter/done/"+c.Number).Form(accept), s.As(clerk).Get("/counter/done/"+c.Number).Form(accept)
	one.Send().Status(200).Must("受理通知书")
	two.Send().Status(409).Must("已有变化", "受理", "审查中")
}

func TestDesk(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, item, village, nil)
	b := s.As(clerk)
	b.Get("/counter").Status(200).Must("待受理", c.Number, "李立伟").MustNot(c.Applicant.IDNo, c.Applicant.Phone)
	b.Get("/counter?q=" + c.Number).Must(c.Number)
	b.Get("/counter?q=0000000000000000").Status(200).Must("没有找到“0000000000000000”")
	b.Get("/counter/new?q=" + "qqqqzz").Status(200).Must("没有找到")

	// What waits to be handed out is one click from the desk.
	if _, err := s.Cases.Accept(s.Ctx(clerk), c.Number, cases.Act{}); err != nil {
		t.Fatal(err)
	}
	flow, err := s.Workflow.Instance(s.System(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Workflow.Approve(s.Ctx(clerk), flow.Tasks[0].ID, workflow.Act{Outcome: workflow.Granted}); err != nil {
		t.Fatal(err)
	}
	s.Drain()
	page := b.Get("/counter?tab=delivering").Status(200).Must(c.Number, "窗口领取").Click("登记送达").Status(200).Must("领取人")
	page.Form(".ym-card").Send().Status(200).Must("已办结")
	b.Get("/counter?tab=delivering").MustNot(c.Number)
}

func TestDeskNeedsTheRight(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, item, village, nil)
	for _, path := range []string{"/counter", "/counter/new", "/counter/done/" + c.Number, "/counter/apply/new?item=" + item,
		"/counter/keys", "/counter/settings", "/counter/start?item=" + item, "/counter/person/x", "/counter/intake/x"} {
		s.Anybody().NoRedirect().Get(path).Status(303).Location("/login?next=" + url.QueryEscape(path))
		s.As("approver-440232-d11").Get(path).Status(403).Must("没有此项操作的权限")
		s.As("citizen-1").Get(path).Status(403)
	}
	s.As("clerk-440232112206").Get("/counter/done/" + c.Number).Status(404).MustNot("李立伟")
	s.As("clerk-440232112206").Get("/counter?q=" + c.Number).Status(200).MustNot("李立伟")
}

func TestBrokenDatabase(t *testing.T) {
	s := newSite(t)
	b := s.As(clerk)
	if err := s.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/counter", "/counter/new?q=1", "/counter/settings", "/counter/person/x", "/counter/intake/x", "/counter/start?item=" + item} {
		b.NoRedirect().Get(path).Status(503).MustNot("sql:", "panic")
	}
}
