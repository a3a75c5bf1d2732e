package office

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// listPage is the cases one may see, narrowed.
type listPage struct {
	form  *web.Form
	item  string // name of the item chosen
	total int
	list  []cases.Case
	next  string
	paged bool
}

// list shows the cases that the viewer may see, newest first, with how many
// there are.
func (m *Module) list(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := listPage{form: form, paged: form.Value("after") != ""}
	query, err := m.listQuery(r, &p)
	if err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, listView(p))
	}
	if p.total, err = m.Cases.Count(r.Context(), query); err == nil {
		p.list, p.next, err = m.Cases.List(r.Context(), query, db.Page{Limit: 30, After: form.Value("after")})
	}
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, listView(p))
	}
	return web.Render(w, r, http.StatusOK, listView(p))
}

func (m *Module) listQuery(r *http.Request, p *listPage) (cases.Query, error) {
	f := p.form
	q := cases.Query{State: cases.State(f.Value("state")), Light: f.Value("light"), Q: f.Value("q"),
		From: f.Date("from"), To: f.Date("to")}
	if !q.From.IsZero() && !q.To.IsZero() && q.To.Before(q.From) {
		f.Error("to", "结束日期不能早于开始日期，请重新选择。")
	}
	text := f.Value("item")
	if text == "" || !f.OK() {
		return q, nil
	}
	name, code, err := m.itemNamed(r, text)
	if err != nil {
		return q, err
	}
	if code == "" {
		f.Error("item", "没有找到事项“"+text+"”，请换个说法，或直接输入事项编码。")
	}
	p.item, q.Item = name, code
	return q, nil
}

var itemCode = regexp.MustCompile(`^[A-Za-z]{2}\d{5}$`)

// itemNamed finds an item by its code, or the best fit of a search.
func (m *Module) itemNamed(r *http.Request, text string) (name, code string, err error) {
	if itemCode.MatchString(text) {
		v, err := m.Catalogue.Current(r.Context(), strings.ToUpper(text))
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return "", "", err
		}
		return v.Definition.Name, v.Definition.Code, nil
	}
	found, _, err := m.Catalogue.Search(r.Context(), catalogue.Query{Q: text}, db.Page{Limit: 1})
	if err != nil || len(found) == 0 {
		return "", "", err
	}
	return found[0].Name, found[0].Code, nil
}

func (p listPage) url(after string) string {
	v := url.Values{}
	for _, name := range []string{"state", "light", "q", "item", "from", "to"} {
		set(v, name, p.form.Value(name))
	}
	set(v, "after", after)
	if len(v) == 0 {
		return "/office/cases"
	}
	return "/office/cases?" + v.Encode()
}

func (p listPage) nextURL() string {
	if p.next == "" {
		return ""
	}
	return p.url(p.next)
}

func (p listPage) firstURL() string {
	if !p.paged {
		return ""
	}
	return p.url("")
}

func stateOptions() []ui.Option {
	var options []ui.Option
	for _, s := range cases.States {
		if s != cases.StateDraft { // drafts are their owner's alone
			options = append(options, ui.Option{Value: string(s), Label: s.Chinese()})
		}
	}
	return options
}
