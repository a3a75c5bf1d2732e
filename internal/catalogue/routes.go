package catalogue

import (
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/web"
)

// Routes adds the guide for citizens, its preview, and what an agency says about
// its own place. The desk of those who keep items is the designer's.
func (m *Module) Routes(rt *web.Router) {
	rt.Get("/items/{code}", web.Public, web.MayLag(m.showGuide))
	m.siteRoutes(rt)

	rt.Get("/admin/items/{code}/preview", identity.Has(RightViewDraft), m.showPreview)
	rt.Get("/admin/items/{code}/local", identity.Has(RightEdit), m.showLocal)
	rt.Post("/admin/items/{code}/local", identity.Has(RightEdit), m.saveLocal)
}

// Workers registers what runs by itself: scheduled versions take effect, what has
// served its time is forgotten.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "catalogue.sweep", 24*time.Hour, m.Sweep)
	jobs.RegisterPeriodic(q, "catalogue.publish_due", time.Minute, m.PublishDue)
}

// messageOf is the sentence of an error that people may see.
func messageOf(err error) string { return errs.From(err).Message }
