package designer

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yimen/internal/apply"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// formPage is the form of an item: its groups of fields, the dictionary to
// take fields from, and how it looks.
type formPage struct {
	*page
	Model   *form
	Broken  string // why the form cannot be read, ""
	Preview []catalogue.FormField
	Filled  *web.Form
	Window  bool // as the window sees it, not the citizen
	Query   string
	Found   []Element
	Group   string // where a field that is chosen goes
}

func (m *Module) showForm(w http.ResponseWriter, r *http.Request) error {
	p, err := m.load(r.Context(), r.PathValue("code"), "form")
	if err != nil {
		return err
	}
	f, err := m.formOf(r, p)
	if err != nil {
		return err
	}
	return web.RenderPart(w, r, http.StatusOK, formView(f), dictionaryPart(f))
}

// formOf lays the form out. Places of the preview are those near the home city.
func (m *Module) formOf(r *http.Request, p *page) (*formPage, error) {
	q := r.URL.Query()
	f := &formPage{page: p, Window: q.Get("as") == "window", Query: strings.TrimSpace(q.Get("q")), Group: q.Get("group"), Filled: web.NewForm(nil)}
	var err error
	if f.Model, err = readForm(p.Now.Form); err != nil {
		f.Broken = "表单的结构无法识别，请在“完整定义”里改正。"
		f.Model = &form{}
		return f, nil
	}
	if f.Preview, err = catalogue.FormFields(p.Now.Form); err != nil {
		f.Broken = "表单的结构无法识别，请在“完整定义”里改正。"
		return f, nil
	}
	home, err := m.Org.Home(r.Context())
	if err != nil {
		return nil, err
	}
	if err := apply.Places(r.Context(), m.Org, f.Preview, nil, home.Code); err != nil {
		return nil, err
	}
	if f.Query != "" {
		f.Found = m.findElements(f.Query)
	}
	if groups := f.Model.groups(); f.Group == "" && len(groups) > 0 {
		f.Group = groups[len(groups)-1]
	}
	return f, nil
}

// mostFound bounds what a search of the dictionary shows.
const mostFound = 20

// findElements looks for elements by words of their title, id or group; those
// whose title begins so come first.
func (m *Module) findElements(q string) []Element {
	var first, rest []Element
	for _, e := range m.Elements {
		switch {
		case strings.HasPrefix(e.Title, q):
			first = append(first, e)
		case strings.Contains(e.Title, q), strings.Contains(e.ID, strings.ToLower(q)), e.Group == q:
			rest = append(rest, e)
		}
	}
	all := append(first, rest...)
	return all[:min(len(all), mostFound)]
}

func (m *Module) element(id string) (Element, bool) {
	i := slices.IndexFunc(m.Elements, func(e Element) bool { return e.ID == id })
	if i < 0 {
		return Element{}, false
	}
	return m.Elements[i], true
}

// changeForm does what a button says: up:name, down:name, remove:name,
// groupup:title, groupdown:title, rename:title, take:element.
func (m *Module) changeForm(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	saved, err := m.change(r, posted, "form", func(d *catalogue.Definition) error {
		f, err := readForm(d.Form)
		if err != nil {
			return errs.ErrInvalid.Field("", "表单的结构无法识别，请在“完整定义”里改正。")
		}
		if err := m.arrangeForm(f, posted); err != nil {
			return err
		}
		d.Form, err = f.write()
		return err
	})
	return m.answerList(w, r, posted, "form", saved, err, func(p *page) error {
		f, err := m.formOf(r, p)
		if err != nil {
			return err
		}
		return web.RenderPart(w, r, status(posted), formView(f), formPart(f))
	})
}

