package workflow

import (
	"context"
	"slices"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// onLeave lets one person stand in for another.
func (w *world) onLeave(away, substitute string) {
	p := w.people[substitute]
	p.Staff = substitute
	w.people[substitute] = p
	w.Module.Covers = func(_ context.Context, a identity.Actor) ([]string, error) {
		if a.Account == substitute {
			return []string{away}, nil
		}
		return nil, nil
	}
}

// During a leave the substitute does what is in the absent one's name, and both
// names are in the record; nobody else may, and nobody gains a right by it.
func TestStandingIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		task := w.open("C1", "a")
		w.must(w.Claim(w.as("ann"), task))
		w.want(w.Approve(w.as("ben"), task, Act{}), ErrTaskTaken)

		w.onLeave("ann", "ben")
		if c, err := w.Counts(w.as("ben"), Query{}); err != nil || c.Covered != 1 {
			t.Errorf("covered %d %v, want 1", c.Covered, err)
		}
		if got := w.list(w.as("ben"), Query{Covering: true}); !slices.Equal(got, []string{task}) {
			t.Errorf("covering: %v, want %s", got, task)
		}
		desk, err := w.AtDesk(w.as("ben"))
		w.must(err)
		if got := w.list(desk, Query{Covering: true}); !slices.Equal(got, []string{task}) {
			t.Errorf("covering at the desk: %v, want %s", got, task)
		}
		if got := w.list(w.as("cao"), Query{Covering: true}); len(got) != 0 {
			t.Errorf("a third person covers %v", got)
		}
		_, allowed, err := w.Task(w.as("ben"), task)
		w.must(err)
		if !slices.Contains(allowed, ActApprove) || !slices.Contains(allowed, ActClaim) {
			t.Errorf("ben may %v, want approve and claim", allowed)
		}
		w.want(w.Approve(w.as("cao"), task, Act{}), ErrTaskTaken)
		w.must(w.Approve(w.as("ben"), task, Act{Opinion: "代办"}))
		i, err := w.Instance(w.ctx, "C1")
		w.must(err)
		last := i.History[len(i.History)-1]
		if last.Actor != "ben" || last.OnBehalf != "ann" {
			t.Errorf("recorded %s for %q, want ben for ann", last.Actor, last.OnBehalf)
		}
		if done := i.Tasks[0]; done.Assignee != "ben" || done.OnBehalf != "ann" || done.DoneBy != "ben" {
			t.Errorf("the task is of %s for %q, done by %s", done.Assignee, done.OnBehalf, done.DoneBy)
		}

		w.start("C2", line, nil)
		other := w.open("C2", "a")
		w.must(w.Claim(w.as("ann"), other))
		w.onLeave("ann", "viewer") // sees the tasks and has no right to do them
		w.want(w.Approve(w.as("viewer"), other, Act{}), ErrTaskTaken)
		w.onLeave("ann", "ben")
		w.must(w.Claim(w.as("ben"), other))
		w.must(w.Claim(w.as("ann"), other)) // back, and takes it again
	})
}

func TestGroupsAndLook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, s := range []string{"C1", "C2", "C3"} {
			w.start(s, line, nil)
		}
		first := w.open("C1", "a")
		w.must(w.Claim(w.as("ann"), first))
		w.must(w.Approve(w.as("ann"), first, Act{}))
		ctx := w.as("ben")
		steps, err := w.Groups(ctx, Query{}, "step")
		w.must(err)
		if len(steps) != 2 || steps[0].Open != 2 || steps[1].Open != 1 {
			t.Errorf("steps: %+v, want one of two and one of one", steps)
		}
		if got := w.list(ctx, Query{Step: steps[0].Key}); len(got) != 2 {
			t.Errorf("filter by the step: %d, want 2", len(got))
		}
		items, err := w.Groups(ctx, Query{}, "item")
		w.must(err)
		if len(items) != 1 || items[0].Key != "SG01001" || items[0].Label != "食品经营许可" || items[0].Open != 3 {
			t.Errorf("items: %+v", items)
		}
		choices, err := w.Choices(ctx)
		w.must(err)
		places, err := w.Groups(ctx, Query{}, "receiving")
		w.must(err)
		for _, x := range []struct{ together, alone []Group }{{choices.Items, items}, {choices.Steps, steps}, {choices.Places, places}} {
			for i := range x.alone {
				x.alone[i].Urgent, x.alone[i].Overdue = 0, 0
			}
			if len(x.alone) == 0 || !slices.Equal(x.together, x.alone) {
				t.Errorf("choices %+v, grouped alone %+v", x.together, x.alone)
			}
		}
		if _, err := w.Groups(ctx, Query{}, "name"); err == nil {
			t.Error("grouped by something that is no grouping")
		}
		if none, err := w.Groups(w.as("fire"), Query{}, "item"); err != nil || len(none) != 0 {
			t.Errorf("another agency counts %+v %v", none, err)
		}
		for q, want := range map[*Query]int{
			{Item: "SG01001"}: 3, {Item: "SG9"}: 0, {Receiving: "440232000000"}: 3, {Receiving: "440203000000"}: 0,
			{From: day(w.clock.Now())}: 3, {To: day(w.clock.Now()).Add(-1)}: 0, {Q: "盘", Subjects: []string{"C2"}}: 1, {Assignee: "ann"}: 0,
		} {
			if got := w.list(ctx, *q); len(got) != want {
				t.Errorf("%+v: %d, want %d", *q, len(got), want)
			}
		}

		ids := []string{w.open("C2", "a"), first, "unknown", w.open("C1", "b")}
		seen, err := w.Look(ctx, ids)
		w.must(err)
		if len(seen) != 3 || seen[0].ID != ids[0] || len(seen[0].Targets) != 0 || !slices.Contains(seen[0].Allowed, ActApprove) {
			t.Errorf("looked: %+v", seen)
		}
		if len(seen[2].Targets) != 1 || seen[1].State != Done {
			t.Errorf("the second step can be returned to %v, the first is %s", seen[2].Targets, seen[1].State)
		}
		if hidden, err := w.Look(w.as("fire"), ids); err != nil || len(hidden) != 0 {
			t.Errorf("another agency sees %d tasks", len(hidden))
		}
	})
}

