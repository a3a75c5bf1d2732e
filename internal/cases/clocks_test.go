package cases

import (
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/org"
	"yimen/internal/workflow"
	"yimen/workday"
)

func TestAfterOfficeHours(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		// Friday, 18 September 2026, 17:30 in Beijing; Sunday the 20th is worked.
		w.clock.Set(time.Date(2026, 9, 18, 17, 30, 0, 0, clock.Beijing))
		c := one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		if c.ReceivedOn.String() != "2026-09-20" || c.ReceiptDueOn.String() != "2026-09-28" {
			t.Errorf("received %s, due %s", c.ReceivedOn, c.ReceiptDueOn)
		}
		w.clock.Set(time.Date(2026, 9, 18, 17, 29, 59, 0, clock.Beijing))
		c = one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		if c.ReceivedOn.String() != "2026-09-18" {
			t.Errorf("received %s", c.ReceivedOn)
		}
		// Accepted in the evening all the same.
		w.clock.Set(time.Date(2026, 9, 18, 20, 0, 0, 0, clock.Beijing))
		late := one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		late = one[Case](w)(w.Accept(w.as("approver"), late.Number, Act{}))
		if late.ReceivedOn.String() != "2026-09-18" || late.AcceptedOn.String() != "2026-09-18" {
			t.Errorf("received %s, accepted %s", late.ReceivedOn, late.AcceptedOn)
		}
	})
}

func TestCorrection(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		ask := func(a Act) error { return second(w.RequestCorrection(w.as("approver"), c.Number, a)) }
		w.field(ask(Act{}), "deficiencies")
		w.field(ask(Act{Deficiencies: []Deficiency{{Material: "form", Problem: "未签名"}}}), "deficiencies.0.cure")
		w.field(ask(Act{Deficiencies: []Deficiency{{Material: "form", Cure: "签名"}}}), "deficiencies.0.problem")
		// A proof that is not on the list cannot be demanded.
		w.field(ask(Act{Deficiencies: []Deficiency{{Material: "design", Problem: "缺", Cure: "补"}}}), "deficiencies.0.material")
		w.field(ask(Act{Days: 999, Deficiencies: []Deficiency{{Problem: "缺", Cure: "补"}}}), "days")
		w.field(ask(Act{Opinion: " "}), "deficiencies")
		good := Act{Days: 5, Deficiencies: []Deficiency{
			{Material: "form", Problem: "未签名", Cure: "由本人签名"}, {Problem: "面积与林权证不符", Cure: "核对后重填"},
		}}
		w.must(ask(good))
		c = w.find(c.Number)
		if c.State != StateCorrecting || c.CorrectionDueOn.String() != "2026-09-22" || c.Clock != ClockCorrection || c.Light != LightNone ||
			len(c.Content.Correction) != 2 {
			t.Fatalf("%s due %s %s %s", c.State, c.CorrectionDueOn, c.Clock, c.Light)
		}
		n := one[Notice](w)(w.Notice(w.as("zhang"), c.Number, c.Content.Notices[0].ID))
		if n.Kind != NoticeCorrection || len(n.Sheet.Demands) != 2 || n.Sheet.Demands[0].Material != "林木采伐申请表" {
			t.Errorf("notice: %+v", n.Sheet)
		}
		w.on("2026-09-21")
		w.field(second(w.Correct(w.as("zhang"), c.Number, Act{})), "materials")
		w.field(second(w.Correct(w.as("zhang"), c.Number, Act{Form: []byte(`{"name":"x","area":-1}`)})), "form.area")
		w.field(second(w.Correct(w.as("zhang"), c.Number, Act{Materials: []Handed{{ID: "form", File: w.upload("li", "a.pdf")}}})), "materials.0.file")
		fresh := w.upload("zhang", "申请表（已签名）.pdf")
		w.must(second(w.Correct(w.as("zhang"), c.Number, Act{
			Form: []byte(`{"name":"大寮坑","area":2}`), Materials: []Handed{{ID: "form", File: fresh}},
		})))
		c = w.find(c.Number)
		if c.State != StateReceived || c.ReceivedOn.String() != "2026-09-21" || c.ReceiptDueOn.String() != "2026-09-29" ||
			string(c.Content.Form) != `{"name":"大寮坑","area":2}` {
			t.Fatalf("%s received %s due %s form %s", c.State, c.ReceivedOn, c.ReceiptDueOn, c.Content.Form)
		}
		old := 0
		for _, m := range c.Content.Materials {
			if m.Superseded != nil {
				old++
				if m.ID != "form" || m.File == fresh {
					t.Errorf("superseded: %+v", m)
				}
			}
		}
		if old != 1 || len(c.Content.Materials) != 3 {
			t.Errorf("%d materials, %d of them superseded", len(c.Content.Materials), old)
		}
		// Once only, and never after acceptance.
		e := w.wants(ask(good), ErrCorrectionOnce)
		if strings.Contains(strings.Join(e.Verbs, " "), "request-correction") || !strings.Contains(strings.Join(e.Verbs, " "), "accept") {
			t.Errorf("allowed: %v", e.Verbs)
		}
		w.must(second(w.Accept(w.as("approver"), c.Number, Act{})))
		w.wants(ask(good), ErrNoCorrectionAfter)
	})
}

func TestUncorrectedEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.received()
		w.must(second(w.RequestCorrection(w.as("clerk"), c.Number, Act{Opinion: "申请表缺签名"})))
		c = w.find(c.Number)
		if d := c.Content.Correction; len(d) != 1 || d[0].Problem != "申请表缺签名" || d[0].Cure == "" {
			t.Errorf("%+v", d)
		}
		if c.CorrectionDueOn.String() != "2026-10-13" { // 15 working days over Mid-Autumn and National Day
			t.Fatalf("due %s", c.CorrectionDueOn)
		}
		w.on("2026-10-13")
		w.must(w.TerminateUncorrected(w.ctx))
		if got := w.find(c.Number); got.State != StateCorrecting {
			t.Fatalf("ended on its last day: %s", got.State)
		}
		w.on("2026-10-14")
		w.must(w.TerminateUncorrected(w.ctx))
		w.must(w.TerminateUncorrected(w.ctx))
		if got := w.find(c.Number); got.State != StateTerminated || got.ClosedAt == nil {
			t.Errorf("%s", got.State)
		}
		if got := w.verbs(c.Number); got != "submit receive request-correction terminate-uncorrected" {
			t.Errorf("history: %s", got)
		}
	})
}

func TestDeemedAcceptance(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := w.received(), one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		asked := w.received()
		w.must(second(w.RequestCorrection(w.as("clerk"), asked.Number, Act{Deficiencies: []Deficiency{{Problem: "缺签名", Cure: "签名"}}})))
		w.on("2026-09-22")
		w.must(w.DeemAccepted(w.ctx))
		if got := w.find(a.Number); got.State != StateReceived || got.Light != LightRed {
			t.Fatalf("deemed on its last day: %s %s", got.State, got.Light)
		}
		w.on("2026-09-23")
		w.must(w.DeemAccepted(w.ctx))
		for _, c := range []Case{a, b} {
			got := w.find(c.Number)
			// Back to 09-16: eight working days end on 09-28.
			if got.State != StateReviewing || !got.Deemed || got.AcceptedOn.String() != "2026-09-16" || got.DueOn.String() != "2026-09-28" {
				t.Errorf("%s deemed %t accepted %s due %s", got.State, got.Deemed, got.AcceptedOn, got.DueOn)
			}
			if v := w.verbs(c.Number); !strings.HasSuffix(v, "deem-accepted review") {
				t.Errorf("history: %s", v)
			}
			if v := w.papers(c.Number); !strings.HasSuffix(v, NoticeAcceptance) {
				t.Errorf("notices: %s", v)
			}
		}
		if got := w.find(asked.Number); got.State != StateCorrecting {
			t.Errorf("a case that was asked to correct became %s", got.State)
		}
		if got := heard[Accepted](w); len(got) != 2 || !got[0].Deemed || got[0].DueOn.String() != "2026-09-28" {
			t.Errorf("told: %+v", got)
		}
		w.must(w.DeemAccepted(w.ctx)) // nothing left to do
	})
}

