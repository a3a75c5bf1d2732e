package catalogue

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// FormField is one field of a form, as a page shows it. The schema's own
// keywords say what is allowed; the x- keys say how it is shown:
//
//	title, description    the label, and a sentence under it (x-help is the same)
//	x-widget              text textarea number money date month select radio checkboxes checkbox phone id_number division bank_account table file hidden
//	x-section             the title of the section it stands in
//	x-order               its place; without it the order in the schema counts
//	x-labels              names of the values: {"a":"甲"}, or a list beside enum
//	x-when                {"field":["value",…]}: shown only then
//	x-element             the data element (数据元) it is
//	x-source              where the value stands: licence:ZZ001 is the licence type of a material
//
// Fields of an object inside the form are told flat, with dots
// (address.street). An array of objects is one field of widget "table" whose
// Columns are named within the row; Cell gives the name of one input.
type FormField struct {
	Name        string
	Title       string
	Help        string
	Section     string
	Widget      string
	Type        string // string | number | integer | boolean | array | object
	Format      string
	Element     string
	Source      string // licence:ZZ001, data:婚姻登记信息; "" not said
	Unit        string
	Placeholder string
	Options     []FieldOption
	Multiple    bool // the value is a list: checkboxes, several files
	Required    bool // whenever it is shown
	ReadOnly    bool
	When        map[string][]string
	Columns     []FormField // of a table
	MinItems    int
	MaxItems    int // 0: as many as one likes
	MaxLength   int // 0: not said
	Pattern     string
	Min, Max    string // numbers as written, "" not said
	Default     any

	order float64
	item  string // type of the values of a list
}

// FieldOption is one value that may be chosen.
type FieldOption struct{ Value, Label string }

// Cell is the name of the input in a column of row i of a table: members.0.name.
func (f FormField) Cell(row int, column FormField) string {
	return f.Name + "." + strconv.Itoa(row) + "." + column.Name
}

// Label gives the name of a chosen value; the value itself when it has none.
func (f FormField) Label(value string) string {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

// FormSection is the fields that stand under one title, in order.
type FormSection struct {
	Title  string
	Fields []FormField
}

// FormSections groups fields by their section, sections in the order in which
// they first come.
func FormSections(fields []FormField) []FormSection {
	var sections []FormSection
	for _, f := range fields {
		i := slices.IndexFunc(sections, func(s FormSection) bool { return s.Title == f.Section })
		if i < 0 {
			sections = append(sections, FormSection{Title: f.Section})
			i = len(sections) - 1
		}
		sections[i].Fields = append(sections[i].Fields, f)
	}
	return sections
}

// schemaNode is what the pages need of a schema.
type schemaNode struct {
	Ref         string                `json:"$ref"`
	Defs        map[string]schemaNode `json:"$defs"`
	Type        any                   `json:"type"`
	Title       string                `json:"title"`
	Description string                `json:"description"`
	Properties  orderedNodes          `json:"properties"`
	Required    []string              `json:"required"`
	Items       *schemaNode           `json:"items"`
	Enum        []any                 `json:"enum"`
	OneOf       []schemaNode          `json:"oneOf"`
	AnyOf       []schemaNode          `json:"anyOf"`
	AllOf       []schemaNode          `json:"allOf"`
	Then        *schemaNode           `json:"then"`
	Else        *schemaNode           `json:"else"`
	Const       any                   `json:"const"`
	Format      string                `json:"format"`
	Pattern     string                `json:"pattern"`
	MaxLength   int                   `json:"maxLength"`
	MinItems    int                   `json:"minItems"`
	MaxItems    int                   `json:"maxItems"`
	Minimum     json.Number           `json:"minimum"`
	Maximum     json.Number           `json:"maximum"`
	Default     any                   `json:"default"`
	ReadOnly    bool                  `json:"readOnly"`

	Widget      string           `json:"x-widget"`
	Section     string           `json:"x-section"`
	Help        string           `json:"x-help"`
	Element     string           `json:"x-element"`
	Source      string           `json:"x-source"`
	Unit        string           `json:"x-unit"`
	Placeholder string           `json:"x-placeholder"`
	Order       *float64         `json:"x-order"`
	Labels      json.RawMessage  `json:"x-labels"`
	When        map[string][]any `json:"x-when"`
}

type namedNode struct {
	name string
	node schemaNode
}

// orderedNodes reads an object's members in the order they are written.
type orderedNodes []namedNode

func (o *orderedNodes) UnmarshalJSON(raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("properties 应为对象")
	}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		n := namedNode{name: t.(string)}
		if err := dec.Decode(&n.node); err != nil {
			return fmt.Errorf("字段 %s：%w", n.name, err)
		}
		*o = append(*o, n)
	}
	return nil
}

