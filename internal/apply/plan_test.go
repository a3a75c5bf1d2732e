package apply

import (
	"strings"
	"testing"

	"yimen/internal/catalogue"
)

func fieldsOf(names ...string) []catalogue.FormField {
	var list []catalogue.FormField
	for _, n := range names {
		f := catalogue.FormField{Name: strings.TrimSuffix(n, "*"), Section: "甲"}
		if strings.HasSuffix(n, "*") { // hangs on the one before it
			f.When = map[string][]string{list[len(list)-1].Name: {"yes"}}
		}
		list = append(list, f)
	}
	return list
}

func TestFormIsCutIntoPages(t *testing.T) {
	table := catalogue.FormField{Name: "rows", Title: "家庭成员", Section: "甲", Columns: fieldsOf("x")}
	hidden := catalogue.FormField{Name: "secret", Section: "乙", Widget: "hidden"}
	for name, c := range map[string]struct {
		fields []catalogue.FormField
		want   string
	}{
		"few on one page":           {fieldsOf("a", "b", "c"), "a,b,c"},
		"many evenly":               {fieldsOf("a", "b", "c", "d", "e", "f", "g", "h"), "a,b,c,d|e,f,g,h"},
		"not from what it hangs on": {fieldsOf("a", "b", "c", "d", "e*", "f", "g", "h"), "a,b,c,d,e|f,g,h"},
		"a table alone":             {append(append(fieldsOf("a", "b"), table), fieldsOf("c")...), "a,b|rows|c"},
		"hidden is no page":         {append(fieldsOf("a"), hidden), "a"},
		"nothing":                   {nil, ""},
	} {
		var pages []string
		for _, p := range partsOf(c.fields) {
			var names []string
			for _, f := range p.fields {
				names = append(names, f.Name)
			}
			pages = append(pages, strings.Join(names, ","))
			if p.id != p.fields[0].Name || p.title == "" {
				t.Errorf("%s: page %q %q", name, p.id, p.title)
			}
		}
		if got := strings.Join(pages, "|"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// What hangs on another page is asked only when it applies; what hangs on the
// same page stays, to be folded there.
func TestPartsThatDoNotApply(t *testing.T) {
	fields := fieldsOf("a", "b*")
	other := catalogue.FormField{Name: "c", Section: "乙", When: map[string][]string{"a": {"yes"}}}
	parts := partsOf(append(fields, other))
	if got := shownParts(parts, map[string]any{"a": "no"}); len(got) != 1 || len(got[0].fields) != 2 {
		t.Errorf("%+v", got)
	}
	got := shownParts(parts, map[string]any{"a": "yes"})
	if len(got) != 2 || len(got[1].fields[0].When) != 0 {
		t.Errorf("%+v", got)
	}
}
