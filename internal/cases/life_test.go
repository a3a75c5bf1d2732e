package cases

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/workflow"
)

func TestHappyPath(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		if c.State != StateSubmitted || !ValidNumber(c.Number) || len(c.QueryCode) != 6 || c.Competent.Code != forestry ||
			c.Receiving.Code != village || c.Clock != ClockReceipt || c.DueOn.String() != "2026-09-22" {
			t.Fatalf("submitted: %+v", c)
		}
		w.on("2026-09-17")
		c = one[Case](w)(w.Accept(w.as("approver"), c.Number, Act{Opinion: "材料齐全"}))
		// Eight working days from 09-17, without Mid-Autumn (09-25) and with the make-up Sunday 09-20.
		if c.State != StateReviewing || c.AcceptedOn.String() != "2026-09-17" || c.DueOn.String() != "2026-09-29" || c.Clock != ClockPromise {
			t.Fatalf("accepted: %s %s due %s %s", c.State, c.AcceptedOn, c.DueOn, c.Clock)
		}
		e := w.wants(second(w.Decide(w.as("approver"), c.Number, Act{Outcome: Granted})), ErrStepsOpen)
		if !strings.Contains(e.Message, "审查") {
			t.Errorf("the open step is not named: %s", e.Message)
		}
		w.pass("approver", c.Number, "review")
		w.on("2026-09-18")
		c = one[Case](w)(w.Decide(w.as("approver"), c.Number, Act{Outcome: Granted, Opinion: "同意采伐"}))
		if c.State != StateDelivering || c.Outcome != Granted || c.DecidedOn.String() != "2026-09-18" || c.Clock != ClockDelivery {
			t.Fatalf("decided: %+v", c)
		}
		w.drain()
		w.on("2026-09-22")
		// The outlet that received delivers; another does not see the case.
		w.wants(second(w.Deliver(w.as("clerk"), c.Number, Act{Receiver: "张建国"})), ErrUnknown)
		w.field(second(w.Deliver(w.as("approver"), c.Number, Act{})), "receiver")
		c = one[Case](w)(w.Deliver(w.as("approver"), c.Number, Act{Receiver: "张建国", ReceiverIDNo: "1233"}))
		if c.State != StateClosed || c.ClosedAt == nil || c.Clock != ClockNone || c.Light != LightNone || c.DueOn.String() != "2026-09-29" {
			t.Fatalf("closed: %+v", c)
		}
		if got := w.verbs(c.Number); got != "submit accept review decide issue dispatch deliver" {
			t.Errorf("history: %s", got)
		}
		if got := w.papers(c.Number); got != "acceptance grant delivery" {
			t.Errorf("notices: %s", got)
		}
		if got := heard[Closed](w); len(got) != 1 || got[0].Number != c.Number || got[0].Outcome != Granted || got[0].Account != "zhang" {
			t.Errorf("told: %+v", got)
		}
		w.on("2026-11-10")
		w.must(w.ArchiveClosed(w.ctx))
		if c = w.find(c.Number); c.State != StateArchived {
			t.Errorf("state %s, want archived", c.State)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestAtWindow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.received()
		if c.State != StateReceived || c.Receiving.Code != ruyuan || c.ReceivedOn.String() != "2026-09-16" {
			t.Fatalf("%+v", c)
		}
		if got := w.verbs(c.Number); got != "submit receive" {
			t.Errorf("history: %s", got)
		}
		if got := w.papers(c.Number); got != "receipt" {
			t.Errorf("notices: %s", got)
		}
		n := one[Notice](w)(w.Notice(w.as("clerk"), c.Number, w.find(c.Number).Content.Notices[0].ID))
		if len(n.Sheet.Names) != 2 || !strings.Contains(n.Sheet.DocNo, c.Number) || !strings.Contains(strings.Join(n.Sheet.Decision, ""), c.QueryCode) {
			t.Errorf("receipt: %+v", n.Sheet)
		}
	})
}

func TestInstantClosesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.atWindow()
		s.Item, s.Answers, s.Deliver = notice, nil, DeliverElectronic
		c := one[Case](w)(w.Submit(w.as("clerk"), s))
		c = one[Case](w)(w.Accept(w.as("clerk"), c.Number, Act{}))
		if c.DueOn.String() != "2026-09-16" || c.Light != LightNormal {
			t.Errorf("due %s %s", c.DueOn, c.Light)
		}
		c = one[Case](w)(w.Decide(w.as("approver"), c.Number, Act{Outcome: Granted}))
		if c.State != StateClosed {
			t.Fatalf("state %s, want closed without any job", c.State)
		}
		if got := w.papers(c.Number); got != "receipt acceptance grant delivery" {
			t.Errorf("notices: %s", got)
		}
	})
}

func TestDenied(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.reviewing()
		w.pass("approver", c.Number, "review")
		w.field(second(w.Decide(w.as("approver"), c.Number, Act{Outcome: Denied})), "opinion")
		w.field(second(w.Decide(w.as("approver"), c.Number, Act{Outcome: "maybe"})), "outcome")
		if got := w.find(c.Number); got.State != StateReviewing {
			t.Fatalf("a decision without reasons left %s", got.State)
		}
		w.must(second(w.Decide(w.as("head"), c.Number, Act{Outcome: Denied, Opinion: "林地权属有争议"})))
		w.drain()
		c = w.find(c.Number)
		if c.State != StateDelivering || c.Outcome != Denied {
			t.Fatalf("%s %s", c.State, c.Outcome)
		}
		if got := w.verbs(c.Number); got != "submit receive accept review decide dispatch" {
			t.Errorf("history: %s", got)
		}
		list := c.Content.Notices
		n := one[Notice](w)(w.Notice(w.as("clerk"), c.Number, list[len(list)-1].ID))
		if n.Kind != NoticeDenial || n.Sheet.Title != "不予行政许可决定书" || !strings.Contains(n.Sheet.Remedies, "行政复议") ||
			!strings.Contains(n.Sheet.Remedies, "行政诉讼") || !strings.Contains(strings.Join(n.Sheet.Facts, ""), "权属有争议") {
			t.Errorf("denial: %+v", n.Sheet)
		}
		if want := "乳源瑶族自治县林业局不决〔2026〕1号"; n.Sheet.DocNo != want {
			t.Errorf("number %s, want %s", n.Sheet.DocNo, want)
		}
		if again := w.Finish(w.ctx, c.Number); again != nil || w.find(c.Number).Revision != c.Revision {
			t.Errorf("the job run twice: %v, revision %d → %d", again, c.Revision, w.find(c.Number).Revision)
		}
	})
}

func TestDecisionThroughTheTask(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.reviewing()
		w.pass("approver", c.Number, "review")
		w.pass("approver", c.Number, "decide")
		if c = w.find(c.Number); c.State != StateDelivering || c.Outcome != Granted {
			t.Errorf("%s %s", c.State, c.Outcome)
		}
		e := w.wants(second(w.Withdraw(w.as("clerk"), c.Number, Act{Opinion: "不办了"})), ErrVerbNotAllowed)
		if len(e.Verbs) != 1 || e.Verbs[0] != string(VerbDeliver) {
			t.Errorf("the clerk may %v", e.Verbs)
		}
	})
}

// A decision is one change of the row, and who decided is not who did what
// followed by itself.
func TestADecidedCaseGoesOnAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.reviewing()
		w.pass("approver", c.Number, "review")
		before := w.find(c.Number).Revision
		c = one[Case](w)(w.Decide(w.as("approver"), c.Number, Act{Outcome: Granted}))
		if c.State != StateDelivering || c.Revision != before+1 {
			t.Errorf("%s, revision %d → %d", c.State, before, c.Revision)
		}
		for _, e := range one[[]Entry](w)(w.History(w.as("approver"), c.Number)) {
			if bySystem := e.Verb == VerbIssue || e.Verb == VerbDispatch; bySystem != strings.HasPrefix(e.Who, "system:") {
				t.Errorf("%s by %s", e.Verb, e.Who)
			}
		}
	})
}

