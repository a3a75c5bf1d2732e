package office

import (
	"slices"
	"strconv"
	"strings"

	"yimen/internal/apply"
	"yimen/internal/catalogue"
)

// formLine is one value of a form, as people read it.
type formLine struct {
	Name, Title, Text string
	Source            string // id of the material it should be compared with
}

// formPart is a section of a form on the case's page.
type formPart struct {
	title  string
	lines  []formLine
	tables []formTable
}

type formTable struct {
	title   string
	columns []string
	rows    [][]string
}

// formParts turns a form into sections; sources gives the material of a
// source (licence:ZZ001), "" for none.
func formParts(fields []catalogue.FormField, form []byte, sources map[string]string) []formPart {
	values, err := catalogue.FormValues(fields, form)
	if err != nil {
		return []formPart{{lines: []formLine{{Title: "表单", Text: "表单内容无法显示"}}}}
	}
	var parts []formPart
	for _, s := range catalogue.FormSections(fields) {
		p := formPart{title: s.Title}
		for _, f := range s.Fields {
			switch {
			case f.Widget == "hidden" || !shownField(f, values):
			case len(f.Columns) > 0:
				p.tables = append(p.tables, tableOf(f, values))
			default:
				p.lines = append(p.lines, formLine{Name: f.Name, Title: f.Title, Text: apply.Show(f, values[f.Name]), Source: sources[f.Source]})
			}
		}
		if len(p.lines)+len(p.tables) > 0 {
			parts = append(parts, p)
		}
	}
	return parts
}

func tableOf(f catalogue.FormField, values map[string][]string) formTable {
	t := formTable{title: f.Title}
	for _, c := range f.Columns {
		t.columns = append(t.columns, c.Title)
	}
	for i := range catalogue.FormRows(f, values) {
		row := make([]string, len(f.Columns))
		for j, c := range f.Columns {
			row[j] = apply.Show(c, values[f.Cell(i, c)])
		}
		t.rows = append(t.rows, row)
	}
	return t
}

func shownField(f catalogue.FormField, values map[string][]string) bool {
	for name, want := range f.When {
		if !slices.ContainsFunc(values[name], func(v string) bool { return slices.Contains(want, v) }) {
			return false
		}
	}
	return true
}

// formLines are all values of a form one below the other, a cell of a table as
// 家庭成员1：姓名, to be compared with those of another.
func formLines(fields []catalogue.FormField, form []byte) []formLine {
	var lines []formLine
	for _, p := range formParts(fields, form, nil) {
		lines = append(lines, p.lines...)
		for _, t := range p.tables {
			for i, row := range t.rows {
				for j, text := range row {
					title := t.title + " " + strconv.Itoa(i+1) + "：" + t.columns[j]
					lines = append(lines, formLine{Name: title, Title: title, Text: text})
				}
			}
		}
	}
	return lines
}

// twoLines is a value in two forms.
type twoLines struct {
	Title, One, Two string
}

// Differs tells whether the two forms say something different.
func (t twoLines) Differs() bool { return strings.TrimSpace(t.One) != strings.TrimSpace(t.Two) }

// sideBySide joins the lines of two forms by their names, in the order of the
// first; what only the second has comes last.
func sideBySide(one, two []formLine) []twoLines {
	other := map[string]string{}
	for _, l := range two {
		other[l.Name] = l.Text
	}
	var list []twoLines
	seen := map[string]bool{}
	for _, l := range one {
		seen[l.Name] = true
		list = append(list, twoLines{l.Title, l.Text, other[l.Name]})
	}
	for _, l := range two {
		if !seen[l.Name] {
			list = append(list, twoLines{Title: l.Title, Two: l.Text})
		}
	}
	return list
}

// changedIn are the lines that differ.
func changedIn(list []twoLines) []twoLines {
	return slices.DeleteFunc(slices.Clone(list), func(t twoLines) bool { return !t.Differs() })
}
