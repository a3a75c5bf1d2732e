package journeys

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// givenUp marks the jobs that were given up on the page about them.
const givenUp = ".ym-badge.is-danger"

// A job that can never succeed, its row is damaged: it is tried less and less
// often and given up, the administrators and the figures say so, and all other
// work goes on. Mended, it is run again; not needed any more, it is put away.
func TestAJobThatAlwaysFails(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		c := sampleCity(t, e)
		s := c.serve(t, "demo")
		number := s.decideMany(t, 1)[0]
		s.as(t, "clerk-"+theVillage).until(number, "closed")
		admin := s.browse(t, "admin-system")

		id := c.breakJob(t)
		if n := c.count(t, "SELECT attempt FROM river_job WHERE id = $1", id); n < 1 || n > 3 {
			t.Errorf("tried %d times already", n)
		}
		admin.Get("/admin/jobs").Status(200).Must("决定后的制证和送达", "read arguments").None(givenUp)
		c.giveUp(t, id)
		if said := s.page(t, "/readyz"); !strings.Contains(said, "有1个后台任务多次失败") || !strings.Contains(said, "ready\n") {
			t.Errorf("/readyz: %s", said)
		}
		if said := s.page(t, "/metrics"); !strings.Contains(said, `yimen_jobs_given_up{kind="cases.finish"} 1`) {
			t.Error("/metrics does not count it")
		}
		admin.Get("/admin").Must("有1个后台任务多次失败")
		admin.Get("/admin/jobs").One(givenUp)
		other := c.insertJob(t, `{"number":"`+number+`"}`) // of the same kind: nobody waits for the bad one
		c.reaches(t, other, "completed")

		c.exec(t, "UPDATE river_job SET args = "+c.json(`{"number":"`+number+`"}`)+" WHERE id = $1", id)
		admin.Get("/admin/jobs").Form(".ad-retry").Send().Status(200).Must("已安排立即重试")
		c.reaches(t, id, "completed")

		id = c.breakJob(t)
		c.giveUp(t, id)
		form := fmt.Sprintf(`form[action="/admin/jobs/%d/put-away"]`, id)
		admin.Get("/admin/jobs").Form(form).Fill("reason", "对应的办件已经办结").Send().Status(200).Must("已搁置，不再重试", "没有失败的任务")
		if said := s.page(t, "/readyz"); said != "ready\n" {
			t.Errorf("/readyz: %s", said)
		}
		s.browse(t, "admin-audit").Get("/admin/audit?action=job.put_away").Must("对应的办件已经办结", "cases.finish")
		must(t, s.stop())
		c.auditWhole(t)
	})
}

// breakJob leaves a job that cannot be read, and waits until it has failed.
func (c *city) breakJob(t *testing.T) int {
	t.Helper()
	id := c.insertJob(t, `{"number":5}`)
	c.reaches(t, id, "retryable")
	return id
}

// insertJob leaves a job as the release before did.
func (c *city) insertJob(t *testing.T, args string) int {
	t.Helper()
	return c.count(t, "INSERT INTO river_job (kind, args, max_attempts) VALUES ('cases.finish', "+c.json(args)+", 25) RETURNING id")
}

// giveUp lets the three weeks pass in which it is tried 25 times.
func (c *city) giveUp(t *testing.T, id int) {
	t.Helper()
	c.exec(t, "UPDATE river_job SET state = 'available', attempt = 24, scheduled_at = attempted_at WHERE id = $1", id)
	c.reaches(t, id, "discarded")
}

// json is a text as the engine keeps the arguments of a job.
func (c *city) json(text string) string {
	if c.engine == postgres {
		return "'" + text + "'::jsonb"
	}
	return "'" + text + "'"
}

func (c *city) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	d, err := c.open()
	must(t, err)
	defer d.Close()
	_, err = d.Exec(query, args...)
	must(t, err)
}

func (c *city) reaches(t *testing.T, id int, state string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); c.count(t, "SELECT COUNT(*) FROM river_job WHERE id = $1 AND state = $2", id, state) == 0; {
		if time.Now().After(deadline) {
			t.Fatalf("job %d does not become %s", id, state)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
