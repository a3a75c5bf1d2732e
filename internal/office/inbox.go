package office

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
	"yimen/internal/workflow"
	"yimen/workday"
)

// inboxPage is the list of tasks with its filters.
type inboxPage struct {
	box    box
	filter filter
	form   *web.Form // of the filter, or of a filter to be saved
	usual  bool      // this is the viewer's usual filter, applied by itself
	counts workflow.Counts
	list   []workflow.Task
	days   workdays
	people map[string]string        // accounts by id: whose task it is
	bodies map[string]string        // agencies by code
	whose  map[string]cases.Brief   // cases by number
	seats  map[string]workflow.Seat // of the tasks, by id
	next   string
	paged  bool

	by     string // the list shows groups
	groups []workflow.Group
	saved  []savedFilter
	prefer preference
	leads  bool // may share a filter with the agency
	me     string
	// Choices of the filter; none where there are too many tasks to group.
	items, steps, from []ui.Option
}

// pageRows is how many tasks stand on a page.
const pageRows = 40

// inbox lists the tasks of the viewer, the worst first.
func (m *Module) inbox(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	x := readFilter(form)
	if !form.OK() {
		return m.showInbox(w, r, http.StatusUnprocessableEntity, filter{Box: x.Box}, form)
	}
	return m.showInbox(w, r, http.StatusOK, x, form)
}

func (m *Module) showInbox(w http.ResponseWriter, r *http.Request, status int, x filter, form *web.Form) error {
	ctx, err := m.Workflow.AtDesk(r.Context())
	if err != nil {
		return err
	}
	p := inboxPage{filter: x, form: form, paged: form.Value("after") != "", days: m.workdays(ctx, ""), by: form.Value("by"),
		me: identity.FromContext(ctx).Account, leads: m.leads(ctx)}
	if p.prefer, err = m.preference(ctx); err != nil {
		return err
	}
	if r.Method == http.MethodGet && r.URL.RawQuery == "" {
		if p.filter, p.usual, err = m.usual(ctx, p.prefer); err != nil {
			return err
		}
	}
	p.box = boxOf(p.filter.Box)
	q, err := m.query(ctx, p.filter)
	if err != nil {
		return err
	}
	if err := m.fillInbox(ctx, &p, q, form.Value("after")); err != nil {
		if err = form.Merge(err); err != nil {
			return err
		}
		if r.Method == http.MethodGet && form.Value("light")+form.Value("by") != "" { // the list without what was asked wrongly
			p.filter.Light, p.by, status = "", "", http.StatusUnprocessableEntity
			q.Light = ""
			if err := m.fillInbox(ctx, &p, q, ""); err != nil {
				return err
			}
		}
	}
	return web.RenderPart(w, r, status, inboxView(p), inboxList(p))
}

// fillInbox reads the list and everything around it.
func (m *Module) fillInbox(ctx context.Context, p *inboxPage, q workflow.Query, after string) error {
	var err error
	around := q
	around.Light, around.Mine, around.Free, around.Covering, around.State = "", false, false, false, ""
	if p.counts, err = m.Workflow.Counts(ctx, around); err != nil {
		return err
	}
	if p.by != "" && p.box.ID != "done" {
		if p.groups, err = m.Workflow.Groups(ctx, q, p.by); err != nil {
			return err
		}
		if err := m.nameGroups(ctx, p); err != nil {
			return err
		}
	} else if p.list, p.next, err = m.Workflow.Tasks(ctx, q, db.Page{Limit: pageRows, After: after}); err != nil {
		return err
	}
	if err := m.nameTasks(ctx, p); err != nil {
		return err
	}
	if p.saved, err = m.filters(ctx); err != nil {
		return err
	}
	return m.choices(ctx, p)
}

// nameTasks looks up what the rows show beside the tasks.
func (m *Module) nameTasks(ctx context.Context, p *inboxPage) error {
	var err error
	if p.seats, err = m.Workflow.Seats(ctx, p.list); err != nil {
		return err
	}
	if p.people, p.bodies, err = m.namesIn(ctx, p.list); err != nil {
		return err
	}
	p.whose, err = m.Cases.Briefs(ctx, numbersOf(p.list))
	return err
}

// mostGrouped is how many tasks are grouped for the choices of the filter;
// those who see more type what they look for.
const mostGrouped = 3000

// choices fills the lists of the filter with what there is.
func (m *Module) choices(ctx context.Context, p *inboxPage) error {
	if p.counts.Open > mostGrouped {
		return nil
	}
	c, err := m.Workflow.Choices(ctx)
	if err != nil {
		return err
	}
	if err := m.namePlaces(ctx, c.Places); err != nil {
		return err
	}
	p.items, p.steps, p.from = options(c.Items), options(c.Steps), options(c.Places)
	return nil
}

func options(groups []workflow.Group) []ui.Option {
	list := make([]ui.Option, len(groups))
	for i, g := range groups {
		list[i] = ui.Option{Value: g.Key, Label: g.Label + "（" + itoa(g.Open) + "）"}
	}
	return list
}

func (m *Module) nameGroups(ctx context.Context, p *inboxPage) error {
	switch p.by {
	case "receiving":
		return m.namePlaces(ctx, p.groups)
	case "assignee":
		var ids []string
		for _, g := range p.groups {
			ids = append(ids, g.Key)
		}
		names, err := m.Identity.NamesOf(ctx, ids)
		if err != nil {
			return err
		}
		for i, g := range p.groups {
			p.groups[i].Label = orText(names[g.Key], "待签收")
		}
	}
	return nil
}

