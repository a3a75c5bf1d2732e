package catalogue

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

// Severity says what a finding does.
type Severity string

// Block stops the publication; every rule of §2.5 does.
const Block Severity = "block"

// Finding is one rule that a definition breaks.
type Finding struct {
	Rule     int      `json:"rule"`  // number in domain.md §2.5; from 11 on our own
	Field    string   `json:"field"` // JSON path
	Severity Severity `json:"severity"`
	Message  string   `json:"message"` // names the field and the remedy
}

// Rules beyond the ten of §2.5.
const (
	RuleNoEmptyPath = 11 // §2.6: no path of answers ends without any material
	RuleProcess     = 12 // the process can run, and within the promised limit
	RuleForm        = 13 // the form compiles, and holds the fields that answers fill in
	RuleReferences  = 14 // materials that are named exist, those that exist are used
	RulePhones      = 15 // consultation and complaint have their own telephones
	RuleCodes       = 16 // 12-character base code, and the 33 computed from it
	RuleApplicable  = 17 // the type may be applied for (§2.3)
	RuleLevels      = 18 // it is offered at, or above, the level that decides
	RuleBasis       = 19 // a legal basis is given
	RuleLevel       = 20 // it is known who applies, and who cannot show it online has a way
	RuleProofs      = 21 // proofs are on the city's list, and kept there (§7); see Module.Check
)

// Check applies every publication rule that the definition alone can break, in
// the order of their numbers.
func Check(d *Definition) []Finding {
	c := &checker{def: d}
	for _, rule := range []func(){
		c.kindAgreesWithPromise, c.promiseWithinStatute, c.visitReason, c.noVisitNeedsWay, c.depthFour,
		c.fee, c.result, c.themes, c.licenceCompleteness, c.catchAllMaterials,
		c.emptyPath, c.process, c.form, c.references, c.phones, c.codes, c.applicable, c.levels, c.basis, c.level,
	} {
		rule()
	}
	return c.found
}

type checker struct {
	def   *Definition
	found []Finding
}

func (c *checker) block(rule int, field, format string, args ...any) {
	c.found = append(c.found, Finding{Rule: rule, Field: field, Severity: Block, Message: fmt.Sprintf(format, args...)})
}

// Rule 1: a promise of 即办 and the kind 即办件 go together.
func (c *checker) kindAgreesWithPromise() {
	instant := c.def.Promised.None()
	switch {
	case instant && c.def.Kind != KindInstant:
		c.block(1, "kind", "办件类型：承诺时限为即办，办件类型应为即办件；否则请填写承诺办结的天数。")
	case !instant && c.def.Kind == KindInstant:
		c.block(1, "promised", "承诺办结时限：即办件的承诺时限应为即办（0），现为%s；否则请把办件类型改为承诺件。", c.def.Promised.Chinese())
	}
}

// Rule 2: the promise is not longer than the law allows.
func (c *checker) promiseWithinStatute() {
	p, s := c.def.Promised, c.def.Statutory
	if s.None() {
		return
	}
	longer := p.Workdays() > s.Workdays()
	if p.Unit == s.Unit {
		longer = p.N > s.N
	}
	if longer {
		c.block(2, "promised", "承诺办结时限：%s超过法定办结时限%s，请缩短承诺时限。", p.Chinese(), s.Chinese())
	}
}

// Rule 3: a visit needs a reason, no visit has none.
func (c *checker) visitReason() {
	reason := strings.TrimSpace(c.def.VisitReason)
	none := reason == "" || reason == "无"
	switch {
	case c.def.Visits > 0 && none:
		c.block(3, "visit_reason", "必须现场办理原因：到现场次数为%d次，请写明为什么必须到现场。", c.def.Visits)
	case c.def.Visits == 0 && !none:
		c.block(3, "visit_reason", "必须现场办理原因：到现场次数为0次，请清空原因或改正次数。")
	}
}

// Rule 4: without a visit and without the web there must be the post.
func (c *checker) noVisitNeedsWay() {
	if c.def.Visits == 0 && !c.def.Online && !c.def.HasChannel("post") {
		c.block(4, "channels", "办理形式：到现场次数为0次且不能网办，请在办理形式中加上邮寄申请，或改正次数。")
	}
}

