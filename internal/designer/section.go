package designer

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// sectionPage is one tab of fields.
type sectionPage struct {
	*page
	Section section
	Values  url.Values
}

func (m *Module) showSection(w http.ResponseWriter, r *http.Request) error {
	p, err := m.section(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, sectionView(p))
}

// section reads the page as it is stored.
func (m *Module) section(r *http.Request) (*sectionPage, error) {
	s, ok := sectionOf(r.PathValue("section"))
	if !ok || len(s.Fields) == 0 {
		return nil, web.ErrNotFound
	}
	base, err := m.load(r.Context(), r.PathValue("code"), s.Key)
	if err != nil {
		return nil, err
	}
	p := &sectionPage{page: base, Section: s, Values: url.Values{}}
	if s.Key == "basic" {
		if p.Section.Fields, err = m.withDepartments(r, s.Fields); err != nil {
			return nil, err
		}
	}
	doc, err := open(p.Now)
	if err != nil {
		return nil, err
	}
	fill(p.Values, doc, "", p.Section.Fields)
	return p, nil
}

// withDepartments gives the field of the department its choices.
func (m *Module) withDepartments(r *http.Request, fields []field) ([]field, error) {
	depts, err := m.departments(r)
	fields = slices.Clone(fields)
	for i := range fields {
		if fields[i].Path == "dept" {
			fields[i].Options = depts
		}
	}
	return fields, err
}

// departments are those of the home city, by key.
func (m *Module) departments(r *http.Request) ([]ui.Option, error) {
	home, err := m.Org.Home(r.Context())
	if err != nil {
		return nil, err
	}
	agencies, err := m.Org.AgenciesAt(r.Context(), home.Code)
	var list []ui.Option
	for _, a := range agencies {
		if a.Dept != "" {
			list = append(list, ui.Option{Value: a.Dept, Label: a.ShortName + "（" + a.Dept + "）"})
		}
	}
	slices.SortFunc(list, func(a, b ui.Option) int { return cmpText(a.Value, b.Value) })
	return list, err
}

// saveSection stores what was typed, or does what a button of a list asks.
// From htmx it comes after every change, and gets the editor back.
func (m *Module) saveSection(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	s, ok := sectionOf(r.PathValue("section"))
	if !ok || len(s.Fields) == 0 {
		return web.ErrNotFound
	}
	typed := form.Raw()
	moved := rearrange(typed, form.Value("op"))
	saved, err := m.change(r, form, s.Key, func(d *catalogue.Definition) error { return m.apply(r, d, s, typed) })
	if err == nil && !moved && !partial(r) {
		web.Flash(r, "success", savedWords(saved))
		return web.Redirect(w, r, sectionURL(r.PathValue("code"), s.Key))
	}
	status := http.StatusOK
	if err != nil {
		if status, err = told(form, err); err != nil {
			return err
		}
	}
	p, err := m.section(r)
	if err != nil {
		return err
	}
	if status == http.StatusOK {
		p.Saved = savedWords(saved)
	} else if status == http.StatusConflict {
		if err := m.meet(r, p, typed); err != nil {
			return err
		}
	}
	p.Form, p.Values = form, typed
	return web.RenderPart(w, r, status, sectionView(p), sectionPart(p))
}

// apply writes the typed values of a section into a definition.
func (m *Module) apply(r *http.Request, d *catalogue.Definition, s section, typed url.Values) error {
	doc, err := open(d)
	if err != nil {
		return err
	}
	var bad errs.Fields
	take(typed, doc, "", s.Fields, &bad)
	if s.Key == "basic" {
		if err := m.nameDepartment(r, doc, typed.Get("dept")); err != nil {
			return err
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return doc.into(d)
}

// nameDepartment keeps the department's name beside its key.
func (m *Module) nameDepartment(r *http.Request, doc *document, dept string) error {
	if texts(doc.get("dept")) == nil || d0(doc, "dept") == dept && d0(doc, "dept_name") != "" && doc.touched["dept"] == nil {
		return nil
	}
	home, err := m.Org.Home(r.Context())
	if err != nil {
		return err
	}
	a, err := m.Org.AgencyByDept(r.Context(), dept, home.Code)
	if err != nil {
		return errs.ErrInvalid.Field("dept", "请选择责任部门。")
	}
	doc.put("dept_name", a.ShortName)
	return nil
}

func d0(doc *document, path string) string {
	if list := texts(doc.get(path)); len(list) > 0 {
		return list[0]
	}
	return ""
}

// meet shows two editors what each of them wrote in a section.
func (m *Module) meet(r *http.Request, p *sectionPage, typed url.Values) error {
	mine, err := p.Now.Clone()
	if err != nil {
		return err
	}
	if err := m.apply(r, &mine, p.Section, cloneValues(typed)); err != nil {
		var e *errs.Error
		if errors.As(err, &e) {
			return nil // what was typed cannot be read: its messages stand beside the fields
		}
		return err
	}
	changes, err := Compare(p.Now, &mine)
	p.Conflict = only(changes, p.Section.Title)
	return err
}

func cloneValues(v url.Values) url.Values {
	c := url.Values{}
	for k, list := range v {
		c[k] = slices.Clone(list)
	}
	return c
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
