package licences_test

import (
	"net/url"
	"strings"
	"testing"

	"yimen/internal/app/apptest"
)

func TestPagesOfTypes(t *testing.T) {
	s := apptest.New(t)
	for _, path := range []string{"/office/licence-types/new", "/office/licence-types/import", "/office/licence-types/ZZ047/edit"} {
		s.Anybody().NoRedirect().Get(path).Status(303)
		s.As("citizen-1").Get(path).Status(403)
		s.As("approver-440232-d07").Get(path).Status(403)
	}
	s.As("approver-440232-d07").Get("/office/licence-types").Status(200).MustNot("新增类型")
	k := s.As("reviewer-440200")
	k.Get("/office/licence-types").Status(200).Must("新增类型", "导入表格").Click("林木采伐许可证").Must("采伐地点", "按申请表填的期限")
	form := k.Get("/office/licence-types/new").Status(200).Form("[name=number_rule]")
	form.Send().Status(422).Must("请填写名称", "请选择发给谁")
	k.Get("/office/licence-types/new").Form("[name=number_rule]").Fill("name", "渔业捕捞许可证").Fill("kind", "证照").Fill("category", "农业").Fill("dept", "农业农村局").
		Fill("holder", "both").Fill("months", "0").Fill("field.3.label", "水域").Fill("field.3.name", "水域").Send().Status(422).Must("请填月数", "第7项")
	page := k.Get("/office/licence-types/new").Form("[name=number_rule]").Fill("name", "渔业捕捞许可证").Fill("kind", "证照").Fill("category", "农业").Fill("dept", "农业农村局").
		Fill("holder", "both").Fill("months", "60").Fill("field.3.label", "水域").Fill("field.3.name", "sy").Send().Status(200).Must("已保存", "KZ_SY", "5年")
	k.Get(page.URL.Path+"/edit").Status(200).Form("[name=number_rule]").Fill("number_rule", "{月}").Send().Status(422).Must("编号规则里没有“{月}”")
	s.As("admin-audit").Get("/admin/audit?action=licence_type.add").Must("渔业捕捞许可证")

	list := k.Get("/office/licence-types/export.csv").Status(200).Must("local_id,licence_name", "渔业捕捞许可证").Text()
	up := k.Get("/office/licence-types/import").Status(200).Form("[name=file]")
	up.Send().Status(422).Must("请选择要导入的文件")
	k.Get("/office/licence-types/import").Form("[name=file]").Attach("file", "类型.csv", []byte("local_id,licence_name,kind,category,holder_type,issuing_dept\nZZ001,,,,,\n")).
		Fill("how", "all").Send().Status(422).Must("第2行", "没有写入任何内容")
	if !strings.Contains(list, "ZZ107") {
		t.Error("the list is not whole")
	}
}

// A hundred types are found by words, pinyin and codes.
func TestTypesAreFound(t *testing.T) {
	b := apptest.New(t).As("editor-440200")
	b.Get("/office/licence-types?q=" + url.QueryEscape("食品经营")).Status(200).Must("食品经营许可证").MustNot("居民身份证")
	b.Get("/office/licence-types?q=lwpq").Must("劳务派遣经营许可证").MustNot("居民身份证")
	b.Get("/office/licence-types?q=zz001").Must("居民身份证").MustNot("劳务派遣经营许可证")
	b.Get("/office/licence-types?q=" + url.QueryEscape("公安局")).Must("居民身份证").MustNot("劳务派遣经营许可证")
	b.Get("/office/licence-types?q=" + url.QueryEscape("月球执照")).Must("没有找到").MustNot("居民身份证")
}
