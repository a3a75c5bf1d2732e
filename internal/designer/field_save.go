package designer

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/kit/errs"
)

// optionColumns are the columns of a field's list of options.
var optionColumns = field{Path: "choice", Kind: rows, Columns: []field{{Path: "value", Label: "值"}, {Path: "label", Label: "名称"}}}

// fill writes a field into the values of its page.
func (x *formField) fill() url.Values {
	v := url.Values{}
	v.Set("name", x.Name)
	v.Set("title", x.keys.text("title"))
	v.Set("section", x.Section())
	v.Set("widget", x.Widget())
	v.Set("required", x.Required)
	for _, key := range []string{"x-help", "x-unit", "x-placeholder"} {
		v.Set(key, x.keys.text(key))
	}
	limits := x.limited()
	for _, key := range []string{"minLength", "maxLength", "minimum", "maximum"} {
		v.Set(key, numberText(limits, key))
	}
	for _, key := range []string{"minItems", "maxItems"} {
		v.Set(key, numberText(x.keys, key))
	}
	v.Set("pattern", limits.text("pattern"))
	v.Set("format", limits.text("format"))
	options := x.Options()
	v.Set("choice.count", strconv.Itoa(len(options)))
	for i, o := range options {
		v.Set(rowName("choice", i)+".value", o.Value)
		v.Set(rowName("choice", i)+".label", o.Label)
	}
	when := x.When()
	v.Set("shown.count", strconv.Itoa(len(when)))
	for i, w := range when {
		v.Set(rowName("shown", i)+".field", w.Field)
		for _, value := range w.Values {
			v.Add(rowName("shown", i)+".values", w.Field+":"+plainText(value))
		}
	}
	return v
}

func plainText(v any) string {
	return strings.Join(texts(v), "")
}

// limited is where the validation of a value stands: of a list that is no
// table with its items, else with the field.
func (x *formField) limited() pairs {
	var items pairs
	if x.isList() && !x.isTable() && x.keys.read("items", &items) {
		return items
	}
	return x.keys
}

