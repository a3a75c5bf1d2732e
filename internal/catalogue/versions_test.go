package catalogue

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/errs"
)

// walkTo brings the sample from nothing to a state and gives the Edit seen last.
func (w *world) walkTo(t *testing.T, d *Definition, state State) int64 {
	t.Helper()
	saved, err := w.SaveDraft(w.editor(), *d, 0)
	must(t, err)
	seen := saved.Edit
	if state == Draft {
		return seen
	}
	_, err = w.Submit(w.editor(), Act{Item: d.Code, Seen: seen})
	must(t, err)
	if state == InReview {
		return seen + 1
	}
	_, err = w.Review(w.reviewer(), Act{Item: d.Code, Seen: seen + 1}, true)
	must(t, err)
	if state == Approved {
		return seen + 2
	}
	_, err = w.Publish(w.reviewer(), Act{Item: d.Code, Seen: seen + 2})
	must(t, err)
	return seen + 3
}

func TestFromDraftToForce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		seen := w.walkTo(t, d, Approved)
		if _, err := w.Current(w.ctx, d.Code); !errors.Is(err, ErrItemUnknown) {
			t.Fatalf("an item that is not published can be read: %v", err)
		}
		w.clock.Advance(time.Hour)
		if _, err := w.Publish(w.reviewer(), Act{Item: d.Code, Seen: seen}); err != nil {
			t.Fatal(err)
		}
		v, err := w.Current(w.ctx, d.Code)
		must(t, err)
		if v.N != 1 || v.State != Published || !v.PublishedAt.Equal(start.Add(time.Hour)) || v.AuthorName != "editor（测试）" || v.Reviewer != "reviewer" {
			t.Errorf("version %+v", v)
		}
		if v.Definition.Materials[3].Name != "授权委托书" || len(v.Definition.Process.Nodes) != 3 {
			t.Error("the definition did not come back whole")
		}
	})
}

// TestEditingAPublishedItemLeavesItAlone: the next version is a draft beside
// the one in force, which stays byte for byte as it is.
func TestEditingAPublishedItemLeavesItAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		seen := w.walkTo(t, d, Published)
		before, err := w.readVersion(w.ctx, d.Code, 1)
		must(t, err)
		d.Name, d.Promised.N = "林木采伐许可证新办", 10
		saved, err := w.SaveDraft(w.editor(), *d, seen)
		must(t, err)
		if saved.N != 2 {
			t.Fatalf("the edit became version %d", saved.N)
		}
		if v, err := w.Current(w.ctx, d.Code); err != nil || v.N != 1 || v.Definition.Promised.N != 8 {
			t.Fatalf("in force: version %d, %v", v.N, err)
		}
		seen = saved.Edit
		for _, step := range []func() error{
			func() error { _, err := w.Submit(w.editor(), Act{d.Code, seen, ""}); return err },
			func() error { _, err := w.Review(w.reviewer(), Act{d.Code, seen + 1, "同意"}, true); return err },
			func() error { _, err := w.Publish(w.reviewer(), Act{d.Code, seen + 2, ""}); return err },
		} {
			must(t, step())
		}
		v, err := w.Current(w.ctx, d.Code)
		must(t, err)
		old, err := w.Version(w.ctx, d.Code, 1)
		must(t, err)
		if v.N != 2 || v.Definition.Promised.N != 10 || old.State != Superseded || old.EndedAt.IsZero() || old.Definition.Promised.N != 8 {
			t.Errorf("in force %d (%d days), the old one %s (%d days)", v.N, v.Definition.Promised.N, old.State, old.Definition.Promised.N)
		}
		after, err := w.readVersion(w.ctx, d.Code, 1)
		must(t, err)
		if after.Definition != before.Definition {
			t.Error("the definition of the published version has changed")
		}
		// A running case reads its own version's questions.
		list, err := w.Checklist(w.ctx, d.Code, ruyuan, 1, Answers{})
		if err != nil || list.Version != 1 {
			t.Errorf("checklist of version %d: %v", list.Version, err)
		}
	})
}

// TestAPublishedDefinitionCannotBeWritten goes to the one statement that
// writes definitions, past every check above it.
func TestAPublishedDefinitionCannotBeWritten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		w.walkTo(t, d, Published)
		err := w.writeDraft(w.ctx, versionRow{Item: d.Code, N: 1, State: Draft, Definition: "{}"})
		if !errors.Is(err, ErrMove) {
			t.Fatalf("got %v", err)
		}
		row, err := w.readVersion(w.ctx, d.Code, 1)
		must(t, err)
		if row.Definition == "{}" || row.State != Published {
			t.Error("a published version was overwritten")
		}
	})
}

