package journeys

import (
	"strings"
	"testing"

	"yimen/internal/cases"
)

// ofCase names a case's rows in the tables of its parts.
const ofCase = ` WHERE case_id = (SELECT id FROM cases_case WHERE number = $1)`

// poisons are rows that nobody can read any more, of an application that was
// handed in and of one that was accepted.
var poisons = map[string]struct{ handedIn, accepted string }{
	"form":      {handedIn: `UPDATE cases_content SET form = '{"broken'` + ofCase},
	"checklist": {handedIn: `UPDATE cases_content SET checklist = '[]'` + ofCase},
	"history":   {handedIn: `UPDATE cases_history SET detail = 'x'` + ofCase},
	"ledger":    {accepted: `UPDATE cases_clock SET on_date = '2026-02-31'` + ofCase},
	"flow":      {accepted: `UPDATE workflow_instance SET way = '{' WHERE id = (SELECT instance FROM cases_case WHERE number = $1)`},
	"places":    {accepted: `UPDATE workflow_instance SET places = '{' WHERE id = (SELECT instance FROM cases_case WHERE number = $1)`},
}

// A row that cannot be read is the trouble of its own case: the case says so
// with a number to read out, and everything around it goes on, lists, counts,
// other people's cases and the sweeps that stumble over it.
func TestPoisonedRecord(t *testing.T) {
	for what, poison := range poisons {
		t.Run(what, func(t *testing.T) {
			each(t, func(t *testing.T, e engine) {
				m := moveCity(t, e, beijing(2026, 2, 13, 10, 0))
				bad := m.submit("citizen-1", "SG02001", theVillage, "web", "citizen-1").text("number")
				good := m.submit("citizen-1", "SG02008", theVillage, "web", "citizen-1").text("number")
				m.poison(poison.handedIn, bad)
				m.clock.Set(beijing(2026, 3, 10, 9, 0)) // long silence: both are accepted
				m.stumbles(m.Cases.DeemAccepted(m.ctx), bad)
				citizen := m.as("citizen-1")
				citizen.get("/api/v1/cases/"+good).says(t, "state", "reviewing")
				m.poison(poison.accepted, bad)

				m.stumbles(m.Cases.RecomputeDue(m.ctx, ""), bad)
				m.clock.Set(beijing(2026, 6, 10, 9, 0)) // and all is overdue
				m.stumbles(m.Workflow.CheckOverdue(m.ctx), bad)
				approver := m.as("approver-" + theVillage)
				citizen.get("/api/v1/cases")
				approver.get("/api/v1/cases")
				approver.get("/api/v1/tasks")
				approver.pass(good, "村（居）委会核实", j{"opinion": "属实。"})
				for _, part := range []string{"", "/history"} {
					r, err := citizen.send("GET", "/api/v1/cases/"+bad+part, nil)
					must(t, err)
					if r.status != 200 && (r.status != 500 || !strings.Contains(r.text("request_id"), "-")) || strings.Contains(string(r.body), "marshal") {
						t.Errorf("%s", r)
					}
				}
			})
		})
	}
}

func (m *movedCity) poison(statement, number string) {
	m.t.Helper()
	if statement == "" {
		return
	}
	n, err := m.DB.Conn(m.ctx).Exec(m.ctx, statement, number)
	must(m.t, err)
	if n == 0 {
		m.t.Fatal("nothing was poisoned")
	}
}

// stumbles lets a sweep fail over the poisoned case, if it names it or its task.
func (m *movedCity) stumbles(err error, bad string) {
	m.t.Helper()
	if err != nil && !strings.Contains(err.Error(), bad) && !strings.Contains(err.Error(), "overdue task") {
		m.t.Errorf("a sweep fails without saying over what: %v", err)
	}
}

// A row of the case itself that cannot be read stands in every list as what it
// is, opens with a sentence that says so, and is named by the check. A due date
// is mended by the next look at the calendar: it follows from the other dates.
func TestDamagedRow(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		m := moveCity(t, e, beijing(2026, 2, 13, 10, 0))
		bad := m.submit("citizen-1", "SG02001", theVillage, "web", "citizen-1").text("number")
		worse := m.submit("citizen-1", "SG02008", theVillage, "web", "citizen-1").text("number")
		good := m.submit("citizen-1", "SG02008", theVillage, "web", "citizen-1").text("number")
		due := m.as("citizen-1").get("/api/v1/cases/" + bad).text("due_on")
		m.poison(`UPDATE cases_case SET due_on = '2026-02-31' WHERE number = $1`, bad)
		m.poison(`UPDATE cases_case SET due_on = 'x', received_on = '13.2.2026' WHERE number = $1`, worse)

		citizen := m.as("citizen-1")
		list := citizen.get("/api/v1/cases?sample=false") // the sample city's own are of another day
		list.says(t, "items.0.number", good).says(t, "items.0.state_name", "已提交")
		list.says(t, "items.1.number", worse).says(t, "items.1.state_name", "记录损坏").says(t, "items.1.light", "none")
		list.says(t, "items.2.number", bad).says(t, "items.2.state_name", "记录损坏")
		citizen.refused("GET", "/api/v1/cases/"+bad, nil, 500, "case_damaged")
		citizen.get("/api/v1/cases/"+good).says(t, "state", "submitted")

		named := map[string]bool{}
		_, err := m.Cases.Damaged(m.ctx, func(d cases.Damage) { named[d.Number] = d.Mendable })
		must(t, err)
		if mendable, found := named[bad]; len(named) != 2 || !found || !mendable || named[worse] {
			t.Errorf("the check names %v", named)
		}
		m.stumbles(m.Cases.RecomputeDue(m.ctx, ""), worse)
		citizen.get("/api/v1/cases/"+bad).says(t, "due_on", due)
		citizen.refused("GET", "/api/v1/cases/"+worse, nil, 500, "case_damaged")
	})
}
