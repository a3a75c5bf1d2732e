package designer

import (
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/web/ui"
)

// kind says how a field is edited and how its value stands in the JSON.
type kind int

const (
	text   kind = iota // one line
	area               // several lines, one string
	number             // a whole number
	choice             // one of Options
	levels             // one of Options, a number
	tick               // true or false
	ticks              // some of Options
	ranks              // some of Options, numbers
	lines              // a list of strings, one a line
	rows               // a list of objects with Columns, or of strings where the only column has no path
)

// field is one input of the editor, bound to a place in the JSON of an item.
type field struct {
	Path     string // below the element it belongs to: fee.standard
	Label    string
	Kind     kind
	Options  []ui.Option
	Columns  []field // of rows
	Unit     string  // what one row is: 一条依据
	Help     string
	Suffix   string
	Required bool
	Wide     bool // stands alone in its row of the page
	Max      int  // characters
	Rows     int  // of an area
}

// section is one page of the editor. Owns are the top-level names of the
// definition that it changes. Sections without fields have pages of their own.
type section struct {
	Key    string
	Title  string
	Lead   string
	Owns   []string
	Fields []field
}

func choices(pairs ...string) []ui.Option {
	var list []ui.Option
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, ui.Option{Value: pairs[i], Label: pairs[i+1]})
	}
	return list
}

var (
	itemTypes = choices("01", "行政许可", "05", "行政给付", "07", "行政确认", "08", "行政奖励", "09", "行政裁决", "10", "其他行政权力", "20", "公共服务",
		"02", "行政处罚", "03", "行政强制", "04", "行政征收", "06", "行政检查")
	itemLevels  = choices("3", "市级", "4", "县级", "5", "镇级", "6", "村级")
	limitUnits  = choices(catalogue.UnitWorkday, "工作日", catalogue.UnitDay, "自然日", catalogue.UnitNone, "无（即办）")
	audiences   = choices("person", "个人", "enterprise", "企业和其他组织")
	channels    = choices("window", "窗口", "web", "网上", "mobile", "手机", "post", "邮寄", "kiosk", "自助终端")
	deliveries  = choices("window", "窗口领取", "post", "邮寄", "electronic", "电子送达")
	scopes      = choices("全国", "全国通办", "跨省", "跨省通办", "跨市", "跨市通办", "跨县", "跨县通办", "全市", "全市通办", "跨镇", "跨镇通办", "跨村", "跨村通办")
	necessities = choices(catalogue.Required, "必要", catalogue.Optional, "非必要", catalogue.Defer, "容缺后补")
	licenceWays = choices(catalogue.LicenceExtend, "延续：换发新版本，重新计算有效期", catalogue.LicenceReissue, "补领、换领：换发新版本，内容不变", catalogue.LicenceChange, "变更：换发新版本，由工作人员填写变更的内容")
	resultKinds = choices(catalogue.ResultLicence, "出证办结", catalogue.ResultDocument, "出文办结", catalogue.ResultApproval, "审批办结", catalogue.ResultOther, "其他")
	proofLevels = choices("0", "登录即可（不核验身份，如预约、咨询）", "1", "初级（手机号码本人在用，如查询）", "2", "中级（姓名和身份证号码与人口信息一致）",
		"3", "高级（人脸核验，或窗口核对过身份证）", "4", "最高级（数字证书）")
	procedures = choices("hearing", "听证", "tender", "招标", "auction", "拍卖", "inspection", "检验", "testing", "检测", "quarantine", "检疫",
		"appraisal", "鉴定", "expert_review", "专家评审", "publicity", "公示")
)

