package catalogue

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/org"
)

var sources = []db.Source{audit.Migrations, org.Migrations, Migrations}

// The places of the tests: a city, two counties (始兴 has no forestry bureau),
// a town, a village.
const (
	city     = "440200000000"
	ruyuan   = "440232000000"
	shixing  = "440222000000"
	town     = "440232112000"
	village  = "440232112209"
	cityHome = "440200-d11"
)

var start = time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)

// world is a catalogue over a small organisation.
type world struct {
	*Module
	clock *clock.Fake
	ctx   context.Context // of the program itself
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	c := clock.NewFake(start)
	ground := org.New(org.Deps{DB: d, Clock: c})
	ctx := identity.With(context.Background(), identity.System("test"))
	must(t, ground.LoadCity(ctx, smallCity(t)))
	return &world{Module: New(Deps{DB: d, Clock: c, Org: ground, Audit: audit.New(d, c)}), clock: c, ctx: ctx}
}

func smallCity(t *testing.T) org.Rows {
	rows := org.Rows{Divisions: []org.Division{
		{Code: city, Name: "韶关市", ShortName: "韶关市", Kind: "地级市", Level: org.City, Parent: "440000000000"},
		{Code: ruyuan, Name: "乳源瑶族自治县", ShortName: "乳源县", Kind: "县", Level: org.County, Parent: city},
		{Code: shixing, Name: "始兴县", ShortName: "始兴县", Kind: "县", Level: org.County, Parent: city},
		{Code: town, Name: "游溪镇", ShortName: "游溪镇", Kind: "镇", Level: org.Town, Parent: ruyuan},
		{Code: village, Name: "大寮坑村民委员会", ShortName: "大寮坑村", Kind: "行政村", Level: org.Village, Parent: town},
	}}
	agency := func(code, name, dept, division string, level org.Level, kind string) {
		uscc, err := gb.MakeUSCC("11", division[:6], fmt.Sprintf("%08d", len(rows.Agencies)+10000001))
		must(t, err)
		rows.Agencies = append(rows.Agencies, org.Agency{Code: code, Name: name, ShortName: name, USCC: uscc.String(), Dept: dept,
			Division: division, Level: level, Kind: kind})
	}
	agency(city, "韶关市人民政府", "", city, org.City, org.Government)
	agency(cityHome, "韶关市林业局", "D11", city, org.City, org.Department)
	agency("440200-d12", "韶关市民政局", "D12", city, org.City, org.Department)
	agency(ruyuan, "乳源瑶族自治县人民政府", "", ruyuan, org.County, org.Government)
	agency("440232-d11", "乳源瑶族自治县林业局", "D11", ruyuan, org.County, org.Department)
	agency(shixing, "始兴县人民政府", "", shixing, org.County, org.Government)
	agency(town, "游溪镇人民政府", "", town, org.Town, org.TownOffice)
	agency(village, "大寮坑村民委员会", "", village, org.Village, org.Committee)
	hours := []org.Hours{{Days: "1-5", Open: "08:30", Close: "12:00"}}
	for code, o := range map[string][2]string{city: {"韶关市政务服务中心", org.Centre}, ruyuan: {"乳源县政务服务中心", org.Hall},
		shixing: {"始兴县政务服务中心", org.Hall}, town: {"游溪镇公共服务中心", org.TownOutlet}, village: {"大寮坑村党群服务中心", org.VillagePoint}} {
		rows.Outlets = append(rows.Outlets, org.Outlet{Code: code, Name: o[0], Kind: o[1], Division: code, Address: o[0] + "一楼",
			Phone: "0751-8881234", Complaint: "0751-8884321", Hours: hours})
	}
	return rows
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as is somebody with rights over the items of one department.
func (w *world) as(account string, dept string, verbs ...identity.Verb) context.Context {
	a := identity.Actor{Account: account, Login: account, Name: account + "（测试）", Kind: identity.KindStaff, Via: identity.ViaSession}
	from, to := org.Range(city)
	for _, v := range verbs {
		a.Grants = append(a.Grants, identity.Grant{Verb: v, From: from, To: to, Dept: dept})
	}
	return identity.With(context.Background(), a)
}

func (w *world) editor() context.Context {
	return w.as("editor", "D11", RightViewDraft, RightEdit)
}

func (w *world) reviewer() context.Context {
	return w.as("reviewer", "D11", RightViewDraft, RightReview, RightPublish, RightSuspend)
}

// load publishes definitions as they are.
func (w *world) load(t *testing.T, defs ...*Definition) {
	t.Helper()
	list := make([]Definition, len(defs))
	for i, d := range defs {
		list[i] = *d
	}
	must(t, w.LoadCity(w.ctx, list))
}
