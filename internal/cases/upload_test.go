package cases

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/files"
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
