package apply

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yimen/internal/catalogue"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// inputTypes maps the widgets of a form to inputs.
var inputTypes = map[string]string{
	"textarea": "textarea", "number": "number", "money": "number", "date": "date", "month": "month",
	"select": "select", "radio": "radio", "checkboxes": "checkbox", "checkbox": "checkbox", "hidden": "hidden",
	"phone": "tel",
}

// FieldOf is a field of the form as an input. name is its posted name
// (form.members.0.name), values what it holds.
func FieldOf(field catalogue.FormField, name string, values []string, problem string) ui.FieldOpts {
	o := ui.FieldOpts{
		Name: name, Label: field.Title, Help: field.Help, Type: inputTypes[field.Widget],
		Error: problem, Required: field.Required, ReadOnly: field.ReadOnly, Multiple: field.Multiple,
		MaxLength: field.MaxLength, Placeholder: field.Placeholder, Min: field.Min, Max: field.Max, Suffix: field.Unit,
	}
	if o.Multiple {
		o.Values = values
	} else if len(values) > 0 {
		o.Value = values[len(values)-1]
	}
	for _, x := range field.Options {
		o.Options = append(o.Options, ui.Option{Value: x.Value, Label: x.Label})
	}
	switch field.Widget {
	case "number", "money":
		o.Step, o.InputMode = "any", "decimal"
	case "phone":
		o.InputMode, o.MaxLength = "tel", 20
	case "id_number":
		o.MaxLength, o.Autocomplete = 18, "off"
	case "bank_account":
		o.InputMode = "numeric"
	case "file":
		o.Type = "text"
	case "division":
		if len(o.Options) > 0 { // see Places
			o.Type = "select"
		}
	}
	if field.Widget == "money" && o.Suffix == "" {
		o.Suffix = "元"
	}
	// The server decides what is required: a hidden field must not stop the form.
	o.Attrs = templ.Attributes{}
	return o
}

// valuesOf gives what an input holds: what was typed, else the default.
func valuesOf(f *web.Form, field catalogue.FormField, name string) []string {
	if f.Has(name) {
		return f.Values(name)
	}
	if bare := strings.TrimPrefix(name, "form."); f.Has(bare) {
		return f.Values(bare)
	}
	if field.Default != nil && !touched(f) {
		return []string{fmt.Sprint(field.Default)}
	}
	return nil
}

// touched says that the form has been sent or filled before, so that a field
// left empty was emptied on purpose.
func touched(f *web.Form) bool { return f.Has("form_sent") }

// rowsOf is how many rows of a table to show: those filled, one more to fill,
// at least the least, at most the most.
func rowsOf(field catalogue.FormField, f *web.Form) int {
	n := catalogue.FormRows(field, withoutPrefix(f.Raw())) + 1
	if n < field.MinItems {
		n = field.MinItems
	}
	if n < 2 {
		n = 2
	}
	if field.MaxItems > 0 && n > field.MaxItems {
		n = field.MaxItems
	}
	return n
}

func withoutPrefix(values url.Values) url.Values {
	bare := url.Values{}
	for k, v := range values {
		bare[strings.TrimPrefix(k, "form.")] = v
	}
	return bare
}

// whenText says when a field is asked, for a browser without JavaScript.
func whenText(field catalogue.FormField, all []catalogue.FormField) string {
	var parts []string
	for name, values := range field.When {
		title, labels := name, values
		for _, other := range all {
			if other.Name != name {
				continue
			}
			title, labels = other.Title, nil
			for _, v := range values {
				labels = append(labels, labelOf(other, v))
			}
		}
		parts = append(parts, fmt.Sprintf("“%s”为“%s”", title, strings.Join(labels, "”或“")))
	}
	return "仅当" + strings.Join(parts, "且") + "时填写。"
}

func labelOf(field catalogue.FormField, v string) string {
	if field.Type == "boolean" {
		return map[string]string{"true": "是", "false": "否"}[v]
	}
	return field.Label(v)
}

// whenData is the condition for the script that hides what does not apply:
// field=value|value;field=value.
func whenData(field catalogue.FormField) string {
	var parts []string
	for name, values := range field.When {
		parts = append(parts, "form."+name+"="+strings.Join(values, "|"))
	}
	return strings.Join(parts, ";")
}

// FormOf reads the posted form into JSON by its fields.
func FormOf(f *web.Form, fields []catalogue.FormField) ([]byte, error) {
	return catalogue.FormFromValues(fields, f.Raw())
}

// Fill puts a saved form, and the defaults of the answers, into the inputs of
// a page. What the applicant typed stands above the defaults.
func Fill(f *web.Form, fields []catalogue.FormField, saved []byte, defaults map[string]any) error {
	values, err := catalogue.FormValues(fields, saved)
	if err != nil {
		return err
	}
	for name, list := range values {
		for i, v := range list {
			if i == 0 {
				f.Set("form."+name, v)
			} else {
				f.Raw().Add("form."+name, v)
			}
		}
	}
	if len(saved) > 0 {
		f.Set("form_sent", "1")
		return nil
	}
	for name, v := range defaults {
		if !f.Has("form." + name) {
			f.Set("form."+name, fmt.Sprint(v))
		}
	}
	return nil
}

func cellName(field catalogue.FormField, row int, column catalogue.FormField) string {
	return "form." + field.Cell(row, column)
}

func rowLabel(field catalogue.FormField, row int) string {
	return field.Title + " 第" + strconv.Itoa(row+1) + "行"
}
