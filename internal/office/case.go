package office

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"yimen/gb"
	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/licences"
	"yimen/internal/org"
	"yimen/internal/proofs"
	"yimen/internal/workflow"
)

// casePage is one case, whole.
type casePage struct {
	c       cases.Case
	def     *catalogue.Definition
	fields  []catalogue.FormField
	form    []byte // as the viewer may read it
	history []cases.Entry
	flow    *workflow.Instance // nil before acceptance
	tasks   []taskCard         // open ones, and those whose act the viewer can take back
	people  map[string]string
	bodies  map[string]string
	days    workdays
	acts    []act // buttons of what the viewer may do to the case
	full    bool  // may see the numbers whole

	in      string            // the list one came from, see filter
	file    string            // id of the file in the pane; "" the first
	files   []shownFile       // of the materials
	checks  map[string]check  // by material and file: who looked it through
	parts   []formPart        // the form as it is shown
	before  map[string]string // values that a correction changed, as they were, by field
	changed []twoLines        // what the correction changed in the form
	used    []licences.Use    // licences that stand in for materials
	lookUps []proofs.LookUp   // what registers said instead of proofs
	undone  string            // why what was granted does not count any more; "" it does
	phrases []string          // offered beside the opinion of a task
	prefer  preference
}

// taskCard is one task beside what the viewer may do to it.
type taskCard struct {
	workflow.Task
	Allowed   []string
	Decides   bool // its approval grants or denies
	Seat      workflow.Seat
	Colleague bool // signed by somebody else than the viewer
}

func newCard(t workflow.Task, allowed []string, d workflow.Definition, seats map[string]workflow.Seat, account string) taskCard {
	card := taskCard{Task: t, Allowed: allowed, Decides: decides(d, t), Seat: seats[t.ID]}
	if card.Seat.Signed {
		card.leave(account)
	}
	return card
}

func (t taskCard) may(act string) bool { return slices.Contains(t.Allowed, act) }

func (m *Module) show(w http.ResponseWriter, r *http.Request) error {
	p, err := m.load(r.Context(), r.PathValue("number"), r.URL.Query().Get("file"))
	if err != nil {
		return err
	}
	if p.in = r.URL.Query().Get("in"); p.in != "" {
		p.in = parseFilter(p.in).encode()
	}
	return web.Render(w, r, http.StatusOK, caseView(p))
}

// load reads a case with everything that belongs to it.
func (m *Module) load(ctx context.Context, number, file string) (*casePage, error) {
	c, err := m.Cases.Find(ctx, number)
	if err != nil {
		return nil, err
	}
	p := &casePage{c: c, file: file, full: cases.MaySeeInFull(identity.FromContext(ctx), c), days: m.workdays(ctx, c.Competent.Division)}
	version, err := m.Catalogue.Version(ctx, c.Item, c.Version)
	if err != nil {
		return nil, err
	}
	p.def = &version.Definition
	if p.fields, err = catalogue.FormFields(p.def.Form); err != nil {
		return nil, err
	}
	if p.history, err = m.Cases.History(ctx, number); err != nil {
		return nil, err
	}
	if err := m.loadFlow(ctx, p); err != nil {
		return nil, err
	}
	if err := m.nameDivisions(ctx, p); err != nil {
		return nil, err
	}
	if p.form, err = p.readable(p.c.Content.Form); err != nil {
		return nil, err
	}
	p.acts = p.buttons()
	return p, m.loadDesk(ctx, p)
}

// loadDesk reads what stands beside the case for whoever works on it: files,
// marks, what a correction changed, phrases.
func (m *Module) loadDesk(ctx context.Context, p *casePage) error {
	var err error
	if m.Licences != nil && p.byLicence() {
		if p.used, err = m.Licences.UsedIn(ctx, p.c.Number); err != nil {
			return err
		}
	}
	if m.Proofs != nil && p.c.Outcome == cases.Granted {
		if p.undone, err = m.Proofs.Undone(ctx, p.c.Number); err != nil {
			return err
		}
	}
	if m.Proofs != nil && cases.LookedUp(p.c.Content.Materials) {
		if p.lookUps, err = m.Proofs.LookUpsIn(ctx, p.c.Number); err != nil {
			return err
		}
	}
	if p.files, err = m.filesOf(ctx, p); err != nil {
		return err
	}
	if p.checks, err = m.checksOf(ctx, p.c.Number); err != nil {
		return err
	}
	if err := m.compareRounds(ctx, p); err != nil {
		return err
	}
	p.parts = formParts(p.fields, p.form, p.sources())
	if p.prefer, err = m.preference(ctx); err != nil {
		return err
	}
	p.phrases, err = m.phrases(ctx, workflow.ActApprove, p.c.Item)
	return err
}

