package portal

import (
	"net/http"
	"time"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/licences"
	"yimen/internal/messages"
	"yimen/internal/org"
	"yimen/internal/proofs"
	"yimen/internal/queue"
)

// progressRate is how often a minute one address may ask for the progress of a
// case: a whole hall may sit behind one address, and 148 million codes cannot
// be tried at this pace.
const progressRate = 60

// Deps is what the module stands on.
type Deps struct {
	Cases     *cases.Module
	Catalogue *catalogue.Module
	Org       *org.Module
	Identity  *identity.Module
	Store     *files.Store
	Clock     clock.Clock
	Wizard    apply.Wizard  // completed by New
	Queue     *queue.Module // nil: nobody takes numbers
	Demo      bool          // the sample city: /demo, one-click login
	Newcomer  Newcomer      // of the sample city

	Licences *licences.Module
	Proofs   *proofs.Module   // nil: nothing is looked up instead of a proof
	Messages *messages.Module // nil: nobody is told anything
	Audit    *audit.Log       // who looked at whose numbers
}

// Module is the citizen's pages. Safe for concurrent use.
type Module struct {
	Deps
	wizard *apply.Wizard
	once   func(web.Handler) web.Handler // the router's idempotency

	misses    missRate
	gazetteer gazetteer
}

// New makes the module.
func New(d Deps) *Module {
	w := d.Wizard
	w.Base, w.Face, w.Side, w.Guard = "/apply", ui.Citizen, apply.Online, identity.Applicant()
	w.Home = ui.Crumb{Label: "我的办件", URL: MyURL("", "")}
	w.CaseURL = SubmittedURL
	return &Module{Deps: d, wizard: &w}
}

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	m.once = rt.Idempotent
	own := identity.Applicant()
	limit := web.RateLimit("progress", progressRate, time.Minute, progressKey)

	rt.Get("/", web.Public, web.MayLag(m.home))
	rt.Get("/search", web.Public, web.MayLag(m.search))
	rt.Get("/search/suggest", web.Public, web.MayLag(m.suggest))
	rt.Get("/zones", web.Public, web.MayLag(m.allZones))
	rt.Get("/zones/{id}", web.Public, web.MayLag(m.zone(catalogue.KindZone)))
	rt.Get("/events/{id}", web.Public, web.MayLag(m.zone(catalogue.KindEvent)))
	rt.Get("/themes/{id}", web.Public, web.MayLag(m.zone(catalogue.KindTheme)))
	rt.Get("/departments", web.Public, web.MayLag(m.departments))
	rt.Get("/departments/{code}", web.Public, web.MayLag(m.department))
	rt.Get("/outlets/{code}", web.Public, web.MayLag(m.outlet))
	rt.Get("/items", web.Public, m.toSearch)
	rt.Get("/region", web.Public, m.chooseRegion)
	rt.Post("/region", web.Public, m.keepRegion)
	rt.Get("/progress", web.Public.And(limit), m.progress)
	rt.Get("/sitemap", web.Public, web.MayLag(m.sitemap))
	rt.Get("/accessibility", web.Public, m.accessibility)
	rt.Get("/assist", web.Public, m.assist)
	if m.Demo {
		rt.Get("/demo", web.Public, m.demo)
	}

	rt.Get("/apply/{code}", own, m.startApplication)
	m.wizard.Mount(rt)

	tries := web.RateLimit("mandate", mandateRate, time.Minute, mandateKey)
	rt.Get("/my", own, m.mine)
	rt.Get("/my/documents", own, m.documents)
	rt.Get(LicencesURL, own, m.licences)
	rt.Get(LicencesURL+"/{identifier}", own, m.licence)
	rt.Get("/my/mandates", own, m.mandates)
	rt.Get("/my/mandates/new", own, m.newMandate)
	rt.Post("/my/mandates", own.And(tries), m.proposeMandate)
	rt.Post("/my/mandates/{id}/confirm", own, m.actOnMandate(m.Identity.ConfirmMandate, "委托已经生效。"))
	rt.Post("/my/mandates/{id}/end", own, m.actOnMandate(m.Identity.EndMandate, "已经结束，今后不能再按这份委托办事。"))
	rt.Get("/my/company", own, m.companies)
	rt.Get("/my/company/bind", own.And(identity.AtLeast(identity.LevelPresence)), m.bindPage)
	rt.Post("/my/company/bind", own.And(tries), m.bindCompany)
	rt.Get("/my/company/{id}", own, m.company)
	rt.Post("/my/company/{id}/handlers", own.And(tries), m.appoint)
	rt.Post("/my/company/{id}/handlers/{mandate}", own, m.dismiss)
	rt.Get("/my/data", own, m.data)
	rt.Get("/my/data.json", own, m.takeData)
	rt.Get("/my/profile", own, m.profile)
	rt.Post("/my/profile", own.And(m.Identity.MustBeFresh()), m.saveProfile)
	rt.PostEach("/my/profile/phone", own, m.confirmPhone)
	rt.Post("/my/profile/phone/cancel", own, m.cancelPhone)
	rt.Get("/my/cases/{number}", own, m.showCase)
	rt.Get("/my/cases/{number}/submitted", own, m.submitted)
	rt.Get("/my/cases/{number}/form", own, m.sheet)
	rt.Get("/my/cases/{number}/correct", own, m.ask(cases.VerbCorrect))
	rt.PostLimit("/my/cases/{number}/correct", own, apply.UploadLimit, m.supply(cases.VerbCorrect, m.Cases.Correct))
	rt.Get("/my/cases/{number}/supplement", own, m.ask(cases.VerbSupplement))
	rt.PostLimit("/my/cases/{number}/supplement", own, apply.UploadLimit, m.supply(cases.VerbSupplement, m.Cases.Supplement))
	rt.Get("/my/cases/{number}/uploads/{file}", own, m.upload)
	rt.Get("/my/cases/{number}/withdraw", own, m.ask(cases.VerbWithdraw))
	rt.Post("/my/cases/{number}/withdraw", own, m.withdraw)
}

// toSearch sends the old address of the list to the search.
func (m *Module) toSearch(w http.ResponseWriter, r *http.Request) error {
	return web.Redirect(w, r, Search{}.URL())
}

// startApplication sends the start button of a guide to the wizard.
func (m *Module) startApplication(w http.ResponseWriter, r *http.Request) error {
	division := r.URL.Query().Get("division")
	if division == "" {
		at, err := m.region(r)
		if err != nil {
			return err
		}
		division = at.Code
	}
	return web.Redirect(w, r, m.wizard.StartURL(r.PathValue("code"), division))
}

// page is a page of this face, with the styles it shares with the wizard.
func page(o ui.PageOpts) ui.PageOpts {
	o.Face = ui.Citizen
	o.Styles = append([]string{"apply.css"}, o.Styles...)
	return o
}

var home = ui.Crumb{Label: "首页", URL: "/"}
