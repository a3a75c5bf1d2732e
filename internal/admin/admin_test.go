package admin_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"yimen/internal/app"
	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/webtest"
	"yimen/workday"
)

func TestMain(m *testing.M) { apptest.Main(m) }

func newSite(t testing.TB) *apptest.Site { t.Helper(); return apptest.New(t) }

// Each administrator sees their own and nothing else.
func TestThreeAdministrators(t *testing.T) {
	s := newSite(t)
	pages := map[string]string{"/admin/jobs": "admin-system", "/admin/accounts/new": "admin-system", "/admin/audit": "admin-audit",
		"/admin/outlets": "admin-system", "/admin/calendar": "admin-system"}
	for path, who := range pages {
		s.Anybody().NoRedirect().Get(path).Status(303).Location("/login?next=" + url.QueryEscape(path))
		s.As(who).Get(path).Status(200)
		for _, other := range []string{"admin-security", "admin-system", "admin-audit", "clerk-440232112209", "citizen-1"} {
			if other != who {
				s.As(other).Get(path).Status(403)
			}
		}
	}
	s.As("admin-system").Get("/admin").Status(200).Must("后台任务", "账号", "办事网点", "工作日历").MustNot("审计日志", "授予和撤销角色")
	s.As("admin-security").Get("/admin").Status(200).Must("授权").MustNot("后台任务", "工作日历")
	s.As("admin-audit").Get("/admin").Status(200).Must("审计日志").MustNot("后台任务", "工作人员账号", "账号和授权")
	s.As("clerk-440232112209").Get("/admin").Status(403)
	if missing := identity.Undefined(); len(missing) > 0 {
		t.Errorf("roles name verbs nobody defines: %v", missing)
	}
}

func TestAccounts(t *testing.T) {
	s := newSite(t)
	b := s.As("admin-system")
	b.Get("/admin/accounts?q=clerk-440232112209").Status(200).Must("clerk-440232112209", "大寮坑村", "停用").MustNot("citizen-1")
	b.Get("/admin/accounts").Click("下一页").Status(200).Must("回到第一页")

	page := b.Get("/admin/accounts/new").Status(200).Form(".ym-card").Fill("name", "clerk-new").Fill("display_name", "赵新").
		Fill("agency", "nowhere").Fill("password", "Secret-2026-xyz").Send().Status(422).Must("没有这个部门").MustNot("Secret-2026-xyz")
	if got := webtest.Attr(page.One("#f-display_name"), "value"); got != "赵新" {
		t.Errorf("the name typed is %q after a mistake", got)
	}
	page.Form(".ym-card").Fill("agency", "440232-d11").Fill("password", "Secret-2026-xyz").Send().Status(200).
		Must("clerk-new 的角色", "还没有角色").
		Must("提出授予角色", "安全管理员授权后才生效")

	page = b.Get("/admin/accounts?q=clerk-new")
	page = page.Form(`.ym-table form`).Send().Status(200).Must("已停用", "启用")
	login := func() *webtest.Page {
		return s.Anybody().NoRedirect().PostForm("/login", url.Values{"account": {"clerk-new"}, "password": {"Secret-2026-xyz"}})
	}
	login().Status(422)
	page.Form(`.ym-table form`).Send().Status(200).Must("正常")
	login().Status(303)
}

// TestRoles: the system administrator proposes, the security administrator
// authorises, and what is not authorised has no effect.
func TestRoles(t *testing.T) {
	s := newSite(t)
	system, security := s.As("admin-system"), s.As("admin-security")
	page := system.Get("/admin/accounts?q=clerk-440232112209").Click("角色").Status(200).
		Must("窗口人员", "大寮坑村民委员会（仅本级）", "窗口即办人员")
	ask := func(p *webtest.Page) *webtest.Form { return p.Form("#propose") }
	page = ask(page).Fill("role", "receiver").Fill("reason", "兼管全镇收件").Send().Status(422).Must("授权范围有误")
	page = ask(page).Fill("division", "440299999999").Send().Status(422)
	page = ask(page).Fill("division", "440232112000").Fill("reason", "").Send().Status(422).Must("请写清为什么要变更")
	ask(page).Fill("reason", "兼管全镇收件").Send().Status(200).Must("等安全管理员授权后生效", "待授权")

	a := identity.FromContext(s.Ctx("clerk-440232112209"))
	if held, err := s.Identity.Held(s.System(), a.Account); err != nil || len(held) != 2 {
		t.Fatalf("holds %d roles before anybody authorised, %v", len(held), err)
	}
	system.Get("/admin/changes").Status(200).Must("授予“收件人员”", "及所辖", "撤回").MustNot("不同意的理由")
	waiting := security.Get("/admin/changes").Status(200).Must("授予“收件人员”", "兼管全镇收件", "系统管理员")
	waiting = waiting.Form(".ym-card form").Press("不同意").Send().Status(422).Must("请写明不同意的理由")
	waiting.Form(".ym-card form").Press("授权").Send().Status(200).Must("没有待授权的变更")
	security.Get("/admin/changes?show=all").Status(200).Must("已授权", "安全管理员")

	held, err := s.Identity.Held(s.System(), a.Account)
	if err != nil || len(held) != 3 {
		t.Fatalf("holds %d roles, %v", len(held), err)
	}
	page = security.Get("/admin/accounts/" + a.Account + "/roles")
	page.None("#reset")
	for _, h := range held {
		if h.Role == "receiver" {
			page = page.Form(`form[action=/admin/accounts/` + a.Account + `/roles/` + h.ID + `/revoke]`).Send().Status(200).Must("角色已撤销")
		}
	}
	if len(page.Find("tbody tr")) != 2 {
		t.Errorf("%d roles left, want 2", len(page.Find("tbody tr")))
	}
	own := system.Get("/admin/accounts?q=admin-system").Click("角色").Status(200)
	ask(own).Fill("role", "receiver").Fill("reason", "自己用").Fill("everywhere", "1").Send().Status(403).Must("不能给自己授权")
	s.As("clerk-440232112209").Get("/admin/changes").Status(403)
}

