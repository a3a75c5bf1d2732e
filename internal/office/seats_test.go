package office_test

import (
	"strings"
	"testing"

	"yimen/internal/cases"
	"yimen/internal/kit/webtest"
	"yimen/internal/workflow"
)

const (
	county   = "440232000000"
	surveyed = "SG13001" // review, survey by two, approval and decision
)

// Two people survey on the spot: one form at a time, and none for whoever has
// signed already.
func TestTwoSurvey(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, surveyed, county, nil)
	approver := s.As(approverOf(c))
	page := quick(approver.Get(url(c)), actURL(c, cases.VerbAccept)).Send().Status(200)
	approveForm(t, page).Send().Status(200) // the review before it
	forms := func(p *webtest.Page) (n int) {
		for _, f := range p.Find(".of-task form") {
			if strings.HasSuffix(webtest.Attr(f, "action"), "/"+workflow.ActApprove) {
				n++
			}
		}
		return n
	}
	page = approver.Get(url(c)).Status(200).Must("（第1人 / 共2人）", "（第2人 / 共2人）", "等待您的同事办理")
	if n := forms(page); n != 1 {
		t.Fatalf("%d forms for one person", n)
	}
	approver.Get("/office").Status(200).Must("（第1人 / 共2人）", "（第2人 / 共2人）")
	page = approveForm(t, page).Fill("opinion", "现场相符").Send().Status(200).Must("（第2人 / 共2人）", "等待您的同事办理")
	if n := forms(page); n != 0 {
		t.Errorf("%d forms for somebody who has signed", n)
	}
	approver.Get("/office").Status(200).Must("等待同事（您已办）")
}
