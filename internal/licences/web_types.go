package licences

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

var typesGuard = identity.Has(VerbTypes)

func (m *Module) typeRoutes(rt *web.Router) {
	rt.Get(typesURL+"/new", typesGuard, m.newType)
	rt.Post(typesURL+"/new", typesGuard, m.saveTypePage)
	rt.Get(typesURL+"/import", typesGuard, m.importTypesPage)
	rt.PostLimit(typesURL+"/import", typesGuard, uploadLimit, m.importTypes)
	rt.Get(typesURL+"/export.csv", typesLook, m.exportTypes)
	rt.Get(typesURL+"/{id}/edit", typesGuard, m.editType)
	rt.Post(typesURL+"/{id}/edit", typesGuard, m.saveTypePage)
}

// typesLook lets those in who look after licences, and those who keep the types.
var typesLook = identity.HasAny(VerbView, VerbManage, VerbTypes, VerbTemplates, VerbForce)

var typesCrumb = ui.Crumb{Label: "证照类型", URL: typesURL}

// spareFields is how many empty lines for fields the page offers.
const spareFields = 3

type typeForm struct {
	form *web.Form
	id   string // "" of a new type
	name string
	rows int // lines for fields
}

func (p typeForm) title() string {
	if p.id == "" {
		return "新增证照类型"
	}
	return "修改" + p.name
}

func (p typeForm) trail() []ui.Crumb {
	if p.id == "" {
		return []ui.Crumb{typesCrumb}
	}
	return []ui.Crumb{typesCrumb, {Label: p.name, URL: typesURL + "/" + p.id}}
}

func (p typeForm) url() string {
	if p.id == "" {
		return typesURL + "/new"
	}
	return typesURL + "/" + p.id + "/edit"
}

// kinds says of empty lines that they are of text.
func (p typeForm) kinds() typeForm {
	for i := range p.rows {
		if p.form.Value(at(i, "kind")) == "" {
			p.form.Set(at(i, "kind"), "text")
		}
	}
	return p
}

func at(i int, part string) string { return fmt.Sprintf("field.%d.%s", i, part) }

func (m *Module) newType(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, typeFormView(typeForm{form: web.NewForm(nil), rows: spareFields + 2}.kinds()))
}

func (m *Module) editType(w http.ResponseWriter, r *http.Request) error {
	t, err := m.Type(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := url.Values{"version": {strconv.FormatInt(t.Version, 10)}, "name": {t.Name}, "kind": {t.Kind}, "category": {t.Category}, "dept": {t.Dept},
		"holder": {t.Holder}, "number_rule": {t.Rule.Number}, "rule_from": {t.Rule.From}, "rule_to": {t.Rule.To}}
	if !t.Assigned {
		v.Set("code", t.Code)
	}
	if t.Unique {
		v.Set("unique", "1")
	}
	if t.Rule.Months != 0 {
		v.Set("months", strconv.Itoa(t.Rule.Months))
	}
	for i, f := range t.Fields {
		v.Set(at(i, "name"), f.Name)
		v.Set(at(i, "label"), f.Label)
		v.Set(at(i, "kind"), f.Kind)
		v.Set(at(i, "from"), f.From)
		if f.Required {
			v.Set(at(i, "required"), "1")
		}
	}
	return web.Render(w, r, http.StatusOK, typeFormView(typeForm{form: web.NewForm(v), id: t.ID, name: t.Name, rows: len(t.Fields) + spareFields}.kinds()))
}

func (m *Module) saveTypePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := typeForm{form: f, id: r.PathValue("id"), rows: spareFields}
	if p.id != "" {
		old, err := m.Type(r.Context(), p.id)
		if err != nil {
			return err
		}
		p.name = old.Name
	}
	t, lines, bad := readType(f)
	t.ID = p.id
	if err := f.Merge(bad); err != nil {
		return err
	}
	if f.OK() {
		t, err = m.SaveType(r.Context(), t)
		if err := f.Merge(atLines(err, lines)); err != nil {
			return err
		}
	}
	if !f.OK() {
		p.rows += slices.Max(append(lines, -1)) + 1
		return web.Render(w, r, f.Status(), typeFormView(p.kinds()))
	}
	web.Flash(r, "success", "已保存“"+t.Name+"”。")
	return web.Redirect(w, r, typesURL+"/"+t.ID)
}

