package journeys

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"yimen/internal/app"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/workday"
)

// A movedCity is the sample city as the program wires it, at a time of the
// test's choosing; people still come in over HTTP.
type movedCity struct {
	*app.App
	t     *testing.T
	clock *clock.Fake
	url   string
	ctx   context.Context
}

// beijing is a moment by the clock on the wall of the hall.
func beijing(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, clock.Beijing)
}

func moveCity(t *testing.T, e engine, at time.Time) *movedCity {
	t.Helper()
	c := sampleCity(t, e)
	m := &movedCity{t: t, clock: clock.NewFake(at), ctx: identity.With(t.Context(), identity.System("journey"))}
	var err error
	m.App, err = app.Open(t.Context(), app.Settings{
		Database: c.database, Files: "file://" + c.dir + "/files", FilesKey: c.dir + "/files.key", Clock: m.clock,
		Log: slog.New(slog.DiscardHandler),
	})
	must(t, err)
	t.Cleanup(func() { must(t, m.Close()) })
	s := httptest.NewServer(m.Router)
	t.Cleanup(s.Close)
	m.url = s.URL
	return m
}

func (m *movedCity) as(account string) *caller {
	m.t.Helper()
	token, err := m.Identity.Token(m.ctx, account, 366*24*time.Hour)
	must(m.t, err)
	return &caller{t: m.t, api: api{base: m.url, token: token}}
}

// submit hands in a complete application on the day of the moved clock.
func (m *movedCity) submit(account, item, division, channel, applicant string) reply {
	m.t.Helper()
	c := m.as(account)
	body, err := c.api.apply(item, division, channel, applicant, workday.DateOf(m.clock.Now(), clock.Beijing))
	must(m.t, err)
	return c.do("POST", "/api/v1/cases", body, 201)
}

// Five working days of silence are an acceptance, dated back to the day of
// receipt (行政许可法 art. 32(4)). Spring Festival 2026: Saturday the 14th of
// February works, the 15th to the 23rd are off, Saturday the 28th works.
func TestSilenceIsAcceptance(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		m := moveCity(t, e, beijing(2026, 2, 13, 10, 0))
		made := m.submit("citizen-1", "SG02001", theVillage, "web", "citizen-1")
		number := made.text("number")
		made.says(t, "received_on", "2026-02-13").says(t, "due_on", "2026-02-27").says(t, "clock", "receipt")

		// The evening of the fourteenth is the morning of the next working day.
		m.clock.Set(beijing(2026, 2, 14, 17, 31))
		late := m.submit("citizen-1", "SG02008", theVillage, "web", "citizen-1")
		late.says(t, "received_on", "2026-02-24").says(t, "due_on", "2026-03-02")

		citizen, approver := m.as("citizen-1"), m.as("approver-440232-d08")
		m.clock.Set(beijing(2026, 2, 27, 23, 59)) // the fifth day ends with the day
		must(t, m.Cases.DeemAccepted(m.ctx))
		citizen.get("/api/v1/cases/"+number).says(t, "state", "submitted").says(t, "light", "red")

		m.clock.Set(beijing(2026, 2, 28, 0, 5))
		must(t, m.Cases.DeemAccepted(m.ctx))
		must(t, m.Cases.DeemAccepted(m.ctx)) // running twice does no harm
		c := citizen.get("/api/v1/cases/" + number)
		c.says(t, "state", "reviewing").says(t, "deemed_accepted", "true").says(t, "accepted_on", "2026-02-13")
		c.says(t, "promise_due_on", "2026-03-19").says(t, "due_on", "2026-03-19").says(t, "notices.0.kind", "acceptance")
		c.says(t, "revision", "2")
		history := citizen.get("/api/v1/cases/" + number + "/history")
		history.says(t, "items.len", "3").says(t, "items.1.verb", "deem-accepted").says(t, "items.2.verb", "review")

		// Too late to refuse, and the village's step is open.
		approver.refused("POST", "/api/v1/cases/"+number+"/refuse-acceptance", j{"grounds": "not_eligible", "opinion": "不符合"}, 409, "case_verb_not_allowed")
		m.as("approver-"+theVillage).pass(number, "村（居）委会协助核实", j{"opinion": "属实。"})
		citizen.get("/api/v1/cases/"+late.text("number")).says(t, "state", "submitted")
	})
}

