package apply

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/licences"
)

// fromReview is where somebody came from who changes one answer of those read
// back, and where they go again.
const fromReview = "review"

// journey is an application at home, one question a page, as one request sees
// it.
type journey struct {
	*screen
	principals []principal // for whom else one may apply
	list       catalogue.Checklist
	parts      []part
	problems   []errs.Field // of the form as it is
	kept       map[string]files.File
	stops      []stop
	at         int    // place of the page in stops; -1 for the others
	from       string // fromReview, or ""
	title      string // of a page that is no stop

	barred  string             // why the applicant may not promise instead of the material in sight; "" they may
	instead []licences.Licence // that the applicant need only agree to, instead of the material in sight
	decides string             // name of who would see them
}

// mountOnline adds the pages of an application at home.
func (w *Wizard) mountOnline(rt *web.Router) {
	w.once = rt.Idempotent
	at := w.Base + "/{draft}/"
	rt.Get(at+"next", w.Guard, w.next)
	for _, key := range []string{"people", "phone", "deliver", "defer"} {
		rt.Get(at+key, w.Guard, w.page(key))
		rt.Post(at+key, w.Guard, w.savePage(key))
	}
	for _, kind := range []string{"questions", "form", "materials"} {
		rt.Get(at+kind, w.Guard, w.firstOf(kind))
		rt.Get(at+kind+"/{id}", w.Guard, w.page(kind))
	}
	rt.Post(at+"questions/{id}", w.Guard, w.savePage("questions"))
	rt.Post(at+"form/{id}", w.Guard, w.savePage("form"))
	rt.PostLimit(at+"materials/{id}", w.Guard, UploadLimit, w.saveMaterial)
	rt.Get(at+"uploads/{file}", w.Guard, w.picture)
	rt.Get(at+"review", w.Guard, w.readBack)
	rt.Post(at+"review", w.Guard, w.send)
	rt.Get(at+"preview", w.Guard, w.preview)
	rt.Get(at+"discard", w.Guard, w.askDiscard)
	rt.Post(at+"discard", w.Guard, w.discard)
}

// sentAlready leads to the case when the draft was sent from another device
// or before somebody went back: the number stays the same. Else err.
func (w *Wizard) sentAlready(rw http.ResponseWriter, r *http.Request, err error) error {
	if !errors.Is(err, cases.ErrDraftUnknown) {
		return err
	}
	c, findErr := w.Cases.Find(r.Context(), r.PathValue("draft"))
	if findErr != nil {
		return err
	}
	web.Flash(r, "info", "这份申请已经提交，办件编号 "+c.Number+"，不用再填。")
	return web.Redirect(rw, r, w.CaseURL(c.Number))
}

// journey reads the application of the request as it stands.
func (w *Wizard) journey(r *http.Request) (*journey, error) {
	s, err := w.open(r, "")
	if err != nil {
		return nil, err
	}
	j := &journey{screen: s, at: -1, from: from(r)}
	if j.principals, err = w.principals(r.Context(), s.def.Code); err != nil {
		return nil, err
	}
	if err := j.own(r.Context()); err != nil {
		return nil, err
	}
	return j, j.look(r.Context())
}

// own takes whoever may apply for nobody else as the applicant from the first page
// on: which licences they have and what registers say does not wait for the page
// of the telephone, which stays to be filled in.
func (j *journey) own(ctx context.Context) error {
	s := &j.draft.Submission
	if s.Applicant.Name != "" || s.Mandate != "" || len(j.principals) > 0 {
		return nil
	}
	a, err := j.applicant(ctx, actor(ctx).Account)
	a.Phone = ""
	s.Applicant = a
	return err
}

func from(r *http.Request) string {
	if r.URL.Query().Get("from") == fromReview {
		return fromReview
	}
	return ""
}

