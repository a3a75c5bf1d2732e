package counter

import (
	"net/http"

	"yimen/internal/cases"
	"yimen/internal/kit/web"
)

// donePage is what there is to print, and what can be done at once.
type donePage struct {
	c     cases.Case
	visit string
	paper string
}

// done shows the receipt to print and what can be done at once.
func (m *Module) done(w http.ResponseWriter, r *http.Request) error {
	c, err := m.Cases.Find(r.Context(), r.PathValue("number"))
	if err != nil {
		return err
	}
	p := donePage{c: c, visit: r.URL.Query().Get("visit")}
	if p.paper, err = m.paper(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, doneView(p))
}

// printURL is a notice on the window's paper: only receipts fit a roll.
func (p donePage) printURL(n cases.NoticeRow) string {
	u := cases.NoticeURL(p.c.Number, n.ID)
	if p.paper == paperRoll && n.Kind == cases.NoticeReceipt {
		u += "?paper=" + paperRoll
	}
	return u
}
