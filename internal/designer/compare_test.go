package designer

import (
	"strings"
	"testing"

	"yimen/internal/catalogue"
)

func TestCompareTellsInWords(t *testing.T) {
	for name, c := range map[string]struct {
		change func(d *catalogue.Definition)
		want   []Change
	}{
		"a number":    {func(d *catalogue.Definition) { d.Promised.N = 8 }, []Change{{"时限与收费", "承诺办结时限", Changed, "10", "8", "promised.n"}}},
		"a choice":    {func(d *catalogue.Definition) { d.AcceptedBy = "agency" }, []Change{{"基本信息", "受理主体", Changed, "综合窗口", "办理部门", "accepted_by"}}},
		"yes and no":  {func(d *catalogue.Definition) { d.Hall = false }, []Change{{"办理地点", "进驻政务大厅", Changed, "是", "否", "hall"}}},
		"a list":      {func(d *catalogue.Definition) { d.Conditions = append(d.Conditions, "有本市户籍") }, []Change{{"条件", "受理条件“有本市户籍”", Added, "", "有本市户籍", "conditions.N"}}},
		"a material":  {func(d *catalogue.Definition) { dropMaterial(d, "medical_bills") }, []Change{{"材料", "材料“医疗费用票据”", Removed, "*", "", "materials.N"}, {"情形", "*", Changed, "*", "*", "*"}}},
		"its place":   {func(d *catalogue.Definition) { d.Materials = shift(d.Materials, 0, "down") }, []Change{{"材料", "材料顺序", Changed, "*", "*", "materials"}}},
		"a condition": {func(d *catalogue.Definition) { d.Situations[3].When = "" }, []Change{{"情形", "问题“申请人能不能签授权？” · 什么时候问", Changed, "*", "总是", "situations.3"}}},
		"a step": {func(d *catalogue.Definition) { d.Process.Nodes[0].Branches[1].Nodes[1].Limit = 2 },
			[]Change{{"流程", "环节“村（居）公示3日” · 时限", Changed, "3个工作日", "2个工作日", "process.nodes[0].branches[1].nodes[1]"}}},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := welfare(t), welfare(t)
			c.change(b)
			got, err := Compare(a, b)
			must(t, err)
			if len(got) < len(c.want) {
				t.Fatalf("told %+v", got)
			}
			for i, w := range c.want {
				g := got[i]
				if g.Section != w.Section || !like(g.Label, w.Label) || g.Kind != w.Kind || !like(g.Before, w.Before) || !like(g.After, w.After) || !like(strings.TrimRight(g.Path, "0123456789")+"N", strings.TrimRight(w.Path, "N0123456789")+"N") {
					t.Errorf("told %+v, should be %+v", g, w)
				}
			}
		})
	}
}

func like(got, want string) bool { return want == "*" || want == "*N" || got == want }

func TestAFieldOfTheFormIsComparedByItsParts(t *testing.T) {
	a, b := welfare(t), welfare(t)
	f, err := readForm(b.Form)
	must(t, err)
	v := f.Field("relief_kind").fill()
	v.Set("title", "救助方式")
	v.Set("choice.0.label", "急难")
	name := "relief_kind"
	must(t, applyFormField(b, &name, v, ""))
	got, err := Compare(a, b)
	must(t, err)
	var labels []string
	for _, c := range got {
		labels = append(labels, c.Label)
	}
	all := strings.Join(labels, "|")
	if !strings.Contains(all, "表单项“救助方式” · 名称") || !strings.Contains(all, "· 选项") {
		t.Errorf("told %s", all)
	}
}

func TestDiffText(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"自受理之日起10日内办结", "自受理之日起8日内办结", "自受理之日起[-10][+8]日内办结"},
		{"居民身份证原件", "身份证原件和复印件", "[-居民]身份证原件[+和复印件]"},
		{"", "新的", "[+新的]"},
		{"旧的", "", "[-旧的]"},
		{"甲乙丙", "丁乙戊", "[-甲乙丙][+丁乙戊]"},
	} {
		var out strings.Builder
		for _, s := range diffText(c.before, c.after) {
			switch s.Kind {
			case Added:
				out.WriteString("[+" + s.Text + "]")
			case Removed:
				out.WriteString("[-" + s.Text + "]")
			default:
				out.WriteString(s.Text)
			}
		}
		if out.String() != c.want {
			t.Errorf("%q → %q: %s", c.before, c.after, out.String())
		}
	}
}

func TestConditionsAreReadAndWritten(t *testing.T) {
	d := &catalogue.Definition{Situations: []catalogue.Question{{ID: "who", Text: "谁？"}, {ID: "assets", Text: "有什么？", Multiple: true}}}
	for _, when := range []string{"", `(who == "agent")`, `(who == "agent" || who == "guardian")`, `("house" in assets) && (who == "self")`} {
		parts, ok := readWhen(when)
		if got := writeWhen(d, parts); !ok || got != when {
			t.Errorf("%s came back as %s", when, got)
		}
	}
	for _, when := range []string{`who != "agent"`, `len(assets) > 2`, `who == "a" || "b" in assets`} {
		if _, ok := readWhen(when); ok {
			t.Errorf("%s was taken for a simple condition", when)
		}
	}
}
