package catalogue

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// The workbook in which items travel: one sheet of items, one for each of
// their lists. Every row of a list names its item. Columns are known by their
// titles, so they may stand in any order.
const (
	sheetItems     = "事项"
	sheetBasis     = "设定依据"
	sheetMaterials = "申请材料"
	sheetQuestions = "情形问题"
	sheetOptions   = "情形选项"
	sheetFAQ       = "常见问题"
	sheetTexts     = "表单和流程" // JSON, cut into pieces that a cell can hold
)

const (
	titleCode = "事项编号"
	titleSeen = "修改序号" // of the item when it was exported: an import over a later change is refused
)

// column is one property of a T in a sheet.
type column[T any] struct {
	title string
	field string // JSON path, for messages
	get   func(*T) string
	set   func(*T, string) error
}

func textColumn[T any](title, field string, at func(*T) *string) column[T] {
	return column[T]{title, field, func(v *T) string { return *at(v) }, func(v *T, s string) error { *at(v) = s; return nil }}
}

func numberColumn[T any](title, field string, at func(*T) *int) column[T] {
	return column[T]{title, field, func(v *T) string { return strconv.Itoa(*at(v)) }, func(v *T, s string) error {
		if s == "" {
			*at(v) = 0
			return nil
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			return fmt.Errorf("应填写整数，现为“%s”", s)
		}
		*at(v) = n
		return nil
	}}
}

func flagColumn[T any](title, field string, at func(*T) *bool) column[T] {
	return column[T]{title, field, func(v *T) string {
		if *at(v) {
			return "是"
		}
		return "否"
	}, func(v *T, s string) error {
		switch s {
		case "是":
			*at(v) = true
		case "否", "":
			*at(v) = false
		default:
			return fmt.Errorf("应填写“是”或“否”，现为“%s”", s)
		}
		return nil
	}}
}

// listColumn holds one value a line.
func listColumn[T any](title, field string, at func(*T) *[]string) column[T] {
	return column[T]{title, field, func(v *T) string { return strings.Join(*at(v), "\n") }, func(v *T, s string) error {
		*at(v) = lines(s)
		return nil
	}}
}

