package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/web"
)

// onceField carries the idempotency key of a form with files. Under its usual
// name the router would run the whole handler in one transaction, the upload
// to the file store across the network included; so the uploads are stored
// first, and only the act runs under the key.
const onceField = "once"

// supply stores what was uploaded and brings it to the case: a correction or
// materials that were promised for later.
func (m *Module) supply(verb cases.Verb, do func(context.Context, string, cases.Act) (cases.Case, error)) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := m.actPageOf(r.Context(), r.PathValue("number"), verb)
		if err != nil {
			return err
		}
		if p.form, err = web.ReadForm(r); err != nil {
			return err
		}
		act := cases.Act{Opinion: p.form.Value("opinion"), Revision: revision(p.form)}
		if p.open() { // else it is the same form again, or too late: the act says which
			if act, err = m.supplied(r.Context(), p, act); err != nil {
				return err
			}
			if !p.form.OK() {
				return m.again(w, r, p)
			}
		}
		if key := p.form.Value(onceField); key != "" {
			r.Header.Set(web.KeyHeader, key)
		}
		return m.once(func(w http.ResponseWriter, r *http.Request) error {
			if _, err := do(r.Context(), p.Number, act); err != nil {
				return m.refused(w, r, p, err)
			}
			web.Flash(r, "success", "已提交。工作人员收到后会继续办理，您可以在这里查看进展。")
			return web.Redirect(w, r, CaseURL(p.Number))
		})(w, r)
	}
}

// supplied reads materials and form into the act and notes what is missing.
func (m *Module) supplied(ctx context.Context, p *actPage, act cases.Act) (cases.Act, error) {
	if err := m.keptFiles(ctx, p); err != nil {
		return act, err
	}
	var err error
	p.handed, err = apply.ReadMaterials(ctx, p.form, p.list, p.handed, m.Cases.Uploads(), identity.FromContext(ctx).Account, apply.Online)
	if err != nil {
		return act, err
	}
	act.Materials = p.handed
	for _, h := range p.handed {
		if h.File == "" {
			continue
		}
		if p.kept[h.File], err = m.Store.Stat(ctx, h.File); err != nil {
			return act, err
		}
	}
	if p.form.Value("edit_form") != "" {
		if act.Form, err = p.editedForm(); err != nil {
			return act, err
		}
		if len(act.Form) > 0 {
			v, err := m.Catalogue.Version(ctx, p.Item, p.Version)
			if err != nil {
				return act, err
			}
			if err := p.form.Merge(m.Catalogue.CheckForm(v.Definition, act.Form)); err != nil {
				return act, err
			}
		}
	}
	p.missing(act)
	return act, nil
}

// editedForm is the form as changed; nothing when it says what it said.
func (p *actPage) editedForm() (json.RawMessage, error) {
	raw, err := apply.FormOf(p.form, p.fields)
	if err != nil || sameJSON(raw, p.Content.Form) {
		return nil, err
	}
	return raw, nil
}

// sameJSON compares values, whatever the order of keys and the blanks.
func sameJSON(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	p, errP := json.Marshal(x)
	q, errQ := json.Marshal(y)
	return errP == nil && errQ == nil && bytes.Equal(p, q)
}

// missing notes what was asked for and is not there. Who cannot bring it says
// why: the organ decides on what is in hand.
func (p *actPage) missing(act cases.Act) {
	if act.Opinion != "" {
		return
	}
	for _, x := range p.list {
		if apply.HandedOf(p.handed, x.ID) == (cases.Handed{ID: x.ID}) && p.form.ErrorOf("file."+x.ID) == "" {
			p.form.Error("materials."+x.ID, "“"+x.Name+"”还没有补上：请选择文件，或在说明里写清为什么不能提供。")
		}
	}
	if p.verb != cases.VerbCorrect || len(act.Form) > 0 {
		return
	}
	for _, d := range p.Content.Correction {
		if d.Material == "" {
			p.form.Error("opinion", "“"+d.Problem+"”还没有补正：请修改表单，或在说明里写清情况。")
			return
		}
	}
}
