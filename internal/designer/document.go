package designer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
)

// document is a definition as JSON, so that a field can be reached by its
// path. Only the top-level values that are touched are written again: a form
// schema that nobody edits keeps its bytes.
type document struct {
	raw     map[string]json.RawMessage
	read    map[string]any // decoded when first asked for
	touched map[string]any
}

func open(d *catalogue.Definition) (*document, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	o := newDocument()
	return o, json.Unmarshal(text, &o.raw)
}

func newDocument() *document {
	return &document{raw: map[string]json.RawMessage{}, read: map[string]any{}, touched: map[string]any{}}
}

// into writes the document back into a definition.
func (o *document) into(d *catalogue.Definition) error {
	for name, v := range o.touched {
		text, err := encode(v)
		if err != nil {
			return err
		}
		o.raw[name] = text
	}
	text, err := json.Marshal(o.raw)
	if err != nil {
		return err
	}
	var fresh catalogue.Definition
	if err := json.Unmarshal(text, &fresh); err != nil {
		return fmt.Errorf("designer: write item %s: %w", d.Code, err)
	}
	*d = fresh
	return nil
}

// encode is json.Marshal without the escapes that only HTML needs.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(out.Bytes()), err
}

func (o *document) top(name string) any {
	if v, ok := o.touched[name]; ok {
		return v
	}
	if v, ok := o.read[name]; ok {
		return v
	}
	raw, ok := o.raw[name]
	if !ok {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil { // it was written by json.Marshal
		return nil
	}
	o.read[name] = v
	return v
}

// get gives the value at a path (materials.0.name); nil when there is none.
func (o *document) get(path string) any {
	parts := strings.Split(path, ".")
	v := o.top(parts[0])
	for _, p := range parts[1:] {
		v = child(v, p)
	}
	return v
}

func child(v any, name string) any {
	switch x := v.(type) {
	case map[string]any:
		return x[name]
	case []any:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(x) {
			return x[i]
		}
	}
	return nil
}

// put is set, unless the value says the same as what is there: an empty list
// and none are one.
func (o *document) put(path string, v any) {
	old := o.get(path)
	if reflect.DeepEqual(old, v) || nothing(old) && nothing(v) {
		return
	}
	o.set(path, v)
}

func nothing(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case []any:
		return len(x) == 0
	}
	return false
}

// set puts a value at a path. Objects on the way are made; a list grows by one
// when the index is its length.
func (o *document) set(path string, v any) {
	parts := strings.Split(path, ".")
	o.touched[parts[0]] = with(o.top(parts[0]), parts[1:], v)
}

func with(into any, path []string, v any) any {
	if len(path) == 0 {
		return v
	}
	if i, err := strconv.Atoi(path[0]); err == nil {
		list, _ := into.([]any)
		for len(list) <= i {
			list = append(list, nil)
		}
		list[i] = with(list[i], path[1:], v)
		return list
	}
	object, ok := into.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	object[path[0]] = with(object[path[0]], path[1:], v)
	return object
}

// texts reads a value as a form posts it.
func texts(v any) []string {
	switch x := v.(type) {
	case nil:
		return nil
	case string:
		return []string{x}
	case bool:
		return []string{strconv.FormatBool(x)}
	case json.Number:
		return []string{x.String()}
	case []any:
		var list []string
		for _, e := range x {
			list = append(list, texts(e)...)
		}
		return list
	}
	return []string{fmt.Sprint(v)}
}
