package office_test

import (
	"net/http/httptest"
	"testing"

	"yimen/internal/cases"
	"yimen/internal/kit/webtest/browser"
)

// The pages as people see them: readable by everybody, within the content
// policy, and nothing wider than a telephone.
func TestInTheBrowser(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, onTheSpot, village, nil)
	far := s.Submit(clerk, upward, village, nil)
	for _, x := range []cases.Case{far} {
		if _, err := s.Cases.Accept(s.Ctx(clerk), x.Number, cases.Act{}); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(s.Router)
	defer server.Close()
	b := browser.New(t)
	for _, who := range []struct {
		account string
		paths   map[string]string
	}{
		{clerk, map[string]string{"case-clerk": url(c), "correction": actURL(c, cases.VerbRequestCorrection), "refusal": actURL(c, cases.VerbRefuseAcceptance), "list": "/office/cases"}},
		{villager, map[string]string{"inbox": "/office", "case-approver": url(far)}},
	} {
		b.Go(server.URL + "/login")
		browser.Eval[bool](b, `fetch("/demo/login", {method: "POST", body: new URLSearchParams({account: "`+who.account+`", next: "/"})}).then(r => true)`)
		for name, path := range who.paths {
			b.Go(server.URL + path)
			b.Axe(t)
			for _, size := range [][2]int{{1366, 768}, {360, 740}} {
				b.Screenshot(t, name, size[0], size[1])
				b.Fits(t, size[0])
			}
		}
	}
	b.Calm(t)
}
