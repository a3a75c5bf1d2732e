package portal

import (
	"net/http"

	"yimen/internal/cases"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// progressKey counts only questions that name a code; the empty form may be
// opened as often as one likes.
func progressKey(r *http.Request) string {
	if r.URL.Query().Get("query_code") == "" {
		return "form " + web.RequestID(r)
	}
	return web.ClientAddr(r)
}

// progressPage is the public progress of a case, or the form that asks for it.
type progressPage struct {
	form  *web.Form
	found *cases.Progress
}

// progress shows how far a case is to whoever has its number and query code. A
// wrong code and a number that does not exist look the same.
func (m *Module) progress(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, status := progressPage{form: form}, http.StatusOK
	number, code := form.Value("number"), form.Value("query_code")
	switch {
	case number == "" && !form.Has("query_code"):
	case number == "" || code == "" && form.Has("query_code"):
		if number == "" {
			form.Error("number", "请输入办件编号，在回执的右上角。")
		}
		if code == "" {
			form.Error("query_code", "请输入6位查询码，在办件编号的下面。")
		}
		status = http.StatusUnprocessableEntity
	case code == "": // from the QR code of a notice: the number is filled in
	default:
		found, err := m.Cases.Progress(r.Context(), number, code)
		switch {
		case err == nil:
			p.found = &found
		case errs.KindOf(err) == errs.NotFound:
			form.Error("number", errs.From(err).Message)
			status = http.StatusNotFound
		default:
			return err
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	return web.Render(w, r, status, progressView(p))
}

// publicTimeline is what happened, without names and opinions.
func (p progressPage) publicTimeline() []ui.TimelineEntry {
	var list []ui.TimelineEntry
	for _, s := range p.found.Steps {
		list = append(list, ui.TimelineEntry{At: s.At, Title: s.Title, Kind: "done"})
	}
	if !p.found.State.Ended() {
		list = append(list, ui.TimelineEntry{Title: p.found.StateName, Kind: "current"})
	}
	return list
}

func (p progressPage) facts() []ui.Row {
	f := p.found
	rows := []ui.Row{
		{Label: "办件编号", Value: f.Number},
		{Label: "申请人", Value: f.Applicant},
		{Label: "决定机关", Value: f.Agency},
		{Label: "收件网点", Value: f.Outlet},
		{Label: "提交时间", Value: ui.DateTime(f.Submitted)},
	}
	if !f.DueOn.IsZero() && !f.State.Ended() {
		rows = append(rows, ui.Row{Label: "当前期限", Value: f.DueOn.Chinese()})
	}
	return append(rows, ui.Row{Label: "领取方式", Value: deliverNames[f.Deliver]})
}
