package org_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	cityorg "yimen/city/org"
	"yimen/gb"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
	"yimen/internal/org"
	"yimen/workday"
)

var sources = []db.Source{audit.Migrations, web.Migrations, org.Migrations}

var ctx = context.Background()

const (
	shaoguan = "440200000000"
	ruyuan   = "440232000000"
	youxi    = "440232112000"
	daliao   = "440232112209"
)

// now is a Wednesday.
var now = time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC)

func module(d *db.DB) *org.Module {
	c := clock.NewFake(now)
	return org.New(org.Deps{DB: d, Clock: c, Audit: audit.New(d, c)})
}

// loaded is a module with the sample city in it, as far as the tests need it:
// the city, its counties, and one of them down to its villages.
func loaded(t testing.TB, d *db.DB) *org.Module {
	t.Helper()
	m := module(d)
	rows, err := someRows()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.LoadCity(ctx, rows); err != nil {
		t.Fatal(err)
	}
	return m
}

// whole is a module with all of the sample city.
func whole(t testing.TB, d *db.DB) *org.Module {
	t.Helper()
	m := module(d)
	rows, err := cityorg.Rows()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.LoadCity(ctx, rows); err != nil {
		t.Fatal(err)
	}
	return m
}

var someRows = sync.OnceValues(func() (org.Rows, error) {
	rows, err := cityorg.Rows()
	if err != nil {
		return rows, err
	}
	near := func(division string) bool {
		return org.LevelOf(division) <= org.County || org.Contains(ruyuan, division)
	}
	rows.Divisions = slices.DeleteFunc(rows.Divisions, func(d org.Division) bool { return !near(d.Code) })
	rows.Agencies = slices.DeleteFunc(rows.Agencies, func(a org.Agency) bool { return !near(a.Division) })
	bodies := map[string]bool{}
	for _, a := range rows.Agencies {
		bodies[a.Code] = true
	}
	rows.Outlets = slices.DeleteFunc(rows.Outlets, func(o org.Outlet) bool { return !near(o.Division) })
	for _, o := range rows.Outlets {
		bodies[o.Code] = true
	}
	rows.Counters = slices.DeleteFunc(rows.Counters, func(x org.Counter) bool { return !bodies[x.Outlet] })
	rows.Staff = slices.DeleteFunc(rows.Staff, func(s org.Staff) bool { return !bodies[s.Agency] && !bodies[s.Outlet] })
	return rows, nil
})

func TestSampleCityIsWhole(t *testing.T) {
	rows, err := cityorg.Rows()
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	divisions := map[string]org.Division{}
	for _, d := range rows.Divisions {
		divisions[d.Code] = d
		if d.Code[:6] == "440201" {
			t.Errorf("%s: 440201 is never used", d.Code)
		}
		if org.LevelOf(d.Code) != d.Level || d.Trust == "" || d.Source == "" || d.ShortName == "" {
			t.Errorf("incomplete division %+v", d)
		}
		if org.Contains(shaoguan, d.Code) {
			count[d.Level.String()]++
			if d.Quasi {
				count["quasi"]++
			}
		}
	}
	codes := map[string]bool{}
	for _, a := range rows.Agencies {
		count[a.Kind]++
		if err := gb.ValidateUSCC(a.USCC); err != nil || codes[a.USCC] {
			t.Errorf("agency %s: credit code %s: %v, met before: %t", a.Code, a.USCC, err, codes[a.USCC])
		}
		codes[a.USCC] = true
		if d, ok := divisions[a.Division]; !ok || d.Quasi {
			t.Errorf("agency %s stands at no real division", a.Code)
		}
		if err := gb.CheckItemPhones(a.Phone, a.Complaint); err != nil {
			t.Errorf("agency %s: phones: %v", a.Code, err)
		}
	}
	for _, a := range rows.Agencies {
		if a.Parent != "" && !hasAgency(rows.Agencies, a.Parent) {
			t.Errorf("agency %s: no parent %s", a.Code, a.Parent)
		}
	}
	for _, o := range rows.Outlets {
		count["outlet "+o.Kind]++
		if err := gb.CheckItemPhones(o.Phone, o.Complaint); err != nil || o.Address == "" || len(o.Hours) == 0 {
			t.Errorf("outlet %s is incomplete: %v", o.Code, err)
		}
	}
	for _, c := range rows.Counters {
		if c.Outlet == shaoguan {
			count["centre counters"]++
		}
	}
	want := map[string]int{"市级": 1, "县级": 10, "乡镇级": 112, "村级": 1468, "quasi": 22,
		"government": 11, "town": 105, "village": 1453,
		"outlet centre": 1, "outlet hall": 10, "outlet town": 105, "outlet village": 1446, "centre counters": 64}
	for what, n := range want {
		if count[what] != n {
			t.Errorf("%s: %d, want %d", what, count[what], n)
		}
	}
	if n := count["department"] + count["vertical"] + count["utility"]; n != 46+10*43 {
		t.Errorf("%d departments, want 46 of the city and 43 in each of 10 counties", n)
	}
	for _, s := range rows.Staff {
		if s.Name == "" || (s.Agency == "" && s.Outlet == "") {
			t.Errorf("staff %+v is nowhere", s)
		}
	}
}

