package admin

import (
	"net/http"
	"net/url"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// treePage is the organisation at one division: what is above and below it,
// which bodies act there, where people can go.
type treePage struct {
	q        string
	found    []org.Division // by name or code, when q is given
	at       org.Division
	path     []org.Division
	below    []org.Division
	next     string
	agencies []org.Agency
	outlets  []org.Outlet
	manages  bool // the viewer keeps what stands here
}

func treeURL(division string) string {
	return "/admin/org?" + url.Values{"at": {division}}.Encode()
}

// maxFound is how many divisions a search shows.
const maxFound = 50

// tree shows the organisation, one level at a time.
func (m *Module) tree(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := treePage{q: strings.TrimSpace(r.URL.Query().Get("q"))}
	home, err := m.Org.Home(ctx)
	if err != nil {
		return err
	}
	code := r.URL.Query().Get("at")
	if code == "" {
		code = home.Code
	}
	if p.at, err = m.Org.Division(ctx, code); err != nil {
		return err
	}
	if p.path, err = m.Org.Path(ctx, code); err != nil {
		return err
	}
	if p.below, p.next, err = m.Org.AllChildren(ctx, code, db.Page{Limit: 100, After: r.URL.Query().Get("after")}); err != nil {
		return err
	}
	if p.next != "" {
		p.next = treeURL(code) + "&after=" + url.QueryEscape(p.next)
	}
	if p.agencies, err = m.Org.AgenciesAt(ctx, code); err != nil {
		return err
	}
	if p.outlets, err = m.Org.OutletsAt(ctx, code); err != nil {
		return err
	}
	if p.q != "" {
		if p.found, err = m.Org.FindDivisions(ctx, p.q, maxFound); err != nil {
			return err
		}
	}
	p.manages = mayManage(r, code)
	return web.Render(w, r, http.StatusOK, treeView(p))
}

func (p treePage) opts() ui.PageOpts {
	o := page("组织机构", "行政区划、在那里办公的单位和网点；点开逐级查看。")
	if p.manages {
		o.Actions = []ui.Link{
			{Label: "新增单位", URL: rowURL(org.Agencies, "new") + "?division=" + p.at.Code, Icon: "plus"},
			{Label: "新增网点", URL: rowURL(org.Outlets, "new") + "?division=" + p.at.Code, Icon: "plus"},
			{Label: "新增下级区划", URL: rowURL(org.Divisions, "new") + "?code=" + strings.TrimRight(p.at.Code, "0"), Icon: "plus"},
		}
	}
	return o
}

// roles lists the roles there are and what each may do.
func (m *Module) roleList(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, roleListView(identity.Roles()))
}