func (m *Module) namePlaces(ctx context.Context, groups []workflow.Group) error {
	for i, g := range groups {
		d, err := m.Org.Division(ctx, g.Key)
		switch {
		case err == nil:
			groups[i].Label = orText(d.ShortName, d.Name)
		case err != org.ErrDivisionUnknown:
			groups[i].Label = orText(g.Key, "不详")
		}
	}
	return nil
}

func numbersOf(list []workflow.Task) []string {
	numbers := make([]string, len(list))
	for i, t := range list {
		numbers[i] = t.Subject
	}
	return numbers
}

// namesIn looks up who has the tasks and whose they are, in two reads.
func (m *Module) namesIn(ctx context.Context, list []workflow.Task) (people, bodies map[string]string, err error) {
	var accounts, codes []string
	for _, t := range list {
		for _, a := range []string{t.Assignee, t.OnBehalf} {
			if a != "" && !slices.Contains(accounts, a) {
				accounts = append(accounts, a)
			}
		}
		codes = append(codes, t.Agency)
	}
	if people, err = m.Identity.NamesOf(ctx, accounts); err != nil {
		return nil, nil, err
	}
	agencies, err := m.Org.AgenciesByCode(ctx, codes)
	if err != nil {
		return nil, nil, err
	}
	bodies = map[string]string{}
	for code, a := range agencies {
		bodies[code] = orText(a.ShortName, a.Name)
	}
	return people, bodies, nil
}

// holder says who has the task; one that the viewer cannot sign because they
// have signed beside it is a colleague's.
func (p inboxPage) holder(t workflow.Task) string {
	if t.Assignee == "" && p.seats[t.ID].Signed {
		return "等待同事（您已办）"
	}
	return holder(t, p.people)
}

// manyBodies tells whether the list holds tasks of more than one agency.
func (p inboxPage) manyBodies() bool { return len(p.bodies) > 1 }

// with is the inbox with the filter changed.
func (p inboxPage) with(change func(*filter)) string {
	x := p.filter
	change(&x)
	if x == (filter{}) {
		return "/office?box=" // the whole inbox, not the usual filter
	}
	return inboxURL(x)
}

func (p inboxPage) boxURL(id string) string {
	return p.with(func(x *filter) { x.Box, x.Light = id, "" })
}

func (p inboxPage) lightURL(light string) string {
	return p.with(func(x *filter) {
		if x.Light = light; x.Box == "done" {
			x.Box = ""
		}
	})
}

// groupURL is the list of one group.
func (p inboxPage) groupURL(g workflow.Group) string {
	return p.with(func(x *filter) {
		switch p.by {
		case "item":
			x.Item = g.Key
		case "step":
			x.Step = g.Key
		case "receiving":
			x.Place = g.Key
		case "assignee":
			if x.Holder = g.Key; g.Key == "" {
				x.Box = "free"
			}
		}
	})
}

// byURL shows the same tasks in groups.
func (p inboxPage) byURL(by string) string {
	v := p.filter.values()
	set(v, "by", by)
	if len(v) == 0 {
		return "/office?box="
	}
	return "/office?" + v.Encode()
}

func (p inboxPage) nextURL() string {
	if p.next == "" {
		return ""
	}
	v := p.filter.values()
	v.Set("after", p.next)
	return "/office?" + v.Encode()
}

func (p inboxPage) firstURL() string {
	if !p.paged {
		return ""
	}
	return p.with(func(*filter) {})
}

// moreFilters tells whether any but the search is set, or was set wrongly.
func (p inboxPage) moreFilters() bool {
	x := p.filter
	x.Q, x.Holder = "", ""
	return x.narrowed() || p.form.ErrorOf("from")+p.form.ErrorOf("to")+p.form.ErrorOf("light") != ""
}

// shown tells whether a box stands among the tabs.
func (p inboxPage) shown(b box) bool {
	return b.ID != "cover" || p.counts.Covered > 0 || p.box.ID == "cover"
}

func (p inboxPage) boxCount(id string) int {
	switch id {
	case "":
		return p.counts.Open
	case "mine":
		return p.counts.Mine
	case "free":
		return p.counts.Free
	case "cover":
		return p.counts.Covered
	}
	return 0
}

var groupings = []ui.Link{{Label: "列表", URL: ""}, {Label: "按事项", URL: "item"}, {Label: "按环节", URL: "step"}, {Label: "按收件地", URL: "receiving"}, {Label: "按经办人", URL: "assignee"}}

func set(v url.Values, name, value string) {
	if value == "" {
		v.Del(name)
		return
	}
	v.Set(name, value)
}

var lightOptions = []ui.Option{
	{Value: workflow.LightOverdue, Label: "已超期"}, {Value: workflow.LightRed, Label: "将到期"},
	{Value: workflow.LightYellow, Label: "临期"}, {Value: workflow.LightNormal, Label: "正常"},
}

// workdays counts from today by one calendar.
type workdays struct {
	cal   *workday.Calendar
	today workday.Date
}

func (m *Module) workdays(ctx context.Context, division string) workdays {
	return workdays{m.Org.Calendar(ctx, division), workday.DateOf(clock.FromContext(ctx, m.Clock).Now(), clock.Beijing)}
}