func TestSuspendResumeCancel(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		seen := w.walkTo(t, d, Published)
		if _, err := w.Suspend(w.reviewer(), Act{d.Code, seen, ""}); !errors.Is(err, ErrOpinion) {
			t.Fatalf("suspended without a reason: %v", err)
		}
		_, err := w.Suspend(w.reviewer(), Act{d.Code, seen, "系统升级"})
		must(t, err)
		if _, err := w.Current(w.ctx, d.Code); !errors.Is(err, ErrItemSuspended) {
			t.Errorf("a suspended item answers %v", err)
		}
		if items, _, _ := w.Search(w.ctx, Query{}, page0); len(items) != 0 {
			t.Error("a suspended item is listed")
		}
		if v, err := w.Version(w.ctx, d.Code, 1); err != nil || v.State != Suspended || v.Opinion != "系统升级" {
			t.Errorf("a running case reads %s, %v", v.State, err)
		}
		_, err = w.Resume(w.reviewer(), Act{d.Code, seen + 1, ""})
		must(t, err)
		if _, err := w.Current(w.ctx, d.Code); err != nil {
			t.Errorf("resumed: %v", err)
		}
		_, err = w.Cancel(w.reviewer(), Act{d.Code, seen + 2, "国家取消"})
		must(t, err)
		if _, err := w.Current(w.ctx, d.Code); !errors.Is(err, ErrItemUnknown) {
			t.Errorf("a cancelled item answers %v", err)
		}
		if _, err := w.SaveDraft(w.editor(), *d, seen+3); !errors.Is(err, ErrMove) {
			t.Errorf("a cancelled item can be edited: %v", err)
		}
		other := sample()
		other.Code = "SG11002"
		if _, err := w.SaveDraft(w.editor(), *other, 0); !errors.Is(err, ErrCodeTaken) {
			t.Errorf("the codes of a cancelled item were used again: %v", err)
		}
	})
}

// TestMoves tries every verb in every state: what the table does not allow is
// refused and tells what is allowed.
func TestMoves(t *testing.T) {
	allowed := map[State][]Verb{
		Draft: {Edit, Submit, Discard}, InReview: {Recall, Approve, Reject}, Approved: {Reject, Publish, Schedule}, Rejected: {Edit, Discard},
		Scheduled: {Unschedule, Publish}, Published: {Suspend, Cancel}, Suspended: {Resume, Cancel},
		Superseded: nil, Cancelled: nil, Discarded: nil,
	}
	for state, verbs := range allowed {
		for verb := range verbNames {
			_, err := find(state, verb)
			if ok := slices.Contains(verbs, verb); ok != (err == nil) {
				t.Errorf("%s in %s: %v", verb, state, err)
			}
			if err != nil && len(errs.From(err).Verbs) != len(verbs) {
				t.Errorf("%s in %s: allowed are %v, told %v", verb, state, verbs, errs.From(err).Verbs)
			}
		}
		if state.String() == "" {
			t.Errorf("state %s has no name", string(state))
		}
	}
}

func TestReviewIsBySomebodyElse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		seen := w.walkTo(t, d, InReview)
		both := w.as("editor", "D11", RightViewDraft, RightEdit, RightReview)
		if _, err := w.Review(both, Act{d.Code, seen, "好"}, true); !errors.Is(err, ErrSameReviewer) {
			t.Fatalf("an author approved his own: %v", err)
		}
		sheet, err := w.Sheet(both, d.Code)
		must(t, err)
		if slices.Contains(sheet.Verbs, Approve) || !slices.Contains(sheet.Verbs, Recall) {
			t.Errorf("the author is offered %v", sheet.Verbs)
		}
		_, err = w.Review(w.reviewer(), Act{d.Code, seen, "材料过多"}, false)
		must(t, err)
		sheet, err = w.Sheet(w.editor(), d.Code)
		must(t, err)
		if sheet.Newest.State != Rejected || sheet.Newest.Opinion != "材料过多" || !slices.Equal(sheet.Verbs, []Verb{Edit}) {
			t.Errorf("after the rejection: %s, %q, %v", sheet.Newest.State, sheet.Newest.Opinion, sheet.Verbs)
		}
		saved, err := w.SaveDraft(w.editor(), *d, sheet.Edit)
		must(t, err)
		if v, err := w.Version(w.ctx, d.Code, saved.N); err != nil || v.State != Draft || v.Opinion != "" {
			t.Errorf("mended: %s %q %v", v.State, v.Opinion, err)
		}
	})
}

