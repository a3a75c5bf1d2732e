package designer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"sync"
	"testing"

	"yimen/city"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/workflow"
)

// items are the service items of the sample city: what the designer must be
// able to open and leave as they are.
var items = sync.OnceValues(city.Definitions)

func eachItem(t *testing.T, fn func(t *testing.T, d *catalogue.Definition)) {
	t.Helper()
	list, err := items()
	must(t, err)
	if len(list) != 199 {
		t.Fatalf("the city has %d items", len(list))
	}
	for i := range list {
		d, err := list[i].Clone()
		must(t, err)
		t.Run(d.Code, func(t *testing.T) {
			t.Parallel()
			fn(t, &d)
		})
	}
}

// TestOpeningAndSavingChangesNothing opens every page of the editor for every
// item and saves it as it is.
func TestOpeningAndSavingChangesNothing(t *testing.T) {
	eachItem(t, func(t *testing.T, d *catalogue.Definition) {
		before := jsonOf(t, d)
		same := func(what string, err error) {
			t.Helper()
			must(t, err)
			if after := jsonOf(t, d); after != before {
				t.Fatalf("%s: saving it unchanged made\n%s\nof\n%s", what, excerpt(before, after), excerpt(after, before))
			}
		}
		for _, s := range sections {
			v, doc := url.Values{}, mustOpen(t, d)
			fill(v, doc, "", s.Fields)
			var bad errs.Fields
			doc = mustOpen(t, d)
			take(v, doc, "", s.Fields, &bad)
			must(t, bad.Err())
			same(s.Title, doc.into(d))
		}
		doc := mustOpen(t, d)
		for i, m := range d.Materials {
			v, base := url.Values{}, fmt.Sprintf("materials.%d", i)
			fill(v, doc, base, materialFields)
			v.Set("base", fmt.Sprint(contains(d.BaseMaterials, m.ID)))
			id := m.ID
			same("material "+m.ID, applyMaterial(d, &id, v, base))
		}
		for i, q := range d.Situations {
			p := &questionPage{Index: i}
			must(t, p.fill(q))
			id := q.ID
			same("question "+q.ID, applyQuestion(d, &id, p.Values, p.base(), ""))
		}
		for _, n := range allNodes(d.Process.Nodes) {
			id := n.ID
			same("step "+n.ID, applyNode(d, &id, fillNode(d, n), false))
		}
		same("order of materials", nil)
	})
}

// TestTheFormKeepsItsBytes opens every form and every field of it.
func TestTheFormKeepsItsBytes(t *testing.T) {
	eachItem(t, func(t *testing.T, d *catalogue.Definition) {
		f, err := readForm(d.Form)
		must(t, err)
		raw, err := f.write()
		must(t, err)
		if !bytes.Equal(raw, d.Form) {
			t.Fatalf("written back it is\n%s\nand was\n%s", raw, d.Form)
		}
		for _, x := range f.Fields {
			keep := *d
			name := x.Name
			must(t, applyFormField(&keep, &name, x.fill(), ""))
			if !bytes.Equal(keep.Form, d.Form) {
				t.Fatalf("field %s saved as it is:\n%s", name, excerpt(string(d.Form), string(keep.Form)))
			}
			if !x.isTable() {
				continue
			}
			columns, err := x.columns()
			must(t, err)
			for _, y := range columns.Fields {
				name := x.Name + "." + y.Name
				must(t, applyFormField(&keep, &name, y.fill(), ""))
				if !bytes.Equal(keep.Form, d.Form) {
					t.Fatalf("column %s saved as it is:\n%s", name, excerpt(string(d.Form), string(keep.Form)))
				}
			}
		}
	})
}

// TestPairsKeepTheirBytes has objects as people write them.
func TestPairsKeepTheirBytes(t *testing.T) {
	for text, want := range map[string]pairs{
		"{}": nil, " {\n} ": nil,
		`{"b":1,"a":-2.5e3}`: {{"b", []byte(`1`)}, {"a", []byte(`-2.5e3`)}},
		"{ \"引号\\\"和括号}\" : \"a\\\\\" ,\n\t\"x\":[ {\"y\": \"]}\"}, null ] , \"z\" :true }": {{"引号\"和括号}", []byte(`"a\\"`)}, {"x", []byte(`[ {"y": "]}"}, null ]`)}, {"z", []byte(`true`)}},
	} {
		var got pairs
		must(t, json.Unmarshal([]byte(text), &got))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s was read as %s", text, got)
		}
	}
	for _, text := range []string{`[1]`, `"x"`, `7`, `{"a"}`} {
		var p pairs
		if json.Unmarshal([]byte(text), &p) == nil {
			t.Errorf("%s was taken for an object", text)
		}
	}
}

func TestNothingDiffersFromItself(t *testing.T) {
	eachItem(t, func(t *testing.T, d *catalogue.Definition) {
		changes, err := Compare(d, d)
		must(t, err)
		if len(changes) != 0 {
			t.Errorf("%+v", changes)
		}
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustOpen(t *testing.T, d *catalogue.Definition) *document {
	t.Helper()
	doc, err := open(d)
	must(t, err)
	return doc
}

func jsonOf(t *testing.T, d *catalogue.Definition) string {
	t.Helper()
	raw, err := json.Marshal(d)
	must(t, err)
	return string(raw)
}

func contains(list []string, x string) bool {
	for _, y := range list {
		if y == x {
			return true
		}
	}
	return false
}

// excerpt is b around the place where it leaves a.
func excerpt(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return "… " + b[max(0, i-120):min(len(b), i+200)] + " …"
}

func allNodes(nodes []workflow.Node) []workflow.Node {
	var list []workflow.Node
	for _, n := range nodes {
		list = append(list, n)
		for _, b := range n.Branches {
			list = append(list, allNodes(b.Nodes)...)
		}
	}
	return list
}