// FormFields gives the fields of a form schema in the order in which a page
// shows them.
//
// The list is the caller's own; what it points to (columns, options) is shared
// with others, to be replaced and not changed.
func FormFields(schema json.RawMessage) ([]FormField, error) {
	fields, err := formFields.of(schema, readFields)
	return slices.Clone(fields), err
}

func readFields(schema json.RawMessage) ([]FormField, error) {
	var root schemaNode
	if err := json.Unmarshal(schema, &root); err != nil {
		return nil, fmt.Errorf("表单的 Schema 无法识别：%w", err)
	}
	r := &fieldReader{defs: root.Defs}
	return r.fields("", "", root, 0), nil
}

type fieldReader struct{ defs map[string]schemaNode }

// maxFormDepth ends the reading of a schema that refers to itself.
const maxFormDepth = 6

func (r *fieldReader) resolve(n schemaNode) schemaNode {
	name, ok := strings.CutPrefix(n.Ref, "#/$defs/")
	if !ok {
		return n
	}
	target, ok := r.defs[name]
	if !ok {
		return n
	}
	// What stands beside the reference is about this use of it.
	target.Title = cmp.Or(n.Title, target.Title)
	target.Description = cmp.Or(n.Description, target.Description)
	target.Help = cmp.Or(n.Help, target.Help)
	target.Section = cmp.Or(n.Section, target.Section)
	target.Widget = cmp.Or(n.Widget, target.Widget)
	if n.When != nil {
		target.When = n.When
	}
	if n.Order != nil {
		target.Order = n.Order
	}
	return target
}

func (r *fieldReader) fields(prefix, section string, obj schemaNode, depth int) []FormField {
	if depth > maxFormDepth {
		return nil
	}
	required := requiredNames(obj)
	var fields []FormField
	for i, p := range obj.Properties {
		node := r.resolve(p.node)
		order := float64(i)
		if node.Order != nil {
			order = *node.Order
		}
		node.Section = cmp.Or(node.Section, section)
		if typeOf(node) == "object" && len(node.Properties) > 0 {
			inner := r.fields(prefix+p.name+".", cmp.Or(node.Section, node.Title), node, depth+1)
			for j := range inner {
				inner[j].order = order // keeps them together; the sort is stable
				inner[j].Required = inner[j].Required && slices.Contains(required, p.name)
				if inner[j].When == nil {
					inner[j].When = whenOf(node.When)
				}
			}
			fields = append(fields, inner...)
			continue
		}
		f := r.field(prefix+p.name, node, depth)
		f.order, f.Required = order, slices.Contains(required, p.name)
		fields = append(fields, f)
	}
	slices.SortStableFunc(fields, func(a, b FormField) int { return cmp.Compare(a.order, b.order) })
	return fields
}

// requiredNames gathers what is required always, and what is required under a
// condition: a field with x-when is hidden when its condition does not hold.
func requiredNames(n schemaNode) []string {
	names := slices.Clone(n.Required)
	for _, branch := range []*schemaNode{n.Then, n.Else} {
		if branch != nil {
			names = append(names, branch.Required...)
		}
	}
	for _, part := range n.AllOf {
		names = append(names, requiredNames(part)...)
	}
	return names
}