func TestRightsFollowTheDepartment(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		stranger := w.as("stranger", "D12", RightViewDraft, RightEdit, RightReview, RightPublish, RightSuspend)
		for name, ctx := range map[string]context.Context{"stranger": stranger, "nobody": context.Background()} {
			if _, err := w.SaveDraft(ctx, *d, 0); !errors.Is(err, ErrRight) {
				t.Errorf("%s: save: %v", name, err)
			}
		}
		seen := w.walkTo(t, d, Draft)
		if _, err := w.Sheet(stranger, d.Code); !errors.Is(err, ErrItemUnknown) {
			t.Errorf("a stranger reads the draft: %v", err)
		}
		if items, _, err := w.Desk(stranger, DeskQuery{}, page0); err != nil || len(items) != 0 {
			t.Errorf("a stranger's desk: %v %v", items, err)
		}
		if items, _, err := w.Desk(w.editor(), DeskQuery{Q: "采伐", State: Draft}, page0); err != nil || len(items) != 1 {
			t.Errorf("the editor's desk: %v %v", items, err)
		}
		if _, err := w.Submit(stranger, Act{d.Code, seen, ""}); !errors.Is(err, ErrRight) {
			t.Errorf("a stranger submits: %v", err)
		}
		if _, err := w.Publish(w.editor(), Act{d.Code, seen, ""}); !errors.Is(err, ErrMove) {
			t.Errorf("published out of order: %v", err)
		}
	})
}

// TestAStaleEditSaysWhatChanged: two editors, one item.
func TestAStaleEditSaysWhatChanged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mine, theirs := sample(), sample()
		seen := w.walkTo(t, mine, Draft)
		theirs.Name, theirs.Consult = "林木采伐许可", "0751-8880009"
		other := w.as("colleague", "D11", RightViewDraft, RightEdit)
		_, err := w.SaveDraft(other, *theirs, seen)
		must(t, err)
		mine.Conditions = []string{"不在禁伐区"}
		_, err = w.SaveDraft(w.editor(), *mine, seen)
		if !errors.Is(err, ErrStale) || errs.KindOf(err) != errs.Conflict {
			t.Fatalf("got %v", err)
		}
		if fields := fieldsOf(err); !slices.Equal(fields, []string{"consult", "name"}) {
			t.Errorf("fields %v", fields)
		}
		if msg := errs.From(err).Message; !strings.Contains(msg, "colleague") || !strings.Contains(msg, "事项名称") {
			t.Errorf("message %s", msg)
		}
		if _, err := w.Submit(w.editor(), Act{mine.Code, seen, ""}); !errors.Is(err, ErrStale) {
			t.Errorf("a stale submit: %v", err)
		}
		if v, _ := w.Version(w.ctx, mine.Code, 1); v.Definition.Name != "林木采伐许可" {
			t.Error("the stale edit was stored")
		}
	})
}

func TestAnUnsoundItemGoesNowhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		d.FAQ, d.Complaint = nil, d.Consult
		saved, err := w.SaveDraft(w.editor(), *d, 0)
		must(t, err)
		if len(saved.Findings) != 2 {
			t.Errorf("findings %v", saved.Findings)
		}
		_, err = w.Submit(w.editor(), Act{d.Code, saved.Edit, ""})
		if !errors.Is(err, ErrFindings) || !slices.Equal(fieldsOf(err), []string{"faq", "complaint"}) {
			t.Errorf("submitted: %v", err)
		}
		// Rules may have changed since the review: publication asks again.
		sound := sample()
		saved, err = w.SaveDraft(w.editor(), *sound, saved.Edit)
		must(t, err)
		_, err = w.DB.Conn(w.ctx).Exec(w.ctx, `UPDATE catalogue_version SET state = 'approved', definition = REPLACE(definition, '0751-8880002', '0751-8880001')`)
		must(t, err)
		_, err = w.DB.Conn(w.ctx).Exec(w.ctx, `UPDATE catalogue_item SET open_state = 'approved'`)
		must(t, err)
		if _, err := w.Publish(w.reviewer(), Act{d.Code, saved.Edit, ""}); !errors.Is(err, ErrFindings) {
			t.Errorf("published: %v", err)
		}
	})
}

func TestHistoryTellsEverything(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := sample()
		seen := w.walkTo(t, d, Published)
		d.Name = "林木采伐许可"
		_, err := w.SaveDraft(w.editor(), *d, seen)
		must(t, err)
		sheet, err := w.Sheet(w.reviewer(), d.Code)
		must(t, err)
		var verbs []string
		for _, h := range slices.Backward(sheet.History) {
			verbs = append(verbs, string(h.Verb))
		}
		if got := strings.Join(verbs, " "); got != "edit submit approve publish edit" {
			t.Error(got)
		}
		if c := sheet.History[0].Changed; !slices.Equal(c, []string{"事项名称"}) {
			t.Errorf("changed %v", c)
		}
		if len(sheet.Versions) != 2 || sheet.Versions[0].N != 2 || sheet.Versions[1].State != Published {
			t.Errorf("versions %+v", sheet.Versions)
		}
		// The list still shows what is in force.
		if sheet.Item.Name != "林木采伐许可证核发" || sheet.Item.OpenState != Draft {
			t.Errorf("item %+v", sheet.Item)
		}
	})
}
