package training_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
	"yimen/internal/training"
	"yimen/workday"
)

const (
	county = "440232000000"
	town   = "440232112000"
	other  = "440224000000"
)

// start is Wednesday, 18 November 2026, 10:00 in Beijing.
var start = time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC)

type items struct{}

func (items) InForce(_ context.Context, code string) (catalogue.Version, error) {
	if !strings.HasPrefix(code, "SG") {
		return catalogue.Version{}, catalogue.ErrItemUnknown
	}
	v := catalogue.Version{}
	v.Definition.Name = "事项" + code
	return v, nil
}

// world is a county with two clerks, one of them in a town, and another county.
type world struct {
	*training.Module
	t     *testing.T
	d     *db.DB
	clock *clock.Fake
}

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	dbtest.Each(t, []db.Source{org.Migrations, audit.Migrations, training.Migrations}, func(t *testing.T, d *db.DB) {
		w := &world{t: t, d: d, clock: clock.NewFake(start)}
		o := org.New(org.Deps{DB: d, Clock: w.clock})
		rows := org.Rows{Divisions: []org.Division{
			{Code: county, Name: "乳源瑶族自治县", ShortName: "乳源", Level: org.County}, {Code: town, Name: "游溪镇", ShortName: "游溪", Level: org.Town},
			{Code: other, Name: "仁化县", ShortName: "仁化", Level: org.County}}}
		for _, code := range []string{county, town, other} {
			rows.Outlets = append(rows.Outlets, org.Outlet{Code: code, Name: "中心" + code, Kind: org.Hall, Division: code})
			rows.Staff = append(rows.Staff, org.Staff{ID: "s-" + code, Name: "职员" + code, Outlet: code, Active: true})
		}
		w.must(o.LoadCity(context.Background(), rows))
		w.Module = training.New(training.Deps{DB: d, Clock: w.clock, Org: o, Audit: audit.New(d, w.clock), Items: items{}})
		fn(w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refused(err error, code string) {
	w.t.Helper()
	if err == nil || errs.From(err).Code != code {
		w.t.Errorf("%v, want %s", err, code)
	}
}

// manager keeps the courses of a division; clerk sits in one.
func manager(division string) context.Context {
	from, to := org.Range(division)
	a := identity.Actor{Account: "m-" + division, Name: "管理", Kind: identity.KindStaff, Division: division, Via: identity.ViaSession}
	for _, v := range []identity.Verb{training.VerbManage, training.VerbView} {
		a.Grants = append(a.Grants, identity.Grant{Verb: v, On: identity.Any, From: from, To: to})
	}
	return identity.With(context.Background(), a)
}

func clerk(division string) context.Context {
	return identity.With(context.Background(), identity.Actor{Account: "c-" + division, Kind: identity.KindStaff, Staff: "s-" + division,
		Outlet: division, Division: division, Via: identity.ViaSession})
}

// lacking asks what a window asks.
func (w *world) lacking(ctx context.Context, item string) string {
	w.t.Helper()
	var titles []string
	read, ok := w.Lacking(ctx, identity.FromContext(ctx), &titles, "$1", item)
	if !ok {
		return "nobody to ask"
	}
	w.must(w.d.Conn(ctx).Together(ctx, read))
	return strings.Join(titles, " ")
}

func (w *world) course(ctx context.Context, title string) training.Course {
	w.t.Helper()
	a := identity.FromContext(ctx)
	c, err := w.SaveCourse(ctx, training.Course{Kind: training.KindPost, Title: title, Months: 12, Division: a.Division})
	w.must(err)
	return c
}

// From the course to the certificate, and to the window that asks for it.
func TestCertificateIsEarned(t *testing.T) {
	each(t, func(w *world) {
		boss, today := manager(county), workday.DateOf(start, clock.Beijing)
		c := w.course(boss, "综合窗口")
		w.refused(w.Require(boss, c.ID, "nothing"), "training_invalid")
		w.must(w.Require(boss, c.ID, "SG01001"))
		w.must(w.Require(boss, c.ID, "SG01001"))
		for ctx, want := range map[context.Context]string{clerk(county): "综合窗口", clerk(town): "综合窗口", clerk(other): "", boss: "nobody to ask"} {
			if got := w.lacking(ctx, "SG01001"); got != want {
				t.Errorf("lacking %q, want %q", got, want)
			}
		}
		if got := w.lacking(clerk(county), "SG01002"); got != "" {
			t.Errorf("an item without requirement demands %q", got)
		}

		_, err := w.Plan(boss, training.Session{Course: c.ID})
		w.refused(err, "invalid_input")
		s, err := w.Plan(boss, training.Session{Course: c.ID, On: today, Place: "三楼", Trainer: "陈工"})
		w.must(err)
		w.must(w.SignIn(clerk(town), s.ID))
		w.must(w.SignIn(clerk(town), s.ID))
		w.refused(w.SignIn(clerk(other), s.ID), "training_not_for_you")
		_, err = w.Enrol(boss, s.ID, other)
		w.refused(err, "training_invalid")
		n, err := w.Enrol(boss, s.ID, county)
		w.must(err)
		list, err := w.List(boss, s.ID)
		w.must(err)
		if n != 1 || len(list) != 2 {
			t.Fatalf("%d enrolled, %d on the list", n, len(list))
		}
		given, err := w.Results(boss, s.ID, map[string]string{"s-" + town: training.Passed, "s-" + county: training.Failed})
		w.must(err)
		if given != 1 {
			t.Errorf("%d certificates", given)
		}
		_, err = w.Results(boss, s.ID, nil)
		w.refused(err, "training_session_done")
		w.refused(w.SignIn(clerk(town), s.ID), "training_session_done")
		if w.lacking(clerk(town), "SG01001") != "" || w.lacking(clerk(county), "SG01001") == "" {
			t.Error("who passed may not, or who failed may")
		}

		mine, err := w.Mine(clerk(town))
		w.must(err)
		if len(mine) != 1 || mine[0].Number != "PX2026000001" || mine[0].Until.String() != "2027-11-17" {
			t.Fatalf("%+v", mine)
		}
		w.clock.Set(start.AddDate(1, 0, -1)) // its last day
		if w.lacking(clerk(town), "SG01001") != "" {
			t.Error("the last day does not count")
		}
		w.clock.Set(start.AddDate(1, 0, 0))
		if w.lacking(clerk(town), "SG01001") == "" {
			t.Error("valid after its end")
		}
		w.clock.Set(start)
		w.must(w.Release(boss, c.ID, "SG01001"))
		if w.lacking(clerk(county), "SG01001") != "" {
			t.Error("demanded after it was released")
		}
	})
}

// What is revoked is worth nothing, who looks sees their own division only, and
// a manager keeps nothing of another county's.
func TestRightsOverCertificates(t *testing.T) {
	each(t, func(w *world) {
		boss, today := manager(county), workday.DateOf(start, clock.Beijing)
		c := w.course(boss, "综合窗口")
		staff := func(division string) org.Staff {
			return org.Staff{ID: "s-" + division, Name: "职员", Outlet: division, Active: true}
		}
		w.must(w.TakeOver(boss, c.ID, []training.Earned{{Staff: staff(county), From: today.Add(-350)}, {Staff: staff(town), From: today.Add(-400)}}))
		w.must(w.Require(boss, c.ID, "SG01001"))
		counts := func(ctx context.Context, state string, want int) []training.Certificate {
			t.Helper()
			list, _, err := w.Certificates(ctx, training.Find{State: state}, db.Page{})
			w.must(err)
			if len(list) != want {
				t.Errorf("%d certificates are %s, want %d", len(list), state, want)
			}
			return list
		}
		due := counts(boss, training.Due, 1)
		counts(boss, training.Lapsed, 1)
		counts(boss, "", 2)
		counts(manager(town), "", 1)
		counts(manager(other), "", 0)
		counts(clerk(county), "", 0)
		first, next, err := w.Certificates(boss, training.Find{}, db.Page{Limit: 1})
		w.must(err)
		second, _, err := w.Certificates(boss, training.Find{}, db.Page{Limit: 1, After: next})
		w.must(err)
		if len(first) != 1 || len(second) != 1 || first[0].ID == second[0].ID {
			t.Error("the second page is the first")
		}

		w.refused(w.Revoke(boss, due[0].ID, "错"), "training_invalid")
		w.refused(w.Revoke(manager(other), due[0].ID, "冒名参加考核"), "training_not_here")
		w.must(w.Revoke(boss, due[0].ID, "冒名参加考核"))
		w.refused(w.Revoke(boss, due[0].ID, "冒名参加考核"), "training_certificate_revoked")
		if w.lacking(clerk(county), "SG01001") == "" {
			t.Error("a revoked certificate counts")
		}
		counts(boss, training.Revoked, 1)

		_, err = w.SaveCourse(manager(other), training.Course{ID: c.ID, Kind: training.KindPost, Title: "改成我的", Months: 3, Division: other})
		w.refused(err, "training_not_here")
		_, err = w.SaveCourse(manager(other), training.Course{Kind: training.KindPost, Title: "越界", Months: 3, Division: county})
		w.refused(err, "invalid_input")
		w.refused(w.Require(manager(other), c.ID, "SG01002"), "training_not_here")
		_, err = w.Plan(manager(town), training.Session{Course: c.ID, On: today, Place: "楼上", Trainer: "某人"})
		w.refused(err, "training_not_here")
	})
}
