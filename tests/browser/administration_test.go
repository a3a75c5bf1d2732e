package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/webtest"
)

// staffFile is a list of staff with a mistake in its last line.
const staffFile = "id,name,post,outlet\nliang-1,梁一,window_clerk,440232112209\nliang-2,梁二,no_such_post,440232112209\n"

// imported is the page of a finished import.
func (c *city) imported(t testing.TB) string {
	t.Helper()
	client := (&caller{c, map[string]*webtest.Client{}}).as(t, "admin-system")
	page := client.Get("/admin/exchange").Form(`.ym-card[method=post]`).Fill("register", "staff").Fill("how", "try").
		Attach("file", "人员.csv", []byte(staffFile)).Send()
	to := page.Status(303).Header().Get("Location")
	for until := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		if strings.Contains(client.Get(to).Body, "行有错") {
			return to
		}
		if time.Now().After(until) {
			t.Fatalf("%s is not done after %s", to, patience)
		}
	}
}

const notice2030 = `国务院办公厅关于2030年部分节假日安排的通知
一、元旦：1月1日（周二）放假1天，不调休。
二、春节：2月2日（周六）至8日（周五）放假调休，共7天。1月27日（周日）上班。`

// The notice of the year is pasted, looked through and stored.
func TestHolidayNoticeIsImported(t *testing.T) {
	v := visit(t, theCity()).As("admin-system")
	v.Open("/admin/calendar").Click("导入放假通知")
	v.Fill("year", "2030").Fill("text", notice2030).Click("读出放假安排").
		Says("2030年1月27日", "星期日", "春节", "没有在办办件的期限会变")
	v.Axe(t)
	v.Click("核对无误，登记并重算期限").Says("2030年的放假安排已登记", "2030年2月8日")
	v.Calm(t)
}

// A list of staff comes in: tried, mended by what the report says, loaded.
func TestStaffListIsImported(t *testing.T) {
	v := visit(t, theCity()).As("admin-system")
	file := filepath.Join(t.TempDir(), "人员.csv")
	must(t, os.WriteFile(file, []byte(staffFile), 0o600))
	v.Open("/admin/exchange").Fill("register", "staff").Attach("file", file).Click("开始")
	v.SaysSoon(v.At(), "返回").Says("1行有错", "第3行 岗位", "没有这个岗位", "没有写入")
	v.Axe(t)
	must(t, os.WriteFile(file, []byte(strings.ReplaceAll(staffFile, "no_such_post", "window_clerk")), 0o600))
	v.Click("返回").Fill("register", "staff").Fill("how", "all").Attach("file", file).Click("开始")
	v.SaysSoon(v.At(), "共2行，全部导入")
	v.Open("/admin/staff").Fill("q", "梁二").Click("查询").Says("liang-2", "在岗")
	v.Calm(t)
}
