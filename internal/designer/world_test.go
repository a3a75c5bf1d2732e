package designer

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"yimen/city"
	"yimen/gb"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
	"yimen/internal/org"
)

var sources = []db.Source{web.Migrations, audit.Migrations, org.Migrations, progress.Migrations, catalogue.Migrations}

const (
	home    = "440200000000"
	county  = "440232000000"
	town    = "440232112000"
	village = "440232112209"
	other   = "440232112210"
	relief  = "SG02004" // 临时救助对象认定及给付: questions, a form with conditions, a process with a choice
)

var start = time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)

// site is the designer behind a router; who is signed in is who says.
type site struct {
	*Module
	clock *clock.Fake
	queue *jobs.Queue
	rt    *web.Router
	who   context.Context
}

func each(t *testing.T, fn func(t *testing.T, s *site, c *webtest.Client)) {
	t.Helper()
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		fn(t, s, webtest.New(t, s.rt))
	})
}

// newSite has the first of the city's welfare items in a small organisation.
func newSite(t *testing.T, d *db.DB) *site {
	t.Helper()
	c, log := clock.NewFake(start), slog.New(slog.DiscardHandler)
	ground := org.New(org.Deps{DB: d, Clock: c})
	ctx := identity.With(context.Background(), identity.System("test"))
	must(t, ground.LoadCity(ctx, smallCity(t)))
	q, err := jobs.New(d, jobs.Options{Log: log, Clock: c})
	must(t, err)
	s := &site{clock: c, queue: q, who: context.Background()}
	works := progress.New(d, q, c, log, progress.Options{Owner: func(ctx context.Context) string { return identity.FromContext(ctx).Account },
		As: func(ctx context.Context, account string) (context.Context, error) {
			return identity.With(ctx, identity.FromContext(s.who)), nil
		}})
	book := catalogue.New(catalogue.Deps{DB: d, Clock: c, Org: ground, Audit: audit.New(d, c)})
	elements, err := city.Elements()
	must(t, err)
	s.Module = New(Deps{DB: d, Clock: c, Catalogue: book, Org: ground, Works: works, Elements: elementsOf(elements)})
	list, err := items()
	must(t, err)
	var some []catalogue.Definition
	for _, x := range list {
		if x.Dept == welfare(t).Dept && len(some) < 6 {
			some = append(some, x)
		}
	}
	must(t, book.LoadCity(ctx, some))
	s.rt = web.NewRouter(web.Options{DB: d, Clock: c, Log: log, Subject: func(r *http.Request) string { return identity.FromContext(r.Context()).Account }})
	s.rt.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(identity.With(r.Context(), identity.FromContext(s.who))))
		})
	})
	book.Routes(s.rt)
	s.Routes(s.rt)
	return s
}

func elementsOf(list []city.Element) []Element {
	out := make([]Element, len(list))
	for i, e := range list {
		out[i] = Element(e)
	}
	return out
}

func welfare(t *testing.T) *catalogue.Definition {
	t.Helper()
	list, err := items()
	must(t, err)
	for i := range list {
		if list[i].Code == relief {
			d, err := list[i].Clone()
			must(t, err)
			return &d
		}
	}
	t.Fatal("the city has no " + relief)
	return nil
}

func smallCity(t *testing.T) org.Rows {
	rows := org.Rows{Divisions: []org.Division{
		{Code: home, Name: "韶关市", ShortName: "韶关市", Kind: "地级市", Level: org.City, Parent: "440000000000"},
		{Code: county, Name: "乳源瑶族自治县", ShortName: "乳源县", Kind: "县", Level: org.County, Parent: home},
		{Code: town, Name: "游溪镇", ShortName: "游溪镇", Kind: "镇", Level: org.Town, Parent: county},
		{Code: village, Name: "大寮坑村民委员会", ShortName: "大寮坑村", Kind: "行政村", Level: org.Village, Parent: town},
		{Code: other, Name: "大村村民委员会", ShortName: "大村", Kind: "行政村", Level: org.Village, Parent: town},
	}}
	dept := welfare(t).Dept
	agency := func(code, name, dept, division string, level org.Level, kind string) {
		uscc, err := gb.MakeUSCC("11", division[:6], fmt.Sprintf("%08d", len(rows.Agencies)+10000001))
		must(t, err)
		rows.Agencies = append(rows.Agencies, org.Agency{Code: code, Name: name, ShortName: name, USCC: uscc.String(), Dept: dept,
			Division: division, Level: level, Kind: kind})
	}
	agency(home, "韶关市人民政府", "", home, org.City, org.Government)
	agency("440200-dept", "韶关市民政局", dept, home, org.City, org.Department)
	agency(county, "乳源瑶族自治县人民政府", "", county, org.County, org.Government)
	agency("440232-dept", "乳源瑶族自治县民政局", dept, county, org.County, org.Department)
	agency(town, "游溪镇人民政府", "", town, org.Town, org.TownOffice)
	agency(village, "大寮坑村民委员会", "", village, org.Village, org.Committee)
	agency(other, "大村村民委员会", "", other, org.Village, org.Committee)
	for code, name := range map[string]string{home: "韶关市政务服务中心", county: "乳源县政务服务中心", town: "游溪镇公共服务中心",
		village: "大寮坑村党群服务中心", other: "大村党群服务中心"} {
		kind := map[org.Level]string{org.City: org.Centre, org.County: org.Hall, org.Town: org.TownOutlet, org.Village: org.VillagePoint}[org.LevelOf(code)]
		rows.Outlets = append(rows.Outlets, org.Outlet{Code: code, Name: name, Kind: kind, Division: code, Address: name + "一楼",
			Phone: "0751-8881234", Complaint: "0751-8884321", Hours: []org.Hours{{Days: "1-5", Open: "08:30", Close: "12:00"}}})
	}
	return rows
}

// as is somebody with rights in the whole city.
func as(account string, verbs ...identity.Verb) context.Context {
	a := identity.Actor{Account: account, Login: account, Name: account + "（测试）", Kind: identity.KindStaff, Via: identity.ViaSession}
	from, to := org.Range(home)
	for _, v := range verbs {
		a.Grants = append(a.Grants, identity.Grant{Verb: v, From: from, To: to})
	}
	return identity.With(context.Background(), a)
}

func keeper(name string) context.Context {
	return as(name, catalogue.RightViewDraft, catalogue.RightEdit)
}

func reviewer() context.Context {
	return as("reviewer", catalogue.RightViewDraft, catalogue.RightReview, catalogue.RightPublish, catalogue.RightSuspend)
}

// now is an item's newest version.
func (s *site) now(t *testing.T, code string) catalogue.Definition {
	t.Helper()
	sheet, err := s.Catalogue.Sheet(keeper("anybody"), code)
	must(t, err)
	return sheet.Newest.Definition
}
