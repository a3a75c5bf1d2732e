package catalogue

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// FormFromValues reads a posted form into JSON by the fields of its schema.
// Inputs are named as the fields (name, address.street, members.0.name), with
// or without "form." before; with it an input bears the same name as the error
// CheckForm gives it. What is empty is left out, what is hidden by x-when is
// left out, rows of a table that are empty throughout are dropped and the
// others close up. A value that cannot be read as its type stays the text that
// was typed, so that CheckForm says what is wrong with it. Values without a
// field are ignored: pages post more than forms.
func FormFromValues(fields []FormField, values url.Values) (json.RawMessage, error) {
	p := posted{values}
	out := map[string]any{}
	for _, f := range fields {
		if len(f.Columns) > 0 {
			if rows := p.rows(f); len(rows) > 0 {
				put(out, f.Name, rows)
			}
			continue
		}
		if v, ok := p.value(f, f.Name); ok {
			put(out, f.Name, v)
		}
	}
	hide(fields, out)
	return json.Marshal(out)
}

// FormValues is the way back: what the inputs of a page hold when they show
// this form, by the names of the fields (without "form."). nil is an empty form.
func FormValues(fields []FormField, form json.RawMessage) (url.Values, error) {
	values := url.Values{}
	if len(form) == 0 {
		return values, nil
	}
	dec := json.NewDecoder(bytes.NewReader(form))
	dec.UseNumber() // an area of 120.50 is shown as it was typed
	var in map[string]any
	if err := dec.Decode(&in); err != nil {
		return nil, ErrForm.Because(err)
	}
	for _, f := range fields {
		fill(values, f, f.Name, get(in, f.Name))
	}
	return values, nil
}

func fill(values url.Values, f FormField, name string, v any) {
	list, isList := v.([]any)
	switch {
	case v == nil:
	case len(f.Columns) > 0:
		for i, row := range list {
			cells, _ := row.(map[string]any)
			for _, c := range f.Columns {
				fill(values, c, name+"."+strconv.Itoa(i)+"."+c.Name, get(cells, c.Name))
			}
		}
	case isList:
		for _, x := range list {
			values.Add(name, plain(x))
		}
	default:
		values.Set(name, plain(v))
	}
}

// FormRows says how many rows of a table the values hold: one more than the
// highest row number.
func FormRows(f FormField, values url.Values) int {
	numbers := posted{values}.rowNumbers(f.Name)
	if len(numbers) == 0 {
		return 0
	}
	return numbers[len(numbers)-1] + 1
}

// posted reads inputs under either of their names.
type posted struct{ url.Values }

func (p posted) all(name string) []string {
	if v, ok := p.Values["form."+name]; ok {
		return v
	}
	return p.Values[name]
}

func (p posted) value(f FormField, name string) (any, bool) {
	var list []string
	for _, s := range p.all(name) {
		if s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")); s != "" {
			list = append(list, s)
		}
	}
	switch {
	case f.Multiple:
		one := f
		one.Type = cmp.Or(f.item, f.Type)
		values := make([]any, len(list))
		for i, s := range list {
			values[i] = scalar(one, s)
		}
		return values, len(values) > 0
	case f.Type == "boolean" && len(list) == 0:
		// A box that is not ticked posts nothing; two radio buttons of which
		// none is chosen are no answer.
		return false, f.Widget == "checkbox"
	case len(list) == 0:
		return nil, false
	}
	// A page may put a hidden "false" before a tick box: the last one counts.
	return scalar(f, list[len(list)-1]), true
}

// rows reads a table. Row numbers may have gaps where a row was removed.
func (p posted) rows(f FormField) []any {
	var rows []any
	for _, i := range p.rowNumbers(f.Name) {
		row, typed := map[string]any{}, false
		for _, c := range f.Columns {
			v, ok := p.value(c, f.Cell(i, c))
			if !ok {
				continue
			}
			put(row, c.Name, v)
			// A tick box is false without a hand being moved: it alone does
			// not make a row.
			typed = typed || v != false
		}
		if typed {
			hide(f.Columns, row)
			rows = append(rows, row)
		}
	}
	return rows
}

