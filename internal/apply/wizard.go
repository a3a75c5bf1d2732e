package apply

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/licences"
	"yimen/internal/org"
	"yimen/workday"
)

// UploadLimit is the most that one page of materials may carry, in bytes: a
// few files of the largest size.
const UploadLimit = 220 << 20

// Wizard leads through an application and keeps everything in a draft: it can
// be left and taken up again on another device, and a line that breaks loses
// nothing.
//
// At a window it is a page for each part, dense, for a clerk who knows it:
//
//	place ─► people ─► questions ─► form ─► materials ─► review ─► the case
//
// At home it is one question a page (journey.go): each situation, each few
// fields of the form that belong together and each material is a page of its
// own, the answers are read back, and any of them can be changed from there.
type Wizard struct {
	Cases     *cases.Module
	Catalogue *catalogue.Module
	Org       *org.Module
	Identity  *identity.Module
	Store     *files.Store
	Clock     clock.Clock
	Promises  Promises         // nil: nobody is kept from promising instead of a proof
	Licences  *licences.Module // nil: no electronic licence is offered instead of a material

	Base    string    // "/apply": pages live at Base/new, Base/{draft}/people …
	Face    ui.Face   //
	Side    Side      // which side of the counter
	Guard   web.Guard // who may
	Home    ui.Crumb  // first crumb of every page
	CaseURL func(number string) string

	once func(web.Handler) web.Handler // the router's idempotency
}

// Mount adds the pages to the router.
func (w *Wizard) Mount(rt *web.Router) {
	rt.Get(w.Base+"/new", w.Guard, w.place)
	rt.Post(w.Base+"/new", w.Guard, w.begin)
	if w.Side == Online {
		w.mountOnline(rt)
		return
	}
	for name, step := range map[string]struct{ get, post web.Handler }{
		"people":    {w.people, w.savePeople},
		"questions": {w.questions, w.saveQuestions},
		"form":      {w.form, w.saveForm},
		"review":    {w.review, w.submit},
		"discard":   {w.askDiscard, w.discard},
	} {
		rt.Get(w.Base+"/{draft}/"+name, w.Guard, step.get)
		rt.Post(w.Base+"/{draft}/"+name, w.Guard, step.post)
	}
	rt.Get(w.Base+"/{draft}/materials", w.Guard, w.materials)
	rt.PostLimit(w.Base+"/{draft}/materials", w.Guard, UploadLimit, w.saveMaterials)
}

// StartURL is where an application for an item begins.
func (w *Wizard) StartURL(item, division string) string {
	q := url.Values{"item": {item}}
	if division != "" {
		q.Set("at", division)
	}
	return w.Base + "/new?" + q.Encode()
}

// StepURL is one step of a draft.
func (w *Wizard) StepURL(draft, step string) string { return w.Base + "/" + draft + "/" + step }

// Resume is the first step of a draft that still needs something.
func (w *Wizard) Resume(d cases.Draft) string {
	s := d.Submission
	switch {
	case w.Side == Online:
		return w.StepURL(d.Number, "next")
	case s.Applicant.Name == "":
		return w.StepURL(d.Number, "people")
	case len(s.Form) == 0:
		return w.StepURL(d.Number, "questions")
	case len(s.Materials) == 0:
		return w.StepURL(d.Number, "materials")
	}
	return w.StepURL(d.Number, "review")
}

var stepNames = []struct{ id, label string }{
	{"people", "申请人"}, {"questions", "回答问题"}, {"form", "填写表单"}, {"materials", "提交材料"}, {"review", "核对提交"},
}

func stepsAt(current string) []ui.Step {
	steps, state := make([]ui.Step, len(stepNames)), "done"
	for i, s := range stepNames {
		if s.id == current {
			steps[i], state = ui.Step{Label: s.label, State: "current"}, "todo"
			continue
		}
		steps[i] = ui.Step{Label: s.label, State: state}
	}
	return steps
}

// screen is what every page of the wizard shows around its form.
type screen struct {
	w     *Wizard
	draft cases.Draft
	def   *catalogue.Definition
	where string // name of the division of the matter
	step  string
	form  *web.Form
}

func (s *screen) url(step string) string { return s.w.StepURL(s.draft.Number, step) }

func (s *screen) page() ui.PageOpts {
	return ui.PageOpts{
		Title: s.def.Name, Face: s.w.Face,
		Lead:       s.where + "　草稿号 " + s.draft.Number,
		Breadcrumb: []ui.Crumb{s.w.Home, {Label: "办事指南", URL: "/items/" + s.def.Code}, {Label: "申请"}},
		Styles:     []string{"apply.css"}, Scripts: []string{"apply.js"},
	}
}

// open reads the draft of the request with its definition.
func (w *Wizard) open(r *http.Request, step string) (*screen, error) {
	d, err := w.Cases.Draft(r.Context(), r.PathValue("draft"))
	if err != nil {
		return nil, err
	}
	v, err := w.version(r.Context(), d)
	if err != nil {
		return nil, err
	}
	s := &screen{w: w, draft: d, def: &v.Definition, step: step, form: web.NewForm(nil)}
	if d.Submission.Division != "" {
		s.where, err = w.Org.FullName(r.Context(), d.Submission.Division)
	}
	return s, err
}

// version is the one in force: an application follows the newest guide until
// it is sent, and the case then keeps it.
func (w *Wizard) version(ctx context.Context, d cases.Draft) (catalogue.Version, error) {
	return w.Catalogue.Current(ctx, d.Item)
}

func (w *Wizard) today(ctx context.Context) workday.Date {
	return workday.DateOf(clock.FromContext(ctx, w.Clock).Now(), clock.Beijing)
}

// save stores the submission of the screen and goes on to a step.
func (s *screen) save(rw http.ResponseWriter, r *http.Request, next string) error {
	s.draft.Submission.Draft = s.draft.Number
	s.draft.Submission.Item = s.draft.Item
	d, err := s.w.Cases.SaveDraft(r.Context(), s.draft.Submission)
	if err != nil {
		return err
	}
	return web.Redirect(rw, r, s.w.StepURL(d.Number, next))
}

// checklist resolves the answers of the draft; answers that the newest guide
// does not know any more are dropped, and asked again.
func (s *screen) checklist(ctx context.Context) (catalogue.Checklist, error) {
	sub := s.draft.Submission
	list, err := s.w.Catalogue.Checklist(ctx, s.def.Code, sub.Division, 0, sub.Answers)
	if err == nil || errs.KindOf(err) != errs.Invalid {
		return list, err
	}
	return s.w.Catalogue.Checklist(ctx, s.def.Code, sub.Division, 0, catalogue.Answers{})
}

// channel is how the application comes in.
func (w *Wizard) channel(r *http.Request) string {
	switch {
	case w.Side == Window:
		return cases.ChannelWindow
	case r.Header.Get("Sec-CH-UA-Mobile") == "?1":
		return cases.ChannelMobile
	}
	return cases.ChannelWeb
}

// keptFiles looks up what has been uploaded, by id.
func (s *screen) keptFiles(ctx context.Context) (map[string]files.File, error) {
	kept := map[string]files.File{}
	for _, h := range s.draft.Submission.Materials {
		if h.File == "" {
			continue
		}
		f, err := s.w.Store.Stat(ctx, h.File)
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look up uploaded file: %w", err)
		}
		kept[h.File] = f
	}
	return kept, nil
}
