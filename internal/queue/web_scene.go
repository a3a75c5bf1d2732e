package queue

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// scenePage is a hall as those who work there see it: who waits, who sits
// where, and one's own counter.
type scenePage struct {
	outlet  org.Outlet
	now     Summary
	windows []window
	waiting []Ticket
	missed  []Ticket
	held    []Ticket
	own     *window
	mayCall bool
	form    *web.Form
}

// window is one counter with who sits there and whom it serves.
type window struct {
	org.Counter
	Seat   Seat
	Ticket Ticket
	Busy   bool

	Account string // of the viewer
}

// sceneWaiting is how many of the line a page shows.
const sceneWaiting = 30

// hallOf is the hall a staff page is about: that of the query, if the viewer may
// look at it, else their own.
func (m *Module) hallOf(r *http.Request, v identity.Verb) (org.Outlet, error) {
	code := r.URL.Query().Get("outlet")
	if code == "" {
		code = r.PostFormValue("outlet")
	}
	if code == "" {
		code = identity.FromContext(r.Context()).Outlet
	}
	if code == "" {
		all, err := m.Org.Outlets(r.Context())
		if err != nil {
			return org.Outlet{}, err
		}
		for _, o := range all {
			if may(r.Context(), v, o.Division) {
				return o, nil
			}
		}
	}
	return m.hall(r.Context(), v, code)
}

func (m *Module) scene(w http.ResponseWriter, r *http.Request) error {
	return m.sceneAgain(w, r, nil)
}

func (m *Module) sceneAgain(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	ctx := r.Context()
	o, err := m.hallOf(r, VerbView)
	if err != nil {
		return err
	}
	p := scenePage{outlet: o, form: form, mayCall: may(ctx, VerbCall, o.Division)}
	if p.now, err = m.Waiting(ctx, o.Code); err != nil {
		return err
	}
	if p.waiting, err = m.Tickets(ctx, o.Code, sceneWaiting, Waiting); err != nil {
		return err
	}
	if p.missed, err = m.Tickets(ctx, o.Code, sceneWaiting, Missed); err != nil {
		return err
	}
	if p.held, err = m.Tickets(ctx, o.Code, sceneWaiting, Held); err != nil {
		return err
	}
	if err := m.fillWindows(r, &p); err != nil {
		return err
	}
	return web.RenderPart(w, r, form.Status(), sceneView(p), scenePart(p))
}

// fillWindows puts seats and tickets to the counters of a hall.
func (m *Module) fillWindows(r *http.Request, p *scenePage) error {
	ctx, me := r.Context(), identity.FromContext(r.Context()).Account
	counters, err := m.Org.Counters(ctx, p.outlet.Code)
	if err != nil {
		return err
	}
	seats, err := m.Seats(ctx, p.outlet.Code)
	if err != nil {
		return err
	}
	now, err := m.Tickets(ctx, p.outlet.Code, len(counters)+1, Called, Serving)
	if err != nil {
		return err
	}
	for _, c := range counters {
		x := window{Counter: c, Account: me}
		if i := slices.IndexFunc(seats, func(s Seat) bool { return s.Counter == c.ID }); i >= 0 {
			x.Seat = seats[i]
		}
		if i := slices.IndexFunc(now, func(t Ticket) bool { return t.Counter == c.ID }); i >= 0 {
			x.Ticket, x.Busy = now[i], true
		}
		p.windows = append(p.windows, x)
	}
	slices.SortStableFunc(p.windows, func(a, b window) int { return len(a.No) - len(b.No) }) // 2 before 10
	for i := range p.windows {
		if s := p.windows[i].Seat; s.Account == me && s.Account != "" {
			p.own = &p.windows[i]
		}
	}
	return nil
}

// manned are the counters with somebody at them, or a number.
func (p scenePage) manned() []window {
	return slices.DeleteFunc(slices.Clone(p.windows), func(w window) bool { return w.Seat.Account == "" && !w.Busy })
}

func (p scenePage) seatOptions() []ui.Option {
	var list []ui.Option
	for _, w := range p.windows {
		label := w.No + "号　" + w.Name
		if w.Seat.Account != "" {
			label += "（" + w.Seat.Name + "）"
		}
		list = append(list, ui.Option{Value: w.ID, Label: label})
	}
	return list
}

func (p scenePage) queueOptions() []ui.Option {
	var list []ui.Option
	for _, l := range p.now.Queues {
		list = append(list, ui.Option{Value: l.ID, Label: l.Letter + "　" + l.Name})
	}
	return list
}

