package training_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
	"yimen/internal/org"
	"yimen/internal/training"
	"yimen/workday"
)

// For random staff with random grants, the courses, the certificates, what is
// searched among them and what is exported are those that the rule for one
// object allows, no more and no fewer.
func TestListsShowWhatMayBeOpened(t *testing.T) {
	each(t, func(w *world) {
		r, today := rand.New(rand.NewPCG(11, 12)), workday.DateOf(start, clock.Beijing)
		all := []training.Find{{}, {State: training.Valid}, {State: training.Due}, {State: training.Lapsed}, {Q: "职员" + town}}
		ctx := identity.With(context.Background(), identity.System("test"))
		courses := map[string]string{} // division by id
		for _, division := range []string{county, town, other} {
			c := w.course(manager(division), "综合窗口"+division)
			courses[c.ID] = division
			w.must(w.TakeOver(manager(division), c.ID, []training.Earned{
				{Staff: org.Staff{ID: "s-" + division, Name: "职员" + division, Outlet: division, Active: true}, From: today.Add(-10 - r.IntN(340))},
				{Staff: org.Staff{ID: "t-" + division, Name: "职员" + division, Outlet: division, Active: true}, From: today.Add(-400)}}))
			all = append(all, training.Find{Course: c.ID})
		}
		var who identity.Actor
		site := w.site(&who)
		seen := 0
		for n := range 60 {
			who = randomStaff(r, n)
			as := identity.With(context.Background(), who)
			may := func(division string) bool {
				at := identity.Place{Receiving: division, Division: division}
				return who.Can(training.VerbView, at) || who.Can(training.VerbManage, at)
			}
			list, err := w.Courses(as)
			w.must(err)
			var got []string
			for _, c := range list {
				got = append(got, c.ID)
			}
			w.same(who, "courses", got, wanted(courses, may))
			for _, find := range all {
				everything, _, err := w.Certificates(ctx, find, db.Page{Limit: 100})
				w.must(err)
				where := map[string]string{}
				for _, c := range everything {
					where[c.Number] = c.Division
				}
				mine, _, err := w.Certificates(as, find, db.Page{Limit: 100})
				w.must(err)
				got = nil
				for _, c := range mine {
					got = append(got, c.Number)
				}
				want := wanted(where, may)
				seen += len(want)
				w.same(who, fmt.Sprintf("certificates %+v", find), got, want)
				if who.Has(training.VerbView) || who.Has(training.VerbManage) {
					w.same(who, fmt.Sprintf("export %+v", find), exported(w.t, site, find), want)
				}
			}
		}
		if seen == 0 {
			t.Error("nobody ever saw one")
		}
	})
}

// randomStaff has up to three grants of looking and managing, anywhere.
func randomStaff(r *rand.Rand, n int) identity.Actor {
	a := identity.Actor{Account: fmt.Sprint("a-", n), Kind: identity.KindStaff, Division: town, Via: identity.ViaSession}
	for range r.IntN(4) {
		g := identity.Grant{Verb: []identity.Verb{training.VerbView, training.VerbManage, "case.view"}[r.IntN(3)],
			On: []identity.On{identity.Competent, identity.Receiving, identity.Any}[r.IntN(3)]}
		division := []string{"440200000000", county, town, other}[r.IntN(4)]
		switch r.IntN(4) {
		case 0:
			g.From, g.To = org.Only(division)
		case 1:
			g.Agency = "440232-d08" // courses and staff have no agency: covers none
		default:
			g.From, g.To = org.Range(division)
		}
		a.Grants = append(a.Grants, g)
	}
	return a
}

// wanted are the keys whose division may be looked at, sorted.
func wanted(all map[string]string, may func(division string) bool) []string {
	var list []string
	for key, division := range all {
		if may(division) {
			list = append(list, key)
		}
	}
	slices.Sort(list)
	return list
}

func (w *world) same(who identity.Actor, what string, got, want []string) {
	w.t.Helper()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		w.t.Errorf("%+v: %s: %v, want %v", who.Grants, what, got, want)
	}
}

// site serves the pages to who.
func (w *world) site(who *identity.Actor) *webtest.Client {
	rt := web.NewRouter(web.Options{DB: w.d, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Subject: identity.Subject})
	rt.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(rw, r.WithContext(identity.With(r.Context(), *who)))
		})
	})
	w.Routes(rt)
	return webtest.New(w.t, rt)
}

// exported are the numbers in the table that is saved.
func exported(t *testing.T, site *webtest.Client, find training.Find) []string {
	t.Helper()
	address := "/office/training/certificates/export?state=" + find.State + "&course=" + find.Course + "&q=" + find.Q
	body := strings.TrimPrefix(site.Get(address).Status(200).Body, "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, row := range rows[1:] {
		list = append(list, row[0])
	}
	return list
}
