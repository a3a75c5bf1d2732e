package counter

import (
	"embed"
	"io/fs"
	"net/url"
	"time"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/static"
	"yimen/internal/kit/web/ui"
	"yimen/internal/licences"
	"yimen/internal/org"
	"yimen/internal/queue"
	"yimen/internal/training"
)

//go:embed dist
var dist embed.FS

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this module.
var Migrations = db.Embedded("counter", migrations)

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("counter: " + err.Error()) // embedded at build time
	}
	static.Add(sub)
}

// Deps is what the module stands on.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Audit     *audit.Log
	Cases     *cases.Module
	Catalogue *catalogue.Module
	Org       *org.Module
	Identity  *identity.Module
	Store     *files.Store
	Hall      *queue.Module    // nil: numbers are not given out
	Wizard    apply.Wizard     // completed by New
	Licences  *licences.Module // nil: no electronic licence stands in for a material
	Training  *training.Module // nil: no item demands a certificate of who accepts it
	Codes     Codes            // nil: nobody agrees by a code on their telephone
	Keys      *sealed.Ring     // nil: a throwaway ring (tests)
}

// Module is the counter's pages. Safe for concurrent use.
type Module struct {
	Deps
	wizard *apply.Wizard
}

// Guard lets in those who receive applications.
var Guard = identity.Has("case.submit_for")

// New makes the module.
func New(d Deps) *Module {
	if d.Keys == nil {
		d.Keys = sealed.Throwaway()
	}
	w := d.Wizard
	w.Base, w.Face, w.Side, w.Guard = "/counter/apply", ui.Staff, apply.Window, Guard
	w.Home = ui.Crumb{Label: "窗口", URL: "/counter"}
	w.CaseURL = DoneURL
	return &Module{Deps: d, wizard: &w}
}

// Workers registers what runs by itself.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "counter.sweep", 10*time.Minute, m.Sweep)
}

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	vouches := Guard.And(identity.Has(identity.VerbPersonIdentify))
	rt.Get("/counter", Guard, m.desk)
	rt.PostEach("/counter/find", Guard, m.find)
	rt.Post("/counter/serve", Guard, m.serve)
	rt.Post("/counter/call/{act}", Guard, m.call)
	rt.Get("/counter/new", Guard, m.chooseItem)
	rt.Get("/counter/keys", Guard, m.keys)

	rt.Get("/counter/person/{visit}", Guard, m.person)
	rt.Post("/counter/person/{visit}/end", Guard, m.endVisit)
	rt.Post("/counter/person/{visit}/draft", Guard, m.takeDraft)
	rt.Get("/counter/person/{visit}/identity", vouches, m.identity)
	rt.Post("/counter/person/{visit}/identity/{act}", vouches.And(web.RateLimit("identify", 60, time.Minute, nil)), m.identify)
	rt.Get("/counter/person/{visit}/code", Guard, m.askCode)
	rt.Post("/counter/person/{visit}/code", Guard.And(web.RateLimit("holder code", 60, time.Minute, nil)), m.takeCode)
	rt.Get("/counter/person/{visit}/sms", Guard, m.askSMS)
	rt.PostEach("/counter/person/{visit}/sms", Guard.And(web.RateLimit("consent code", 20, time.Minute, nil)), m.sendSMS)
	rt.PostEach("/counter/person/{visit}/sms/code", Guard.And(web.RateLimit("consent code typed", 60, time.Minute, nil)), m.takeSMS)
	rt.Get("/counter/person/{visit}/{number}/{verb}", Guard, m.askAct)
	rt.PostLimit("/counter/person/{visit}/{number}/{verb}", Guard, apply.UploadLimit, m.doAct)

	rt.Get("/counter/start", Guard, m.askPlace)
	rt.Post("/counter/start", Guard, m.start)
	rt.Get("/counter/intake/{draft}", Guard, m.intake)
	rt.Post("/counter/intake/{draft}", Guard, m.submit)
	rt.PostEach("/counter/intake/{draft}/save", Guard, m.autosave)
	rt.PostLimit("/counter/intake/{draft}/files", Guard, apply.UploadLimit, m.upload)
	rt.Get("/counter/intake/{draft}/files/{file}", Guard, m.draftFile)
	rt.PostEach("/counter/intake/{draft}/files/{file}/remove", Guard, m.removeFile)
	rt.Get("/counter/done/{number}", Guard, m.done)

	rt.Get("/counter/settings", Guard, m.settings)
	rt.Post("/counter/settings/paper", Guard, m.savePaper)
	rt.Post("/counter/settings/reader", Guard, m.connectReader)
	rt.Post("/counter/settings/reader/remove", Guard, m.removeReader)
	rt.Handle("POST /counter/reader", readerLimit, m.readerPost())
	rt.Get("/counter/reader/next", Guard, m.readerNext)
	m.wizard.Mount(rt)
}

// DoneURL is the page after an application was taken in: the receipt and what
// comes next.
func DoneURL(number string) string { return "/counter/done/" + url.PathEscape(number) }

// PersonURL is the page of a person being served, by the key of the visit.
func PersonURL(visit string) string { return "/counter/person/" + url.PathEscape(visit) }

// IntakeURL is the page on which an application is taken in.
func IntakeURL(draft, visit string) string {
	u := "/counter/intake/" + url.PathEscape(draft)
	if visit != "" {
		u += "?" + url.Values{"visit": {visit}}.Encode()
	}
	return u
}

// CaseURL is the page of a case.
func CaseURL(number string) string { return "/office/cases/" + url.PathEscape(number) }

// styles and scripts of the counter's pages.
var (
	styles  = []string{"apply.css", "counter.css"}
	scripts = []string{"apply.js", "counter.js"}
)
