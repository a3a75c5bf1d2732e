package cases

import (
	"strings"
	"testing"

	"yimen/internal/kit/clock"
	"yimen/internal/workflow"
	"yimen/workday"
)

// settled is a case that was decided, handed out and filed away.
func (w *world) settled() Case {
	w.t.Helper()
	w.on("2026-09-16")
	c := w.received()
	w.must(second(w.Accept(w.as("clerk"), c.Number, Act{})))
	w.on("2026-09-17")
	w.pass("approver", c.Number, "review")
	w.must(second(w.Pause(w.as("approver"), c.Number, Act{Procedure: "inspection", Days: 5, Opinion: "现场踏勘"})))
	w.on("2026-09-22")
	w.must(second(w.Resume(w.as("approver"), c.Number, Act{Opinion: "踏勘完成"})))
	w.must(second(w.Decide(w.as("approver"), c.Number, Act{Outcome: Granted, Opinion: "同意"})))
	w.drain()
	w.on("2026-09-23")
	w.must(second(w.Deliver(w.as("clerk"), c.Number, Act{Receiver: "王小明", ReceiverIDNo: "1233"})))
	w.on("2026-11-10")
	w.must(w.ArchiveClosed(w.ctx))
	return w.find(c.Number)
}

func TestFillRepeatsASettledCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.settled()
		first := workday.NewDate(2024, 3, 1)
		f := one[*Filling](w)(w.Fill(w.ctx, first))
		s := one[*Stencil](w)(f.Stencil(w.ctx, c.Number))
		if _, err := f.Stencil(w.ctx, w.received().Number); err == nil {
			t.Error("a case that is under way is repeated")
		}
		last := s.Latest(w.today(w.ctx))
		batch := f.NewBatch()
		var made []string
		for _, day := range []workday.Date{first, workday.NewDate(2025, 9, 30), last} {
			who := Person{Name: "盘" + day.Chinese()[:4], IDNo: "440232199001010019", Phone: "19912345678", Birth: workday.NewDate(1990, 1, 1)}
			made = append(made, f.Add(batch, s, s.Workday(day), who, w.clock.Now()))
		}
		w.must(f.Write(w.ctx, batch))

		w.known(false)
		w.must(w.CompactTally(w.ctx))
		w.known(true)
		w.spans("filled")
		cases, wrong, err := w.CheckCounts(w.ctx)
		w.must(err)
		if cases != 5 || len(wrong) != 0 {
			t.Fatalf("%d cases, counted wrongly: %v", cases, wrong)
		}
		for i, number := range made {
			w.must(w.CheckCase(w.ctx, number))
			w.filled(c, number, i == 2)
		}
		if n := len(one[[]string](w)(w.Some(w.ctx, first.Time(clock.Beijing), w.clock.Now(), 200))); n < 4 {
			t.Errorf("%d cases are found", n)
		}
		// The numbers of documents go on where the filling ended.
		next := w.received()
		w.must(second(w.Accept(w.as("clerk"), next.Number, Act{})))
		for _, n := range w.find(next.Number).Content.Notices {
			if n.Kind == NoticeAcceptance && n.DocNo != "乳源瑶族自治县林业局受理〔2026〕3号" {
				t.Errorf("the next document is %s", n.DocNo)
			}
		}
	})
}

// filled looks at a case that was made of c; recent: too late to be filed away.
func (w *world) filled(c Case, number string, recent bool) {
	w.t.Helper()
	got := w.find(number)
	want, state := w.verbs(c.Number), StateArchived
	if recent {
		want, state = strings.TrimSuffix(want, " archive"), StateClosed
	}
	if !ValidNumber(number) || number[:6] != strings.ReplaceAll(workday.DateOf(got.SubmittedAt, clock.Beijing).String()[2:], "-", "") ||
		got.State != state || w.verbs(number) != want || w.papers(number) != w.papers(c.Number) {
		w.t.Errorf("%s is %s: %s; %s", number, got.State, w.verbs(number), w.papers(number))
	}
	cal := workday.China()
	if cal.WorkdaysBetween(got.AcceptedOn, got.DecidedOn) != cal.WorkdaysBetween(c.AcceptedOn, c.DecidedOn) ||
		cal.WorkdaysBetween(got.AcceptedOn, got.PromiseDueOn) != cal.WorkdaysBetween(c.AcceptedOn, c.PromiseDueOn) {
		w.t.Errorf("%s took another time: %s to %s", number, got.AcceptedOn, got.DecidedOn)
	}
	in := one[workflow.Instance](w)(w.flow.Instance(w.ctx, number))
	if in.ID != got.Content.Instance || len(in.Tasks) != 2 || len(in.History) == 0 || in.Tasks[1].State != workflow.Done {
		w.t.Errorf("process of %s: %+v", number, in)
	}
	for _, row := range got.Content.Notices {
		n := one[Notice](w)(w.Notice(w.ctx, number, row.ID))
		text := asJSON(n.Sheet)
		if n.Sheet.Number != number || n.Sheet.Applicant != got.Applicant.Name || n.Sheet.DocNo != n.DocNo || strings.Contains(text, "王小明") ||
			strings.Contains(text, c.Number) || !strings.Contains(n.DocNo, "〔"+n.Sheet.On.String()[:4]+"〕") {
			w.t.Errorf("notice %s: %s", n.DocNo, text)
		}
	}
}
