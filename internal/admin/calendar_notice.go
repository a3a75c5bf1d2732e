package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/workday"
)

// maxNotice is longer than any holiday notice was.
const maxNotice = 20_000

// noticePage is the State Council's holiday notice on its way into the
// calendar: pasted, read, shown with what it changes, confirmed.
type noticePage struct {
	form   *web.Form
	notice *workday.Notice // nil: nothing read yet
	years  []int           // whose days it sets
	shifts cases.Shifts
}

// notice asks for the text of the notice of next year.
func (m *Module) notice(w http.ResponseWriter, r *http.Request) error {
	if !mayManage(r, "") {
		return identity.ErrNoRight
	}
	form := web.NewForm(url.Values{"year": {strconv.Itoa(m.today(r).Year() + 1)}})
	return web.Render(w, r, http.StatusOK, noticeView(noticePage{form: form}))
}

// readNotice reads the text and shows what would change; confirmed, it stores
// the days for the whole country.
func (m *Module) readNotice(w http.ResponseWriter, r *http.Request) error {
	if !mayManage(r, "") {
		return identity.ErrNoRight
	}
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := noticePage{form: form}
	p.read()
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, noticeView(p))
	}
	if form.Value("act") == "save" {
		return m.saveNotice(w, r, p)
	}
	for _, year := range p.years {
		s, err := m.foresee(r.Context(), "", year, m.daysWith(r, p.notice, year))
		if err != nil {
			return err
		}
		p.shifts.Later += s.Later
		p.shifts.Earlier += s.Earlier
		p.shifts.List = append(p.shifts.List, s.List...)
	}
	return web.Render(w, r, http.StatusOK, noticeView(p))
}

func (p *noticePage) read() {
	text := p.form.Value("text")
	year, err := strconv.Atoi(p.form.Value("year"))
	switch {
	case err != nil || year < 2000 || year > 2100:
		p.form.Error("year", "请填写通知所说的年份，四位数字。")
	case text == "":
		p.form.Error("text", "请把通知全文粘贴到这里。")
	case len([]rune(text)) > maxNotice:
		p.form.Error("text", "文字太长，请只粘贴放假安排的通知全文。")
	}
	if !p.form.OK() {
		return
	}
	n := workday.ParseNotice(text, 0)
	if n.Year != 0 && n.Year != year {
		p.form.Error("year", fmt.Sprintf("通知写的是%d年，与所填年份不同，请核对。", n.Year))
		return
	}
	n = workday.ParseNotice(text, year)
	if len(n.Days) == 0 {
		p.form.Error("text", "没有读出放假安排。请粘贴通知正文，例如“一、元旦：1月1日（周五）至3日（周日）放假，共3天。”")
		return
	}
	p.notice = &n
	for _, d := range n.Days {
		if y := d.Date.Year(); !slices.Contains(p.years, y) {
			p.years = append(p.years, y)
		}
	}
}

// daysWith are the days of a year with those of the notice: its own year
// anew, of the year before only those it names.
func (m *Module) daysWith(r *http.Request, n *workday.Notice, year int) []workday.Day {
	var days []workday.Day
	for _, d := range n.Days {
		if d.Date.Year() == year {
			days = append(days, d)
		}
	}
	if year == n.Year {
		return days
	}
	for _, d := range m.Org.Calendar(r.Context(), "").Days(year) {
		if !slices.ContainsFunc(days, func(x workday.Day) bool { return x.Date == d.Date }) {
			days = append(days, d)
		}
	}
	return days
}

func (m *Module) saveNotice(w http.ResponseWriter, r *http.Request, p noticePage) error {
	for _, year := range p.years {
		if err := m.setDays(r.Context(), "", year, m.daysWith(r, p.notice, year)); err != nil {
			return err
		}
	}
	web.Flash(r, "success", fmt.Sprintf("%d年的放假安排已登记，在办办件的期限正在重算。", p.notice.Year))
	return web.Redirect(w, r, "/admin/calendar?"+url.Values{"division": {nationwide}, "year": {strconv.Itoa(p.notice.Year)}}.Encode())
}
