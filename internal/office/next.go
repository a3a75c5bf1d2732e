package office

import (
	"context"
	"errors"
	"net/http"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/workflow"
)

// nextTask finds what comes behind a task in a filtered inbox and waits for the
// viewer; from the front again at the end. false: nothing else waits there.
func (m *Module) nextTask(ctx context.Context, x filter, t workflow.Task) (workflow.Task, bool, error) {
	if x.Box == "done" {
		x.Box = ""
	}
	q, err := m.query(ctx, x)
	if err != nil {
		return workflow.Task{}, false, err
	}
	starts := []string{workflow.Behind(t), ""}
	if t.ID == "" {
		starts = starts[1:]
	}
	for _, after := range starts {
		list, _, err := m.Workflow.Tasks(ctx, q, db.Page{Limit: pageRows, After: after})
		if err != nil {
			return workflow.Task{}, false, err
		}
		seats, err := m.Workflow.Seats(ctx, list)
		if err != nil {
			return workflow.Task{}, false, err
		}
		me := identity.FromContext(ctx).Account
		for _, n := range list {
			waits := !n.Held && !seats[n.ID].Signed && (n.Assignee == "" || n.Assignee == me || x.Box == "cover")
			if waits && n.Subject != t.Subject {
				return n, true, nil
			}
		}
	}
	return workflow.Task{}, false, nil
}

// goNext opens the next case of the list one came from.
func (m *Module) goNext(w http.ResponseWriter, r *http.Request) error {
	in, ctx := r.URL.Query().Get("in"), r.Context()
	var now workflow.Task
	if id := r.URL.Query().Get("task"); id != "" {
		t, _, err := m.Workflow.Task(ctx, id)
		if err != nil && !errors.Is(err, workflow.ErrTaskUnknown) {
			return err
		}
		now = t
	}
	return m.leadOn(w, r, in, now)
}

// leadOn goes to the next task of the list, or back to the list.
func (m *Module) leadOn(w http.ResponseWriter, r *http.Request, in string, done workflow.Task) error {
	x := parseFilter(in)
	n, ok, err := m.nextTask(r.Context(), x, done)
	if err != nil {
		return err
	}
	if !ok {
		web.Flash(r, "info", "这个列表里没有别的任务等您办理了。")
		return web.Redirect(w, r, listURL(x))
	}
	return web.Redirect(w, r, caseIn(n.Subject, x.encode()))
}

// listURL is the list one came from; the whole inbox and not the usual filter
// when it was that.
func listURL(x filter) string {
	if x == (filter{}) {
		return "/office?box="
	}
	return inboxURL(x)
}

// after leads on from an act that was done: to the next task where the viewer
// wants it so, else back to the case, or to the list when the case is out of
// sight now.
func (m *Module) after(w http.ResponseWriter, r *http.Request, f *web.Form, number, done string, t workflow.Task) error {
	web.Flash(r, "success", "已"+done+"：办件 "+number+"。")
	ctx := r.Context()
	if f.Has("open_next_asked") {
		if err := m.prefer(ctx, func(p *preference) { p.OpenNext = f.Value("open_next") != "" }); err != nil {
			return err
		}
		if f.Value("open_next") != "" {
			return m.leadOn(w, r, f.Value("in"), t)
		}
	}
	_, err := m.Cases.Find(ctx, number)
	switch {
	case errors.Is(err, cases.ErrUnknown):
		return web.Redirect(w, r, listURL(parseFilter(f.Value("in"))))
	case err != nil:
		return err
	}
	return web.Redirect(w, r, caseIn(number, f.Value("in")))
}
