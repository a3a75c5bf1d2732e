package admin_test

import (
	"net/http/httptest"
	"testing"

	"yimen/internal/kit/webtest/browser"
)

// The administrators' pages on a desk and on a telephone.
func TestInTheBrowser(t *testing.T) {
	s := newSite(t)
	server := httptest.NewServer(s.Router)
	defer server.Close()
	b := browser.New(t)
	roles, err := s.Identity.Actor(s.System(), "clerk-440232112209")
	if err != nil {
		t.Fatal(err)
	}
	for who, pages := range map[string]map[string]string{
		"admin-system": {"admin": "/admin", "jobs": "/admin/jobs", "accounts": "/admin/accounts?q=clerk", "outlets": "/admin/outlets",
			"outlet": "/admin/outlets/440232112209", "calendar": "/admin/calendar?division=440232000000", "account-new": "/admin/accounts/new"},
		"admin-security": {"roles": "/admin/accounts/" + roles.Account + "/roles"},
		"admin-audit":    {"audit": "/admin/audit"},
	} {
		b.Go(server.URL + "/login")
		browser.Eval[bool](b, `fetch("/demo/login", {method: "POST", body: new URLSearchParams({account: "`+who+`", next: "/"})}).then(r => true)`)
		for name, path := range pages {
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
