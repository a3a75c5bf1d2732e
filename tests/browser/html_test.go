package browser_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yimen/internal/kit/webtest"
)

// checkerVar names the Nu HTML checker (vnu.jar), which scripts/setup fetches.
const checkerVar = "YIMEN_TEST_HTML_CHECKER"

// notErrors are messages about htmx's attributes, which are its interface, and
// about an attribute of SVG 2 that the checker does not know yet.
var notErrors = regexp.MustCompile(`Attribute “(hx-[a-z-:]+|pathLength)” not allowed`)

// TestHTMLIsValid gives every page, in both versions of the citizens' ones, to
// the Nu HTML checker.
func TestHTMLIsValid(t *testing.T) {
	t.Parallel() // after the stories
	jar := os.Getenv(checkerVar)
	if jar == "" {
		t.Fatalf("%s is not set: run `make test`, which fetches the checker", checkerVar)
	}
	c := theCity()
	who := &caller{c, map[string]*webtest.Client{}}
	dir := t.TempDir()
	addresses := map[string]string{}
	keep := func(s sample, page *webtest.Page) {
		name := fmt.Sprintf("%04d.html", len(addresses))
		addresses[name] = s.url + " as " + s.account
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(page.Body), 0o600))
	}
	samples := samplesOf(gather(t, c))
	for _, pattern := range slices.Sorted(maps.Keys(samples)) {
		for _, s := range samples[pattern] {
			page := who.follow(t, s.account).Get(s.url)
			if page.Code != 200 && page.Code != 422 {
				t.Errorf("%s as %s: status %d", s.url, s.account, page.Code)
				continue
			}
			keep(s, page)
		}
	}
	// Its exit status says that there are messages; those not wanted are left out below.
	out, _ := exec.Command("java", "-jar", jar, "--format", "json", "--errors-only", "--exit-zero-always", dir).CombinedOutput()
	var report struct {
		Messages []struct {
			URL, Message, Extract string
			LastLine              int
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("the checker says no JSON: %v\n%s", err, out)
	}
	seen := map[string]bool{}
	for _, m := range report.Messages {
		if notErrors.MatchString(m.Message) || seen[m.Message+m.Extract] {
			continue
		}
		seen[m.Message+m.Extract] = true
		t.Errorf("%s: %s\n  %s", addresses[filepath.Base(m.URL)], m.Message, strings.Join(strings.Fields(m.Extract), " "))
	}
	if len(addresses) < 100 {
		t.Errorf("only %d pages checked", len(addresses))
	}
}
