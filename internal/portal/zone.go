package portal

import (
	"context"
	"net/http"

	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// pageOf is a first page of n.
func pageOf(n int) db.Page { return db.Page{Limit: n} }

func iconOf(z catalogue.Zone) string {
	if z.Icon == "" {
		return "folder"
	}
	return z.Icon
}

// themes gives the themes of an audience that hold anything.
func (m *Module) themes(ctx context.Context, audience string) ([]themeTile, error) {
	list, err := m.Catalogue.Zones(ctx, catalogue.ZoneQuery{Kind: catalogue.KindTheme, Audience: audience})
	if err != nil {
		return nil, err
	}
	counts, err := m.Catalogue.ZoneCounts(ctx, list)
	if err != nil {
		return nil, err
	}
	var tiles []themeTile
	for _, z := range list {
		if n := counts[z.ID]; n > 0 {
			tiles = append(tiles, themeTile{z, n})
		}
	}
	return tiles, nil
}

// zonesPage is the list of all zones.
type zonesPage struct {
	zones          []catalogue.Zone
	person, firm   []catalogue.Zone // life events
	themesOf       map[string][]themeTile
	themeAudiences []string
}

func (m *Module) allZones(w http.ResponseWriter, r *http.Request) error {
	region, err := m.region(r)
	if err != nil {
		return err
	}
	ctx, err := m.Catalogue.InView(r.Context())
	if err != nil {
		return err
	}
	p := zonesPage{themesOf: map[string][]themeTile{}, themeAudiences: []string{"person", "enterprise"}}
	if p.zones, err = m.Catalogue.Zones(ctx, catalogue.ZoneQuery{Kind: catalogue.KindZone, Region: region.Code}); err != nil {
		return err
	}
	if p.person, err = m.Catalogue.Zones(ctx, catalogue.ZoneQuery{Kind: catalogue.KindEvent, Audience: "person"}); err != nil {
		return err
	}
	if p.firm, err = m.Catalogue.Zones(ctx, catalogue.ZoneQuery{Kind: catalogue.KindEvent, Audience: "enterprise"}); err != nil {
		return err
	}
	for _, a := range p.themeAudiences {
		if p.themesOf[a], err = m.themes(ctx, a); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, zonesView(p))
}

// zonePage is one zone, life event or theme with its items.
type zonePage struct {
	catalogue.ZonePage
	listing
}

// listing is what every list of items needs to say where each is handled.
type listing struct {
	region org.Division
	path   []org.Division // of the region
}

func (m *Module) listing(r *http.Request) (listing, error) {
	var l listing
	var err error
	if l.region, err = m.region(r); err != nil || l.region.Code == "" {
		return l, err
	}
	l.path, err = m.Org.Path(r.Context(), l.region.Code)
	return l, err
}

func (m *Module) zone(kind string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		var p zonePage
		var err error
		if p.listing, err = m.listing(r); err != nil {
			return err
		}
		if p.ZonePage, err = m.Catalogue.Zone(r.Context(), kind, r.PathValue("id"), p.region.Code); err != nil {
			return err
		}
		return web.Render(w, r, http.StatusOK, zoneView(p))
	}
}

func (p zonePage) crumbs() []ui.Crumb {
	list := []ui.Crumb{home, {Label: "专区和主题", URL: "/zones"}}
	for _, z := range p.Above {
		list = append(list, ui.Crumb{Label: z.Name, URL: ZoneURL(z.Kind, z.ID)})
	}
	return append(list, ui.Crumb{Label: p.Name})
}

// departmentsPage lists the departments with how many items each has.
type departmentsPage struct {
	list []catalogue.Choice
}

func (m *Module) departments(w http.ResponseWriter, r *http.Request) error {
	found, err := m.Catalogue.Find(r.Context(), catalogue.Query{}, pageOf(1))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, departmentsView(departmentsPage{found.Depts}))
}

// departmentPage is a department's items by domain, with its own agency for
// the region.
type departmentPage struct {
	listing
	dept    catalogue.Choice
	agency  org.Agency // zero when it has none here
	domains []domainItems
}

type domainItems struct {
	name  string
	items []catalogue.Item
}

func (m *Module) department(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var p departmentPage
	var err error
	if p.listing, err = m.listing(r); err != nil {
		return err
	}
	q := catalogue.Query{Dept: r.PathValue("code")}
	found, err := m.Catalogue.Find(ctx, q, pageOf(db.MaxLimit))
	if err != nil {
		return err
	}
	if found.Total == 0 {
		return web.ErrNotFound
	}
	p.dept = catalogue.Choice{Key: found.Items[0].Dept, Label: found.Items[0].DeptName, N: found.Total}
	if p.agency, err = m.agencyNear(ctx, p.dept.Key, p.path); err != nil {
		return err
	}
	for _, d := range found.Domains {
		group := domainItems{name: d.Label}
		for _, it := range found.Items {
			if it.Domain == d.Key {
				group.items = append(group.items, it)
			}
		}
		p.domains = append(p.domains, group)
	}
	return web.Render(w, r, http.StatusOK, departmentView(p))
}

// agencyNear is the department's body at the county of the region, or the
// city's.
func (m *Module) agencyNear(ctx context.Context, dept string, path []org.Division) (org.Agency, error) {
	home, err := m.Org.Home(ctx)
	if err != nil {
		return org.Agency{}, err
	}
	at := []string{home.Code}
	for _, d := range path {
		if d.Level == org.County {
			at = []string{d.Code, home.Code}
		}
	}
	for _, division := range at {
		list, err := m.Org.AgenciesAt(ctx, division)
		if err != nil {
			return org.Agency{}, err
		}
		for _, a := range list {
			if a.Dept == dept {
				return a, nil
			}
		}
	}
	return org.Agency{}, nil
}
