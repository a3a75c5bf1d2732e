package office_test

import (
	"fmt"
	neturl "net/url"
	"testing"

	"yimen/internal/cases"
)

// Nobody sees or does what is not theirs, whatever address they type.
func TestRights(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, onTheSpot, village, nil)
	if _, err := s.Cases.Accept(s.Ctx(clerk), c.Number, cases.Act{}); err != nil {
		t.Fatal(err)
	}
	flow, err := s.Workflow.Instance(s.System(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	task := "/office/tasks/" + flow.Tasks[0].ID
	pages := []string{"/office", "/office/cases", url(c), actURL(c, cases.VerbWithdraw), actURL(c, cases.VerbCorrect), task + "/approve"}
	for _, path := range pages {
		s.Anybody().NoRedirect().Get(path).Status(303).Location("/login?next=" + neturl.QueryEscape(path))
		s.As("enterprise-1").Get(path).Status(403).MustNot(c.Applicant.Name)
		s.As("admin-system").Get(path).Status(403)
	}
	other := s.As(neighbour)
	for _, path := range pages[2:] {
		other.Get(path).Status(404).MustNot(c.Applicant.Name, "城乡居民")
	}
	other.Get("/office/cases?q=" + c.Number).Status(200).Must("共0件").MustNot(c.Applicant.Name)
	other.Get("/office").MustNot(c.Number)
	for _, path := range []string{actURL(c, cases.VerbWithdraw), task + "/approve", task + "/claim"} {
		other.PostForm(path, neturl.Values{"opinion": {"越权"}}).Status(404)
	}
	// The manager sees and may not decide.
	s.As(manager).Get(url(c)).Status(200).MustNot("提交决定")
	s.As(manager).PostForm(task+"/approve", neturl.Values{"outcome": {"granted"}}).Status(403)
	s.As(manager).Get(actURL(c, cases.VerbWithdraw)).Status(403)
	s.As(manager).Get(task+"/remind").Status(200).Form(".ym-card").Fill("phrase", "该办件临近期限，请尽快办理。").Send().Status(200).Must("催办")
	s.As(clerk).Get(url(c) + "/archive").Status(404)
	s.As(clerk).Get(task + "/escalate").Status(404)
	s.As(clerk).Get("/office/cases/2611180000000000").Status(404)
}

// The same form sent twice over a slow line happens once.
func TestSentTwice(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, onTheSpot, village, nil)
	form := quick(s.As(clerk).Get(url(c)), actURL(c, cases.VerbAccept))
	form.Send().Status(200)
	form.Send().Status(200).At(url(c))
	history, err := s.Cases.History(s.System(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	accepted := 0
	for _, e := range history {
		if e.Verb == cases.VerbAccept {
			accepted++
		}
	}
	if accepted != 1 {
		t.Errorf("accepted %d times", accepted)
	}
}

func TestList(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, onTheSpot, village, nil)
	total, err := s.Cases.Count(s.Ctx(manager), cases.Query{})
	if err != nil {
		t.Fatal(err)
	}
	b := s.As(manager)
	b.Get("/office/cases").Status(200).Must(fmt.Sprintf("共%d件", total), "下一页").MustNot(c.Applicant.IDNo).Click("下一页").Status(200).Must("回到第一页")
	b.Get("/office/cases?q="+c.Number+"&state=received").Must("共1件", c.Number)
	b.Get("/office/cases?item="+neturl.QueryEscape("居民养老保险参保")).Must("事项：城乡居民基本养老保险参保登记", c.Number)
	b.Get("/office/cases?item=SG01001&from=2026-11-18&to=2026-11-18").Must(c.Number)
	b.Get("/office/cases?from=2026-11-18&to=2026-11-01").Status(422).Must("结束日期不能早于开始日期")
	b.Get("/office/cases?item=" + neturl.QueryEscape("飞碟火箭")).Status(422).Must("没有找到事项")
	b.Get("/office/cases?state=nothing").Status(422)
	b.Get("/office?light=purple").Status(422)
}

func TestBrokenDatabase(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, onTheSpot, village, nil)
	b := s.As(clerk)
	if err := s.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/office", "/office/cases", url(c), actURL(c, cases.VerbAccept)} {
		b.NoRedirect().Get(path).Status(503).MustNot("sql:", c.Applicant.Name)
	}
	b.PostForm(actURL(c, cases.VerbAccept), neturl.Values{"revision": {"1"}}).Status(503)
}
