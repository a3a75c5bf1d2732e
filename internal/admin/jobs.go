package admin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/web"
)

type failuresPage struct {
	kind  string // only these; "" all
	loads []jobs.Load
	list  []jobs.Failure
	next  string
	paged bool
}

// failures shows what the background jobs are at, and lists those that failed
// and are not done yet.
func (m *Module) failures(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	p := failuresPage{kind: q.Get("kind"), paged: q.Get("after") != ""}
	var err error
	if p.loads, err = m.Queue.Loads(ctx); err != nil {
		return err
	}
	if p.list, p.next, err = m.Queue.Failures(ctx, p.kind, db.Page{Limit: 50, After: q.Get("after")}); err != nil {
		return err
	}
	if p.next != "" {
		p.next = "/admin/jobs?" + url.Values{"kind": {p.kind}, "after": {p.next}}.Encode()
	}
	return web.RenderPart(w, r, http.StatusOK, failuresView(p), loadsPart(p))
}

// retryKind makes all failed jobs of a kind due at once.
func (m *Module) retryKind(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	kind, n := form.Value("kind"), 0
	err = m.DB.InTx(r.Context(), func(ctx context.Context) error {
		if n, err = m.Queue.RetryKind(ctx, kind); err != nil {
			return err
		}
		return m.recordRetry(ctx, kind)
	})
	if err != nil {
		return err
	}
	web.Flash(r, "success", fmt.Sprintf("已安排%d个失败的任务立即重试。", n))
	return web.Redirect(w, r, "/admin/jobs")
}

func (m *Module) recordRetry(ctx context.Context, id string) error {
	actor := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{Actor: actor.Account, ActorName: actor.Name, Address: actor.Address,
		Action: "job.retry", Object: "job", ObjectID: id, Result: "ok"})
}

// retry makes a failed job due at once.
func (m *Module) retry(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.Queue.Retry(ctx, id); err != nil {
			return err
		}
		return m.recordRetry(ctx, id)
	})
	if err != nil {
		return err
	}
	web.Flash(r, "success", "任务 "+id+" 已安排立即重试。")
	return web.Redirect(w, r, "/admin/jobs")
}