func priorityOptions() []ui.Option {
	var list []ui.Option
	for _, x := range Priorities {
		list = append(list, ui.Option{Value: x.ID, Label: x.Name})
	}
	return list
}

// sceneURL is the page of a hall for those who work there.
func sceneURL(outlet string) string {
	return "/counter/queue?" + outletQuery(outlet)
}

func outletQuery(outlet string) string { return url.Values{"outlet": {outlet}}.Encode() }

// takeSeat says where the clerk sits today.
func (m *Module) takeSeat(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if form.Value("counter") == "" {
		err = m.Leave(r.Context())
	} else {
		err = m.Sit(r.Context(), form.Value("counter"))
	}
	return m.after(w, r, form, err, "")
}

// callNext calls the next person to the clerk's own counter.
func (m *Module) callNext(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	seat, ok, err := m.SeatOf(r.Context())
	if err == nil && !ok {
		err = ErrNoSeat
	}
	if err == nil {
		_, err = m.Call(r.Context(), seat.ID)
	}
	if errors.Is(err, ErrNobodyWaiting) { // an answer, not a failure: whoever was there is finished
		web.Flash(r, "info", "现在没有人在等。")
		err = nil
	}
	return m.after(w, r, form, err, "")
}

// ticketAct does one act on one ticket.
func (m *Module) ticketAct(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, id := r.Context(), r.PathValue("id")
	done := ""
	switch Act(r.PathValue("act")) {
	case ActRecall:
		_, err = m.Recall(ctx, id)
	case ActArrive:
		_, err = m.Arrive(ctx, id)
	case ActFinish:
		err = m.Finish(ctx, id)
	case ActMiss:
		_, err = m.Miss(ctx, id)
	case ActHold:
		_, err = m.Hold(ctx, id)
	case ActUnhold:
		_, err = m.Unhold(ctx, id)
	case ActRevive:
		var t Ticket
		if t, err = m.Revive(ctx, id); err == nil {
			done = t.No + "号已恢复，排在下三位之后。"
		}
	case ActTransfer:
		to := To{Queue: form.Value("queue"), Counter: form.Value("counter")}
		_, err = m.Transfer(ctx, id, to)
	default:
		return web.ErrNotFound
	}
	return m.after(w, r, form, err, done)
}

// takeFor takes a number for somebody who stands there.
func (m *Module) takeFor(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	o, err := m.hallOf(r, VerbCall)
	if err != nil {
		return err
	}
	t, err := m.Take(r.Context(), Take{Outlet: o.Code, Queue: form.Value("queue"), Priority: form.Value("priority"), Name: form.Value("name")})
	if err == nil {
		return web.Redirect(w, r, SlipURL(t.Code))
	}
	return m.after(w, r, form, err, "")
}

// after goes back to the hall, or shows it again with what is in the way.
func (m *Module) after(w http.ResponseWriter, r *http.Request, form *web.Form, err error, done string) error {
	if kind := errs.KindOf(err); err != nil && kind == errs.NotFound {
		form.Error("", errs.From(err).Message)
	} else if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.sceneAgain(w, r, form)
	}
	if done != "" {
		web.Flash(r, "success", done)
	}
	outlet := form.Value("outlet")
	if outlet == "" {
		outlet = identity.FromContext(r.Context()).Outlet
	}
	return web.Redirect(w, r, sceneURL(outlet))
}

func actURL(id string, a Act) string {
	return "/counter/queue/" + url.PathEscape(id) + "/" + string(a)
}

// firstText is the first that is not empty.
func firstText(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func (p scenePage) ownID() string {
	if p.own == nil {
		return ""
	}
	return p.own.ID
}

func (p scenePage) firstQueue() string {
	if len(p.now.Queues) == 0 {
		return ""
	}
	return p.now.Queues[0].ID
}

func (p scenePage) counterNo(id string) string {
	for _, w := range p.windows {
		if w.ID == id {
			return w.No + "号"
		}
	}
	return ""
}

// sceneLinks are the neighbouring pages of a hall.
func sceneLinks(outlet string) []ui.Link {
	at := "?" + outletQuery(outlet)
	return []ui.Link{{Label: "统计", URL: "/counter/queue/statistics" + at, Icon: "chart"}, {Label: "交接班", URL: "/counter/shift", Icon: "users"},
		{Label: "纸质材料", URL: "/counter/papers", Icon: "files"}, {Label: "叫号屏", URL: HallURL(outlet), Icon: "device"},
		{Label: "取号机", URL: TakeURL(outlet), Icon: "device"}}
}