// sections are the pages of the editor, in the order of their tabs.
var sections = []section{
	{Key: "basic", Title: "基本信息", Lead: "事项叫什么、归谁管、给谁办。",
		Owns: []string{"name", "base_name", "base_code", "seq", "type", "domain", "dept", "dept_name", "levels", "decided_at", "accepted_by",
			"audience", "person_themes", "enterprise_themes", "tags", "synonyms", "trust", "source", "defect"},
		Fields: basicFields},
	{Key: "basis", Title: "依据", Lead: "设定这个事项的法律、法规和文件。", Owns: []string{"basis"}, Fields: []field{
		{Path: "basis", Label: "设定依据", Kind: rows, Unit: "条依据", Wide: true, Columns: []field{
			{Path: "law", Label: "法律法规名称", Required: true, Max: 300}, {Path: "number", Label: "文号", Max: 100},
			{Path: "article", Label: "条款", Max: 100}, {Path: "text", Label: "条款内容", Kind: area, Rows: 3, Wide: true, Max: 2000}}}}},
	{Key: "conditions", Title: "条件", Lead: "符合哪些条件才能办；一行一条，写成群众读得懂的短句。", Owns: []string{"conditions"}, Fields: []field{
		{Path: "conditions", Label: "受理条件", Kind: rows, Unit: "个条件", Wide: true, Columns: []field{{Label: "条件", Kind: area, Rows: 2, Wide: true, Max: 500}}}}},
	{Key: "time", Title: "时限与收费", Owns: []string{"kind", "statutory", "promised", "special", "fee"}, Fields: timeFields},
	{Key: "materials", Title: "材料", Lead: "群众要交的每一份材料。", Owns: []string{"materials", "base_materials", "situations", "no_materials"}},
	{Key: "situations", Title: "情形", Lead: "用问题筛选材料：答什么，交什么。", Owns: []string{"situations", "materials", "base_materials"}},
	{Key: "form", Title: "表单", Lead: "申请人要填的内容。", Owns: []string{"form"}},
	{Key: "process", Title: "流程", Lead: "受理以后由谁一步步办理。", Owns: []string{"process"}},
	{Key: "result", Title: "结果与送达", Owns: []string{"result"}, Fields: []field{
		{Path: "result.name", Label: "结果名称", Max: 200, Help: "没有办理结果的留空。"},
		{Path: "result.kind", Label: "结果类型", Kind: choice, Options: resultKinds, Required: true},
		{Path: "result.licence_type", Label: "电子证照类型编码", Max: 60, Help: "办结后自动签发电子证照的，填证照类型的编号或代码，例如ZZ026。"},
		{Path: "result.licence_how", Label: "怎么发证", Kind: choice, Options: licenceWays, Help: "变更的内容要由工作人员填好再签发，其余的办结后自动签发。"},
		{Path: "result.deliver_by", Label: "送达方式", Kind: ticks, Options: deliveries, Wide: true},
		{Path: "result.sample", Label: "结果样本", Kind: area, Rows: 4, Wide: true, Max: 2000, Help: "写明结果上有哪些内容，群众领到后可以核对。"}}},
	{Key: "places", Title: "办理地点", Lead: "到哪里办、要不要跑、打谁的电话。各地的具体地点、时间由各单位维护。",
		Owns:   []string{"visits", "visit_reason", "online", "depth", "min_level", "channels", "scope", "hall", "hall_exempt", "consult", "complaint", "remedy"},
		Fields: placeFields},
	{Key: "faq", Title: "常见问题", Owns: []string{"faq"}, Fields: []field{
		{Path: "faq", Label: "常见问题", Kind: rows, Unit: "个问题", Wide: true, Columns: []field{
			{Path: "q", Label: "问题", Wide: true, Max: 200}, {Path: "a", Label: "回答", Kind: area, Rows: 3, Wide: true, Max: 2000}}}}},
}

var basicFields = []field{
	{Path: "name", Label: "事项名称", Required: true, Max: 200, Wide: true},
	{Path: "base_name", Label: "基本目录名称", Required: true, Max: 200, Wide: true},
	{Path: "base_code", Label: "基本编码", Required: true, Max: 12, Help: "12位，发布后不能改。"},
	{Path: "seq", Label: "业务办理项序号", Required: true, Max: 2, Help: "两位数字，发布后不能改。"},
	{Path: "type", Label: "事项类型", Kind: choice, Options: itemTypes, Required: true},
	{Path: "domain", Label: "业务领域", Required: true, Max: 50},
	{Path: "dept", Label: "责任部门", Kind: choice, Required: true}, // Options: the departments of the city
	{Path: "accepted_by", Label: "受理主体", Kind: choice, Required: true, Options: choices(catalogue.AcceptedByWindow, "综合窗口", catalogue.AcceptedByAgency, "办理部门")},
	{Path: "levels", Label: "行使层级", Kind: ranks, Options: itemLevels, Required: true, Wide: true, Help: "在哪些层级可以申请。"},
	{Path: "decided_at", Label: "决定层级", Kind: levels, Options: itemLevels, Required: true},
	{Path: "audience", Label: "服务对象", Kind: ticks, Options: audiences, Required: true, Wide: true},
	{Path: "person_themes", Label: "自然人主题", Kind: lines, Help: "一行一个；都不填时按业务领域归类。"},
	{Path: "enterprise_themes", Label: "法人主题", Kind: lines, Help: "一行一个。"},
	{Path: "tags", Label: "标签", Kind: lines, Help: "一行一个，如：镇村、全市通办。"},
	{Path: "synonyms", Label: "别名", Kind: lines, Help: "群众的叫法，一行一个；只用于搜索。"},
	{Path: "source", Label: "内容来源", Max: 500, Wide: true},
	{Path: "defect", Label: "待核内容", Kind: area, Rows: 2, Wide: true, Max: 1000, Help: "已知还没有核实的内容，只有工作人员能看到。"},
}

