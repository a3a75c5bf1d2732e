package designer

import (
	"context"
	"net/http"

	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/org"
)

const areasPath = listPath + "/areas"

var pageOfOne = db.Page{Limit: 1}

// areaPage sets what all outlets of an area say, shows what that comes to, and
// what was set before.
type areaPage struct {
	Form    *web.Form
	Preview *catalogue.Reach
	Where   string // name of the division of the preview
	List    []areaRow
	Next    string
}

type areaRow struct {
	catalogue.Area
	Where string
	What  string // the item, or all of them
}

func (m *Module) showAreas(w http.ResponseWriter, r *http.Request) error {
	p, err := m.areaPage(r, web.NewForm(r.URL.Query()))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, areasView(p))
}

func (m *Module) areaPage(r *http.Request, form *web.Form) (*areaPage, error) {
	p := &areaPage{Form: form}
	rows, next, err := m.Catalogue.Areas(r.Context(), db.Page{Limit: 30, After: r.URL.Query().Get("after")})
	if err != nil {
		return nil, err
	}
	if next != "" {
		p.Next = areasPath + "?after=" + next
	}
	for _, a := range rows {
		row := areaRow{Area: a, What: "全部事项"}
		if row.Where, err = m.divisionName(r.Context(), a.Division); err != nil {
			return nil, err
		}
		if a.Item != "" {
			row.What = a.Item
			if v, err := m.Catalogue.Current(r.Context(), a.Item); err == nil {
				row.What = v.Definition.Name
			}
		}
		p.List = append(p.List, row)
	}
	return p, nil
}

func (m *Module) divisionName(ctx context.Context, code string) (string, error) {
	path, err := m.Org.Path(ctx, code)
	if err != nil {
		return "", err
	}
	name := ""
	for _, d := range path {
		if d.Level > org.City || len(path) == 1 || d.Code == code {
			name += d.ShortName
		}
	}
	return name, nil
}

// changeAreas previews a setting, makes it, or takes one back.
func (m *Module) changeAreas(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if id := form.Value("undo"); id != "" {
		if err := m.Catalogue.UndoArea(r.Context(), id); err != nil {
			return err
		}
		web.Flash(r, "success", "已撤销，各网点恢复原来的内容。")
		return web.Redirect(w, r, areasPath)
	}
	a := catalogue.Area{Item: form.Value("item"), Division: form.Value("division"), Level: atoi(form.Value("level")), Place: form.Value("place"),
		Hours: form.Value("hours"), Phone: form.Value("phone"), Counters: form.Value("counters")}
	if form.Value("op") == "set" {
		_, err = m.Catalogue.SetArea(r.Context(), a)
		if err == nil {
			web.Flash(r, "success", "已设置，办事指南随即更新；可以在下面撤销。")
			return web.Redirect(w, r, areasPath)
		}
	}
	var reach catalogue.Reach
	if err == nil {
		reach, err = m.Catalogue.ReachOf(r.Context(), a)
	}
	status := http.StatusOK
	if err != nil {
		if status, err = told(form, err); err != nil {
			return err
		}
	}
	p, err := m.areaPage(r, form)
	if err != nil {
		return err
	}
	if status == http.StatusOK {
		p.Preview = &reach
		if p.Where, err = m.divisionName(r.Context(), a.Division); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, areasView(p))
}

// said are the fields of a setting in words.
func said(a catalogue.Area) []fact {
	var list []fact
	for _, f := range []fact{{"place", "地点", a.Place}, {"hours", "时间", a.Hours}, {"phone", "电话", a.Phone}, {"counters", "窗口", a.Counters}} {
		if f.value != "" {
			list = append(list, f)
		}
	}
	return list
}