func (r *fieldReader) field(name string, n schemaNode, depth int) FormField {
	f := FormField{
		Name: name, Title: cmp.Or(n.Title, name), Help: cmp.Or(n.Help, n.Description), Section: n.Section,
		Widget: n.Widget, Type: typeOf(n), Format: n.Format, Element: n.Element, Source: n.Source, Unit: n.Unit, Placeholder: n.Placeholder,
		ReadOnly: n.ReadOnly, When: whenOf(n.When), MinItems: n.MinItems, MaxItems: n.MaxItems,
		MaxLength: n.MaxLength, Pattern: n.Pattern, Min: n.Minimum.String(), Max: n.Maximum.String(), Default: n.Default,
	}
	if f.Default == nil && n.Const != true { // a declaration is ticked by the one who makes it
		f.Default = n.Const
	}
	values := n
	if f.Type == "array" && n.Items != nil {
		item := r.resolve(*n.Items)
		if typeOf(item) == "object" {
			f.Columns = r.fields("", "", item, depth+1)
		} else {
			f.Multiple, values, f.Format = true, item, cmp.Or(f.Format, item.Format)
			f.item = typeOf(item)
			if len(values.Labels) == 0 {
				values.Labels = n.Labels
			}
		}
	}
	f.Options = optionsOf(values)
	f.Widget = cmp.Or(f.Widget, widgetOf(f))
	return f
}

// widgetOf chooses how to show a field that does not say.
func widgetOf(f FormField) string {
	switch {
	case len(f.Columns) > 0:
		return "table"
	case f.Multiple && f.Format == "file":
		return "file"
	case f.Multiple && len(f.Options) > 0:
		return "checkboxes"
	case len(f.Options) > 5:
		return "select"
	case len(f.Options) > 0:
		return "radio"
	case f.Type == "boolean":
		return "checkbox"
	case f.Type == "number" || f.Type == "integer":
		return "number"
	}
	if w, ok := widgetOfFormat[f.Format]; ok {
		return w
	}
	if f.MaxLength > 200 {
		return "textarea"
	}
	return "text"
}

var widgetOfFormat = map[string]string{
	"date": "date", "resident-id": "id_number", "mobile": "phone", "division": "division",
	"bank-account": "bank_account", "file": "file",
}

// typeOf is the type of a value; where several are allowed, the first but null.
func typeOf(n schemaNode) string {
	switch t := n.Type.(type) {
	case string:
		return t
	case []any:
		for _, x := range t {
			if s, ok := x.(string); ok && s != "null" {
				return s
			}
		}
	}
	switch {
	case len(n.Properties) > 0:
		return "object"
	case n.Items != nil:
		return "array"
	}
	return "string"
}

func whenOf(raw map[string][]any) map[string][]string {
	if len(raw) == 0 {
		return nil
	}
	when := make(map[string][]string, len(raw))
	for name, values := range raw {
		for _, v := range values {
			when[name] = append(when[name], plain(v))
		}
	}
	return when
}

// optionsOf reads what may be chosen: enum with x-labels, or oneOf (anyOf) of
// constants with titles.
func optionsOf(n schemaNode) []FieldOption {
	var options []FieldOption
	for _, o := range append(slices.Clone(n.OneOf), n.AnyOf...) {
		if o.Const != nil {
			options = append(options, FieldOption{Value: plain(o.Const), Label: cmp.Or(o.Title, plain(o.Const))})
		}
	}
	if len(options) > 0 {
		return options
	}
	var byValue map[string]string
	var inOrder []string
	if json.Unmarshal(n.Labels, &byValue) != nil {
		_ = json.Unmarshal(n.Labels, &inOrder) // neither form: the values speak for themselves
	}
	for i, v := range n.Enum {
		if v == nil {
			continue
		}
		o := FieldOption{Value: plain(v), Label: plain(v)}
		if label, ok := byValue[o.Value]; ok {
			o.Label = label
		} else if i < len(inOrder) {
			o.Label = inOrder[i]
		}
		options = append(options, o)
	}
	return options
}

// plain writes a JSON scalar as a form posts it.
func plain(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case json.Number:
		return x.String()
	}
	return fmt.Sprint(v)
}
