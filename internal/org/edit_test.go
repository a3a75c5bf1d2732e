package org_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/org"
	"yimen/workday"
)

var goodChange = org.OutletChange{Address: "游溪镇新街1号", Phone: "0751-5261234", Complaint: "0751-5265678",
	Hours: []org.Hours{{Days: "1-5", Open: "09:00", Close: "17:00"}}}

func TestEditsAreSeenHereAtOnceAndElsewhereSoon(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		here := loaded(t, d)
		there := module(d) // another process
		if o, err := there.Outlet(ctx, youxi); err != nil || o.Address == goodChange.Address {
			t.Fatalf("before: %+v, %v", o, err)
		}
		if err := here.UpdateOutlet(ctx, youxi, goodChange); err != nil {
			t.Fatal(err)
		}
		o, err := here.Outlet(ctx, youxi)
		if err != nil || o.Address != goodChange.Address || o.Phone != goodChange.Phone || o.HoursText() != "周一至周五 09:00—17:00" || o.Trust != "operator" {
			t.Errorf("here: %+v, %v", o, err)
		}
		deadline := time.Now().Add(10 * time.Second)
		for {
			o, err := there.Outlet(ctx, youxi)
			if err != nil {
				t.Fatal(err)
			}
			if o.Address == goodChange.Address {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("the other process never saw the edit")
			}
			time.Sleep(50 * time.Millisecond)
		}
		entries, _, err := audit.New(d, clock.Real).Search(ctx, audit.Query{Action: "org.outlet.update"}, db.Page{})
		if err != nil || len(entries) != 1 || entries[0].ObjectID != youxi {
			t.Errorf("audit: %v, %v", entries, err)
		}
	})
}

func TestEditInsideAnOuterTransaction(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		m := loaded(t, d)
		if _, err := m.Outlet(ctx, youxi); err != nil {
			t.Fatal(err)
		}
		undo := errors.New("undo")
		err := d.InTx(ctx, func(ctx context.Context) error {
			if err := m.UpdateOutlet(ctx, youxi, goodChange); err != nil {
				return err
			}
			if _, err := m.Outlet(ctx, youxi); err != nil {
				t.Errorf("read in the transaction: %v", err)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		if o, err := m.Outlet(ctx, youxi); err != nil || o.Address == goodChange.Address {
			t.Errorf("what was undone is seen: %+v, %v", o, err)
		}
		err = d.InTx(ctx, func(ctx context.Context) error { return m.UpdateOutlet(ctx, youxi, goodChange) })
		if err != nil {
			t.Fatal(err)
		}
		if o, err := m.Outlet(ctx, youxi); err != nil || o.Address != goodChange.Address {
			t.Errorf("after the outer commit: %+v, %v", o, err)
		}
	})
}

// After a start the first readers may all be inside transactions: what one of
// them reads is kept for all, unless it has edits of its own that may be undone.
func TestFirstReadInsideATransaction(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		loaded(t, d)
		m := module(d) // nothing read yet
		undo := errors.New("undo")
		err := d.InTx(ctx, func(ctx context.Context) error {
			if err := m.UpdateOutlet(ctx, youxi, goodChange); err != nil {
				return err
			}
			if o, err := m.Outlet(ctx, youxi); err != nil || o.Address != goodChange.Address {
				t.Errorf("its own edit: %+v, %v", o, err)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		read := func(ctx context.Context) error {
			o, err := m.Outlet(ctx, youxi)
			if err == nil && o.Address == goodChange.Address {
				t.Error("what was undone is seen")
			}
			return err
		}
		if err := d.InTx(ctx, read); err != nil {
			t.Fatal(err)
		}
		m = module(d)
		err = d.InTx(ctx, func(ctx context.Context) error {
			if err := read(ctx); err != nil {
				return err
			}
			// Only a second reading of the tables could miss the outlet: the version stays.
			if _, err := d.Conn(ctx).Exec(ctx, "DELETE FROM org_outlet WHERE code = $1", youxi); err != nil {
				return err
			}
			return read(ctx)
		})
		if err != nil {
			t.Errorf("the first snapshot was not kept: %v", err)
		}
	})
}

func TestOutletRefusals(t *testing.T) {
	m := loaded(t, dbtest.Open(t, sources))
	for name, change := range map[string]func(*org.OutletChange){
		"address":   func(c *org.OutletChange) { c.Address = "  " },
		"phone":     func(c *org.OutletChange) { c.Phone = "123" },
		"complaint": func(c *org.OutletChange) { c.Complaint = c.Phone },
		"hours":     func(c *org.OutletChange) { c.Hours = nil },
	} {
		c := goodChange
		change(&c)
		err := m.UpdateOutlet(ctx, youxi, c)
		if !errors.Is(err, org.ErrOutletInvalid) || !strings.Contains(err.Error(), "["+name+":") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := m.UpdateOutlet(ctx, "440232112999", goodChange); !errors.Is(err, org.ErrOutletUnknown) {
		t.Errorf("unknown outlet: %v", err)
	}
}

func TestHours(t *testing.T) {
	good, err := org.ParseHours("1-5 08:30-12:00; 6,7 09:00-10:30")
	if err != nil || len(good) != 2 || (org.Outlet{Hours: good}).HoursText() != "周一至周五 08:30—12:00；周六、周日 09:00—10:30" {
		t.Errorf("%v, %v", good, err)
	}
	for _, bad := range []string{"8:30-12:00", "1-5 12:00-08:30", "0 08:00-09:00", "1-5 08:30-24:30", "周一 08:00-09:00"} {
		if got, err := org.ParseHours(bad); !errors.Is(err, org.ErrHours) {
			t.Errorf("ParseHours(%q) = %v, %v", bad, got, err)
		}
	}
}

const twoBad = `code,name,kind,division,address,phone,complaint,hours
440232112209,大寮坑村党群服务中心,village,440232112209,大寮坑村一组1号,0751-5260001,0751-5260002,1-5 09:00-12:00
440232112210,下村服务点,village,440232112299,下村,0751-5260003,0751-5260003,1-5 09:00-12:00
440232112000,游溪镇公共服务中心,town,440232112000,游溪镇2号,0751-5260005,0751-5260006,上午
`

func TestImportIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		m := loaded(t, d)
		report, err := m.Import(ctx, "outlets", strings.NewReader(twoBad), org.ImportOptions{})
		if err != nil || report.Rows != 3 || report.Loaded != 0 {
			t.Fatalf("%+v, %v", report, err)
		}
		got := map[int]string{}
		for _, e := range report.Errors {
			got[e.Line] += e.Field + " "
		}
		if got[2] != "" || got[3] != "division complaint " || got[4] != "hours " {
			t.Errorf("errors by line: %v", got)
		}
		if o, _ := m.Outlet(ctx, daliao); o.Address == "大寮坑村一组1号" {
			t.Error("a line of a refused file was loaded")
		}
		report, err = m.Import(ctx, "outlets", strings.NewReader(twoBad), org.ImportOptions{Partial: true})
		if err != nil || report.Loaded != 1 || len(report.Errors) != 3 {
			t.Fatalf("partial: %+v, %v", report, err)
		}
		if o, _ := m.Outlet(ctx, daliao); o.Address != "大寮坑村一组1号" {
			t.Error("the right line was not loaded")
		}
	})
}

