package app_test

import (
	neturl "net/url"
	"strings"
	"testing"

	"yimen/gb"
	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
)

// Numbers are masked for everybody who may see a case; whoever received it sees
// them once, for a purpose, and the person sees who did.
func TestSeeInFull(t *testing.T) {
	s := apptest.New(t)
	c := caseOfTheVillage(t, s)
	url := "/office/cases/" + c.Number
	clerk := s.As("clerk-440232112209")
	clerk.Get(url).Status(200).Must("查看完整号码").MustNot(c.Applicant.IDNo, c.Applicant.Phone)
	page := clerk.Get(url+"/full").Status(200).MustNot(c.Applicant.IDNo, c.Applicant.Phone)
	page.Form("#full").Fill("purpose", "核对身份").Fill("words", "看").Send().Status(422).Must("至少4个字").MustNot(c.Applicant.IDNo)
	page.Form("#full").Fill("purpose", "核对身份").Fill("words", "户口簿上的字看不清").Send().Status(200).Must(c.Applicant.IDNo, c.Applicant.Phone, "已记入审计日志")
	clerk.Get(url).Status(200).MustNot(c.Applicant.IDNo, c.Applicant.Phone)

	// Who only oversees the city sees the case, and not the numbers.
	manager := s.As("manager-440200000000")
	manager.Get(url).Status(200).MustNot("查看完整号码", c.Applicant.IDNo)
	manager.Get(url + "/full").Status(403).MustNot(c.Applicant.IDNo)
	s.Anybody().NoRedirect().Get(url + "/full").Status(303)

	entries, _, err := s.Audit.Search(s.System(), audit.Query{Action: "person.see_in_full", ObjectID: c.Account, Result: "ok"}, db.Page{})
	if err != nil || len(entries) != 1 || entries[0].Role != "window_clerk" || entries[0].Purpose != "核对身份：户口簿上的字看不清" || strings.Contains(entries[0].Detail, c.Applicant.IDNo) {
		t.Fatalf("the audit says %+v: %v", entries, err)
	}
	// The answer that is kept for the form's key cannot be read in the database.
	var kept []string
	if err := s.DB.Conn(s.System()).Select(s.System(), &kept, `SELECT body FROM web_idempotency WHERE body <> ''`); err != nil || len(kept) == 0 {
		t.Fatalf("%d answers are kept: %v", len(kept), err)
	}
	for _, body := range kept {
		if !strings.HasPrefix(body, "sm4.") {
			t.Errorf("an answer can be read: %.40s", body)
		}
	}

	citizen := s.As(loginOf(t, s, c.Account))
	citizen.Get("/my/data").Status(200).Must("户口簿上的字看不清", c.Number).MustNot(entries[0].ActorName, c.Applicant.IDNo)
	citizen.Get("/my/data.json").Status(200).Must(c.Applicant.IDNo, c.Number, `"form": {`, `"materials": [`, `"consents": [`)
	s.As("admin-audit").Get("/admin/audit?action=person.see_in_full&result=ok").Must(c.Applicant.Name, "办件"+c.Number).MustNot("case=", "agency=")
	other := s.As("enterprise-1")
	other.Get("/my/data").Status(200).MustNot("户口簿上的字看不清")
	other.Get("/my/data.json").Status(200).MustNot(c.Applicant.IDNo)
	clerk.NoRedirect().Get("/my/data.json").MustNot(c.Applicant.IDNo)
}

// loginOf is the name of an account.
func loginOf(t *testing.T, s *apptest.Site, account string) string {
	t.Helper()
	var login string
	if err := s.DB.Conn(s.System()).Get(s.System(), &login, `SELECT name FROM identity_account WHERE id = $1`, account); err != nil {
		t.Fatal(err)
	}
	return login
}