// compareRounds finds what the applicant changed in the form when correcting.
func (m *Module) compareRounds(ctx context.Context, p *casePage) error {
	old, _, err := m.Cases.FormBefore(ctx, p.c.Number)
	if err != nil || old == nil {
		return err
	}
	if old, err = p.readable(old); err != nil {
		return err
	}
	p.before = map[string]string{}
	p.changed = changedIn(sideBySide(formLines(p.fields, old), formLines(p.fields, p.form)))
	now := map[string]string{}
	for _, l := range formLines(p.fields, p.form) {
		now[l.Name] = l.Text
	}
	for _, l := range formLines(p.fields, old) {
		if now[l.Name] != l.Text {
			p.before[l.Name] = l.Text
		}
	}
	return nil
}

// nameDivisions lets fields that hold a division's code read back its name.
func (m *Module) nameDivisions(ctx context.Context, p *casePage) error {
	values, err := catalogue.FormValues(p.fields, p.c.Content.Form)
	if err != nil {
		return err
	}
	for i, f := range p.fields {
		if f.Widget != "division" || values.Get(f.Name) == "" {
			continue
		}
		path, err := m.Org.Path(ctx, values.Get(f.Name))
		if errors.Is(err, org.ErrDivisionUnknown) {
			continue // shown as it was typed
		}
		if err != nil {
			return err
		}
		name := ""
		for _, d := range path[1:] { // everybody knows the city
			name += d.ShortName
		}
		p.fields[i].Options = []catalogue.FieldOption{{Value: values.Get(f.Name), Label: orText(name, path[0].Name)}}
	}
	return nil
}

// loadFlow reads the way through the hands, and what the viewer may do there.
func (m *Module) loadFlow(ctx context.Context, p *casePage) error {
	i, err := m.Workflow.Instance(ctx, p.c.Number)
	if errors.Is(err, workflow.ErrNoInstance) {
		return nil
	}
	if err != nil {
		return err
	}
	p.flow = &i
	me := identity.FromContext(ctx).Account
	seats := workflow.SeatsOf(i.Tasks, me)
	var shown []workflow.Task
	for k, t := range i.Tasks {
		live := t.State == workflow.Open || t.State == workflow.Waiting
		if !live && (i.State != "running" || k != lastOf(i.Tasks, me)) {
			continue // what could be taken back, were the process not over
		}
		_, allowed, err := m.Workflow.Task(ctx, t.ID)
		if err != nil && !errors.Is(err, workflow.ErrTaskUnknown) {
			return err
		}
		if !live && !slices.Contains(allowed, workflow.ActWithdraw) {
			continue
		}
		if slices.Contains(allowed, workflow.ActReturn) { // the first step has nowhere to go back to
			targets, err := m.Workflow.Targets(ctx, t.ID)
			if err != nil {
				return err
			}
			if len(targets) == 0 {
				allowed = slices.DeleteFunc(allowed, func(a string) bool { return a == workflow.ActReturn })
			}
		}
		shown = append(shown, t)
		p.tasks = append(p.tasks, newCard(t, allowed, i.Definition, seats, me))
	}
	shareOut(p.tasks, me)
	p.people, p.bodies, err = m.namesIn(ctx, shown)
	return err
}

// lastOf is the task that the account did last, the only one whose act it may
// still want back; -1 for none.
func lastOf(tasks []workflow.Task, account string) int {
	last := -1
	for k, t := range tasks {
		if t.DoneBy == account && t.State == workflow.Done && (last < 0 || !t.DoneAt.Before(tasks[last].DoneAt)) {
			last = k
		}
	}
	return last
}

// decides says whether approving the task grants or denies.
func decides(d workflow.Definition, t workflow.Task) bool {
	return t.Added == "" && slices.ContainsFunc(d.Steps(), func(n workflow.Node) bool { return n.ID == t.Node && n.Decision })
}

// working says that the viewer has something to do here.
func (p *casePage) working() bool {
	return len(p.c.Allowed) > 0 || slices.ContainsFunc(p.tasks, func(t taskCard) bool {
		return t.may(workflow.ActApprove) || t.may(workflow.ActClaim)
	})
}

