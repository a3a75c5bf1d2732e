package office

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// maxBatch is how many tasks are done at one stroke.
const maxBatch = db.MaxLimit

// batchAct is something that is done to many tasks in the same words.
type batchAct struct {
	name, label, kind string
	key               string // on the keyboard of the inbox
	lead              string // who it is for: "" everybody
	fields            func(p *batchPage) []ui.FieldOpts
	what              func(l batchLine) string // what will happen to one
}

var batchActs = []batchAct{
	{name: workflow.ActApprove, label: "同意", kind: "primary", key: "e", fields: batchOpinion,
		what: func(l batchLine) string {
			if l.Decides {
				return "作出准予决定"
			}
			return "同意，转下一环节"
		}},
	{name: workflow.ActClaim, label: "签收", key: "c", what: func(batchLine) string { return "签收到您名下" }},
	{name: workflow.ActUnclaim, label: "退签", what: func(batchLine) string { return "退回待签收" }},
	{name: workflow.ActReturn, label: "退回", fields: batchReturn,
		what: func(l batchLine) string {
			first, last := l.Targets[0].Name, l.Targets[len(l.Targets)-1].Name
			if first == last {
				return "退回到“" + first + "”"
			}
			return "退回到“" + last + "”（上一环节）或“" + first + "”（第一个环节）"
		}},
	{name: workflow.ActReassign, label: "改派", lead: "chief", fields: batchReassign,
		what: func(l batchLine) string { return "交给所选的同事" }},
}

// batchLine is one task of a batch: what will happen, or why nothing can.
type batchLine struct {
	workflow.Looked
	brief cases.Brief
	to    ui.Option // reassigned by load: to whom
	why   string    // it cannot be done; "" it can
}

// title is the line in the report.
func (l batchLine) title() string {
	return joinText(" ", l.brief.Applicant, l.Title+"（"+l.Subject+"）")
}

// batchPage shows what one act would do to many tasks.
type batchPage struct {
	act    batchAct
	in     filter
	form   *web.Form
	lines  []batchLine
	hidden int         // tasks that are gone or not the viewer's
	people []ui.Option // to hand tasks to
	spread bool        // shared out by load: the lines say to whom
	leads  bool

	phrases []string
}

// can are the lines that will be done.
func (p *batchPage) can() []batchLine {
	return slices.DeleteFunc(slices.Clone(p.lines), func(l batchLine) bool { return l.why != "" })
}

func (p *batchPage) cannot() []batchLine {
	return slices.DeleteFunc(slices.Clone(p.lines), func(l batchLine) bool { return l.why == "" })
}

// decisions are how many of the lines grant a case for good.
func (p *batchPage) decisions() int {
	n := 0
	for _, l := range p.can() {
		if l.Decides && p.act.name == workflow.ActApprove {
			n++
		}
	}
	return n
}

func batchOpinion(*batchPage) []ui.FieldOpts {
	return []ui.FieldOpts{{Name: "opinion", Label: "共同的意见", Type: "textarea", Rows: 3, MaxLength: maxOpinion}}
}

func batchReturn(*batchPage) []ui.FieldOpts {
	return []ui.FieldOpts{
		{Name: "target", Label: "退回到", Type: "radio", Required: true, Value: "previous", Options: []ui.Option{
			{Value: "previous", Label: "上一环节"}, {Value: "first", Label: "第一个环节"}}},
		{Name: "opinion", Label: "共同的退回理由", Type: "textarea", Rows: 3, Required: true, MaxLength: maxOpinion},
	}
}

// byLoad is the choice that shares tasks out instead of naming somebody.
const byLoad = "load"

func batchReassign(p *batchPage) []ui.FieldOpts {
	options := append([]ui.Option{{Value: byLoad, Label: "按负荷分配（先看分给谁）"}}, p.people...)
	return []ui.FieldOpts{
		{Name: "to", Label: "交给", Type: "select", Required: true, Options: options},
		{Name: "opinion", Label: "说明", Type: "textarea", Rows: 2, MaxLength: maxOpinion},
	}
}

var errBatch = errs.Define(errs.Invalid, "office_batch_invalid", "批量办理没有开始，请按提示修改。")

// previewBatch shows, task by task, what would happen. It changes nothing, so
// it has no key.
func (m *Module) previewBatch(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := m.openBatch(r.Context(), form)
	if err != nil {
		return err
	}
	if len(p.lines) == 0 {
		web.Flash(r, "warning", "没有选中任务：请先在列表里勾选，再批量办理。")
		return web.Redirect(w, r, inboxURL(p.in))
	}
	if form.Value("to") == byLoad {
		if err := m.shareOut(r.Context(), p); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, batchView(p))
}