// Whose account it is, is one question for an application, also under a mandate.
func TestTheAccountOfTheApplicantIsAskedOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.mandate("li", identity.Mandate{ID: "m1", Principal: "zhang", Agent: "li", Scope: identity.ScopeAll})
		c := one[Case](w)(w.Submit(w.as("li"), w.forZhang()))
		if w.asked != 1 || c.Account != "zhang" {
			t.Errorf("asked %d times, the case of %s", w.asked, c.Account)
		}
	})
}

// What the release before left for its job is carried on.
func TestTheJobOfTheReleaseBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.reviewing()
		w.pass("approver", c.Number, "review")
		w.pass("approver", c.Number, "decide")
		_, err := w.db.Conn(w.ctx).Exec(w.ctx, `UPDATE cases_case SET state = 'decided' WHERE number = $1`, c.Number)
		w.must(err)
		w.must(w.queue.Insert(w.ctx, Finish{Number: c.Number}))
		w.drain()
		if c = w.find(c.Number); c.State != StateDelivering {
			t.Errorf("state %s", c.State)
		}
	})
}

func TestRefusal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.received()
		refuse := func(a Act) error { return second(w.RefuseAcceptance(w.as("clerk"), c.Number, a)) }
		w.field(refuse(Act{}), "opinion")
		w.field(refuse(Act{Opinion: "不归我们管", Grounds: GroundsNotCompetent}), "organ")
		w.field(refuse(Act{Opinion: "缺材料", Grounds: GroundsIncomplete}), "grounds")
		w.field(refuse(Act{Opinion: "缺材料", Grounds: "because"}), "grounds")
		w.must(refuse(Act{Opinion: "属于市管林场", Grounds: GroundsNotCompetent, Organ: "韶关市林业局"}))
		c = w.find(c.Number)
		if c.State != StateRefused || c.Light != LightNone || len(c.Allowed) != 0 {
			t.Fatalf("%s %s %v", c.State, c.Light, c.Allowed)
		}
		n := one[Notice](w)(w.Notice(w.ctx, c.Number, c.Content.Notices[1].ID))
		if n.Kind != NoticeRefusal || !strings.Contains(strings.Join(n.Sheet.Decision, ""), "韶关市林业局") || n.Sheet.Remedies == "" {
			t.Errorf("refusal: %+v", n.Sheet)
		}
	})
}

func TestWithdrawal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		w.wants(second(w.Withdraw(w.as("li"), c.Number, Act{})), ErrUnknown)
		c = one[Case](w)(w.Withdraw(w.as("zhang"), c.Number, Act{}))
		if c.State != StateWithdrawn {
			t.Fatalf("%s", c.State)
		}
		// In the middle of the examination the process ends with it.
		c = w.reviewing()
		w.field(second(w.Withdraw(w.as("clerk"), c.Number, Act{})), "opinion")
		w.must(second(w.Withdraw(w.as("clerk"), c.Number, Act{Opinion: "申请人来电要求撤回"})))
		i, err := w.flow.Instance(w.ctx, c.Number)
		if err != nil || i.State != "cancelled" {
			t.Errorf("the process is %s, %v", i.State, err)
		}
		if !w.find(c.Number).Content.Ledger[1].On.Equal(day("2026-09-16")) {
			t.Errorf("ledger: %v", w.find(c.Number).Content.Ledger)
		}
	})
}

func TestTermination(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.reviewing()
		w.wants(second(w.Terminate(w.as("approver"), c.Number, Act{Opinion: "申请人死亡"})), ErrVerbDenied)
		w.field(second(w.Terminate(w.as("head"), c.Number, Act{})), "opinion")
		c = one[Case](w)(w.Terminate(w.as("head"), c.Number, Act{Opinion: "申请人死亡"}))
		if c.State != StateTerminated || len(heard[Terminated](w)) != 1 {
			t.Errorf("%s", c.State)
		}
	})
}

