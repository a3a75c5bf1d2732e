package office

import (
	"context"
	"embed"
	"io/fs"
	"net/url"
	"time"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/static"
	"yimen/internal/licences"
	"yimen/internal/messages"
	"yimen/internal/org"
	"yimen/internal/proofs"
	"yimen/internal/workflow"
)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("office: " + err.Error()) // embedded at build time
	}
	static.Add(sub)
}

// Deps is what the module stands on.
type Deps struct {
	DB        *db.DB
	Progress  *progress.Tracker
	Messages  *messages.Module
	Cases     *cases.Module
	Workflow  *workflow.Module
	Catalogue *catalogue.Module
	Org       *org.Module
	Identity  *identity.Module
	Store     *files.Store
	Licences  *licences.Module // nil: none stands in for a material
	Proofs    *proofs.Module   // nil: nothing is looked up instead of a proof
	Clock     clock.Clock
	Audit     *audit.Log
}

// Module is the office's pages.
type Module struct {
	Deps
	batch func(ctx context.Context, s progress.Start, w batchWork) (string, error)
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this module.
var Migrations = db.Embedded("office", migrations)

// Guard lets in those who see cases or have tasks.
var Guard = identity.HasAny("case.view", "task.view", "task.review", "task.survey", "task.sign", "task.approve", "task.decide")

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	m := &Module{Deps: d}
	m.batch = progress.Define(d.Progress, "office.batch", m.runBatch)
	return m
}

// uploadLimit is the most that one page of corrected materials may carry, in bytes.
const uploadLimit = 220 << 20

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	rt.Get("/office", Guard, m.inbox)
	rt.Get("/office/next", Guard, m.goNext)
	rt.Post("/office/filters", Guard, m.keepFilter)
	rt.Post("/office/filters/{id}", Guard, m.changeFilter)
	rt.Post("/office/batch", Guard, m.previewBatch)
	rt.Post("/office/batch/start", Guard, m.startBatch)
	rt.Get("/office/phrases", Guard, m.showPhrases)
	rt.Post("/office/phrases", Guard, m.addPhrase)
	rt.Post("/office/phrases/{id}", Guard, m.changePhrase)
	rt.Get("/office/team", Guard, m.showTeam)
	rt.Post("/office/team/rules", Guard, m.changeRules)
	rt.Get("/office/board", Guard, web.MayLag(m.showBoard))
	rt.Get("/office/absence", Guard, m.showAbsence)
	rt.Post("/office/absence", Guard, m.askLeave)
	rt.Post("/office/absence/{id}", Guard, m.decideLeave)
	rt.Get("/office/digest", Guard, m.showDigest)
	rt.Post("/office/digest", Guard, m.setDigest)
	rt.Get("/office/cases", Guard, m.list)
	rt.Get("/office/cases/{number}", Guard, m.show)
	rt.Get("/office/cases/{number}/similar", Guard, m.showSimilar)
	rt.Get("/office/cases/{number}/licences/{use}", Guard, m.showLicence)
	rt.Get("/office/cases/{number}/licences/{use}/page.svg", Guard, m.showPage)
	rt.Get("/office/cases/{number}/licences/{use}/pictures/{name}", Guard, m.showPhoto)
	rt.Get("/office/cases/{number}/full", Guard, m.askFull)
	rt.Post("/office/cases/{number}/full", Guard, m.showFull)
	rt.Post("/office/cases/{number}/checks", Guard, m.doCheck)
	rt.Get("/office/cases/{number}/{verb}", Guard, m.askAct)
	rt.Post("/office/cases/{number}/{verb}", Guard, m.doAct)
	for _, verb := range []cases.Verb{cases.VerbCorrect, cases.VerbSupplement} {
		rt.Get("/office/cases/{number}/"+string(verb), Guard, m.askHand(verb))
		rt.PostLimit("/office/cases/{number}/"+string(verb), Guard, uploadLimit, m.doHand(verb))
	}
	rt.Get("/office/tasks/{task}/{act}", Guard, m.askTask)
	rt.Post("/office/tasks/{task}/{act}", Guard, m.doTask)
}

// Workers registers what runs by itself: sharing out in agencies that want it,
// and the daily digest.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "office.spread", time.Minute, m.autoSpread)
	jobs.RegisterPeriodic(q, "office.digest", 10*time.Minute, m.sendDigests)
}

// CaseURL is the page of a case.
func CaseURL(number string) string { return "/office/cases/" + url.PathEscape(number) }

func actURL(number string, verb cases.Verb) string { return CaseURL(number) + "/" + string(verb) }

func taskURL(task, act string) string { return "/office/tasks/" + url.PathEscape(task) + "/" + act }