// look works out the plan from the draft.
func (j *journey) look(ctx context.Context) error {
	var err error
	if j.list, err = j.checklist(ctx); err != nil {
		return err
	}
	if err = j.lookUp(ctx); err != nil {
		return err
	}
	sub := j.draft.Submission
	fields, err := catalogue.FormFields(j.def.Form)
	if err != nil {
		return err
	}
	form := map[string]any{}
	if len(sub.Form) > 0 {
		if err := json.Unmarshal(sub.Form, &form); err != nil {
			form = map[string]any{}
		}
	}
	j.parts = shownParts(partsOf(fields), form)
	j.problems = nil
	if err := j.w.Catalogue.CheckForm(*j.def, sub.Form); invalid(err) {
		j.problems = errs.From(err).Fields
	} else if err != nil {
		return err
	}
	if j.kept, err = j.keptFiles(ctx); err != nil {
		return err
	}
	j.stops = j.plan()
	return nil
}

// standAt makes a page of the plan the one in sight; false when the answers
// have made it needless.
func (j *journey) standAt(key string) bool {
	j.at = j.find(key)
	return j.at >= 0
}

func (j *journey) stop() stop { return j.stops[j.at] }

// stopURL is the address of a page, with where to go afterwards.
func (j *journey) stopURL(key string) string { return j.link(key, j.from) }

// changeURL is a page opened from the answers read back.
func (j *journey) changeURL(key string) string { return j.link(key, fromReview) }

func (j *journey) link(key, from string) string {
	kind, id, found := strings.Cut(key, "/")
	if found {
		kind += "/" + url.PathEscape(id)
	}
	if from != "" {
		kind += "?from=" + from
	}
	return j.url(kind)
}

// change stores what fn does to the draft as it stands now, and notes that the
// page has been filled in.
func (j *journey) change(ctx context.Context, key string, fn func(context.Context, *cases.Submission) error) error {
	d, err := j.w.Cases.ChangeDraft(ctx, j.draft.Number, func(ctx context.Context, s *cases.Submission) error {
		if err := fn(ctx, s); err != nil {
			return err
		}
		notePage(s, key)
		return nil
	})
	if err != nil {
		return err
	}
	j.draft = d
	return j.look(ctx)
}

// onward goes to the page after key once everything is stored.
func (j *journey) onward(rw http.ResponseWriter, r *http.Request, key string) error {
	if j.form.Value("later") != "" {
		web.Flash(r, "success", "已保存，可以在任何设备上继续填写。")
		return web.Redirect(rw, r, j.w.Home.URL)
	}
	if j.form.Value("more") != "" { // one more row of a table
		return web.Redirect(rw, r, j.stopURL(key))
	}
	return web.Redirect(rw, r, j.after(key))
}

// pageKey is the key of the page a request is about.
func pageKey(kind string, r *http.Request) string {
	if id := r.PathValue("id"); id != "" {
		return kind + "/" + id
	}
	return kind
}

// page shows one page of the plan.
func (w *Wizard) page(kind string) web.Handler {
	return func(rw http.ResponseWriter, r *http.Request) error {
		j, err := w.journey(r)
		if err != nil {
			return w.sentAlready(rw, r, err)
		}
		if !j.standAt(pageKey(kind, r)) {
			return j.elsewhere(rw, r, kind)
		}
		if err := j.fill(r.Context()); err != nil {
			return err
		}
		return j.show(rw, r, http.StatusOK)
	}
}

// elsewhere leads on from a page that the answers have made needless, or that
// never was one.
func (j *journey) elsewhere(rw http.ResponseWriter, r *http.Request, kind string) error {
	if kind == "people" {
		return web.Redirect(rw, r, j.stopURL("phone"))
	}
	web.Flash(r, "info", "按您现在的回答，不用填那一页了。")
	return web.Redirect(rw, r, j.resume())
}

// next leads to the first page that still wants something: the address of
// a draft wherever it is taken up again.
func (w *Wizard) next(rw http.ResponseWriter, r *http.Request) error {
	j, err := w.journey(r)
	if err != nil {
		return w.sentAlready(rw, r, err)
	}
	return web.Redirect(rw, r, j.resume())
}

