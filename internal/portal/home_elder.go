package portal

import (
	"context"
	"errors"
	"net/http"

	"yimen/internal/catalogue"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// elderZone is the zone whose items stand on the front page of the elder
// version. Administrators edit it like any other.
const elderZone = "zhangbei"

// elderItems is how many of them there are room for without scrolling far.
const elderItems = 8

// elderHome is the front page for old people: one question, a number to call,
// and the few things they come for. Everything else is one link away.
type elderHome struct {
	demo   bool
	region org.Division
	items  []catalogue.Item
	outlet *place // nearest; nil: no region chosen
}

func (m *Module) elder(w http.ResponseWriter, r *http.Request, demo bool) error {
	p := elderHome{demo: demo}
	var err error
	if p.region, err = m.region(r); err != nil {
		return err
	}
	if p.items, err = m.elderItems(r.Context(), p.region.Code); err != nil {
		return err
	}
	if p.outlet, err = m.nearest(r.Context(), p.region.Code); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, elderView(p))
}

// elderItems are those of the elders' zone; where an administrator has taken
// it away, what people around the region apply for.
func (m *Module) elderItems(ctx context.Context, region string) ([]catalogue.Item, error) {
	z, err := m.Catalogue.Zone(ctx, catalogue.KindZone, elderZone, region)
	if errors.Is(err, catalogue.ErrZoneUnknown) {
		return m.Catalogue.Popular(ctx, catalogue.Query{Audience: "person", Region: region}, elderItems)
	}
	return z.Items[:min(len(z.Items), elderItems)], err
}

// nearest is the outlet next to a region; nil for the whole city.
func (m *Module) nearest(ctx context.Context, region string) (*place, error) {
	if region == "" {
		return nil, nil
	}
	near, err := m.Org.OutletsNear(ctx, region)
	if err != nil || len(near) == 0 {
		return nil, err
	}
	first := m.placeOf(ctx, near[0])
	return &first, nil
}

// AssistURL is how to get somebody to help.
func AssistURL() string { return "/assist" }

// assist says who helps those who cannot do it alone.
func (m *Module) assist(w http.ResponseWriter, r *http.Request) error {
	region, err := m.region(r)
	if err != nil {
		return err
	}
	near, err := m.nearest(r.Context(), region.Code)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, assistView(near))
}

func everythingURL() string { return "/" + query("all", "1") }

func (p elderHome) opts() ui.PageOpts { return public(ui.PageOpts{Title: "首页", NoHeading: true}) }
