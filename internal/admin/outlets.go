package admin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

type outletsPage struct {
	q     string
	list  []org.Outlet
	total int
	next  string
	paged bool
}

var outletKinds = map[string]string{
	org.Centre: "市行政服务中心", org.Hall: "县级政务服务中心", org.TownOutlet: "镇街公共服务中心", org.VillagePoint: "村居党群服务中心",
}

// outlets lists the outlets that the viewer may keep, by code.
func (m *Module) outlets(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p := outletsPage{q: strings.TrimSpace(q.Get("q")), paged: q.Get("after") != ""}
	all, err := m.Org.Outlets(r.Context()) // some 1,600, from memory
	if err != nil {
		return err
	}
	var mine []org.Outlet
	for _, o := range all {
		if mayManage(r, o.Division) && matches(o, p.q) {
			mine = append(mine, o)
		}
	}
	p.total = len(mine)
	if p.list, p.next, err = org.PageOfOutlets(mine, db.Page{Limit: 50, After: q.Get("after")}); err != nil {
		return err
	}
	if p.next != "" {
		p.next = "/admin/outlets?" + url.Values{"q": {p.q}, "after": {p.next}}.Encode()
	}
	return web.Render(w, r, http.StatusOK, outletsView(p))
}

func matches(o org.Outlet, q string) bool {
	return q == "" || strings.HasPrefix(o.Code, q) || strings.Contains(o.Name, q) || strings.Contains(o.Address, q)
}

// mine gives an outlet the viewer may keep; others do not exist for them.
func (m *Module) mine(r *http.Request) (org.Outlet, error) {
	o, err := m.Org.Outlet(r.Context(), r.PathValue("code"))
	if err == nil && !mayManage(r, o.Division) {
		err = org.ErrOutletUnknown
	}
	return o, err
}

func (m *Module) outlet(w http.ResponseWriter, r *http.Request) error {
	o, err := m.mine(r)
	if err != nil {
		return err
	}
	form := web.NewForm(url.Values{"address": {o.Address}, "phone": {o.Phone}, "complaint": {o.Complaint}, "hours": {hoursText(o.Hours)}})
	return web.Render(w, r, http.StatusOK, outletView(o, form))
}

// saveOutlet changes what an outlet says of itself.
func (m *Module) saveOutlet(w http.ResponseWriter, r *http.Request) error {
	o, err := m.mine(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	c := org.OutletChange{Address: form.Value("address"), Phone: form.Value("phone"), Complaint: form.Value("complaint")}
	if c.Hours, err = org.ParseHours(strings.ReplaceAll(form.Value("hours"), "；", ";")); err != nil {
		form.Error("hours", errs.From(err).Message)
	}
	if form.OK() {
		if err := form.Merge(m.Org.UpdateOutlet(r.Context(), o.Code, c)); err != nil {
			return err
		}
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, outletView(o, form))
	}
	web.Flash(r, "success", o.Name+"的信息已更新，办事指南随之更新。")
	return web.Redirect(w, r, "/admin/outlets?"+url.Values{"q": {o.Code}}.Encode())
}

// hoursText writes hours as they are typed: 1-5 08:30-12:00;1-5 14:30-17:30.
func hoursText(hours []org.Hours) string {
	parts := make([]string, len(hours))
	for i, h := range hours {
		parts[i] = fmt.Sprintf("%s %s-%s", h.Days, h.Open, h.Close)
	}
	return strings.Join(parts, ";")
}

// divisionOptions are the divisions whose calendar the viewer may keep: the
// whole country's (as this city reads it), the city and its counties.
func (m *Module) divisionOptions(ctx context.Context, r *http.Request) ([]ui.Option, error) {
	home, err := m.Org.Home(ctx)
	if err != nil {
		return nil, err
	}
	counties, _, err := m.Org.Children(ctx, home.Code, db.Page{Limit: db.MaxLimit})
	if err != nil {
		return nil, err
	}
	var options []ui.Option
	if mayManage(r, "") {
		options = append(options, ui.Option{Value: nationwide, Label: "国务院通知的修订（全部地区）"})
	}
	for _, d := range append([]org.Division{home}, counties...) {
		if mayManage(r, d.Code) {
			options = append(options, ui.Option{Value: d.Code, Label: d.Name})
		}
	}
	return options, nil
}