// readType reads the form; lines are those of the page in which the type's
// fields stand, one for each.
func readType(f *web.Form) (Type, []int, error) {
	var bad errs.Fields
	t := Type{Name: f.Value("name"), Kind: f.Value("kind"), Category: f.Value("category"), Dept: f.Value("dept"), Holder: f.Value("holder"),
		Code: f.Value("code"), Unique: f.Value("unique") != "", Rule: Rule{Number: f.Value("number_rule"), From: f.Value("rule_from"), To: f.Value("rule_to")}}
	t.Version, _ = strconv.ParseInt(f.Value("version"), 10, 64) // not a number: no version of the type
	if text := f.Value("months"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n == 0 {
			bad.Add("months", "有效期请填月数，例如36；长期填-1，由签发人填写的留空。")
		}
		t.Rule.Months = n
	}
	var lines []int
	for i := range maxFields + spareFields {
		x := Field{Name: strings.ToUpper(f.Value(at(i, "name"))), Label: f.Value(at(i, "label")), Kind: f.Value(at(i, "kind")), From: f.Value(at(i, "from")),
			Required: f.Value(at(i, "required")) != ""}
		if x.Name == "" && x.Label == "" && x.From == "" {
			continue
		}
		t.Fields, lines = append(t.Fields, x), append(lines, i)
	}
	return t, lines, bad.Err()
}

// atLines puts what is wrong with the n-th field beside the line it stands in.
func atLines(err error, lines []int) error {
	e := errs.From(err)
	if err == nil || len(e.Fields) == 0 {
		return err
	}
	var bad errs.Fields
	for _, f := range e.Fields {
		name, part, ok := strings.Cut(strings.TrimPrefix(f.Name, "field."), ".")
		if n, err := strconv.Atoi(name); ok && err == nil && n < len(lines) {
			f.Name = at(lines[n], part)
		}
		bad.Add(f.Name, "%s", f.Message)
	}
	return bad.Err()
}

type importTypesForm struct {
	form *web.Form
	done *Imported
	try  bool
}

func (m *Module) importTypesPage(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, importTypesView(importTypesForm{form: web.NewForm(nil)}))
}

func (m *Module) importTypes(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := importTypesForm{form: f, try: f.Value("how") != "all"}
	if head := f.File("file"); head == nil {
		f.Error("file", "请选择要导入的文件。")
	} else {
		file, err := head.Open()
		if err != nil {
			return err
		}
		defer file.Close()
		done, err := m.ImportTypes(r.Context(), file, p.try)
		switch {
		case errs.KindOf(err) == errs.Invalid && err != nil:
			f.Error("file", errs.From(err).Message)
		case err != nil:
			return err
		default:
			p.done = &done
		}
	}
	status := f.Status()
	if p.done != nil && len(p.done.Wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, importTypesView(p))
}

func (m *Module) exportTypes(w http.ResponseWriter, r *http.Request) error {
	t := web.StartTable(w, "证照类型.csv", TypeColumns...)
	defer t.Close()
	return m.ExportTypes(r.Context(), t)
}

func holderOptions() []ui.Option {
	var list []ui.Option
	for _, h := range []string{HolderPerson, HolderEnterprise, HolderBoth} {
		list = append(list, ui.Option{Value: h, Label: holderWords[h]})
	}
	return list
}

func kindOptions() []ui.Option {
	list := make([]ui.Option, len(fieldKinds))
	for i, k := range fieldKinds {
		list[i] = ui.Option{Value: k, Label: fieldKindWords[k]}
	}
	return list
}

// Words of a rule.
func (r Rule) numberWords() string {
	switch r.Number {
	case "":
		return numberDefault
	case NumberByHand:
		return "签发人填写"
	}
	return r.Number
}

func (r Rule) termWords() string {
	switch {
	case r.To != "":
		return "按申请表填的期限（" + r.To + "）"
	case r.Months == TermForGood:
		return "长期"
	case r.Months%12 == 0 && r.Months > 0:
		return strconv.Itoa(r.Months/12) + "年"
	case r.Months > 0:
		return strconv.Itoa(r.Months) + "个月"
	}
	return "签发人填写"
}
