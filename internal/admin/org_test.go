package admin_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"yimen/internal/kit/webtest"
	"yimen/internal/org"
)

func TestOrganisationLevelByLevel(t *testing.T) {
	s := newSite(t)
	b := s.As("admin-system")
	city := b.Get("/admin/org").Status(200).Must("韶关市", "乳源瑶族自治县", "民政局", "韶关市行政服务中心", "新增单位")
	city.Click("乳源瑶族自治县").Status(200).Must("游溪镇", "乳源瑶族自治县民政局").Click("游溪镇").Status(200).
		Must("大寮坑村", "村", "440232112000").Click("大寮坑村").Status(200).Must("没有下级地区", "党群服务中心")
	b.Get("/admin/org?q=" + url.QueryEscape("大寮坑")).Status(200).Must("440232112209")
	b.Get("/admin/org?q=zzz").Status(200).Must("没有名称含“zzz”的地区")
	b.Get("/admin/org?at=1").Status(404)
	s.As("clerk-440232112209").Get("/admin/org").Status(403)
	s.Anybody().NoRedirect().Get("/admin/org").Status(303)
}

func TestRegisterRows(t *testing.T) {
	s := newSite(t)
	b := s.As("admin-system")
	page := b.Get("/admin/registers/outlets/new?division=440232112209").Status(200).Must("新增办事网点")
	page.Form(".ym-card[method=post]").Fill("code", "440232112209").Fill("name", "大寮坑村便民点").Fill("kind", "village").
		Fill("address", "村委会一楼").Fill("phone", "0751-5389123").Fill("complaint", "0751-5389124").Fill("hours", "1-5 09:00-12:00").
		Send().Status(422).Must("这个代码已经登记")
	page = b.Get("/admin/registers/outlets/new?division=440232112209").Form(".ym-card[method=post]").Fill("code", "440232112299").Fill("name", "大寮坑村便民点").
		Fill("kind", "village").Fill("address", "村委会一楼").Fill("phone", "12").Fill("hours", "1-5 09:00-12:00").Fill("complaint", "0751-5389124").
		Send().Status(422)
	if got := webtest.Attr(page.One("#f-name"), "value"); got != "大寮坑村便民点" {
		t.Errorf("the name typed is %q after a mistake", got)
	}
	page.Form(".ym-card[method=post]").Fill("phone", "0751-5389123").Send().Status(200).Must("已登记", "大寮坑村便民点")
	b.Get("/admin/org?at=440232112209").Must("大寮坑村便民点")
	s.As("admin-audit").Get("/admin/audit?action=org.outlets.put").Status(200).Must("440232112299")

	b.Get("/admin/registers/cats/new").Status(422)
	b.Get("/admin/registers/outlets/440299999999").Status(404)
	s.As("clerk-440232112209").Get("/admin/registers/outlets/440232112209").Status(403)
}

func TestStaff(t *testing.T) {
	s := newSite(t)
	b := s.As("admin-system")
	page := b.Get("/admin/staff?outlet=440232112209").Status(200).Must("在岗", "大寮坑村")
	if len(page.Find("tbody tr")) == 0 {
		t.Fatal("nobody works at the village's point")
	}
	page = b.Get("/admin/registers/staff/new").Form(".ym-card[method=post]").Fill("id", "zhao-1").Fill("name", "赵新").Fill("post", "window_clerk").
		Send().Status(422).Must("请填写所在单位或网点")
	page = page.Form(".ym-card[method=post]").Fill("outlet", "440232112209").Fill("phone", "0751-5389123").Send().Status(422).Must("手机号")
	page.Form(".ym-card[method=post]").Fill("phone", "138 1234 5678").Send().Status(200).Must("已登记")
	b.Get("/admin/staff?q="+url.QueryEscape("赵新")).Status(200).Must("zhao-1", "窗口", "138****5678").MustNot("13812345678")
	b.Get("/admin/registers/staff/zhao-1").Form(".ym-card[method=post]").Fill("active").Send().Status(200)
	b.Get("/admin/staff?q=zhao-1").Must("没有符合条件")
	b.Get("/admin/staff?q=zhao-1&left=1").Must("离岗")
}

// The words of the pages fit the columns of the files.
func TestFormsHoldEveryColumn(t *testing.T) {
	s := newSite(t)
	b := s.As("admin-system")
	for _, register := range org.Registers {
		page := b.Get("/admin/registers/" + register + "/new").Status(200)
		required, optional := org.RegisterColumns(register)
		for _, column := range slices.Concat(required, optional) {
			if column == "trust" || column == "parent" && register == org.Divisions {
				continue // the program's own
			}
			if len(page.Find("[name="+column+"]")) == 0 {
				t.Errorf("%s: no field for column %s", register, column)
			}
		}
	}
}

const staffFile = "id,name,post,outlet\nwang-1,王一,window_clerk,440232112209\nwang-2,王二,no_such_post,440232112209\n"

// A file is checked, then loaded as far as it is right; every wrong line is named.
func TestExchange(t *testing.T) {
	s := newSite(t)
	b := s.As("admin-system")
	send := func(how string) *webtest.Page {
		to := b.NoRedirect().Get("/admin/exchange").Status(200).Form(".ym-card[method=post]").Fill("register", "staff").Fill("how", how).
			Attach("file", "人员.csv", []byte(staffFile)).Send().Status(303).Header().Get("Location")
		b.Get(to).Status(200).Must("导入工作人员", "停止")
		s.Drain()
		return b.Get(to).Status(200)
	}
	for how, want := range map[string][]string{
		"all":     {"共2行，1行有错，整个文件没有导入", "第3行 岗位", "没有这个岗位"},
		"partial": {"共2行，导入1行，1行有错没有导入", "第3行 岗位"},
	} {
		send(how).Must(want...).Must("下载结果表")
	}
	b.Get("/admin/staff?q=wang-1").Must("王一")
	b.Get("/admin/staff?q=wang-2").Must("没有符合条件")
	b.Get("/batches").Status(200).Must("导入工作人员：人员.csv", "已完成")
	s.As("admin-security").Get("/batches").Status(200).MustNot("人员.csv")
}

func TestExchangeFiles(t *testing.T) {
	s := newSite(t)
	b := s.As("admin-system")
	b.Get("/admin/exchange").Form(".ym-card[method=post]").Send().Status(422).Must("请选择 CSV 文件")
	file := b.Get("/admin/exchange/outlets.csv").Status(200).Body
	if n := strings.Count(file, "\n"); n < 1500 || !strings.Contains(file, "大寮坑村") {
		t.Errorf("the export has %d lines", n)
	}
	template := b.Get("/admin/exchange/outlets-template.csv").Status(200).Body
	if strings.Count(template, "\n") != 1 || !strings.HasPrefix(template, "\xef\xbb\xbfcode,name") {
		t.Errorf("template %q", template)
	}
	b.Get("/admin/exchange/cats.csv").Status(404)
	s.As("clerk-440232112209").Get("/admin/exchange/outlets.csv").Status(403)
}

func TestRolesAreExplained(t *testing.T) {
	s := newSite(t)
	s.As("admin-security").Get("/admin/roles").Status(200).Must("窗口人员", "代为提交、补正和撤回")
	s.As("clerk-440232112209").Get("/admin/roles").Status(403)
}
