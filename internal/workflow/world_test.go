package workflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/events"
	"yimen/internal/kit/jobs"
	"yimen/workday"
)

// world is a module on a real database and a real bus, with a clock that
// stands still and a handful of agencies and people.
type world struct {
	*Module
	t      testing.TB
	ctx    context.Context
	clock  *clock.Fake
	people map[string]identity.Actor
	cal    *workday.Calendar

	mu   sync.Mutex
	told []events.Event
	fail error // what a subscriber of Finished answers
}

const (
	cityLicensing   = "440200-d11"
	countyLicensing = "440232-d11"
	countyFire      = "440232-d07"
)

func (w *world) AgencyOf(_ context.Context, dept string, level int, division string) (string, error) {
	if dept == "D07" && level == 4 && division[:6] == "440232" {
		return countyFire, nil
	}
	return "", errors.New("no such department")
}

func (w *world) Place(_ context.Context, agency string) (identity.Place, error) {
	switch agency {
	case cityLicensing:
		return identity.Place{Agency: agency, Division: "440200000000", Dept: "D11"}, nil
	case countyLicensing:
		return identity.Place{Agency: agency, Division: "440232000000", Dept: "D11"}, nil
	case countyFire:
		return identity.Place{Agency: agency, Division: "440232000000", Dept: "D07"}, nil
	case "440232103000":
		return identity.Place{Agency: agency, Division: agency}, nil
	}
	return identity.Place{}, errors.New("no such agency")
}

func (w *world) Actor(_ context.Context, account string) (identity.Actor, error) {
	a, ok := w.people[account]
	if !ok {
		return a, errors.New("no such account")
	}
	return a, nil
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, []db.Source{Migrations}, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), cal: workday.China(), people: map[string]identity.Actor{}}
	// Wednesday, 16 September 2026, 10:00 in Beijing.
	w.clock = clock.NewFake(time.Date(2026, 9, 16, 2, 0, 0, 0, time.UTC))
	q, err := jobs.New(d, jobs.Options{Clock: w.clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	bus := events.New(q)
	hear[Finished](w, bus)
	hear[TaskOpened](w, bus)
	hear[TaskDone](w, bus)
	hear[Returned](w, bus)
	hear[TaskOverdue](w, bus)
	hear[TaskReminded](w, bus)
	hear[ActWithdrawn](w, bus)
	w.Module = New(Deps{
		DB: d, Clock: w.clock, Events: bus, Agencies: w, Accounts: w,
		Calendar: func(context.Context, string) *workday.Calendar { return w.cal },
	})
	all := []identity.Verb{VerbReview, VerbSurvey, VerbSign, VerbApprove, VerbDecide, VerbView}
	for _, name := range []string{"ann", "ben", "cao"} {
		w.person(name, countyLicensing, all...)
	}
	w.person("fire", countyFire, all...)
	w.person("viewer", countyLicensing, VerbView)
	w.person("chief", countyLicensing, VerbView, VerbReview, VerbReassign, VerbRemind)
	w.person("city", cityLicensing, all...)
	return w
}

func (w *world) person(name, agency string, verbs ...identity.Verb) {
	a := identity.Actor{Account: name, Name: "经办人" + name, Kind: identity.KindStaff, Agency: agency}
	for _, v := range verbs {
		a.Grants = append(a.Grants, identity.Grant{Verb: v, Agency: agency})
	}
	w.people[name] = a
}

func hear[E events.Event](w *world, bus *events.Bus) {
	events.Now(bus, "test", func(ctx context.Context, e E) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		if _, last := any(e).(Finished); last && w.fail != nil {
			return w.fail
		}
		w.told = append(w.told, e)
		return nil
	})
}

// heard gives the events of one kind so far.
func heard[E events.Event](w *world) []E {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []E
	for _, e := range w.told {
		if own, ok := e.(E); ok {
			list = append(list, own)
		}
	}
	return list
}

// as is the context of a person.
func (w *world) as(name string) context.Context {
	a, ok := w.people[name]
	if !ok {
		a = identity.Actor{Account: name, Name: name, Kind: identity.KindStaff}
	}
	return identity.With(w.ctx, a)
}

func (w *world) start(subject string, d Definition, vars map[string]any) {
	w.t.Helper()
	_, err := w.Start(w.as("ann"), Start{
		Subject: subject, Title: "食品经营许可", Item: "SG01001", Definition: d, Vars: vars, Level: 4, Division: "440232000000",
		Places: map[string]string{
			"competent": countyLicensing, "county": countyLicensing, "city": cityLicensing, "receiving": "440232103000", "town": "440232103000",
		},
	})
	if err != nil {
		w.t.Fatalf("start %s: %v", subject, err)
	}
}

// open gives the id of the open task at a node.
func (w *world) open(subject, node string) string {
	w.t.Helper()
	i, err := w.Instance(w.ctx, subject)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, t := range i.Tasks {
		if t.Node == node && t.State == Open {
			return t.ID
		}
	}
	w.t.Fatalf("no open task at %s: %s", node, w.shape(subject))
	return ""
}

// shape shows where an instance stands: "a b~" or "granted".
func (w *world) shape(subject string) string {
	w.t.Helper()
	i, err := w.Instance(w.ctx, subject)
	if err != nil {
		w.t.Fatal(err)
	}
	b := board{outcome: i.Outcome}
	for _, t := range i.Tasks {
		if t.State == Open || t.State == Waiting {
			b.tasks = append(b.tasks, token{node: t.Node, wait: t.State == Waiting, added: t.Added})
		}
	}
	if i.State != "running" {
		return fmt.Sprintf("%s %s%s", i.State, i.Outcome, b.String())
	}
	return b.String()
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) want(err, want error) {
	w.t.Helper()
	if !errors.Is(err, want) {
		w.t.Errorf("got %v, want %v", err, want)
	}
}

func (w *world) wantShape(subject, want string) {
	w.t.Helper()
	if got := w.shape(subject); got != want {
		w.t.Errorf("%s stands at %q, want %q", subject, got, want)
	}
}
