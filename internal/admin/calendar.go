package admin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// nationwide stands for the amendments of the national calendar in an address;
// org's word for it is "".
const nationwide = "all"

type calendarPage struct {
	form     *web.Form
	options  []ui.Option
	division string // a code, or nationwide
	name     string
	year     int
	rows     int
	days     []workday.Day // in force there, inherited ones too
	shifts   *cases.Shifts // what saving would move; nil: not asked
}

// moreRows are empty rows below the days that are there.
const (
	moreRows = 4
	maxDays  = 60
)

func dayField(row int, name string) string { return "days." + strconv.Itoa(row) + "." + name }

var kindOfDay = []ui.Option{{Value: "off", Label: "放假"}, {Value: "work", Label: "上班"}}

func (m *Module) openCalendar(r *http.Request, f *web.Form) (*calendarPage, error) {
	p := &calendarPage{form: f, division: f.Value("division"), year: m.today(r).Year()}
	var err error
	if p.options, err = m.divisionOptions(r.Context(), r); err != nil {
		return nil, err
	}
	if p.division == "" && len(p.options) > 0 {
		p.division = p.options[0].Value
	}
	i := slices.IndexFunc(p.options, func(o ui.Option) bool { return o.Value == p.division })
	if i < 0 {
		return nil, identity.ErrNoRight
	}
	p.name = p.options[i].Label
	if y, err := strconv.Atoi(f.Value("year")); err == nil && y >= 2000 && y <= 2100 {
		p.year = y
	}
	p.days = m.Org.Calendar(r.Context(), p.code()).Days(p.year)
	return p, nil
}

// code is the division as org names it.
func (p *calendarPage) code() string {
	if p.division == nationwide {
		return ""
	}
	return p.division
}

func (m *Module) calendar(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := m.openCalendar(r, form)
	if err != nil {
		return err
	}
	own, err := m.Org.CalendarDays(r.Context(), p.code(), p.year)
	if err != nil {
		return err
	}
	for i, d := range own {
		kind := "work"
		if d.Off {
			kind = "off"
		}
		for name, value := range map[string]string{"date": d.Day.String(), "kind": kind, "name": d.Name, "notice": d.Notice} {
			form.Set(dayField(i, name), value)
		}
	}
	p.rows = len(own) + moreRows
	return web.Render(w, r, http.StatusOK, calendarView(p))
}

// saveCalendar stores the days of a division and has the deadlines of its open
// cases computed anew; asked to foresee, it only shows which would move.
func (m *Module) saveCalendar(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := m.openCalendar(r, form)
	if err != nil {
		return err
	}
	days := p.read()
	if form.OK() && form.Value("act") == "foresee" {
		if p.shifts, err = m.foresee(r.Context(), p.code(), p.year, days); err != nil {
			return err
		}
		return web.Render(w, r, http.StatusOK, calendarView(p))
	}
	if form.OK() {
		err := m.setDays(r.Context(), p.code(), p.year, days)
		if err := form.Merge(err); err != nil {
			return err
		}
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, calendarView(p))
	}
	web.Flash(r, "success", fmt.Sprintf("%s %d年的日历已保存，在办办件的期限正在重算。", p.name, p.year))
	return web.Redirect(w, r, "/admin/calendar?"+url.Values{"division": {p.division}, "year": {strconv.Itoa(p.year)}}.Encode())
}

// foreseen is how many moved deadlines are shown one by one.
const foreseen = 100

// foresee tells which open deadlines would move if the days of a division in a
// year were these.
func (m *Module) foresee(ctx context.Context, division string, year int, days []workday.Day) (*cases.Shifts, error) {
	calendars, err := m.Org.CalendarsWith(ctx, division, year, days)
	if err != nil {
		return nil, err
	}
	shifts, err := m.Cases.Foresee(ctx, division, calendars, foreseen)
	return &shifts, err
}

// setDays stores the days and has the deadlines move, together or not at all.
func (m *Module) setDays(ctx context.Context, division string, year int, days []workday.Day) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.Org.SetCalendarDays(ctx, division, year, days); err != nil {
			return err
		}
		return m.Queue.Insert(ctx, cases.Recompute{Division: division})
	})
}

// read reads the rows; those without a date are left out.
func (p *calendarPage) read() []workday.Day {
	var days []workday.Day
	for row := range maxDays {
		name := p.form.Value(dayField(row, "name"))
		text := p.form.Value(dayField(row, "date"))
		if text == "" && name == "" {
			continue
		}
		p.rows = row + 1
		date, err := workday.ParseDate(text)
		switch {
		case err != nil:
			p.form.Error(dayField(row, "date"), "请选择日期。")
		case date.Year() != p.year:
			p.form.Error(dayField(row, "date"), fmt.Sprintf("日期应在%d年内；其他年份请先切换。", p.year))
		case slices.ContainsFunc(days, func(d workday.Day) bool { return d.Date == date }):
			p.form.Error(dayField(row, "date"), "这一天已经填过，请删去一行。")
		}
		if name == "" {
			p.form.Error(dayField(row, "name"), "请填写节日名称或理由。")
		}
		days = append(days, workday.Day{Date: date, Off: p.form.Value(dayField(row, "kind")) != "work", Name: name,
			Notice: p.form.Value(dayField(row, "notice"))})
	}
	p.rows = min(p.rows+moreRows, maxDays)
	return days
}
