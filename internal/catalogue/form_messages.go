package catalogue

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"yimen/internal/kit/errs"
)

// translate tells a failed validation in Chinese, one message a field, in the
// order in which the fields stand on the page; what belongs to none comes last.
func translate(failed *jsonschema.ValidationError, fields []FormField) []errs.Field {
	t := &translator{fields: fields, seen: map[string]bool{}}
	t.walk(failed)
	return t.sorted()
}

type translator struct {
	fields []FormField
	found  []errs.Field
	seen   map[string]bool
}

func (t *translator) walk(e *jsonschema.ValidationError) {
	switch e.ErrorKind.(type) {
	case *kind.OneOf, *kind.AnyOf:
		if choiceOfConstants(e) {
			t.say(e.InstanceLocation, "请从选项中选择%s。")
			return
		}
		// Of several shapes the applicant meant one; the first tells enough.
		if len(e.Causes) > 0 {
			t.walk(e.Causes[0])
			return
		}
		t.say(e.InstanceLocation, "%s的填写方式不符合要求，请检查。")
		return
	}
	if len(e.Causes) > 0 {
		for _, c := range e.Causes {
			t.walk(c)
		}
		return
	}
	t.leaf(e)
}

// choiceOfConstants says whether a oneOf failed that only lists values.
func choiceOfConstants(e *jsonschema.ValidationError) bool {
	for _, c := range e.Causes {
		if _, ok := c.ErrorKind.(*kind.Const); !ok {
			return false
		}
	}
	return true
}

func (t *translator) leaf(e *jsonschema.ValidationError) {
	at := e.InstanceLocation
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			t.say(append(append([]string{}, at...), name), t.missing(append(append([]string{}, at...), name)))
		}
	case *kind.DependentRequired:
		for _, name := range k.Missing {
			t.say(append(append([]string{}, at...), name), "请填写%s。")
		}
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			t.say(append(append([]string{}, at...), name), "表单没有%s这一项，请刷新页面后重新填写。")
		}
	case *kind.FalseSchema:
		t.say(at, "当前情形不需要填写%s，请清空。")
	case *kind.Type:
		t.say(at, typeMessage(k.Want))
	case *kind.Enum:
		t.say(at, "请从选项中选择%s。")
	case *kind.Const:
		t.say(at, constMessage(k.Want))
	case *kind.Format:
		t.say(at, "%s："+escape(formatMessage(k)))
	case *kind.Pattern:
		t.say(at, "%s的格式不正确，请按说明填写。")
	default:
		t.say(at, boundMessage(e.ErrorKind))
	}
}

// boundMessage tells of a value that is too long, too short, too many.
func boundMessage(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.MinLength:
		if k.Want == 1 {
			return "请填写%s。"
		}
		return fmt.Sprintf("%%s至少填写%d个字，现有%d个字。", k.Want, k.Got)
	case *kind.MaxLength:
		return fmt.Sprintf("%%s最多填写%d个字，现有%d个字。", k.Want, k.Got)
	case *kind.Minimum:
		return "%s不能小于" + number(k.Want) + "，请核对。"
	case *kind.Maximum:
		return "%s不能大于" + number(k.Want) + "，请核对。"
	case *kind.ExclusiveMinimum:
		return "%s必须大于" + number(k.Want) + "，请核对。"
	case *kind.ExclusiveMaximum:
		return "%s必须小于" + number(k.Want) + "，请核对。"
	case *kind.MultipleOf:
		return "%s应为" + number(k.Want) + "的倍数，请核对。"
	case *kind.MinItems:
		return fmt.Sprintf("%%s至少要有%d项，现有%d项。", k.Want, k.Got)
	case *kind.MaxItems:
		return fmt.Sprintf("%%s最多%d项，现有%d项，请删减。", k.Want, k.Got)
	case *kind.UniqueItems:
		return fmt.Sprintf("%%s的第%d项与第%d项重复，请删去一项。", k.Duplicates[0]+1, k.Duplicates[1]+1)
	case *kind.Contains, *kind.MinContains:
		return "%s缺少必须包含的内容，请补充。"
	}
	return "%s不符合要求，请检查。"
}