func TestImportKinds(t *testing.T) {
	m := loaded(t, dbtest.Open(t, sources))
	for _, c := range []struct {
		kind, file string
		loaded     int
		fields     string
	}{
		{"divisions", "code,name,kind,valid_from\n440232114000,新镇,镇,2026-12-01\n440232114201,新村,行政村,\n", 2, ""},
		{"divisions", "code,name\n440232115201,孤村\n", 0, "parent"},
		{"divisions", "code,name\n440201000000,市辖区\n", 0, "code"},
		{"divisions", "code,name,parent\n44023,短,\n440232116000,错位镇,440203000000\n", 0, "code parent"},
		{"divisions", "code,name,valid_from,valid_to\n440232116000,镇,2026-02-30,\n440232117000,镇,2026-02-03,2026-02-01\n", 0, "valid_from valid_to"},
		{"divisions", "code,name\n440232116000,镇\n440232116000,镇\n", 0, "code"},
		{"agencies", "code,name,division,kind,dept,uscc\n440232-d90,乳源县大数据局,440232000000,department,D90,11440232M0232D11" + "00\n", 0, "uscc"},
		{"agencies", "code,name,division,kind,dept\n440232-d90,乳源县大数据局,440232000000,department,D90\n", 1, ""},
		{"agencies", "code,name,division,kind,dept\n440232-x,某局,440232000000,department,D11\n", 0, "dept"},
		{"staff", "id,name,post,agency\ns-1,王五,approver,440232-d11\n", 1, ""},
		{"staff", "id,name,post,agency,outlet\ns-1,王五,chef,440232-d77,\ns-2,,approver,,\n", 0, "post agency name agency"},
	} {
		report, err := m.Import(ctx, c.kind, strings.NewReader(c.file), org.ImportOptions{})
		var fields []string
		for _, e := range report.Errors {
			fields = append(fields, e.Field)
		}
		if err != nil || report.Loaded != c.loaded || strings.Join(fields, " ") != c.fields {
			t.Errorf("%s %q: %+v, %v", c.kind, c.file, report, err)
		}
	}
	if d, err := m.Division(ctx, "440232114201"); err != nil || d.Parent != "440232114000" || d.Level != org.Village {
		t.Errorf("imported village: %+v, %v", d, err)
	}
	if s, err := m.StaffMember(ctx, "s-1"); err != nil || s.Name != "王五" || !s.Active {
		t.Errorf("imported staff: %+v, %v", s, err)
	}
}

