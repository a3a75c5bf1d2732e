package designer

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web/ui"
)

// join puts a path below a base, either of which may be "".
func join(base, path string) string {
	switch {
	case base == "":
		return path
	case path == "":
		return base
	}
	return base + "." + path
}

// fill writes what the document holds into form values, as the inputs would
// post them.
func fill(v url.Values, o *document, base string, fields []field) {
	for _, f := range fields {
		name := join(base, f.Path)
		switch f.Kind {
		case rows:
			list, _ := o.get(name).([]any)
			v.Set(name+".count", strconv.Itoa(len(list)))
			for i := range list {
				fill(v, o, join(name, strconv.Itoa(i)), f.Columns)
			}
		case lines:
			v.Set(name, strings.Join(texts(o.get(name)), "\n"))
		case ticks, ranks:
			v[name] = texts(o.get(name))
		default:
			v.Set(name, strings.Join(texts(o.get(name)), ""))
		}
	}
}

// take reads the posted values into the document. Messages name the inputs.
// Rows that were left empty are dropped.
func take(v url.Values, o *document, base string, fields []field, bad *errs.Fields) {
	for _, f := range fields {
		name := join(base, f.Path)
		if f.Kind == rows {
			tighten(v, name, f)
			list := []any{}
			for i := range filled(v, name, f) {
				row := newDocument()
				at := join(name, strconv.Itoa(i))
				if len(f.Columns) == 1 && f.Columns[0].Path == "" {
					list = append(list, strings.TrimSpace(v.Get(at)))
					continue
				}
				takeRow(v, row, at, f.Columns, bad)
				list = append(list, map[string]any(row.touched))
			}
			o.put(name, list)
			continue
		}
		o.put(name, f.value(v, name, bad))
	}
}

func takeRow(v url.Values, row *document, at string, columns []field, bad *errs.Fields) {
	for _, c := range columns {
		row.set(c.Path, c.value(v, join(at, c.Path), bad))
	}
}

// value reads one input.
func (f field) value(v url.Values, name string, bad *errs.Fields) any {
	typed := strings.TrimSpace(strings.ReplaceAll(v.Get(name), "\r\n", "\n"))
	if f.Max > 0 && len([]rune(typed)) > f.Max {
		bad.Add(name, "%s不能超过%d个字，请缩短。", f.Label, f.Max)
	}
	switch f.Kind {
	case number, levels:
		n, err := strconv.Atoi(typed)
		switch {
		case err != nil && typed == "" && f.Required && f.Kind == levels:
			bad.Add(name, "请选择%s。", f.Label)
		case err != nil && (typed != "" || f.Required):
			bad.Add(name, "%s应填写整数。", f.Label)
		}
		return json.Number(strconv.Itoa(n))
	case tick:
		return typed == "true"
	case lines:
		return listOf(strings.Split(typed, "\n"))
	case ticks:
		return listOf(v[name])
	case ranks:
		list := []any{}
		for _, x := range v[name] {
			if n, err := strconv.Atoi(x); err == nil {
				list = append(list, json.Number(strconv.Itoa(n)))
			}
		}
		return list
	}
	return typed
}

func listOf(texts []string) []any {
	list := []any{}
	for _, s := range texts {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// maxRows bounds what one list of an editor page may hold.
const maxRows = 200

func count(v url.Values, name string) int {
	n, _ := strconv.Atoi(v.Get(name + ".count"))
	return min(max(n, 0), maxRows)
}

// filled is how many rows hold something, after tighten.
func filled(v url.Values, name string, f field) int {
	n := 0
	for n < count(v, name) && !blankRow(v, join(name, strconv.Itoa(n)), f) {
		n++
	}
	return n
}

func blankRow(v url.Values, at string, f field) bool {
	for _, c := range f.Columns {
		if c.Kind != tick && strings.TrimSpace(v.Get(join(at, c.Path))) != "" {
			return false
		}
	}
	return true
}

// tighten moves empty rows to the end, so that the index of an input is that
// of its row in the stored list.
func tighten(v url.Values, name string, f field) {
	n := count(v, name)
	var full, empty []url.Values
	for i := range n {
		row := cut(v, name, i)
		if blankOf(row, f) {
			empty = append(empty, row)
		} else {
			full = append(full, row)
		}
	}
	paste(v, name, append(full, empty...))
}

func blankOf(row url.Values, f field) bool {
	for _, c := range f.Columns {
		if c.Kind != tick && strings.TrimSpace(row.Get(c.Path)) != "" {
			return false
		}
	}
	return true
}

// cut takes the inputs of row i out of the values; their names within the row
// are the keys, "" for a row of one string.
func cut(v url.Values, name string, i int) url.Values {
	at, row := join(name, strconv.Itoa(i)), url.Values{}
	for key, values := range v {
		if rest, ok := strings.CutPrefix(key, at); ok && (rest == "" || rest[0] == '.') {
			row[strings.TrimPrefix(rest, ".")] = values
			delete(v, key)
		}
	}
	return row
}

func paste(v url.Values, name string, list []url.Values) {
	for i, row := range list {
		for key, values := range row {
			v[join(join(name, strconv.Itoa(i)), key)] = values
		}
	}
	v.Set(name+".count", strconv.Itoa(len(list)))
}

// rearrange does what a button of a list asks: add:basis, remove:basis:2,
// up:basis:2, down:basis:2. It says whether there was such a button.
func rearrange(v url.Values, op string) bool {
	parts := strings.Split(op, ":")
	if len(parts) < 2 {
		return false
	}
	verb, name := parts[0], parts[1]
	n := count(v, name)
	if verb == "add" {
		v.Set(name+".count", strconv.Itoa(min(n+1, maxRows)))
		return true
	}
	if len(parts) != 3 {
		return false
	}
	i, err := strconv.Atoi(parts[2])
	if err != nil || i < 0 || i >= n {
		return false
	}
	list := make([]url.Values, n)
	for k := range list {
		list[k] = cut(v, name, k)
	}
	paste(v, name, shift(list, i, verb))
	return true
}

// shift moves or removes one element of a list: up, down, remove.
func shift[T any](list []T, i int, verb string) []T {
	list = slices.Clone(list)
	switch {
	case verb == "remove":
		return slices.Delete(list, i, i+1)
	case verb == "up" && i > 0:
		list[i-1], list[i] = list[i], list[i-1]
	case verb == "down" && i+1 < len(list):
		list[i+1], list[i] = list[i], list[i+1]
	}
	return list
}

// opts is the input of a field with what was typed.
func (f field) opts(v url.Values, name, problem string) ui.FieldOpts {
	o := ui.FieldOpts{Name: name, Label: f.Label, Value: v.Get(name), Error: problem, Help: f.Help, Required: f.Required, Options: f.Options,
		MaxLength: f.Max, Suffix: f.Suffix, Rows: f.Rows}
	switch f.Kind {
	case area:
		o.Type = "textarea"
	case lines:
		o.Type, o.Rows, o.MaxLength = "textarea", 3, 0
	case number:
		o.Type, o.InputMode, o.Min = "number", "numeric", "0"
	case choice, levels:
		o.Type, o.Empty = "select", "（无）"
	case tick:
		o.Type = "checkbox"
	case ticks, ranks:
		o.Type, o.Multiple, o.Values = "checkbox", true, v[name]
	}
	return o
}

func rowName(name string, i int) string { return fmt.Sprintf("%s.%d", name, i) }