func (m *Module) arrangeForm(f *form, posted *web.Form) error {
	verb, what, _ := strings.Cut(posted.Value("op"), ":")
	switch verb {
	case "take":
		e, ok := m.element(what)
		if !ok {
			return errs.ErrInvalid.Field("q", "数据元字典里没有“"+what+"”，请重新搜索。")
		}
		return f.take(e, posted.Value("group"))
	case "groupup", "groupdown":
		groups := f.groups()
		i := slices.Index(groups, what)
		if i < 0 {
			return errs.ErrInvalid.Field("", "没有这个分组，请刷新页面。")
		}
		return f.regroup(shift(groups, i, strings.TrimPrefix(verb, "group")))
	case "rename":
		title := strings.TrimSpace(posted.Value("title." + what))
		if title == "" || len([]rune(title)) > 50 {
			return errs.ErrInvalid.Field("title."+what, "请填写分组名称，不超过50个字。")
		}
		for _, x := range f.in(what) {
			if err := x.keys.setText("x-section", title); err != nil {
				return err
			}
		}
		return nil
	}
	return f.move(verb, what)
}

// take adds an element of the dictionary at the end of a group.
func (f *form) take(e Element, group string) error {
	x := &formField{Name: f.uniqueName(e.ID), Required: Never}
	if e.Required {
		x.Required = Always
	}
	if err := json.Unmarshal(e.Property, &x.keys); err != nil {
		return fmt.Errorf("designer: element %s: %w", e.ID, err)
	}
	if err := x.keys.setText("x-element", e.ID); err != nil {
		return err
	}
	return f.insert(x, group)
}

// insert puts a field at the end of a group, or of the form.
func (f *form) insert(x *formField, group string) error {
	if err := x.keys.setText("x-section", group); err != nil {
		return err
	}
	at := len(f.Fields)
	for i, y := range f.Fields {
		if y.Section() == group {
			at = i + 1
		}
	}
	f.Fields = slices.Insert(f.Fields, at, x)
	return f.renumber()
}

// move moves a field within its group, or takes it out. A field that others'
// conditions name cannot go.
func (f *form) move(verb, name string) error {
	i := f.index(name)
	if i < 0 {
		return errs.ErrInvalid.Field("", "没有这个表单项，可能已被删除，请刷新页面。")
	}
	if verb == "remove" {
		for _, y := range f.Fields {
			for _, w := range y.When() {
				if w.Field == name {
					return errs.ErrInvalid.Field("", "“"+y.Title()+"”的出现条件用到它，请先修改“"+y.Title()+"”。")
				}
			}
		}
		f.Fields = slices.Delete(f.Fields, i, i+1)
		return nil
	}
	group := f.in(f.Fields[i].Section())
	k := slices.Index(group, f.Fields[i])
	group = shift(group, k, verb)
	var list []*formField
	for _, title := range f.groups() {
		if title == f.Fields[i].Section() {
			list = append(list, group...)
			continue
		}
		list = append(list, f.in(title)...)
	}
	f.Fields = list
	return f.renumber()
}

// fieldPage is one field of the form, or one column of a table.
type fieldPage struct {
	*page
	Name    string // property, or table.column
	Field   *formField
	Model   *form // the form it stands in
	Columns *form // of a table
	Values  url.Values
	Preview []catalogue.FormField
	Filled  *web.Form
}

func (m *Module) showFormField(w http.ResponseWriter, r *http.Request) error {
	p, err := m.formField(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, fieldView(p))
}

func (m *Module) formField(r *http.Request) (*fieldPage, error) {
	base, err := m.load(r.Context(), r.PathValue("code"), "form")
	if err != nil {
		return nil, err
	}
	p := &fieldPage{page: base, Name: r.PathValue("name"), Filled: web.NewForm(nil)}
	if p.Model, err = readForm(base.Now.Form); err != nil {
		return nil, err
	}
	table, column, inside := strings.Cut(p.Name, ".")
	if inside {
		x := p.Model.Field(table)
		if x == nil || !x.isTable() {
			return nil, web.ErrNotFound
		}
		if p.Model, err = x.columns(); err != nil {
			return nil, err
		}
	} else {
		column = table
	}
	switch p.Field = p.Model.Field(column); {
	case p.Field != nil:
	case column == newID && p.mayEdit():
		p.Field = &formField{Required: Always, keys: pairs{{"type", json.RawMessage(`"string"`)}, {"title", json.RawMessage(`""`)}}}
		if err := p.Field.keys.setText("x-section", r.FormValue("group")); err != nil {
			return nil, err
		}
	default:
		return nil, web.ErrNotFound
	}
	if p.Field.isTable() {
		if p.Columns, err = p.Field.columns(); err != nil {
			return nil, err
		}
	}
	p.Preview = fieldsOf(p.Field)
	p.Values = p.Field.fill()
	return p, nil
}

