package office

import (
	"embed"
	"io/fs"
	"net/url"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/static"
	"yimen/internal/org"
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
	Cases     *cases.Module
	Workflow  *workflow.Module
	Catalogue *catalogue.Module
	Org       *org.Module
	Identity  *identity.Module
	Store     *files.Store
	Clock     clock.Clock
}

// Module is the office's pages.
type Module struct{ Deps }

// Guard lets in those who see cases or have tasks.
var Guard = identity.HasAny("case.view", "task.view", "task.review", "task.survey", "task.sign", "task.approve", "task.decide")

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	return &Module{Deps: d}
}

// uploadLimit is the most that one page of corrected materials may carry, in bytes.
const uploadLimit = 220 << 20

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	rt.Get("/office", Guard, m.inbox)
	rt.Get("/office/cases", Guard, m.list)
	rt.Get("/office/cases/{number}", Guard, m.show)
	rt.Get("/office/cases/{number}/{verb}", Guard, m.askAct)
	rt.Post("/office/cases/{number}/{verb}", Guard, m.doAct)
	for _, verb := range []cases.Verb{cases.VerbCorrect, cases.VerbSupplement} {
		rt.Get("/office/cases/{number}/"+string(verb), Guard, m.askHand(verb))
		rt.PostLimit("/office/cases/{number}/"+string(verb), Guard, uploadLimit, m.doHand(verb))
	}
	rt.Get("/office/tasks/{task}/{act}", Guard, m.askTask)
	rt.Post("/office/tasks/{task}/{act}", Guard, m.doTask)
}

// CaseURL is the page of a case.
func CaseURL(number string) string { return "/office/cases/" + url.PathEscape(number) }

func actURL(number string, verb cases.Verb) string { return CaseURL(number) + "/" + string(verb) }

func taskURL(task, act string) string { return "/office/tasks/" + url.PathEscape(task) + "/" + act }
