package admin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

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

	form *web.Form // of the job that was not put away, with what is missing
	of   string    // its number
}

// failures shows what the background jobs are at, and lists those that failed
// and are not done yet.
func (m *Module) failures(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return m.showFailures(w, r, http.StatusOK, failuresPage{kind: q.Get("kind")}, q.Get("after"))
}

func (m *Module) showFailures(w http.ResponseWriter, r *http.Request, status int, p failuresPage, after string) error {
	ctx := r.Context()
	p.paged = after != ""
	var err error
	if p.loads, err = m.Queue.Loads(ctx); err != nil {
		return err
	}
	if p.list, p.next, err = m.Queue.Failures(ctx, p.kind, db.Page{Limit: 50, After: after}); err != nil {
		return err
	}
	if p.next != "" {
		p.next = "/admin/jobs?" + url.Values{"kind": {p.kind}, "after": {p.next}}.Encode()
	}
	return web.RenderPart(w, r, status, failuresView(p), loadsPart(p))
}

// putAway ends a failed job for good. What it was and why nobody needs it any
// more stands in the audit log.
func (m *Module) putAway(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id, reason := r.PathValue("id"), form.Value("reason")
	if utf8.RuneCountInString(reason) < 4 {
		form.Error("reason", "请写明为什么不用再办，至少4个字，例如：办件已撤回，不需要再处理。")
		return m.showFailures(w, r, http.StatusUnprocessableEntity, failuresPage{form: form, of: id}, "")
	}
	err = m.DB.InTx(r.Context(), func(ctx context.Context) error {
		job, err := m.Queue.PutAway(ctx, id)
		if err != nil {
			return err
		}
		return m.recordJob(ctx, "job.put_away", id, reason, job.Kind+" "+job.Arguments)
	})
	if err != nil {
		return err
	}
	web.Flash(r, "success", "任务 "+id+" 已搁置，不再重试。原因已记入审计日志。")
	return web.Redirect(w, r, "/admin/jobs")
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
		return m.recordJob(ctx, "job.retry", kind, "", "")
	})
	if err != nil {
		return err
	}
	web.Flash(r, "success", fmt.Sprintf("已安排%d个失败的任务立即重试。", n))
	return web.Redirect(w, r, "/admin/jobs")
}

func (m *Module) recordJob(ctx context.Context, action, id, purpose, detail string) error {
	actor := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{Actor: actor.Account, ActorName: actor.Name, Address: actor.Address,
		Action: action, Object: "job", ObjectID: id, Purpose: purpose, Detail: detail, Result: "ok"})
}

// retry makes a failed job due at once.
func (m *Module) retry(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.Queue.Retry(ctx, id); err != nil {
			return err
		}
		return m.recordJob(ctx, "job.retry", id, "", "")
	})
	if err != nil {
		return err
	}
	web.Flash(r, "success", "任务 "+id+" 已安排立即重试。")
	return web.Redirect(w, r, "/admin/jobs")
}
