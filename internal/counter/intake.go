package counter

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/licences"
)

// sheet is an application on one page: everything that is asked, what has been
// said so far, and what is still missing.
type sheet struct {
	draft  cases.Draft
	def    *catalogue.Definition
	where  string // name of the place of the matter
	visit  string // key of the person served, "" for nobody yet
	known  bool   // the applicant's number is on file and shown masked
	list   catalogue.Checklist
	fields []catalogue.FormField
	kept   map[string]files.File
	gaps   []gap
	form   *web.Form
	wizard *apply.Wizard

	lacking  string                        // why this clerk may not accept it; "" they may
	consents consenter                     // who may agree that licences are used
	barred   string                        // why the applicant may not promise; "" they may
	mayCode  bool                          // who stands there may show a code, to agree to licences
	instead  map[string][]licences.Licence // of the applicant, by the material that they could stand in for
}

func (s *sheet) sub() *cases.Submission { return &s.draft.Submission }

func (s *sheet) url(part string) string {
	u := "/counter/intake/" + s.draft.Number
	if part != "" {
		u += "/" + part
	}
	return u
}

// seen marks the state of the draft that a page shows: another tab that has
// stored it since makes a different mark.
func (s *sheet) seen() string { return strconv.FormatInt(s.draft.UpdatedAt.UnixMicro(), 36) }

// sentSheet reads what a page of the intake sends and the draft it is about.
func (m *Module) sentSheet(r *http.Request) (*sheet, *web.Form, error) {
	f, err := web.ReadForm(r)
	if err != nil {
		return nil, nil, err
	}
	s, err := m.openSheet(r.Context(), r.PathValue("draft"), f.Value("visit"))
	return s, f, err
}

// openSheet reads a draft of the clerk with its item.
func (m *Module) openSheet(ctx context.Context, draft, visit string) (*sheet, error) {
	d, err := m.Cases.Draft(ctx, draft)
	if err != nil {
		return nil, err
	}
	v, err := m.Catalogue.Current(ctx, d.Item)
	if err != nil {
		return nil, err
	}
	s := &sheet{draft: d, def: &v.Definition, visit: visit, form: web.NewForm(nil), wizard: m.wizard}
	s.known = s.sub().Applicant.IDNo != ""
	s.draft.Submission.Draft, s.draft.Submission.Item = d.Number, d.Item
	if s.where, err = m.Org.FullName(ctx, d.Submission.Division); err != nil || m.Training == nil {
		return s, err
	}
	lacking, err := m.Training.GapOf(ctx, d.Item)
	s.lacking = lacking.Words()
	return s, err
}

// resolve works out what the answers come to: questions, materials, fields,
// files and what is missing. Answers that the newest guide does not know any
// more are dropped, and asked again.
func (m *Module) resolve(ctx context.Context, s *sheet) error {
	var err error
	if s.list, err = m.checklist(ctx, s.def, s.sub()); err != nil {
		return err
	}
	if err = m.findLicences(ctx, s); err != nil {
		return err
	}
	if err = m.lookUpProofs(ctx, s); err != nil {
		return err
	}
	if s.barred, err = m.wizard.Barred(ctx, s.list.Materials, s.sub().Applicant.IDNo); err != nil {
		return err
	}
	if s.fields, err = catalogue.FormFields(s.def.Form); err != nil {
		return err
	}
	if err = apply.Places(ctx, m.Org, s.fields, s.sub().Form, s.sub().Division); err != nil {
		return err
	}
	if s.kept, err = m.keptFiles(ctx, s.sub().Materials); err != nil {
		return err
	}
	s.gaps, err = m.missing(s)
	return err
}

func (m *Module) checklist(ctx context.Context, def *catalogue.Definition, sub *cases.Submission) (catalogue.Checklist, error) {
	list, err := m.Catalogue.Checklist(ctx, def.Code, sub.Division, 0, sub.Answers)
	if err == nil || errs.KindOf(err) != errs.Invalid {
		return list, err
	}
	return m.Catalogue.Checklist(ctx, def.Code, sub.Division, 0, catalogue.Answers{})
}

