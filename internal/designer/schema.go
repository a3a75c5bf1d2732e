package designer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
)

// How a form field must be answered.
const (
	Always    = "always" // 必填
	WhenShown = "when"   // only asked, and then required, when its condition holds
	Never     = "never"  // 选填
)

// form is a form schema (JSON Schema 2020-12) as the designer sees it: fields
// in the order in which they are asked. What the designer does not know is kept
// byte by byte.
type form struct {
	head     pairs
	Fields   []*formField // in display order
	order    []string     // of the properties in the schema
	required []string
	rules    []rule // allOf as it was read
}

// rule is a member of allOf.
type rule struct {
	raw   json.RawMessage
	field string // the one field that it makes required under a condition; "" for a rule of another kind
}

// formField is one property.
type formField struct {
	Name     string
	keys     pairs
	Required string // Always, WhenShown, Never
	place    float64
}

func readForm(raw json.RawMessage) (*form, error) {
	f := &form{}
	if err := json.Unmarshal(raw, &f.head); err != nil {
		return nil, fmt.Errorf("designer: read form: %w", err)
	}
	var properties pairs
	if p := f.head.raw("properties"); p != nil {
		if err := json.Unmarshal(p, &properties); err != nil {
			return nil, fmt.Errorf("designer: read fields of form: %w", err)
		}
	}
	f.head.read("required", &f.required)
	var rules []json.RawMessage
	f.head.read("allOf", &rules)
	for _, raw := range rules {
		f.rules = append(f.rules, rule{raw, requiredBy(raw)})
	}
	for i, p := range properties {
		x := &formField{Name: p.name, Required: Never, place: float64(i)}
		if err := json.Unmarshal(p.raw, &x.keys); err != nil {
			return nil, fmt.Errorf("designer: read field %s of form: %w", p.name, err)
		}
		x.keys.read("x-order", &x.place)
		switch {
		case slices.Contains(f.required, p.name):
			x.Required = Always
		case f.needing(p.name) >= 0:
			x.Required = WhenShown
		}
		f.order, f.Fields = append(f.order, p.name), append(f.Fields, x)
	}
	slices.SortStableFunc(f.Fields, func(a, b *formField) int { return cmp.Compare(a.place, b.place) })
	return f, nil
}

// requiredBy reads {"if":…,"then":{"required":["name"]}}: the rule that makes
// one field required when its condition holds; "" for any other rule.
func requiredBy(raw json.RawMessage) string {
	var keys, then pairs
	var names []string
	if json.Unmarshal(raw, &keys) != nil || len(keys) != 2 || keys.raw("if") == nil || !keys.read("then", &then) {
		return ""
	}
	if len(then) != 1 || !then.read("required", &names) || len(names) != 1 {
		return ""
	}
	return names[0]
}

// needing is the first rule that makes a field required; -1 without one.
func (f *form) needing(name string) int {
	return slices.IndexFunc(f.rules, func(r rule) bool { return name != "" && r.field == name })
}

// write gives the schema back.
func (f *form) write() (json.RawMessage, error) {
	byName := map[string]*formField{}
	for _, x := range f.Fields {
		byName[x.Name] = x
	}
	var properties pairs
	written := map[string]bool{}
	add := func(x *formField) error {
		raw, err := x.keys.MarshalJSON()
		properties, written[x.Name] = append(properties, pair{x.Name, raw}), true
		return err
	}
	for _, name := range f.order {
		if x := byName[name]; x != nil {
			if err := add(x); err != nil {
				return nil, err
			}
		}
	}
	for _, x := range f.Fields {
		if !written[x.Name] {
			if err := add(x); err != nil {
				return nil, err
			}
		}
	}
	raw, err := properties.MarshalJSON()
	if err != nil {
		return nil, err
	}
	if err := f.head.set("properties", json.RawMessage(raw)); err != nil {
		return nil, err
	}
	// Order within properties counts where fields have no x-order: write the bytes.
	f.head[f.head.index("properties")].raw = raw
	if err := f.writeRules(); err != nil {
		return nil, err
	}
	return f.head.MarshalJSON()
}

func (f *form) writeRules() error {
	var required []string
	for _, name := range f.required {
		if x := f.Field(name); x == nil && !slices.Contains(f.order, name) || x != nil && x.Required == Always {
			required = append(required, name)
		}
	}
	kept := slices.DeleteFunc(slices.Clone(f.rules), func(r rule) bool {
		x := f.Field(r.field)
		return r.field != "" && (x == nil || x.Required != WhenShown)
	})
	for _, x := range f.Fields {
		switch x.Required {
		case Always:
			if !slices.Contains(required, x.Name) {
				required = append(required, x.Name)
			}
		case WhenShown:
			raw, err := f.ruleOf(x)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(kept, func(r rule) bool { return r.field == x.Name })
			switch {
			case i < 0:
				kept = append(kept, rule{raw, x.Name})
			case !sameJSON(kept[i].raw, raw):
				kept[i].raw = raw
			}
		}
	}
	var rules []json.RawMessage
	for _, r := range kept {
		rules = append(rules, r.raw)
	}
	if err := f.head.set("required", orNil(required)); err != nil {
		return err
	}
	return f.head.set("allOf", orNil(rules))
}

func orNil[T any](list []T) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

