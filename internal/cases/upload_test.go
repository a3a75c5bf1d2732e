package cases

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/files"
	"yimen/workday"
)

// Uploads that nobody handed in go after two days; those of a case, or of a
// draft still open, stay.
func TestUploadsAreSwept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		keep := func(name string) string {
			f, err := w.Uploads().Save(w.as("zhang"), name, "application/pdf", strings.NewReader("%PDF-1.4\n"+name+"\n%%EOF\n"), "zhang")
			w.must(err)
			return f.ID
		}
		handed, drafted, lost := keep("交了.pdf"), keep("草稿.pdf"), keep("没交.pdf")
		s := w.web("zhang")
		s.Materials[0].File = handed
		w.must(second(w.Submit(w.as("zhang"), s)))
		d := one[Draft](w)(w.SaveDraft(w.as("zhang"), Submission{Item: felling, Materials: []Handed{{ID: "form", File: drafted}}}))
		w.clock.Advance(47 * time.Hour)
		w.must(w.SweepUploads(w.ctx))
		w.must(second(w.files.Stat(w.ctx, lost)))
		w.clock.Advance(2 * time.Hour)
		w.must(w.SweepUploads(w.ctx))
		if _, err := w.files.Stat(w.ctx, lost); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("an upload that belongs to nothing: %v", err)
		}
		w.must(second(w.files.Stat(w.ctx, handed)))
		w.must(second(w.files.Stat(w.ctx, drafted)))
		w.must(w.DiscardDraft(w.as("zhang"), d.Number))
		w.must(w.SweepUploads(w.ctx))
		if _, err := w.files.Stat(w.ctx, drafted); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("an upload of a draft that was deleted: %v", err)
		}
		w.must(second(w.files.Stat(w.ctx, handed)))
	})
}

// What was put together for a correction keeps its photos until it is handed in.
func TestReplyKeepsItsUploads(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		w.must(second(w.RequestCorrection(w.as("approver"), c.Number, Act{Deficiencies: []Deficiency{{Material: "form", Problem: "照片不清", Cure: "重拍"}}})))
		keep := func(name string) string {
			f, err := w.Uploads().Save(w.as("zhang"), name, "application/pdf", strings.NewReader("%PDF-1.4\n"+name+"\n%%EOF\n"), "zhang")
			w.must(err)
			return f.ID
		}
		front, back := keep("正面.pdf"), keep("反面.pdf")
		for _, file := range []string{front, back} {
			w.must(second(w.ChangeReply(w.as("zhang"), c.Number, func(list []Handed) []Handed { return append(list, Handed{ID: "form", File: file}) })))
		}
		w.clock.Advance(72 * time.Hour)
		w.must(w.SweepUploads(w.ctx))
		r := one[Reply](w)(w.Reply(w.as("zhang"), c.Number))
		if len(r.Materials) != 2 || r.Materials[1].File != back || r.UpdatedAt.IsZero() {
			t.Errorf("%+v", r)
		}
		w.must(second(w.files.Stat(w.ctx, front)))
		w.wants(second(w.Reply(w.as("li"), c.Number)), ErrUnknown)
		w.wants(second(w.ChangeReply(w.as("li"), c.Number, func(l []Handed) []Handed { return l })), ErrUnknown)
		w.must(second(w.Correct(w.as("zhang"), c.Number, Act{Materials: r.Materials})))
		if r := one[Reply](w)(w.Reply(w.as("zhang"), c.Number)); len(r.Materials) != 0 {
			t.Errorf("handed in, and still there: %+v", r)
		}
		w.must(w.SweepUploads(w.ctx))
		w.must(second(w.files.Stat(w.ctx, front)))
	})
}

// A draft that nobody touches is told of a week before and then removed; a
// touch gives it all its days again.
func TestDraftsAreSwept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		withdrawn := &withdrawals{}
		w.Licences = withdrawn
		days := func(n int) { w.clock.Advance(time.Duration(n) * 24 * time.Hour) }
		sweep := func() { t.Helper(); w.must(w.SweepDrafts(w.ctx)) }
		left := one[Draft](w)(w.SaveDraft(w.as("zhang"), Submission{Item: felling}))
		taken := one[Draft](w)(w.SaveDraft(w.as("zhang"), Submission{Item: felling}))
		if want := workday.DateOf(w.clock.Now(), clock.Beijing).Add(90); left.EndsOn != want {
			t.Errorf("a draft says it ends on %s, want %s", left.EndsOn, want)
		}
		days(82)
		sweep()
		if n := len(heard[DraftEnding](w)); n != 0 {
			t.Errorf("%d are told too early", n)
		}
		days(2)
		sweep()
		sweep() // once each
		if n := len(heard[DraftEnding](w)); n != 2 {
			t.Errorf("%d are told, want 2", n)
		}
		w.must(second(w.ChangeDraft(w.as("zhang"), taken.Number, func(_ context.Context, s *Submission) error { s.Deliver = DeliverWindow; return nil })))
		days(8)
		sweep()
		w.wants(second(w.Draft(w.as("zhang"), left.Number)), ErrDraftUnknown)
		w.must(second(w.Draft(w.as("zhang"), taken.Number)))
		if !slices.Equal(withdrawn.of, []string{left.Number}) {
			t.Errorf("consents are withdrawn of %v, want of %s", withdrawn.of, left.Number)
		}

		days(200) // nothing ran for long: the week is given all the same
		sweep()
		w.must(second(w.Draft(w.as("zhang"), taken.Number)))
		days(8)
		sweep()
		w.wants(second(w.Draft(w.as("zhang"), taken.Number)), ErrDraftUnknown)
	})
}

// withdrawals notes of which applications consents are withdrawn.
type withdrawals struct {
	Licences
	of []string
}

func (x *withdrawals) Withdraw(_ context.Context, number, _ string) error {
	x.of = append(x.of, number)
	return nil
}

// Two devices change different parts of one draft: neither undoes the other.
func TestDraftIsChangedAsItStands(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := one[Draft](w)(w.SaveDraft(w.as("zhang"), Submission{Item: felling}))
		w.must(second(w.ChangeDraft(w.as("zhang"), d.Number, func(_ context.Context, s *Submission) error { s.Deliver = DeliverWindow; return nil })))
		got := one[Draft](w)(w.ChangeDraft(w.as("zhang"), d.Number, func(_ context.Context, s *Submission) error { s.Applicant.Phone = "13800001111"; return nil }))
		if got.Submission.Deliver != DeliverWindow || got.Submission.Applicant.Phone == "" || got.Number != d.Number {
			t.Errorf("%+v", got)
		}
		refused := ErrNothingDeferred
		w.wants(second(w.ChangeDraft(w.as("zhang"), d.Number, func(_ context.Context, s *Submission) error { s.Deliver = DeliverPost; return refused })), refused)
		if got := one[Draft](w)(w.Draft(w.as("zhang"), d.Number)); got.Submission.Deliver != DeliverWindow {
			t.Errorf("a change that was refused is kept: %s", got.Submission.Deliver)
		}
		w.wants(second(w.ChangeDraft(w.as("li"), d.Number, func(context.Context, *Submission) error { return nil })), ErrDraftUnknown)
	})
}
