package licences_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"yimen/internal/app/apptest"
	"yimen/internal/kit/db"
	"yimen/internal/licences"
	"yimen/workday"
)

// The holder makes the document of a confirmed old register by themselves; of what
// nobody has confirmed there is none, and the page says so.
func TestPagesOfOwnDocuments(t *testing.T) {
	s := apptest.New(t)
	mine, _, err := s.Licences.Mine(s.Ctx("citizen-1"), db.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range mine {
		if l.TypeName != "居民户口簿" {
			continue
		}
		own := "/my/licences/" + l.Identifier
		page := s.As("citizen-1").Get(own).Status(200).Must("还没有做成电子文件")
		page.Form("form[action='"+own+"/document']").Send().Status(200).Must("已制作并盖章", "下载OFD")
		s.As("citizen-1").Get(own + "/file.ofd").Status(200)
		s.As("citizen-2").Get(own + "/file.ofd").Status(404)
	}
	e := licences.Entry{Type: "ZZ011", Number: "旧1", HolderName: mine[0].HolderName, HolderNo: mine[0].HolderNo, Issuer: "440232-d07", IssuedOn: workday.NewDate(2026, time.January, 5),
		Fields: map[string]string{"CXQJ": "至今", "YT": "求职"}, Trust: licences.TrustC}
	l, err := s.Licences.TakeOver(s.System(), e)
	if err != nil {
		t.Fatal(err)
	}
	s.As("citizen-1").Get("/my/licences/" + l.Identifier).Must("没有电子文件：这本证照是C级").MustNot("制作电子文件")
	if _, err := s.Licences.DocumentOwn(s.Ctx("citizen-1"), l.Identifier); !errors.Is(err, licences.ErrUnsure) {
		t.Error(err)
	}
}

// The issuer makes the document of an old card; its holder takes it away, and
// nobody else does.
func TestPagesOfDocuments(t *testing.T) {
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
	own, office := "/my/licences/"+id, "/office/licences/"+id
	s.As("citizen-1").Get(own).Status(200).MustNot("下载OFD")
	s.As("citizen-1").Get(own + "/file.ofd").Status(404)
	b := s.As("approver-440232-d07")
	s.As("approver-440232-d11").Get(office + "/file.ofd").Status(404)
	b.Get(office).Status(200).Must("还没有电子文件").Form("form.li-make").Send().Status(200).Must("已制作并盖章", "下载OFD", "制作电子文件")

	if page := s.As("citizen-1").Get(own).Must("下载PDF"); !strings.Contains(page.Body, "照面，盖有") || !strings.Contains(page.Body, "page.svg") {
		t.Error("the page shows no picture")
	}
	for path, begins := range map[string]string{"/file.ofd": "PK", "/file.pdf": "%PDF-", "/page.svg": "<svg"} {
		for _, who := range []string{"citizen-1", "approver-440232-d07"} {
			base := own
			if who != "citizen-1" {
				base = office
			}
			if p := s.As(who).Get(base + path).Status(200); !strings.HasPrefix(p.Body, begins) {
				t.Errorf("%s of %s begins with %.10q", path, who, p.Body)
			}
		}
		s.As("citizen-2").Get(own + path).Status(404)
		s.As("approver-440232-d11").Get(office + path).Status(404)
		s.Anybody().NoRedirect().Get(own + path).Status(303)
	}
	s.As("admin-audit").Get("/admin/audit?action=licence.download").Must("下载电子证照文件")
}

// TestAPDFOfBeforeIsSignedWhenTaken: what was stored without a signature is given
// out with one, as soon as the city has a certificate for it.
func TestAPDFOfBeforeIsSignedWhenTaken(t *testing.T) {
	s := apptest.New(t)
	sql := func(q string) {
		t.Helper()
		if _, err := s.DB.Conn(s.System()).Exec(s.System(), q); err != nil {
			t.Fatal(err)
		}
	}
	p, err := s.Identity.Person(s.System(), "citizen-1")
	if err != nil {
		t.Fatal(err)
	}
	sql(`UPDATE seals_certificate SET role = 'away' WHERE role = 'pdf'`)
	l, err := s.Licences.Issue(s.Ctx("approver-440232-d07"), licences.Issue{Approval: "测试〔2026〕1号", Entry: licences.Entry{Type: "ZZ011", HolderName: p.Name, HolderNo: p.IDNo,
		Issuer: "440232-d07", Fields: map[string]string{"CXQJ": "年满16周岁至2026年11月18日", "YT": "办理教师资格认定"}}})
	if err != nil {
		t.Fatal(err)
	}
	own := "/my/licences/" + l.Identifier
	page := s.As("citizen-1").Get(own+"/copies").Status(200).Form("[name=purpose]").Fill("recipient", "韶关市第一中学").Fill("purpose", "办理入学登记").Send().Status(200)
	copied := page.Click("OFD").Status(200).URL.Path
	for _, at := range []string{own + "/file.pdf", strings.TrimSuffix(copied, "ofd") + "pdf"} {
		plain := s.As("citizen-1").Get(at).Status(200).Body
		if strings.Contains(plain, "/ByteRange") || plain != s.As("citizen-1").Get(at).Body {
			t.Errorf("%s: signed without a certificate", at)
		}
		check := func(file string, words ...string) {
			t.Helper()
			s.Anybody().Get("/licences/check").Form("[name=file]").Attach("file", "a.pdf", []byte(file)).Send().Status(200).Must(append(words, "有效", "无犯罪记录证明")...).MustNot("无效：")
		}
		check(plain, "文件上没有电子签名，但与", "存档的文件完全一致")
		sql(`UPDATE seals_certificate SET role = 'pdf' WHERE role = 'away'`)
		check(s.As("citizen-1").Get(at).Status(200).Body, "签名以后没有改动")
		check(plain, "文件上没有电子签名，但与", "存档的文件完全一致")
		sql(`UPDATE seals_certificate SET role = 'away' WHERE role = 'pdf'`)
	}
}
