package office

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/workflow"
)

// handPage takes in what comes later at the window: the materials and form that
// were asked for (补正), or those that were promised (容缺后补).
type handPage struct {
	*actPage
	materials []catalogue.Material
	handed    []cases.Handed
	kept      map[string]files.File
	fields    []catalogue.FormField // nil: the form cannot be changed here
}

func (m *Module) openHand(ctx context.Context, number string, verb cases.Verb, f *web.Form) (*handPage, error) {
	c, err := m.Cases.Find(ctx, number)
	if err != nil {
		return nil, err
	}
	v, err := m.Catalogue.Version(ctx, c.Item, c.Version)
	if err != nil {
		return nil, err
	}
	a, _ := actOf(verb)
	p := &handPage{actPage: &actPage{act: a, c: c, def: &v.Definition, form: f}, kept: map[string]files.File{}}
	p.materials = p.wanted()
	if verb == cases.VerbCorrect {
		if p.fields, err = catalogue.FormFields(v.Definition.Form); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// wanted are the materials this page is about. They are to be brought now:
// none of them may be left for later again.
func (p *handPage) wanted() []catalogue.Material {
	var ids []string
	if p.act.Verb == cases.VerbCorrect {
		for _, d := range p.c.Content.Correction {
			ids = append(ids, d.Material)
		}
	} else {
		for _, x := range p.c.Content.Materials {
			if x.Way == apply.WayLater && x.Superseded == nil {
				ids = append(ids, x.ID)
			}
		}
	}
	var list []catalogue.Material
	for _, x := range p.def.Materials {
		if slices.Contains(ids, x.ID) {
			x.Deferrable, x.Necessity = false, "required"
			list = append(list, x)
		}
	}
	return list
}

func (m *Module) askHand(verb cases.Verb) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := m.openHand(r.Context(), r.PathValue("number"), verb, web.NewForm(nil))
		if err != nil {
			return err
		}
		if err := mayNow(p.c, verb); err != nil {
			return p.refuseHand(w, r, err)
		}
		if p.fields != nil {
			if err := apply.Fill(p.form, p.fields, p.c.Content.Form, nil); err != nil {
				return err
			}
		}
		return web.Render(w, r, http.StatusOK, handView(p))
	}
}

func (m *Module) doHand(verb cases.Verb) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		form, err := web.ReadForm(r)
		if err != nil {
			return err
		}
		ctx := r.Context()
		p, err := m.openHand(ctx, r.PathValue("number"), verb, form)
		if err != nil {
			return err
		}
		a, err := m.readHand(ctx, p)
		if err != nil {
			return err
		}
		if err := m.keep(ctx, p); err != nil {
			return err
		}
		if !form.OK() {
			return p.refuseHand(w, r, errs.ErrInvalid)
		}
		do := m.Cases.Correct
		if verb == cases.VerbSupplement {
			do = m.Cases.Supplement
		}
		if _, err := do(ctx, p.c.Number, a); err != nil {
			return p.refuseHand(w, r, err)
		}
		return m.after(w, r, p.form, p.c.Number, "收到"+strings.TrimPrefix(p.act.Label(), "收"), workflow.Task{})
	}
}

func (m *Module) readHand(ctx context.Context, p *handPage) (cases.Act, error) {
	f := p.form
	a := cases.Act{Opinion: f.Value("opinion"), Revision: number(f.Value("revision")), Channel: cases.ChannelWindow}
	var err error
	p.handed, err = apply.ReadMaterials(ctx, f, p.materials, p.before(), m.Cases.Uploads(), identity.FromContext(ctx).Account, apply.Window)
	if err != nil {
		return a, err
	}
	a.Materials = p.handed
	if p.fields != nil && f.Value("form_changed") != "" {
		a.Form, err = apply.FormOf(f, p.fields)
	}
	return a, err
}

// before are the files that came with an earlier try of this page.
func (p *handPage) before() []cases.Handed {
	var list []cases.Handed
	for _, x := range p.materials {
		if id := p.form.Value("kept." + x.ID); id != "" {
			list = append(list, cases.Handed{ID: x.ID, File: id})
		}
	}
	return list
}

// keep looks up the files for the page that shows them again. One that is not
// the viewer's own is left out; cases would refuse it too.
func (m *Module) keep(ctx context.Context, p *handPage) error {
	me := identity.FromContext(ctx).Account
	for _, h := range p.handed {
		if h.File == "" {
			continue
		}
		f, err := m.Store.Stat(ctx, h.File)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
		if err == nil && f.Owner == me {
			p.kept[f.ID] = f
		}
	}
	return nil
}

// refuseHand is refuse for this page: messages about the n-th thing handed in
// go to the material it is.
func (p *handPage) refuseHand(w http.ResponseWriter, r *http.Request, err error) error {
	e := errs.From(err)
	switch e.Kind {
	case errs.Invalid, errs.TooLarge:
		if p.form.OK() {
			if err := p.form.Merge(p.byMaterial(e)); err != nil {
				return err
			}
		}
		return web.Render(w, r, http.StatusUnprocessableEntity, handView(p))
	case errs.Conflict:
		p.clash, p.closed = e, mayNow(p.c, p.act.Verb) != nil
		return web.Render(w, r, http.StatusConflict, handView(p))
	}
	return err
}

func (p *handPage) byMaterial(e *errs.Error) error {
	named := *e
	named.Fields = nil
	for _, x := range e.Fields {
		rest, ok := strings.CutPrefix(x.Name, "materials.")
		index, _, _ := strings.Cut(rest, ".")
		if i, err := strconv.Atoi(index); ok && err == nil && i < len(p.handed) {
			x.Name = "materials." + p.handed[i].ID
		}
		named.Fields = append(named.Fields, x)
	}
	return &named
}