// readable is the form as pages show it: numbers are masked for everybody, also
// for those who work on the case; whole they are on the page that asks what for.
func (p *casePage) readable(form []byte) ([]byte, error) { return catalogue.MaskForm(p.fields, form) }

func (p *casePage) applicantRows() []ui.Row {
	a := p.c.Applicant
	rows := []ui.Row{
		{Label: "申请人", Value: a.Name},
		{Label: "证件", Value: gb.IDType(a.IDType).String()},
		{Label: "证件号码", Value: gb.MaskIDNumber(gb.IDType(a.IDType), a.IDNo)},
		{Label: "联系电话", Value: gb.MaskPhone(a.Phone)},
	}
	if g := p.c.Agent; g != nil {
		rows = append(rows, ui.Row{Label: "代办人", Value: g.Name + "（" + gb.MaskPhone(g.Phone) + "）"},
			ui.Row{Label: "代办人证件", Value: gb.MaskIDNumber(gb.IDType(g.IDType), g.IDNo)},
			ui.Row{Label: "授权", Value: g.Authority})
	}
	return rows
}

func (p *casePage) caseRows() []ui.Row {
	c := p.c
	rows := []ui.Row{
		{Label: "事项", Value: c.ItemName, URL: "/items/" + c.Item + "?division=" + c.Division},
		{Label: "事项版本", Value: c.Item + " 第" + itoa(c.Version) + "版"},
		{Label: "所属地区", Value: c.DivisionName},
		{Label: "申请渠道", Value: cases.ChannelName(c.Channel)},
		{Label: "收件网点", Value: c.Receiving.Name},
		{Label: "决定机关", Value: c.Competent.Name},
		{Label: "提交时间", Value: ui.DateTime(c.SubmittedAt)},
		{Label: "收件日期", Value: c.ReceivedOn.Chinese()},
		{Label: "受理日期", Value: acceptedText(c)},
		{Label: "承诺时限", Value: p.def.Promised.Promise()},
		{Label: "法定时限", Value: p.def.Statutory.Chinese()},
	}
	if !c.DecidedOn.IsZero() {
		rows = append(rows, ui.Row{Label: "决定", Part: ui.StateBadge(cases.OutcomeName(c.Outcome)+" "+c.DecidedOn.Chinese(), outcomeTone(c.Outcome))})
	}
	if !c.DeferredUntil.IsZero() {
		rows = append(rows, ui.Row{Label: "容缺补交", Part: ui.StateBadge(c.DeferredUntil.Chinese()+"前补齐", "warning")})
	}
	return rows
}

func acceptedText(c cases.Case) string {
	if c.Deemed {
		return c.AcceptedOn.Chinese() + "（逾期未告知，视为受理）"
	}
	return c.AcceptedOn.Chinese()
}

func (p *casePage) deliveryRows() []ui.Row {
	c := p.c
	where := c.DeliverTo.Name
	if c.Deliver == cases.DeliverPost {
		where = c.DeliverTo.Address
	}
	rows := []ui.Row{{Label: "送达方式", Value: cases.DeliverName(c.Deliver)}}
	if where != "" {
		rows = append(rows, ui.Row{Label: "送达地点", Value: where})
	}
	if c.ClosedAt != nil {
		rows = append(rows, ui.Row{Label: "办结时间", Value: ui.DateTime(*c.ClosedAt)})
	}
	return rows
}

func (p *casePage) answerRows() []ui.Row {
	var rows []ui.Row
	for _, a := range p.c.Content.Checklist.Path {
		rows = append(rows, ui.Row{Label: a.Text, Value: joinText("、", a.Labels...)})
	}
	return rows
}

// handed lists the material as it was handed in, newest first; superseded ones last.
func (p *casePage) handed(id string) []cases.Material {
	var now, before []cases.Material
	for _, x := range p.c.Content.Materials {
		switch {
		case x.ID != id:
		case x.Superseded == nil:
			now = append(now, x)
		default:
			before = append(before, x)
		}
	}
	return append(now, before...)
}

// onPaper says whether something was handed in on paper.
func (p *casePage) onPaper() bool {
	return slices.ContainsFunc(p.c.Content.Materials, func(m cases.Material) bool { return m.Way == apply.WayPaper })
}
