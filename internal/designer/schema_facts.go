package designer

import (
	"fmt"
	"slices"
	"strings"

	"yimen/internal/kit/web/ui"
)

var widgets = choices("text", "单行文字", "textarea", "多行文字", "number", "数字", "money", "金额", "date", "日期", "month", "年月",
	"select", "下拉选择", "radio", "单选", "checkboxes", "多选", "checkbox", "勾选（是或否）", "phone", "手机号码", "id_number", "身份证号码",
	"division", "行政区划", "bank_account", "银行账号", "table", "表格（多行）", "hidden", "不显示")

var requirements = choices(Always, "必填", WhenShown, "出现时必填", Never, "选填")

var formats = choices("date", "日期", "resident-id", "公民身份号码", "uscc", "统一社会信用代码", "mobile", "手机号码", "phone", "电话号码",
	"division", "行政区划代码", "bank-account", "银行账号", "email", "电子邮箱", "uri", "网址")

// limits are the keywords of validation, with the widgets they are for.
var limits = []struct{ key, label string }{
	{"minLength", "最少字数"}, {"maxLength", "最多字数"}, {"minimum", "最小值"}, {"maximum", "最大值"}, {"minItems", "最少几项"}, {"maxItems", "最多几项"},
	{"pattern", "格式（正则表达式）"}, {"format", "格式校验"},
}

// facts tells everything about a field, for a comparison.
func (x *formField) facts(f *form) []fact {
	list := []fact{
		{"title", "名称", x.Title()}, {"section", "所在分组", x.Section()}, {"widget", "填写方式", labelOf(widgets, x.Widget())},
		{"required", "必填", labelOf(requirements, x.Required)}, {"when", "什么时候出现", f.whenWords(x)}, {"help", "说明", x.keys.text("x-help")},
		{"description", "说明文字", x.keys.text("description")},
		{"unit", "单位", x.keys.text("x-unit")}, {"placeholder", "提示", x.keys.text("x-placeholder")}, {"options", "选项", optionWords(x)},
		{"source", "预填来源", x.keys.text("x-source")},
	}
	for _, l := range limits {
		if raw := x.keys.raw(l.key); raw != nil {
			list = append(list, fact{l.key, l.label, strings.Trim(string(raw), `"`)})
		}
	}
	return append(list, fact{"rest", "其他设置", x.rest()})
}

// worded are the keywords that facts has words for, and those that say nothing
// to a reader.
var worded = []string{"title", "x-section", "x-widget", "x-when", "x-help", "description", "x-unit", "x-placeholder", "oneOf", "enum", "x-labels", "x-source",
	"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "pattern", "format", "x-order", "x-element", "type"}

// rest is what no other fact tells.
func (x *formField) rest() string {
	var parts []string
	for _, p := range x.keys {
		if !slices.Contains(worded, p.name) && !(p.name == "items" && !x.isTable() && optionWords(x) != "") {
			parts = append(parts, p.name+"："+string(p.raw))
		}
	}
	return strings.Join(parts, "\n")
}

func optionWords(x *formField) string {
	var parts []string
	for _, o := range x.Options() {
		parts = append(parts, o.Label)
	}
	return strings.Join(parts, "、")
}

// whenWords says when a field is asked.
func (f *form) whenWords(x *formField) string {
	var parts []string
	for _, w := range x.When() {
		title, options := w.Field, []ui.Option(nil)
		if other := f.Field(w.Field); other != nil {
			title = other.Title()
			for _, o := range other.Options() {
				options = append(options, ui.Option{Value: o.Value, Label: o.Label})
			}
		}
		var values []string
		for _, v := range w.Values {
			values = append(values, valueWords(options, v))
		}
		parts = append(parts, fmt.Sprintf("“%s”为“%s”", title, strings.Join(values, "”或“")))
	}
	if len(parts) == 0 {
		return "总是"
	}
	return strings.Join(parts, "且")
}

func valueWords(options []ui.Option, v any) string {
	switch v {
	case true:
		return "是"
	case false:
		return "否"
	}
	return labelOf(options, fmt.Sprint(v))
}
