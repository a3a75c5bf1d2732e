package office

import (
	"context"
	"net/url"

	"yimen/internal/kit/web"
	"yimen/internal/workflow"
	"yimen/workday"
)

// filter is how somebody looks at the inbox. It travels as a query: in the
// address of the inbox, as a saved filter, and as in=… from a list to a case
// and on to the next one.
type filter struct {
	Box, Q, Item, Step, Light, Place, Holder string
	From, To                                 workday.Date
}

// readFilter takes a filter from a form; what cannot be read is noted there.
func readFilter(f *web.Form) filter {
	x := filter{Box: f.Value("box"), Q: f.Value("q"), Item: f.Value("item"), Step: f.Value("step"), Light: f.Value("light"),
		Place: f.Value("place"), Holder: f.Value("holder"), From: f.Date("from"), To: f.Date("to")}
	if boxOf(x.Box).ID != x.Box {
		x.Box = ""
	}
	if x.Box == "done" {
		x.Light = ""
	}
	if !x.From.IsZero() && !x.To.IsZero() && x.To.Before(x.From) {
		f.Error("to", "结束日期不能早于开始日期，请重新选择。")
	}
	return x
}

// parseFilter reads what encode wrote; anything else is the whole inbox.
func parseFilter(text string) filter {
	v, err := url.ParseQuery(text)
	if err != nil {
		return filter{}
	}
	f := web.NewForm(v)
	x := readFilter(f)
	if !f.OK() {
		return filter{}
	}
	return x
}

func (x filter) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"box": x.Box, "q": x.Q, "item": x.Item, "step": x.Step, "light": x.Light,
		"place": x.Place, "holder": x.Holder, "from": dateText(x.From), "to": dateText(x.To)} {
		set(v, name, value)
	}
	return v
}

func dateText(d workday.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func (x filter) encode() string { return x.values().Encode() }

// narrowed says that the list is shorter than its box.
func (x filter) narrowed() bool { return x != (filter{Box: x.Box}) }

func inboxURL(x filter) string {
	if query := x.encode(); query != "" {
		return "/office?" + query
	}
	return "/office"
}

// caseIn is the page of a case, opened from a list.
func caseIn(number, in string) string {
	if in == "" {
		return CaseURL(number)
	}
	return CaseURL(number) + "?in=" + url.QueryEscape(in)
}

// query is the filter as the workflow understands it; applicants are found by
// the cases.
func (m *Module) query(ctx context.Context, x filter) (workflow.Query, error) {
	q := workflow.Query{Q: x.Q, Item: x.Item, Step: x.Step, Light: x.Light, Receiving: x.Place, Assignee: x.Holder, From: x.From, To: x.To}
	switch x.Box {
	case "mine":
		q.Mine = true
	case "free":
		q.Free = true
	case "cover":
		q.Covering = true
	case "done":
		q.Mine, q.State = true, workflow.Done
	}
	if x.Q == "" || x.Box == "done" {
		return q, nil
	}
	var err error
	q.Subjects, err = m.Cases.Named(ctx, x.Q)
	return q, err
}

// box is one way to look at tasks.
type box struct{ ID, Label, Empty string }

var boxes = []box{
	{"", "待办", "没有等待办理的任务。"},
	{"mine", "我名下的", "您名下没有任务。可以在“待签收”中签收。"},
	{"free", "待签收", "没有等待签收的任务。"},
	{"cover", "替同事办", "您代办的同事名下没有任务。"},
	{"done", "我已办的", "您还没有办过任务。"},
}

func boxOf(id string) box {
	for _, b := range boxes {
		if b.ID == id {
			return b
		}
	}
	return boxes[0]
}