// TestAccountsAreUnlockedAndReset: a locked account is let in again, a password
// set by an administrator has to be changed, and the last administrator stays.
func TestAccountsAreUnlockedAndReset(t *testing.T) {
	s := newSite(t)
	system := s.As("admin-system")
	for range 5 {
		s.Anybody().PostForm("/login", url.Values{"account": {"clerk-440232112209"}, "password": {"wrong"}}).Status(422)
	}
	page := system.Get("/admin/accounts?q=clerk-440232112209").Must("已锁定").Click("角色").Must("账号已锁定")
	page.Form("#unlock").Send().Status(200).Must("已解除锁定").MustNot("已锁定")
	clerk := s.Anybody()
	clerk.NoRedirect().PostForm("/login", url.Values{"account": {"clerk-440232112209"}, "password": {app.DemoPassword}}).Status(303)

	page = system.Get("/admin/accounts?q=clerk-440232112209").Click("角色")
	page = page.Form("#reset").Fill("password", "short").Send().Status(422).Must("密码至少10位")
	page.Form("#reset").Fill("password", "Reset-By-Admin-1").Send().Status(200).Must("本人登录后须先修改")
	clerk.NoRedirect().Get("/counter").Status(303)
	clerk.NoRedirect().PostForm("/login", url.Values{"account": {"clerk-440232112209"}, "password": {"Reset-By-Admin-1"}}).Status(303)
	clerk.Get("/counter").At("/account/password").Must("初始密码")

	security := identity.FromContext(s.Ctx("admin-security")).Account
	system.Get("/admin/accounts/"+security+"/roles").Form("#reset").Fill("password", "Taken-Over-2026").Send().
		Status(422).Must("不能由别的管理员重设")
	system.Get("/admin/accounts?q=admin-security").Form(".ym-table form").Send().Must("最后一位在用的同类管理员")
	s.As("admin-security").Get("/admin/accounts").Status(200)
}

func TestAudit(t *testing.T) {
	s := newSite(t)
	if err := s.Audit.Seal(context.Background()); err != nil {
		t.Fatal(err)
	}
	b := s.As("admin-audit")
	b.Get("/admin/audit").Status(200).Must("登录", "审计管理员", "演示一键登录")
	b.Get("/admin/audit?actor=admin-audit&action=login").Status(200).Must("审计管理员").MustNot("accounts=")
	b.Get("/admin/audit?actor=nobody").Status(200).Must("没有符合条件的记录")
	b.Get("/admin/audit?from=yesterday").Status(422).Must("日期不正确")
	file := b.Get("/admin/audit").Click("导出查到的记录").Status(200).Body
	if !strings.Contains(file, "审计管理员") || strings.Count(file, "\n") < 3 {
		t.Errorf("export %q", file)
	}
	b.Get("/admin/audit?action=audit.export").Must("审计管理员")
	b.Get("/admin/audit").Form(`form[action=/admin/audit/verify]`).Send().Status(200).Must("日志完整")
}

type failing struct{}

func (failing) Kind() string { return "test.failing" }

func TestFailedJobs(t *testing.T) {
	s := newSite(t)
	broken := true
	jobs.Register(s.Queue, func(context.Context, failing) error {
		if broken {
			return errors.New("printer on fire")
		}
		return nil
	})
	b := s.As("admin-system")
	b.Get("/admin/jobs").Status(200).Must("没有失败的任务")
	if err := s.Queue.Insert(context.Background(), failing{}); err != nil {
		t.Fatal(err)
	}
	_ = s.Queue.Drain(s.System()) // tells of the failure that is wanted here
	page := b.Get("/admin/jobs").Status(200).Must("test.failing", "printer on fire", "立即重试")
	broken = false
	page.Form(".ad-retry").Send().Status(200).Must("已安排立即重试")
	s.Drain()
	b.Get("/admin/jobs").Must("没有失败的任务")
	s.As("admin-audit").Get("/admin/audit?action=job.retry").Must("系统管理员")
}

