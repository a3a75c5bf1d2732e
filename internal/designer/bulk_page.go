package designer

import (
	"fmt"
	"net/http"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

const bulkPath = listPath + "/bulk"

// mostBulk is how many items one bulk change may be about.
const mostBulk = 500

// bulkPage chooses items and a change; Outcomes is its preview.
type bulkPage struct {
	Query    catalogue.DeskQuery
	Depts    []ui.Option
	Items    []catalogue.Item
	More     bool // there are more than are shown
	Form     *web.Form
	Edits    bool // the actor may edit
	Reviews  bool // the actor may review
	Change   bulkChange
	Packed   string
	Outcomes []outcome
	Outlets  int
}

func (m *Module) showBulk(w http.ResponseWriter, r *http.Request) error {
	p, err := m.bulkPage(r, web.NewForm(r.URL.Query()))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, bulkView(p))
}

// bulkPage lists the items of the filter.
func (m *Module) bulkPage(r *http.Request, form *web.Form) (*bulkPage, error) {
	who := identity.FromContext(r.Context())
	p := &bulkPage{Query: deskQuery(form.Raw()), Form: form, Edits: who.Has(catalogue.RightEdit), Reviews: who.Has(catalogue.RightReview)}
	if !p.Edits {
		p.Query.State = catalogue.InReview
	}
	var err error
	if p.Depts, err = m.departments(r); err != nil {
		return nil, err
	}
	after := ""
	for len(p.Items) < mostBulk {
		items, next, err := m.Catalogue.Desk(r.Context(), p.Query, db.Page{Limit: 200, After: after})
		if err != nil {
			return nil, err
		}
		p.Items = append(p.Items, items...)
		if after = next; next == "" {
			break
		}
	}
	p.More = after != ""
	return p, nil
}

// doBulk previews a change, or starts the one that was previewed.
func (m *Module) doBulk(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if form.Value("op") == "start" {
		return m.beginBulk(w, r, form)
	}
	c := readBulk(form)
	err = c.check()
	if err == nil {
		return m.previewBulk(w, r, form, c)
	}
	status, err := told(form, err)
	if err != nil {
		return err
	}
	p, err := m.bulkPage(r, form)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, bulkView(p))
}

func readBulk(form *web.Form) bulkChange {
	c := bulkChange{Kind: form.Value("kind"), Field: form.Value("field"), Value: form.Value("value"), Find: form.Value("find"), Submit: form.Value("submit") == "true",
		Item: form.Value("fee_item"), Basis: form.Value("fee_basis"), Need: form.Value("need"), Charged: form.Value("charged") == "true"}
	switch c.Kind {
	case bulkLimit:
		c.Field, c.Value, c.Unit = form.Value("limit_field"), form.Value("days"), form.Value("unit")
	case bulkFee:
		c.Value = form.Value("fee_standard")
	case bulkReplace:
		c.Value = form.Value("with")
	}
	for _, code := range form.Values("items") {
		if len(c.Items) < mostBulk && code != "" {
			c.Items = append(c.Items, bulkItem{Code: code})
		}
	}
	return c
}

// previewBulk shows what the change does to every item.
func (m *Module) previewBulk(w http.ResponseWriter, r *http.Request, form *web.Form, c bulkChange) error {
	p := &bulkPage{Form: form, Change: c}
	outlets, err := m.Org.Outlets(r.Context())
	if err != nil {
		return err
	}
	var kept []bulkItem
	levels := map[int]int{}
	for _, o := range outlets {
		levels[int(org.LevelOf(o.Division))]++
	}
	reached := map[int]bool{}
	for _, it := range c.Items {
		o, err := m.foresee(r.Context(), c, it.Code)
		if err != nil {
			return err
		}
		for _, l := range o.Item.Levels {
			o.Outlets += levels[l]
		}
		if o.Problem == "" && len(o.Changes) > 0 {
			kept = append(kept, bulkItem{it.Code, o.Seen})
			for _, l := range o.Item.Levels {
				reached[l] = true
			}
		}
		p.Outcomes = append(p.Outcomes, o)
	}
	for l := range reached {
		p.Outlets += levels[l]
	}
	p.Change.Items = kept
	if p.Packed, err = p.Change.packed(); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, bulkPreview(p))
}

func (m *Module) beginBulk(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	c, err := unpack(form.Value("change"))
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	id, err := m.startBulk(r.Context(), progress.Start{Title: fmt.Sprintf("批量修改%d个事项：%s", len(c.Items), shorten(c.words(), 60)), Total: len(c.Items), Back: bulkPath}, c)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, progress.URL(id))
}

// touched are the items that the change does something to.
func (p *bulkPage) touched() int { return len(p.Change.Items) }

func (p *bulkPage) chosen(code string) bool {
	if !p.Form.Has("items") {
		return true
	}
	return slices.Contains(p.Form.Values("items"), code)
}