var timeFields = []field{
	{Path: "kind", Label: "办件类型", Kind: choice, Wide: true, Required: true, Options: choices(catalogue.KindInstant, "即办件", catalogue.KindPromised, "承诺件")},
	{Path: "statutory.n", Label: "法定办结时限", Kind: number, Required: true, Help: "法律没有规定的填0。"},
	{Path: "statutory.unit", Label: "法定时限的单位", Kind: choice, Options: limitUnits, Required: true},
	{Path: "promised.n", Label: "承诺办结时限", Kind: number, Required: true, Help: "当场办结的填0。"},
	{Path: "promised.unit", Label: "承诺时限的单位", Kind: choice, Options: limitUnits, Required: true},
	{Path: "special", Label: "特别程序", Kind: lines, Wide: true, Help: "不计入时限的程序，一行一个，可带工作日数，如“publicity:7”是公示7个工作日。可用的有：" + inWords(procedures) + "。"},
	{Path: "fee.charged", Label: "收费", Kind: tick},
	{Path: "fee.online", Label: "支持网上支付", Kind: tick},
	{Path: "fee.item", Label: "收费项目", Max: 200},
	{Path: "fee.standard", Label: "收费标准", Max: 500},
	{Path: "fee.basis", Label: "收费依据", Max: 500, Wide: true},
}

var placeFields = []field{
	{Path: "visits", Label: "到现场次数", Kind: number, Required: true, Suffix: "次"},
	{Path: "visit_reason", Label: "必须现场办理的原因", Max: 500, Help: "到现场次数为0的留空。"},
	{Path: "channels", Label: "办理形式", Kind: ticks, Options: channels, Required: true, Wide: true},
	{Path: "online", Label: "可以网办", Kind: tick},
	{Path: "depth", Label: "网上办理深度", Kind: levels, Required: true, Options: choices("1", "Ⅰ级（网上查询）", "2", "Ⅱ级（网上预约、提交）", "3", "Ⅲ级（网上预审）", "4", "Ⅳ级（全程网办）")},
	{Path: "min_level", Label: "网上申请的最低实名等级", Kind: levels, Required: true, Wide: true, Options: proofLevels,
		Help: "网上没有人当面核对本人，等级不够的先核验再填表。行政许可、行政给付至少中级；发钱、发证给错人难以追回的用高级。窗口不受此限，由工作人员当面核对证件。"},
	{Path: "scope", Label: "通办范围", Kind: choice, Options: scopes},
	{Path: "hall", Label: "进驻政务大厅", Kind: tick},
	{Path: "hall_exempt", Label: "依法不进驻的理由", Max: 500},
	{Path: "consult", Label: "咨询电话", Required: true, Max: 60},
	{Path: "complaint", Label: "监督投诉电话", Required: true, Max: 60},
	{Path: "remedy.reconsideration", Label: "行政复议", Kind: area, Rows: 2, Wide: true, Max: 1000},
	{Path: "remedy.litigation", Label: "行政诉讼", Kind: area, Rows: 2, Wide: true, Max: 1000},
}

