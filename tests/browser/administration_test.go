package browser_test

import (
	"fmt"
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
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		v.As("admin-system").Open("/admin/calendar").Click("导入放假通知")
		v.Fill("year", "2030").Fill("text", notice2030).Click("读出放假安排").
			Says("2030年1月27日", "星期日", "春节", "没有在办办件的期限会变").Keep("read")
		v.Axe(t)
		v.Click("核对无误，登记并重算期限").Says("2030年的放假安排已登记", "2030年2月8日").Keep("stored")
	})
}

// A list of staff comes in: tried, mended by what the report says line by line,
// loaded; those who came are found, with their telephones masked.
func TestStaffListIsImported(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		width := v.size[0]
		list := fmt.Sprintf("id,name,post,outlet,phone\nliang-%d,梁%d,window_clerk,440232112209,13812345678\nmo-%d,莫%d,no_such_post,440232112209,0751-5380001\n",
			width, width, width, width)
		file := filepath.Join(t.TempDir(), "人员.csv")
		must(t, os.WriteFile(file, []byte(list), 0o600))
		v.As("admin-system").Open("/admin/exchange").Fill("register", "staff").Attach("file", file).Keep("form").Click("开始")
		v.SaysSoon(v.At(), "返回").Says("1行有错", "第3行 岗位、手机号", "没有这个岗位", "手机号：", "没有写入").Keep("report")
		v.Axe(t)
		list = strings.NewReplacer("no_such_post", "window_clerk", "0751-5380001", "13912345678").Replace(list)
		must(t, os.WriteFile(file, []byte(list), 0o600))
		v.Click("返回").Fill("register", "staff").Fill("how", "all").Attach("file", file).Click("开始")
		v.SaysSoon(v.At(), "共2行，全部导入")
		v.Open("/batches").Says("导入工作人员", "已完成").Keep("works")
		v.Open("/admin/staff").Fill("q", fmt.Sprintf("莫%d", width)).Click("查询").Says("在岗", "139****5678").SaysNot("13912345678").Keep("found")
	})
}

// A new village: the administrator walks down the tree, opens the village, its
// committee and its counter, says when it is open, and puts somebody there,
// who moves on later. Citizens find the counter.
func TestOrganisationGrows(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		code, name := fmt.Sprintf("44023211229%d", v.size[0]%7), fmt.Sprintf("新寨%d村", v.size[0])
		v.As("admin-system").Open("/admin/org").Fill("q", "游溪").Click("查询").Click("游溪镇").Says("大寮坑村", "440232112000").Keep("tree")
		v.Axe(t)
		v.Click("新增下级区划").Fill("code", code).Fill("name", name+"村民委员会").Fill("short_name", name).Fill("kind", "行政村").Click("保存").Says("已登记")
		v.Open("/admin/org?at=440232112000").Click(name+"村民委员会").Says("这里没有登记单位", "没有下级地区")
		v.Click("新增单位").Fill("code", code).Fill("name", name+"村民委员会").Fill("kind", "village").Fill("phone", "12").Click("保存").Says("有1处需要修改").Keep("mistake")
		v.Axe(t)
		v.Fill("phone", "0751-5389123").Click("保存").Says("已登记")
		v.Open("/admin/org?at="+code).Click("新增网点").Fill("code", code).Fill("name", name+"党群服务中心").Fill("kind", "village").Fill("address", name+"文化广场旁").
			Fill("phone", "0751-5389123").Fill("complaint", "0751-5389124").Fill("hours", "1-5 09:00-12:00").Click("保存").Says("已登记")
		v.Open("/admin/outlets/"+code).Fill("hours", "1-5 09:00-12:00;6 09:00-11:30").Click("保存").Says("周六").Keep("outlet")
		v.Open("/admin/staff").Click("新增人员").Fill("id", "xin-"+code).Fill("name", "邓新").Fill("outlet", code).Fill("post", "window_clerk").Fill("phone", "13812345678").Click("保存").Says("已登记").Keep("person")
		v.Fill("outlet", theVillage).Click("保存").Says("已登记")
		v.Open("/admin/staff?outlet="+code).Says("没有符合条件的工作人员").Open("/admin/org?at="+code).Says(name+"党群服务中心", "周六").Keep("village")

		outside := v.beside()
		outside.Open("/items/SG02004?division="+code).Says(name+"党群服务中心", "0751-5389123")
		outside.Calm(t)
	})
}

// What people searched for in vain is shown to those who keep the site, who
// teach it the word.
func TestTeachingTheSiteAWord(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		word := map[int]string{360: "鲲鹏展翅", 768: "画蛇添足", 1366: "守株待兔"}[v.size[0]]
		v.Open("/search?q=" + word).Says("没有找到这样的事项")
		editor := v.beside().As("editor-440200")
		editor.Open("/admin/search-misses").Says(word).Keep("misses")
		editor.Axe(t)
		editor.Fill("target", "SG01010").Click("记为同义词")
		editor.Open("/admin/search-misses").SaysNot(word)
		editor.Open("/admin/synonyms").Fill("q", word).Click("查询").Says(word, "SG01010").Keep("synonyms")
		editor.Calm(t)
		v.Open("/search?q=" + word).Says("失业登记")
	})
}
