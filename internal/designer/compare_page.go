package designer

import (
	"net/http"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// comparePage is two versions of an item side by side.
type comparePage struct {
	*page
	From, To catalogue.Version
	List     []Change
}

func (m *Module) showCompare(w http.ResponseWriter, r *http.Request) error {
	p, err := m.comparison(r, web.NewForm(r.URL.Query()))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, compareView(p))
}

// comparison reads the two versions that from and to name; without them the
// newest against the one in force.
func (m *Module) comparison(r *http.Request, form *web.Form) (*comparePage, error) {
	base, err := m.load(r.Context(), r.PathValue("code"), "compare")
	if err != nil {
		return nil, err
	}
	from, to := atoi(form.Value("from")), atoi(form.Value("to"))
	if to == 0 {
		to = base.Newest.N
	}
	if from == 0 {
		from = max(base.published(), 1)
	}
	p := &comparePage{page: base}
	p.Form = form
	if p.From, err = m.Catalogue.Version(r.Context(), base.Item.Code, from); err != nil {
		return nil, err
	}
	if p.To, err = m.Catalogue.Version(r.Context(), base.Item.Code, to); err != nil {
		return nil, err
	}
	p.List, err = Compare(&p.From.Definition, &p.To.Definition)
	return p, err
}

// titles are the sections in which something differs.
func (p *comparePage) titles() []string {
	var list []string
	for _, c := range p.List {
		if !slices.Contains(list, c.Section) {
			list = append(list, c.Section)
		}
	}
	return list
}

func (p *comparePage) options() []ui.Option {
	var list []ui.Option
	for _, v := range p.Versions {
		list = append(list, ui.Option{Value: itoa(v.N), Label: versionWord(v.N) + "（" + v.State.String() + "）"})
	}
	return list
}

// remarksOn are what was said about a changed field.
func (p *comparePage) remarksOn(c Change) []catalogue.Remark {
	var list []catalogue.Remark
	for _, x := range p.Remarks {
		if x.Field == c.Path {
			list = append(list, x)
		}
	}
	return list
}

// mayRemark says whether the reviewer may write about this comparison: it is
// that of the version on its way.
func (p *comparePage) mayRemark() bool { return p.mayReview() && p.To.N == p.Newest.N }

// changeRemarks adds a reviewer's remark, or settles one.
func (m *Module) changeRemarks(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	if id := form.Value("settle"); id != "" {
		if err := m.Catalogue.SettleRemark(r.Context(), code, id); err != nil {
			return err
		}
		web.Flash(r, "success", "已记为处理完毕。")
		return web.Redirect(w, r, sectionURL(code, backTo(form.Value("back"))))
	}
	err = m.Catalogue.AddRemark(r.Context(), catalogue.Remark{Item: code, Field: form.Value("field"), Text: form.Value("remark")})
	if err == nil {
		web.Flash(r, "success", "意见已记下，编辑人员会在这一项旁边看到。")
		return web.Redirect(w, r, compareURL(code, atoi(form.Value("from")), atoi(form.Value("to"))))
	}
	status, err := told(form, err)
	if err != nil {
		return err
	}
	p, err := m.comparison(r, form)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, compareView(p))
}

func backTo(key string) string {
	if s, ok := sectionOf(key); ok {
		return s.Key
	}
	return "basic"
}