func TestDelivery(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		decided := func(change func(*Submission)) Case {
			s := w.atWindow()
			change(&s)
			c := one[Case](w)(w.Submit(w.as("clerk"), s))
			w.must(second(w.Accept(w.as("clerk"), c.Number, Act{})))
			w.pass("approver", c.Number, "review")
			w.must(second(w.Decide(w.as("approver"), c.Number, Act{Outcome: Granted})))
			w.drain()
			return w.find(c.Number)
		}
		c := decided(func(*Submission) {})
		if c.State != StateDelivering || c.DueOn.String() != "2026-09-30" || c.Clock != ClockDelivery {
			t.Fatalf("%s due %s", c.State, c.DueOn)
		}
		w.field(second(w.Deliver(w.as("clerk"), c.Number, Act{Receiver: "王小明", ReceiverIDNo: "440232198003041038"})), "receiver_id_no")
		w.must(second(w.Deliver(w.as("clerk"), c.Number, Act{Receiver: "王小明", ReceiverIDNo: "103X"})))
		w.wants(second(w.Deliver(w.as("clerk"), c.Number, Act{Receiver: "王小明"})), ErrVerbNotAllowed)

		c = decided(func(s *Submission) {
			s.Deliver, s.DeliverTo = DeliverPost, "韶关市乳源县游溪镇大寮坑村1号"
		})
		w.field(second(w.Deliver(w.as("clerk"), c.Number, Act{})), "tracking")
		w.must(second(w.Deliver(w.as("clerk"), c.Number, Act{Tracking: "1234567890123"})))
		papers := w.find(c.Number).Content.Notices
		n := one[Notice](w)(w.Notice(w.as("clerk"), c.Number, papers[len(papers)-1].ID))
		if text := strings.Join(n.Sheet.Decision, ""); !strings.Contains(text, "1234567890123") || !strings.Contains(text, "大寮坑村1号") || !strings.Contains(text, "王小明") {
			t.Errorf("delivery: %s", text)
		}

		c = decided(func(s *Submission) { s.Deliver = DeliverElectronic })
		if c.State != StateClosed || c.ClosedAt == nil {
			t.Errorf("electronic delivery left %s", c.State)
		}
		if got := w.verbs(c.Number); got != "submit receive accept review decide issue dispatch close" {
			t.Errorf("history: %s", got)
		}
	})
}

// Numbers of documents run without a gap in each kind, whatever failed between.
func TestDocumentNumbers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := 1; i <= 3; i++ {
			c := w.received()
			w.field(second(w.RefuseAcceptance(w.as("clerk"), c.Number, Act{})), "opinion")
			w.must(second(w.Accept(w.as("clerk"), c.Number, Act{})))
			list := w.find(c.Number).Content.Notices
			if want := fmt.Sprintf("乳源瑶族自治县林业局受理〔2026〕%d号", i); list[1].DocNo != want {
				t.Errorf("%s, want %s", list[1].DocNo, want)
			}
		}
		w.on("2027-01-04")
		c := w.reviewing()
		if got := w.find(c.Number).Content.Notices[1].DocNo; got != "乳源瑶族自治县林业局受理〔2027〕1号" {
			t.Errorf("a new year begins with %s", got)
		}
	})
}

// Work that fails half-way leaves nothing behind.
func TestNothingByHalves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.received()
		w.fail = errors.New("a listener failed")
		if _, err := w.Accept(w.as("clerk"), c.Number, Act{}); err == nil {
			t.Fatal("accepted although a listener failed")
		}
		if _, err := w.Submit(w.as("clerk"), w.atWindow()); err == nil {
			t.Fatal("submitted although a listener failed")
		}
		w.fail = nil
		if got := w.find(c.Number); got.State != StateReceived || got.Revision != c.Revision || len(got.Content.Notices) != 1 {
			t.Errorf("%s revision %d", got.State, got.Revision)
		}
		if _, err := w.flow.Instance(w.ctx, c.Number); !errors.Is(err, workflow.ErrNoInstance) {
			t.Errorf("a process was left: %v", err)
		}
		if n := one[int](w)(w.Count(w.ctx, Query{})); n != 1 {
			t.Errorf("%d cases", n)
		}
		w.must(second(w.Accept(w.as("clerk"), c.Number, Act{})))
	})
}