// firstOf leads to the first page of a kind that still wants something, else
// to the first of them.
func (w *Wizard) firstOf(kind string) web.Handler {
	return func(rw http.ResponseWriter, r *http.Request) error {
		j, err := w.journey(r)
		if err != nil {
			return w.sentAlready(rw, r, err)
		}
		first := ""
		for _, s := range j.stops {
			if s.kind() != kind {
				continue
			}
			if s.missing() {
				return web.Redirect(rw, r, j.stopURL(s.key))
			}
			if first == "" {
				first = s.key
			}
		}
		if first == "" {
			return web.Redirect(rw, r, j.resume())
		}
		return web.Redirect(rw, r, j.stopURL(first))
	}
}

// savePage takes in one page, whatever kind it is.
func (w *Wizard) savePage(kind string) web.Handler {
	return func(rw http.ResponseWriter, r *http.Request) error {
		j, err := w.journey(r)
		if err != nil {
			return w.sentAlready(rw, r, err)
		}
		key := pageKey(kind, r)
		if !j.standAt(key) {
			return j.elsewhere(rw, r, kind)
		}
		if j.form, err = web.ReadForm(r); err != nil {
			return err
		}
		if err := j.take(r.Context(), kind); err != nil {
			return err
		}
		if !j.form.OK() {
			return j.show(rw, r, http.StatusUnprocessableEntity)
		}
		return j.onward(rw, r, key)
	}
}

// take reads the page into the draft; what is wrong is noted in the form.
func (j *journey) take(ctx context.Context, kind string) error {
	switch kind {
	case "people":
		return j.takePeople(ctx)
	case "phone":
		return j.takePhone(ctx)
	case "questions":
		return j.takeAnswer(ctx)
	case "form":
		return j.takePart(ctx)
	case "defer":
		return j.takeDeferral(ctx)
	}
	return j.takeDelivery(ctx)
}

// fill puts what the draft knows into the inputs of the page.
func (j *journey) fill(ctx context.Context) error {
	sub := j.draft.Submission
	switch j.stop().kind() {
	case "people":
		j.form.Set("mandate", j.mandateChosen())
	case "phone":
		return j.fillPhone(ctx)
	case "form":
		return j.fillPart(ctx)
	case "materials":
		if err := j.findLicences(ctx, j.material()); err != nil {
			return err
		}
		if err := j.findPromise(ctx, j.material()); err != nil {
			return err
		}
		j.form.Set("way."+j.stop().id(), j.wayNow(j.material()))
	case "defer":
		j.form.Set("defer_until", sub.DeferUntil.String())
	case "deliver":
		return j.fillDelivery(ctx)
	}
	return nil
}

// show renders the page in sight with what stands in the form.
func (j *journey) show(rw http.ResponseWriter, r *http.Request, status int) error {
	switch j.stop().kind() {
	case "people":
		return web.Render(rw, r, status, whoView(j))
	case "phone":
		return web.Render(rw, r, status, phoneView(j))
	case "questions":
		return web.Render(rw, r, status, questionView(j, j.question()))
	case "form":
		p := j.part()
		if err := Places(r.Context(), j.w.Org, p.fields, j.draft.Submission.Form, j.draft.Submission.Division); err != nil {
			return err
		}
		return web.Render(rw, r, status, partView(j, p))
	case "materials":
		return web.RenderPart(rw, r, status, materialView(j, j.material()), PhotoList(j.photos(j.material())))
	case "defer":
		return web.Render(rw, r, status, deferView(j))
	}
	return web.Render(rw, r, status, deliverView(j))
}

// opts frames a page: the browser's title says where one stands.
func (j *journey) opts() ui.PageOpts {
	title := j.title
	if j.at >= 0 {
		title = j.position() + " " + j.stop().title
	}
	return ui.PageOpts{Title: title + " - " + j.def.Name, Face: j.w.Face, NoHeading: true,
		Breadcrumb: []ui.Crumb{j.w.Home, {Label: j.def.Name, URL: catalogue.GuideURL(j.def.Code, j.draft.Submission.Division)}},
		Styles:     []string{"apply.css", "apply-online.css"}, Scripts: j.scripts()}
}

func (j *journey) scripts() []string {
	if j.at >= 0 && j.stop().kind() == "materials" {
		return []string{"apply.js", PhotoScript}
	}
	return []string{"apply.js"}
}

// actor is who fills in the application.
func actor(ctx context.Context) identity.Actor { return identity.FromContext(ctx) }