func TestOutlets(t *testing.T) {
	s := newSite(t)
	b := s.As("admin-system")
	b.Get("/admin/outlets").Status(200).Must("个网点", "韶关市行政服务中心", "下一页")
	page := b.Get("/admin/outlets?q=440232112209").Status(200).Must("共1个网点").Click("大寮坑村").Status(200)
	page = page.Form(".ym-card").Fill("hours", "工作日").Fill("complaint", "").Send().Status(422).Must("办公时间应写成")
	page.Form(".ym-card").Fill("hours", "1-5 09:00-12:00；6 09:00-11:00").Fill("phone", "0751-5389123").Fill("complaint", "0751-5389124").
		Send().Status(200).Must("信息已更新", "周六 09:00—11:00", "0751-5389123")
	s.As("manager-440200000000").Get("/admin/outlets/440232112209").Status(200)
}

// A festival of an autonomous county moves what is due there, and nothing else.
func TestCalendarMovesDeadlines(t *testing.T) {
	s := newSite(t)
	c := s.Submit("clerk-440232112209", "SG01012", "440232112209", nil)
	if _, err := s.Cases.Accept(s.Ctx("clerk-440232112209"), c.Number, cases.Act{}); err != nil {
		t.Fatal(err)
	}
	due := func() workday.Date {
		found, err := s.Cases.Find(s.System(), c.Number)
		if err != nil {
			t.Fatal(err)
		}
		return found.PromiseDueOn
	}
	before := due()
	b := s.As("admin-system")
	page := b.Get("/admin/calendar?division=440232000000&year=2026").Status(200).Must("国庆", "顺延或提前")
	form := page.Form(".ym-card[method=post]").Fill("days.0.date", "2025-11-24").Fill("days.0.name", "盘王节")
	page = form.Send().Status(422).Must("日期应在2026年内")
	page = page.Form(".ym-card[method=post]").Fill("days.0.date", "2026-11-24").Fill("days.1.date", "2026-11-25").Fill("days.1.name", "盘王节").
		Press("看看哪些期限会变").Send().Status(200).Must("的期限会变", c.Number)
	if after := due(); after != before {
		t.Errorf("looking ahead moved it from %s to %s", before, after)
	}
	page.Form(".ym-card[method=post]").Send().Status(200).Must("日历已保存", "2026年11月24日")
	s.Clock.Set(s.Clock.Now().Add(time.Second))
	s.Drain()
	if after := due(); s.Org.Calendar(s.System(), "440232000000").WorkdaysBetween(before, after) != 2 {
		t.Errorf("due on %s before the two holidays and on %s after", before, after)
	}
	page = b.Get("/admin/calendar?division=440232000000&year=2026").Status(200)
	if got := webtest.Attr(page.One("#f-days-1-date"), "value"); got != "2026-11-25" {
		t.Errorf("second day is %q", got)
	}
	b.Get("/admin/calendar?division=440222000000&year=2026").Status(200).MustNot("盘王节")
	b.Get("/admin/calendar?division=440232112209").Status(403)
}

const notice = `国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）上班。具体安排另行放假。`

// Next year's notice is pasted, shown with what it moves, and stored.
func TestHolidayNotice(t *testing.T) {
	s := newSite(t)
	b := s.As("admin-system")
	page := b.Get("/admin/calendar").Click("导入放假通知").Status(200)
	page = page.Form(".ym-card[method=post]").Fill("text", "没有安排").Send().Status(422).Must("没有读出放假安排", "没有安排")
	page = page.Form(".ym-card[method=post]").Fill("year", "2026").Fill("text", notice).Send().Status(422).Must("通知写的是2027年")
	page = page.Form(".ym-card[method=post]").Fill("year", "2027").Press("读出放假安排").Send().Status(200).
		Must("2027年1月31日", "星期日", "没有读懂这一句", "在办办件的期限")
	if n := len(page.Find("tbody tr")); n < 11 {
		t.Errorf("%d days read, want 11", n)
	}
	if !s.Org.Calendar(s.System(), "440232000000").IsWorkday(workday.NewDate(2027, 2, 5)) {
		t.Fatal("reading the notice stored it")
	}
	page.Form(".ym-card[method=post]").Press("核对无误，登记并重算期限").Send().Status(200).Must("2027年的放假安排已登记", "2027年2月11日")
	cal := s.Org.Calendar(s.System(), "440232000000")
	if cal.IsWorkday(workday.NewDate(2027, 2, 5)) || !cal.IsWorkday(workday.NewDate(2027, 1, 31)) {
		t.Error("the notice is not in force")
	}
	s.As("manager-440200000000").Get("/admin/calendar/notice").Status(403)
}

func TestBrokenDatabase(t *testing.T) {
	s := newSite(t)
	system, auditor := s.As("admin-system"), s.As("admin-audit")
	if err := s.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for path, b := range map[string]*webtest.Client{"/admin/jobs": system, "/admin/accounts": system, "/admin/audit": auditor,
		"/admin/calendar": system, "/admin/outlets": system,
		"/admin/org": system, "/admin/staff": system, "/admin/exchange": system, "/batches": system} {
		page := b.NoRedirect().Get(path).Status(503)
		if strings.Contains(page.Body, "sql") {
			t.Errorf("%s shows the cause", path)
		}
	}
}
