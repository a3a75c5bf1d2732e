package licences_test

import (
	"strings"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/kit/db"
)

// The holder makes a copy for a school, the issuer one for a bank; both see both,
// others neither, and whoever has the file learns what it is for.
func TestPagesOfCopies(t *testing.T) {
	s := apptest.New(t)
	mine, _, err := s.Licences.Mine(s.Ctx("citizen-1"), db.Page{})
	if err != nil {
		t.Fatal(err)
	}
	id := ""
	for _, l := range mine {
		if l.TypeName == "居民身份证" {
			id = l.Identifier
		}
	}
	own, office := "/my/licences/"+id+"/copies", "/office/licences/"+id+"/copies"
	s.Anybody().NoRedirect().Get(own).Status(303)
	s.As("citizen-2").Get(own).Status(404)
	s.As("approver-440232-d11").Get(office).Status(404)
	page := s.As("citizen-1").Get("/my/licences/" + id).Click("做加注件").Status(200).Must("还没有做过")
	page.Form("[name=purpose]").Fill("days", "很久").Send().Status(422).Must("请写明做什么用，2到30个字", "请写明给谁", "有效天数请填1到365天")
	page = s.As("citizen-1").Get(own).Form("[name=purpose]").Fill("recipient", "韶关市第一中学").Fill("purpose", "办理入学登记").Send().Status(200).
		Must("加注件做好了", "韶关市第一中学")
	file := page.Click("OFD").Status(200)
	href := file.URL.Path
	if !strings.HasPrefix(file.Body, "PK") || !strings.HasPrefix(s.As("citizen-1").Get(strings.TrimSuffix(href, "ofd")+"pdf").Body, "%PDF-") {
		t.Error("the files are not what they say")
	}
	s.As("citizen-1").Get(strings.TrimSuffix(href, "copy.ofd") + "copy.txt").Status(404)
	s.As("citizen-2").Get(href).Status(404)
	s.Anybody().NoRedirect().Get(href).Status(303)
	s.Anybody().Get("/licences/check").Form("[name=file]").Attach("file", "给学校.ofd", []byte(file.Body)).Send().Status(200).
		Must("有效", "这是加注件，仅供韶关市第一中学用于办理入学登记", "制作时存档的那个文件")

	b := s.As("approver-440232-d07")
	b.Get(office).Status(200).Must("韶关市第一中学").Form("[name=purpose]").Fill("recipient", "农商银行").Fill("purpose", "核验开户身份").Send().Status(200).Must("农商银行", "公安局")
	s.As("citizen-1").Get("/my/licences/"+id).Must("做过哪些加注件", "农商银行", "公安局")
	s.As("admin-audit").Get("/admin/audit?action=licence.copy").Must("制作证照加注件")
}
