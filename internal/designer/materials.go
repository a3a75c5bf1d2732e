package designer

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// newID is the id in the address of something that is not there yet.
const newID = "-"

// materialPage is one material in the editor.
type materialPage struct {
	*page
	ID     string // newID: not there yet
	Index  int
	Name   string
	Values url.Values
	Uses   []usedBy
}

// usedBy is an answer that asks for a material.
type usedBy struct{ Question, Text, Option string }

func (m *Module) showMaterials(w http.ResponseWriter, r *http.Request) error {
	p, err := m.load(r.Context(), r.PathValue("code"), "materials")
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, materialsView(p))
}

// changeMaterials moves and removes materials, and says who has to bring them.
func (m *Module) changeMaterials(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	saved, err := m.change(r, form, "materials", func(d *catalogue.Definition) error {
		if form.Has("no_materials_sent") {
			d.NoMaterials = form.Value("no_materials") == "true"
			return nil
		}
		return arrangeMaterial(d, form.Value("op"))
	})
	return m.answerList(w, r, form, "materials", saved, err, func(p *page) error {
		return web.RenderPart(w, r, status(form), materialsView(p), materialsPart(p))
	})
}

// answerList ends a change made by a button of a list: back to the list, or
// the list with what is wrong.
func (m *Module) answerList(w http.ResponseWriter, r *http.Request, form *web.Form, section string, saved catalogue.Saved, err error, render func(*page) error) error {
	if err == nil && !partial(r) {
		web.Flash(r, "success", savedWords(saved))
		return web.Redirect(w, r, sectionURL(r.PathValue("code"), section))
	}
	if err != nil {
		if _, err = told(form, err); err != nil {
			return err
		}
	}
	p, err := m.load(r.Context(), r.PathValue("code"), section)
	if err != nil {
		return err
	}
	p.Form, p.Saved = form, savedWords(saved)
	return render(p)
}

// status is 422 for a form with something wrong.
func status(form *web.Form) int {
	if form.OK() {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}

// arrangeMaterial does what a button says: up:id, down:id, remove:id, base:id.
func arrangeMaterial(d *catalogue.Definition, op string) error {
	verb, id, _ := strings.Cut(op, ":")
	i := slices.IndexFunc(d.Materials, func(x catalogue.Material) bool { return x.ID == id })
	if i < 0 {
		return errs.ErrInvalid.Field("", "没有这份材料，可能已被删除，请刷新页面。")
	}
	switch verb {
	case "base":
		if !slices.Contains(d.BaseMaterials, id) {
			d.BaseMaterials = append(d.BaseMaterials, id)
		} else {
			d.BaseMaterials = without(d.BaseMaterials, id)
		}
	case "remove":
		dropMaterial(d, id)
	default:
		d.Materials = shift(d.Materials, i, verb)
	}
	return nil
}

// dropMaterial takes a material out, and out of every answer that asks for it.
func dropMaterial(d *catalogue.Definition, id string) {
	d.Materials = slices.DeleteFunc(slices.Clone(d.Materials), func(x catalogue.Material) bool { return x.ID == id })
	d.BaseMaterials = without(d.BaseMaterials, id)
	for i := range d.Situations {
		for j := range d.Situations[i].Options {
			o := &d.Situations[i].Options[j]
			o.Materials = without(o.Materials, id)
		}
	}
}

func without(list []string, x string) []string {
	if !slices.Contains(list, x) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(y string) bool { return y == x })
}

// usesOf tells which answers ask for a material.
func usesOf(d *catalogue.Definition, id string) []usedBy {
	var list []usedBy
	for _, q := range d.Situations {
		for _, o := range q.Options {
			if slices.Contains(o.Materials, id) {
				list = append(list, usedBy{q.ID, q.Text, o.Label})
			}
		}
	}
	return list
}

func (m *Module) showMaterial(w http.ResponseWriter, r *http.Request) error {
	p, err := m.material(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, materialView(p))
}

func (m *Module) material(r *http.Request) (*materialPage, error) {
	base, err := m.load(r.Context(), r.PathValue("code"), "materials")
	if err != nil {
		return nil, err
	}
	p := &materialPage{page: base, ID: r.PathValue("id"), Name: "新材料", Values: url.Values{}}
	p.Index = slices.IndexFunc(p.Now.Materials, func(x catalogue.Material) bool { return x.ID == p.ID })
	d := *p.Now
	switch {
	case p.Index >= 0:
		p.Name, p.Uses = d.Materials[p.Index].Name, usesOf(&d, p.ID)
	case p.ID == newID && p.mayEdit():
		p.Index = len(d.Materials)
		d.Materials = append(slices.Clone(d.Materials), catalogue.Material{Kind: "original", Form: "both", Originals: 1, Necessity: catalogue.Required, Source: "applicant"})
	default:
		return nil, web.ErrNotFound
	}
	doc, err := open(&d)
	if err != nil {
		return nil, err
	}
	fill(p.Values, doc, p.base(), materialFields)
	p.Values.Set("base", strconv.FormatBool(p.ID == newID || slices.Contains(d.BaseMaterials, p.ID)))
	return p, nil
}

