package catalogue

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"yimen/internal/workflow"
)

func TestASoundItemHasNoFindings(t *testing.T) {
	d := sample()
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, f := range Check(d) {
		t.Errorf("rule %d on %s: %s", f.Rule, f.Field, f.Message)
	}
}

// TestPublicationRules breaks one rule at a time: exactly that rule is found,
// on the field that has to be mended.
func TestPublicationRules(t *testing.T) {
	cases := []struct {
		name  string
		rule  int
		field string
		spoil func(d *Definition)
	}{
		{"instant promise, promised kind", 1, "kind", func(d *Definition) { d.Promised, d.Process = Limit{0, UnitNone}, limitless() }},
		{"instant kind, promised days", 1, "promised", func(d *Definition) { d.Kind = KindInstant }},
		{"promise longer than the law", 2, "promised", func(d *Definition) { d.Promised.N = 21 }},
		{"natural days longer than working days", 2, "promised", func(d *Definition) { d.Promised = Limit{29, UnitDay} }},
		{"visit without reason", 3, "visit_reason", func(d *Definition) { d.Visits, d.Depth = 1, 3 }},
		{"reason without visit", 3, "visit_reason", func(d *Definition) { d.VisitReason = "须到场照相" }},
		{"no visit, no web, no post", 4, "channels", func(d *Definition) { d.Online, d.Channels = false, []string{"window"} }},
		{"a licence for whoever has a phone", RuleLevel, "min_level", func(d *Definition) { d.MinLevel = 1 }},
		{"a face for all, and no window", RuleLevel, "channels", func(d *Definition) { d.MinLevel, d.Channels = 3, []string{"web", "mobile"} }},
		{"depth IV with a visit", 5, "depth", func(d *Definition) { d.Visits, d.VisitReason = 1, "须到场核验" }},
		{"fee without basis", 6, "fee.basis", func(d *Definition) { d.Fee = Fee{Charged: true, Item: "工本费", Standard: "10元/证"} }},
		{"no fee, paid online", 6, "fee.online", func(d *Definition) { d.Fee.Online = true }},
		{"a 证 that is no licence", 7, "result.kind", func(d *Definition) { d.Result.Kind = ResultOther }},
		{"a 批复 that is no approval", 7, "result.kind", func(d *Definition) { d.Result.Name = "关于采伐的批复" }},
		{"a 文 that is no document", 7, "result.kind", func(d *Definition) { d.Result.Name = "准予许可公文" }},
		{"result without sample", 7, "result.sample", func(d *Definition) { d.Result.Sample = " " }},
		{"theme of nobody served", 8, "enterprise_themes", func(d *Definition) {
			d.Audience, d.PersonThemes, d.EnterpriseThemes = []string{"person"}, []string{"农林牧渔"}, []string{"农林牧渔"}
		}},
		{"served without theme", 8, "person_themes", func(d *Definition) { d.EnterpriseThemes = []string{"农林牧渔"} }},
		{"licence without FAQ", 9, "faq", func(d *Definition) { d.FAQ = nil }},
		{"licence without delivery", 9, "result.deliver_by", func(d *Definition) { d.Result.DeliverBy = nil }},
		{"licence without review", 9, "process", func(d *Definition) { d.Process.Nodes = d.Process.Nodes[2:] }},
		{"catch-all material", 10, "materials.2.name", func(d *Definition) { d.Materials[2].Name = "法律法规规定的其他材料" }},
		{"etcetera", 10, "materials.2.name", func(d *Definition) { d.Materials[2].Name = "林权证、合同等" }},
		{"a path to nothing", RuleNoEmptyPath, "situations", func(d *Definition) {
			d.BaseMaterials = nil
			d.Situations[0].Options[1].Materials = []string{"form", "id_card", "power"}
		}},
		{"no decision", RuleProcess, "process.nodes", func(d *Definition) { d.Process.Nodes[2].Decision = false }},
		{"steps longer than the promise", RuleProcess, "process", func(d *Definition) { d.Process.Nodes[1].Limit = 5 }},
		{"a condition about nothing", RuleProcess, "process.nodes[1].branches[0].when", func(d *Definition) { d.Process = forked(`(hectares ?? 0) > 3`) }},
		{"a condition about no question", RuleProcess, "process.nodes[1].branches[0].when", func(d *Definition) { d.Process = forked(`"steep" in (answers?.slope ?? [])`) }},
		{"form that is no schema", RuleForm, "form", func(d *Definition) { d.Form = json.RawMessage(`{"type":"object","properties":{"a":{"type":"text"}}}`) }},
		{"form that reaches out", RuleForm, "form", func(d *Definition) { d.Form = json.RawMessage(`{"type":"object","$ref":"https://example.cn/a.json"}`) }},
		{"default for no field", RuleForm, "situations.0.options.0.defaults", func(d *Definition) { d.Situations[0].Options[0].Defaults = map[string]any{"nowhere": 1} }},
		{"unknown material", RuleReferences, "situations.0.options.0.materials.0", func(d *Definition) { d.Situations[0].Options[0].Materials = []string{"ghost"} }},
		{"material nobody asks for", RuleReferences, "materials.5", func(d *Definition) {
			d.Materials = append(d.Materials, Material{ID: "spare", Name: "林权证", Kind: "copy", Form: "both", Necessity: Required, Source: "applicant"})
		}},
		{"complaint to the one complained about", RulePhones, "complaint", func(d *Definition) { d.Complaint = "（0751）8880001" }},
		{"no consultation", RulePhones, "consult", func(d *Definition) { d.Consult = "" }},
		{"base code too short", RuleCodes, "base_code", func(d *Definition) { d.BaseCode = "44011100100" }},
		{"base code of another type", RuleCodes, "base_code", func(d *Definition) { d.BaseCode = "440711001000" }},
		{"punishment on application", RuleApplicable, "type", func(d *Definition) { d.Type, d.BaseCode = TypePunishment, "440211001000" }},
		{"decided below every counter", RuleLevels, "decided_at", func(d *Definition) { d.Levels, d.DecidedAt = []int{LevelCounty}, LevelTown }},
		{"no law", RuleBasis, "basis", func(d *Definition) { d.Basis = nil }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := sample()
			c.spoil(d)
			found := Check(d)
			i := slices.IndexFunc(found, func(f Finding) bool { return f.Rule == c.rule && f.Field == c.field })
			if i < 0 {
				t.Fatalf("rule %d on %s not found, but %v", c.rule, c.field, found)
			}
			for _, f := range found {
				if f.Rule != c.rule {
					t.Errorf("rule %d on %s was found as well: %s", f.Rule, f.Field, f.Message)
				}
				if f.Severity != Block || !strings.HasSuffix(f.Message, "。") && f.Rule != RuleForm {
					t.Errorf("finding %+v is no sentence that blocks", f)
				}
			}
		})
	}
}

