package portal

import (
	"net/http"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/org"
)

// homePage is the front page, for people or for enterprises.
type homePage struct {
	demo     bool
	audience string // person | enterprise
	region   org.Division
	total    int // items in the city
	near     int // of them in the region itself
	common   []catalogue.Item
	events   []catalogue.Zone
	zones    []catalogue.Zone
	themes   []themeTile
	outlet   *place // nearest
}

// themeTile is a theme with how many items it holds.
type themeTile struct {
	catalogue.Zone
	count int
}

// How many items and themes the home page names before one asks for the rest.
const (
	commonItems = 9
	themesShown = 12
)

// forKey is where the browser keeps that the pages for enterprises are wanted.
const forCookie = "yimen_for"

func (m *Module) home(w http.ResponseWriter, r *http.Request) error {
	demo := m.Demo && !identity.FromContext(r.Context()).SignedIn()
	if web.Elder(r) && r.URL.Query().Get("all") == "" && r.URL.Query().Get("for") == "" {
		return m.elder(w, r, demo)
	}
	p := homePage{demo: demo, audience: m.audience(w, r)}
	var err error
	if p.region, err = m.region(r); err != nil {
		return err
	}
	if err := m.fillHome(r, &p); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, homeView(p))
}

// audience is who the home page speaks to: as chosen now, as chosen before, or
// as the account says.
func (m *Module) audience(w http.ResponseWriter, r *http.Request) string {
	chosen := r.URL.Query().Get("for")
	if chosen == "person" || chosen == "enterprise" {
		if chosen != web.Remembered(r, forCookie) {
			web.Remember(w, r, forCookie, chosen)
		}
		return chosen
	}
	if kept := web.Remembered(r, forCookie); kept == "person" || kept == "enterprise" {
		return kept
	}
	if identity.FromContext(r.Context()).Kind == identity.KindEnterprise {
		return "enterprise"
	}
	return "person"
}

func (m *Module) fillHome(r *http.Request, p *homePage) error {
	ctx, err := m.Catalogue.InView(r.Context())
	if err != nil {
		return err
	}
	all, err := m.Catalogue.Find(ctx, catalogue.Query{Region: p.region.Code}, pageOf(1))
	if err != nil {
		return err
	}
	p.total, p.near = all.Total, all.Near
	common := catalogue.Query{Audience: p.audience, Region: p.region.Code}
	if p.region.Code == "" {
		common.Tag = everywhere
	} else if p.audience == "person" {
		common.Division = p.region.Code
	}
	if p.common, err = m.Catalogue.Popular(ctx, common, commonItems); err != nil {
		return err
	}
	if p.zones, err = m.Catalogue.Zones(ctx, catalogue.ZoneQuery{Kind: catalogue.KindZone, Audience: p.audience, Region: p.region.Code}); err != nil {
		return err
	}
	if p.events, err = m.Catalogue.Zones(ctx, catalogue.ZoneQuery{Kind: catalogue.KindEvent, Audience: p.audience}); err != nil {
		return err
	}
	if p.themes, err = m.themes(ctx, p.audience); err != nil {
		return err
	}
	p.outlet, err = m.nearest(ctx, p.region.Code)
	return err
}

// everywhere is the tag of items that any window of the city takes.
const everywhere = "全市通办"

// commonTitle says why these items are named.
func (p homePage) commonTitle() string {
	switch {
	case p.region.Code == "":
		return "全市任何一个窗口都能办"
	case p.audience == "enterprise":
		return "企业常办的事"
	}
	return "在" + p.region.ShortName + "就能办"
}

func (p homePage) commonURL() string {
	switch {
	case p.region.Code == "":
		return Search{Tag: everywhere, Audience: p.audience}.URL()
	case p.audience == "enterprise":
		return Search{Audience: p.audience}.URL()
	}
	return Search{Near: true}.URL()
}

func (p homePage) eventsTitle() string {
	if p.audience == "enterprise" {
		return "按企业的阶段找"
	}
	return "按人生的大事找"
}