func number(r *big.Rat) string {
	f, _ := r.Float64()
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func typeMessage(want []string) string {
	for _, w := range want {
		switch w {
		case "integer":
			return "%s应填写整数，如3。"
		case "number":
			return "%s应填写数字，如120.5。"
		case "boolean":
			return "%s请选择是或否。"
		case "array":
			return "%s应为列表，请逐项填写。"
		case "object":
			return "%s应分项填写，请检查。"
		}
	}
	return "%s应填写文字。"
}

func constMessage(want any) string {
	if want == true {
		return "请勾选“%s”。"
	}
	return "%s只能是“" + escape(plain(want)) + "”。"
}

var formatMessages = map[string]string{
	"email": "邮箱地址不正确，请按 name@example.cn 的格式填写。", "date-time": "时间不正确，请按2026-05-01T09:00:00+08:00的格式填写。",
	"time": "时间不正确，请按 09:00:00+08:00的格式填写。", "uri": "网址不正确，请以 http:// 或 https:// 开头填写。",
}

// formatMessage takes the words of our own formats, and has words for the
// formats of JSON Schema that a form may use.
func formatMessage(k *kind.Format) string {
	for _, f := range formats {
		if f.Name == k.Want && k.Err != nil {
			return k.Err.Error()
		}
	}
	if m, ok := formatMessages[k.Want]; ok {
		return m
	}
	return "格式不正确，请按说明填写。"
}

// missing asks for a field by what one does with it.
func (t *translator) missing(at []string) string {
	f, _ := t.field(at)
	switch f.Widget {
	case "select", "radio", "checkboxes", "division", "date", "month":
		return "请选择%s。"
	case "checkbox":
		return "请勾选“%s”。"
	case "file":
		return "请上传%s。"
	case "table":
		return "%s至少填写一行。"
	}
	return "请填写%s。"
}

func escape(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// say notes a message on a place; %s in it becomes the field's title. The
// first message of a place is kept: the others mostly follow from it.
func (t *translator) say(at []string, format string) {
	name := "form"
	if len(at) > 0 {
		name = "form." + strings.Join(at, ".")
	}
	if t.seen[name] {
		return
	}
	t.seen[name] = true
	t.found = append(t.found, errs.Field{Name: name, Message: fmt.Sprintf(format, t.title(at))})
}

// title names a place: 姓名, 第2行的姓名, or 表单 for the whole.
func (t *translator) title(at []string) string {
	if len(at) == 0 {
		return "表单"
	}
	f, row := t.field(at)
	title := f.Title
	if title == "" {
		title = "“" + strings.Join(at, ".") + "”"
	}
	if row > 0 {
		return fmt.Sprintf("第%d行的%s", row, title)
	}
	return title
}

// field finds the field at a place, and the row (from 1) when it is in a table.
func (t *translator) field(at []string) (FormField, int) {
	path := strings.Join(at, ".")
	for _, f := range t.fields {
		if f.Name == path {
			return f, 0
		}
		rest, ok := strings.CutPrefix(path, f.Name+".")
		if !ok {
			continue
		}
		index, column, inCell := strings.Cut(rest, ".")
		i, err := strconv.Atoi(index)
		if err != nil {
			continue
		}
		for _, c := range f.Columns {
			if c.Name == column {
				return c, i + 1
			}
		}
		if !inCell {
			return f, i + 1
		}
	}
	return FormField{}, 0
}

// sorted puts the messages in the order of the fields; inside a table by row.
func (t *translator) sorted() []errs.Field {
	var list []errs.Field
	taken := make([]bool, len(t.found))
	for _, f := range t.fields {
		for i, m := range t.found {
			name := strings.TrimPrefix(m.Name, "form.")
			if !taken[i] && (name == f.Name || strings.HasPrefix(name, f.Name+".")) {
				taken[i] = true
				list = append(list, m)
			}
		}
	}
	for i, m := range t.found {
		if !taken[i] {
			list = append(list, m)
		}
	}
	return list
}
