package designer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/workflow"
)

// linesOf writes a definition as facts, section by section.
func linesOf(d *catalogue.Definition) ([]line, error) {
	o, err := open(d)
	if err != nil {
		return nil, err
	}
	w := &lineWriter{doc: o, def: d}
	for _, s := range sections {
		w.section = s.Title
		for _, f := range s.Fields {
			w.field(f)
		}
		switch s.Key {
		case "materials":
			w.materials()
		case "situations":
			w.situations()
		case "form":
			if err := w.form(); err != nil {
				return nil, err
			}
		case "process":
			w.process()
		}
	}
	return w.list, nil
}

type lineWriter struct {
	doc     *document
	def     *catalogue.Definition
	section string
	tell    func(when string) string // a condition of the process
	list    []line
}

func (w *lineWriter) add(l line) {
	l.section = w.section
	w.list = append(w.list, l)
}

func (w *lineWriter) field(f field) {
	if f.Kind == rows {
		w.rows(f)
		return
	}
	v := f.words(w.doc.get(f.Path))
	if f.Path == "dept" {
		v = w.def.DeptName + "（" + w.def.Dept + "）"
	}
	w.add(line{key: f.Path, label: f.Label, value: v, path: f.Path})
}

// rows tells the rows of a list, each matched by its first words.
func (w *lineWriter) rows(f field) {
	items, _ := w.doc.get(f.Path).([]any)
	seen := map[string]int{}
	for i, item := range items {
		name := strings.Join(texts(item), "")
		if object, ok := item.(map[string]any); ok {
			name = strings.Join(texts(object[f.Columns[0].Path]), "")
			if f.Path == "basis" { // one law is often named for several articles
				name += strings.Join(texts(object["article"]), "")
			}
		}
		seen[name]++
		l := line{group: f.Path + "#" + name + strconv.Itoa(seen[name]), groupName: f.Label + "“" + shorten(name, 24) + "”", at: rowName(f.Path, i), path: rowName(f.Path, i)}
		if len(f.Columns) == 1 {
			l.value = name
			w.add(l)
			continue
		}
		for _, c := range f.Columns {
			l.key, l.label, l.value, l.path = c.Path, c.Label, c.words(child(item, c.Path)), join(l.at, c.Path)
			w.add(l)
		}
	}
}

func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

func (w *lineWriter) materials() {
	w.add(line{key: "no_materials", label: "免提交（什么都不用交）", value: field{Kind: tick}.words(w.doc.get("no_materials")), path: "no_materials"})
	for i, m := range w.def.Materials {
		at := rowName("materials", i)
		l := line{group: m.ID, groupName: "材料“" + m.Name + "”", at: at, path: at}
		for _, f := range materialFields {
			l.key, l.label, l.value, l.path = f.Path, f.Label, f.words(w.doc.get(join(at, f.Path))), join(at, f.Path)
			w.add(l)
		}
		l.key, l.label, l.path = "base", "所有人都要交", at
		l.value = field{Kind: tick}.words(slices.Contains(w.def.BaseMaterials, m.ID))
		w.add(l)
	}
	w.add(line{key: "order", label: "材料顺序", value: strings.Join(materialNames(w.def), arrow), path: "materials"})
}

func materialNames(d *catalogue.Definition) []string {
	var names []string
	for _, m := range d.Materials {
		names = append(names, m.Name)
	}
	return names
}

func (w *lineWriter) situations() {
	for i, q := range w.def.Situations {
		at := rowName("situations", i)
		l := line{group: q.ID, groupName: "问题“" + shorten(q.Text, 24) + "”", at: at, path: at}
		for _, f := range questionFields {
			l.key, l.label, l.value, l.path = f.Path, f.Label, f.words(w.doc.get(join(at, f.Path))), join(at, f.Path)
			w.add(l)
		}
		l.key, l.label, l.value, l.path = "when", "什么时候问", whenWords(w.def, q.When), at
		w.add(l)
		for _, o := range q.Options {
			l.key, l.label, l.value = "option."+o.ID, "选项“"+o.Label+"”", w.option(o)
			w.add(l)
		}
	}
}

// option tells what an answer brings, in words.
func (w *lineWriter) option(o catalogue.Option) string {
	var parts []string
	if len(o.Materials) > 0 {
		var names []string
		for _, id := range o.Materials {
			m, ok := w.def.Material(id)
			if !ok {
				m.Name = id
			}
			names = append(names, m.Name)
		}
		parts = append(parts, "要交"+strings.Join(names, "、"))
	}
	if o.Stop != "" {
		parts = append(parts, "不能办理："+o.Stop)
	}
	for _, name := range sortedKeys(o.Defaults) {
		parts = append(parts, fmt.Sprintf("表单“%s”填入“%v”", name, o.Defaults[name]))
	}
	if len(parts) == 0 {
		return "不增加材料"
	}
	return strings.Join(parts, "；")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (w *lineWriter) form() error {
	f, err := readForm(w.def.Form)
	if err != nil {
		return err
	}
	for _, x := range f.Fields {
		l := line{group: x.Name, groupName: "表单项“" + x.Title() + "”", path: "form.properties." + x.Name}
		for _, fact := range x.facts(f) {
			l.key, l.label, l.value = fact.key, fact.label, fact.value
			w.add(l)
		}
	}
	w.add(line{key: "order", label: "表单顺序", value: strings.Join(f.titles(), arrow), path: "form"})
	if rest := f.rest(); rest != "" {
		w.add(line{key: "rest", label: "其他校验规则（JSON Schema）", value: rest, path: "form"})
	}
	return nil
}

func (w *lineWriter) process() {
	w.tell = whenTeller(w.def)
	w.nodes(w.def.Process.Nodes, "process.nodes", "")
	var names []string
	for _, n := range w.def.Process.Steps() {
		names = append(names, n.Name)
	}
	w.add(line{key: "order", label: "环节顺序", value: strings.Join(names, arrow), path: "process"})
}

func (w *lineWriter) nodes(nodes []workflow.Node, at, within string) {
	for i, n := range nodes {
		path := fmt.Sprintf("%s[%d]", at, i)
		l := line{group: n.ID, groupName: "环节“" + n.Name + "”", path: path}
		for _, f := range nodeFacts(n, within, w.tell) {
			l.key, l.label, l.value = f.key, f.label, f.value
			w.add(l)
		}
		for k, b := range n.Branches {
			w.nodes(b.Nodes, fmt.Sprintf("%s.branches[%d].nodes", path, k), "“"+n.Name+"”的分支“"+branchTitle(n, k)+"”")
		}
	}
}

// fact is one thing to tell about a form field or a step.
type fact struct{ key, label, value string }

func branchTitle(n workflow.Node, k int) string {
	if name := n.Branches[k].Name; name != "" {
		return name
	}
	return "第" + strconv.Itoa(k+1) + "个"
}
