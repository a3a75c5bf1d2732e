package workflow

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestLayoutHasNoOverlaps(t *testing.T) {
	for seed := range uint64(300) {
		g := &generator{rnd: rand.New(rand.NewPCG(seed, 3))}
		d := g.definition()
		p := lay(d)
		for i, a := range p.Boxes {
			if a.X < 0 || a.Y < 0 || a.X+a.W > p.Width || a.Y+a.H > p.Height {
				t.Fatalf("seed %d: box %s lies outside %d×%d: %+v", seed, a.Node.ID, p.Width, p.Height, a)
			}
			for _, b := range p.Boxes[:i] {
				if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
					t.Fatalf("seed %d: %s lies over %s", seed, a.Node.ID, b.Node.ID)
				}
			}
			for _, l := range p.Lines {
				if crosses(l, a) {
					t.Fatalf("seed %d: line %+v runs through %s %+v", seed, l, a.Node.ID, a)
				}
			}
		}
		if len(p.Boxes) < len(d.Steps()) {
			t.Fatalf("seed %d: %d boxes for %d steps", seed, len(p.Boxes), len(d.Steps()))
		}
	}
}

// crosses says whether a line runs through the inside of a box; touching its
// edge is what lines are for.
func crosses(l stroke, b box) bool {
	x1, x2 := min(l.X1, l.X2), max(l.X1, l.X2)
	y1, y2 := min(l.Y1, l.Y2), max(l.Y1, l.Y2)
	return x1 < b.X+b.W && x2 > b.X && y1 < b.Y+b.H && y2 > b.Y
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in   string
		want string
	}{
		{"审查", "审查"}, {"", ""}, {"市场监督管理局现场核查", "市场监督管理局现场核|查"}, {"GB/T 39046 审查意见书", "GB/T 39046 审查意见|书"},
	} {
		if got := strings.Join(wrap(c.in, 10), "|"); got != c.want {
			t.Errorf("wrap(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := shorten("市场监督管理局现场核查", 10); got != "市场监督管理局现场…" {
		t.Errorf("shorten: %q", got)
	}
}

// foodLicence is a definition as items have them.
var foodLicence = Definition{Name: "食品经营许可", Nodes: []Node{
	{ID: "review", Kind: Step, Name: "受理审查", Agency: "competent", Role: RoleReview, Limit: 2},
	{ID: "exam", Kind: Parallel, Name: "并联审查", Branches: []Branch{
		{Name: "现场", When: "area > 50", Nodes: []Node{
			{ID: "survey", Kind: Step, Name: "经营场所现场核查（两人以上）", Agency: "county", Role: RoleSurvey, Limit: 5},
			{ID: "report", Kind: Step, Name: "核查报告审核", Agency: "competent", Role: RoleApprove, Limit: 2}}},
		{Name: "消防", When: "area > 300", Nodes: []Node{{ID: "fire", Kind: Step, Name: "消防意见会签", Agency: "dept:D07", Role: RoleSign, Limit: 5}}},
		{Name: "书面", Nodes: []Node{{ID: "paper", Kind: Step, Name: "材料复核", Agency: "competent", Role: RoleReview}}}}},
	{ID: "level", Kind: Choice, Name: "决定权限", Branches: []Branch{
		{Name: "重大", When: "area > 3000", Nodes: []Node{{ID: "leader", Kind: Step, Name: "局长办公会决定", Agency: "competent", Role: RoleDecide, Decision: true}}},
		{Nodes: []Node{{ID: "decide", Kind: Step, Name: "审批决定", Agency: "competent", Role: RoleDecide, Decision: true, Limit: 2}}}}},
	{ID: "file", Kind: Step, Name: "归档整理", Agency: "competent", Role: RoleReview},
}}

func TestPictureOfAnInstance(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", foodLicence, map[string]any{"area": 400})
		w.must(w.Approve(w.as("ann"), w.open("C1", "review"), Act{}))
		w.must(w.Approve(w.as("fire"), w.open("C1", "fire"), Act{}))
		states := func() string {
			i, err := w.Instance(w.ctx, "C1")
			w.must(err)
			s, _ := i.steps()
			var parts []string
			for _, n := range foodLicence.Steps() {
				parts = append(parts, n.ID+":"+s[n.ID])
			}
			return strings.Join(parts, " ")
		}
		want := "review:done survey:current report:todo fire:done paper:current leader:skipped decide:todo file:todo"
		if got := states(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		w.must(w.Return(w.as("ben"), w.open("C1", "paper"), "review", "补充"))
		want = "review:current survey:todo report:todo fire:todo paper:todo leader:skipped decide:todo file:todo"
		if got := states(); got != want {
			t.Errorf("returned: got  %s\nwant %s", got, want)
		}
		w.must(w.Refuse(w.as("ben"), w.open("C1", "review"), "不符合"))
		w.must(w.Approve(w.as("ben"), w.open("C1", "decide"), Act{Outcome: Denied, Opinion: "不予"}))
		want = "review:done survey:skipped report:skipped fire:done paper:done leader:skipped decide:done file:skipped"
		if got := states(); got != want {
			t.Errorf("denied: got  %s\nwant %s", got, want)
		}
	})
}

func TestPictureIsAccessibleAndWithoutStyle(t *testing.T) {
	var b strings.Builder
	if err := Picture(foodLicence, nil).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	for _, must := range []string{`role="img"`, `<title id="workflow-definition-title">食品经营许可办理流程图</title>`, "<desc", "<ol>", "经营场所现场核查（两", "其他情形"} {
		if !strings.Contains(html, must) {
			t.Errorf("no %s in the picture", must)
		}
	}
	for _, never := range []string{"style=", "<style", "<script", "onclick"} {
		if strings.Contains(html, never) {
			t.Errorf("%s in the picture", never)
		}
	}
	dec := xml.NewDecoder(strings.NewReader(html))
	for {
		_, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("not well formed: %v", err)
		}
	}
	if n := strings.Count(html, "<li>"); n != len(foodLicence.Steps()) {
		t.Errorf("%d steps in the list", n)
	}
}

func ExampleDefinition_Validate() {
	fmt.Println(foodLicence.Validate())
	// Output: <nil>
}