func TestWhatConditionsMayLookAt(t *testing.T) {
	for _, when := range []string{`(area ?? 0) > 3`, `form.area > 3`, `"steep" in (answers?.extras ?? [])`, `channel == "window"`, `applicant_type == "enterprise"`} {
		d := sample()
		d.Process = forked(when)
		for _, f := range Check(d) {
			t.Errorf("%s: rule %d: %s", when, f.Rule, f.Message)
		}
	}
}

// forked has the survey only where a condition holds.
func forked(when string) workflow.Definition {
	p := sampleProcess()
	survey := p.Nodes[1]
	p.Nodes[1] = workflow.Node{ID: "fork", Kind: workflow.Choice, Name: "要不要核查", Branches: []workflow.Branch{
		{Name: "核查", When: when, Nodes: []workflow.Node{survey}}, {Name: "不用"}}}
	return p
}

func limitless() workflow.Definition {
	p := sampleProcess()
	for i := range p.Nodes {
		p.Nodes[i].Limit = 0
	}
	return p
}

// TestNamesThatOnlyLookLikeCatchAlls keeps rule 10 from refusing real materials.
func TestNamesThatOnlyLookLikeCatchAlls(t *testing.T) {
	for _, name := range []string{"居民身份证", "残疾等级评定表", "高等学校毕业证书", "平等协商记录", "食品安全管理制度文件", "相关权利人同意书", "林木采伐申请表（一式两份）"} {
		d := sample()
		d.Materials[0].Name = name
		for _, f := range Check(d) {
			t.Errorf("%s: rule %d: %s", name, f.Rule, f.Message)
		}
	}
	for _, name := range []string{"其他材料", "其它相关资料", "法律、法规规定的其他材料", "有关证明材料", "户口簿等", "身份证、户口簿等证件", "需要提供的相关材料"} {
		d := sample()
		d.Materials[0].Name = name
		if !slices.ContainsFunc(Check(d), func(f Finding) bool { return f.Rule == 10 }) {
			t.Errorf("%s passes as a material", name)
		}
	}
}

func TestShapeNamesTheField(t *testing.T) {
	cases := []struct {
		field string
		spoil func(d *Definition)
	}{
		{"code", func(d *Definition) { d.Code = "x1" }},
		{"type", func(d *Definition) { d.Type = "99" }},
		{"name", func(d *Definition) { d.Name = strings.Repeat("长", 201) }},
		{"levels.0", func(d *Definition) { d.Levels[0] = 2 }},
		{"audience.1", func(d *Definition) { d.Audience[1] = "animal" }},
		{"promised.unit", func(d *Definition) { d.Promised.Unit = "week" }},
		{"materials.1.id", func(d *Definition) { d.Materials[1].ID = "form" }},
		{"materials.0.kind", func(d *Definition) { d.Materials[0].Kind = "" }},
		{"situations.0.id", func(d *Definition) { d.Situations[0].ID = "1st" }},
		{"situations.1.options.1.id", func(d *Definition) { d.Situations[1].Options[1].ID = "yes" }},
		{"channels", func(d *Definition) { d.Channels = nil }},
		{"depth", func(d *Definition) { d.Depth = 5 }},
		{"min_level", func(d *Definition) { d.MinLevel = 5 }},
		{"special.1", func(d *Definition) { d.Special[1] = "公示" }},
		{"form", func(d *Definition) { d.Form = json.RawMessage(`{`) }},
		{"form.type", func(d *Definition) { d.Form = json.RawMessage(`{"type":"array"}`) }},
		{"consult", func(d *Definition) { d.Consult = "问村长" }},
	}
	for _, c := range cases {
		d := sample()
		c.spoil(d)
		if fields := fieldsOf(d.Validate()); !slices.Contains(fields, c.field) {
			t.Errorf("%s: the error names %v", c.field, fields)
		}
	}
}

func TestStepsOfACase(t *testing.T) {
	var names []string
	for _, s := range sample().Steps() {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "受理 镇审核 现场核查 审批 办结 送达" {
		t.Error(got)
	}
}

func TestLimitWords(t *testing.T) {
	for l, want := range map[Limit][2]string{
		{0, UnitNone}: {"即办", "无"}, {5, UnitWorkday}: {"5个工作日", "5个工作日"}, {60, UnitDay}: {"60日", "60日"},
	} {
		if l.Promise() != want[0] || l.Chinese() != want[1] {
			t.Errorf("%v reads %s and %s", l, l.Promise(), l.Chinese())
		}
	}
	if got := (Limit{60, UnitDay}).Workdays(); got != 43 {
		t.Errorf("60 days are %d working days", got)
	}
}
