package licences_test

import (
	"errors"
	"slices"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/kit/db"
	"yimen/internal/licences"
	"yimen/internal/seals"
)

// waiting finds a licence of the sample that waits for its issuer, whichever that is:
// what was granted follows from the day on which the sample was made. One agency
// is left out, and so is what needs pictures or a seal that the sample has not.
func waiting(t *testing.T, s *apptest.Site, besides string) licences.Order {
	t.Helper()
	list, _, err := s.Cases.List(s.System(), cases.Query{}, db.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	var found []licences.Order
	for _, c := range list {
		if err := s.Licences.CaseGranted(s.System(), c.Number); err != nil {
			t.Fatal(err)
		}
		o, err := s.Licences.OfCase(s.System(), c.Number)
		if errors.Is(err, licences.ErrOrderUnknown) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if c.Outcome != cases.Granted {
			t.Errorf("%s, which was not granted: %+v", c.Number, o)
		}
		_, nobody := s.Identity.Actor(s.System(), "approver-"+o.Issuer)
		if o.State == licences.OrderWaiting && o.Issuer != besides && nobody == nil {
			found = append(found, o)
		}
	}
	for _, o := range found {
		of, err := s.Licences.Type(s.System(), o.Type)
		if err != nil {
			t.Fatal(err)
		}
		_, sealless := s.Seals.For(s.System(), o.Issuer, seals.ForLicence+o.Type)
		if sealless == nil && !slices.ContainsFunc(of.Fields, func(f licences.Field) bool { return f.Kind == "picture" && f.Required }) {
			return o
		}
	}
	t.Fatalf("none of %d cases left a licence open that texts complete (%d wait)", len(list), len(found))
	return licences.Order{}
}

// Staff of the sample county issue what a case left open, and a proof of no case.
func TestPagesOfIssuing(t *testing.T) {
	s := apptest.New(t)
	for _, path := range []string{"/office/licence-orders", "/office/licences/issue"} {
		s.Anybody().NoRedirect().Get(path).Status(303)
		s.As("citizen-1").Get(path).Status(403)
		s.As("clerk-440232112209").Get(path).Status(403)
	}
	waits := waiting(t, s, "440232-d07")
	b, police := s.As("approver-"+waits.Issuer), s.As("approver-440232-d07")
	b.Get("/office/licences").Status(200).Must("待签发", "签发证照")
	b.Get("/office/licence-orders").Status(200).Must(waits.Case)
	police.Get("/office/licence-orders").MustNot(waits.Case)
	police.Get("/office/licence-orders/" + waits.Case).Status(404)
	page := b.Get("/office/licence-orders/"+waits.Case).Status(200).Must("没有自动签发", "不签发电子证照")
	page.Form("[name=holder_no]").Fill("holder_no", "1").Send().Status(422).Must("没有自动签发")
	b.Get("/office/licence-orders/"+waits.Case).Form("[name=reason]").Fill("reason", "无").Send().Status(422).Must("4到200个字")
	whole := b.Get("/office/licence-orders/"+waits.Case).Form("[name=holder_no]").Fill("to", "2099-01-01")
	of, err := s.Licences.Type(s.System(), waits.Type)
	if err != nil {
		t.Fatal(err)
	}
	if whole.Values.Get("number") == "" && of.Rule.Number == licences.NumberByHand {
		whole.Fill("number", "韶2026-0001")
	}
	for _, f := range of.Fields { // what the case did not say
		text := "一"
		if f.Kind == "date" {
			text = "2026-01-31"
		}
		if name := "fields." + f.Name; f.Required && whole.Values.Get(name) == "" {
			whole.Fill(name, text)
		}
	}
	whole.Send().Status(200).Must("已签发，申请人会收到通知", "A级")
	b.Get("/office/licence-orders/" + waits.Case).Must("已经签发").MustNot("没有自动签发")

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
