package licences_test

import (
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/kit/db"
	"yimen/internal/licences"
)

// Staff of the sample county issue what a case left open, and a proof of no case.
func TestPagesOfIssuing(t *testing.T) {
	s := apptest.New(t)
	for _, path := range []string{"/office/licence-orders", "/office/licences/issue"} {
		s.Anybody().NoRedirect().Get(path).Status(303)
		s.As("citizen-1").Get(path).Status(403)
		s.As("clerk-440232112209").Get(path).Status(403)
	}
	b, police := s.As("approver-440232-d11"), s.As("approver-440232-d07")
	b.Get("/office/licences").Status(200).Must("待签发", "签发证照")
	b.Get("/office/licence-orders").Status(200).Must("没有待签发的")
	list, _, err := s.Cases.List(s.System(), cases.Query{Agency: "440232-d11"}, db.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	waits := ""
	for _, c := range list {
		if err := s.Licences.CaseGranted(s.System(), c.Number); err != nil {
			t.Fatal(err)
		}
		o, err := s.Licences.OfCase(s.System(), c.Number)
		if c.Outcome != cases.Granted && err == nil {
			t.Errorf("%s, which was not granted: %+v", c.Number, o)
		}
		if err == nil && o.State == licences.OrderWaiting {
			waits = c.Number
		}
	}
	if waits == "" {
		t.Fatal("nothing of the sample's waits")
	}
	b.Get("/office/licence-orders").Status(200).Must(waits)
	police.Get("/office/licence-orders").MustNot(waits)
	police.Get("/office/licence-orders/" + waits).Status(404)
	page := b.Get("/office/licence-orders/"+waits).Status(200).Must("没有自动签发", "不签发电子证照")
	page.Form("[name=holder_no]").Fill("holder_no", "1").Send().Status(422).Must("没有自动签发")
	b.Get("/office/licence-orders/"+waits).Form("[name=reason]").Fill("reason", "无").Send().Status(422).Must("4到200个字")
	b.Get("/office/licence-orders/"+waits).Form("[name=holder_no]").Fill("to", "2099-01-01").Send().Status(200).Must("已签发，申请人会收到通知", "A级")
	b.Get("/office/licence-orders/" + waits).Must("已经签发").MustNot("没有自动签发")

	police.Get("/office/licences/issue").Status(200).Must("下一步", "无犯罪记录证明")
	form := police.Get("/office/licences/issue?type=ZZ011").Status(200).Form("[name=holder_no]")
	form.Fill("holder_name", "无此人").Fill("holder_no", "110101199001010016").Send().Status(422).Must("请填写用途")
	mine, _, err := s.Licences.Mine(s.Ctx("citizen-1"), db.Page{})
	if err != nil || len(mine) == 0 {
		t.Fatal(mine, err)
	}
	police.Get("/office/licences/issue?type=ZZ011").Form("[name=holder_no]").Fill("holder_name", mine[0].HolderName).Fill("holder_no", mine[0].HolderNo).
		Fill("fields.CXQJ", "年满16周岁至今").Fill("fields.YT", "求职").Send().Status(200).Must("已签发", "A级", "无犯罪")
	s.As("citizen-1").Get("/my/licences").Must("无犯罪记录证明")
	s.As("admin-audit").Get("/admin/audit?action=licence.issue").Must("无犯罪记录证明")
}