// Tasks whose clock stands still come after those that are late.
func TestHeldComeLast(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		w.clock.Advance(24 * time.Hour)
		w.start("C2", line, nil)
		w.must(w.Hold(w.as("ann"), "C1"))
		got := w.list(w.as("ann"), Query{})
		if want := []string{w.open("C2", "a"), w.open("C1", "a")}; !slices.Equal(got, want) {
			t.Errorf("got %v, want the running one first", got)
		}
	})
}

func TestLoads(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, s := range []string{"C1", "C2", "C3"} {
			w.start(s, line, nil)
		}
		w.must(w.Claim(w.as("ann"), w.open("C1", "a")))
		w.must(w.Approve(w.as("ben"), w.open("C2", "a"), Act{}))
		if _, err := w.Loads(w.as("ann"), countyLicensing); err == nil {
			t.Error("somebody without task.reassign reads the loads")
		}
		loads, err := w.Loads(w.as("chief"), countyLicensing)
		w.must(err)
		if loads["ann"].Open != 1 || loads["ben"].Done != 1 || loads[""].Open != 2 {
			t.Errorf("loads: %+v", loads)
		}
		w.clock.Advance(20 * 24 * time.Hour)
		loads, err = w.Loads(w.as("chief"), countyLicensing)
		w.must(err)
		if x := loads["ann"]; x.Overdue != 1 || x.Weight() != 3 || loads["ben"].Done != 0 {
			t.Errorf("three weeks on: %+v", loads)
		}
		w.must(w.Approve(w.as("ann"), w.open("C1", "a"), Act{}))
		days, err := w.Days(w.as("chief"), countyLicensing, day(w.clock.Now()).Add(-20))
		w.must(err)
		if len(days) != 21 || days[0].Came != 4 || days[0].Done != 1 || days[20].Done != 1 || days[20].Late != 1 {
			t.Errorf("days: first %+v, last %+v of %d", days[0], days[len(days)-1], len(days))
		}
		w.must(w.WithdrawAct(w.as("ann"), taskOf(w, "C1", "a"), ""))
		days, err = w.Days(w.as("chief"), countyLicensing, day(w.clock.Now()))
		w.must(err)
		if days[0].Done != 0 {
			t.Errorf("what was withdrawn still counts as done: %+v", days[0])
		}
		free, err := w.Untaken(w.as("chief"), countyLicensing, 10)
		w.must(err)
		if len(free) != 2 {
			t.Errorf("%d in nobody's name, want 2", len(free))
		}
		busy, err := w.Busy(identity.With(w.ctx, identity.System("t")))
		w.must(err)
		if !slices.Contains(busy, countyLicensing) {
			t.Errorf("busy: %v", busy)
		}
		if _, err := w.Busy(w.as("chief")); err == nil {
			t.Error("a person reads which agencies are busy")
		}
	})
}

func taskOf(w *world, subject, node string) string {
	list, _, err := w.Tasks(identity.With(w.ctx, identity.System("t")), Query{Subject: subject, State: Done}, db.Page{})
	w.must(err)
	for _, t := range list {
		if t.Node == node {
			return t.ID
		}
	}
	w.t.Fatalf("nothing done at %s", node)
	return ""
}
