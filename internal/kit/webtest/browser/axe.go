package browser

import (
	"strings"
	"testing"
)

// Violation is a rule of accessibility the page breaks, and where.
type Violation struct {
	ID     string   `json:"id"`
	Impact string   `json:"impact"` // minor, moderate, serious, critical
	Help   string   `json:"help"`
	Nodes  []string `json:"nodes"` // the elements, with what is wrong
}

// runAxe asks for WCAG 2.1 A and AA, on which GB/T 37668 rests.
const runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], resultTypes: ["violations"]})
	.then(r => r.violations.map(v => ({id: v.id, impact: v.impact || "", help: v.help,
		nodes: v.nodes.slice(0, 5).map(n => n.html.slice(0, 200) + " — " + (n.failureSummary || "").replace(/\s+/g, " ").slice(0, 300))})))`

// Violations gives what axe-core finds on the page now open.
func (b *Browser) Violations() []Violation {
	b.t.Helper()
	// Evaluated by the debugger, so the page's content policy does not apply.
	Eval[bool](b, axe+"\n;true")
	return Eval[[]Violation](b, runAxe)
}

// Axe fails the test on every violation that is serious or critical.
func (b *Browser) Axe(t testing.TB) {
	t.Helper()
	for _, v := range b.Violations() {
		if v.Impact == "serious" || v.Impact == "critical" {
			t.Errorf("%s: %s (%s): %s\n  %s", b.Address(), v.ID, v.Impact, v.Help, strings.Join(v.Nodes, "\n  "))
		}
	}
}
