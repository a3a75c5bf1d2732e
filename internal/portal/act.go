package portal

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/licences"
)

// actPage is a page on which the applicant does something to their case.
type actPage struct {
	cases.Case
	verb    cases.Verb
	form    *web.Form
	list    []catalogue.Material  // to be brought
	fields  []catalogue.FormField // of the form, when it may be changed
	handed  []cases.Handed        // files so far, in order
	kept    map[string]files.File // the same, by id
	savedAt time.Time             // when the last of them was uploaded; zero: none were
	changes []string              // since the page was opened
	stale   bool                  // the act was refused because of them

	instead map[string][]licences.Licence // of the applicant, by the material that they could stand in for
}

// actPageOf reads the case as it stands now with what the verb asks for.
func (m *Module) actPageOf(ctx context.Context, number string, verb cases.Verb) (*actPage, error) {
	p := &actPage{verb: verb, form: web.NewForm(nil), kept: map[string]files.File{}}
	var err error
	if p.Case, err = m.Cases.Find(ctx, number); err != nil {
		return nil, err
	}
	if verb == cases.VerbWithdraw {
		return p, nil
	}
	v, err := m.Catalogue.Version(ctx, p.Item, p.Version)
	if err != nil {
		return nil, err
	}
	all, err := m.Catalogue.Checklist(ctx, p.Item, "", p.Version, p.Content.Answers)
	if err != nil {
		return nil, err
	}
	wanted := p.wanted()
	for _, x := range all.Materials {
		if slices.Contains(wanted, x.ID) { // now it has to come: no second delay
			x.Necessity, x.Deferrable = catalogue.Required, false
			p.list = append(p.list, x)
		}
	}
	if err := m.findInstead(ctx, p); err != nil {
		return nil, err
	}
	if err := m.readReply(ctx, p); err != nil || verb != cases.VerbCorrect {
		return p, err
	}
	if p.fields, err = catalogue.FormFields(v.Definition.Form); err != nil {
		return nil, err
	}
	return p, apply.Places(ctx, m.Org, p.fields, p.Content.Form, p.Division)
}

// wanted are the materials that the case waits for.
func (p *actPage) wanted() []string {
	var ids []string
	if p.verb == cases.VerbCorrect {
		for _, d := range p.Content.Correction {
			ids = append(ids, d.Material)
		}
		return ids
	}
	for _, x := range p.Content.Materials {
		if x.Way == "later" && x.Superseded == nil {
			ids = append(ids, x.ID)
		}
	}
	return ids
}

func (p *actPage) open() bool { return may(p.Case, p.verb) }

// fill puts the form of the case into the inputs, unless they were sent.
func (p *actPage) fill() error {
	if len(p.fields) == 0 || p.form.Has("form_sent") {
		return nil
	}
	return apply.Fill(p.form, p.fields, p.Content.Form, nil)
}

// ask shows the page of a verb. Where there is nothing left to do, it leads to
// the case, which says why.
func (m *Module) ask(verb cases.Verb) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := m.actPageOf(r.Context(), r.PathValue("number"), verb)
		if err != nil {
			return err
		}
		if !p.open() {
			web.Flash(r, "info", "这个办件现在不需要"+actTitles[verb]+"，最新情况见下方。")
			return web.Redirect(w, r, CaseURL(p.Number))
		}
		if err := p.fill(); err != nil {
			return err
		}
		return web.Render(w, r, http.StatusOK, actView(p))
	}
}

// stalePage shows the act again after it was refused because the case moved
// on: what happened since, and every word that was typed.
func (m *Module) stalePage(ctx context.Context, old *actPage, refused *errs.Error) (*actPage, error) {
	p, err := m.actPageOf(ctx, old.Number, old.verb)
	if err != nil {
		return nil, err
	}
	p.form, p.stale = old.form, true
	p.form.Error("", refused.Message)
	for _, f := range refused.Fields {
		if strings.HasPrefix(f.Name, "changes.") {
			p.changes = append(p.changes, f.Message)
		}
	}
	return p, p.fill()
}

// refused answers an act that failed: what the applicant can mend is told on
// the page, with status 422, or 409 if the case has moved on; the rest is the
// edge's.
func (m *Module) refused(w http.ResponseWriter, r *http.Request, p *actPage, err error) error {
	switch e := errs.From(err); e.Kind {
	case errs.Conflict:
		if p, err = m.stalePage(r.Context(), p, e); err != nil {
			return err
		}
		return web.Render(w, r, http.StatusConflict, actView(p))
	case errs.Invalid, errs.TooLarge:
		if err := p.form.Merge(err); err != nil {
			return err
		}
		return m.again(w, r, p)
	}
	return err
}

// again is the page with what has to be mended.
func (m *Module) again(w http.ResponseWriter, r *http.Request, p *actPage) error {
	if err := p.fill(); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, actView(p))
}

// withdraw takes the application back.
func (m *Module) withdraw(w http.ResponseWriter, r *http.Request) error {
	p, err := m.actPageOf(r.Context(), r.PathValue("number"), cases.VerbWithdraw)
	if err != nil {
		return err
	}
	if p.form, err = web.ReadForm(r); err != nil {
		return err
	}
	if p.form.Value("opinion") == "" {
		p.form.Error("opinion", "请写一句撤回的理由，例如：材料填错，要重新申请。")
		return m.again(w, r, p)
	}
	_, err = m.Cases.Withdraw(r.Context(), p.Number, cases.Act{Opinion: p.form.Value("opinion"), Revision: revision(p.form)})
	if err != nil {
		return m.refused(w, r, p, err)
	}
	web.Flash(r, "success", "申请已撤回。需要时可以重新申请。")
	return web.Redirect(w, r, CaseURL(p.Number))
}

// revision is the state of the case that the page showed; -1, which no case
// has, for one that was tampered with.
func revision(f *web.Form) int {
	n, err := strconv.Atoi(f.Value("revision"))
	if err != nil || n <= 0 {
		return -1
	}
	return n
}

// demandsOf is what was found wrong with a material; "" with anything else.
func (p *actPage) demandsOf(material string) []cases.Deficiency {
	var list []cases.Deficiency
	for _, d := range p.Content.Correction {
		here := d.Material
		if !slices.ContainsFunc(p.list, func(x catalogue.Material) bool { return x.ID == here }) {
			here = ""
		}
		if here == material {
			list = append(list, d)
		}
	}
	return list
}

// way is how a material is to come: as chosen, else as a file.
func (p *actPage) way(x catalogue.Material) string {
	if chosen := p.form.Value("way." + x.ID); chosen != "" {
		return chosen
	}
	return apply.WayFile
}

// savedText says that what was uploaded waits on every device.
func (p *actPage) savedText() string {
	if p.savedAt.IsZero() || len(p.handed) == 0 {
		return "上传的照片会自动保存，换一部手机登录也能接着补。"
	}
	return ui.DateTime(p.savedAt) + "保存，换一部手机登录也能接着补。还没有提交。"
}