// base is the path of the material in the definition.
func (p *materialPage) base() string { return fmt.Sprintf("materials.%d", p.Index) }

func (p *materialPage) url() string { return elementURL(p.Item.Code, "materials", p.ID) }

// saveMaterial stores one material. The indexes in its names are those of the
// page; the material is found by its id.
func (m *Module) saveMaterial(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id, typed, at := r.PathValue("id"), form.Raw(), form.Value("at")
	saved, err := m.change(r, form, "materials", func(d *catalogue.Definition) error { return applyMaterial(d, &id, typed, at) })
	if err == nil && !partial(r) {
		web.Flash(r, "success", savedWords(saved))
		return web.Redirect(w, r, elementURL(r.PathValue("code"), "materials", id))
	}
	code := http.StatusOK
	if err != nil {
		if code, err = told(form, err); err != nil {
			return err
		}
	}
	p, err := m.material(r)
	if err != nil {
		return err
	}
	if code == http.StatusOK {
		p.Saved = savedWords(saved)
	} else if code == http.StatusConflict {
		mine, err := p.Now.Clone()
		if err != nil {
			return err
		}
		if applyMaterial(&mine, &id, typed, at) == nil {
			changes, err := Compare(p.Now, &mine)
			if err != nil {
				return err
			}
			p.Conflict = only(changes, p.Title)
		}
	}
	p.Form, p.Values = form, moved(typed, at, p.base())
	return web.RenderPart(w, r, code, materialView(p), materialPart(p))
}

// moved gives values whose names begin with one base the other.
func moved(v url.Values, from, to string) url.Values {
	out := url.Values{}
	for k, list := range v {
		if rest, ok := strings.CutPrefix(k, from+"."); ok {
			k = to + "." + rest
		}
		out[k] = list
	}
	return out
}

// applyMaterial writes one material into a definition; id gets the new one's.
func applyMaterial(d *catalogue.Definition, id *string, typed url.Values, at string) error {
	i := slices.IndexFunc(d.Materials, func(x catalogue.Material) bool { return x.ID == *id })
	if i < 0 && *id != newID {
		return errs.ErrInvalid.Field("", "这份材料已被删除，请返回材料列表。")
	}
	fresh := i < 0
	if fresh {
		i, *id = len(d.Materials), freeID("m", func(x string) bool { _, taken := d.Material(x); return taken })
		d.Materials = append(d.Materials, catalogue.Material{ID: *id})
	}
	doc, err := open(d)
	if err != nil {
		return err
	}
	base := fmt.Sprintf("materials.%d", i)
	var bad errs.Fields
	take(moved(typed, at, base), doc, base, materialFields, &bad)
	if err := bad.Err(); err != nil {
		if fresh {
			*id = newID
		}
		return err
	}
	if err := doc.into(d); err != nil {
		return err
	}
	d.BaseMaterials = without(d.BaseMaterials, *id)
	if typed.Get("base") == "true" {
		d.BaseMaterials = insertBase(d, *id)
	}
	return nil
}

// insertBase keeps the base materials in the order of the materials.
func insertBase(d *catalogue.Definition, id string) []string {
	list := []string{}
	for _, m := range d.Materials {
		if m.ID == id || slices.Contains(d.BaseMaterials, m.ID) {
			list = append(list, m.ID)
		}
	}
	for _, x := range d.BaseMaterials { // what names no material stays, for the check to tell
		if !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

// freeID gives the first of prefix1, prefix2 … that is not taken.
func freeID(prefix string, taken func(string) bool) string {
	for i := 1; ; i++ {
		if id := prefix + strconv.Itoa(i); !taken(id) {
			return id
		}
	}
}

// wordsOf is a value of one of the tables of fields, in words.
func wordsOf(fields []field, path string, v any) string {
	for _, f := range fields {
		if f.Path == path {
			return f.words(v)
		}
	}
	return ""
}

// materialWords says in a line what is to be brought.
func materialWords(x catalogue.Material) string {
	parts := []string{wordsOf(materialFields, "necessity", x.Necessity)}
	if x.Originals > 0 {
		parts = append(parts, fmt.Sprintf("原件%d份", x.Originals))
	}
	if x.Copies > 0 {
		parts = append(parts, fmt.Sprintf("复印件%d份", x.Copies))
	}
	parts = append(parts, wordsOf(materialFields, "form", x.Form), wordsOf(materialFields, "source", x.Source))
	for _, way := range []struct {
		is   bool
		word string
	}{{x.CanDefer() && x.Necessity != catalogue.Defer, "可容缺"}, {x.Promise, "可承诺"}, {len(x.LicenceTypes) > 0, "电子证照可代替"}, {x.DataShare, "共享核验"}, {x.ByForm, "填表即交"}} {
		if way.is {
			parts = append(parts, way.word)
		}
	}
	return strings.Join(parts, " · ")
}
