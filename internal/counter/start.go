package counter

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/org"
)

// placePage asks where the matter belongs when it is not the window's own
// place: a level at a time, as buttons.
type placePage struct {
	def      *catalogue.Definition
	visit    string
	path     []org.Division
	children []org.Division
	here     org.Division
	problem  string // why it cannot be applied for here, "" if it can
}

func (p placePage) url(code string) string { return startURL(p.def.Code, code, p.visit) }

// askPlace shows the choice of the place.
func (m *Module) askPlace(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p, err := m.placeOf(r.Context(), q.Get("item"), q.Get("at"))
	if err != nil {
		return err
	}
	p.visit = q.Get("visit")
	return web.Render(w, r, http.StatusOK, placeView(p))
}

// placeOf is the place of a matter: at, else the clerk's own, no deeper than
// the item reaches.
func (m *Module) placeOf(ctx context.Context, item, at string) (placePage, error) {
	v, err := m.Catalogue.Current(ctx, item)
	if err != nil {
		return placePage{}, err
	}
	p := placePage{def: &v.Definition}
	if at == "" {
		o, err := m.ownOutlet(ctx)
		if err != nil {
			return p, err
		}
		at = cmp.Or(o.Division, identity.FromContext(ctx).Division)
	}
	if at == "" {
		home, err := m.Org.Home(ctx)
		if err != nil {
			return p, err
		}
		at = home.Code
	}
	if p.path, err = m.Org.Path(ctx, at); err != nil {
		return p, err
	}
	for n := len(p.path); n > 0; n-- {
		if p.def.At(int(p.path[n-1].Level)) {
			p.path = p.path[:n]
			break
		}
	}
	p.here = p.path[len(p.path)-1]
	for _, level := range p.def.Levels {
		if level > int(p.here.Level) {
			if p.children, _, err = m.Org.Children(ctx, p.here.Code, db.Page{Limit: db.MaxLimit}); err != nil {
				return p, err
			}
			break
		}
	}
	err = m.Catalogue.OfferedAt(ctx, p.def, p.here.Code)
	if e := errs.From(err); e != nil {
		if e.Kind == errs.Internal || e.Kind == errs.Unavailable {
			return p, err
		}
		p.problem = e.Message
	}
	return p, nil
}

// start begins an application for the person served, or for somebody whose
// name is typed later, and fills in what is known. Words that name one item are
// as good as its code; others lead to the choice.
func (m *Module) start(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, visit := r.Context(), form.Value("visit")
	item := cmp.Or(form.Value("pick"), form.Value("item"))
	if item == "" {
		words := strings.TrimSpace(narrowed(form.Value("q")))
		items, err := m.itemsFor(ctx, words)
		if err != nil {
			return err
		}
		if len(items) != 1 {
			return web.Redirect(w, r, "/counter/new?"+url.Values{"q": {words}, "visit": {visit}}.Encode())
		}
		item = items[0].Code
	}
	return m.startItem(w, r, item, form.Value("at"), visit)
}

func (m *Module) startItem(w http.ResponseWriter, r *http.Request, item, at, visit string) error {
	ctx := r.Context()
	p, err := m.placeOf(ctx, item, at)
	if err != nil {
		return err
	}
	if p.problem != "" {
		return web.Redirect(w, r, startURL(item, at, visit))
	}
	s := cases.Submission{Item: p.def.Code, Division: p.here.Code, Channel: cases.ChannelWindow}
	taken, err := m.fillIn(ctx, &s, p.def, visit)
	if err != nil {
		return err
	}
	d, err := m.Cases.SaveDraft(ctx, s)
	if err != nil {
		return err
	}
	if taken != "" {
		web.Flash(r, "info", taken)
	}
	return web.Redirect(w, r, IntakeURL(d.Number, visit))
}

// fillIn puts what is known of the person into a new application.
func (m *Module) fillIn(ctx context.Context, s *cases.Submission, def *catalogue.Definition, visit string) (string, error) {
	s.Applicant = cases.Applicant{Type: "person", IDType: gb.IDResident.Code()}
	if !def.Serves("person") {
		s.Applicant.Type, s.Applicant.IDType = "enterprise", gb.IDCreditCode.Code()
	}
	if visit != "" {
		v, err := m.visit(ctx, visit)
		if err != nil && !errors.Is(err, ErrVisitOver) { // over: the application can be typed all the same
			return "", err
		}
		if err == nil {
			s.Applicant = v.applicant()
		}
	}
	return m.prefill(ctx, s, def)
}
