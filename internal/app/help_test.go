package app

import (
	"strings"
	"testing"

	"yimen/internal/help"
	"yimen/internal/identity"
)

// TestEveryStaffPageHasItsHelp: whoever opens the help of a page finds the
// section that explains it, whether a clerk or somebody else.
func TestEveryStaffPageHasItsHelp(t *testing.T) {
	a, n := openApp(t, true), 0
	for _, r := range a.Router.Routes() {
		if r.Method != "GET" || !strings.HasPrefix(r.Pattern, "/counter") && !strings.HasPrefix(r.Pattern, "/office") &&
			!strings.HasPrefix(r.Pattern, "/admin") && !strings.HasPrefix(r.Pattern, "/batches") {
			continue
		}
		n++
		for _, actor := range []identity.Actor{{}, identity.System("clerk")} {
			s, ok := help.SectionOf(r.Pattern, actor)
			if !ok || s.Title == "" {
				t.Errorf("%s: no section of a guide explains it; see topics in internal/help", r.Pattern)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d pages of staff found: the search is wrong", n)
	}
}
