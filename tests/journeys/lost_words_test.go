package journeys

import (
	"net/url"
	"testing"
	"time"
)

// The database goes away while people type. Who sends a form then is told, and
// the page that says so has every word: pressing 再试一次 there, once the
// database is back, does it, once, also for whoever goes back and sends the first
// page again. Jobs go on.
func TestWordsOutliveTheDatabase(t *testing.T) {
	eachRemote(t, func(t *testing.T) {
		c := sampleCity(t, postgres)
		u, err := url.Parse(c.database)
		must(t, err)
		way := layCable(t, u.Host)
		u.Host = way.listener.Addr().String()
		c.through = u.String()
		s := c.serve(t, "demo")
		clerk := s.as(t, "clerk-"+theVillage)
		citizen := s.as(t, "citizen-1")
		number := citizen.do("POST", "/api/v1/cases", citizen.apply("SG02008", theVillage, "web", "citizen-1"), 201).text("number")

		b := s.browse(t, "citizen-1")
		form := b.Get("/my/cases/" + number + "/withdraw").Status(200).Form("[name=opinion]")
		form.Fill("opinion", "地址填错了，要重新申请。\n请不要寄出。")
		way.setCut(true)
		page := form.Send().Status(503).Must("您填写的内容还在", "再试一次")
		page = page.Form("form.ym-advice").Send().Status(503).Must("您填写的内容还在")
		time.Sleep(3 * time.Second)
		way.setCut(false)
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
			if status, _ := s.ready(); status == 200 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("not ready again 30 s after the database is back")
			}
		}
		page.Form("form.ym-advice").Send().Status(200).Must("申请已撤回")
		form.Send().Status(200).Must("已撤回") // back, and the first page once more
		clerk.get("/api/v1/cases/"+number).says(t, "state", "withdrawn")
		if n := c.count(t, `SELECT COUNT(*) FROM cases_history h JOIN cases_case c ON c.id = h.case_id
			WHERE c.number = $1 AND h.verb = 'withdraw' AND h.opinion LIKE '地址填错了%请不要寄出。'`, number); n != 1 {
			t.Errorf("withdrawn %d times", n)
		}
		finishedOnce(t, c, s, s.decideMany(t, 1))
	})
}
