package licences_test

import (
	"net/url"
	"strings"
	"testing"

	"yimen/internal/app/apptest"
)

// An editor changes a template and sees it; a reviewer puts it in force.
func TestPagesOfTemplates(t *testing.T) {
	s := apptest.New(t)
	const path = "/office/licence-types/ZZ047/template"
	s.Anybody().NoRedirect().Get(path).Status(303)
	s.As("citizen-1").Get(path).Status(403)
	s.As("approver-440232-d07").Get(path).Status(403)
	e := s.As("editor-440200")
	e.Get("/office/licence-types/ZZ999/template").Status(404)
	page := e.Get("/office/licence-types/ZZ047").Status(200).Click("照面模板").Status(200).Must("林木采伐许可证的照面模板", "{采伐地点}", "保存为草稿", "在用").MustNot("启用这份草稿")
	if !strings.Contains(page.Body, "<svg") {
		t.Error("no preview")
	}
	page.Form("#template").Fill("elements.1.text", "{籍贯}").Send().Status(422).Must("没有“籍贯”这一项")
	page.Form("#template").Fill("elements.1.x", "左边").Send().Status(422).Must("不是数字")
	page.Form("#template").Fill("elements.1.text", "林木采伐许可证（样张）").Send().Status(200).Must("草稿已保存", "正在看的是草稿").MustNot("启用这份草稿")
	part := e.With("HX-Request-Type", "partial").PostForm(path+"/preview", url.Values{"width": {"100"}, "height": {"100"}, "elements.1.kind": {"text"}})
	part.Must("还不能预览").None("header")
	s.As("reviewer-440200").Get(path).Status(200).Must("启用这份草稿", "第2版").Form("[name=revision]").Send().Status(200).Must("已启用", "以前用过")
	s.As("admin-audit").Get("/admin/audit?action=licence.template_force").Must("启用照面模板")
}
