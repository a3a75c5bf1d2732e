package ui

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"yimen/internal/kit/errs"
)

// Option is one choice of a field.
type Option struct {
	Value    string
	Label    string
	Help     string
	Disabled bool
}

// FieldOpts describe a form field. Type is an input type, or textarea,
// select, radio, checkbox (one box without Options, else several), switch.
type FieldOpts struct {
	Name         string
	Label        string
	Type         string // "": text
	Value        string
	Values       []string // the ticked ones of a multiple field
	Heading      bool     // the question of a group is the heading of its page
	Error        string
	Help         string
	Required     bool
	Disabled     bool
	ReadOnly     bool
	Options      []Option
	Multiple     bool
	Autofocus    bool
	Rows         int // of a textarea; 0: 4
	MaxLength    int
	InputMode    string // numeric, tel …: which keyboard a phone shows
	Autocomplete string
	Placeholder  string
	Accept       string // of a file field
	Pattern      string
	Min, Max     string
	Step         string
	Empty        string // label of a select's empty choice; "": 请选择 unless Required with a Value
	Key          string // keyboard shortcut, see data-key
	Suffix       string // unit behind the input: 元, 个工作日
	Attrs        templ.Attributes
	ID           string // "": made from Name
}

func (o FieldOpts) id() string {
	if o.ID != "" {
		return o.ID
	}
	return FieldID(o.Name)
}

// FieldID is the id of the field of that name; the error summary links to it.
func FieldID(name string) string {
	return "f-" + strings.NewReplacer(".", "-", "[", "-", "]", "", " ", "-").Replace(name)
}

func (o FieldOpts) inputType() string {
	switch {
	case o.Type == "":
		return "text"
	case o.Type == "date" && o.Value != "":
		// What is no date a date field cannot show: the words would be lost.
		if _, err := time.Parse(time.DateOnly, o.Value); err != nil {
			return "text"
		}
	}
	return o.Type
}

func (o FieldOpts) rows() int {
	if o.Rows == 0 {
		return 4
	}
	return o.Rows
}

func (o FieldOpts) chosen(value string) bool {
	return value == o.Value && (o.Value != "" || len(o.Values) == 0) || slices.Contains(o.Values, value)
}

// isGroup says that the field is several boxes under one legend.
func (o FieldOpts) isGroup() bool {
	return o.Type == "radio" || o.Type == "checkbox" && len(o.Options) > 0
}

// attrs are what all inputs share.
// writable is o for a list, which HTML cannot make read-only.
func (o FieldOpts) writable() FieldOpts {
	o.ReadOnly = false
	return o
}

func (o FieldOpts) attrs() templ.Attributes {
	a := templ.Attributes{"id": o.id(), "name": o.Name}
	var described []string
	if o.Help != "" {
		described = append(described, o.id()+"-help")
	}
	if o.Error != "" {
		described = append(described, o.id()+"-error")
		a["aria-invalid"] = "true"
	}
	set(a, "aria-describedby", strings.Join(described, " "))
	set(a, "inputmode", o.InputMode)
	set(a, "autocomplete", o.Autocomplete)
	set(a, "placeholder", o.Placeholder)
	set(a, "accept", o.Accept)
	set(a, "pattern", o.Pattern)
	set(a, "min", o.Min)
	set(a, "max", o.Max)
	set(a, "step", o.Step)
	set(a, "data-key", o.Key)
	for name, on := range map[string]bool{"required": o.Required, "disabled": o.Disabled, "readonly": o.ReadOnly,
		"multiple": o.Multiple, "autofocus": o.Autofocus} {
		if on {
			a[name] = true
		}
	}
	if o.MaxLength > 0 && o.Type != "select" {
		a["maxlength"] = o.MaxLength
	}
	for name, v := range o.Attrs {
		a[name] = v
	}
	return a
}

func set(a templ.Attributes, name, value string) {
	if value != "" {
		a[name] = value
	}
}

func (o FieldOpts) control(class string) string {
	if o.Error != "" {
		return class + " is-invalid"
	}
	return class
}

// Errors is a form that knows what is wrong with it; *web.Form is one.
type Errors interface{ Errors() []errs.Field }

func newKey() string { return strings.ToLower(rand.Text()) }
