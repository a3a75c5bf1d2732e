package training_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/tables"
	"yimen/internal/org"
	"yimen/internal/training"
	"yimen/workday"
)

// said is what the fields of an error say.
func said(err error) string {
	var b strings.Builder
	for _, f := range errs.From(err).Fields {
		b.WriteString(f.Message)
	}
	return b.String()
}

// A sheet is read as a whole or not at all, says what is wrong line by line, and
// what it says of the results is what the trainer begins with.
func TestSheetOfAttendance(t *testing.T) {
	each(t, func(w *world) {
		boss, today := manager(county), workday.DateOf(start, clock.Beijing)
		c := w.course(boss, "综合窗口")
		s, err := w.Plan(boss, training.Session{Course: c.ID, On: today, Place: "三楼", Trainer: "陈工"})
		w.must(err)
		read := func(rows ...string) (int, error) {
			return w.ReadSheet(boss, s.ID, strings.NewReader("人员编号,姓名,结果\n"+strings.Join(rows, "\n")+"\n"))
		}
		for name, rows := range map[string][]string{
			"没有人员编号":  {"s-nobody,,合格"},
			"不是王五":    {"s-" + county + ",王五,合格"},
			"看不懂":     {"s-" + county + ",,优秀"},
			"不在课程面向":  {"s-" + other + ",,合格"},
			"第2行是同一个": {"s-" + county + ",,合格", "s-" + county + ",,缺席"},
			"没有人员，请":  {",,"},
		} {
			n, err := read(rows...)
			w.refused(err, "training_invalid")
			if n != 0 || err == nil || !strings.Contains(said(err), name) {
				t.Errorf("%s: %d read, %v", name, n, said(err))
			}
		}
		_, err = w.ReadSheet(boss, s.ID, strings.NewReader("谁,怎样\ns-"+county+",合格\n"))
		w.refused(err, "training_invalid")
		_, err = w.ReadSheet(boss, s.ID, bytes.NewReader([]byte{0xff, 0xfe, 0, 1}))
		w.refused(err, "training_invalid")
		_, err = w.ReadSheet(manager(other), s.ID, strings.NewReader("人员编号,结果\ns-"+county+",合格\n"))
		w.refused(err, "training_not_here")
		list, err := w.List(boss, s.ID)
		w.must(err)
		if len(list) != 0 {
			t.Fatalf("half of a wrong sheet was read: %v", list)
		}

		n, err := read("s-"+county+",职员"+county+",合格", "s-"+town+",,")
		w.must(err)
		list, err = w.List(boss, s.ID)
		w.must(err)
		if n != 2 || len(list) != 2 || list[0].Result+list[1].Result != training.Passed {
			t.Fatalf("%d read: %+v", n, list)
		}
		// What is given out can be filled in and read again.
		var b bytes.Buffer
		w.must(w.WriteSheet(&b, list))
		rows, err := tables.Read(bytes.NewReader(b.Bytes()), 1<<20)
		w.must(err)
		if len(rows) < 3 || rows[1][1] != "职员"+county || rows[1][4] != "合格" {
			t.Errorf("the sheet says %v", rows)
		}
		if n, err := w.ReadSheet(boss, s.ID, &b); err != nil || n != 2 {
			t.Errorf("read again: %d, %v", n, err)
		}
		given, err := w.Results(boss, s.ID, map[string]string{"s-" + county: training.Passed})
		w.must(err)
		if given != 1 {
			t.Errorf("%d certificates", given)
		}
		_, err = read("s-" + town + ",,合格")
		w.refused(err, "training_session_done")
	})
}

// Who put whom on a list, by hand, by a sheet, or by themselves, and with what
// result, is in the audit; what was refused is not.
func TestWhoWasTrainedIsInTheAudit(t *testing.T) {
	each(t, func(w *world) {
		boss, today := manager(county), workday.DateOf(start, clock.Beijing)
		c := w.course(boss, "综合窗口")
		s, err := w.Plan(boss, training.Session{Course: c.ID, On: today, Place: "三楼", Trainer: "陈工"})
		w.must(err)
		noted := func(action string) string {
			rows, _, err := w.Audit.Search(context.Background(), audit.Query{Action: action}, db.Page{Limit: 10})
			w.must(err)
			text := ""
			for _, r := range rows {
				if r.Object != "training_session" || r.ObjectID != s.ID || r.Result != "ok" {
					t.Errorf("%+v", r)
				}
				text += r.Actor + " " + r.Detail + "\n"
			}
			return text
		}
		wants := func(action, want string) {
			t.Helper()
			if got := noted(action); got != want {
				t.Errorf("%s: %q, want %q", action, got, want)
			}
		}
		_, err = w.Enrol(boss, s.ID, other)
		w.refused(err, "training_invalid")
		wants("training.enrol", "")
		_, err = w.Enrol(boss, s.ID, county)
		w.must(err)
		wants("training.enrol", "m-"+county+" s-"+county+"\n")
		w.must(w.SignIn(clerk(town), s.ID))
		wants("training.sign_in", "c-"+town+" s-"+town+"\n")
		sheet := func(result string) error {
			_, err := w.ReadSheet(boss, s.ID, strings.NewReader("人员编号,结果\ns-"+county+",合格\ns-"+town+","+result+"\n"))
			return err
		}
		w.refused(sheet("优秀"), "training_invalid")
		wants("training.import", "")
		w.must(sheet(""))
		wants("training.import", "m-"+county+" s-"+county+":passed s-"+town+"\n")
		_, err = w.Results(boss, s.ID, map[string]string{"s-" + county: training.Passed})
		w.must(err)
		if got := noted("training.results"); !strings.Contains(got, "s-"+county+":passed") || !strings.Contains(got, "s-"+town+":absent") {
			t.Errorf("results: %q", got)
		}
	})
}

