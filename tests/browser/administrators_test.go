package browser_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"yimen/internal/kit/jobs"
	"yimen/internal/kit/webtest/browser"
)

// printing is work that fails for as long as the printer of its name burns.
type printing struct {
	Printer string `json:"printer"`
}

func (printing) Kind() string { return "test.printing" }

// burning are the printers that do.
var burning sync.Map

func init() {
	beforeStart = append(beforeStart, func(q *jobs.Queue) {
		jobs.Register(q, func(_ context.Context, j printing) error {
			if _, burns := burning.Load(j.Printer); burns {
				return errors.New("打印机 " + j.Printer + " 没有反应")
			}
			return nil
		})
	})
}

// Three administrators, none of whom can do it alone: one makes the account,
// one gives it a role, the third sees both; and all can be taken back.
func TestThreeAdministrators(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		name := fmt.Sprintf("pan-%d", v.size[0])
		v.As("admin-system").Open("/admin/accounts").Click("新建账号").Fill("name", name).Fill("display_name", "盘新").Fill("outlet", theVillage).
			Fill("password", "short").Click("建立账号").Says("有1处需要修改").Keep("account")
		v.Axe(t)
		v.Fill("password", "Yao-mountain-7").Click("建立账号").Says("已建立", "由安全管理员授权")

		person := v.beside().LogIn(name, "Yao-mountain-7", "/counter").Says("初始密码")
		person.Fill("old", "Yao-mountain-7").Fill("new", "Danxia-mountain-8").Fill("again", "Danxia-mountain-8").Click("修改密码").Open("/counter")
		if person.Status() != 403 {
			t.Errorf("an account without a role is answered %d\n%s", person.Status(), person.Excerpt())
		}

		v.Fill("role", "window_clerk").Fill("division", theVillage).Fill("reason", "新到大寮坑村窗口").Click("提出").Says("等安全管理员授权", "待授权").Keep("asked")
		v.Axe(t)
		security := v.beside().As("admin-security")
		security.Open("/admin/changes").Says("盘新", "新到大寮坑村窗口").Keep("changes")
		security.Axe(t)
		security.Click("授权").Says("已授权")
		security.Open("/admin/accounts").Fill("q", name).Click("查询").Click("查看 " + name).Says("窗口").Keep("roles")
		person.Open("/counter").Says("盘新")
		security.Click("撤销").Says("还没有角色")
		security.Calm(t)

		auditor := v.beside().As("admin-audit")
		auditor.Open("/admin/audit").Fill("actor", "admin-security").Fill("action", "grant.give").Click("查询").Says("授予角色", "盘新", "window_clerk").Keep("audit")
		auditor.Calm(t)

		v.Open("/admin/accounts?q=" + name).Click("停用").Says("已停用")
		if person.Open("/counter"); person.At() != "/login" {
			t.Errorf("a disabled account still sees %s", person.At())
		}
	})
}

// Work in the background fails, says why, and is tried again when the cause is
// gone.
func TestFailedWorkIsTriedAgain(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		printer := fmt.Sprintf("A4-%d", v.size[0])
		burning.Store(printer, true)
		defer burning.Delete(printer)
		must(t, c.Queue.Insert(c.System, printing{Printer: printer}))
		v.As("admin-system")
		v.SaysSoon("/admin/jobs", "打印机 "+printer+" 没有反应").Says("立即重试").Keep("failed")
		v.Axe(t)
		burning.Delete(printer)
		v.press(`Array.from(document.querySelectorAll("tr")).find(r => r.innerText.includes(`+quote(printer)+`)).querySelector("button")`, "the button that tries again")
		v.Says("已安排立即重试")
		for range 40 {
			if !strings.Contains(v.Open("/admin/jobs").seen(), printer) {
				return
			}
		}
		t.Errorf("%s is still listed\n%s", printer, v.Excerpt())
	})
}

// The auditor finds who did what, takes it away as a table, which is an entry
// itself, and has the whole log verified.
func TestAuditIsSearched(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		v.As("admin-audit").Open("/admin/audit").Fill("actor", "admin-audit").Fill("action", "login").Click("查询").Says("登录", "审计管理员").Keep("found")
		v.Axe(t)
		table := browser.Eval[string](v.Browser, `fetch(document.querySelector('a[href^="/admin/audit/export.csv"]').href).then(r => r.text())`)
		if !strings.Contains(table, "时间") || !strings.Contains(table, "审计管理员") || strings.Contains(table, "account.create") {
			t.Errorf("the table holds %.300q", table)
		}
		v.Open("/admin/audit?action=audit.export").Says("导出审计日志", "审计管理员")
		v.Click("校验日志是否完整").Says("日志完整").Keep("verified")
	})
}
