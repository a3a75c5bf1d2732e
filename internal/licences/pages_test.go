package licences_test

import (
	"net/url"
	"strings"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/kit/db"
	"yimen/internal/licences"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// The stock of the sample city as its holder, its issuer and a stranger see it.
func TestPagesOfLicences(t *testing.T) {
	s := apptest.New(t)
	for _, path := range []string{"/office/licences", "/office/licences/import", "/office/licence-types"} {
		s.Anybody().NoRedirect().Get(path).Status(303)
		s.As("citizen-1").Get(path).Status(403)
		s.As("clerk-440232112209").Get(path).Status(403)
	}
	cards, _, err := s.Licences.Mine(s.Ctx("citizen-1"), db.Page{})
	if err != nil || len(cards) == 0 {
		t.Fatal(cards, err)
	}
	own := cards[0].HolderNo // which an identity card has for its number, and staff do not see whole
	mine := s.As("citizen-1").Get("/my/licences").Status(200).Must("居民身份证", "居民户口簿", "残疾人证", "有效").MustNot("营业执照")
	page := mine.Click("居民身份证").Status(200).Must("证照内容", "民族", "存量入库", "还没有人扫码看过")
	s.As("citizen-2").Get(page.URL.Path).Status(404)
	low := s.As("citizen-3") // who has shown a telephone alone is led to prove more
	low.NoRedirect().Get("/my/licences").Status(303).Location("/verify?level=3&next=%2Fmy%2Flicences")
	s.Anybody().NoRedirect().Get(page.URL.Path).Status(303)

	s.Anybody().Get("/sitemap").Click("证明事项清单").Status(200)
	s.Anybody().Get("/sitemap").Click("验证电子证照").Status(200).Must("电子证照标识")
	identifier, err := url.PathUnescape(page.URL.Path[strings.LastIndexByte(page.URL.Path, '/')+1:])
	if err != nil {
		t.Fatal(err)
	}
	seen := s.Anybody().Get("/licences/check?id="+identifier).Status(200).Must("有效", "居民身份证", "公安局").MustNot("李立伟")
	seen.Form("[name=id]").Fill("id", " ").Send().Status(422).Must("请输入电子证照标识")
	seen.Form("[name=id]").Fill("id", identifier[:len(identifier)-1]+"!").Send().Status(422)
	s.Anybody().Get("/api/v1/licences/check?identifier="+identifier).Status(200).Must(`"stands":true`, `"state_code":"01"`)
	s.Anybody().Get("/api/v1/licences/check?identifier=1.2").Status(404)
	s.Anybody().Get("/api/v1/licence-types").Status(200).Must("劳务派遣经营许可证", "XKJYSX")

	b := s.As("approver-440232-d07")
	s.As("approver-440232-d11").Get("/office/licences/" + identifier).Status(404)
	b.Get("/office/licences").Status(200).Must("居民身份证").MustNot("市场监督管理局", own)
	b.Get("/office/licences?q=no-such").Must("没有符合条件的证照")
	b.Get("/office/licence-types").Must("林木采伐许可证", "本市编").Click("居民身份证").Must("最多一本有效的", "KZ_MZ")
	form := b.Get("/office/licences/"+identifier).Status(200).Must("暂扣：", "440232").MustNot(own).Form("[name=reason]")
	form.Fill("act", "suspend").Fill("reason", "丢").Send().Status(422).Must("4到300个字")
	b.Get("/office/licences/"+identifier).Form("[name=reason]").Fill("act", "suspend").Fill("reason", "持证人报失，等待补领").Send().Status(200).
		Must("已办理暂扣", "持证人报失")
	s.Anybody().Get("/licences/check?id="+identifier).Must("现在不算数", "暂扣").MustNot("持证人报失")
	s.As("citizen-1").Get("/my/licences").Must("暂扣")
	s.As("admin-audit").Get("/admin/audit?action=licence.suspend").Must("持证人报失")

	stock := "证照类型,证照编号,持证主体,持证主体代码,颁发日期,可信等级\n无犯罪记录证明,W1,无此人,110101199001010016,2026-01-01,B\n"
	up := b.Get("/office/licences/import").Status(200).Form("[name=file]")
	up.Send().Status(422).Must("请选择要导入的文件")
	b.Get("/office/licences/import").Form("[name=file]").Attach("file", "存量.csv", []byte(stock)).Send().Status(422).Must("没有写入任何内容", "第2行")
	b.Get("/office/licences/import/template.csv").Status(200).Must("证照类型", "可信等级")

	list, _, err := s.Licences.List(s.System(), licences.Find{Type: "ZZ051"}, db.Page{})
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	s.As("enterprise-1").Get("/my/licences").Must("营业执照")
}