// A list too long for one row is in several, nobody cut off.
func TestALongListIsInTheAuditWhole(t *testing.T) {
	each(t, func(w *world) {
		boss, today := manager(county), workday.DateOf(start, clock.Beijing)
		c := w.course(boss, "综合窗口")
		var rows []training.Earned
		o := org.New(org.Deps{DB: w.d, Clock: w.clock})
		var staff []org.Staff
		for i := range 400 {
			id := fmt.Sprintf("s-%s-%06d", county, i)
			staff = append(staff, org.Staff{ID: id, Name: "职员", Outlet: county, Active: true})
			rows = append(rows, training.Earned{Staff: staff[i], From: today.Add(-350)})
		}
		w.must(o.LoadCity(context.Background(), org.Rows{Staff: staff}))
		w.must(w.TakeOver(boss, c.ID, rows))
		s, err := w.Plan(boss, training.Session{Course: c.ID, On: today, Place: "三楼", Trainer: "陈工"})
		w.must(err)
		n, err := w.EnrolDue(boss, s.ID)
		w.must(err)
		noted, _, err := w.Audit.Search(context.Background(), audit.Query{Action: "training.enrol"}, db.Page{Limit: 100})
		w.must(err)
		named := map[string]bool{}
		for _, row := range noted {
			for _, who := range strings.Fields(row.Detail) {
				named[who] = true
			}
		}
		for _, x := range staff {
			if !named[x.ID] {
				t.Fatalf("%s of %d is in none of %d rows", x.ID, n, len(noted))
			}
		}
	})
}

// Who has to come again is put on the list, and a certificate is shown to its
// holder and to who may look, and to nobody else.
func TestRenewal(t *testing.T) {
	each(t, func(w *world) {
		boss, today := manager(county), workday.DateOf(start, clock.Beijing)
		c := w.course(boss, "综合窗口")
		w.must(w.Require(boss, c.ID, "SG01001"))
		s, err := w.Plan(boss, training.Session{Course: c.ID, On: today, Place: "三楼", Trainer: "陈工"})
		w.must(err)
		_, err = w.EnrolDue(boss, s.ID)
		w.refused(err, "training_invalid")
		w.must(w.TakeOver(boss, c.ID, []training.Earned{
			{Staff: org.Staff{ID: "s-" + county, Name: "职员", Outlet: county, Active: true}, From: today.Add(-350)},
			{Staff: org.Staff{ID: "s-" + town, Name: "职员", Outlet: town, Active: true}, From: today.Add(-400)},
			{Staff: org.Staff{ID: "s-left", Name: "离岗", Outlet: town, Active: true}, From: today.Add(-400)}}))
		_, err = w.EnrolDue(manager(other), s.ID)
		w.refused(err, "training_not_here")
		n, err := w.EnrolDue(boss, s.ID)
		w.must(err)
		list, err := w.List(boss, s.ID)
		w.must(err)
		if n != 2 || len(list) != 2 {
			t.Errorf("%d enrolled, %v", n, list)
		}

		mine, err := w.Mine(clerk(county))
		w.must(err)
		for _, c := range []struct {
			who  string
			as   context.Context
			seen bool
		}{{"its holder", clerk(county), true}, {"the manager", manager(county), true}, {"another clerk", clerk(town), false}, {"another county", manager(other), false}} {
			if _, err := w.Certificate(c.as, mine[0].ID); (err == nil) != c.seen {
				t.Errorf("%s: %v", c.who, err)
			}
		}

		// Told before the papers are taken: what is lacking, and who beside may.
		gap, err := w.GapOf(clerk(town), "SG01001")
		w.must(err)
		if len(gap.Courses) != 1 || !strings.Contains(gap.Words(), "《综合窗口》") || !strings.Contains(gap.Words(), "等有证的人受理") {
			t.Errorf("%+v %s", gap, gap.Words())
		}
		if gap, err = w.GapOf(clerk(county), "SG01001"); err != nil || gap.Words() != "" {
			t.Errorf("who holds it lacks %v, %v", gap, err)
		}
		beside := identity.FromContext(clerk(county))
		beside.Staff = "s-new"
		if gap, err = w.GapOf(identity.With(boss, beside), "SG01001"); err != nil || strings.Join(gap.Colleagues, "") != "职员"+county {
			t.Errorf("beside them sits %v, %v", gap.Colleagues, err)
		}
	})
}
