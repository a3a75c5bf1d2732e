package city

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
)

// element is one data element (数据元): a field that any form may ask.
type element struct {
	ID       string         `json:"id"`     // snake_case; the property's name in the form
	Title    string         `json:"title"`  // label
	Schema   map[string]any `json:"schema"` // JSON Schema of the value
	Options  [][2]string    `json:"options,omitempty"`
	Widget   string         `json:"widget,omitempty"`
	Help     string         `json:"help,omitempty"`
	Source   string         `json:"source,omitempty"`   // who could fill it: licence:ZZ001, data:婚姻登记信息
	Required *bool          `json:"required,omitempty"` // default true
}

// readElements reads elements/*.json into one dictionary. Ids are unique over
// all files.
func (b *book) readElements(files fs.FS) error {
	return eachJSON(files, "elements", func(name string) error {
		var group []element
		if err := decodeFile(files, name, &group); err != nil {
			return err
		}
		for _, e := range group {
			if _, twice := b.elements[e.ID]; twice {
				return fmt.Errorf("%s: element %q is defined twice", name, e.ID)
			}
			if e.Title == "" || e.Schema["type"] == nil {
				return fmt.Errorf("%s: element %q wants a title and a schema with a type", name, e.ID)
			}
			b.elements[e.ID] = e
		}
		return nil
	})
}

// isArray says whether the element holds several values.
func (e element) isArray() bool { return e.Schema["type"] == "array" }

// property is the element as a property of a form's schema.
func (e element) property() map[string]any {
	p := maps.Clone(e.Schema)
	p["title"] = e.Title
	if len(e.Options) > 0 {
		e.choose(p)
	}
	for key, v := range map[string]string{"x-widget": e.Widget, "x-help": e.Help, "x-source": e.Source} {
		if v != "" {
			p[key] = v
		}
	}
	return p
}

// choose limits the value, or each of several, to the options.
func (e element) choose(p map[string]any) {
	options := make([]map[string]string, len(e.Options))
	for i, o := range e.Options {
		options[i] = map[string]string{"const": o[0], "title": o[1]}
	}
	if !e.isArray() {
		p["oneOf"] = options
		return
	}
	items := map[string]any{"type": "string"}
	if given, ok := p["items"].(map[string]any); ok {
		items = maps.Clone(given)
	}
	items["oneOf"] = options
	p["items"] = items
}

// fieldRef is a field of a form: the id of an element, or an object that
// changes it for this form.
type fieldRef struct {
	ID       string           `json:"id"`
	As       string           `json:"as"` // another name for the property
	Title    string           `json:"title"`
	Help     string           `json:"help"`
	Widget   string           `json:"widget"`
	Required *bool            `json:"required"`
	When     map[string][]any `json:"when"`   // field → values: shown, and required, only then
	Schema   map[string]any   `json:"schema"` // a field of this form only
	Options  [][2]string      `json:"options"`
}

func (f *fieldRef) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &f.ID)
	}
	type plain fieldRef
	return decodeStrict(raw, (*plain)(f))
}

// name is the property's name.
func (f fieldRef) name() string {
	if f.As != "" {
		return f.As
	}
	return f.ID
}

// element gives the element of the reference with its changes applied.
func (f fieldRef) element(dictionary map[string]element) (element, error) {
	e, known := dictionary[f.ID]
	switch {
	case f.Schema != nil && known:
		return e, fmt.Errorf("field %q has a schema of its own, but the dictionary has that element: choose another id, or leave the schema out", f.ID)
	case f.Schema != nil:
		e = element{ID: f.ID, Schema: f.Schema, Options: f.Options}
	case !known:
		return e, fmt.Errorf("field %q is not in the dictionary (elements/*.json) and has no schema of its own", f.ID)
	case f.Options != nil:
		e.Options = f.Options
	}
	if f.Title != "" {
		e.Title = f.Title
	}
	if f.Help != "" {
		e.Help = f.Help
	}
	if f.Widget != "" {
		e.Widget = f.Widget
	}
	if f.Required != nil {
		e.Required = f.Required
	}
	if e.Title == "" {
		return e, fmt.Errorf("field %q has no title", f.ID)
	}
	return e, nil
}