var propertyName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,49}$`)

// save writes what was typed into the field of that name, or into a new one.
func (f *form) save(name string, v url.Values) (*formField, error) {
	x := f.Field(name)
	if x == nil && name != newID {
		return nil, errs.ErrInvalid.Field("", "这个表单项已被删除，请返回表单。")
	}
	var bad errs.Fields
	title := strings.TrimSpace(v.Get("title"))
	if title == "" || len([]rune(title)) > 100 {
		bad.Add("title", "请填写名称，不超过100个字。")
	}
	fresh := x == nil
	if fresh {
		x = &formField{Name: strings.TrimSpace(v.Get("name"))}
		if !propertyName.MatchString(x.Name) {
			bad.Add("name", "字段代码应以小写字母开头，只含小写字母、数字和下划线，如 tree_species。")
		} else if f.Field(x.Name) != nil {
			bad.Add("name", "表单里已有字段“%s”，请换一个代码。", x.Name)
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	before := url.Values{}
	if !fresh {
		before = x.fill()
	}
	if err := f.write1(x, v, before, &bad); err != nil {
		return nil, err
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if fresh {
		return x, f.insert(x, strings.TrimSpace(v.Get("section")))
	}
	if section := strings.TrimSpace(v.Get("section")); section != x.Section() {
		f.Fields = slices.Delete(f.Fields, f.index(x.Name), f.index(x.Name)+1)
		return x, f.insert(x, section)
	}
	return x, nil
}

// write1 writes the parts of a field that were changed; what reads as before
// keeps its bytes.
func (f *form) write1(x *formField, v, before url.Values, bad *errs.Fields) error {
	changed := func(key string) bool { return strings.TrimSpace(v.Get(key)) != before.Get(key) }
	if changed("title") {
		if err := x.keys.setText("title", strings.TrimSpace(v.Get("title"))); err != nil {
			return err
		}
	}
	if changed("widget") || x.keys.raw("type") == nil {
		if err := x.setWidget(v.Get("widget")); err != nil {
			return err
		}
	}
	for _, key := range []string{"x-help", "x-unit", "x-placeholder"} {
		if trimLines(v.Get(key)) != before.Get(key) {
			if err := x.keys.setText(key, trimLines(v.Get(key))); err != nil {
				return err
			}
		}
	}
	if err := x.takeLimits(v, before, bad); err != nil {
		return err
	}
	if err := x.takeOptions(v, bad); err != nil {
		return err
	}
	if err := f.takeShown(x, v, bad); err != nil {
		return err
	}
	x.Required = v.Get("required")
	if len(x.When()) > 0 && x.Required == Always {
		x.Required = WhenShown
	}
	if len(x.When()) == 0 && x.Required == WhenShown {
		x.Required = Always
	}
	return nil
}

// typeOfWidget is the JSON type of a value entered by a widget.
var typeOfWidget = map[string]string{"number": "number", "money": "number", "checkbox": "boolean", "checkboxes": "array", "table": "array"}

// formatOfWidget is the format that goes with a widget.
var formatOfWidget = map[string]string{"date": "date", "id_number": "resident-id", "phone": "mobile", "division": "division", "bank_account": "bank-account"}

// setWidget changes how a field is filled in, and with it the type of its
// value.
func (x *formField) setWidget(widget string) error {
	if widget == "" {
		widget = "text"
	}
	kind := typeOfWidget[widget]
	if kind == "" {
		kind = "string"
	}
	if x.Type() == "integer" && kind == "number" {
		kind = "integer"
	}
	if x.Type() != kind || x.keys.raw("type") == nil {
		for _, key := range []string{"oneOf", "enum", "x-labels", "items", "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "minItems", "maxItems", "default", "const"} {
			if err := x.keys.set(key, nil); err != nil {
				return err
			}
		}
		if err := x.keys.set("type", kind); err != nil {
			return err
		}
	}
	switch widget {
	case "checkboxes":
		if x.keys.raw("items") == nil {
			if err := x.keys.set("items", json.RawMessage(`{"type":"string"}`)); err != nil {
				return err
			}
		}
	case "table":
		if !x.isTable() {
			if err := x.keys.set("items", json.RawMessage(`{"type":"object","additionalProperties":false,"properties":{}}`)); err != nil {
				return err
			}
		}
	}
	old := formatOfWidget[x.keys.text("x-widget")]
	if f := formatOfWidget[widget]; f != "" || old != "" && x.keys.text("format") == old {
		if err := x.keys.setText("format", f); err != nil {
			return err
		}
	}
	return x.keys.set("x-widget", widget)
}

// takeLimits reads the keywords of validation.
func (x *formField) takeLimits(v, before url.Values, bad *errs.Fields) error {
	limits := slices.Clone(x.limited())
	for _, l := range []struct {
		key   string
		whole bool
	}{{"minLength", true}, {"maxLength", true}, {"minimum", false}, {"maximum", false}} {
		if err := takeNumber(&limits, l.key, l.whole, v, before, bad); err != nil {
			return err
		}
	}
	for _, key := range []string{"pattern", "format"} {
		typed := strings.TrimSpace(v.Get(key))
		if typed == before.Get(key) {
			continue
		}
		if key == "pattern" {
			if _, err := regexp.Compile(typed); err != nil {
				bad.Add(key, "格式不是有效的正则表达式，请改正或留空。")
				continue
			}
		}
		if err := limits.setText(key, typed); err != nil {
			return err
		}
	}
	if x.isList() && !x.isTable() && x.keys.raw("items") != nil {
		if err := x.keys.set("items", limits); err != nil {
			return err
		}
	} else {
		x.keys = limits
	}
	for _, key := range []string{"minItems", "maxItems"} {
		if err := takeNumber(&x.keys, key, true, v, before, bad); err != nil {
			return err
		}
	}
	return nil
}

func takeNumber(into *pairs, key string, whole bool, v, before url.Values, bad *errs.Fields) error {
	typed := strings.TrimSpace(v.Get(key))
	if typed == before.Get(key) {
		return nil
	}
	if typed == "" {
		return into.set(key, nil)
	}
	_, err := strconv.ParseFloat(typed, 64)
	if whole && err == nil {
		_, err = strconv.ParseUint(typed, 10, 31)
	}
	if err != nil {
		bad.Add(key, "请填写数字，不限制的留空。")
		return nil
	}
	return into.set(key, json.Number(typed))
}

// takeOptions reads the list of options; unchanged ones keep their bytes.
func (x *formField) takeOptions(v url.Values, bad *errs.Fields) error {
	tighten(v, "choice", optionColumns)
	type option struct {
		Const any    `json:"const"`
		Title string `json:"title"`
	}
	var list []option
	var seen []string
	same := true
	old := x.Options()
	n := filled(v, "choice", optionColumns)
	for i := range n {
		at := rowName("choice", i)
		value, label := strings.TrimSpace(v.Get(at+".value")), strings.TrimSpace(v.Get(at+".label"))
		if label == "" {
			bad.Add(at+".label", "请填写选项的名称。")
		}
		if value == "" {
			value = freeID("o", func(s string) bool { return slices.Contains(seen, s) || hasValue(v, s) })
			v.Set(at+".value", value)
		}
		if slices.Contains(seen, value) {
			bad.Add(at+".value", "值“%s”重复，请换一个。", value)
		}
		seen = append(seen, value)
		same = same && i < len(old) && old[i].Value == value && old[i].Label == label
		list = append(list, option{x.typed(value), label})
	}
	if same && n == len(old) {
		return nil
	}
	into := &x.keys
	var items pairs
	if x.isList() {
		x.keys.read("items", &items)
		into = &items
	}
	for _, key := range []string{"enum", "x-labels", "anyOf"} {
		if err := into.set(key, nil); err != nil {
			return err
		}
	}
	if err := into.set("oneOf", orNil(list)); err != nil {
		return err
	}
	if x.isList() {
		return x.keys.set("items", items)
	}
	return nil
}

func hasValue(v url.Values, s string) bool {
	for i := range count(v, "choice") {
		if v.Get(rowName("choice", i)+".value") == s {
			return true
		}
	}
	return false
}

// typed is a posted value in the field's JSON type.
func (x *formField) typed(value string) any {
	switch x.Type() {
	case "number", "integer":
		if _, err := strconv.ParseFloat(value, 64); err == nil {
			return json.Number(value)
		}
	case "boolean":
		return value == "true"
	}
	return value
}

// takeShown reads when the field is shown.
func (f *form) takeShown(x *formField, v url.Values, bad *errs.Fields) error {
	when := pairs{}
	for i := range count(v, "shown") {
		at := rowName("shown", i)
		name := v.Get(at + ".field")
		if name == "" {
			continue
		}
		other := f.Field(name)
		if other == nil || x.Name != "" && name == x.Name {
			bad.Add(at+".field", "请选择表单里的另一项。")
			continue
		}
		values := []any{}
		for _, chosen := range v[at+".values"] {
			if field, value, _ := strings.Cut(chosen, ":"); field == name {
				values = append(values, other.typed(value))
			}
		}
		if len(values) == 0 {
			continue // the other field was just chosen: its answers are offered next
		}
		if err := when.set(name, values); err != nil {
			return err
		}
	}
	if len(when) == 0 {
		return x.keys.set("x-when", nil)
	}
	if old := x.keys.raw("x-when"); old != nil && sameJSON(old, mustJSON(when)) {
		return nil
	}
	return x.keys.set("x-when", when)
}
