package admin_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/jobs"
)

type hopeless struct {
	N string `json:"n"`
}

func (hopeless) Kind() string { return "test.hopeless" }

// What was given up is told to the system administrators, stands on their first
// page, and is put away with a reason that the audit log keeps.
func TestJobsGivenUp(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	q := s.Queue
	jobs.Register(q, func(context.Context, hopeless) error { return errors.New("out of order") })
	if err := q.Insert(ctx, hopeless{"one"}); err != nil {
		t.Fatal(err)
	}
	if err := q.Drain(ctx); err == nil {
		t.Fatal("it went well")
	}
	if _, err := s.DB.Conn(ctx).Exec(ctx, `UPDATE river_job SET state = 'discarded', finalized_at = CURRENT_TIMESTAMP WHERE kind = $1`, "test.hopeless"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // twice a day is once
		if err := q.RunPeriodic(ctx, "jobs.given_up"); err != nil {
			t.Fatal(err)
		}
	}
	b := s.As("admin-system")
	b.Get("/admin").Must("有1个后台任务多次失败")
	if n := strings.Count(b.Get("/office/messages").Status(200).Text(), "后台任务已停止重试"); n != 1 {
		t.Errorf("told %d times", n)
	}
	s.As("admin-audit").Get("/office/messages").MustNot("后台任务已停止重试")
	s.Anybody().Get("/metrics").Status(200).Must(`yimen_jobs_given_up{kind="test.hopeless"} 1`)
	s.Anybody().Get("/readyz").Must("有1个后台任务多次失败")

	list, _, err := q.Failures(ctx, "", db.Page{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	page := b.Get("/admin/jobs").Must("已放弃", "out of order")
	form := `form[action="/admin/jobs/` + list[0].ID + `/put-away"]`
	page.Form(form).Fill("reason", "无").Send().Status(422).Must("请写明为什么不用再办")
	page.Form(form).Fill("reason", "对应的办件已撤回").Send().Status(200).Must("已搁置，不再重试", "没有失败的任务")
	page.Form(form).Fill("reason", "对应的办件已撤回，再点一次").Send().Status(422)
	s.As("admin-audit").Get("/admin/audit?action=job.put_away").Must("搁置后台任务", "对应的办件已撤回", "test.hopeless")
	b.Get("/admin").MustNot("多次失败")
	s.As("clerk-440232112209").Get("/admin/jobs").Status(403)
}