func lines(s string) []string {
	var list []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

func levelsColumn() column[Definition] {
	return column[Definition]{"行使层级", "levels", func(d *Definition) string {
		parts := make([]string, len(d.Levels))
		for i, l := range d.Levels {
			parts[i] = strconv.Itoa(l)
		}
		return strings.Join(parts, "\n")
	}, func(d *Definition, s string) error {
		d.Levels = nil
		for _, line := range lines(s) {
			n, err := strconv.Atoi(line)
			if err != nil {
				return fmt.Errorf("应每行填写一个层级数字（3市、4县、5镇、6村），现为“%s”", line)
			}
			d.Levels = append(d.Levels, n)
		}
		return nil
	}}
}

func defaultsColumn() column[Option] {
	return column[Option]{"填入表单的内容", "defaults", func(o *Option) string {
		if len(o.Defaults) == 0 {
			return ""
		}
		raw, _ := json.Marshal(o.Defaults) // it came out of JSON
		return string(raw)
	}, func(o *Option, s string) error {
		o.Defaults = nil
		if s == "" {
			return nil
		}
		if err := json.Unmarshal([]byte(s), &o.Defaults); err != nil {
			return fmt.Errorf("应为 JSON，如 {\"handled_by\":\"self\"}")
		}
		return nil
	}}
}

var definitionColumns = []column[Definition]{
	textColumn(titleCode, "code", func(d *Definition) *string { return &d.Code }),
	textColumn("基本编码", "base_code", func(d *Definition) *string { return &d.BaseCode }),
	textColumn("业务办理项序号", "seq", func(d *Definition) *string { return &d.Seq }),
	textColumn("事项名称", "name", func(d *Definition) *string { return &d.Name }),
	textColumn("基本目录名称", "base_name", func(d *Definition) *string { return &d.BaseName }),
	textColumn("事项类型", "type", func(d *Definition) *string { return &d.Type }),
	textColumn("业务领域", "domain", func(d *Definition) *string { return &d.Domain }),
	textColumn("责任部门编号", "dept", func(d *Definition) *string { return &d.Dept }),
	textColumn("责任部门名称", "dept_name", func(d *Definition) *string { return &d.DeptName }),
	levelsColumn(),
	numberColumn("决定层级", "decided_at", func(d *Definition) *int { return &d.DecidedAt }),
	textColumn("受理主体", "accepted_by", func(d *Definition) *string { return &d.AcceptedBy }),
	listColumn("服务对象", "audience", func(d *Definition) *[]string { return &d.Audience }),
	listColumn("自然人主题", "person_themes", func(d *Definition) *[]string { return &d.PersonThemes }),
	listColumn("法人主题", "enterprise_themes", func(d *Definition) *[]string { return &d.EnterpriseThemes }),
	listColumn("标签", "tags", func(d *Definition) *[]string { return &d.Tags }),
	listColumn("别名", "synonyms", func(d *Definition) *[]string { return &d.Synonyms }),
	textColumn("办件类型", "kind", func(d *Definition) *string { return &d.Kind }),
	listColumn("受理条件", "conditions", func(d *Definition) *[]string { return &d.Conditions }),
	numberColumn("法定办结时限", "statutory.n", func(d *Definition) *int { return &d.Statutory.N }),
	textColumn("法定办结时限单位", "statutory.unit", func(d *Definition) *string { return &d.Statutory.Unit }),
	numberColumn("承诺办结时限", "promised.n", func(d *Definition) *int { return &d.Promised.N }),
	textColumn("承诺办结时限单位", "promised.unit", func(d *Definition) *string { return &d.Promised.Unit }),
	flagColumn("是否收费", "fee.charged", func(d *Definition) *bool { return &d.Fee.Charged }),
	textColumn("收费项目", "fee.item", func(d *Definition) *string { return &d.Fee.Item }),
	textColumn("收费标准", "fee.standard", func(d *Definition) *string { return &d.Fee.Standard }),
	textColumn("收费依据", "fee.basis", func(d *Definition) *string { return &d.Fee.Basis }),
	flagColumn("网上支付", "fee.online", func(d *Definition) *bool { return &d.Fee.Online }),
	textColumn("结果名称", "result.name", func(d *Definition) *string { return &d.Result.Name }),
	textColumn("结果类型", "result.kind", func(d *Definition) *string { return &d.Result.Kind }),
	textColumn("结果证照类型", "result.licence_type", func(d *Definition) *string { return &d.Result.LicenceType }),
	textColumn("怎么发证", "result.licence_how", func(d *Definition) *string { return &d.Result.LicenceHow }),
	textColumn("结果样本", "result.sample", func(d *Definition) *string { return &d.Result.Sample }),
	listColumn("送达方式", "result.deliver_by", func(d *Definition) *[]string { return &d.Result.DeliverBy }),
	listColumn("必交材料", "base_materials", func(d *Definition) *[]string { return &d.BaseMaterials }),
	flagColumn("免提交", "no_materials", func(d *Definition) *bool { return &d.NoMaterials }),
	listColumn("特别程序", "special", func(d *Definition) *[]string { return &d.Special }),
	numberColumn("到现场次数", "visits", func(d *Definition) *int { return &d.Visits }),
	textColumn("必须现场办理原因", "visit_reason", func(d *Definition) *string { return &d.VisitReason }),
	flagColumn("是否网办", "online", func(d *Definition) *bool { return &d.Online }),
	numberColumn("网上办理深度", "depth", func(d *Definition) *int { return &d.Depth }),
	numberColumn("最低实名等级", "min_level", func(d *Definition) *int { return &d.MinLevel }),
	listColumn("办理形式", "channels", func(d *Definition) *[]string { return &d.Channels }),
	textColumn("通办范围", "scope", func(d *Definition) *string { return &d.Scope }),
	flagColumn("是否进驻大厅", "hall", func(d *Definition) *bool { return &d.Hall }),
	textColumn("不进驻理由", "hall_exempt", func(d *Definition) *string { return &d.HallExempt }),
	textColumn("行政复议", "remedy.reconsideration", func(d *Definition) *string { return &d.Remedy.Reconsideration }),
	textColumn("行政诉讼", "remedy.litigation", func(d *Definition) *string { return &d.Remedy.Litigation }),
	textColumn("咨询电话", "consult", func(d *Definition) *string { return &d.Consult }),
	textColumn("监督投诉电话", "complaint", func(d *Definition) *string { return &d.Complaint }),
	textColumn("可信程度", "trust", func(d *Definition) *string { return &d.Trust }),
	textColumn("来源", "source", func(d *Definition) *string { return &d.Source }),
	textColumn("已知缺陷", "defect", func(d *Definition) *string { return &d.Defect }),
}

var basisColumns = []column[Basis]{
	textColumn("法律法规名称", "law", func(b *Basis) *string { return &b.Law }),
	textColumn("文号", "number", func(b *Basis) *string { return &b.Number }),
	textColumn("条款", "article", func(b *Basis) *string { return &b.Article }),
	textColumn("条款内容", "text", func(b *Basis) *string { return &b.Text }),
}

var materialColumns = []column[Material]{
	textColumn("材料编号", "id", func(m *Material) *string { return &m.ID }),
	textColumn("材料名称", "name", func(m *Material) *string { return &m.Name }),
	textColumn("材料类型", "kind", func(m *Material) *string { return &m.Kind }),
	textColumn("材料形式", "form", func(m *Material) *string { return &m.Form }),
	numberColumn("原件份数", "originals", func(m *Material) *int { return &m.Originals }),
	numberColumn("复印件份数", "copies", func(m *Material) *int { return &m.Copies }),
	textColumn("必要性", "necessity", func(m *Material) *string { return &m.Necessity }),
	textColumn("来源渠道", "source", func(m *Material) *string { return &m.Source }),
	textColumn("出具机构", "issuer", func(m *Material) *string { return &m.Issuer }),
	textColumn("要求提供的依据", "basis", func(m *Material) *string { return &m.Basis }),
	textColumn("填报须知", "notes", func(m *Material) *string { return &m.Notes }),
	textColumn("受理标准", "accept_standard", func(m *Material) *string { return &m.AcceptStandard }),
	textColumn("空白表格", "blank_url", func(m *Material) *string { return &m.BlankURL }),
	textColumn("示例样表", "sample", func(m *Material) *string { return &m.Sample }),
	listColumn("可替代的证照类型", "licence_type", func(m *Material) *[]string { return (*[]string)(&m.LicenceTypes) }),
	flagColumn("数据共享核验", "data_share", func(m *Material) *bool { return &m.DataShare }),
	flagColumn("告知承诺", "promise", func(m *Material) *bool { return &m.Promise }),
	flagColumn("由表单生成", "by_form", func(m *Material) *bool { return &m.ByForm }),
	flagColumn("容缺", "deferrable", func(m *Material) *bool { return &m.Deferrable }),
	textColumn("材料类别", "class", func(m *Material) *string { return &m.Class }),
	textColumn("证明清单编号", "proof", func(m *Material) *string { return &m.Proof }),
}

var questionColumns = []column[Question]{
	textColumn("问题编号", "id", func(q *Question) *string { return &q.ID }),
	textColumn("问题", "text", func(q *Question) *string { return &q.Text }),
	textColumn("说明", "help", func(q *Question) *string { return &q.Help }),
	flagColumn("可多选", "multiple", func(q *Question) *bool { return &q.Multiple }),
	textColumn("出现条件", "when", func(q *Question) *string { return &q.When }),
}

// optionLine is an option with the question it belongs to.
type optionLine struct {
	Option
	question string
}

var optionColumns = append([]column[optionLine]{
	textColumn("问题编号", "question", func(o *optionLine) *string { return &o.question }),
}, lift([]column[Option]{
	textColumn("选项编号", "id", func(o *Option) *string { return &o.ID }),
	textColumn("选项", "label", func(o *Option) *string { return &o.Label }),
	listColumn("增加的材料", "materials", func(o *Option) *[]string { return &o.Materials }),
	textColumn("不能办理的原因", "stop", func(o *Option) *string { return &o.Stop }),
	defaultsColumn(),
})...)

func lift(columns []column[Option]) []column[optionLine] {
	lifted := make([]column[optionLine], len(columns))
	for i, c := range columns {
		lifted[i] = column[optionLine]{c.title, c.field,
			func(o *optionLine) string { return c.get(&o.Option) },
			func(o *optionLine, s string) error { return c.set(&o.Option, s) }}
	}
	return lifted
}

var faqColumns = []column[QA]{
	textColumn("问", "q", func(q *QA) *string { return &q.Q }),
	textColumn("答", "a", func(q *QA) *string { return &q.A }),
}

// textLine is a piece of the JSON of a form or a process.
type textLine struct {
	what string // 表单 | 流程
	part int
	text string
}

const (
	whatForm    = "表单"
	whatProcess = "流程"
	cellRunes   = 30_000 // a cell holds 32,767 characters
)

var textColumns = []column[textLine]{
	textColumn("内容", "what", func(l *textLine) *string { return &l.what }),
	numberColumn("段", "part", func(l *textLine) *int { return &l.part }),
	textColumn("JSON", "text", func(l *textLine) *string { return &l.text }),
}