// Rule 5: depth IV means no visit.
func (c *checker) depthFour() {
	if c.def.Depth == 4 && c.def.Visits != 0 {
		c.block(5, "depth", "网上办理深度：全程网办（Ⅳ级）的到现场次数必须为0次，现为%d次，请改正其中一项。", c.def.Visits)
	}
}

// Rule 6: a fee has its item, standard and basis; no fee, no online payment.
func (c *checker) fee() {
	f := c.def.Fee
	if !f.Charged {
		if f.Online {
			c.block(6, "fee.online", "网上支付：不收费的事项不能支持网上支付，请取消勾选。")
		}
		return
	}
	for _, part := range []struct{ field, title, value string }{
		{"fee.item", "收费项目", f.Item}, {"fee.standard", "收费标准", f.Standard}, {"fee.basis", "收费依据", f.Basis},
	} {
		if strings.TrimSpace(part.value) == "" {
			c.block(6, part.field, "%s：收费的事项必须填写%s，请补充。", part.title, part.title)
		}
	}
}

var resultKindOf = []struct{ suffix, kind, title string }{
	{"批复", ResultApproval, "审批办结"}, {"证", ResultLicence, "出证办结"}, {"文", ResultDocument, "出文办结"},
}

// Rule 7: the name of the result tells its kind, and a result has a sample.
func (c *checker) result() {
	r := c.def.Result
	name := strings.TrimSpace(r.Name)
	if name == "" || name == "无" {
		return
	}
	for _, k := range resultKindOf {
		if strings.HasSuffix(name, k.suffix) && r.Kind != k.kind {
			c.block(7, "result.kind", "结果类型：结果名称“%s”以“%s”结尾，结果类型应为%s。", name, k.suffix, k.title)
		}
	}
	if strings.TrimSpace(r.Sample) == "" {
		c.block(7, "result.sample", "结果样本：有办理结果的事项必须提供结果样本，请补充。")
	}
}

// Rule 8: audience and themes agree. An item without themes of its own takes
// its domain for one, which fits every audience.
func (c *checker) themes() {
	d := c.def
	for _, side := range []struct {
		audience, title, field string
		mine, other            []string
	}{
		{"person", "自然人", "person_themes", d.PersonThemes, d.EnterpriseThemes},
		{"enterprise", "法人", "enterprise_themes", d.EnterpriseThemes, d.PersonThemes},
	} {
		serves := d.Serves(side.audience)
		switch {
		case !serves && len(side.mine) > 0:
			c.block(8, side.field, "%s主题：服务对象不含%s，请清空%s主题或改正服务对象。", side.title, side.title, side.title)
		case serves && len(side.mine) == 0 && len(side.other) > 0:
			c.block(8, side.field, "%s主题：服务对象含%s，请至少选一个%s主题。", side.title, side.title, side.title)
		}
	}
}

// Rule 9: a licence has a question answered, and the five stages.
func (c *checker) licenceCompleteness() {
	if c.def.Type != TypeLicence {
		return
	}
	if len(c.def.FAQ) == 0 {
		c.block(9, "faq", "常见问题：行政许可事项至少要有一条常见问题，请补充。")
	}
	steps := c.def.Steps()
	if len(steps) < 5 {
		c.block(9, "process", "办理流程：行政许可事项至少要有5个环节，现有%d个，请补充。", len(steps))
	}
	for _, stage := range []string{StageAccept, StageReview, StageDecide, StageClose, StageDeliver} {
		if slices.ContainsFunc(steps, func(s GuideStep) bool { return s.Stage == stage }) {
			continue
		}
		if stage == StageDeliver {
			c.block(9, "result.deliver_by", "送达方式：行政许可事项要有送达环节，请至少选一种送达方式。")
			continue
		}
		c.block(9, "process", "办理流程：行政许可事项缺少%s环节，请补充。", stageNames[stage])
	}
}