// materialFields are those of one material; its id is given and kept.
var materialFields = []field{
	{Path: "name", Label: "材料名称", Required: true, Max: 200, Wide: true},
	{Path: "necessity", Label: "必要性", Kind: choice, Options: necessities, Required: true},
	{Path: "source", Label: "来源渠道", Kind: choice, Required: true, Options: choices("applicant", "申请人自备", "government", "政府部门核发", "other", "其他")},
	{Path: "kind", Label: "材料类型", Kind: choice, Required: true, Options: choices("original", "原件", "copy", "复印件", "both", "原件和复印件")},
	{Path: "form", Label: "材料形式", Kind: choice, Required: true, Options: choices("paper", "纸质", "electronic", "电子", "both", "纸质或电子")},
	{Path: "originals", Label: "原件份数", Kind: number, Suffix: "份"},
	{Path: "copies", Label: "复印件份数", Kind: number, Suffix: "份"},
	{Path: "issuer", Label: "出具机构", Max: 200},
	{Path: "class", Label: "材料类别", Kind: choice, Options: choices("licence", "证照", "form", "申请表", "proof", "证明", "statement", "本人声明或承诺", "photo", "照片", "document", "其他文书")},
	{Path: "proof", Label: "证明清单编号", Max: 10, Help: "材料是证明时填写，如60。只能要求清单中保留的证明。"},
	{Path: "licence_type", Label: "可代替它的电子证照类型", Kind: lines, Help: "一行一种，填证照类型的编号、代码或名称，如ZZ001或居民身份证。申请人自己有其中一种、并且同意使用，就不用交这份材料；别人的证照（如监护人的）不能代替。"},
	{Path: "deferrable", Label: "可以容缺", Kind: tick},
	{Path: "promise", Label: "可以告知承诺代替", Kind: tick},
	{Path: "data_share", Label: "由数据共享核验", Kind: tick},
	{Path: "by_form", Label: "填好表单就等于交了它（申请表）", Kind: tick},
	{Path: "notes", Label: "填报须知", Kind: area, Rows: 2, Wide: true, Max: 1000},
	{Path: "accept_standard", Label: "受理标准", Kind: area, Rows: 2, Wide: true, Max: 1000},
	{Path: "basis", Label: "要求提供的依据", Kind: area, Rows: 2, Wide: true, Max: 1000},
	{Path: "sample", Label: "示例样表", Kind: area, Rows: 3, Wide: true, Max: 2000, Help: "用文字说明合格的材料是什么样子。"},
	{Path: "blank_url", Label: "空白表格地址", Max: 300},
}

// questionFields are those of one question of the situations, but its options.
var questionFields = []field{
	{Path: "text", Label: "问题", Required: true, Max: 200, Wide: true, Help: "像当面问一样写，如：由谁来办理？"},
	{Path: "help", Label: "说明", Kind: area, Rows: 2, Wide: true, Max: 500},
	{Path: "multiple", Label: "可以选多项", Kind: tick},
}

// sectionOf finds a section by its key; ok false when there is none.
func sectionOf(key string) (section, bool) {
	for _, s := range sections {
		if s.Key == key {
			return s, true
		}
	}
	return section{}, false
}

// sectionOfField finds the section in which a field of the definition is
// edited: materials.3.name belongs to the materials.
func sectionOfField(path string) section {
	top, _, _ := strings.Cut(path, ".")
	top, _, _ = strings.Cut(top, "[")
	switch top { // owned by several pages
	case "materials", "base_materials", "no_materials":
		top = "materials"
	case "situations":
		s, _ := sectionOf("situations")
		return s
	}
	for _, s := range sections {
		for _, name := range s.Owns {
			if name == top {
				return s
			}
		}
	}
	return sections[0]
}

// words reads a value as people do: options by their labels, yes and no.
func (f field) words(v any) string {
	list := texts(v)
	switch f.Kind {
	case tick:
		if len(list) == 1 && list[0] == "true" {
			return "是"
		}
		return "否"
	case choice, levels, ticks, ranks:
		for i, x := range list {
			list[i] = labelOf(f.Options, x)
		}
		return strings.Join(list, "、")
	case lines:
		return strings.Join(list, "、")
	}
	return strings.Join(list, "\n")
}

func labelOf(options []ui.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

// inWords lists choices with their codes, for those who type codes.
func inWords(list []ui.Option) string {
	parts := make([]string, len(list))
	for i, o := range list {
		parts[i] = o.Value + "（" + o.Label + "）"
	}
	return strings.Join(parts, "、")
}
