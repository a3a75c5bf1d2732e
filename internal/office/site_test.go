package office_test

import (
	"strings"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/kit/webtest"
	"yimen/internal/office"
)

// The people and places of the tests.
const (
	village     = "440232112209"
	clerk       = "clerk-440232112209"
	neighbour   = "clerk-440232112206" // of another village of the same town
	villager    = "approver-440232112209"
	townsman    = "approver-440232112000"
	manager     = "manager-440200000000"
	onTheSpot   = "SG01001" // decided at the window that received it
	upward      = "SG01012" // village, town, town, county
	promisedDay = "SG05005" // review and decision by one county bureau; testing may stop the clock
)

func TestMain(m *testing.M) { apptest.Main(m) }

func newSite(t testing.TB) *apptest.Site { t.Helper(); return apptest.New(t) }

// approverOf is the approver of the agency that decides the case.
func approverOf(c cases.Case) string { return "approver-" + c.Competent.Code }

func url(c cases.Case) string { return office.CaseURL(c.Number) }

func actURL(c cases.Case, v cases.Verb) string { return url(c) + "/" + string(v) }

// approveForm is the form on the case's page that approves the open task.
func approveForm(t testing.TB, p *webtest.Page) *webtest.Form {
	t.Helper()
	for _, f := range p.Find(".of-task form") {
		if strings.HasSuffix(webtest.Attr(f, "action"), "/approve") {
			return p.Form(`form[action=` + webtest.Attr(f, "action") + `]`)
		}
	}
	t.Fatalf("no task to approve on %s:\n%s", p.URL, p.Text())
	return nil
}

// quick is the button of an act that needs no words.
func quick(p *webtest.Page, action string) *webtest.Form {
	return p.Form(`form[action=` + action + `]`)
}

// account is the id of an account.
func account(t testing.TB, s *apptest.Site, name string) string {
	t.Helper()
	a, err := s.Identity.Actor(s.System(), name)
	if err != nil {
		t.Fatal(err)
	}
	return a.Account
}
