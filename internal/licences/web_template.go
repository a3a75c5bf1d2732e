package licences

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/ofd/render"
)

var (
	templateGuard = identity.HasAny(VerbTemplates, VerbForce)
	editGuard     = identity.Has(VerbTemplates)
	forceGuard    = identity.Has(VerbForce)
)

func (m *Module) templateRoutes(rt *web.Router) {
	rt.Get(typesURL+"/{id}/template", templateGuard, m.templatePage)
	rt.Post(typesURL+"/{id}/template", editGuard, m.saveTemplate)
	rt.PostEach(typesURL+"/{id}/template/preview", templateGuard, m.previewTemplate)
	rt.Post(typesURL+"/{id}/template/force", forceGuard, m.forceTemplate)
}

func templateURL(id string) string { return typesURL + "/" + id + "/template" }

// line is an element as the form holds it: words, right or wrong.
type line struct {
	Kind, X, Y, W, H, Text, Size, Face, Align, Colour string
	Middle                                            bool
}

// layout is a template as the form holds it.
type layout struct {
	Width, Height, Frame, Colour, Background string
	Lines                                    []line
}

type templatePage struct {
	of      Type
	form    *web.Form
	layout  layout
	last    int // newest revision there is
	looks   []Look
	draft   *Look
	edits   bool
	forces  bool
	preview previewed
}

// previewed is the picture of a template, or why there is none.
type previewed struct {
	svg     string
	problem string
}

