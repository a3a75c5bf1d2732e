package app_test

import (
	"strings"
	"testing"

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

	entries, _, err := s.Audit.Search(s.System(), audit.Query{Action: "person.see_in_full", ObjectID: c.Account}, db.Page{})
	if err != nil || len(entries) != 1 || entries[0].Purpose != "核对身份：户口簿上的字看不清" || strings.Contains(entries[0].Detail, c.Applicant.IDNo) {
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

	var login string
	if err := s.DB.Conn(s.System()).Get(s.System(), &login, `SELECT name FROM identity_account WHERE id = $1`, c.Account); err != nil {
		t.Fatal(err)
	}
	citizen := s.As(login)
	citizen.Get("/my/data").Status(200).Must("户口簿上的字看不清", c.Number).MustNot(entries[0].ActorName, c.Applicant.IDNo)
	citizen.Get("/my/data.json").Status(200).Must(c.Applicant.IDNo, c.Number)
	other := s.As("enterprise-1")
	other.Get("/my/data").Status(200).MustNot("户口簿上的字看不清")
	other.Get("/my/data.json").Status(200).MustNot(c.Applicant.IDNo)
	clerk.NoRedirect().Get("/my/data.json").MustNot(c.Applicant.IDNo)
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
