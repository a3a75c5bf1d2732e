package queue

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// hallsPage lists the halls the viewer may set up.
type hallsPage struct {
	q     string
	list  []hallRow
	total int
	next  string
	paged bool
}

type hallRow struct {
	org.Outlet
	Queues, Counters int
}

// halls lists the outlets of the viewer's reach, by code, with what is set up.
func (m *Module) halls(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	p := hallsPage{q: strings.TrimSpace(q.Get("q")), paged: q.Get("after") != ""}
	all, err := m.Org.Outlets(ctx) // some 1,600, from memory
	if err != nil {
		return err
	}
	mine := slices.DeleteFunc(all, func(o org.Outlet) bool {
		return !may(ctx, VerbManage, o.Division) || p.q != "" && !strings.HasPrefix(o.Code, p.q) && !strings.Contains(o.Name, p.q)
	})
	p.total = len(mine)
	if mine, p.next, err = org.PageOfOutlets(mine, db.Page{Limit: 50, After: q.Get("after")}); err != nil {
		return err
	}
	if p.next != "" {
		p.next = "/admin/queues?" + url.Values{"q": {p.q}, "after": {p.next}}.Encode()
	}
	p.list, err = m.hallRows(ctx, mine)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, hallsView(p))
}

func (m *Module) hallRows(ctx context.Context, outlets []org.Outlet) ([]hallRow, error) {
	codes := make([]string, len(outlets))
	for i, o := range outlets {
		codes[i] = o.Code
	}
	var rows []struct {
		Outlet string `db:"outlet"`
		N      int    `db:"n"`
	}
	var w db.Where
	w.And("active = ?", true).In("outlet", codes)
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT outlet, COUNT(*) AS n FROM queue_queue`+w.SQL()+` GROUP BY outlet`, w.Args()...)
	if err != nil {
		return nil, err
	}
	list := make([]hallRow, len(outlets))
	for i, o := range outlets {
		counters, err := m.Org.Counters(ctx, o.Code)
		if err != nil {
			return nil, err
		}
		list[i] = hallRow{Outlet: o, Counters: len(counters)}
		for _, x := range rows {
			if x.Outlet == o.Code {
				list[i].Queues = x.N
			}
		}
	}
	return list, nil
}

// setupPage is one hall as it is set up.
type setupPage struct {
	outlet   org.Outlet
	queues   []Queue
	counters []org.Counter
	serves   map[string][]string // by counter; none is all
	devices  []Device
	editing  Queue
	form     *web.Form
	code     string // pairing code, shown once
}

func (m *Module) setup(w http.ResponseWriter, r *http.Request) error {
	return m.setupAgain(w, r, nil, "")
}

func (m *Module) setupAgain(w http.ResponseWriter, r *http.Request, form *web.Form, code string) error {
	ctx := r.Context()
	p := setupPage{form: form, code: code, serves: map[string][]string{}, editing: Queue{Minutes: 10, Active: true}}
	var err error
	if p.outlet, err = m.hall(ctx, VerbManage, r.PathValue("outlet")); err != nil {
		return err
	}
	if p.queues, err = m.allQueues(ctx, p.outlet.Code); err != nil {
		return err
	}
	if p.counters, err = m.Org.Counters(ctx, p.outlet.Code); err != nil {
		return err
	}
	slices.SortStableFunc(p.counters, func(a, b org.Counter) int { return len(a.No) - len(b.No) })
	for _, c := range p.counters {
		if p.serves[c.ID], err = m.chosen(ctx, c.ID); err != nil {
			return err
		}
	}
	if p.devices, err = m.Devices(ctx, p.outlet.Code); err != nil {
		return err
	}
	id := firstText(form.Value("id"), r.URL.Query().Get("queue"))
	for _, q := range p.queues {
		if q.ID == id {
			p.editing = q
		}
	}
	return web.Render(w, r, form.Status(), setupView(p))
}

func setupURL(outlet string) string { return "/admin/queues/" + url.PathEscape(outlet) }

// saveQueue makes or changes a queue.
func (m *Module) saveQueue(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	q := Queue{ID: form.Value("id"), Outlet: r.PathValue("outlet"), Letter: form.Value("letter"), Name: form.Value("name"),
		Themes: form.Value("themes"), Active: form.Value("active") != ""}
	q.Minutes, _ = strconv.Atoi(form.Value("minutes")) // what is no number is 0, which SaveQueue refuses
	q, err = m.SaveQueue(r.Context(), q)
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.setupAgain(w, r, form, "")
	}
	web.Flash(r, "success", "队列“"+q.Name+"”已保存，取号机上马上生效。")
	return web.Redirect(w, r, setupURL(q.Outlet))
}

// saveServes says for every counter of the hall which queues it calls from.
func (m *Module) saveServes(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	o, err := m.hall(ctx, VerbManage, r.PathValue("outlet"))
	if err != nil {
		return err
	}
	counters, err := m.Org.Counters(ctx, o.Code)
	if err != nil {
		return err
	}
	for _, c := range counters {
		was, err := m.chosen(ctx, c.ID)
		if err != nil {
			return err
		}
		chosen := form.Values("serves." + c.ID)
		slices.Sort(chosen)
		if slices.Equal(was, chosen) {
			continue
		}
		if err := m.SetServes(ctx, c.ID, chosen); err != nil {
			return err
		}
	}
	web.Flash(r, "success", "窗口办理的队列已保存，下一次叫号起生效。")
	return web.Redirect(w, r, setupURL(o.Code))
}

// addDevice allows a machine and shows its pairing code.
func (m *Module) addDevice(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	code, err := m.AddDevice(r.Context(), r.PathValue("outlet"), form.Value("device"))
	if err := form.Merge(err); err != nil {
		return err
	}
	return m.setupAgain(w, r, form, code)
}

func (m *Module) endDevice(w http.ResponseWriter, r *http.Request) error {
	outlet := r.PathValue("outlet")
	if err := m.EndDevice(r.Context(), outlet, r.PathValue("id")); err != nil {
		return err
	}
	web.Flash(r, "success", "这台取号机已停用。")
	return web.Redirect(w, r, setupURL(outlet))
}

// deviceState says where a machine stands.
func deviceState(d Device) string {
	if d.PairedAt != nil {
		return ui.DateTime(*d.PairedAt) + " 开通"
	}
	return "等待输入开通码，" + timeOfDay(d.Until) + " 前有效"
}

// chosen tells whether a queue is ticked for a counter.
func (p setupPage) chosen(counter, queue string) bool {
	if p.form.Has("serves." + counter) {
		return slices.Contains(p.form.Values("serves."+counter), queue)
	}
	return slices.Contains(p.serves[counter], queue)
}

func (p setupPage) columns() []string {
	list := []string{"窗口"}
	for _, q := range p.queues {
		if q.Active {
			list = append(list, q.Letter+" "+q.Name)
		}
	}
	return list
}

func hallsFirst(paged bool) string {
	if paged {
		return "/admin/queues"
	}
	return ""
}

// activeValue is the switch as it was sent, else as the queue stands.
func (p setupPage) activeValue() string {
	on := p.editing.Active
	if p.form.Has("letter") {
		on = p.form.Has("active")
	}
	if on {
		return "1"
	}
	return ""
}
