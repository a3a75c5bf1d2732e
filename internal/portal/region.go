package portal

import (
	"context"
	"errors"
	"net/http"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/org"
)

// regionCookie is where the browser keeps the division that was chosen, across
// signing in and out; "city" says that the whole city was chosen on purpose.
const (
	regionCookie = "yimen_region"
	wholeCity    = "city"
)

// region is the division the visitor chose, else where they live; the zero
// Division is the whole city.
func (m *Module) region(r *http.Request) (org.Division, error) {
	code := web.Remembered(r, regionCookie)
	if actor := identity.FromContext(r.Context()); code == "" && actor.IsApplicant() {
		code = actor.Division
	}
	if code == "" || code == wholeCity {
		return org.Division{}, nil
	}
	d, err := m.Org.Division(r.Context(), code)
	if errors.Is(err, org.ErrDivisionUnknown) { // it was merged since, or the cookie is not ours
		return org.Division{}, nil
	}
	return d, err
}

// RegionName is the region for the header of a page; "" is the whole city.
func (m *Module) RegionName(r *http.Request) string {
	d, err := m.region(r)
	if err != nil {
		return "" // the page itself will tell
	}
	return d.ShortName
}

// RegionCode is the division for pages that name theirs in the address; "" is
// the whole city.
func (m *Module) RegionCode(r *http.Request) string {
	d, err := m.region(r)
	if err != nil {
		return "" // the page itself will tell
	}
	return d.Code
}

// regionPage is the choice of a region, by name or a level at a time, with the
// outlets near the one in sight.
type regionPage struct {
	here     org.Division
	path     []org.Division
	children []org.Division
	places   []place
	own      org.Division // where who asks lives, when it is another one
	next     string
	q        string
	matches  [][]org.Division // the paths to what was typed
}

// matchesShown is how many divisions are offered for a name.
const matchesShown = 12

func (m *Module) chooseRegion(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	p := regionPage{next: web.SafeNext(q.Get("next")), q: q.Get("q")}
	var err error
	if n := []rune(p.q); len(n) > 50 {
		p.q = string(n[:50])
	}
	if p.matches, err = m.findPlaces(ctx, p.q, matchesShown); err != nil {
		return err
	}
	if err := m.standAt(r, &p, q.Get("at")); err != nil {
		return err
	}
	return web.RenderPart(w, r, http.StatusOK, regionView(p), regionMatches(p))
}

// standAt fills in the division in sight: the one asked for, else the one
// chosen, else the city.
func (m *Module) standAt(r *http.Request, p *regionPage, at string) error {
	ctx := r.Context()
	chosen, err := m.region(r)
	if err != nil {
		return err
	}
	if at == "" {
		at = chosen.Code
	}
	if at == "" {
		city, err := m.Org.Home(ctx)
		if err != nil {
			return err
		}
		at = city.Code
	}
	if p.path, err = m.Org.Path(ctx, at); err != nil {
		return err
	}
	p.here = p.path[len(p.path)-1]
	if p.children, err = m.childrenOf(ctx, at); err != nil {
		return err
	}
	outlets, err := m.Org.OutletsNear(ctx, at)
	if err != nil {
		return err
	}
	for _, o := range outlets {
		p.places = append(p.places, m.placeOf(ctx, o))
	}
	if actor := identity.FromContext(ctx); actor.IsApplicant() && actor.Division != "" && actor.Division != chosen.Code {
		p.own, err = m.Org.Division(ctx, actor.Division)
		if errors.Is(err, org.ErrDivisionUnknown) {
			p.own, err = org.Division{}, nil
		}
	}
	return err
}

// childrenOf gives all divisions right below one: a town may have more than a
// page of villages.
func (m *Module) childrenOf(ctx context.Context, parent string) ([]org.Division, error) {
	var all []org.Division
	page := db.Page{Limit: db.MaxLimit}
	for {
		list, next, err := m.Org.Children(ctx, parent, page)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		if page.After = next; next == "" {
			return all, nil
		}
	}
}

// keepRegion keeps the choice in the browser and goes back.
func (m *Module) keepRegion(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	d, err := m.Org.Division(r.Context(), form.Value("division"))
	if err != nil {
		return err
	}
	code, kept := d.Code, d.Code
	if d.Level <= org.City {
		code, kept = "", wholeCity
	}
	web.Remember(w, r, regionCookie, kept)
	return web.Redirect(w, r, inRegion(web.SafeNext(form.Value("next")), code))
}

// outletPage is a place where people apply, and what it takes in.
type outletPage struct {
	place
	path     []org.Division
	counters []org.Counter
	total    int
	common   []catalogue.Item
	domains  []catalogue.Choice
	today    string
	chosen   bool // the visitor's region is here
}

func (m *Module) outlet(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	o, err := m.Org.Outlet(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	region, err := m.region(r)
	if err != nil {
		return err
	}
	p := outletPage{place: m.placeOf(ctx, o), chosen: region.Code == o.Division}
	p.today = clock.FromContext(ctx, m.Clock).Now().In(clock.Beijing).Format("1月2日")
	if p.path, err = m.Org.Path(ctx, o.Division); err != nil {
		return err
	}
	if p.counters, err = m.Org.Counters(ctx, o.Code); err != nil {
		return err
	}
	q := catalogue.Query{Division: o.Division, Region: o.Division}
	found, err := m.Catalogue.Find(ctx, q, pageOf(1))
	if err != nil {
		return err
	}
	p.total, p.domains = found.Total, found.Domains
	if p.common, err = m.Catalogue.Popular(ctx, q, 12); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, outletView(p))
}

func (p outletPage) here() org.Division { return p.path[len(p.path)-1] }
