package browser_test

import (
	"sync"

	"yimen/internal/queue"
)

// hallTicket is one number taken for all the pages that show one.
var hallTicket = sync.OnceValues(func() (queue.Ticket, error) {
	c := theCity()
	return c.Hall.Take(c.System, queue.Take{Outlet: theCounty, Priority: queue.Elder})
})

func init() { notPages["/counter/queue/statistics/export"] = "workbook" }

// hallPages are samples of the pages of a hall.
func hallPages(c *city) map[string][]sample {
	t, err := hallTicket()
	if err != nil {
		panic("a number for the samples: " + err.Error())
	}
	return map[string][]sample{
		"/take/{outlet}":            {{"", "/take/" + theCounty}, {"", "/take/440200000000"}},
		"/ticket/{code}":            {{"", "/ticket/" + t.Code}},
		"/ticket/{code}/slip":       {{"", "/ticket/" + t.Code + "/slip"}},
		"/counter/queue":            {{villageClerk, "/counter/queue"}, {cityManager, "/counter/queue"}},
		"/counter/queue/statistics": {{cityManager, "/counter/queue/statistics"}, {villageClerk, "/counter/queue/statistics"}},
		"/admin/queues":             {{cityManager, "/admin/queues"}, {"admin-system", "/admin/queues?q=440232"}},
		"/admin/queues/{outlet}":    {{cityManager, "/admin/queues/440200000000"}},
		"/hall/{outlet}":            {{"", "/hall/" + theCounty}, {"", "/hall/440200000000"}},
	}
}
