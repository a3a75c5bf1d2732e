package catalogue

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
)

func rename(name string) func(*Definition) error {
	return func(d *Definition) error { d.Name = name; return nil }
}

func TestChangeKeepsWhatOthersChangedElsewhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		w.load(t, d)
		first, err := w.Change(w.editor(), Revision{d.Code, 1, []string{"name"}, false}, rename("林木采伐许可"))
		must(t, err)
		if !first.Changed || first.N != 2 {
			t.Fatalf("the first edit made %+v", first)
		}
		// A colleague still looks at edit 1, at other fields: both edits stand.
		colleague := w.as("colleague", "D11", RightViewDraft, RightEdit)
		_, err = w.Change(colleague, Revision{d.Code, 1, []string{"consult"}, false}, func(d *Definition) error { d.Consult = "0751-8880007"; return nil })
		must(t, err)
		v, err := w.Version(w.ctx, d.Code, 2)
		must(t, err)
		if v.Definition.Name != "林木采伐许可" || v.Definition.Consult != "0751-8880007" {
			t.Errorf("now %q, %q", v.Definition.Name, v.Definition.Consult)
		}
		_, err = w.Change(colleague, Revision{d.Code, 1, []string{"name"}, false}, rename("采伐证"))
		if !errors.Is(err, ErrStale) {
			t.Errorf("a field that somebody changed was overwritten: %v", err)
		}
		same, err := w.Change(w.editor(), Revision{d.Code, 3, []string{"name"}, false}, rename("林木采伐许可"))
		must(t, err)
		if same.Changed || same.Edit != 3 {
			t.Errorf("an edit that changes nothing stored %+v", same)
		}
		if _, err := w.Change(w.as("other", "D12", RightViewDraft, RightEdit), Revision{d.Code, 3, nil, false}, rename("x")); !errors.Is(err, ErrItemUnknown) {
			t.Errorf("another department: %v", err)
		}
		if _, err := w.Change(w.editor(), Revision{d.Code, 3, nil, false}, func(d *Definition) error { d.Code = "SG11009"; return nil }); err == nil {
			t.Error("the code was changed")
		}
	})
}

func TestADraftIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		w.load(t, d)
		_, err := w.Change(w.editor(), Revision{d.Code, 1, nil, false}, rename("采伐证"))
		must(t, err)
		_, err = w.Do(w.editor(), Act{d.Code, 2, ""}, Discard, time.Time{})
		must(t, err)
		sheet, err := w.Sheet(w.editor(), d.Code)
		must(t, err)
		if sheet.Newest.N != 1 || sheet.Newest.Definition.Name != d.Name || sheet.Item.OpenState != "" {
			t.Errorf("after giving up: version %d %q, %q", sheet.Newest.N, sheet.Newest.Definition.Name, sheet.Item.OpenState)
		}
		saved, err := w.Change(w.editor(), Revision{d.Code, sheet.Edit, nil, false}, rename("采伐许可"))
		must(t, err)
		if saved.N != 3 {
			t.Errorf("the next draft is version %d", saved.N)
		}
		other := sample()
		other.Code, other.BaseCode = "SG11002", "440111002000"
		_, err = w.SaveDraft(w.editor(), *other, 0)
		must(t, err)
		if _, err := w.Do(w.editor(), Act{other.Code, 1, ""}, Discard, time.Time{}); !errors.Is(err, ErrMove) {
			t.Errorf("an item that was never published lost its only version: %v", err)
		}
	})
}

func TestAVersionTakesEffectWhenItsTimeComes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		seen := w.walkTo(t, d, Approved)
		for _, at := range []time.Time{{}, start, start.AddDate(2, 0, 0)} {
			if _, err := w.Do(w.reviewer(), Act{d.Code, seen, ""}, Schedule, at); !errors.Is(err, ErrEffective) {
				t.Errorf("scheduled for %s: %v", at, err)
			}
		}
		v, err := w.Do(w.reviewer(), Act{d.Code, seen, ""}, Schedule, start.Add(48*time.Hour))
		must(t, err)
		if v.State != Scheduled || !v.EffectiveAt.Equal(start.Add(48*time.Hour)) {
			t.Fatalf("scheduled: %s for %s", v.State, v.EffectiveAt)
		}
		must(t, w.PublishDue(w.ctx))
		if _, err := w.Current(w.ctx, d.Code); !errors.Is(err, ErrItemUnknown) {
			t.Errorf("in force before its time: %v", err)
		}
		w.clock.Advance(48 * time.Hour)
		must(t, w.PublishDue(w.ctx))
		must(t, w.PublishDue(w.ctx))
		if now, err := w.Current(w.ctx, d.Code); err != nil || now.N != v.N {
			t.Errorf("at its time: version %d, %v", now.N, err)
		}
	})
}