func TestImportFiles(t *testing.T) {
	m := loaded(t, dbtest.Open(t, sources))
	gbk, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("id,name,post,outlet\ns-9,濛浬,window_clerk,440232112209\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := m.Import(ctx, "staff", bytes.NewReader(gbk), org.ImportOptions{}); err != nil || r.Loaded != 1 {
		t.Errorf("GB18030: %+v, %v", r, err)
	}
	if s, _ := m.StaffMember(ctx, "s-9"); s.Name != "濛浬" {
		t.Errorf("GB18030 name: %q", s.Name)
	}
	for name, c := range map[string]struct {
		kind, file string
		want       error
	}{
		"kind":    {"towns", "code,name\n", org.ErrImportKind},
		"missing": {"staff", "id,name\n", org.ErrImportHeader},
		"unknown": {"staff", "id,name,post,shoe_size\n", org.ErrImportHeader},
		"empty":   {"staff", "", org.ErrImportFile},
	} {
		if _, err := m.Import(ctx, c.kind, strings.NewReader(c.file), org.ImportOptions{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := m.Import(ctx, "staff", strings.NewReader("id,name,post,outlet\ns-10,甲,window_clerk\ns-11,\"乙,window_clerk,440232112209\n"), org.ImportOptions{})
	if err != nil || r.Loaded != 0 || len(r.Errors) != 2 || r.Errors[0].Line != 2 || r.Errors[1].Line != 3 {
		t.Errorf("broken lines: %+v, %v", r, err)
	}
}

func TestLoadingAgainKeepsEdits(t *testing.T) {
	d := dbtest.Open(t, sources)
	m := loaded(t, d)
	if err := m.UpdateOutlet(ctx, youxi, goodChange); err != nil {
		t.Fatal(err)
	}
	m = loaded(t, d)
	if o, err := m.Outlet(ctx, youxi); err != nil || o.Address != goodChange.Address {
		t.Errorf("after loading again: %+v, %v", o, err)
	}
}

func TestCalendarOfADivision(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		m := loaded(t, d)
		from := workday.MustParseDate("2026-11-18")
		before := m.Calendar(ctx, daliao).AddWorkdays(from, 2)
		festival := workday.Day{Date: from.Add(1), Off: true, Name: "盘王节"}
		if err := m.SetCalendarDays(ctx, ruyuan, 2026, []workday.Day{festival}); err != nil {
			t.Fatal(err)
		}
		after := m.Calendar(ctx, daliao).AddWorkdays(from, 2)
		if after == before || m.Calendar(ctx, "440203000000").AddWorkdays(from, 2) != before {
			t.Errorf("before %s, after %s", before, after)
		}
		if err := m.SetCalendarDays(ctx, "", 2026, []workday.Day{festival}); err != nil {
			t.Fatal(err)
		}
		if m.Calendar(ctx, shaoguan).AddWorkdays(from, 2) != after {
			t.Error("a national amendment is not inherited")
		}
		for _, division := range []string{ruyuan, ""} {
			if err := m.SetCalendarDays(ctx, division, 2026, nil); err != nil {
				t.Fatal(err)
			}
		}
		if m.Calendar(ctx, daliao).AddWorkdays(from, 2) != before {
			t.Error("the days were not taken back")
		}
		if err := m.SetCalendarDays(ctx, ruyuan, 2025, []workday.Day{festival}); !errors.Is(err, org.ErrDivisionInvalid) {
			t.Errorf("a day of another year: %v", err)
		}
	})
}

func TestDelegation(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		m := loaded(t, d)
		day := workday.MustParseDate("2026-11-18")
		head, chief := "head-440232-d11", "chief-440232-d11"
		id, err := m.Delegate(ctx, org.Delegation{FromStaff: head, ToStaff: chief, FromDate: day, ToDate: day.Add(6), Reason: "出差"})
		if err != nil {
			t.Fatal(err)
		}
		for n, want := range map[int]int{-1: 0, 0: 1, 6: 1, 7: 0} {
			got, err := m.ActsFor(ctx, chief, day.Add(n))
			if err != nil || len(got) != want {
				t.Errorf("day %d: acts for %v, %v", n, got, err)
			}
		}
		if got, err := m.StandIns(ctx, head, day); err != nil || len(got) != 1 || got[0] != chief {
			t.Errorf("stand-ins: %v, %v", got, err)
		}
		if err := m.EndDelegation(ctx, id, day.Add(1)); err != nil {
			t.Fatal(err)
		}
		if got, _ := m.ActsFor(ctx, chief, day.Add(2)); len(got) != 0 {
			t.Errorf("after its end: %v", got)
		}
		for name, bad := range map[string]org.Delegation{
			"self":     {FromStaff: head, ToStaff: head, FromDate: day, ToDate: day},
			"backward": {FromStaff: head, ToStaff: chief, FromDate: day, ToDate: day.Add(-1)},
			"stranger": {FromStaff: head, ToStaff: "head-440203-d11", FromDate: day, ToDate: day},
		} {
			if _, err := m.Delegate(ctx, bad); !errors.Is(err, org.ErrDelegation) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := m.Delegate(ctx, org.Delegation{FromStaff: head, ToStaff: "nobody", FromDate: day, ToDate: day}); !errors.Is(err, org.ErrStaffUnknown) {
			t.Errorf("nobody: %v", err)
		}
	})
}
