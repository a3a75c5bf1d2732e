package queue

import (
	"net/http"
	"net/url"

	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// numberPage is one number as those who work in the hall see it: where it
// stands, everything that happened to it, and what can be done with it.
type numberPage struct {
	Followed
	outlet  org.Outlet
	history []Entry
	signs   map[string]string // counter by id, as on its sign
	mayCall bool
	form    *web.Form
}

// ordinaryLane is how the form says that there is no priority; nothing chosen
// is "".
const ordinaryLane = "none"

// NumberURL is the page of a number for those who work in its hall.
func NumberURL(id string) string { return "/counter/queue/number/" + url.PathEscape(id) }

func (m *Module) number(w http.ResponseWriter, r *http.Request) error {
	return m.numberAgain(w, r, nil)
}

func (m *Module) numberAgain(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	ctx := r.Context()
	row, err := m.ticketBy(ctx, "id", r.PathValue("id"))
	if err != nil {
		return err
	}
	p := numberPage{form: form, signs: map[string]string{}, mayCall: may(ctx, VerbCall, row.Division)}
	if p.outlet, err = m.hall(ctx, VerbView, row.Outlet); err != nil {
		return err
	}
	if p.Followed, err = m.Follow(ctx, row.Code); err != nil {
		return err
	}
	if p.history, err = m.History(ctx, row.ID); err != nil {
		return err
	}
	counters, err := m.Org.Counters(ctx, row.Outlet)
	if err != nil {
		return err
	}
	for _, c := range counters {
		p.signs[c.ID] = c.No + "号窗口"
	}
	return web.RenderPart(w, r, form.Status(), numberView(p), numberPart(p))
}

// setPriority puts a wrong priority right.
func (m *Module) setPriority(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	lane := form.Value("priority")
	if lane == "" {
		form.Error("priority", ErrPriority.Message)
		return m.numberAgain(w, r, form)
	}
	if lane == ordinaryLane {
		lane = ""
	}
	t, err := m.SetPriority(r.Context(), r.PathValue("id"), lane, form.Value("reason"))
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.numberAgain(w, r, form)
	}
	web.Flash(r, "success", t.No+"号已改为“"+laneName(t.Priority)+"”，原来的位置不变。")
	return web.Redirect(w, r, NumberURL(t.ID))
}

// rows are what is known of the number.
func (p numberPage) rows() []ui.Row {
	rows := []ui.Row{{Label: "队列", Value: p.QueueName}, {Label: "优先", Value: laneName(p.Priority)}, {Label: "取号时间", Value: ui.DateTime(p.TakenAt)}}
	switch {
	case p.State == Waiting && p.Reserved != "":
		rows = append(rows, ui.Row{Label: "等候", Value: "只由" + p.signs[p.Reserved] + "叫"})
	case p.State == Waiting:
		rows = append(rows, ui.Row{Label: "等候", Value: "前面" + itoa(p.Ahead) + "人"})
	case p.CounterNo != "":
		rows = append(rows, ui.Row{Label: "窗口", Value: p.CounterNo + "号　" + p.CounterName})
	}
	if p.Calls > 0 && p.State != Waiting {
		rows = append(rows, ui.Row{Label: "叫过", Value: itoa(p.Calls) + "次"})
	}
	if p.Name != "" {
		rows = append(rows, ui.Row{Label: "姓名", Value: p.Name})
	}
	return rows
}

// timeline is the history, the newest first.
func (p numberPage) timeline() []ui.TimelineEntry {
	list := make([]ui.TimelineEntry, 0, len(p.history))
	for i := len(p.history) - 1; i >= 0; i-- {
		e := p.history[i]
		list = append(list, ui.TimelineEntry{At: e.At, Title: e.Act.Chinese() + sign(p.signs[e.Counter]), Who: e.WhoName, Text: e.Detail, Kind: "done"})
	}
	return list
}

func sign(counter string) string {
	if counter == "" {
		return ""
	}
	return "　" + counter
}

// otherLanes are what a wrong priority can be put right to.
func (p numberPage) otherLanes() []ui.Option {
	var list []ui.Option
	if p.Priority != "" {
		list = append(list, ui.Option{Value: ordinaryLane, Label: laneName("")})
	}
	for _, x := range priorityOptions() {
		if x.Value != p.Priority {
			list = append(list, x)
		}
	}
	return list
}
