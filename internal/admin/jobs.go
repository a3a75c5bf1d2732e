package admin

import (
	"context"
	"net/http"
	"net/url"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/web"
)

type failuresPage struct {
	list  []jobs.Failure
	next  string
	paged bool
}

// failures lists the background jobs that failed and are not done yet.
func (m *Module) failures(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	list, next, err := m.Queue.Failures(r.Context(), db.Page{Limit: 50, After: after})
	if err != nil {
		return err
	}
	if next != "" {
		next = "/admin/jobs?" + url.Values{"after": {next}}.Encode()
	}
	return web.Render(w, r, http.StatusOK, failuresView(failuresPage{list, next, after != ""}))
}

// retry makes a failed job due at once.
func (m *Module) retry(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.Queue.Retry(ctx, id); err != nil {
			return err
		}
		actor := identity.FromContext(ctx)
		return m.Audit.Write(ctx, audit.Entry{Actor: actor.Account, ActorName: actor.Name, Address: actor.Address,
			Action: "job.retry", Object: "job", ObjectID: id, Result: "ok"})
	})
	if err != nil {
		return err
	}
	web.Flash(r, "success", "任务 "+id+" 已安排立即重试。")
	return web.Redirect(w, r, "/admin/jobs")
}
