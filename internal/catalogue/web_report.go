package catalogue

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// reportRate is how many reports one address may send in an hour.
const reportRate = 20

// reportPage is the form on which a reader tells of a mistake.
type reportPage struct {
	form  *web.Form
	page  string
	title string
	back  string // where they came from
}

func (m *Module) askReport(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, reportView(newReportPage(form)))
}

func newReportPage(form *web.Form) reportPage {
	p := reportPage{form: form, page: web.SafeNext(form.Value("page")), title: form.Value("title")}
	p.back = p.page
	return p
}

func (p reportPage) about() string {
	if p.title == "" {
		return "网站"
	}
	return "“" + p.title + "”这一页"
}

// makeReport stores what a reader found and shows the number to ask by.
func (m *Module) makeReport(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := newReportPage(form)
	made, err := m.MakeReport(r.Context(), Report{Page: p.page, Title: p.title, Item: itemOfPath(p.page), Kind: form.Value("kind"),
		Text: form.Value("text"), Contact: form.Value("contact")})
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, reportView(p))
	}
	web.Flash(r, "success", "收到了，谢谢您。我们会在"+made.DueOn.Chinese()+"前答复。")
	return web.Redirect(w, r, reportAnswerURL(made.Code))
}

func reportAnswerURL(code string) string { return "/report/" + url.PathEscape(code) }

// itemOfPath is the item whose guide the path is of, or "".
func itemOfPath(path string) string {
	path, _, _ = strings.Cut(path, "?")
	rest, ok := strings.CutPrefix(path, "/items/")
	if !ok {
		return ""
	}
	code, _, _ := strings.Cut(rest, "/")
	if !codePattern.MatchString(code) {
		return ""
	}
	return code
}

// showReport is the answer, for who has the number. What was written is shown
// to them; how to reach them is not shown to anybody here.
func (m *Module) showReport(w http.ResponseWriter, r *http.Request) error {
	rep, err := m.ReportByCode(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return web.Render(w, r, http.StatusOK, reportAnswerView(rep))
}

// reportsPage is the list of those who answer.
type reportsPage struct {
	state string
	list  []Report
	open  int
	next  string
	first string
	today workday.Date
}

const reportsPath = "/admin/reports"

func (m *Module) showReports(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p := reportsPage{state: "open", today: m.today(r.Context())}
	if q.Get("state") == "answered" {
		p.state = "answered"
	}
	var err error
	if p.list, p.next, err = m.Reports(r.Context(), p.state, db.Page{Limit: 50, After: q.Get("after")}); err != nil {
		return err
	}
	if p.open, err = m.CountReports(r.Context()); err != nil {
		return err
	}
	p.next, p.first = pageURL(q, p.next), firstURL(q)
	return web.Render(w, r, http.StatusOK, reportsView(p))
}

// firstURL is the list from the start; "" when that is where it is.
func firstURL(q url.Values) string {
	if q.Get("after") == "" {
		return ""
	}
	return pageURL(q, " ")
}

// answerPage is one report with its answer, or the form for it.
type answerPage struct {
	Report
	form  *web.Form
	today workday.Date
}

func (m *Module) showAnswer(w http.ResponseWriter, r *http.Request) error {
	return m.renderAnswer(w, r, http.StatusOK, web.NewForm(nil))
}

func (m *Module) renderAnswer(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	p := answerPage{form: form, today: m.today(r.Context())}
	var err error
	if p.Report, err = m.Report(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return web.Render(w, r, status, answerView(p))
}

func (m *Module) answerReport(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if err := form.Merge(m.AnswerReport(r.Context(), r.PathValue("id"), form.Value("outcome"), form.Value("answer"))); err != nil {
		return err
	}
	if !form.OK() {
		return m.renderAnswer(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(r, "success", "已答复。")
	return web.Redirect(w, r, reportsPath)
}

// dueTone is the colour of a day by which an answer is due.
func dueTone(r Report, today workday.Date) string {
	switch {
	case r.State != "open":
		return "success"
	case today.After(r.DueOn):
		return "danger"
	case today.Equal(r.DueOn):
		return "warning"
	}
	return "info"
}

func dueText(r Report, today workday.Date) string {
	switch {
	case r.State != "open":
		return "已答复"
	case today.After(r.DueOn):
		return "已超过" + r.DueOn.Chinese()
	case today.Equal(r.DueOn):
		return "今天要答复"
	}
	return r.DueOn.Chinese() + "前答复"
}

func choiceOptions(list []Choice) []ui.Option {
	all := make([]ui.Option, len(list))
	for i, c := range list {
		all[i] = ui.Option{Value: c.Key, Label: c.Label}
	}
	return all
}

func shortDate(t time.Time) string { return ui.DateTime(t) }
