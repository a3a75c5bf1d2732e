package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/kit/web"
)

// onceField carries the idempotency key of a form with files. Under its usual
// name the router would run the whole handler in one transaction, the upload
// to the file store across the network included; so the uploads are stored
// first, and only the act runs under the key.
const onceField = "once"

// supply brings the case what it waits for: a correction, or materials that
// were promised for later. Files gather in a reply first; one that is added,
// turned, moved or removed is shown, and nothing is handed in yet.
func (m *Module) supply(verb cases.Verb, hand func(context.Context, string, cases.Act) (cases.Case, error)) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := m.actPageOf(r.Context(), r.PathValue("number"), verb)
		if err != nil {
			return err
		}
		if p.form, err = web.ReadForm(r); err != nil {
			return err
		}
		do, file, _ := strings.Cut(p.form.Value("do"), ".")
		var fresh []cases.Handed
		if p.open() { // else it is the same form again, or too late: the act says which
			if fresh, err = m.brought(r.Context(), p, do, file); err != nil {
				return err
			}
		}
		if key := p.form.Value(onceField); key != "" {
			r.Header.Set(web.KeyHeader, key)
		}
		return m.once(func(w http.ResponseWriter, r *http.Request) error {
			if do != "" && p.open() {
				return m.arrange(w, r, p, do, file, fresh)
			}
			return m.handIn(w, r, p, hand)
		})(w, r)
	}
}

// handIn checks that everything asked for is there and hands it in.
func (m *Module) handIn(w http.ResponseWriter, r *http.Request, p *actPage, hand func(context.Context, string, cases.Act) (cases.Case, error)) error {
	act := cases.Act{Opinion: p.form.Value("opinion"), Revision: revision(p.form)}
	if p.open() {
		if err := m.supplied(r.Context(), p, &act); err != nil {
			return err
		}
		if !p.form.OK() {
			return m.again(w, r, p)
		}
	}
	if _, err := hand(r.Context(), p.Number, act); err != nil {
		return m.refused(w, r, p, err)
	}
	web.Flash(r, "success", "已提交。工作人员收到后会继续办理，您可以在这里查看进展。")
	return web.Redirect(w, r, CaseURL(p.Number))
}

// supplied puts materials and form into the act and notes what is missing.
func (m *Module) supplied(ctx context.Context, p *actPage, act *cases.Act) error {
	for _, x := range p.list {
		if id := p.agreed(x); id != "" {
			act.Materials = append(act.Materials, cases.Handed{ID: x.ID, Licence: id, Consent: true})
			continue
		}
		act.Materials = append(act.Materials, apply.Brought(x, p.form.Value("way."+x.ID), p.handed)...)
	}
	if p.form.Value("edit_form") != "" {
		var err error
		if act.Form, err = p.editedForm(); err != nil {
			return err
		}
		if len(act.Form) > 0 {
			v, err := m.Catalogue.Version(ctx, p.Item, p.Version)
			if err != nil {
				return err
			}
			if err := p.form.Merge(m.Catalogue.CheckForm(v.Definition, act.Form)); err != nil {
				return err
			}
		}
	}
	p.missing(*act)
	return nil
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
		if apply.HandedOf(act.Materials, x.ID) == (cases.Handed{ID: x.ID}) && p.form.ErrorOf("file."+x.ID) == "" {
			p.form.Error("materials."+x.ID, "“"+x.Name+"”还没有补上：请拍照或选择文件，或在说明里写清为什么不能提供。")
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