var agencyCodes map[string]bool

func hasAgency(list []org.Agency, code string) bool {
	if agencyCodes == nil {
		agencyCodes = map[string]bool{}
		for _, a := range list {
			agencyCodes[a.Code] = true
		}
	}
	return agencyCodes[code]
}

func TestNamesOfAgencies(t *testing.T) {
	m := whole(t, dbtest.Open(t, sources))
	for code, name := range map[string]string{
		shaoguan:       "韶关市人民政府",
		"440200-d11":   "韶关市人力资源和社会保障局",
		"440232-d11":   "乳源瑶族自治县人力资源和社会保障局",
		"440232-d13":   "韶关市生态环境局乳源分局",
		"440203-d13":   "韶关市生态环境局武江分局",
		"440281-d38":   "韶关市住房公积金管理中心乐昌管理部",
		"440282-d36":   "南雄市消防救援大队",
		youxi:          "乳源瑶族自治县游溪镇人民政府",
		"440203001000": "武江区新华街道办事处",
		"440222204000": "始兴县深渡水瑶族乡人民政府",
		daliao:         "游溪镇大寮坑村民委员会",
		"440203001002": "新华街道五祖路社区居民委员会",
	} {
		a, err := m.Agency(ctx, code)
		if err != nil || a.Name != name {
			t.Errorf("agency %s: %q, %v, want %q", code, a.Name, err, name)
		}
	}
	for _, code := range []string{"440232-d01", "440232-d26", "440204401000", "440232450000", "440201000000"} {
		if a, err := m.Agency(ctx, code); !errors.Is(err, org.ErrAgencyUnknown) {
			t.Errorf("agency %s exists: %s", code, a.Name)
		}
	}
}

func TestCompetentAgency(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		m := loaded(t, d)
		for _, c := range []struct {
			dept     string
			level    org.Level
			division string
			want     string
			err      error
		}{
			{"D11", org.County, daliao, "440232-d11", nil},
			{"D11", org.City, daliao, "440200-d11", nil},
			{"D11", org.Town, daliao, youxi, nil},
			{"D08", org.Village, daliao, daliao, nil},
			{"D11", org.County, ruyuan, "440232-d11", nil},
			{"", org.County, daliao, ruyuan, nil},
			{"", org.City, daliao, shaoguan, nil},
			{"D11", org.Village, ruyuan, "", org.ErrDivisionTooHigh},
			{"D11", org.County, shaoguan, "", org.ErrDivisionTooHigh},
			{"D26", org.County, daliao, "", org.ErrNoAgency},
			{"D11", org.Town, "440232450000", "", org.ErrNoAgency}, // a forest farm has no government
			{"D11", org.County, "440232450000", "440232-d11", nil},
			{"D11", org.County, "440201000000", "", org.ErrDivisionUnknown},
			{"D99", org.City, daliao, "", org.ErrNoAgency},
		} {
			a, err := m.CompetentAgency(ctx, c.dept, c.level, c.division)
			if a.Code != c.want || !errors.Is(err, c.err) {
				t.Errorf("CompetentAgency(%s, %d, %s) = %s, %v; want %s, %v", c.dept, c.level, c.division, a.Code, err, c.want, c.err)
			}
		}
	})
}

func TestTree(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		m := loaded(t, d)
		home, err := m.Home(ctx)
		if err != nil || home.Code != shaoguan {
			t.Fatalf("home: %v, %v", home, err)
		}
		if roots, _, err := m.Children(ctx, "", db.Page{}); err != nil || len(roots) != 1 || roots[0].Code != shaoguan {
			t.Errorf("roots: %v, %v", roots, err)
		}
		name, err := m.FullName(ctx, daliao)
		if err != nil || name != "乳源瑶族自治县游溪镇大寮坑村" {
			t.Errorf("full name %q, %v", name, err)
		}
		path, err := m.Path(ctx, daliao)
		if err != nil || len(path) != 4 || path[0].Code != shaoguan || path[3].Code != daliao {
			t.Errorf("path %v, %v", path, err)
		}
		if n := countChildren(t, m.Children, ruyuan); n != 9 {
			t.Errorf("乳源 offers %d towns, want 9", n)
		}
		if n := countChildren(t, m.AllChildren, ruyuan); n != 11 {
			t.Errorf("乳源 has %d towns with the forest farms, want 11", n)
		}
		if _, _, err := m.Children(ctx, "440201000000", db.Page{}); !errors.Is(err, org.ErrDivisionUnknown) {
			t.Errorf("440201: %v", err)
		}
		if _, _, err := m.Children(ctx, ruyuan, db.Page{After: "x"}); !errors.Is(err, db.ErrCursor) {
			t.Errorf("bad cursor: %v", err)
		}
	})
}

