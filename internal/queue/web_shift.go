package queue

import (
	"net/http"
	"net/url"
	"strconv"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// shiftsPage is one's own shift as it stands, and those handed over here.
type shiftsPage struct {
	outlet org.Outlet
	now    Shift
	seated bool
	list   []Shift
	next   string
	paged  bool
	form   *web.Form
}

func (m *Module) shifts(w http.ResponseWriter, r *http.Request) error {
	return m.shiftsAgain(w, r, nil)
}

func (m *Module) shiftsAgain(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	ctx, after := r.Context(), r.URL.Query().Get("after")
	p := shiftsPage{form: form, paged: after != ""}
	var err error
	if p.outlet, err = m.hallOf(r, VerbView); err != nil {
		return err
	}
	if p.now, p.seated, err = m.ShiftNow(ctx); err != nil {
		return err
	}
	if p.list, p.next, err = m.Shifts(ctx, p.outlet.Code, db.Page{Limit: 20, After: after}); err != nil {
		return err
	}
	if p.next != "" {
		p.next = "/counter/shift?" + url.Values{"outlet": {p.outlet.Code}, "after": {p.next}}.Encode()
	}
	return web.Render(w, r, form.Status(), shiftsView(p))
}

// endShift hands over what there is, and leaves the counter.
func (m *Module) endShift(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	s, err := m.EndShift(r.Context(), form.Value("note"))
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.shiftsAgain(w, r, form)
	}
	return web.Redirect(w, r, shiftURL(s.ID))
}

// shiftPage is one sheet.
type shiftPage struct {
	Shift
	outlet  org.Outlet
	confirm bool   // the viewer may confirm it
	held    string // at the counter now; only while it can be confirmed
	papers  int    // at the outlet now
	form    *web.Form
}

func (m *Module) shift(w http.ResponseWriter, r *http.Request) error {
	return m.shiftAgain(w, r, nil)
}

func (m *Module) shiftAgain(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	ctx := r.Context()
	s, err := m.Shift(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := shiftPage{Shift: s, form: form}
	if p.outlet, err = m.Org.Outlet(ctx, s.Outlet); err != nil {
		return err
	}
	p.confirm = s.ConfirmedBy == "" && s.Account != identity.FromContext(ctx).Account && may(ctx, VerbShift, s.Division)
	if p.confirm {
		if p.held, p.papers, err = m.Standing(ctx, s); err != nil {
			return err
		}
	}
	return web.Render(w, r, form.Status(), shiftView(p))
}

// confirmShift takes over, with what was counted.
func (m *Module) confirmShift(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	t := Takeover{Difference: form.Value("difference")}
	if t.Papers, err = strconv.Atoi(form.Value("papers")); err != nil {
		t.Papers = -1 // not counted, which is refused
	}
	err = m.ConfirmShift(r.Context(), id, t)
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.shiftAgain(w, r, form)
	}
	web.Flash(r, "success", "已确认接班。")
	return web.Redirect(w, r, shiftURL(id))
}

func shiftURL(id string) string { return "/counter/shift/" + url.PathEscape(id) }

func shiftsFirst(p shiftsPage) string {
	if !p.paged {
		return ""
	}
	return "/counter/shift?" + url.Values{"outlet": {p.outlet.Code}}.Encode()
}

// rows are the facts of the sheet.
func (s Shift) rows() []ui.Row {
	rows := []ui.Row{
		{Label: "窗口", Value: s.CounterNo + "号"}, {Label: "交班人", Value: s.Name},
		{Label: "当班时间", Value: ui.DateTime(s.From) + "至" + timeOfDay(s.To)},
		{Label: "办完", Value: itoa(s.Served) + "人"}, {Label: "过号", Value: itoa(s.Missed) + "人"},
		{Label: "挂起的号", Value: firstText(s.Held, "无")},
		{Label: "没办完的收件", Value: itoa(s.Drafts) + "件（本人草稿）"},
		{Label: "未交出的纸质材料", Value: itoa(s.Papers) + "份（本网点）"},
		{Label: "现金、票据", Value: "无（窗口不收现金）"},
	}
	if s.ID != "" { // handed over
		rows = append(rows, ui.Row{Label: "交接说明", Value: firstText(s.Note, "无")})
	}
	if s.ConfirmedBy != "" {
		rows = append(rows, ui.Row{Label: "接班清点", Value: s.countedText()}, ui.Row{Label: "对不上的", Value: firstText(s.Difference, "无")})
	}
	return rows
}

func (s Shift) countedText() string {
	if s.Counted < 0 {
		return "没有清点"
	}
	return "纸质材料" + itoa(s.Counted) + "份"
}

// nowText compares what the sheet says with how it is now.
func nowText(then, now string) string {
	if then == now {
		return "现在一致"
	}
	return "现在是" + firstText(now, "无")
}