// maxRows bounds a table: more rows than any family or fleet has.
const maxRows = 500

func (p posted) rowNumbers(table string) []int {
	var numbers []int
	for key := range p.Values {
		rest, ok := strings.CutPrefix(strings.TrimPrefix(key, "form."), table+".")
		if !ok {
			continue
		}
		n, _, _ := strings.Cut(rest, ".")
		i, err := strconv.Atoi(n)
		if err == nil && i >= 0 && i < maxRows && !slices.Contains(numbers, i) {
			numbers = append(numbers, i)
		}
	}
	sort.Ints(numbers)
	return numbers
}

// scalar reads one posted text as the type of its field, forgiving what people
// type on a Chinese keyboard.
func scalar(f FormField, s string) any {
	switch f.Type {
	case "integer", "number":
		t := strings.ReplaceAll(narrow(s), ",", "")
		if jsonNumber.MatchString(t) {
			return json.Number(t)
		}
		return s
	case "boolean":
		switch strings.ToLower(s) {
		case "true", "on", "1", "yes", "是":
			return true
		case "false", "off", "0", "no", "否":
			return false
		}
		return s
	case "object", "array":
		var v any
		if json.Unmarshal([]byte(s), &v) == nil {
			return v
		}
		return s
	}
	return tidy(f.Format, s)
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// tidy brings the values of codes into their one way of writing; free text
// stays as typed.
func tidy(format, s string) string {
	switch format {
	case "resident-id", "uscc":
		return strings.ToUpper(squeezed(s))
	case "mobile", "bank-account", "division":
		return squeezed(s)
	case "date":
		return isoDate(narrow(s))
	}
	return s
}

// narrow turns full-width digits, letters and signs into the plain ones.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, s)
}

// squeezed also drops the spaces and hyphens that group long numbers.
func squeezed(s string) string {
	return strings.NewReplacer(" ", "", "-", "", "　", "").Replace(narrow(s))
}

// isoDate reads the other ways of writing a day; what is none stays as typed.
func isoDate(s string) string {
	for _, layout := range []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format("2006-01-02")
		}
	}
	return s
}

// hide drops the fields whose condition does not hold, until nothing more
// changes: a field may depend on one that is itself hidden.
func hide(fields []FormField, form map[string]any) {
	for changed := true; changed; {
		changed = false
		for _, f := range fields {
			if get(form, f.Name) != nil && !f.Shown(form) {
				remove(form, f.Name)
				changed = true
			}
		}
	}
}

// Shown says whether the field is to be filled in, given the others (decoded
// JSON): every field its x-when names holds, or its list contains, one of the
// values.
func (f FormField) Shown(form map[string]any) bool {
	for name, wanted := range f.When {
		v := get(form, name)
		list, isList := v.([]any)
		if !isList {
			list = []any{v}
		}
		if !slices.ContainsFunc(list, func(x any) bool { return slices.Contains(wanted, plain(x)) }) {
			return false
		}
	}
	return true
}

// get, put and remove reach a value by its dotted name.
func get(form map[string]any, name string) any {
	head, rest, more := strings.Cut(name, ".")
	if !more {
		return form[head]
	}
	inner, _ := form[head].(map[string]any)
	return get(inner, rest)
}

func put(form map[string]any, name string, v any) {
	head, rest, more := strings.Cut(name, ".")
	if !more {
		form[head] = v
		return
	}
	inner, ok := form[head].(map[string]any)
	if !ok {
		inner = map[string]any{}
		form[head] = inner
	}
	put(inner, rest, v)
}

func remove(form map[string]any, name string) {
	head, rest, more := strings.Cut(name, ".")
	if !more {
		delete(form, head)
		return
	}
	if inner, ok := form[head].(map[string]any); ok {
		remove(inner, rest)
		if len(inner) == 0 {
			delete(form, head)
		}
	}
}
