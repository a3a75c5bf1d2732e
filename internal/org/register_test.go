package org_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
)

func each(t *testing.T, fn func(t *testing.T, ctx context.Context, m *org.Module)) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) { fn(t, ctx, loaded(t, d)) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRowsOfRegisters(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, m *org.Module) {
		row, err := m.Row(ctx, org.Outlets, "440232112209")
		must(t, err)
		row["address"] = "村口大榕树旁"
		must(t, m.PutRow(ctx, org.Outlets, row, false, nil))
		if o, err := m.Outlet(ctx, "440232112209"); err != nil || o.Address != "村口大榕树旁" {
			t.Fatalf("outlet %+v, %v", o, err)
		}
		if err := m.PutRow(ctx, org.Outlets, row, true, nil); !errors.Is(err, org.ErrRowExists) {
			t.Errorf("a new row with an old code: %v", err)
		}
		row["phone"] = "12"
		if err := m.PutRow(ctx, org.Outlets, row, false, nil); !errors.Is(err, org.ErrRow) || len(errs.From(err).Fields) != 1 {
			t.Errorf("a wrong phone: %v", err)
		}
		elsewhere := func(division string) bool { return !strings.HasPrefix(division, "440232") }
		row["phone"] = "0751-5380001"
		if err := m.PutRow(ctx, org.Outlets, row, false, elsewhere); !errors.Is(err, org.ErrRow) {
			t.Errorf("somebody else's outlet: %v", err)
		}
		if _, err := m.Row(ctx, "cats", "1"); !errors.Is(err, org.ErrImportKind) {
			t.Errorf("no such register: %v", err)
		}
	})
}

// What Export writes, Import reads, without a change.
func TestExportIsImport(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, m *org.Module) {
		for _, register := range org.Registers {
			var file bytes.Buffer
			n, err := m.Export(ctx, register, &file, func(string) bool { return true })
			must(t, err)
			text := file.String()
			report, err := m.Import(ctx, register, &file, org.ImportOptions{})
			must(t, err)
			if n == 0 || report.Loaded != n || len(report.Errors) > 0 {
				t.Errorf("%s: %d exported, report %+v", register, n, report)
			}
			var again bytes.Buffer
			_, err = m.Export(ctx, register, &again, func(string) bool { return true })
			must(t, err)
			if again.String() != text {
				t.Errorf("%s changed on the way", register)
			}
		}
		none, err := m.Export(ctx, org.Outlets, io.Discard, func(division string) bool { return false })
		if err != nil || none != 0 {
			t.Errorf("rows of others: %d, %v", none, err)
		}
	})
}

// The telephone of a member of staff is one that takes text messages. A file
// without the column leaves it as it is.
func TestPhoneOfStaff(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, m *org.Module) {
		load := func(file string, o org.ImportOptions) org.ImportReport {
			t.Helper()
			report, err := m.Import(ctx, org.StaffList, strings.NewReader(file), o)
			must(t, err)
			return report
		}
		phone := func(want string) {
			t.Helper()
			if s, err := m.StaffMember(ctx, "s-30"); err != nil || s.Phone != want {
				t.Errorf("phone %q, %v; want %q", s.Phone, err, want)
			}
		}
		load("id,name,post,outlet,phone\ns-30,甲,window_clerk,440232112209,138 1234 5678\n", org.ImportOptions{})
		phone("13812345678")
		load("id,name,post,outlet\ns-30,甲,window_clerk,440232112209\n", org.ImportOptions{})
		phone("13812345678")
		wrong := load("id,name,post,outlet,phone\ns-30,甲,window_clerk,440232112209,0751-5380001\n", org.ImportOptions{})
		if wrong.Loaded != 0 || len(wrong.Errors) != 1 || wrong.Errors[0].Field != "phone" {
			t.Errorf("a number that takes no text messages: %+v", wrong)
		}
		load("id,name,post,outlet,phone\ns-30,甲,window_clerk,440232112209,\n", org.ImportOptions{})
		phone("")
	})
}

func TestImportStaysInReachAndCanBeTried(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, m *org.Module) {
		file := "id,name,post,outlet\ns-20,甲,window_clerk,440232112209\ns-21,乙,window_clerk,440200000000\n"
		mine := func(division string) bool { return strings.HasPrefix(division, "440232") }
		report, err := m.Import(ctx, org.StaffList, strings.NewReader(file), org.ImportOptions{May: mine, Partial: true})
		if err != nil || report.Loaded != 1 || len(report.Errors) != 1 || report.Errors[0].Line != 3 {
			t.Fatalf("report %+v, %v", report, err)
		}
		report, err = m.Import(ctx, org.StaffList, strings.NewReader(file), org.ImportOptions{Try: true})
		if err != nil || report.Rows != 2 || report.Loaded != 0 || len(report.Errors) != 0 {
			t.Fatalf("tried: %+v, %v", report, err)
		}
		if _, err := m.StaffMember(ctx, "s-21"); !errors.Is(err, org.ErrStaffUnknown) {
			t.Errorf("tried, but loaded: %v", err)
		}
		county := func(w *db.Where) { w.And("division >= ? AND division < ?", "440232000000", "440233000000") }
		list, _, err := m.FindStaff(ctx, org.StaffQuery{Q: "甲", Right: county}, db.Page{})
		if err != nil || len(list) != 1 || list[0].ID != "s-20" {
			t.Errorf("found %v, %v", list, err)
		}
		city := func(w *db.Where) { w.And("division = ?", "440200000000") }
		if list, _, err = m.FindStaff(ctx, org.StaffQuery{Q: "s-20", Right: city}, db.Page{}); err != nil || len(list) != 0 {
			t.Errorf("found others' %v, %v", list, err)
		}
		if list, _, err = m.FindStaff(ctx, org.StaffQuery{Q: "%"}, db.Page{}); err != nil || len(list) != 0 {
			t.Errorf("a wild card found %v, %v", list, err)
		}
	})
}