// catchAll are the ways of asking for whatever comes to mind (兜底条款).
var catchAll = []*regexp.Regexp{
	regexp.MustCompile(`其[他它].{0,12}(材料|资料|文件|证明|证件|手续)`),
	regexp.MustCompile(`(需要|应当|必须|要求|规定)(提供|提交|报送)?的?(相关|有关)(材料|资料|文件|证明)`),
	regexp.MustCompile(`^(相关|有关|必要)的?(证明)?(材料|资料|文件|手续|证明)$`),
	regexp.MustCompile(`等(相关|有关)?(材料|资料|文件|证件|证明|手续)?(（[^）]*）)?$`),
}

// Rule 10: no catch-all among the materials.
func (c *checker) catchAllMaterials() {
	for i, m := range c.def.Materials {
		name := strings.TrimSpace(m.Name)
		if slices.ContainsFunc(catchAll, func(re *regexp.Regexp) bool { return re.MatchString(name) }) {
			c.block(10, fmt.Sprintf("materials.%d.name", i), "材料名称：“%s”是兜底性材料，请逐项列明所需材料或删除。", name)
		}
	}
}

// Rule 11 (§2.6): no path of answers ends without a material.
func (c *checker) emptyPath() {
	if c.def.NoMaterials {
		return
	}
	s, err := compileSituations(c.def)
	if err != nil {
		c.fields(RuleNoEmptyPath, "situations", err)
		return
	}
	path, found, complete, err := s.emptyPath()
	switch {
	case err != nil:
		c.block(RuleNoEmptyPath, "situations", "情形：出现条件无法计算，请检查问题的出现条件。")
	case found:
		c.block(RuleNoEmptyPath, "situations", "情形：%s时不需要任何材料，请补充材料，或声明本事项免提交。", c.spell(path))
	case !complete:
		c.block(RuleNoEmptyPath, "situations", "情形：问题的组合过多，无法逐一检查，请拆分事项或设置必交材料。")
	}
}

// spell writes a path of answers as people read it.
func (c *checker) spell(path Answers) string {
	var parts []string
	for _, q := range c.def.Situations {
		chosen, asked := path[q.ID]
		if !asked {
			continue
		}
		label := "都不选"
		for _, o := range q.Options {
			if slices.Contains(chosen, o.ID) {
				label = o.Label
			}
		}
		parts = append(parts, fmt.Sprintf("“%s”选“%s”", q.Text, label))
	}
	if len(parts) == 0 {
		return "申请"
	}
	return strings.Join(parts, "、")
}

// Rule 12: the process can run, within the promise.
func (c *checker) process() {
	if err := c.def.Process.Validate(); err != nil {
		c.fields(RuleProcess, "process", err)
		return
	}
	c.conditions("process.nodes", c.def.Process.Nodes)
	days, promise := processDays(c.def.Process.Nodes), c.def.Promised
	if !promise.None() && days > promise.Workdays() {
		c.block(RuleProcess, "process", "办理流程：各环节时限合计%d个工作日，超过承诺办结时限%s，请缩短环节时限。", days, promise.Chinese())
	}
}

// fields turns the field messages of a check elsewhere into findings.
func (c *checker) fields(rule int, prefix string, err error) {
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		c.block(rule, prefix, "%v", firstLine(err))
		return
	}
	for _, f := range e.Fields {
		name := f.Name
		if name != prefix && !strings.HasPrefix(name, prefix+".") {
			name = prefix + "." + name
		}
		c.block(rule, name, "%s", f.Message)
	}
}

// Rule 13: the form compiles and knows the fields that answers fill in.
func (c *checker) form() {
	compiled, err := compileForm(c.def.Form)
	if err != nil {
		c.block(RuleForm, "form", "表单：不是有效的 JSON Schema（2020-12），请修正：%s。", firstLine(err))
		return
	}
	for i, q := range c.def.Situations {
		for j, o := range q.Options {
			for name := range o.Defaults {
				if !slices.ContainsFunc(compiled.fields, func(f FormField) bool { return f.Name == name || strings.HasPrefix(f.Name, name+".") }) {
					c.block(RuleForm, fmt.Sprintf("situations.%d.options.%d.defaults", i, j), "默认值：选项“%s”要填入的字段“%s”不在表单里，请改正字段名或在表单中添加。", o.Label, name)
				}
			}
		}
	}
}

