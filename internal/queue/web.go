package queue

import (
	"embed"
	"io/fs"
	"net/url"
	"strconv"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/static"
)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("queue: " + err.Error()) // embedded at build time
	}
	static.Add(sub)
}

// The guards. Pages of the hall are for everybody, as a wall is; they are read
// again and again, so each address may do that and no more.
var (
	wallGuard  = web.Public.And(web.RateLimit("hall wall", 600, time.Minute, nil))
	takeGuard  = web.RateLimit("hall number", 60, time.Minute, nil)
	pairGuard  = web.Public.And(web.RateLimit("hall pair", 10, time.Minute, nil))
	callGuard  = identity.Has(VerbCall)
	viewGuard  = identity.Has(VerbView)
	paperGuard = identity.Has(VerbPaper)
	setupGuard = identity.Has(VerbManage)
)

// Routes adds the pages.
func (m *Module) Routes(rt *web.Router) {
	rt.Get("/take/{outlet}", wallGuard, m.machine)
	rt.Post("/take/{outlet}", m.machineGuard().And(takeGuard), m.takeNumber)
	rt.Post("/take/{outlet}/pair", pairGuard, m.pair)
	rt.Get("/ticket/{code}", wallGuard, m.follow)
	rt.Get("/ticket/{code}/slip", wallGuard, m.slip)
	rt.Get("/hall/{outlet}", wallGuard, m.wall)

	rt.Get("/counter/queue", viewGuard, m.scene)
	rt.Get("/counter/queue/statistics", viewGuard, web.MayLag(m.statistics))
	rt.Get("/counter/queue/statistics/export", viewGuard, web.MayLag(m.exportStatistics))
	rt.Get("/counter/queue/statistics/hours", viewGuard, web.MayLag(m.exportHours))
	rt.Get("/counter/queue/number/{id}", viewGuard, m.number)
	rt.Post("/counter/queue/number/{id}/priority", callGuard, m.setPriority)
	rt.Post("/counter/queue/seat", callGuard, m.takeSeat)
	rt.Post("/counter/queue/call", callGuard, m.callNext)
	rt.Post("/counter/queue/take", callGuard, m.takeFor)
	rt.Post("/counter/queue/{id}/{act}", callGuard, m.ticketAct)

	rt.Get("/counter/shift", viewGuard, m.shifts)
	rt.Post("/counter/shift", callGuard, m.endShift)
	rt.Get("/counter/shift/{id}", viewGuard, m.shift)
	rt.Post("/counter/shift/{id}/confirm", identity.Has(VerbShift), m.confirmShift)

	rt.Get("/counter/papers", paperGuard, m.papers)
	rt.Post("/counter/papers", paperGuard, m.sendPapers)
	rt.Post("/counter/papers/add", paperGuard, m.addPapers)
	rt.Get("/counter/papers/{id}", paperGuard, m.showBundle)
	rt.Post("/counter/papers/{id}/receive", paperGuard, m.receiveBundle)
	rt.Get("/counter/papers/case/{number}", paperGuard, m.papersOfCase)

	rt.Get("/admin/queues", setupGuard, m.halls)
	rt.Get("/admin/queues/{outlet}", setupGuard, m.setup)
	rt.Post("/admin/queues/{outlet}/queue", setupGuard, m.saveQueue)
	rt.Post("/admin/queues/{outlet}/serves", setupGuard, m.saveServes)
	rt.Post("/admin/queues/{outlet}/devices", setupGuard, m.addDevice)
	rt.Post("/admin/queues/{outlet}/devices/{id}/end", setupGuard, m.endDevice)
}

// URLs of the module's pages.
func TicketURL(code string) string { return "/ticket/" + url.PathEscape(code) }

// SlipURL is the page that prints a ticket.
func SlipURL(code string) string { return TicketURL(code) + "/slip" }

// TakeURL is the page of an outlet's machine.
func TakeURL(outlet string) string { return "/take/" + url.PathEscape(outlet) }

// HallURL is the wall of an outlet.
func HallURL(outlet string) string { return "/hall/" + url.PathEscape(outlet) }

var (
	styles  = []string{"queue.css"}
	scripts = []string{"queue.js"}
)

// timeOfDay is a moment by Beijing's clock: 09:05.
func timeOfDay(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(clock.Beijing).Format("15:04")
}

func itoa(n int) string { return strconv.Itoa(n) }
