package office

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// actPage is the form of one act on a case.
type actPage struct {
	act    act
	c      cases.Case
	def    *catalogue.Definition
	form   *web.Form
	rows   int         // of deficiencies, for 告知补正
	clash  *errs.Error // why it cannot be done now; nil if it can
	closed bool        // it cannot be done any more: words are shown to be copied

	phrases []string
	kept    bool // the opinion was kept for the next time, nothing else was done
}

// fields are the fields of the act with what was typed.
func (p *actPage) fields() []ui.FieldOpts {
	var list []ui.FieldOpts
	for _, o := range p.act.fields(p) {
		list = append(list, p.form.Field(o))
	}
	return list
}

func (m *Module) openAct(ctx context.Context, number, verb string, f *web.Form) (*actPage, error) {
	a, ok := actOf(cases.Verb(verb))
	if !ok || a.do == nil {
		return nil, cases.ErrVerbUnknown
	}
	c, err := m.Cases.Find(ctx, number)
	if err != nil {
		return nil, err
	}
	v, err := m.Catalogue.Version(ctx, c.Item, c.Version)
	if err != nil {
		return nil, err
	}
	p := &actPage{act: a, c: c, def: &v.Definition, form: f, rows: firstRows}
	p.phrases, err = m.phrases(ctx, verb, c.Item)
	return p, err
}

// askAct shows the form, or why the act cannot be done.
func (m *Module) askAct(w http.ResponseWriter, r *http.Request) error {
	p, err := m.openAct(r.Context(), r.PathValue("number"), r.PathValue("verb"), web.NewForm(url.Values{"in": {r.URL.Query().Get("in")}}))
	if err != nil {
		return err
	}
	if err := mayNow(p.c, p.act.Verb); err != nil {
		return p.refuse(w, r, err)
	}
	return web.Render(w, r, http.StatusOK, actView(p))
}

// mayNow says why the viewer cannot do it now; nil if they can.
func mayNow(c cases.Case, v cases.Verb) error {
	if slices.Contains(c.Allowed, v) {
		return nil
	}
	switch {
	case v == cases.VerbRequestCorrection && !c.AcceptedOn.IsZero():
		return cases.ErrNoCorrectionAfter
	case v == cases.VerbRequestCorrection && c.Corrections > 0:
		return cases.ErrCorrectionOnce
	case v == cases.VerbSupplement && c.DeferredUntil.IsZero():
		return cases.ErrNothingDeferred
	}
	if _, err := cases.Next(c.State, v); err != nil {
		return err
	}
	return cases.ErrVerbDenied
}

// doAct does it: back to the case, or to the inbox when the case is out of
// sight now.
func (m *Module) doAct(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := m.openAct(r.Context(), r.PathValue("number"), r.PathValue("verb"), form)
	if err != nil {
		return err
	}
	a := p.read()
	if form.Value("more") != "" {
		p.rows = min(p.rows+2, maxRows)
		return web.Render(w, r, http.StatusOK, actView(p))
	}
	if form.Value("keep") != "" {
		if err := m.keepPhrase(r.Context(), phrase{Text: a.Opinion, Act: string(p.act.Verb)}, false); err != nil {
			return p.refuse(w, r, phraseFault(err))
		}
		p.kept = true
		return web.Render(w, r, http.StatusOK, actView(p))
	}
	if _, err := p.act.do(m.Cases, r.Context(), p.c.Number, a); err != nil {
		return p.refuse(w, r, err)
	}
	if err := m.used(r.Context(), a.Opinion); err != nil {
		return err
	}
	return m.after(w, r, form, p.c.Number, p.act.Verb.Chinese(), workflow.Task{})
}

// refuse shows the form again with what is wrong (422), or with what happened
// meanwhile (409). The words stay; the form now carries the new revision, so
// that whoever has read what changed may send it again.
func (p *actPage) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	e := errs.From(err)
	switch e.Kind {
	case errs.Invalid, errs.TooLarge:
		if err := p.form.Merge(err); err != nil {
			return err
		}
		return web.Render(w, r, http.StatusUnprocessableEntity, actView(p))
	case errs.Conflict:
		p.clash, p.closed = e, mayNow(p.c, p.act.Verb) != nil
		return web.Render(w, r, http.StatusConflict, actView(p))
	}
	return err
}

// changes are what happened since the page was opened.
func changes(e *errs.Error) []string {
	var list []string
	for _, f := range e.Fields {
		list = append(list, f.Message)
	}
	return list
}

// words are what was written, to be copied when it cannot be sent.
func (p *actPage) words() string {
	return joinText("\n", append([]string{p.form.Value("opinion")}, p.demandWords()...)...)
}

// Rows of the form of 告知补正: how many it begins with and may have.
const (
	firstRows = 3
	maxRows   = 30
)

// read turns the form into an act. Rows left empty close up, in the form too,
// so that a message stands beside the row it is about.
func (p *actPage) read() cases.Act {
	f := p.form
	a := cases.Act{
		Opinion: opinionOf(f), Revision: number(f.Value("revision")), Days: number(f.Value("days")),
		Grounds: f.Value("grounds"), Organ: f.Value("organ"), Procedure: f.Value("procedure"), Document: f.Value("document"),
		ApprovedBy: f.Value("approved_by"), Outcome: f.Value("outcome"), Remedies: f.Value("remedies"),
		Receiver: f.Value("receiver"), ReceiverIDNo: f.Value("receiver_id_no"), Tracking: f.Value("tracking"),
	}
	if p.act.Verb == cases.VerbRequestCorrection {
		a.Deficiencies = p.readDemands()
		p.rows = max(firstRows, len(a.Deficiencies)+1)
	}
	return a
}

func demandField(row int, name string) string {
	return "deficiencies." + strconv.Itoa(row) + "." + name
}

var demandParts = []string{"material", "problem", "cure"}

func (p *actPage) readDemands() []cases.Deficiency {
	var list []cases.Deficiency
	for row := range maxRows {
		d := cases.Deficiency{Material: p.form.Value(demandField(row, "material")),
			Problem: p.form.Value(demandField(row, "problem")), Cure: p.form.Value(demandField(row, "cure"))}
		for _, part := range demandParts {
			p.form.Raw().Del(demandField(row, part))
		}
		if d == (cases.Deficiency{}) {
			continue
		}
		for i, text := range []string{d.Material, d.Problem, d.Cure} {
			p.form.Set(demandField(len(list), demandParts[i]), text)
		}
		list = append(list, d)
	}
	return list
}

func (p *actPage) demandWords() []string {
	var list []string
	for row := range maxRows {
		list = append(list, joinText("；", p.form.Value(demandField(row, "problem")), p.form.Value(demandField(row, "cure"))))
	}
	return list
}

// materialOptions are the materials a deficiency may be about: nothing outside
// the list that was told can be asked for.
func (p *actPage) materialOptions() []ui.Option {
	var options []ui.Option
	for _, m := range p.c.Content.Checklist.Materials {
		if !m.Needless() {
			options = append(options, ui.Option{Value: m.ID, Label: m.Name})
		}
	}
	return options
}

// number reads a whole number; anything else is -1, which no field allows, and
// nothing is 0.
func number(text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}
