package browser_test

import (
	"context"
	"errors"
	"sync"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/queue"
)

// hallTicket is one number taken for all the pages that show one.
var hallTicket = sync.OnceValues(func() (queue.Ticket, error) {
	c := theCity()
	return c.Hall.Take(c.System, queue.Take{Outlet: theCounty, Priority: queue.Elder})
})

// hallShift is a shift of the village clerk, handed over.
var hallShift = sync.OnceValues(func() (string, error) {
	c := theCity()
	actor, err := c.Identity.Actor(c.System, villageClerk)
	if err != nil {
		return "", err
	}
	ctx := identity.With(context.Background(), actor)
	if err := c.Hall.Sit(ctx, theVillage+"-01"); err != nil {
		return "", err
	}
	s, err := c.Hall.EndShift(ctx, "")
	return s.ID, err
})

// hallBundle is a paper of the village on its way: id of the bundle and number
// of the case.
var hallBundle = sync.OnceValues(func() (found [2]string, err error) {
	c := theCity()
	actor, err := c.Identity.Actor(c.System, villageClerk)
	if err != nil {
		return found, err
	}
	ctx := identity.With(context.Background(), actor)
	list, _, err := c.Cases.List(ctx, cases.Query{Outlet: theVillage, Agency: "440232-d11"}, db.Page{Limit: 50})
	if err != nil {
		return found, err
	}
	for _, x := range list {
		if _, err := c.Hall.CaseCame(ctx, x.Number); err != nil {
			return found, err
		}
	}
	papers, err := c.Hall.PapersHere(ctx, theVillage, 1)
	if err != nil || len(papers) == 0 {
		return found, errors.Join(err, errors.New("the village has no papers"))
	}
	b, err := c.Hall.SendPapers(ctx, queue.Send{Outlet: theVillage, Papers: []string{papers[0].ID}, Way: "self"})
	return [2]string{b.ID, papers[0].Case}, err
})

func init() {
	notPages["/counter/queue/statistics/export"] = "workbook"
	notPages["/counter/queue/statistics/hours"] = "table"
}

// hallPages are samples of the pages of a hall.
func hallPages(c *city) map[string][]sample {
	t, err := hallTicket()
	if err != nil {
		panic("a number for the samples: " + err.Error())
	}
	sheet, err := hallShift()
	if err != nil {
		panic("a shift for the samples: " + err.Error())
	}
	papers, err := hallBundle()
	if err != nil {
		panic("papers for the samples: " + err.Error())
	}
	return map[string][]sample{
		"/counter/shift":                {{villageClerk, "/counter/shift"}},
		"/counter/shift/{id}":           {{villageClerk, "/counter/shift/" + sheet}},
		"/counter/papers":               {{villageClerk, "/counter/papers"}},
		"/counter/papers/{id}":          {{villageClerk, "/counter/papers/" + papers[0]}},
		"/counter/papers/case/{number}": {{villageClerk, "/counter/papers/case/" + papers[1]}},
		"/take/{outlet}":                {{"", "/take/" + theCounty}, {"", "/take/440200000000"}},
		"/ticket/{code}":                {{"", "/ticket/" + t.Code}},
		"/ticket/{code}/slip":           {{"", "/ticket/" + t.Code + "/slip"}},
		"/counter/queue":                {{villageClerk, "/counter/queue"}, {cityManager, "/counter/queue"}},
		"/counter/queue/number/{id}":    {{cityManager, queue.NumberURL(t.ID)}},
		"/counter/queue/statistics":     {{cityManager, "/counter/queue/statistics"}, {villageClerk, "/counter/queue/statistics"}},
		"/admin/queues":                 {{cityManager, "/admin/queues"}, {"admin-system", "/admin/queues?q=440232"}},
		"/admin/queues/{outlet}":        {{cityManager, "/admin/queues/440200000000"}},
		"/hall/{outlet}":                {{"", "/hall/" + theCounty}, {"", "/hall/440200000000"}},
	}
}