// countChildren pages through in threes and looks for repetitions.
func countChildren(t *testing.T, list func(context.Context, string, db.Page) ([]org.Division, string, error), parent string) int {
	t.Helper()
	seen, p := map[string]bool{}, db.Page{Limit: 3}
	for {
		rows, next, err := list(ctx, parent, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if seen[r.Code] {
				t.Fatalf("%s came twice", r.Code)
			}
			seen[r.Code] = true
		}
		if next == "" {
			return len(seen)
		}
		p.After = next
	}
}

func TestOutletsNear(t *testing.T) {
	m := loaded(t, dbtest.Open(t, sources))
	near, err := m.OutletsNear(ctx, daliao)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range near {
		got = append(got, o.Kind)
	}
	if len(got) != 4 || got[0] != org.VillagePoint || got[1] != org.TownOutlet || got[2] != org.Hall || got[3] != org.Centre {
		t.Errorf("near %s: %v", daliao, got)
	}
	if _, err := m.OutletsNear(ctx, "no"); !errors.Is(err, org.ErrDivisionUnknown) {
		t.Errorf("near nowhere: %v", err)
	}
	town, err := m.Outlet(ctx, youxi)
	if err != nil || town.HoursText() != "周一至周五 08:30—12:00，14:30—17:30" {
		t.Errorf("hours %q, %v", town.HoursText(), err)
	}
	if c, err := m.Counters(ctx, youxi); err != nil || len(c) != 3 {
		t.Errorf("counters %v, %v", c, err)
	}
}

func TestRangesHoldWhatLiesInThem(t *testing.T) {
	for _, c := range []struct{ code, from, to string }{
		{"440000000000", "440000000000", "450000000000"},
		{shaoguan, "440200000000", "440300000000"},
		{"440299000000", "440299000000", "440300000000"},
		{ruyuan, "440232000000", "440233000000"},
		{youxi, "440232112000", "440232113000"},
		{daliao, "440232112209", "440232112210"},
		{"999999999999", "999999999999", ":"},
		{"44", "", ""},
		{"44020000000x", "", ""},
	} {
		if from, to := org.Range(c.code); from != c.from || to != c.to {
			t.Errorf("Range(%s) = %s, %s", c.code, from, to)
		}
	}
	rows, err := cityorg.Rows()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range rows.Divisions {
		for _, level := range []org.Level{org.Province, org.City, org.County, org.Town, org.Village} {
			above := org.Above(d.Code, level)
			if (above == "") != (d.Level < level) {
				t.Fatalf("Above(%s, %d) = %q", d.Code, level, above)
			}
			if above != "" && !org.Contains(above, d.Code) {
				t.Errorf("%s does not contain %s", above, d.Code)
			}
		}
		if d.Level > org.City && org.Contains(d.Code, d.Parent) {
			t.Errorf("%s contains its parent", d.Code)
		}
	}
}

func TestDivisionsEndAndHaveSuccessors(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		m := loaded(t, d)
		last := workday.MustParseDate("2026-11-17")
		if err := m.EndDivision(ctx, youxi, last, "440232113000"); err != nil {
			t.Fatal(err)
		}
		if rows, _, err := m.Children(ctx, ruyuan, db.Page{Limit: 50}); err != nil || len(rows) != 8 {
			t.Errorf("%d towns after one ended, %v", len(rows), err)
		}
		old, err := m.Division(ctx, youxi)
		if err != nil || !old.ValidOn(last) || old.ValidOn(last.Add(1)) {
			t.Errorf("the old division: %+v, %v", old, err)
		}
		if d, err := m.Current(ctx, youxi, last); err != nil || d.Code != youxi {
			t.Errorf("on its last day: %v, %v", d, err)
		}
		if d, err := m.Current(ctx, youxi, last.Add(1)); err != nil || d.Code != "440232113000" {
			t.Errorf("the day after: %v, %v", d, err)
		}
		if err := m.EndDivision(ctx, youxi, last, "440232999000"); !errors.Is(err, org.ErrDivisionUnknown) {
			t.Errorf("unknown successor: %v", err)
		}
	})
}
