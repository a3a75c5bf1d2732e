package office_test

import (
	neturl "net/url"
	"strings"
	"testing"
	"time"

	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/kit/db"
	"yimen/internal/kit/webtest"
	"yimen/internal/workflow"
	"yimen/workday"
)

const theCounty = "440232000000"

// The people of the county's bureau that decides promisedDay.
type bureau struct{ code, approver, chief, head string }

// desk puts n cases on the desk of a bureau of the county.
func desk(t testing.TB, s *apptest.Site, n int) (bureau, []cases.Case) {
	t.Helper()
	var list []cases.Case
	for range n {
		c := s.Submit(clerk, promisedDay, theCounty, nil)
		if _, err := s.Cases.Accept(s.Ctx(approverOf(c)), c.Number, cases.Act{}); err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	code := list[0].Competent.Code
	return bureau{code, "approver-" + code, "chief-" + code, "head-" + code}, list
}

// taskOf is the open task of a case.
func taskOf(t testing.TB, s *apptest.Site, number string) workflow.Task {
	t.Helper()
	list, _, err := s.Workflow.Tasks(s.System(), workflow.Query{Subject: number}, db.Page{})
	if err != nil || len(list) == 0 {
		t.Fatalf("no open task of %s: %v", number, err)
	}
	return list[0]
}

func in(tasks ...string) neturl.Values { return neturl.Values{"task": tasks} }

// The worst come first; the list is narrowed by what people know: number, name,
// item, step, light, day; and a filter is kept under a name.
func TestInboxFilters(t *testing.T) {
	s := newSite(t)
	b, list := desk(t, s, 3)
	task := taskOf(t, s, list[0].Number)
	page := s.As(b.approver).Get("/office").Status(200).Must(list[0].Number, list[2].Number, "批量同意", "按事项")
	page.MustNot("批量改派") // for those who lead
	browser := s.As(b.approver)
	for query, want := range map[string]bool{
		"q=" + list[1].Number: true, "q=" + neturl.QueryEscape(list[1].Applicant.Name): true, "q=" + neturl.QueryEscape("没有这个人"): false,
		"item=" + promisedDay: true, "item=SG00000": false, "step=" + neturl.QueryEscape(task.Name): true, "place=" + village: true,
		"place=440203000000": false, "from=2026-11-18&to=2026-11-18": true, "to=2026-11-17": false, "box=mine": false, "box=free": true,
	} {
		p := browser.Get("/office?" + query).Status(200)
		if got := strings.Contains(p.Text(), list[1].Number); got != want {
			t.Errorf("%s: listed %v, want %v", query, got, want)
		}
	}
	browser.Get("/office?from=2026-11-18&to=2026-11-01").Status(422).Must("结束日期不能早于开始日期")
	browser.Get("/office?by=colour").Status(422)
	browser.Get("/office?by=item").Status(200).Must(list[0].ItemName, "件数")
	browser.Get("/office?by=assignee").Must("待签收")

	form := browser.Get("/office?item=" + promisedDay).Form("form[action=/office/filters]")
	form.Fill("name", "").Send().Status(422).Must("请写一个20个字以内的名称")
	form = browser.Get("/office?item=" + promisedDay).Form("form[action=/office/filters]")
	form.Fill("name", "检测件").Fill("default", "1").Send().Status(200).Must("检测件", "已保存")
	browser.Get("/office").Must("正在使用您的默认筛选", list[0].Number)
	browser.Get("/office?box=").MustNot("正在使用您的默认筛选")
	s.As(b.chief).Get("/office").MustNot("检测件") // another's own

	chief := s.As(b.chief)
	chief.Get("/office?box=free").Form("form[action=/office/filters]").Fill("name", "没人签的").Fill("shared", "1").Send().Status(200)
	browser.Get("/office").Must("没人签的", "共用")
	s.As(b.approver).PostForm("/office/filters", neturl.Values{"name": {"x"}, "in": {"box=free"}, "shared": {"1"}}).Status(422).Must("只有科（股）长")
	browser.PostForm("/office/filters/none", neturl.Values{"do": {"delete"}}).Status(404)
}

// A batch shows first what would happen to each, and why not to some; then each
// is done for itself, and once.
func TestBatch(t *testing.T) {
	s := newSite(t)
	b, list := desk(t, s, 4)
	var ids []string
	for _, c := range list {
		ids = append(ids, taskOf(t, s, c.Number).ID)
	}
	if err := s.Workflow.Claim(s.Ctx(b.chief), ids[3]); err != nil {
		t.Fatal(err)
	}
	browser := s.As(b.approver)
	browser.PostForm("/office/batch", neturl.Values{"act": {"approve"}}).Status(200).At("/office").Must("没有选中任务")
	browser.PostForm("/office/batch", neturl.Values{"act": {"archive"}, "task": ids}).Status(404)
	v := in(ids...)
	v.Set("act", "approve")
	page := browser.PostForm("/office/batch", v).Status(200).Must("将办理3件", "办不了的1件", "正由他人办理", "同意，转下一环节")
	// One of them changes between the preview and the stroke.
	if _, err := s.Cases.Extend(s.Ctx(b.approver), list[2].Number, cases.Act{Days: 3, ApprovedBy: "局长", Opinion: "检测排队"}); err != nil {
		t.Fatal(err)
	}
	form := page.Form("form[action=/office/batch/start]").Fill("opinion", "材料齐全，同意。")
	form.Send().Status(200)
	form.Send().Status(200) // a slow line sends it twice
	s.Drain()
	for i, want := range []int{1, 1, 0} {
		flow, err := s.Workflow.Instance(s.System(), list[i].Number)
		if err != nil {
			t.Fatal(err)
		}
		done := 0
		for _, a := range flow.History {
			if a.Act == workflow.ActApprove && a.Opinion == "材料齐全，同意。" {
				done++
			}
		}
		if done != want {
			t.Errorf("case %d was approved %d times, want %d", i, done, want)
		}
	}
	// The report says which one and why.
	browser.Get(form.Send().URL.Path).Must("已同意", list[2].Number, "已有变化")

	// A return needs words; all of a filter at once.
	p := browser.PostForm("/office/batch", neturl.Values{"act": {"return"}, "all": {"1"}, "in": {"item=" + promisedDay}}).Status(200).Must("共同的退回理由")
	p.Form("form[action=/office/batch/start]").Send().Status(422).Must("请填写意见或理由")
	// Nobody's tasks are touched by those who have no right.
	s.As("approver-440203-d11").PostForm("/office/batch", v).Status(200).MustNot(list[0].Number)
	s.As("citizen-1").PostForm("/office/batch", v).Status(403)
	s.Anybody().NoRedirect().PostForm("/office/batch/start", v).Status(303)
}

// A chief sees who has how much, shares out by load after looking, and can have
// it done by itself; those on leave get nothing.
func TestShareOut(t *testing.T) {
	s := newSite(t)
	b, list := desk(t, s, 4)
	s.As(b.approver).Get("/office/team").Status(403)
	s.As(b.approver).Get("/office/board").Status(403)
	chief := s.As(b.chief)
	page := chief.Get("/office/team").Status(200).Must("待签收4件", "本周办结", "按负荷分配")
	page = page.Form("form[action=/office/batch]").Press("按负荷分配").Send().Status(200).Must("将办理4件", "交给")
	page.Form("form[action=/office/batch/start]").Send().Status(200)
	s.Drain()
	held := map[string]int{}
	for _, c := range list {
		held[taskOf(t, s, c.Number).Assignee]++
	}
	if len(held) < 2 || held[""] != 0 {
		t.Errorf("shared out to %v, want at least two people and nothing left", held)
	}
	chief.Get("/office/board").Status(200).Must("近30天", list[0].ItemName)

	// By itself, without those who are away.
	rules := chief.Get("/office/team").Form("form[action=/office/team/rules]").Fill("auto_assign", "1")
	rules.Send().Status(200).Must("已保存")
	away(t, s, b.approver, b.head, b.chief)
	c := s.Submit(clerk, promisedDay, theCounty, nil)
	if _, err := s.Cases.Accept(s.Ctx(b.approver), c.Number, cases.Act{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Queue.RunPeriodic(s.System(), "office.spread"); err != nil {
		t.Fatal(err)
	}
	got := taskOf(t, s, c.Number).Assignee
	if got == "" || got == account(t, s, b.approver) {
		t.Errorf("shared out to %q: somebody at work is wanted", got)
	}
}

// away puts somebody on leave today and tomorrow.
func away(t testing.TB, s *apptest.Site, who, substitute, confirms string) {
	t.Helper()
	today := workday.MustParseDate("2026-11-18")
	form := s.As(who).Get("/office/absence").Status(200).Form("form[action=/office/absence]")
	form.Fill("from", today.String()).Fill("to", today.Add(1).String()).Fill("substitute", substitute).Send().Status(200).Must("等待科（股）长")
	page := s.As(confirms).Get("/office/absence").Status(200).Must("待确认")
	for _, f := range page.Find("#asked form") {
		page.Form("form[action=" + webtest.Attr(f, "action") + "]").Press("确认").Send().Status(200).Must("已确认")
		return
	}
	t.Fatal("nothing to confirm")
}

// During a confirmed leave the substitute finds the absent one's tasks, and
// both names are in the record; before and after, not.
func TestLeave(t *testing.T) {
	s := newSite(t)
	b, list := desk(t, s, 1)
	task := taskOf(t, s, list[0].Number)
	if err := s.Workflow.Claim(s.Ctx(b.approver), task.ID); err != nil {
		t.Fatal(err)
	}
	own := s.As(b.approver)
	own.Get("/office/absence").Form("form[action=/office/absence]").Send().Status(422).Must("请选择开始日期", "请选择代办人")
	own.PostForm("/office/absence", neturl.Values{"from": {"2026-11-18"}, "to": {"2026-11-18"}, "substitute": {"clerk-440232112209"}}).Status(422).Must("没有办理任务的权限")
	s.As(b.chief).Get("/office?box=cover").MustNot(list[0].Number)

	away(t, s, b.approver, b.chief, b.head)
	chief := s.As(b.chief)
	chief.Get("/office").Must("替同事办")
	chief.Get("/office?box=cover").Must(list[0].Number)
	page := chief.Get(url(list[0])).Status(200)
	approveForm(t, page).Fill("opinion", "代为审查，同意。").Send().Status(200).Must("代为审查，同意。")
	flow, err := s.Workflow.Instance(s.System(), list[0].Number)
	if err != nil {
		t.Fatal(err)
	}
	last := flow.History[len(flow.History)-1]
	if last.Actor != account(t, s, b.chief) || last.OnBehalf != account(t, s, b.approver) {
		t.Errorf("recorded %s for %s", last.Actor, last.OnBehalf)
	}
	// Nobody confirms their own, and a stranger knows of none.
	leaves, err := s.Org.LeavesBy(s.System(), b.approver)
	if err != nil || len(leaves) != 1 {
		t.Fatalf("leaves %v %v", leaves, err)
	}
	path := "/office/absence/" + leaves[0].ID
	own.PostForm(path, neturl.Values{"do": {"confirm"}}).Status(403)
	s.As("chief-440203-d11").PostForm(path, neturl.Values{"do": {"end"}}).Status(404)
	own.PostForm(path, neturl.Values{"do": {"end"}}).Status(200).Must("请假已结束")
	s.As(b.chief).Get("/office").MustNot("替同事办")
}

// What is written often is offered again, by use.
func TestPhrases(t *testing.T) {
	s := newSite(t)
	b, list := desk(t, s, 2)
	browser := s.As(b.approver)
	page := browser.Get(url(list[0])).Status(200)
	kept := approveForm(t, page).Fill("opinion", "经核对检测报告，同意。").Press("存为常用").Send().Status(200).Must("已存为常用意见", "办件还没有办理")
	kept.Form(".ym-card").Press("同意").Send().Status(200).Must("经核对检测报告，同意。")
	browser.Get("/office/phrases").Must("经核对检测报告，同意。", "用过1次")
	browser.Get(url(list[1])).Must("经核对检测报告，同意。")
	s.As(b.chief).Get(url(list[1])).MustNot("经核对检测报告，同意。")

	add := browser.Get("/office/phrases").Form("form[action=/office/phrases]")
	add.Fill("phrase", "").Send().Status(422).Must("请写1至300个字")
	browser.PostForm("/office/phrases", neturl.Values{"phrase": {"全局用"}, "shared": {"1"}}).Status(422)
	s.As(b.chief).Get("/office/phrases").Form("form[action=/office/phrases]").Fill("phrase", "请按新规定办理。").Fill("shared", "1").
		Fill("act", "return").Fill("item", promisedDay).Send().Status(200)
	browser.Get("/office/phrases").Must("请按新规定办理。", "本单位共用")
	browser.PostForm("/office/phrases/none", neturl.Values{"do": {"delete"}}).Status(404)
}

// A phrase is rewritten, put before the others, and taken out; the agency's
// only by those who lead it.
func TestPhrasesInOrder(t *testing.T) {
	s := newSite(t)
	b, list := desk(t, s, 1)
	browser, chief := s.As(b.approver), s.As(b.chief)
	for _, text := range []string{"一、材料齐全，同意。", "二、情况属实，同意。"} {
		browser.PostForm("/office/phrases", neturl.Values{"phrase": {text}}).Status(200)
	}
	chief.PostForm("/office/phrases", neturl.Values{"phrase": {"请按新规定办理。"}, "shared": {"1"}}).Status(200)
	order := func(texts ...string) {
		t.Helper()
		page, at := browser.Get(url(list[0])).Status(200).Text(), 0
		for _, text := range texts {
			i := strings.Index(page[at:], text)
			if i < 0 {
				t.Fatalf("%s does not come after what stands before it", text)
			}
			at += i
		}
	}
	order("一、材料齐全，同意。", "二、情况属实，同意。")

	page := browser.Get("/office/phrases")
	second := webtest.Attr(page.Find(".of-phrases li")[1], "id")[len("phrase-"):]
	browser.PostForm("/office/phrases/"+second, neturl.Values{"do": {"up"}}).Status(200)
	browser.PostForm("/office/phrases/"+second, neturl.Values{"do": {"up"}}).Status(200) // the first one stays
	order("二、情况属实，同意。", "一、材料齐全，同意。", "请按新规定办理。")
	browser.PostForm("/office/phrases/"+second, neturl.Values{"do": {"down"}}).Status(200)
	order("一、材料齐全，同意。", "二、情况属实，同意。")

	form := browser.Get("/office/phrases?edit=" + second).Status(200).Must("修改这一条").Form("#phrase-form")
	form.Fill("phrase", "一、材料齐全，同意。").Send().Status(422).Must("已经有同样的一条")
	form.Fill("phrase", "").Send().Status(422).Must("请写1至300个字")
	form.Fill("phrase", "二、经核实，同意。").Send().Status(200).Must("已修改", "二、经核实，同意。").MustNot("情况属实，同意。二")
	chief.Get("/office/phrases?edit=" + second).Status(404) // another's own
	chief.PostForm("/office/phrases/"+second, neturl.Values{"do": {"delete"}}).Status(404)
	shared := webtest.Attr(chief.Get("/office/phrases").One(".of-phrases li"), "id")[len("phrase-"):]
	browser.PostForm("/office/phrases/"+shared, neturl.Values{"do": {"delete"}}).Status(404)
	browser.PostForm("/office/phrases/"+second, neturl.Values{"do": {"delete"}}).Status(200).MustNot("二、经核实，同意。")
}

// The next one opens by itself when that is wanted, in the list one came from.
func TestOpenNext(t *testing.T) {
	s := newSite(t)
	b, list := desk(t, s, 3)
	browser := s.As(b.approver)
	in := "item=" + promisedDay
	page := browser.Get(url(list[0]) + "?in=" + neturl.QueryEscape(in)).Status(200).Must("下一件")
	next := approveForm(t, page).Fill("open_next", "1").Fill("opinion", "同意。").Send().Status(200).Must("已办理")
	if strings.Contains(next.URL.String(), list[0].Number) || !strings.Contains(next.URL.String(), "in=") {
		t.Errorf("opened %s, want another case of the list", next.URL)
	}
	browser.Get("/office/next?in=" + neturl.QueryEscape("item=SG00000")).Status(200).Must("没有别的任务等您办理")
}

// The page of a case: what was looked through stays marked for the next one,
// and what a correction changed is shown.
func TestBesideTheFiles(t *testing.T) {
	s := newSite(t)
	b, list := desk(t, s, 1)
	browser := s.As(b.approver)
	material := list[0].Number
	whole, err := s.Cases.Find(s.System(), material)
	if err != nil {
		t.Fatal(err)
	}
	first := whole.Content.Materials[0]
	check := neturl.Values{"material": {first.ID}, "file": {first.File}}
	browser.PostForm(url(list[0])+"/checks", check).Status(200).Must("已核对", "已核对1")
	s.As(b.head).Get(url(list[0])).Must("已核对")
	browser.PostForm(url(list[0])+"/checks", neturl.Values{"material": {"none"}}).Status(404)
	s.As(neighbour).PostForm(url(list[0])+"/checks", check).Status(404)
	browser.PostForm(url(list[0])+"/checks", neturl.Values{"material": {first.ID}, "file": {first.File}, "undo": {"1"}}).Status(200).Must("已核对0")
	browser.Get(url(list[0]) + "/similar").Status(200).Must("同一事项、同样情形")
	s.As(neighbour).Get(url(list[0]) + "/similar").Status(404)
}

// Earlier cases of the same kind: how they ended, and what was different.
func TestSimilar(t *testing.T) {
	s := newSite(t)
	one := s.Submit(clerk, onTheSpot, village, nil)
	two := s.Submit(clerk, onTheSpot, village, nil)
	for _, c := range []cases.Case{one, two} {
		if _, err := s.Cases.Accept(s.Ctx(clerk), c.Number, cases.Act{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Workflow.Approve(s.Ctx(clerk), taskOf(t, s, one.Number).ID, workflow.Act{Outcome: workflow.Granted, Opinion: "符合条件。"}); err != nil {
		t.Fatal(err)
	}
	browser := s.As(clerk)
	browser.Get(url(two)+"/similar").Status(200).Must(one.Number, "符合条件。", "准予")
	browser.Get(url(two) + "/similar?with=" + one.Number).Status(200).Must("申请表对照").MustNot(one.Applicant.IDNo)
	browser.Get(url(two) + "/similar?with=2611180000000000").Status(404)
}

// Every working morning a digest is sent, once, to those who want it.
func TestDigest(t *testing.T) {
	s := newSite(t)
	b, list := desk(t, s, 1)
	if err := s.Workflow.Claim(s.Ctx(b.approver), taskOf(t, s, list[0].Number).ID); err != nil {
		t.Fatal(err)
	}
	browser := s.As(b.approver)
	browser.Get("/office/digest").Status(200).Must("新到", list[0].Applicant.Name)
	send := func() {
		t.Helper()
		if err := s.Queue.RunPeriodic(s.System(), "office.digest"); err != nil {
			t.Fatal(err)
		}
	}
	s.Clock.Set(time.Date(2026, 11, 19, 0, 10, 0, 0, time.UTC)) // 08:10 in Beijing
	send()
	browser = s.As(b.approver) // the session of yesterday is over
	browser.Get("/office/messages").MustNot("今日待办")
	s.Clock.Set(time.Date(2026, 11, 19, 0, 35, 0, 0, time.UTC))
	send()
	send()
	page := browser.Get("/office/messages").Status(200).Must("今日待办")
	if n := strings.Count(page.Text(), "今日待办"); n != 1 {
		t.Errorf("the digest was sent %d times:\n%s", n, page.Text())
	}
	browser.Get("/office/digest").Form("form[action=/office/digest]").Fill("digest").Send().Status(200)
	s.Clock.Set(time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC))
	send()
	if n := strings.Count(s.As(b.approver).Get("/office/messages").Text(), "今日待办"); n != 1 {
		t.Errorf("a digest came although it was switched off")
	}
}
