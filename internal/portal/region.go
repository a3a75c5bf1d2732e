package portal

import (
	"errors"
	"net/http"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/org"
)

// regionKey is where the session keeps the division that was chosen; "city"
// says that the whole city was chosen on purpose.
const (
	regionKey = "portal.region"
	wholeCity = "city"
)

// region is the division the visitor chose, else where they live; the zero
// Division is the whole city.
func (m *Module) region(r *http.Request) (org.Division, error) {
	code := web.Session(r).GetString(regionKey)
	if actor := identity.FromContext(r.Context()); code == "" && actor.IsApplicant() {
		code = actor.Division
	}
	if code == "" || code == wholeCity {
		return org.Division{}, nil
	}
	d, err := m.Org.Division(r.Context(), code)
	if errors.Is(err, org.ErrDivisionUnknown) { // it was merged since
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

// regionPage is the choice of a region, a level at a time, with the outlets
// near the one in sight.
type regionPage struct {
	here     org.Division
	path     []org.Division
	children []org.Division
	outlets  []org.Outlet
	next     string
}

func (m *Module) chooseRegion(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	p := regionPage{next: web.SafeNext(q.Get("next"))}
	at := q.Get("at")
	if at == "" {
		d, err := m.region(r)
		if err != nil {
			return err
		}
		at = d.Code
	}
	if at == "" {
		city, err := m.Org.Home(ctx)
		if err != nil {
			return err
		}
		at = city.Code
	}
	var err error
	if p.path, err = m.Org.Path(ctx, at); err != nil {
		return err
	}
	p.here = p.path[len(p.path)-1]
	if p.children, _, err = m.Org.Children(ctx, at, db.Page{Limit: db.MaxLimit}); err != nil {
		return err
	}
	if p.outlets, err = m.Org.OutletsNear(ctx, at); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, regionView(p))
}

// keepRegion stores the choice in the session and goes back.
func (m *Module) keepRegion(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	code := form.Value("division")
	d, err := m.Org.Division(r.Context(), code)
	if err != nil {
		return err
	}
	if d.Level <= org.City {
		code = ""
	}
	web.Session(r).Put(regionKey, code)
	if code == "" {
		web.Session(r).Put(regionKey, wholeCity)
	}
	return web.Redirect(w, r, inRegion(web.SafeNext(form.Value("next")), code))
}
