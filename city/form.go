package city

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"yimen/internal/catalogue"
)

// section is a group of fields under a title.
type section struct {
	Title    string     `json:"title"`
	Elements []fieldRef `json:"elements"`
}

// formSpec is the form of an item: sections written out, or a template and
// sections added to it.
type formSpec struct {
	Template string    `json:"template"`
	Add      []section `json:"add"`
	sections []section
}

func (s *formSpec) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '[' {
		return decodeStrict(raw, &s.sections)
	}
	type plain formSpec
	return decodeStrict(raw, (*plain)(s))
}

// formTemplate is a form for every item it fits and that has none of its own.
type formTemplate struct {
	Title    string       `json:"title"`
	For      formAudience `json:"for"`
	Sections []section    `json:"sections"`
}

// formAudience says which items a template is for. Every list that is not
// empty has to fit; the template that says most wins.
type formAudience struct {
	Codes    []string `json:"codes"`
	Domains  []string `json:"domains"`
	Audience string   `json:"audience"` // person | enterprise | both
	Types    []string `json:"types"`
}

// fit is how exactly the template is made for the row, -1 when it is not.
func (a formAudience) fit(r row) int {
	audience := "both"
	if len(r.Audience) == 1 {
		audience = r.Audience[0]
	}
	score := 0
	for _, c := range []struct {
		said, holds bool
		weight      int
	}{
		{len(a.Codes) > 0, slices.Contains(a.Codes, r.Code), 8},
		{len(a.Domains) > 0, slices.Contains(a.Domains, r.Domain), 4},
		{a.Audience != "", a.Audience == audience, 2},
		{len(a.Types) > 0, slices.Contains(a.Types, r.Type), 1},
	} {
		if c.said && !c.holds {
			return -1
		}
		if c.said {
			score += c.weight
		}
	}
	return score
}

func (b *book) readForms(files fs.FS) error {
	return eachJSON(files, "forms", func(name string) error {
		t := &formTemplate{}
		b.forms[strings.TrimSuffix(path.Base(name), ".json")] = t
		return decodeFile(files, name, t)
	})
}

// sectionsOf gives the sections of an item's form: its own, or those of the
// template that fits best.
func (b *book) sectionsOf(r row, spec *formSpec) ([]section, error) {
	if spec != nil && spec.Template == "" {
		return spec.sections, nil
	}
	if spec != nil {
		t, ok := b.forms[spec.Template]
		if !ok {
			return nil, fmt.Errorf("form: there is no forms/%s.json", spec.Template)
		}
		return append(slices.Clone(t.Sections), spec.Add...), nil
	}
	best, score := (*formTemplate)(nil), -1
	for _, name := range sortedKeys(b.forms) {
		if fit := b.forms[name].For.fit(r); fit > score {
			best, score = b.forms[name], fit
		}
	}
	if best == nil {
		return nil, fmt.Errorf("form: no template in forms/ fits type %s for %v; write one, or a form in the item's file", r.Type, r.Audience)
	}
	return best.Sections, nil
}

// schemaOf compiles sections into the JSON Schema of the form (2020-12). A
// field with a condition is required by an if/then of the schema, so that the
// check needs nothing but the form.
func (b *book) schemaOf(title string, sections []section) (json.RawMessage, error) {
	s := formSchema{properties: map[string]any{}, arrays: map[string]bool{}}
	for _, sec := range sections {
		if sec.Title == "" {
			return nil, fmt.Errorf("form: a section has no title")
		}
		for _, f := range sec.Elements {
			e, err := f.element(b.elements)
			if err != nil {
				return nil, fmt.Errorf("form, %s: %w", sec.Title, err)
			}
			if err := s.add(sec.Title, f, e); err != nil {
				return nil, fmt.Errorf("form, %s: %w", sec.Title, err)
			}
		}
	}
	if len(s.properties) == 0 {
		return nil, fmt.Errorf("form: no fields")
	}
	return s.marshal(title)
}

// formSchema is a form's schema as it grows.
type formSchema struct {
	properties map[string]any
	arrays     map[string]bool // names of fields with several values
	required   []string
	conditions []map[string]any
}

func (s *formSchema) add(section string, f fieldRef, e element) error {
	name := f.name()
	if _, twice := s.properties[name]; twice {
		return fmt.Errorf("field %q is asked twice: give one of them another name with \"as\"", name)
	}
	p := e.property()
	p["x-element"], p["x-section"], p["x-order"] = f.ID, section, len(s.properties)+1
	required := e.Required == nil || *e.Required
	if len(f.When) == 0 {
		if required {
			s.required = append(s.required, name)
		}
	} else {
		p["x-when"] = f.When
		condition, err := s.condition(f.When)
		if err != nil {
			return fmt.Errorf("field %q: %w", name, err)
		}
		if required {
			s.conditions = append(s.conditions, map[string]any{"if": condition, "then": map[string]any{"required": []string{name}}})
		}
	}
	s.properties[name], s.arrays[name] = p, e.isArray()
	return nil
}

// condition is the schema of forms in which every field named holds one of the
// values. Only fields above it may be named: people fill in from the top.
func (s *formSchema) condition(when map[string][]any) (map[string]any, error) {
	holds := map[string]any{}
	for _, name := range sortedKeys(when) {
		if _, ok := s.properties[name]; !ok {
			return nil, fmt.Errorf("\"when\" names %q, which is not a field above it", name)
		}
		one := map[string]any{"enum": when[name]}
		if s.arrays[name] {
			one = map[string]any{"contains": one}
		}
		holds[name] = one
	}
	return map[string]any{"properties": holds, "required": sortedKeys(when)}, nil
}

func (s *formSchema) marshal(title string) (json.RawMessage, error) {
	schema := map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   title, "type": "object", "properties": s.properties, "additionalProperties": false,
	}
	if len(s.required) > 0 {
		schema["required"] = s.required
	}
	if len(s.conditions) > 0 {
		schema["allOf"] = s.conditions
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(schema); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

// checkDefaults sees that what answers fill in fits the form: an answer that
// fills in a value the form refuses would lock the applicant out.
func checkDefaults(d *catalogue.Definition) error {
	fields, err := catalogue.FormFields(d.Form)
	if err != nil {
		return err
	}
	for _, q := range d.Situations {
		for _, o := range q.Options {
			for name, v := range o.Defaults {
				i := slices.IndexFunc(fields, func(f catalogue.FormField) bool { return f.Name == name })
				if i < 0 {
					return fmt.Errorf("situations, %s/%s: default %q is not a field of the form", q.ID, o.ID, name)
				}
				if !accepts(fields[i], v) {
					return fmt.Errorf("situations, %s/%s: the form does not accept %v for %q", q.ID, o.ID, v, name)
				}
			}
		}
	}
	return nil
}

// accepts says whether v is one of the field's options, where it has options.
func accepts(f catalogue.FormField, v any) bool {
	if len(f.Options) == 0 {
		return true
	}
	values := []any{v}
	if many, ok := v.([]any); ok && f.Multiple {
		values = many
	}
	for _, x := range values {
		if !slices.ContainsFunc(f.Options, func(o catalogue.FieldOption) bool { return o.Value == fmt.Sprint(x) }) {
			return false
		}
	}
	return f.Multiple == (f.Type == "array") && (!f.Multiple || isList(v))
}

func isList(v any) bool { _, ok := v.([]any); return ok }