func (p *fieldPage) inTable() bool { return strings.Contains(p.Name, ".") }

func (p *fieldPage) title() string {
	if p.Field.Name == "" {
		return "新表单项"
	}
	return p.Field.Title()
}

func (p *fieldPage) url() string { return elementURL(p.Item.Code, "form", p.Name) }

// back is the list the field stands in.
func (p *fieldPage) back() string {
	if table, _, inside := strings.Cut(p.Name, "."); inside {
		return elementURL(p.Item.Code, "form", table)
	}
	return sectionURL(p.Item.Code, "form")
}

// saveFormField stores one field, or does what a button of its lists asks.
func (m *Module) saveFormField(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	name, typed := r.PathValue("name"), posted.Raw()
	op := posted.Value("op")
	moving := rearrange(typed, op)
	fresh := name == newID || strings.HasSuffix(name, "."+newID)
	var saved catalogue.Saved
	if !moving || !fresh {
		saved, err = m.change(r, posted, "form", func(d *catalogue.Definition) error { return applyFormField(d, &name, typed, op) })
	}
	if err == nil && !moving && !partial(r) {
		web.Flash(r, "success", savedWords(saved))
		return web.Redirect(w, r, elementURL(r.PathValue("code"), "form", name))
	}
	code := http.StatusOK
	if err != nil {
		if code, err = told(posted, err); err != nil {
			return err
		}
	}
	p, err := m.formField(r)
	if err != nil {
		return err
	}
	if code == http.StatusOK {
		p.Saved = savedWords(saved)
	}
	p.Form, p.Values = posted, typed
	return web.RenderPart(w, r, code, fieldView(p), fieldPart(p))
}

// applyFormField writes one field into the form of a definition; name gets the
// new one's. op may ask to move or remove a column of the table it is.
func applyFormField(d *catalogue.Definition, name *string, typed url.Values, op string) error {
	f, err := readForm(d.Form)
	if err != nil {
		return errs.ErrInvalid.Field("", "表单的结构无法识别，请在“完整定义”里改正。")
	}
	table, column, inside := strings.Cut(*name, ".")
	if !inside {
		x, err := f.save(table, typed)
		if err != nil {
			return err
		}
		if err := x.arrangeColumn(op); err != nil {
			return err
		}
		*name = x.Name
		d.Form, err = f.write()
		return err
	}
	x := f.Field(table)
	if x == nil || !x.isTable() {
		return errs.ErrInvalid.Field("", "没有这个表格，可能已被删除，请返回表单。")
	}
	columns, err := x.columns()
	if err != nil {
		return err
	}
	y, err := columns.save(column, typed)
	if err != nil {
		return err
	}
	*name = table + "." + y.Name
	if err := x.setColumns(columns); err != nil {
		return err
	}
	d.Form, err = f.write()
	return err
}

// arrangeColumn moves or removes a column of a table: column-up:name.
func (x *formField) arrangeColumn(op string) error {
	verb, name, ok := strings.Cut(op, ":")
	verb, isColumn := strings.CutPrefix(verb, "column-")
	if !ok || !isColumn || !x.isTable() {
		return nil
	}
	columns, err := x.columns()
	if err != nil {
		return err
	}
	if err := columns.move(verb, name); err != nil {
		return err
	}
	return x.setColumns(columns)
}

func (x *formField) setColumns(columns *form) error {
	raw, err := columns.write()
	if err != nil {
		return err
	}
	return x.keys.set("items", raw)
}
