package org_test

import (
	"log/slog"
	"testing"

	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
)

func client(t *testing.T) *webtest.Client {
	t.Helper()
	d := dbtest.Open(t, sources)
	rt := web.NewRouter(web.Options{DB: d, Log: slog.New(slog.DiscardHandler)})
	loaded(t, d).API(web.NewAPI(rt, "一门", "test"))
	return webtest.New(t, rt)
}

func TestDivisionsAPI(t *testing.T) {
	c := client(t)
	type answer struct {
		Items []struct {
			Code        string
			Name        string
			Level       int
			HasChildren bool `json:"has_children"`
		}
		Next string
	}
	var roots, towns, villages answer
	c.Get("/api/v1/divisions").Status(200).Decode(&roots)
	if len(roots.Items) != 1 || roots.Items[0].Code != shaoguan || !roots.Items[0].HasChildren {
		t.Errorf("roots: %+v", roots)
	}
	c.Get("/api/v1/divisions?parent=440232000000&limit=4").Status(200).MustNot("天井山林场").Decode(&towns)
	if len(towns.Items) != 4 || towns.Next == "" || towns.Items[0].Level != 5 {
		t.Errorf("towns: %+v", towns)
	}
	c.Get("/api/v1/divisions?parent=440232000000&quasi=true&limit=50").Status(200).Must("天井山林场")
	c.Get("/api/v1/divisions?parent=440232112000&limit=200").Status(200).Must("大寮坑村").Decode(&villages)
	for _, v := range villages.Items {
		if v.HasChildren {
			t.Errorf("village %s has children", v.Code)
		}
	}
	if p := c.Get("/api/v1/divisions?parent=440201000000").Status(404).Problem(); p.Code != "org_division_unknown" {
		t.Errorf("problem: %+v", p)
	}
	c.Get("/api/v1/divisions?limit=201").Status(422)
}

func TestOutletsAndAgenciesAPI(t *testing.T) {
	c := client(t)
	c.Get("/api/v1/outlets?division=440232112209").Status(200).
		Must("游溪镇大寮坑村党群服务中心", "游溪镇公共服务中心", "乳源瑶族自治县行政服务中心", "韶关市行政服务中心", "08:30").MustNot("桂头镇")
	c.Get("/api/v1/agencies?division=440232000000&limit=100").Status(200).
		Must("乳源瑶族自治县人民政府", "440232-d11").MustNot("440200-d11", "440203-d11")
	c.Get("/api/v1/outlets?division=1").Status(404)
	c.Get("/api/v1/agencies").Status(422)

	seen, after := 0, ""
	for range 20 {
		var page struct {
			Items []struct{ Code string }
			Next  string
		}
		c.Get("/api/v1/agencies?limit=10&division=440232000000&after=" + after).Status(200).Decode(&page)
		seen += len(page.Items)
		if after = page.Next; after == "" {
			break
		}
	}
	if seen != 44 {
		t.Errorf("%d agencies over all pages, want 44", seen)
	}
}

func TestClockAPI(t *testing.T) {
	c := client(t)
	for query, due := range map[string]string{
		"from=2026-09-30&working_days=1":                       `"2026-10-08"`, // National Day
		"from=2026-11-18&working_days=5&division=440232112209": `"2026-11-25"`,
		"from=2026-11-18&working_days=0":                       `"2026-11-18"`,
		"from=2026-11-20&working_days=40":                      `"provisional":true`, // 2027 is not announced
	} {
		c.Get("/api/v1/clock?" + query).Status(200).Must(due)
	}
	for query, status := range map[string]int{
		"from=2026-02-30&working_days=1": 422, "from=2026-11-18&working_days=-1": 422, "from=2026-11-18": 422,
		"from=2026-11-18&working_days=1&division=440201000000": 404,
	} {
		c.Get("/api/v1/clock?" + query).Status(status)
	}
}