func TestRemarks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		w.walkTo(t, d, InReview)
		r := Remark{Item: d.Code, Field: "materials.0.name", Text: "名称与依据不符"}
		if err := w.AddRemark(w.editor(), r); !errors.Is(err, ErrRight) {
			t.Errorf("an editor reviews: %v", err)
		}
		must(t, w.AddRemark(w.reviewer(), r))
		if err := w.AddRemark(w.reviewer(), Remark{Item: d.Code}); err == nil {
			t.Error("an empty remark was kept")
		}
		list, err := w.Remarks(w.ctx, d.Code)
		must(t, err)
		if len(list) != 1 || list[0].Text != r.Text || list[0].AuthorName == "" {
			t.Fatalf("remarks: %+v", list)
		}
		if err := w.SettleRemark(w.as("clerk", "D11", identity.Verb("case.view")), d.Code, list[0].ID); !errors.Is(err, ErrRight) {
			t.Errorf("a stranger settles: %v", err)
		}
		must(t, w.SettleRemark(w.editor(), d.Code, list[0].ID))
		if err := w.SettleRemark(w.editor(), d.Code, list[0].ID); !errors.Is(err, ErrRemark) {
			t.Errorf("settled twice: %v", err)
		}
		if list, _ := w.Remarks(w.ctx, d.Code); len(list) != 0 {
			t.Errorf("still open: %+v", list)
		}
	})
}

func TestPathsOf(t *testing.T) {
	r, err := PathsOf(sample())
	must(t, err)
	// self and agent×2, each with none, large, steep, both; nobody stops.
	if r.Count != 13 || !r.Complete || len(r.Unreachable)+len(r.DeadEnds)+len(r.Unused) != 0 {
		t.Errorf("paths: %d %v %v %v %v", r.Count, r.Complete, r.Unreachable, r.DeadEnds, r.Unused)
	}
	last := r.Paths[len(r.Paths)-1]
	if last.Stop == "" || last.Materials != nil {
		t.Errorf("the last path: %+v", last)
	}
	d := sample()
	d.Situations[1].When = `who == "nobody"` // nobody gets past the first question
	d.Situations[2].Options[0].Stop, d.Situations[2].Options[1].Stop, d.Situations[2].Multiple = "否", "否", false
	r, err = PathsOf(d)
	must(t, err)
	if !slices.Equal(r.Unreachable, []string{"agent_near"}) || !slices.Equal(r.DeadEnds, []string{"extras"}) || !slices.Contains(r.Unused, "agent_id") {
		t.Errorf("faults: %+v", r)
	}
	d.Situations[1].When = `later == "x"`
	if _, err := PathsOf(d); err == nil {
		t.Error("a condition over a later question was accepted")
	}
}

// TestASittingIsOneLine: what a page saved by itself is told once, whatever
// else is done is told by itself, and what others saw is not forgotten.
func TestASittingIsOneLine(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		w.load(t, d)
		colleague := w.as("colleague", "D11", RightViewDraft, RightEdit)
		edit := int64(1)
		save := func(byItself bool, field string, change func(*Definition)) {
			t.Helper()
			s, err := w.Change(w.editor(), Revision{d.Code, edit, []string{field}, byItself}, func(d *Definition) error { change(d); return nil })
			must(t, err)
			edit = s.Edit
		}
		told := func(want ...string) {
			t.Helper()
			sheet, err := w.Sheet(w.editor(), d.Code)
			must(t, err)
			var got []string
			for _, h := range sheet.History[:len(sheet.History)-1] { // the last is how it was published
				got = append(got, h.ActorName+":"+strings.Join(h.Changed, "、"))
			}
			if !slices.Equal(got, want) {
				t.Errorf("the history tells %q, should tell %q", got, want)
			}
		}
		me, other := identity.FromContext(w.editor()).Name, identity.FromContext(colleague).Name
		save(true, "name", func(d *Definition) { d.Name = "采伐" })
		save(true, "name", func(d *Definition) { d.Name = "采伐许可" })
		seen := edit
		save(true, "consult", func(d *Definition) { d.Consult = "0751-8880009" })
		told(me + ":咨询电话、事项名称")
		// A colleague who looked in between has seen the name, not the telephone.
		_, err := w.Change(colleague, Revision{d.Code, seen, []string{"consult"}, true}, func(d *Definition) error { d.Consult = "0751-8880008"; return nil })
		if !errors.Is(err, ErrStale) || strings.Contains(err.Error(), "事项名称") {
			t.Errorf("a field that was changed later: %v", err)
		}
		saved, err := w.Change(colleague, Revision{d.Code, seen, []string{"name"}, true}, rename("采伐证"))
		must(t, err)
		edit = saved.Edit
		save(true, "domain", func(d *Definition) { d.Domain = "林草" })
		told(me+":业务领域", other+":事项名称", me+":咨询电话、事项名称")
		// The button ends the sitting, so does a pause.
		save(false, "domain", func(d *Definition) {})
		save(true, "domain", func(d *Definition) { d.Domain = "林业" })
		w.clock.Advance(2 * time.Hour)
		save(true, "scope", func(d *Definition) { d.Scope = "跨县" })
		save(false, "scope", func(d *Definition) { d.Scope = "跨市" })
		save(true, "scope", func(d *Definition) { d.Scope = "全市" })
		told(me+":通办范围", me+":通办范围", me+":通办范围", me+":业务领域", me+":业务领域", other+":事项名称", me+":咨询电话、事项名称")
		if edit != 10 {
			t.Errorf("ten edits are numbered up to %d", edit)
		}
	})
}
