package progress

import (
	"net/http"
	"net/url"
	"strconv"

	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// URL is the page of a work.
func URL(id string) string { return "/batches/" + url.PathEscape(id) }

// Routes adds the pages; everybody sees the works of their own.
func (t *Tracker) Routes(rt *web.Router, guard web.Guard) {
	rt.Get("/batches", guard, t.listPage)
	rt.Get("/batches/{id}", guard, t.workPage)
	rt.Get("/batches/{id}/report.csv", guard, t.report)
	rt.Post("/batches/{id}/stop", guard, t.stopWork)
}

// shown is a work as its page shows it.
type shown struct {
	Work
	lines       []Line
	next, first string
}

func (t *Tracker) workPage(w http.ResponseWriter, r *http.Request) error {
	work, err := t.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := shown{Work: work}
	after := r.URL.Query().Get("after")
	p.lines, p.next, err = t.Lines(r.Context(), work.ID, db.Page{Limit: 100, After: after})
	if err != nil {
		return err
	}
	if p.next != "" {
		p.next = URL(work.ID) + "?after=" + url.QueryEscape(p.next)
	}
	if after != "" {
		p.first = URL(work.ID)
	}
	return web.RenderPart(w, r, http.StatusOK, workView(p), workPart(p))
}

func (t *Tracker) listPage(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	list, next, err := t.Works(r.Context(), db.Page{Limit: 50, After: after})
	if err != nil {
		return err
	}
	if next != "" {
		next = "/batches?after=" + url.QueryEscape(next)
	}
	first := ""
	if after != "" {
		first = "/batches"
	}
	return web.Render(w, r, http.StatusOK, listView(list, next, first))
}

func (t *Tracker) stopWork(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := t.Stop(r.Context(), id); err != nil {
		return err
	}
	web.Flash(r, "success", "已停止，办过的保留，没办的不再办。")
	return web.Redirect(w, r, URL(id))
}

// report is every line as a table for spreadsheets.
func (t *Tracker) report(w http.ResponseWriter, r *http.Request) error {
	work, err := t.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	var all []Line
	for p := (db.Page{Limit: db.MaxLimit}); ; {
		lines, next, err := t.Lines(r.Context(), work.ID, p)
		if err != nil {
			return err
		}
		all = append(all, lines...)
		if p.After = next; next == "" {
			break
		}
	}
	out := web.StartTable(w, work.Title+"-结果.csv", "序号", "对象", "结果", "说明")
	for _, l := range all {
		out.Row(strconv.Itoa(l.No), l.Title, resultName(l.OK), l.Message)
	}
	out.Close()
	return nil
}

func resultName(ok bool) string {
	if ok {
		return "成功"
	}
	return "未成功"
}

// badge is how a state is shown: words and tone.
func (s State) badge() (label, tone string) {
	switch s {
	case Waiting:
		return "排队中", "muted"
	case Running:
		return "进行中", "info"
	case Done:
		return "已完成", "success"
	case Failed:
		return "没有完成", "danger"
	}
	return "已停止", "warning"
}

func (w Work) pageOpts() ui.PageOpts {
	return ui.PageOpts{Title: w.Title, Face: ui.Staff, Narrow: true, Breadcrumb: []ui.Crumb{{Label: "批量工作", URL: "/batches"}, {Label: w.Title}}}
}
