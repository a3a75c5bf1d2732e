package designer

import (
	"net/http"
	"net/url"

	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// listPage is the items for their keepers.
type listPage struct {
	Query catalogue.DeskQuery
	Depts []ui.Option
	Items []catalogue.Item
	Next  string
	First string
}

func (m *Module) showList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p := listPage{Query: deskQuery(q)}
	var err error
	if p.Depts, err = m.departments(r); err != nil {
		return err
	}
	p.Items, p.Next, err = m.Catalogue.Desk(r.Context(), p.Query, db.Page{Limit: 50, After: q.Get("after")})
	if err != nil {
		return err
	}
	p.Next = pageURL(q, p.Next)
	if q.Get("after") != "" {
		p.First = pageURL(q, " ")
	}
	return web.Render(w, r, http.StatusOK, listView(p))
}

// deskQuery reads the filter of a list of items.
func deskQuery(q url.Values) catalogue.DeskQuery {
	return catalogue.DeskQuery{Q: q.Get("q"), Dept: q.Get("dept"), State: catalogue.State(q.Get("state")), Tag: q.Get("tag"), Level: atoi(q.Get("level"))}
}

// pageURL is the list from a row on; " " is from the start, "" is no page.
func pageURL(q url.Values, after string) string {
	if after == "" {
		return ""
	}
	to := cloneValues(q)
	to.Del("after")
	if after != " " {
		to.Set("after", after)
	}
	return listPath + "?" + to.Encode()
}

func stateOptions() []ui.Option {
	var list []ui.Option
	for _, s := range []catalogue.State{catalogue.Draft, catalogue.InReview, catalogue.Approved, catalogue.Scheduled, catalogue.Rejected,
		catalogue.Published, catalogue.Suspended, catalogue.Cancelled} {
		list = append(list, ui.Option{Value: string(s), Label: s.String()})
	}
	return list
}

func toneOf(s catalogue.State) string {
	switch s {
	case catalogue.Published:
		return "success"
	case catalogue.InReview, catalogue.Approved, catalogue.Scheduled:
		return "info"
	case catalogue.Rejected, catalogue.Suspended:
		return "warning"
	case catalogue.Cancelled:
		return "danger"
	}
	return "muted"
}

// promise is a number of working days as people read a promise.
func promise(days int) string {
	return catalogue.Limit{N: days, Unit: catalogue.UnitWorkday}.Promise()
}