// A hearing stops the clock from the next day on; when it is over the clock
// runs on with the next working day. The way leads over the National Day of
// 2026: the 25th to 27th of September and the 1st to 7th of October are off,
// Saturday the 10th of October works.
func TestPauseAcrossAHoliday(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		m := moveCity(t, e, beijing(2026, 9, 24, 9, 30))
		made := m.submit("clerk-"+theCounty, "SG19001", theCounty, "window", "citizen-1")
		number, agency := made.text("number"), m.as("approver-"+made.text("competent_agency"))
		act := func(verb string, body j) reply { t.Helper(); return agency.act(number, verb, body) }

		// Ten working days: 9-28 29 30, 10-8 9 10 12 13 14 15.
		act("accept", j{}).says(t, "accepted_on", "2026-09-24").says(t, "due_on", "2026-10-15").says(t, "light", "normal")
		// Not any reason stops the clock: only what the item lists, told in writing.
		agency.refused("POST", "/api/v1/cases/"+number+"/pause", j{"procedure": "tender", "opinion": "x", "days": 3}, 422, "case_pause_not_listed", "procedure")
		agency.refused("POST", "/api/v1/cases/"+number+"/pause", j{"procedure": "hearing"}, 422, "invalid_input", "days", "opinion")
		agency.refused("POST", "/api/v1/cases/"+number+"/resume", j{}, 409, "case_verb_not_allowed")

		m.clock.Set(beijing(2026, 9, 29, 16, 0)) // two days are used: 9-28, 9-29
		paused := act("pause", j{"procedure": "hearing", "opinion": "利害关系人申请听证。", "days": 10})
		paused.says(t, "state", "paused").says(t, "clock", "none").says(t, "light", "none")
		agency.get("/api/v1/tasks?case="+number).says(t, "items.0.held", "true")
		task := agency.get("/api/v1/tasks?case=" + number).text("items.0.id")
		agency.refused("POST", "/api/v1/tasks/"+task+"/approve", j{"opinion": "同意"}, 409, "task_held")
		agency.refused("POST", "/api/v1/cases/"+number+"/decide", j{"outcome": "granted"}, 409, "case_verb_not_allowed")

		m.clock.Set(beijing(2026, 10, 9, 11, 0)) // eight are left: 10-10 12 13 14 15 16 19 20
		act("resume", j{"opinion": "听证结束。"}).says(t, "state", "reviewing").says(t, "due_on", "2026-10-20").says(t, "clock", "promise")
		agency.get("/api/v1/tasks?case="+number).says(t, "items.0.held", "false")

		// Once, with approval and reasons: 10-21 22 23 26 27.
		agency.refused("POST", "/api/v1/cases/"+number+"/extend", j{"days": 5}, 422, "invalid_input", "opinion", "approved_by")
		agency.refused("POST", "/api/v1/cases/"+number+"/extend", j{"days": 11, "opinion": "案情复杂", "approved_by": "盘局长"}, 422, "invalid_input", "days")
		act("extend", j{"days": 5, "opinion": "案情复杂", "approved_by": "盘局长"}).says(t, "due_on", "2026-10-27")
		agency.refused("POST", "/api/v1/cases/"+number+"/extend", j{"days": 1, "opinion": "再等等", "approved_by": "盘局长"}, 409, "case_extended_once")

		whole := agency.get("/api/v1/cases/" + number)
		whole.says(t, "ledger.len", "4").says(t, "ledger.1.kind", "pause").says(t, "ledger.1.on", "2026-09-29").says(t, "ledger.3.approved_by", "盘局长")
		if whole.text("ledger.1.document") == "" || whole.text("ledger.3.document") == "" {
			t.Errorf("pause and extension have no written notice: %s", whole.text("ledger"))
		}

		// What is open on the 28th is overdue; nobody is told so a day early.
		m.clock.Set(beijing(2026, 10, 27, 23, 59))
		agency.get("/api/v1/cases/"+number).says(t, "light", "red").says(t, "days_left", "0")
		m.clock.Set(beijing(2026, 10, 28, 0, 1))
		agency.get("/api/v1/cases/"+number).says(t, "light", "overdue").says(t, "days_left", "-1")
	})
}
