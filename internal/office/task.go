package office

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// taskPage is the form of one act on a task.
type taskPage struct {
	act     taskAct
	task    taskCard
	c       cases.Case
	seen    int // entries of the history when the page was made
	form    *web.Form
	options []ui.Option // steps, people or bodies to choose from
	clash   *errs.Error
	closed  bool

	phrases []string
	kept    bool // the opinion was kept for the next time, nothing else was done
}

// openTask reads a task with its case for the page of an act.
func (m *Module) openTask(ctx context.Context, id, name string, f *web.Form) (*taskPage, error) {
	i := slices.IndexFunc(taskActs, func(a taskAct) bool { return a.Name == name })
	if i < 0 {
		return nil, cases.ErrVerbUnknown
	}
	t, allowed, err := m.Workflow.Task(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &taskPage{act: taskActs[i], form: f}
	if p.c, err = m.Cases.Find(ctx, t.Subject); err != nil {
		return nil, err
	}
	flow, err := m.Workflow.Instance(ctx, t.Subject)
	if err != nil {
		return nil, err
	}
	me := identity.FromContext(ctx).Account
	p.task = newCard(t, allowed, flow.Definition, workflow.SeatsOf(flow.Tasks, me), me)
	if p.act.choose != nil {
		if p.options, err = p.act.choose(m, ctx, t); err != nil {
			return nil, err
		}
	}
	p.closed = !p.task.may(name)
	p.phrases, err = m.phrases(ctx, name, p.c.Item)
	return p, err
}

func (m *Module) askTask(w http.ResponseWriter, r *http.Request) error {
	p, err := m.openTask(r.Context(), r.PathValue("task"), r.PathValue("act"), web.NewForm(url.Values{"in": {r.URL.Query().Get("in")}}))
	if err != nil {
		return err
	}
	if p.closed {
		p.clash = notNow(p.task)
		if p.clash.Kind == errs.Denied {
			return p.clash
		}
		return web.Render(w, r, http.StatusConflict, taskView(p))
	}
	return web.Render(w, r, http.StatusOK, taskView(p))
}

// notNow says why nothing can be done to a task.
func notNow(t taskCard) *errs.Error {
	switch {
	case t.State == workflow.Waiting:
		return workflow.ErrTaskWaiting
	case t.State != workflow.Open:
		return workflow.ErrTaskOver
	case t.Held:
		return workflow.ErrTaskHeld
	case t.Colleague:
		return workflow.ErrSameSigner
	case t.Assignee != "":
		return workflow.ErrTaskTaken
	}
	return workflow.ErrTaskDenied
}

// doTask does it.
func (m *Module) doTask(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	p, err := m.openTask(ctx, r.PathValue("task"), r.PathValue("act"), form)
	if err != nil {
		return err
	}
	if form.Value("keep") != "" {
		if err := m.keepPhrase(ctx, phrase{Text: opinionOf(form), Act: p.act.Name}, false); err != nil {
			return p.refuse(w, r, phraseFault(err))
		}
		p.kept = true
		return web.Render(w, r, http.StatusOK, taskView(p))
	}
	if err := m.unchanged(ctx, p); err != nil {
		return p.refuse(w, r, err)
	}
	if p.act.Name == workflow.ActApprove && p.task.Decides && form.Value("outcome") == "" {
		return p.refuse(w, r, errs.ErrInvalid.Field("outcome", "请选择准予或不予。"))
	}
	if err := p.act.do(m.Workflow, ctx, p.task.ID, form); err != nil {
		return p.refuse(w, r, err)
	}
	if err := m.used(ctx, opinionOf(form)); err != nil {
		return err
	}
	return m.after(w, r, form, p.c.Number, p.act.Done, p.task.Task)
}

// unchanged refuses an act on a page that the case has left behind: an opinion
// on materials that have been replaced since is an opinion on something else.
func (m *Module) unchanged(ctx context.Context, p *taskPage) error {
	revision := number(p.form.Value("revision"))
	if revision == 0 || revision == p.c.Revision {
		return nil
	}
	history, err := m.Cases.History(ctx, p.c.Number)
	if err != nil {
		return err
	}
	e := cases.ErrStale
	for _, x := range history {
		if x.Seq > number(p.form.Value("seen")) {
			e = e.Field("changes", fmt.Sprintf("%s %s %s", x.At.In(clock.Beijing).Format("2006-01-02 15:04"), x.WhoName, x.Title))
		}
	}
	return e
}

func (p *taskPage) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	e := errs.From(err)
	switch e.Kind {
	case errs.Invalid, errs.TooLarge:
		if err := p.form.Merge(err); err != nil {
			return err
		}
		return web.Render(w, r, http.StatusUnprocessableEntity, taskView(p))
	case errs.Conflict:
		p.clash = e
		return web.Render(w, r, http.StatusConflict, taskView(p))
	}
	return err
}

func (p *taskPage) fields() []ui.FieldOpts {
	if p.act.fields == nil {
		return nil
	}
	var list []ui.FieldOpts
	for _, o := range p.act.fields(p) {
		list = append(list, p.form.Field(o))
	}
	return list
}
