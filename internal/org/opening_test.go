package org_test

import (
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/org"
	"yimen/workday"
)

func TestOpening(t *testing.T) {
	hours, err := org.ParseHours("1-5 08:30-12:00;1-5 14:30-17:30")
	if err != nil {
		t.Fatal(err)
	}
	o := org.Outlet{Hours: hours}
	for at, want := range map[string]string{
		"2026-11-23 09:00": "正在上班，12:00午休",
		"2026-11-23 12:00": "现在休息，今天14:30上班",
		"2026-11-23 16:00": "正在上班，17:30下班",
		"2026-11-23 18:00": "现在休息，明天08:30上班",
		"2026-11-27 18:00": "现在休息，11月30日08:30上班", // Friday
		"2026-11-22 10:00": "今天休息，明天08:30上班",     // Sunday
		"2026-10-01 10:00": "今天休息，10月8日08:30上班",  // National Day
		"2026-10-10 10:00": "正在上班，12:00午休",       // a Saturday worked instead
	} {
		moment, err := time.ParseInLocation("2006-01-02 15:04", at, clock.Beijing)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Opening(workday.China(), moment).Text(); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
	weekend, err := org.ParseHours("1-6 09:00-17:00")
	if err != nil {
		t.Fatal(err)
	}
	saturday := time.Date(2026, 11, 28, 10, 0, 0, 0, clock.Beijing)
	if p := (org.Outlet{Hours: weekend}).Opening(workday.China(), saturday); !p.Open || p.TodayText() != "09:00—17:00" {
		t.Errorf("a Saturday with hours: %+v", p)
	}
	if p := (org.Outlet{}).Opening(nil, saturday); p.Open || p.Text() != "开放时间请电话咨询" {
		t.Errorf("without hours: %+v", p)
	}
}
