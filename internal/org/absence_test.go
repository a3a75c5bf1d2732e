package org_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
	"yimen/workday"
)

// A leave counts from its confirmation, on its days, and until it is ended.
func TestLeave(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		m, now := loaded(t, d), clock.NewFake(time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC))
		m.Clock = now
		ctx, day := context.Background(), workday.MustParseDate("2026-11-18")
		head, chief, approver := "head-440232-d11", "chief-440232-d11", "approver-440232-d11"
		ask := func(a org.Absence) error { _, err := m.AskLeave(ctx, a); return err }
		good := org.Absence{Staff: approver, Substitute: chief, From: day.Add(1), To: day.Add(5), Reason: "探亲"}
		for field, a := range map[string]org.Absence{
			"substitute": {Staff: approver, Substitute: approver, From: day, To: day},
			"to":         {Staff: approver, Substitute: chief, From: day, To: day.Add(-1)},
			"from":       {Staff: approver, Substitute: chief, To: day},
		} {
			wantField(t, ask(a), field)
		}
		wantField(t, ask(org.Absence{Staff: approver, Substitute: "chief-440203-d11", From: day, To: day}), "substitute")
		wantField(t, ask(org.Absence{Staff: approver, Substitute: chief, From: day.Add(-9), To: day.Add(-3)}), "to")
		wantField(t, ask(org.Absence{Staff: approver, From: day, To: day}), "substitute")

		id, err := m.AskLeave(ctx, good)
		if err != nil {
			t.Fatal(err)
		}
		covers := func(on workday.Date) []string {
			t.Helper()
			ids, err := m.ActsFor(ctx, chief, on)
			if err != nil {
				t.Fatal(err)
			}
			return ids
		}
		if got := covers(day.Add(2)); len(got) != 0 {
			t.Errorf("before it is confirmed the chief acts for %v", got)
		}
		wantField(t, ask(good), "from") // twice
		if err := m.ConfirmLeave(ctx, id, "局长"); err != nil {
			t.Fatal(err)
		}
		if err := m.RefuseLeave(ctx, id, "局长", ""); !errors.Is(err, org.ErrAbsenceOver) {
			t.Errorf("decided twice: %v", err)
		}
		for offset, want := range map[int][]string{0: nil, 1: {approver}, 5: {approver}, 6: nil} {
			if got := covers(day.Add(offset)); !slices.Equal(got, want) {
				t.Errorf("day %d: acts for %v, want %v", offset, got, want)
			}
		}
		wantField(t, ask(org.Absence{Staff: head, Substitute: approver, From: day.Add(3), To: day.Add(3)}), "substitute") // away
		if away, err := m.Away(ctx, "440232-d11", day.Add(2)); err != nil || len(away) != 1 || away[0].DecidedBy != "局长" {
			t.Errorf("away: %+v %v", away, err)
		}
		now.Advance(2 * 24 * time.Hour) // the 20th: back early
		if err := m.EndLeave(ctx, id); err != nil {
			t.Fatal(err)
		}
		if got := covers(day.Add(2)); len(got) != 0 {
			t.Errorf("after the end the chief acts for %v", got)
		}
		if err := m.EndLeave(ctx, id); !errors.Is(err, org.ErrAbsenceOver) {
			t.Errorf("ended twice: %v", err)
		}
		if err := m.EndLeave(ctx, "none"); !errors.Is(err, org.ErrAbsenceUnknown) {
			t.Errorf("unknown: %v", err)
		}
		list, err := m.LeavesBy(ctx, approver)
		if err != nil || len(list) != 1 || list[0].State != org.LeaveEnded || list[0].To.String() != "2026-11-19" {
			t.Errorf("own leaves: %+v %v", list, err)
		}
		if all, err := m.LeavesOf(ctx, "440232-d11", day); err != nil || len(all) != 1 {
			t.Errorf("of the agency: %+v %v", all, err)
		}
	})
}

func wantField(t *testing.T, err error, field string) {
	t.Helper()
	var e *errs.Error
	if !errors.As(err, &e) || !slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Name == field }) {
		t.Errorf("got %v, want a message on %s", err, field)
	}
}