// keptFiles looks up what has been uploaded, by id.
func (m *Module) keptFiles(ctx context.Context, handed []cases.Handed) (map[string]files.File, error) {
	kept := map[string]files.File{}
	for _, h := range handed {
		if h.File == "" {
			continue
		}
		f, err := m.Store.Stat(ctx, h.File)
		if err != nil && errs.KindOf(err) == errs.NotFound {
			continue
		}
		if err != nil {
			return nil, wrap("look up uploaded file", err)
		}
		kept[h.File] = f
	}
	return kept, nil
}

// intake shows the page.
func (m *Module) intake(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, err := m.openSheet(ctx, r.PathValue("draft"), r.URL.Query().Get("visit"))
	if err != nil {
		return err
	}
	if err := m.resolve(ctx, s); err != nil {
		return err
	}
	if err := s.defaults(catalogue.Checklist{}); err != nil {
		return err
	}
	if err := s.show(); err != nil {
		return err
	}
	if s.gaps, err = m.missing(s); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, sheetView(s))
}

// show puts what is stored into the inputs.
func (s *sheet) show() error {
	sub := s.sub()
	a := sub.Applicant
	s.form.Set("applicant.type", a.Type)
	s.form.Set("applicant.name", a.Name)
	s.form.Set("applicant.id_type", a.IDType)
	s.form.Set("applicant.phone", a.Phone)
	if g := sub.Agent; g != nil {
		s.form.Set("has_agent", "1")
		for name, v := range map[string]string{"name": g.Name, "id_no": g.IDNo, "phone": g.Phone, "authority": g.Authority} {
			s.form.Set("agent."+name, v)
		}
	}
	s.form.Set("deliver", sub.Deliver)
	if sub.Deliver == "" && len(s.def.Result.DeliverBy) > 0 {
		s.form.Set("deliver", s.def.Result.DeliverBy[0])
	}
	s.form.Set("deliver_address", sub.DeliverTo)
	if !sub.DeferUntil.IsZero() {
		s.form.Set("defer_until", sub.DeferUntil.String())
	}
	s.form.Set("form_sent", "1")
	values, err := catalogue.FormValues(s.fields, sub.Form)
	if err != nil {
		return err
	}
	for name, list := range values {
		s.form.Raw()["form."+name] = list
	}
	return nil
}

// defaults fills in what the answers say. A value that only came from the
// answers before makes way for what the answers say now; one that somebody
// typed stays.
func (s *sheet) defaults(before catalogue.Checklist) error {
	values := map[string]any{}
	if len(s.sub().Form) > 0 {
		if err := json.Unmarshal(s.sub().Form, &values); err != nil {
			return wrap("read form of draft", err)
		}
	}
	changed := false
	for name, v := range s.list.Defaults {
		now, there := values[name]
		old, was := before.Defaults[name]
		if !there || now == "" || was && same(now, old) {
			values[name], changed = v, true
		}
	}
	if !changed {
		return nil
	}
	raw, err := json.Marshal(values)
	s.sub().Form = raw
	return wrap("fill in form", err)
}

// same compares a value read from JSON with one of a definition.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

func sameAnswers(a, b catalogue.Answers) bool {
	return maps.EqualFunc(a, b, func(x, y []string) bool { return slices.Equal(x, y) || len(x) == 0 && len(y) == 0 })
}

// asked tells whether two lists ask the same of the applicant.
func asked(a, b catalogue.Checklist) bool {
	return reflect.DeepEqual(questionIDs(a), questionIDs(b)) && reflect.DeepEqual(materialIDs(a), materialIDs(b)) && a.Stop == b.Stop
}

func questionIDs(list catalogue.Checklist) (ids []string) {
	for _, q := range list.Questions {
		ids = append(ids, q.ID)
	}
	return ids
}

func materialIDs(list catalogue.Checklist) (ids []string) {
	for _, m := range list.Materials {
		ids = append(ids, m.ID)
	}
	return ids
}
