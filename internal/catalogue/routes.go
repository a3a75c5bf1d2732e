package catalogue

import (
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/web"
)

// workbookLimit is the largest upload of items.
const workbookLimit = maxWorkbook + 1<<20

// Routes adds the guide for citizens and the desk of those who keep items.
func (m *Module) Routes(rt *web.Router) {
	rt.Get("/items/{code}", web.Public, m.showGuide)

	see := identity.Has(RightViewDraft)
	rt.Get("/admin/items", see, m.showDesk)
	rt.Get("/admin/items/new", identity.Has(RightEdit), m.showNew)
	rt.Get("/admin/items/export", see, m.exportItems)
	rt.Get("/admin/items/import", identity.Has(RightEdit), m.showImport)
	rt.PostLimit("/admin/items/import", identity.Has(RightEdit), workbookLimit, m.importItems)
	rt.Get("/admin/items/presence", see, m.showPresence)
	rt.Post("/admin/items", identity.Has(RightEdit), m.saveItem)
	rt.Get("/admin/items/{code}", see, m.showSheet)
	rt.Get("/admin/items/{code}/versions/{n}", see, m.showVersion)
	rt.Get("/admin/items/{code}/local", identity.Has(RightEdit), m.showLocal)
	rt.Post("/admin/items/{code}/local", identity.Has(RightEdit), m.saveLocal)
	rt.Post("/admin/items/{code}/act", see, m.actOnItem)
}

// Workers has nothing to run: what the catalogue changes, it changes at once.
func (m *Module) Workers(*jobs.Queue) {}

// messageOf is the sentence of an error that people may see.
func messageOf(err error) string { return errs.From(err).Message }