func number(v float64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// place writes a number that may well be nought.
func place(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func layoutOf(t Template) layout {
	l := layout{Width: number(t.Width), Height: number(t.Height), Frame: t.Frame, Colour: t.Colour, Background: cmp.Or(t.Background, "#ffffff")}
	for _, e := range t.Elements {
		l.Lines = append(l.Lines, line{e.Kind, place(e.X), place(e.Y), place(e.W), place(e.H), e.Text, number(e.Size), e.Face, e.Align, cmp.Or(e.Colour, "#000000"), e.Middle})
	}
	return l
}

// partName is how the form calls a part of the n-th element, as errors do.
func partName(n int, part string) string { return fmt.Sprintf("elements.%d.%s", n, part) }

func layoutIn(f *web.Form) layout {
	l := layout{f.Value("width"), f.Value("height"), f.Value("frame"), f.Value("colour"), f.Value("background"), nil}
	for n := 1; n <= maxElements+1 && f.Has(partName(n, "kind")); n++ {
		v := func(part string) string { return f.Value(partName(n, part)) }
		l.Lines = append(l.Lines, line{v("kind"), v("x"), v("y"), v("w"), v("h"), v("text"), v("size"), v("face"), v("align"), v("colour"), v("middle") != ""})
	}
	return l
}

// read makes the template of a form; what is no number is an error.
func (l layout) read() (Template, error) {
	var bad errs.Fields
	num := func(name, text string) float64 {
		if text == "" {
			return 0
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			bad.Add(name, "“%s”不是数字，请填毫米数或磅数。", text)
		}
		return v
	}
	t := Template{Width: num("width", l.Width), Height: num("height", l.Height), Frame: l.Frame, Colour: l.Colour, Background: except(l.Background, "#ffffff")}
	for i, x := range l.Lines {
		at := func(part string) string { return partName(i+1, part) }
		t.Elements = append(t.Elements, Element{Kind: x.Kind, X: num(at("x"), x.X), Y: num(at("y"), x.Y), W: num(at("w"), x.W), H: num(at("h"), x.H),
			Text: x.Text, Size: num(at("size"), x.Size), Face: except(x.Face, "serif"), Align: except(x.Align, "left"), Middle: x.Middle, Colour: except(x.Colour, "#000000")})
	}
	return t, bad.Err()
}

// except leaves out what is usual.
func except(value, usual string) string {
	if strings.EqualFold(value, usual) {
		return ""
	}
	return value
}

// picture of a layout with sample values.
func (m *Module) previewOf(of Type, l layout) previewed {
	t, err := l.read()
	if err == nil {
		err = t.Check(of)
	}
	if err == nil {
		var d *drawing
		if d, err = m.preview(of, t); err == nil {
			return d.previewed()
		}
	}
	e := errs.From(err)
	if len(e.Fields) > 0 {
		return previewed{problem: e.Fields[0].Message}
	}
	return previewed{problem: e.Message}
}

// previewed draws the page, with a circle where the seal will stand.
func (d *drawing) previewed() previewed {
	d.add(sealMark(d.seal))
	doc, err := d.finish()
	if err != nil {
		return previewed{problem: errs.From(err).Message}
	}
	svg, _, err := render.SVG(doc, 0, render.Options{})
	if err != nil {
		return previewed{problem: errs.From(err).Message}
	}
	return previewed{svg: string(svg)}
}

func (m *Module) templatePage(w http.ResponseWriter, r *http.Request) error {
	return m.showTemplate(w, r, nil)
}

func (m *Module) showTemplate(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	ctx := r.Context()
	t, err := m.Type(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	a := identity.FromContext(ctx)
	p := templatePage{of: t, form: f, edits: a.Can(VerbTemplates, wholeCity(a)), forces: a.Can(VerbForce, wholeCity(a))}
	if p.looks, err = m.looks(ctx, t.ID); err != nil {
		return err
	}
	current, err := m.inForce(ctx, t)
	if err != nil {
		return err
	}
	if len(p.looks) > 0 {
		p.last = p.looks[0].Revision
	}
	if i := slices.IndexFunc(p.looks, func(l Look) bool { return l.State == lookDraft }); i >= 0 {
		p.draft, current = &p.looks[i], p.looks[i]
	}
	p.forces = p.forces && p.draft != nil && p.draft.SavedBy != a.Account
	p.layout = layoutOf(current.Template)
	if f.Has("width") {
		p.layout = layoutIn(f)
		p.layout.change(f.Value("do"))
	}
	p.preview = m.previewOf(t, p.layout)
	return web.Render(w, r, f.Status(), templateView(p))
}

// change adds an element, or takes one out, as a button says.
func (l *layout) change(do string) {
	if do == "add" && len(l.Lines) < maxElements {
		l.Lines = append(l.Lines, line{Kind: kindText, X: "20", Y: "20", W: "60", H: "8", Text: "新的文字", Size: "12", Colour: "#000000"})
	}
	if n, ok := strings.CutPrefix(do, "remove."); ok {
		if i, err := strconv.Atoi(n); err == nil && i >= 1 && i <= len(l.Lines) {
			l.Lines = slices.Delete(l.Lines, i-1, i)
		}
	}
}

func (m *Module) previewTemplate(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if r.Header.Get("HX-Request-Type") != "partial" {
		return m.showTemplate(w, r, f)
	}
	t, err := m.Type(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, previewPart(m.previewOf(t, layoutIn(f))))
}

func (m *Module) saveTemplate(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	t, err := layoutIn(f).read()
	if err == nil {
		from, _ := strconv.Atoi(f.Value("from")) // what is no number was not looked at
		err = m.SaveTemplate(r.Context(), id, from, t)
	}
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.showTemplate(w, r, f)
	}
	web.Flash(r, "success", "草稿已保存，还没有启用。请另一位有权限的人核对后启用。")
	return web.Redirect(w, r, templateURL(id))
}

func (m *Module) forceTemplate(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	revision, _ := strconv.Atoi(f.Value("revision"))
	if err := f.Merge(m.ForceTemplate(r.Context(), id, revision)); err != nil {
		return err
	}
	if !f.OK() {
		return m.showTemplate(w, r, f)
	}
	web.Flash(r, "success", "已启用：以后制作的证照用这个照面，已有的不变。")
	return web.Redirect(w, r, templateURL(id))
}

func mayTemplates(ctx context.Context) bool {
	a := identity.FromContext(ctx)
	return a.Has(VerbTemplates) || a.Has(VerbForce)
}

func optionsOf(list []word) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, w := range list {
		out[i] = ui.Option{Value: w.value, Label: w.label}
	}
	return out
}

// fieldHelp lists what a text may ask for.
func (p templatePage) fieldHelp() string {
	var list []string
	for _, c := range common {
		list = append(list, "{"+c.label+"}")
	}
	var pictures []string
	for _, f := range p.of.Fields {
		if f.Kind == kindPicture {
			pictures = append(pictures, "{"+f.Label+"}")
		} else {
			list = append(list, "{"+f.Label+"}")
		}
	}
	text := strings.Join(list, "、") + "。"
	if len(pictures) > 0 {
		text += "图片用“照片、图片”要素，“文字”里写" + strings.Join(pictures, "或") + "。"
	}
	return text
}
