package office

import (
	"context"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/workflow"
)

// What the module keeps of its own, on both engines.
func TestStore(t *testing.T) {
	dbtest.Each(t, []db.Source{Migrations}, func(t *testing.T, d *db.DB) {
		m := &Module{Deps: Deps{DB: d, Clock: clock.NewFake(time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC))}}
		ctx := identity.With(context.Background(), identity.Actor{Account: "ann", Name: "安", Kind: identity.KindStaff})
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}

		p, err := m.preference(ctx)
		must(err)
		if !p.Digest || p.OpenNext {
			t.Errorf("at first: %+v", p)
		}
		must(m.prefer(ctx, func(p *preference) { p.OpenNext = true }))
		must(m.prefer(ctx, func(p *preference) { p.Digest = false }))
		if p, err = m.preference(ctx); err != nil || p.Digest || !p.OpenNext {
			t.Errorf("kept: %+v %v", p, err)
		}

		must(m.setRule(ctx, rule{Agency: "a", AutoAssign: true}))
		must(m.setRule(ctx, rule{Agency: "b"}))
		if list, err := m.sharing(ctx); err != nil || strings.Join(list, " ") != "a" {
			t.Errorf("sharing out: %v %v", list, err)
		}
		if r, err := m.ruleOf(ctx, "c"); err != nil || r.AutoAssign || !r.ConfirmLeave {
			t.Errorf("unless said otherwise: %+v %v", r, err)
		}

		first, err := m.saveFilter(ctx, savedFilter{Name: "急件", Query: "light=red"}, false)
		must(err)
		again, err := m.saveFilter(ctx, savedFilter{Name: "急件", Query: "light=overdue"}, false)
		must(err)
		must(m.prefer(ctx, func(p *preference) { p.Filter = again }))
		p, err = m.preference(ctx)
		must(err)
		if x, ok, err := m.usual(ctx, p); err != nil || !ok || x.Light != "overdue" || first != again {
			t.Errorf("the usual filter: %+v %v %v", x, ok, err)
		}
		list, err := m.filters(ctx)
		must(err)
		must(m.deleteFilter(ctx, list[0]))
		if _, ok, err := m.usual(ctx, p); ok || err != nil {
			t.Errorf("deleted and still the usual one: %v", err)
		}

		for _, text := range []string{"甲", "乙", "乙"} {
			must(m.keepPhrase(ctx, phrase{Text: text, Act: workflow.ActApprove}, false))
		}
		must(m.used(ctx, "乙"))
		offered, err := m.phrases(ctx, workflow.ActApprove, "SG1")
		must(err)
		if offered[0] != "乙" || offered[1] != "甲" || offered[2] != usualPhrases[workflow.ActApprove][0] {
			t.Errorf("offered %v", offered)
		}
		if other, err := m.phrases(ctx, workflow.ActReturn, "SG1"); err != nil || other[0] != usualPhrases[workflow.ActReturn][0] {
			t.Errorf("for another act: %v %v", other, err)
		}
	})
}

// Work is shared out evenly: who has least gets the heaviest, signers of one
// step are different people, and who cannot gets nothing.
func TestSpread(t *testing.T) {
	task := func(id, instance, light string) workflow.Task {
		return workflow.Task{ID: id, Instance: instance, Node: "a", Light: light}
	}
	people := []hands{{account: "ann", weight: 3}, {account: "ben"}, {account: "cao", weight: 1}}
	any := func(workflow.Task, string) bool { return true }
	tasks := []workflow.Task{task("1", "i", "normal"), task("2", "j", "overdue"), task("3", "k", "normal"), task("4", "l", "red")}
	given := spread(tasks, people, any)
	got := map[string]int{}
	for _, p := range people {
		got[p.account] = p.weight
	}
	for _, x := range tasks {
		got[given[x.ID].account] += weightOf(x)
	}
	if len(given) != 4 || got["ann"] > 4 || got["ben"] > 4 || got["cao"] > 4 {
		t.Errorf("shared out to %v", got)
	}
	pair := spread([]workflow.Task{task("1", "i", ""), task("2", "i", "")}, people, any)
	if pair["1"].account == pair["2"].account {
		t.Error("one person signs twice")
	}
	only := spread(tasks, people, func(_ workflow.Task, account string) bool { return account == "ann" })
	if len(only) != 4 || only["1"].account != "ann" {
		t.Errorf("only ann can: %v", only)
	}
	if none := spread(tasks, nil, any); len(none) != 0 {
		t.Errorf("nobody is there: %v", none)
	}
}
