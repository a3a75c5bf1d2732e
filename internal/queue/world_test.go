package queue_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/org"
	"yimen/internal/queue"
)

// world is one hall with four counters and two queues, and another beside it.
type world struct {
	*queue.Module
	t     *testing.T
	clock *clock.Fake
	a, b  queue.Queue
}

const (
	hall  = "440232000000"
	other = "440224000000"
)

// start is Wednesday, 18 November 2026, 10:00 in Beijing.
var start = time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC)

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	dbtest.Each(t, []db.Source{org.Migrations, queue.Migrations}, func(t *testing.T, d *db.DB) { fn(newWorld(t, d)) })
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFake(start)}
	o := org.New(org.Deps{DB: d, Clock: w.clock})
	rows := org.Rows{Divisions: []org.Division{{Code: hall, Name: "乳源瑶族自治县", ShortName: "乳源", Level: org.County}, {Code: other, Name: "仁化县", ShortName: "仁化", Level: org.County}}}
	for _, code := range []string{hall, other} {
		rows.Outlets = append(rows.Outlets, org.Outlet{Code: code, Name: "县行政服务中心", Kind: org.Hall, Division: code,
			Hours: []org.Hours{{Days: "1-5", Open: "08:30", Close: "12:00"}, {Days: "1-5", Open: "14:30", Close: "17:30"}}})
		for _, no := range []string{"1", "2", "3", "4"} {
			rows.Counters = append(rows.Counters, org.Counter{ID: code + "-0" + no, Outlet: code, No: no, Name: "综合窗口", Kind: "general"})
		}
	}
	w.must(o.LoadCity(context.Background(), rows))
	w.Module = queue.New(queue.Deps{DB: d, Clock: w.clock, Org: o})
	var err error
	w.a, err = w.SaveQueue(w.manager(), queue.Queue{Outlet: hall, Letter: "a", Name: "综合业务", Minutes: 10, Active: true})
	w.must(err)
	w.b, err = w.SaveQueue(w.manager(), queue.Queue{Outlet: hall, Letter: "B", Name: "社会保障", Minutes: 6, Active: true})
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) want(err, target error) {
	w.t.Helper()
	if !errors.Is(err, target) {
		w.t.Fatalf("error %v, want %v", err, target)
	}
}

// person is somebody with rights over one hall.
func person(account, division string, verbs ...identity.Verb) context.Context {
	a := identity.Actor{Account: account, Name: "职员" + account, Kind: identity.KindStaff, Outlet: division, Via: identity.ViaSession}
	from, to := org.Only(division)
	for _, v := range verbs {
		a.Grants = append(a.Grants, identity.Grant{Verb: v, On: identity.Receiving, From: from, To: to})
	}
	return identity.With(context.Background(), a)
}

func (w *world) clerk(account string) context.Context {
	return person(account, hall, queue.VerbCall, queue.VerbView, queue.VerbPaper, queue.VerbShift)
}

func (w *world) manager() context.Context {
	return person("manager", hall, queue.VerbView, queue.VerbManage)
}

// public is somebody at the machine.
func (w *world) public() context.Context { return context.Background() }

// take takes a number a minute after the one before.
func (w *world) take(q queue.Queue, priority string) queue.Ticket {
	w.t.Helper()
	w.clock.Advance(time.Minute)
	t, err := w.Take(w.public(), queue.Take{Outlet: hall, Queue: q.ID, Priority: priority})
	w.must(err)
	return t
}

func (w *world) call(ctx context.Context, counter string) queue.Ticket {
	w.t.Helper()
	t, err := w.Call(ctx, hall+"-0"+counter)
	w.must(err)
	return t
}

// served calls the next, who is there at once and soon done.
func (w *world) served(ctx context.Context, counter string) string {
	w.t.Helper()
	t := w.call(ctx, counter)
	_, err := w.Arrive(ctx, t.ID)
	w.must(err)
	w.clock.Advance(time.Minute)
	w.must(w.Finish(ctx, t.ID))
	return t.No
}
