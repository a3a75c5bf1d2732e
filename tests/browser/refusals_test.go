package browser_test

import (
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yimen/internal/app"
	"yimen/internal/kit/webtest"
)

// caller asks the program for pages without a browser.
type caller struct {
	city *city
	by   map[string]*webtest.Client
}

// as is the client of an account, signed in once; "" is nobody.
func (c *caller) as(t testing.TB, account string) *webtest.Client {
	t.Helper()
	if known := c.by[account]; known != nil {
		return known
	}
	client := webtest.New(t, c.city.Router).NoRedirect()
	if account != "" {
		client.PostForm("/login", url.Values{"account": {account}, "password": {app.DemoPassword}}).Status(http.StatusSeeOther)
	}
	c.by[account] = client
	return client
}

// follow is as, but goes where a page sends one.
func (c *caller) follow(t testing.TB, account string) *webtest.Client {
	t.Helper()
	return c.as(t, account).Follow()
}

// guards are the names of the guards of the pages, by pattern.
func guards(c *city) map[string]string {
	all := map[string]string{}
	for _, r := range c.Router.Routes() {
		if r.Method == http.MethodGet {
			all[r.Pattern] = r.Guard
		}
	}
	return all
}

func public(guard string) bool { return strings.HasPrefix(guard, "public") }

// TestEveryPageWithoutSession: who is not signed in is asked to, and brought
// back to the page afterwards; nothing of it is shown.
func TestEveryPageWithoutSession(t *testing.T) {
	t.Parallel() // after the stories
	c := theCity()
	who := &caller{c, map[string]*webtest.Client{}}
	names := guards(c)
	tried := 0
	for pattern, samples := range samplesOf(gather(t, c)) {
		if public(names[pattern]) {
			continue
		}
		for _, s := range samples {
			tried++
			page := who.as(t, "").Get(s.url)
			to, err := url.Parse(page.Header().Get("Location"))
			if err != nil || to.Path != "/login" || to.Query().Get("next") != s.url {
				t.Errorf("%s: status %d, location %q", s.url, page.Code, page.Header().Get("Location"))
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d pages tried", tried)
	}
}

// TestEveryPageWithoutRight: who is signed in as somebody else gets a plain
// page that says so (or that there is no such thing), and nothing of it.
func TestEveryPageWithoutRight(t *testing.T) {
	t.Parallel() // after the stories
	c := theCity()
	who := &caller{c, map[string]*webtest.Client{}}
	names := guards(c)
	refused := func(t *testing.T, account, at string) {
		t.Helper()
		page := who.as(t, account).Get(at)
		if page.Code != http.StatusForbidden && page.Code != http.StatusNotFound {
			t.Errorf("%s as %s: status %d, want 403 or 404\n%s", at, account, page.Code, short(page))
			return
		}
		page.Must("请求编号")
	}
	for pattern, samples := range samplesOf(gather(t, c)) {
		guard := names[pattern]
		for _, s := range samples {
			switch {
			case public(guard):
			case strings.HasPrefix(guard, "applicant"):
				refused(t, villageClerk, s.url)
				if strings.Contains(pattern, "{number}") || strings.Contains(pattern, "{draft}") {
					refused(t, "citizen-3", s.url)
				}
			case !strings.HasPrefix(guard, "signed in"):
				refused(t, villager, s.url)
			}
		}
	}
}

// TestEveryPageWithABrokenDatabase: whatever is asked, the answer is a page in
// plain words with a number to read out, never the cause.
func TestEveryPageWithABrokenDatabase(t *testing.T) {
	t.Parallel() // after the stories
	samples := samplesOf(gather(t, theCity()))
	c, err := startCity("sqlite", filepath.Join(t.TempDir(), "broken"))
	must(t, err)
	defer c.stop() // what it closes is closed already
	who := &caller{c, map[string]*webtest.Client{}}
	for _, list := range samples {
		for _, s := range list {
			if s.account != localEditor && s.account != "" {
				who.as(t, s.account)
			}
		}
	}
	must(t, c.DB.Close())
	names := guards(c)
	for _, pattern := range slices.Sorted(maps.Keys(samples)) {
		for _, s := range samples[pattern] {
			if s.account == localEditor {
				continue // has the right in the other city only
			}
			page := who.as(t, s.account).Get(s.url)
			switch {
			case page.Code == http.StatusServiceUnavailable:
				page.Must("请求编号")
			case page.Code == http.StatusOK && public(names[pattern]): // needs no database
			default:
				t.Errorf("%s as %s: status %d\n%s", s.url, s.account, page.Code, short(page))
			}
			for _, cause := range []string{"sql:", "SQL", "database is closed", "goroutine"} {
				if page.Code != http.StatusOK && strings.Contains(page.Body, cause) { // a guide may name it
					t.Errorf("%s shows the cause: %s", s.url, cause)
				}
			}
		}
	}
}

// short is the beginning of what a page says.
func short(p *webtest.Page) string {
	text := []rune(p.Text())
	return string(text[:min(len(text), 200)])
}