func (m *Module) openBatch(ctx context.Context, form *web.Form) (*batchPage, error) {
	i := slices.IndexFunc(batchActs, func(a batchAct) bool { return a.name == form.Value("act") })
	if i < 0 {
		return nil, cases.ErrVerbUnknown
	}
	p := &batchPage{act: batchActs[i], in: parseFilter(form.Value("in")), form: form, leads: m.leads(ctx)}
	ids := form.Values("task")
	if form.Value("all") != "" {
		q, err := m.query(ctx, p.in)
		if err != nil {
			return nil, err
		}
		tasks, _, err := m.Workflow.Tasks(ctx, q, db.Page{Limit: maxBatch})
		if err != nil {
			return nil, err
		}
		ids = nil
		for _, t := range tasks {
			ids = append(ids, t.ID)
		}
	}
	if len(ids) > maxBatch {
		return nil, errBatch.Say("一次最多办理%d件，请少选一些。", maxBatch)
	}
	if err := m.fillBatch(ctx, p, ids); err != nil {
		return nil, err
	}
	var err error
	if p.phrases, err = m.phrases(ctx, p.act.name, ""); err != nil {
		return nil, err
	}
	if p.act.name == workflow.ActReassign {
		if p.people, err = m.handsOf(ctx, identity.FromContext(ctx).Agency); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// fillBatch reads the tasks and says what is to become of each.
func (m *Module) fillBatch(ctx context.Context, p *batchPage, ids []string) error {
	looked, err := m.Workflow.Look(ctx, ids)
	if err != nil {
		return err
	}
	tasks := make([]workflow.Task, len(looked))
	for i, x := range looked {
		tasks[i] = x.Task
	}
	briefs, err := m.Cases.Briefs(ctx, numbersOf(tasks))
	if err != nil {
		return err
	}
	seats, err := m.Workflow.Seats(ctx, tasks)
	if err != nil {
		return err
	}
	p.hidden = len(ids) - len(looked)
	taken := map[string]bool{}
	for _, x := range looked {
		l := batchLine{Looked: x, brief: briefs[x.Subject]}
		l.why = p.act.refuses(l, seats[x.ID], taken)
		p.lines = append(p.lines, l)
	}
	return nil
}

// refuses says why the act cannot be done to a task as it stands; "" it can.
// taken are the steps that another line of the batch signs.
func (a batchAct) refuses(l batchLine, seat workflow.Seat, taken map[string]bool) string {
	if !slices.Contains(l.Allowed, a.name) {
		return notNow(taskCard{Task: l.Task, Seat: seat}).Message
	}
	if a.name == workflow.ActReturn && len(l.Targets) == 0 {
		return "前面没有可以退回的环节。"
	}
	if a.name != workflow.ActApprove && a.name != workflow.ActReturn && a.name != workflow.ActClaim || l.Added != "" {
		return ""
	}
	step := fmt.Sprint(l.Instance, l.Node, l.Round)
	if seat.Signed || seat.Of > 1 && taken[step] {
		return workflow.ErrSameSigner.Message
	}
	taken[step] = true
	return ""
}

// startBatch does it: the work goes on in a job, and the page of its progress
// says line by line what became of it.
func (m *Module) startBatch(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	p, err := m.openBatch(ctx, form)
	if err != nil {
		return err
	}
	if p.act.name == workflow.ActReassign && form.Value("to") == byLoad {
		if err := m.shareOut(ctx, p); err != nil {
			return err
		}
		if form.Value("spread") == "" {
			return web.Render(w, r, http.StatusOK, batchView(p))
		}
	}
	p.check()
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, batchView(p))
	}
	work := batchWork{Act: p.act.name, Opinion: opinionOf(form), Target: form.Value("target"), To: form.Value("to")}
	for _, l := range p.can() {
		line := batchTask{Task: l.ID, Title: l.title(), Case: l.Subject, Revision: p.revision(l)}
		if p.spread {
			line.To = form.Value("to." + l.ID)
		}
		work.Lines = append(work.Lines, line)
	}
	if err := m.used(ctx, work.Opinion); err != nil {
		return err
	}
	id, err := m.batch(ctx, progress.Start{Title: fmt.Sprintf("批量%s %d件", p.act.label, len(work.Lines)), Total: len(work.Lines), Back: inboxURL(p.in)}, work)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, progress.URL(id))
}

// revision is that of the case when the viewer saw it on the page.
func (p *batchPage) revision(l batchLine) int {
	if n := number(p.form.Value("revision." + l.ID)); n > 0 {
		return n
	}
	return l.brief.Revision
}

func (p *batchPage) check() {
	if len(p.can()) == 0 {
		p.form.Error("", "选中的任务都不能这样办理，请返回重新选择。")
	}
	opinion := opinionOf(p.form)
	if p.act.name == workflow.ActReturn && opinion == "" {
		p.form.Error("opinion", workflow.ErrOpinionNeeded.Message)
	}
	if len([]rune(opinion)) > maxOpinion {
		p.form.Error("opinion", workflow.ErrOpinionLong.Message)
	}
	if p.act.name == workflow.ActReassign && !p.spread && !slices.ContainsFunc(p.people, func(o ui.Option) bool { return o.Value == p.form.Value("to") }) {
		p.form.Error("to", "请选择交给谁。")
	}
}