func TestPauseOverTheHoliday(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.on("2026-09-24")
		c := w.reviewing() // eight working days: due 10-13
		if c.DueOn.String() != "2026-10-13" {
			t.Fatalf("due %s", c.DueOn)
		}
		w.on("2026-09-29") // two have counted
		pause := func(a Act) error { return second(w.Pause(w.as("approver"), c.Number, a)) }
		e := w.wants(pause(Act{Procedure: "hearing", Days: 5, Opinion: "申请听证"}), ErrPauseNotListed)
		if e.Kind.Status() != 422 {
			t.Errorf("status %d", e.Kind.Status())
		}
		w.field(pause(Act{Procedure: "inspection", Opinion: "送检"}), "days")
		w.field(pause(Act{Procedure: "inspection", Days: 5}), "opinion")
		w.field(pause(Act{Procedure: "publicity", Days: 6, Opinion: "公示"}), "days")
		w.must(pause(Act{Procedure: "inspection", Days: 5, Opinion: "送检"}))
		c = w.find(c.Number)
		if c.State != StatePaused || c.Light != LightNone || c.Clock != ClockNone || c.DaysLeft != nil {
			t.Fatalf("%s %s %s", c.State, c.Light, c.Clock)
		}
		if l := c.Content.Ledger[1]; l.Document != "乳源瑶族自治县林业局特程〔2026〕1号" || !strings.Contains(l.Reason, "检验") {
			t.Errorf("ledger: %+v", l)
		}
		i := one[workflow.Instance](w)(w.flow.Instance(w.ctx, c.Number))
		w.wants(w.flow.Approve(w.as("approver"), i.Tasks[0].ID, workflow.Act{}), workflow.ErrTaskHeld)
		w.wants(second(w.Decide(w.as("approver"), c.Number, Act{Outcome: Granted})), ErrVerbNotAllowed)
		w.wants(pause(Act{Procedure: "inspection", Days: 5, Opinion: "送检"}), ErrVerbNotAllowed)
		w.on("2026-10-12")
		if got := w.find(c.Number); got.PromiseDueOn.String() != "2026-10-20" {
			t.Errorf("if it ran on today it would be due %s", got.PromiseDueOn)
		}
		c = one[Case](w)(w.Resume(w.as("approver"), c.Number, Act{Opinion: "检验合格"}))
		// The day of the pause counted (09-28 and 09-29 are two), six are left from 10-13.
		if c.State != StateReviewing || c.DueOn.String() != "2026-10-20" {
			t.Errorf("%s due %s", c.State, c.DueOn)
		}
		w.pass("approver", c.Number, "review")
	})
}

func TestExtensionOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.reviewing() // 09-16: due 09-28
		extend := func(a Act) error { return second(w.Extend(w.as("head"), c.Number, a)) }
		w.field(extend(Act{Days: 11, Opinion: "疑难", ApprovedBy: "局长"}), "days")
		w.field(extend(Act{Days: 5, ApprovedBy: "局长"}), "opinion")
		w.field(extend(Act{Days: 5, Opinion: "疑难"}), "approved_by")
		w.wants(second(w.Extend(w.as("clerk"), c.Number, Act{})), ErrVerbDenied)
		w.must(extend(Act{Days: 5, Opinion: "疑难复杂", ApprovedBy: "局长", Document: "乳林延〔2026〕7号"}))
		c = w.find(c.Number)
		if c.State != StateReviewing || c.DueOn.String() != "2026-10-10" || c.Content.StatutoryDueOn.IsZero() {
			t.Errorf("%s due %s", c.State, c.DueOn)
		}
		if l := c.Content.Ledger[1]; l.Document != "乳林延〔2026〕7号" || l.ApprovedBy != "局长" || l.Days != 5 {
			t.Errorf("ledger: %+v", l)
		}
		if got := w.papers(c.Number); got != "receipt acceptance extension" {
			t.Errorf("notices: %s", got)
		}
		w.wants(extend(Act{Days: 1, Opinion: "再延", ApprovedBy: "局长"}), ErrExtendedOnce)
		other := w.reviewing()
		w.field(second(w.Extend(w.as("head"), other.Number, Act{Days: 1, Opinion: "疑难", ApprovedBy: "局长", Document: "乳林延〔2026〕7号"})), "document")
		if got := w.find(other.Number); got.DueOn.String() != "2026-09-28" || len(got.Content.Ledger) != 1 {
			t.Errorf("the refused extension left due %s", got.DueOn)
		}
	})
}