// Programs see what pages show: numbers masked, whole for who received or decides
// the case and says what for, and for the applicant.
func TestTheAPIMasks(t *testing.T) {
	s := apptest.New(t)
	c := caseOfTheVillage(t, s)
	c, err := s.Cases.Find(s.System(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	whole := []string{c.Applicant.IDNo, c.Applicant.Phone}
	url := "/api/v1/cases/" + c.Number
	clerk := s.As("clerk-440232112209")
	clerk.Get(url).Status(200).Must(gb.MaskResidentID(c.Applicant.IDNo), gb.MaskPhone(c.Applicant.Phone)).MustNot(whole...)
	clerk.Get("/api/v1/cases?q="+c.Number).Status(200).Must(c.Number, gb.MaskPhone(c.Applicant.Phone)).MustNot(whole...)
	clerk.Get("/api/v1/cases?limit=200").Status(200).MustNot(whole...)
	if p := clerk.Get(url + "?in_full=x").Status(422).MustNot(whole...).Problem(); p.Code != "see_in_full_purpose" {
		t.Errorf("without a purpose: %+v", p)
	}
	purpose := "?in_full=" + neturl.QueryEscape("向公安机关核对身份")
	clerk.Get(url + purpose).Status(200).Must(whole...)
	s.As("manager-440200000000").Get(url + purpose).Status(403).MustNot(whole...)
	s.As("manager-440200000000").Get(url).Status(200).MustNot(whole...)
	// A filing clerk is answered masked too.
	made := s.Submission("SG02008", "440232112209")
	body := map[string]any{"item": made.Item, "division": made.Division, "channel": "window", "answers": made.Answers, "form": made.Form,
		"applicant": made.Applicant, "materials": made.Materials}
	clerk.JSON("POST", "/api/v1/cases", body).Status(201).Must(gb.MaskPhone(made.Applicant.Phone)).MustNot(made.Applicant.IDNo, made.Applicant.Phone)

	entries, _, err := s.Audit.Search(s.System(), audit.Query{Action: "person.see_in_full", ObjectID: c.Account}, db.Page{})
	if err != nil || len(entries) != 2 {
		t.Fatalf("the audit says %+v: %v", entries, err)
	}
	for _, e := range entries {
		looked := e.Result == "ok" && e.Purpose == "向公安机关核对身份" && e.Role == "window_clerk"
		if refused := e.Result == "see_in_full_denied" && e.Role == "centre_manager"; looked == refused {
			t.Errorf("a look as %+v", e)
		}
	}
	owner := s.As(loginOf(t, s, c.Account))
	owner.Get(url).Status(200).Must(whole...)
	owner.Get("/my/data").Must("向公安机关核对身份").MustNot("无权查看")
}

// Who tried to see what without the right stands in the audit, for its
// administrator.
func TestRefusedLooksAreRecorded(t *testing.T) {
	s := apptest.New(t)
	c := caseOfTheVillage(t, s)
	neighbour := s.As("clerk-440232112206")
	neighbour.Get("/office/cases/" + c.Number).Status(404)
	neighbour.Get("/api/v1/cases/" + c.Number + "/history").Status(404)
	neighbour.Get("/admin/accounts").Status(403)
	s.As("enterprise-1").Get("/office").Status(403)
	page := s.As("admin-audit").Get("/admin/audit").Click("只看被拒绝的：谁想看、想办而没有权限").Status(200)
	page.Must(c.Number, "无权查看", "GET /admin/accounts", "没有权限", "GET /office", "窗口人员").MustNot("成功（演示）", c.Applicant.IDNo)
	s.As("admin-audit").Get("/admin/audit?action=case.read&result=refused&object_id="+c.Number).Status(200).Must("查看办件", c.Number)
	s.As("admin-audit").Get("/admin/audit?action=case.read&result=ok&object_id=" + c.Number).Status(200).MustNot("无权查看")
	list, _, err := s.Audit.Search(s.System(), audit.Query{Refused: true}, db.Page{})
	if err != nil || len(list) != 4 {
		t.Errorf("%d refusals: %+v, %v", len(list), list, err)
	}
}

// caseOfTheVillage is one that a person with an account has there.
func caseOfTheVillage(t *testing.T, s *apptest.Site) cases.Case {
	t.Helper()
	list, _, err := s.Cases.List(s.Ctx("clerk-440232112209"), cases.Query{}, db.Page{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.Account != "" && c.Applicant.Type == "person" {
			return c
		}
	}
	t.Fatal("the village has no case of a person with an account")
	return cases.Case{}
}
