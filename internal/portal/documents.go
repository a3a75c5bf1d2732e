package portal

import (
	"net/http"

	"yimen/internal/cases"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
)

// DocumentsURL is every document of one's own cases.
func DocumentsURL(after string) string { return "/my/documents" + query("after", after) }

// documentsPage lists receipts, notices and decisions, the newest first.
type documentsPage struct {
	list  []cases.Document
	next  string
	paged bool
	surer string
}

func (m *Module) documents(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	p := documentsPage{paged: after != "", surer: m.surer(r)}
	var err error
	if p.list, p.next, err = m.Cases.Documents(r.Context(), db.Page{Limit: 30, After: after}); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, documentsView(p))
}

func (p documentsPage) nextURL() string {
	if p.next == "" {
		return ""
	}
	return DocumentsURL(p.next)
}

func (p documentsPage) firstURL() string {
	if !p.paged {
		return ""
	}
	return DocumentsURL("")
}
