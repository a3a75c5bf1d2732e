package apply

import (
	"fmt"
	"slices"
	"strings"

	"yimen/gb"
	"yimen/internal/catalogue"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// Accept is what the file picker of a browser offers; the store decides.
const Accept = ".pdf,.ofd,.jpg,.jpeg,.png,.gif,.bmp,.webp,.doc,.docx,.xls,.xlsx,.txt,.zip,image/*"

type backSection struct {
	title  string
	rows   []ui.Row
	tables []backTable
}

type backTable struct {
	title   string
	columns []string
	rows    [][]string
}

// readBack turns a form into facts under their titles. A form that does not
// fit its fields any more shows what still fits.
func readBack(fields []catalogue.FormField, form []byte) []backSection {
	values, err := catalogue.FormValues(fields, form)
	if err != nil {
		return []backSection{{rows: []ui.Row{{Label: "表单", Value: "表单内容无法显示"}}}}
	}
	var sections []backSection
	for _, s := range catalogue.FormSections(fields) {
		b := backSection{title: s.Title}
		for _, field := range s.Fields {
			if field.Widget == "hidden" || !shown(field, values) {
				continue
			}
			if len(field.Columns) > 0 {
				b.tables = append(b.tables, readTable(field, values))
				continue
			}
			b.rows = append(b.rows, ui.Row{Label: field.Title, Value: Show(field, values[field.Name])})
		}
		if len(b.rows)+len(b.tables) > 0 {
			sections = append(sections, b)
		}
	}
	return sections
}

func shown(field catalogue.FormField, values map[string][]string) bool {
	for name, want := range field.When {
		if !slices.ContainsFunc(values[name], func(v string) bool { return slices.Contains(want, v) }) {
			return false
		}
	}
	return true
}

func readTable(field catalogue.FormField, values map[string][]string) backTable {
	t := backTable{title: field.Title}
	for _, c := range field.Columns {
		t.columns = append(t.columns, c.Title)
	}
	for i := range catalogue.FormRows(field, values) {
		row := make([]string, len(field.Columns))
		for j, c := range field.Columns {
			row[j] = Show(c, values[field.Cell(i, c)])
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// Show is a value of a field as people read it.
func Show(field catalogue.FormField, values []string) string {
	var parts []string
	for _, v := range values {
		switch {
		case v == "":
			continue
		case field.Type == "boolean":
			v = labelOf(field, v)
		case field.Format == "date":
			if d, err := workday.ParseDate(v); err == nil {
				v = d.Chinese()
			}
		default:
			v = field.Label(v)
		}
		parts = append(parts, v)
	}
	text := strings.Join(parts, "、")
	if text != "" && field.Unit != "" {
		text += " " + field.Unit
	}
	return text
}

// MaterialHint says in a line what to bring: form, copies, issuer, notes.
func MaterialHint(m catalogue.Material) string {
	if m.Needless() {
		return m.Waived
	}
	var parts []string
	if m.Looked != "" {
		parts = append(parts, strings.TrimSuffix(m.Looked, "。"))
	}
	if m.Waived != "" {
		parts = append(parts, strings.TrimSuffix(m.Waived, "。"))
	}
	switch {
	case m.Originals > 0 && m.Copies > 0:
		parts = append(parts, fmt.Sprintf("原件%d份、复印件%d份", m.Originals, m.Copies))
	case m.Originals > 0:
		parts = append(parts, fmt.Sprintf("原件%d份", m.Originals))
	case m.Copies > 0:
		parts = append(parts, fmt.Sprintf("复印件%d份", m.Copies))
	}
	if m.Issuer != "" {
		parts = append(parts, "出具单位："+m.Issuer)
	}
	if m.Notes != "" {
		parts = append(parts, m.Notes)
	}
	return strings.Join(parts, "；")
}

// Size is a file size for people.
func Size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%d KB", (bytes+512)>>10)
	}
	return fmt.Sprintf("%d字节", bytes)
}

// materialProblem is what is wrong with a material: its upload, or that it is
// missing.
func materialProblem(f *web.Form, id string) string {
	for _, name := range []string{"file." + id, "materials." + id} {
		if p := f.ErrorOf(name); p != "" {
			return p
		}
	}
	return ""
}

// IDTypes are the documents a person or an organisation may name.
func IDTypes(applicant string) []ui.Option {
	types := gb.PersonIDTypes()
	if applicant == "enterprise" {
		types = gb.OrganisationIDTypes()
	}
	var options []ui.Option
	for _, t := range types {
		options = append(options, ui.Option{Value: t.Code(), Label: t.String()})
	}
	return options
}
