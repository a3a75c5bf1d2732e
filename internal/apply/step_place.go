package apply

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// placePage asks where the matter belongs, a level at a time: ten counties,
// then a dozen towns, then a dozen villages are lists a thumb can use.
type placePage struct {
	w        *Wizard
	def      *catalogue.Definition
	path     []org.Division
	children []org.Division
	here     org.Division
	offered  string // "" if the item can be applied for here, else why not
	closed   string // why it cannot be applied for this way at all, "" if it can
	form     *web.Form
}

func (p placePage) page() ui.PageOpts {
	return ui.PageOpts{
		Title: p.def.Name, Face: p.w.Face, Narrow: p.w.Face == ui.Citizen, Lead: "这件事属于哪个地方？",
		Breadcrumb: []ui.Crumb{p.w.Home, {Label: "办事指南", URL: catalogue.GuideURL(p.def.Code, p.here.Code)}, {Label: "选择地区"}},
		Styles:     []string{"apply.css"},
	}
}

func (p placePage) url(code string) string {
	return p.w.Base + "/new?" + url.Values{"item": {p.def.Code}, "at": {code}, "choose": {"1"}}.Encode()
}

// place shows the choice of the place; one that was given and fits is only
// shown to be confirmed.
func (w *Wizard) place(rw http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p, err := w.placeOf(r.Context(), q.Get("item"), q.Get("at"))
	if err != nil {
		return err
	}
	if err := w.known(r.Context(), p.def); p.closed == "" && err != nil {
		return err
	}
	return web.Render(rw, r, http.StatusOK, placeView(p))
}

// known leads whoever has not shown enough of who they are to where that is
// done, before anything is typed, and back here.
func (w *Wizard) known(ctx context.Context, def *catalogue.Definition) error {
	if w.Side == Window {
		return nil
	}
	return actor(ctx).Enough(identity.Level(def.MinLevel))
}

func (w *Wizard) placeOf(ctx context.Context, item, at string) (placePage, error) {
	v, err := w.Catalogue.Current(ctx, item)
	if err != nil {
		return placePage{}, err
	}
	p := placePage{w: w, def: &v.Definition, form: web.NewForm(nil)}
	if at == "" {
		at = identity.FromContext(ctx).Division
	}
	if at == "" {
		at = cityOf(ctx, w.Org)
	}
	if p.path, err = w.Org.Path(ctx, at); err != nil {
		return p, err
	}
	p.path = p.path[:reach(p.def, p.path)]
	p.here = p.path[len(p.path)-1]
	at = p.here.Code
	p.closed = w.closed(ctx, p.def)
	if p.children, _, err = w.Org.Children(ctx, at, db.Page{Limit: db.MaxLimit}); err != nil {
		return p, err
	}
	if !deeper(p.def, p.here) {
		p.children = nil
	}
	err = w.Catalogue.OfferedAt(ctx, p.def, at)
	if e := errs.From(err); e != nil {
		if e.Kind == errs.Internal || e.Kind == errs.Unavailable {
			return p, err
		}
		p.offered = e.Message
	}
	return p, nil
}

// reach is how far down a path the item goes: a villager who asks for what the
// county handles applies at the county. The whole path if it goes further.
func reach(def *catalogue.Definition, path []org.Division) int {
	for i := len(path); i > 0; i-- {
		if def.At(int(path[i-1].Level)) {
			return i
		}
	}
	return len(path)
}

// closed says why this visitor cannot apply online, before anything is typed.
func (w *Wizard) closed(ctx context.Context, def *catalogue.Definition) string {
	if w.Side == Window {
		return ""
	}
	if len(def.Channels) > 0 && !def.HasChannel(cases.ChannelWeb) && !def.HasChannel(cases.ChannelMobile) {
		return "这个事项暂时不能在网上申请，请到窗口办理，办理地点见办事指南。"
	}
	if slices.ContainsFunc(actor(ctx).Mandates, func(x identity.Mandate) bool { return x.Covers(def.Code) }) {
		return "" // for whom is asked first
	}
	return w.unserved(actor(ctx).Kind, def)
}

// deeper says whether the item reaches below a division.
func deeper(def *catalogue.Definition, d org.Division) bool {
	for _, level := range def.Levels {
		if level > int(d.Level) {
			return true
		}
	}
	return false
}

// cityOf is the top of the tree.
func cityOf(ctx context.Context, o *org.Module) string {
	top, _, err := o.Children(ctx, "", db.Page{Limit: 1})
	if err != nil || len(top) == 0 {
		return ""
	}
	return org.Above(top[0].Code, org.City)
}

// begin makes the draft.
func (w *Wizard) begin(rw http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := w.placeOf(r.Context(), form.Value("item"), form.Value("at"))
	if err != nil {
		return err
	}
	if problem := cmp.Or(p.closed, p.offered); problem != "" {
		p.form.Error("", problem)
		return web.Render(rw, r, http.StatusUnprocessableEntity, placeView(p))
	}
	if err := w.known(r.Context(), p.def); err != nil {
		return err
	}
	d, err := w.Cases.SaveDraft(r.Context(), cases.Submission{Item: p.def.Code, Division: p.here.Code, Channel: w.channel(r)})
	if err != nil {
		return err
	}
	if w.Side == Online {
		return web.Redirect(rw, r, w.StepURL(d.Number, "next"))
	}
	return web.Redirect(rw, r, w.StepURL(d.Number, "people"))
}