func TestCalendarChangeMovesDueDates(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		reviewing, received := w.reviewing(), w.received()
		if reviewing.DueOn.String() != "2026-09-28" || received.DueOn.String() != "2026-09-22" {
			t.Fatalf("due %s, %s", reviewing.DueOn, received.DueOn)
		}
		festival := []workday.Day{{Date: day("2026-09-21"), Off: true, Name: "本地放假", Notice: "县政府通知"}}
		calendars, err := w.org.CalendarsWith(w.ctx, ruyuan, 2026, festival)
		w.must(err)
		shifts := one[Shifts](w)(w.Foresee(w.ctx, ruyuan, calendars, 1))
		if shifts.Later != 2 || shifts.Earlier != 0 || len(shifts.List) != 1 {
			t.Errorf("foreseen: %+v", shifts)
		}
		if s := shifts.List[0]; s.Number != reviewing.Number || s.From.String() != "2026-09-28" || s.To.String() != "2026-09-29" {
			t.Errorf("foreseen: %+v", s)
		}
		if got := w.find(reviewing.Number); got.DueOn.String() != "2026-09-28" {
			t.Errorf("foreseeing moved it to %s", got.DueOn)
		}
		w.must(w.org.LoadCity(w.ctx, org.Rows{CalendarDays: []org.CalendarDay{
			{Division: ruyuan, Day: day("2026-09-21"), Off: true, Name: "本地放假", Notice: "县政府通知"},
		}}))
		w.must(w.RecomputeDue(w.ctx, shixing))
		if got := w.find(reviewing.Number); got.DueOn.String() != "2026-09-28" {
			t.Errorf("another county's change moved it to %s", got.DueOn)
		}
		w.must(w.RecomputeDue(w.ctx, ruyuan))
		if got := w.find(reviewing.Number); got.DueOn.String() != "2026-09-29" || got.Revision != reviewing.Revision {
			t.Errorf("due %s revision %d", got.DueOn, got.Revision)
		}
		if got := w.find(received.Number); got.DueOn.String() != "2026-09-23" {
			t.Errorf("due %s", got.DueOn)
		}
	})
}

func TestDeferredMaterials(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.atWindow()
		s.Answers = map[string][]string{"who": {"large"}}
		w.field(second(w.Submit(w.as("clerk"), s)), "materials.design")
		s.Materials = append(s.Materials, Handed{ID: "design", Later: true})
		s.DeferUntil = day("2026-09-29") // the promise ends on 09-28
		w.field(second(w.Submit(w.as("clerk"), s)), "defer_until")
		s.DeferUntil = day("2026-09-24")
		c := one[Case](w)(w.Submit(w.as("clerk"), s))
		w.must(second(w.Accept(w.as("clerk"), c.Number, Act{})))
		if got := w.papers(c.Number); got != "receipt acceptance deferral" {
			t.Errorf("notices: %s", got)
		}
		w.pass("approver", c.Number, "review")
		w.must(second(w.Decide(w.as("approver"), c.Number, Act{Outcome: Granted})))
		w.drain()
		if got := w.find(c.Number); got.State != StateIssuing {
			t.Fatalf("state %s: no result may leave before the material is there", got.State)
		}
		w.field(second(w.Supplement(w.as("clerk"), c.Number, Act{Materials: []Handed{{ID: "design", Later: true}}})), "materials.0.later")
		// Neither what follows later nor what a correction brings may be off the list.
		w.field(second(w.Supplement(w.as("clerk"), c.Number, Act{Materials: []Handed{{ID: "residence_proof", Paper: true}}})), "materials.0.id")
		w.must(second(w.Supplement(w.as("clerk"), c.Number, Act{Materials: []Handed{{ID: "design", Paper: true}}})))
		w.drain()
		if got := w.find(c.Number); got.State != StateDelivering || !got.DeferredUntil.IsZero() {
			t.Errorf("state %s", got.State)
		}
		w.wants(second(w.Supplement(w.as("clerk"), w.reviewing().Number, Act{})), ErrNothingDeferred)

		// Not brought in time: the case ends.
		c = one[Case](w)(w.Submit(w.as("clerk"), s))
		w.must(second(w.Accept(w.as("clerk"), c.Number, Act{})))
		w.on("2026-09-24")
		w.must(w.TerminateUncorrected(w.ctx))
		if got := w.find(c.Number); got.State != StateReviewing {
			t.Errorf("ended on the last day: %s", got.State)
		}
		w.on("2026-09-25")
		w.must(w.TerminateUncorrected(w.ctx))
		if got := w.find(c.Number); got.State != StateTerminated {
			t.Errorf("state %s", got.State)
		}
	})
}
