package catalogue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"yimen/gb"
)

// The fields of a form that hold somebody's numbers, and how they are masked.
var masks = map[string]func(string) string{
	"id_number": gb.MaskResidentID, "phone": gb.MaskPhone, "bank_account": gb.MaskResidentID,
}

// What is a number of somebody wherever it stands: people write them into
// fields of words too.
var (
	looksLikeID     = regexp.MustCompile(`^[1-9]\d{16}[\dXx]$`)
	looksLikeMobile = regexp.MustCompile(`^1[3-9]\d{9}$`)
)

// maskOf is how a value of a field is masked; nil when it is shown as it is.
func maskOf(f FormField, value string) func(string) string {
	switch hide := masks[f.Widget]; {
	case hide != nil:
		return hide
	case looksLikeID.MatchString(value):
		return gb.MaskResidentID
	case looksLikeMobile.MatchString(value):
		return gb.MaskPhone
	}
	return nil
}

// MaskForm is a form without the middle of people's numbers: documents,
// telephones and bank accounts, in tables and in what no field knows too. It is
// the one way in which a form is masked, on pages and in answers to programs.
// Everything else stays as it is.
func MaskForm(fields []FormField, form json.RawMessage) (json.RawMessage, error) {
	if len(form) == 0 {
		return form, nil
	}
	d := json.NewDecoder(bytes.NewReader(form))
	d.UseNumber() // an amount stays the digits it was
	var doc any
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("mask form: %w", err)
	}
	by := map[string]FormField{}
	for _, f := range fields {
		by[f.Name] = f
		for _, column := range f.Columns {
			by[f.Name+"."+column.Name] = column
		}
	}
	return json.Marshal(maskIn(by, "", doc))
}

// maskIn masks a value of a form that stands under a name (members.id_no: rows
// of a table have none of their own).
func maskIn(by map[string]FormField, name string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, part := range v {
			v[key] = maskIn(by, strings.TrimPrefix(name+"."+key, "."), part)
		}
	case []any:
		for i, part := range v {
			v[i] = maskIn(by, name, part)
		}
	case string:
		if hide := maskOf(by[name], v); hide != nil {
			return hide(v)
		}
	case json.Number:
		if hide := maskOf(by[name], v.String()); hide != nil {
			return hide(v.String())
		}
	}
	return value
}

// Number is one number of somebody in a form.
type Number struct{ Title, Value string }

// NumbersIn are the numbers that MaskForm masks, whole, in the order of the form.
func NumbersIn(fields []FormField, form json.RawMessage) ([]Number, error) {
	values, err := FormValues(fields, form)
	if err != nil {
		return nil, err
	}
	var list []Number
	add := func(f FormField, name string) {
		if v := values.Get(name); v != "" && maskOf(f, v) != nil {
			list = append(list, Number{f.Title, v})
		}
	}
	for _, f := range fields {
		add(f, f.Name)
		for row := range FormRows(f, values) {
			for _, column := range f.Columns {
				add(column, f.Cell(row, column))
			}
		}
	}
	return list, nil
}