// ruleOf makes the rule by which a field is required when its condition holds.
func (f *form) ruleOf(x *formField) (json.RawMessage, error) {
	when := x.When()
	if len(when) == 0 {
		if i := f.needing(x.Name); i >= 0 {
			return f.rules[i].raw, nil
		}
		return nil, nil
	}
	holds, names := pairs{}, []string{}
	for _, w := range when {
		one := map[string]any{"enum": w.Values}
		if other := f.Field(w.Field); other != nil && other.isList() {
			one = map[string]any{"contains": one}
		}
		if err := holds.set(w.Field, one); err != nil {
			return nil, err
		}
		names = append(names, w.Field)
	}
	slices.Sort(names)
	return encode(map[string]any{"if": map[string]any{"properties": holds, "required": names}, "then": map[string]any{"required": []string{x.Name}}})
}

// Field finds a field by name; nil when there is none.
func (f *form) Field(name string) *formField {
	for _, x := range f.Fields {
		if x.Name == name {
			return x
		}
	}
	return nil
}

func (f *form) index(name string) int {
	return slices.IndexFunc(f.Fields, func(x *formField) bool { return x.Name == name })
}

// renumber writes the display order into the fields.
func (f *form) renumber() error {
	for i, x := range f.Fields {
		x.place = float64(i + 1)
		if err := x.keys.set("x-order", i+1); err != nil {
			return err
		}
	}
	return nil
}

// groups gives the titles of the groups in order.
func (f *form) groups() []string {
	var list []string
	for _, x := range f.Fields {
		if !slices.Contains(list, x.Section()) {
			list = append(list, x.Section())
		}
	}
	return list
}

func (f *form) in(group string) []*formField {
	var list []*formField
	for _, x := range f.Fields {
		if x.Section() == group {
			list = append(list, x)
		}
	}
	return list
}

// regroup puts the fields in the order of the groups given.
func (f *form) regroup(order []string) error {
	var list []*formField
	for _, g := range order {
		list = append(list, f.in(g)...)
	}
	if len(list) != len(f.Fields) {
		return nil
	}
	f.Fields = list
	return f.renumber()
}

func (f *form) titles() []string {
	var list []string
	for _, x := range f.Fields {
		list = append(list, x.Title())
	}
	return list
}

// rest is what the designer shows only as text: rules about several fields and
// keywords of the whole form.
func (f *form) rest() string {
	var parts []string
	for i, r := range f.rules {
		if r.field == "" || f.needing(r.field) != i {
			parts = append(parts, string(r.raw))
		}
	}
	for _, p := range f.head {
		switch p.name {
		case "$schema", "type", "properties", "required", "allOf", "title":
		default:
			parts = append(parts, p.name+"："+string(p.raw))
		}
	}
	return strings.Join(parts, "\n")
}

// Title is the label of a field, its name where it has none.
func (x *formField) Title() string { return cmp.Or(x.keys.text("title"), x.Name) }

// Section is the title of the group it stands in.
func (x *formField) Section() string { return x.keys.text("x-section") }

// Type is the JSON type of the value.
func (x *formField) Type() string { return cmp.Or(x.keys.text("type"), "string") }

func (x *formField) isList() bool { return x.Type() == "array" }

// isTable says that the value is a list of rows with columns of their own.
func (x *formField) isTable() bool {
	var items pairs
	return x.isList() && x.keys.read("items", &items) && items.index("properties") >= 0
}

// columns gives the form of one row of a table.
func (x *formField) columns() (*form, error) { return readForm(x.keys.raw("items")) }

// condition is one part of x-when: the field holds one of the values.
type condition struct {
	Field  string
	Values []any
}

// When is when the field is shown: all conditions hold; none is always.
func (x *formField) When() []condition {
	var when pairs
	if !x.keys.read("x-when", &when) {
		return nil
	}
	var list []condition
	for _, p := range when {
		c := condition{Field: p.name}
		if json.Unmarshal(p.raw, &c.Values) == nil {
			list = append(list, c)
		}
	}
	return list
}

// Options are the values that may be chosen.
func (x *formField) Options() []catalogue.FieldOption {
	for _, f := range fieldsOf(x) {
		return f.Options
	}
	return nil
}

// fieldsOf reads the field as pages show it.
func fieldsOf(x *formField) []catalogue.FormField {
	raw, err := json.Marshal(pairs{{"type", json.RawMessage(`"object"`)}, {"properties", mustJSON(pairs{{x.Name, mustJSON(x.keys)}})}})
	if err != nil {
		return nil
	}
	fields, _ := catalogue.FormFields(raw) // a form that cannot be read shows no options
	return fields
}

func mustJSON(p pairs) json.RawMessage {
	raw, _ := p.MarshalJSON() // members are JSON already
	return raw
}

// Widget is how the field is shown.
func (x *formField) Widget() string {
	for _, f := range fieldsOf(x) {
		return f.Widget
	}
	return "text"
}

func numberText(p pairs, name string) string {
	var n json.Number
	if raw := p.raw(name); raw != nil && json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// uniqueName gives a property name that the form does not have yet.
func (f *form) uniqueName(like string) string {
	name := like
	for i := 2; f.Field(name) != nil; i++ {
		name = like + "_" + strconv.Itoa(i)
	}
	return name
}