// Rule 14: what is named exists, what exists is used.
func (c *checker) references() {
	used := map[string]bool{}
	need := func(field, id string) {
		used[id] = true
		if _, ok := c.def.Material(id); !ok {
			c.block(RuleReferences, field, "材料引用：没有编号为“%s”的材料，请改正编号或添加材料。", id)
		}
	}
	for i, id := range c.def.BaseMaterials {
		need(fmt.Sprintf("base_materials.%d", i), id)
	}
	for i, q := range c.def.Situations {
		for j, o := range q.Options {
			for k, id := range o.Materials {
				need(fmt.Sprintf("situations.%d.options.%d.materials.%d", i, j, k), id)
			}
		}
	}
	for i, m := range c.def.Materials {
		if !used[m.ID] {
			c.block(RuleReferences, fmt.Sprintf("materials.%d", i), "材料引用：“%s”没有被任何情形使用，请列入必交材料或关联到选项，否则删除。", m.Name)
		}
	}
}

// Rule 15: whoever complains must not reach the one complained about.
func (c *checker) phones() {
	consult, err := gb.ParsePhone(c.def.Consult, "")
	if err != nil {
		c.block(RulePhones, "consult", "咨询电话：%v", err)
	}
	complaint, err := gb.ParsePhone(c.def.Complaint, "")
	if err != nil {
		c.block(RulePhones, "complaint", "监督投诉电话：%v", err)
	}
	if consult != "" && consult == complaint {
		c.block(RulePhones, "complaint", "监督投诉电话：不能与咨询电话相同，请改填监督部门的电话。")
	}
}

// Rule 16: the codes that others know the item by can be computed. The 33
// characters also hold the implementing body, which differs from place to
// place and is checked where it is registered.
func (c *checker) codes() {
	base, err := gb.ParseItemBase(c.def.BaseCode)
	if err != nil {
		c.block(RuleCodes, "base_code", "基本编码：%v", err)
		return
	}
	if string(base) != c.def.BaseCode {
		c.block(RuleCodes, "base_code", "基本编码：请写成“%s”，不含空格，字母用大写。", base)
	}
	if string(base.Type()) != c.def.Type {
		c.block(RuleCodes, "base_code", "基本编码：第3至4位“%s”与事项类型“%s”不一致，请改正其中一项。", base.Type(), c.def.Type)
	}
	if c.def.Seq == "00" {
		c.block(RuleCodes, "seq", "业务办理项序号：应为01至99，请改正。")
	}
}

// Rule 17: only what starts with an application may be applied for.
func (c *checker) applicable() {
	if t := gb.ServiceType(c.def.Type); !t.Applicable() {
		c.block(RuleApplicable, "type", "事项类型：%s不是依申请事项，不能发布办理，请改正事项类型。", t)
	}
}

// Rule 18: an application goes up to the level that decides or is decided
// where it is handed in, never down to a level below every counter.
func (c *checker) levels() {
	if len(c.def.Levels) > 0 && c.def.DecidedAt > slices.Max(c.def.Levels) {
		c.block(RuleLevels, "decided_at", "决定层级：低于所有受理层级，请改正决定层级或行使层级。")
	}
}

// Rule 19: no item without law.
func (c *checker) basis() {
	if len(c.def.Basis) == 0 {
		c.block(RuleBasis, "basis", "设定依据：请至少填写一条设定依据。")
	}
}

// Rule 20: online nobody sees the applicant, so that rights and money go only to
// who is known; and whoever cannot show it to a machine has a counter to go to.
func (c *checker) level() {
	d := c.def
	least := identity.LevelRegister
	if d.Online && (d.Type == TypeLicence || d.Type == TypePayment) && d.MinLevel < int(least) {
		c.block(RuleLevel, "min_level", "最低实名等级：能在网上办理的行政许可、行政给付不能低于%s，请改为%s以上，或取消网上办理。", least.Title(), least.Title())
	}
	if d.MinLevel >= int(identity.LevelPresence) && !d.HasChannel("window") {
		c.block(RuleLevel, "channels", "办理形式：最低实名等级为%s的，要让核验不通过的人有地方办，请在办理形式中加上窗口，或降低等级。", identity.Level(d.MinLevel).Title())
	}
}
