package office

import (
	"context"
	"net/http"
	"net/url"

	"yimen/internal/cases"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
	"yimen/workday"
)

// box is one way to look at tasks.
type box struct{ ID, Label, Empty string }

var boxes = []box{
	{"", "待办", "没有等待办理的任务。"},
	{"mine", "我名下的", "您名下没有任务。可以在“待签收”中签收。"},
	{"free", "待签收", "没有等待签收的任务。"},
	{"done", "我已办的", "您还没有办过任务。"},
}

// inboxPage is the list of tasks with its filters.
type inboxPage struct {
	box    box
	query  workflow.Query
	counts workflow.Counts
	list   []workflow.Task
	days   workdays
	people map[string]string        // accounts by id: whose task it is
	bodies map[string]string        // agencies by code
	whose  map[string]cases.Brief   // cases by number
	seats  map[string]workflow.Seat // of the tasks, by id
	next   string
	paged  bool
}

// inbox lists the tasks of the viewer, the most urgent first.
func (m *Module) inbox(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	p := inboxPage{box: boxes[0], paged: q.Get("after") != "", days: m.workdays(ctx, "")}
	for _, b := range boxes {
		if b.ID == q.Get("box") {
			p.box = b
		}
	}
	p.query = workflow.Query{Q: q.Get("q"), Role: q.Get("role"), Light: q.Get("light"),
		Mine: p.box.ID == "mine" || p.box.ID == "done", Free: p.box.ID == "free"}
	if p.box.ID == "done" {
		p.query.State, p.query.Light = workflow.Done, ""
	}
	var err error
	if p.counts, err = m.Workflow.Counts(ctx, workflow.Query{}); err != nil {
		return err
	}
	if p.list, p.next, err = m.Workflow.Tasks(ctx, p.query, db.Page{Limit: 30, After: q.Get("after")}); err != nil {
		return err
	}
	if p.seats, err = m.Workflow.Seats(ctx, p.list); err != nil {
		return err
	}
	if p.people, p.bodies, err = m.namesIn(ctx, p.list); err != nil {
		return err
	}
	if p.whose, err = m.Cases.Briefs(ctx, numbersOf(p.list)); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, inboxView(p))
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
		if t.Assignee != "" {
			accounts = append(accounts, t.Assignee)
		}
		if t.OnBehalf != "" {
			accounts = append(accounts, t.OnBehalf)
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
		bodies[code] = a.Name
	}
	return people, bodies, nil
}

func (p inboxPage) url(change func(url.Values)) string {
	v := url.Values{}
	for name, value := range map[string]string{"box": p.box.ID, "q": p.query.Q, "role": p.query.Role, "light": p.query.Light} {
		if value != "" {
			v.Set(name, value)
		}
	}
	change(v)
	if len(v) == 0 {
		return "/office"
	}
	return "/office?" + v.Encode()
}

// holder says who has the task; one that the viewer cannot sign because they
// have signed beside it is a colleague's.
func (p inboxPage) holder(t workflow.Task) string {
	if t.Assignee == "" && p.seats[t.ID].Signed {
		return "等待同事（您已办）"
	}
	return holder(t, p.people)
}

func (p inboxPage) boxURL(id string) string {
	return p.url(func(v url.Values) { set(v, "box", id); v.Del("light") })
}

func (p inboxPage) lightURL(light string) string {
	return p.url(func(v url.Values) { set(v, "light", light); v.Del("box") })
}

func (p inboxPage) nextURL() string {
	if p.next == "" {
		return ""
	}
	return p.url(func(v url.Values) { v.Set("after", p.next) })
}

func (p inboxPage) firstURL() string {
	if !p.paged {
		return ""
	}
	return p.url(func(url.Values) {})
}

// narrowed says that the list is shorter than the box.
func (p inboxPage) narrowed() bool {
	return p.query.Q != "" || p.query.Role != "" || p.query.Light != ""
}

func set(v url.Values, name, value string) {
	if value == "" {
		v.Del(name)
		return
	}
	v.Set(name, value)
}

func roleOptions() []ui.Option {
	options := make([]ui.Option, len(workflow.Roles))
	for i, role := range workflow.Roles {
		options[i] = ui.Option{Value: role, Label: workflow.RoleNames[role]}
	}
	return options
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
