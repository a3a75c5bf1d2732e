package catalogue

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/kit/web/ui"
)

func (p sheetPage) mayEdit() bool { return slices.Contains(p.Verbs, Edit) }

// acts says whether there is more to do than to edit.
func (p sheetPage) acts() bool {
	return slices.ContainsFunc(p.Verbs, func(v Verb) bool { return v != Edit })
}

func kindOf(v Verb) string {
	switch v {
	case Cancel, Reject:
		return "danger"
	case Suspend, Recall:
		return "outline-primary"
	}
	return "primary"
}

// confirmOf is what is asked before a step that citizens notice.
func confirmOf(v Verb) string {
	switch v {
	case Publish:
		return "发布后群众即按此版本办理，且不能再修改。确定发布？"
	case Suspend:
		return "暂停后不再接受新的申请，在办的不受影响。确定暂停？"
	case Cancel:
		return "取消后不能恢复，编号也不再使用。确定取消？"
	}
	return ""
}

// common are the fields that change most often, as typed or as stored.
func (p sheetPage) common() []ui.FieldOpts {
	d := &p.Newest.Definition
	typed := p.Form.Has("name") && !p.Form.Has("definition")
	field := func(name, label, kind, value string) ui.FieldOpts {
		if typed {
			value = p.Form.Raw().Get(name)
		}
		return ui.FieldOpts{Name: name, Label: label, Type: kind, Value: value, Error: p.Form.ErrorOf(name)}
	}
	choice := func(name, label, value string, options ...ui.Option) ui.FieldOpts {
		f := field(name, label, "select", value)
		f.Options, f.Required = options, true
		return f
	}
	units := []ui.Option{{Value: UnitWorkday, Label: "工作日"}, {Value: UnitDay, Label: "自然日"}, {Value: UnitNone, Label: "无（即办）"}}
	needed := func(f ui.FieldOpts) ui.FieldOpts { f.Required = true; return f }
	return []ui.FieldOpts{
		needed(field("name", "事项名称", "text", d.Name)),
		field("synonyms", "别名（每行一个，只用于搜索）", "textarea", strings.Join(d.Synonyms, "\n")),
		choice("kind", "办件类型", d.Kind, ui.Option{Value: KindInstant, Label: "即办件"}, ui.Option{Value: KindPromised, Label: "承诺件"}),
		needed(field("statutory.n", "法定办结时限", "number", strconv.Itoa(d.Statutory.N))),
		choice("statutory.unit", "法定办结时限的单位", d.Statutory.Unit, units...),
		needed(field("promised.n", "承诺办结时限", "number", strconv.Itoa(d.Promised.N))),
		choice("promised.unit", "承诺办结时限的单位", d.Promised.Unit, units...),
		field("conditions", "受理条件（每行一条）", "textarea", strings.Join(d.Conditions, "\n")),
		needed(field("visits", "到现场次数", "number", strconv.Itoa(d.Visits))),
		field("visit_reason", "必须现场办理原因", "text", d.VisitReason),
		needed(field("consult", "咨询电话", "tel", d.Consult)),
		needed(field("complaint", "监督投诉电话", "tel", d.Complaint)),
		choice("hall", "进驻政务大厅", strconv.FormatBool(d.Hall), ui.Option{Value: "true", Label: "进驻"}, ui.Option{Value: "false", Label: "不进驻"}),
		field("hall_exempt", "依法不进驻的理由", "text", d.HallExempt),
	}
}

func (p sheetPage) timeline() []ui.TimelineEntry {
	list := make([]ui.TimelineEntry, len(p.History))
	for i, h := range p.History {
		e := ui.TimelineEntry{At: h.At, Title: fmt.Sprintf("%s（%s）", h.Verb, versionWord(h.N)), Who: h.ActorName, Text: h.Opinion}
		if len(h.Changed) > 0 {
			e.Text = "修改了" + strings.Join(h.Changed, "、") + "。" + e.Text
		}
		list[i] = e
	}
	return list
}
