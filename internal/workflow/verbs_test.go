package workflow

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

var line = def(step("a"), step("b"), decide("d"))

func TestFromStartToGranted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		list, next, err := w.Tasks(w.as("ben"), Query{}, db.Page{})
		w.must(err)
		if len(list) != 1 || next != "" || list[0].Name != "环节a" || list[0].DueOn.String() != "2026-09-22" || list[0].Light != LightNormal {
			t.Fatalf("inbox %+v", list)
		}
		w.must(w.Approve(w.as("ben"), list[0].ID, Act{Opinion: "材料齐全"}))
		w.must(w.Approve(w.as("ann"), w.open("C1", "b"), Act{}))
		if len(heard[Finished](w)) != 0 {
			t.Error("finished before the decision")
		}
		w.must(w.Approve(w.as("cao"), w.open("C1", "d"), Act{Opinion: "准予", Outcome: Granted}))
		f := heard[Finished](w)
		if len(f) != 1 || f[0].Outcome != Granted || f[0].By != "cao" || f[0].Subject != "C1" || f[0].Opinion != "准予" {
			t.Errorf("finished %+v", f)
		}
		if opened, done := heard[TaskOpened](w), heard[TaskDone](w); len(opened) != 3 || len(done) != 3 {
			t.Errorf("%d opened, %d done", len(opened), len(done))
		}
		i, err := w.Instance(w.ctx, "C1")
		w.must(err)
		if i.State != "finished" || i.EndedAt.IsZero() || len(i.Tasks) != 3 || len(i.History) != 4 || i.History[1].Opinion != "材料齐全" {
			t.Errorf("instance %+v", i)
		}
		if c, err := w.Counts(w.as("ben"), Query{}); err != nil || c.Open != 0 {
			t.Errorf("counts %+v %v", c, err)
		}
	})
}

func TestStartRefuses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		_, err := w.Start(w.as("ann"), Start{Subject: "C1", Definition: line, Places: map[string]string{"competent": countyLicensing}})
		w.want(err, ErrRunning)
		_, err = w.Start(w.as("ann"), Start{Subject: "C2", Definition: line})
		w.want(err, ErrPlace)
		_, err = w.Start(w.as("ann"), Start{Subject: "C2", Definition: def(step("a"))})
		w.want(err, ErrDefinition)
		needs := def(choice("c", branch("area > 300", step("a")), branch("")), decide("d"))
		_, err = w.Start(w.as("ann"), Start{Subject: "C2", Definition: needs, Places: map[string]string{"competent": countyLicensing}})
		w.want(err, ErrCondition)
		_, err = w.Instance(w.ctx, "C2")
		w.want(err, ErrNoInstance)
	})
}

func TestRights(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		id := w.open("C1", "a")
		w.want(w.Approve(w.as("city"), id, Act{}), ErrTaskUnknown)
		w.want(w.Approve(w.ctx, id, Act{}), ErrTaskUnknown)
		w.want(w.Approve(w.as("viewer"), id, Act{}), ErrTaskDenied)
		w.want(w.Approve(w.as("ann"), "no-such-task", Act{}), ErrTaskUnknown)
		if _, _, err := w.Task(w.as("city"), id); !errors.Is(err, ErrTaskUnknown) {
			t.Errorf("one task: %v", err)
		}
		w.wantShape("C1", "a")
	})
}

func TestStaleActSaysWhatTheTaskIsNow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		id := w.open("C1", "a")
		w.must(w.Approve(w.as("ann"), id, Act{}))
		err := w.Approve(w.as("ben"), id, Act{})
		w.want(err, ErrTaskOver)
		if e := errs.From(err); e.Kind != errs.Conflict || !strings.Contains(e.Message, "经办人ann") || len(e.Verbs) != 0 {
			t.Errorf("told %+v", e)
		}
		if e := errs.From(w.Approve(w.as("ann"), id, Act{})); !slices.Contains(e.Verbs, ActWithdraw) {
			t.Errorf("whoever acted may withdraw, allowed %v", e.Verbs)
		}
	})
}

func TestInput(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		id := w.open("C1", "a")
		w.want(w.Refuse(w.as("ann"), id, "  "), ErrOpinionNeeded)
		w.want(w.Return(w.as("ann"), id, "a", "重办"), ErrReturnTarget)
		w.want(w.Approve(w.as("ann"), id, Act{Outcome: Granted}), ErrOutcome)
		w.want(w.Approve(w.as("ann"), id, Act{Opinion: strings.Repeat("长", MaxOpinion+1)}), ErrOpinionLong)
		w.must(w.Refuse(w.as("ann"), id, "不符合条件"))
		d := w.open("C1", "d")
		w.want(w.Approve(w.as("ann"), d, Act{Outcome: "maybe"}), ErrOutcome)
		w.want(w.Approve(w.as("ann"), d, Act{Outcome: Denied}), ErrOpinionNeeded)
		w.must(w.Approve(w.as("ann"), d, Act{Outcome: Denied, Opinion: "不予许可"}))
		if f := heard[Finished](w); len(f) != 1 || f[0].Outcome != Denied {
			t.Errorf("finished %+v", f)
		}
	})
}

func TestReturnClosesBranches(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := def(step("a"), parallel("p", branch("", step("b")), branch("", with(step("c"), func(n *Node) { n.Agency = "dept:D07" }))), decide("d"))
		w.start("C1", d, nil)
		w.must(w.Approve(w.as("ann"), w.open("C1", "a"), Act{}))
		w.wantShape("C1", "b c")
		closed := w.open("C1", "c")
		w.must(w.Return(w.as("ben"), w.open("C1", "b"), "a", "材料有误"))
		w.wantShape("C1", "a")
		r := heard[Returned](w)
		if len(r) != 1 || r[0].To != "a" || r[0].FromName != "环节b" || r[0].Round != 2 {
			t.Errorf("returned %+v", r)
		}
		err := w.Approve(w.as("fire"), closed, Act{})
		w.want(err, ErrTaskOver)
		i, err := w.Instance(w.ctx, "C1")
		w.must(err)
		if last := i.History[len(i.History)-1]; last.Act != ActSupersede || last.Task != closed {
			t.Errorf("history ends with %+v", last)
		}
		w.must(w.WithdrawAct(w.as("ben"), taskAt(i, "b", Done), "退错了"))
		w.wantShape("C1", "b c")
	})
}

func taskAt(i Instance, node, state string) string {
	for _, t := range i.Tasks {
		if t.Node == node && t.State == state {
			return t.ID
		}
	}
	return ""
}

func TestClaim(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		id := w.open("C1", "a")
		w.must(w.Claim(w.as("ann"), id))
		w.want(w.Claim(w.as("ben"), id), ErrTaskTaken)
		err := w.Approve(w.as("ben"), id, Act{})
		w.want(err, ErrTaskTaken)
		w.want(w.Unclaim(w.as("ben"), id), ErrNotYours)
		if list, _, err := w.Tasks(w.as("ann"), Query{Mine: true}, db.Page{}); err != nil || len(list) != 1 {
			t.Errorf("mine: %v %v", list, err)
		}
		w.must(w.Unclaim(w.as("ann"), id))
		w.must(w.Approve(w.as("ben"), id, Act{}))
		if list, _, err := w.Tasks(w.as("ben"), Query{State: Done, Mine: true}, db.Page{}); err != nil || len(list) != 1 || list[0].Result != ActApprove {
			t.Errorf("done: %v %v", list, err)
		}
	})
}

func TestReassign(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		id := w.open("C1", "a")
		w.want(w.Reassign(w.as("ben"), id, "cao", ""), ErrTaskDenied)
		w.must(w.Claim(w.as("ben"), id))
		w.want(w.Reassign(w.as("ben"), id, "fire", ""), ErrAccountUnfit)
		w.want(w.Reassign(w.as("ben"), id, "nobody", ""), ErrAccountUnfit)
		w.must(w.Reassign(w.as("ben"), id, "cao", "外出"))
		w.must(w.Reassign(w.as("chief"), id, "ann", "调整分工"))
		w.want(w.Approve(w.as("cao"), id, Act{}), ErrTaskTaken)
		w.must(w.Approve(w.as("ann"), id, Act{}))
	})
}

func TestDelegate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		id := w.open("C1", "a")
		w.want(w.Delegate(w.as("ann"), id, "ben", ""), ErrNotYours)
		w.must(w.Claim(w.as("ann"), id))
		w.want(w.Delegate(w.as("ann"), id, "fire", ""), ErrDelegateAgency)
		w.must(w.Delegate(w.as("ann"), id, "ben", "出差"))
		w.want(w.Delegate(w.as("ben"), id, "cao", ""), ErrDelegated)
		w.must(w.Claim(w.as("ann"), id)) // taken back
		w.must(w.Delegate(w.as("ann"), id, "ben", "出差"))
		w.must(w.Unclaim(w.as("ben"), id)) // given back
		w.must(w.Delegate(w.as("ann"), id, "ben", "出差"))
		w.must(w.Approve(w.as("ben"), id, Act{Opinion: "代办"}))
		done := heard[TaskDone](w)
		if len(done) != 1 || done[0].By != "ben" || done[0].OnBehalf != "ann" {
			t.Errorf("done %+v", done)
		}
	})
}

func TestAddedApprovers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		id := w.open("C1", "a")
		w.want(w.AddApprover(w.as("ann"), id, Extra{Account: "fire", Position: "aside"}), ErrExtraPosition)
		w.want(w.AddApprover(w.as("ann"), id, Extra{Position: Before}), ErrExtraTarget)
		w.must(w.AddApprover(w.as("ann"), id, Extra{Account: "fire", Position: Before, Reason: "请消防先看"}))
		w.wantShape("C1", "a+ a~")
		w.want(w.Approve(w.as("ann"), id, Act{}), ErrTaskWaiting)
		list, _, err := w.Tasks(w.as("fire"), Query{Mine: true}, db.Page{})
		w.must(err)
		if len(list) != 1 || list[0].Added != Before {
			t.Fatalf("added approver's inbox %+v", list)
		}
		w.want(w.AddApprover(w.as("fire"), list[0].ID, Extra{Account: "city", Position: Before}), ErrExtraOnExtra)
		w.must(w.Approve(w.as("fire"), list[0].ID, Act{Opinion: "无意见"}))
		w.wantShape("C1", "a")
		w.must(w.AddApprover(w.as("ann"), id, Extra{Agency: cityLicensing, Position: After}))
		w.must(w.Approve(w.as("ann"), id, Act{}))
		w.wantShape("C1", "a+")
		w.must(w.Approve(w.as("city"), w.open("C1", "a"), Act{}))
		w.must(w.Approve(w.as("ann"), w.open("C1", "b"), Act{}))
		d := w.open("C1", "d")
		w.want(w.AddApprover(w.as("ann"), d, Extra{Account: "fire", Position: After}), ErrExtraPosition)
		w.must(w.AddApprover(w.as("ann"), d, Extra{Account: "fire", Position: Before}))
		w.must(w.WithdrawAct(w.as("ann"), d, "不必了"))
		w.wantShape("C1", "d")
	})
}

func TestWithdraw(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		a := w.open("C1", "a")
		w.want(w.WithdrawAct(w.as("ann"), a, ""), ErrNothingToUndo)
		w.must(w.Approve(w.as("ann"), a, Act{}))
		w.want(w.WithdrawAct(w.as("ben"), a, ""), ErrNothingToUndo)
		b := w.open("C1", "b")
		w.must(w.WithdrawAct(w.as("ann"), a, "填错"))
		w.wantShape("C1", "a")
		w.want(w.Approve(w.as("ben"), b, Act{}), ErrTaskOver)
		w.must(w.Approve(w.as("ann"), a, Act{}))
		w.must(w.Claim(w.as("ben"), w.open("C1", "b")))
		w.want(w.WithdrawAct(w.as("ann"), a, ""), ErrFollowed)
		w.must(w.Refuse(w.as("ben"), w.open("C1", "b"), "不符"))
		d := w.open("C1", "d")
		w.must(w.Approve(w.as("ann"), d, Act{}))
		w.want(w.WithdrawAct(w.as("ann"), d, ""), ErrFollowed)
		i, err := w.Instance(w.ctx, "C1")
		w.must(err)
		if n := len(heard[ActWithdrawn](w)); n != 1 || i.State != "finished" {
			t.Errorf("%d withdrawn, %s", n, i.State)
		}
	})
}

func TestWithdrawBesideAJoin(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", def(parallel("p", branch("", step("a")), branch("", step("b"))), decide("d")), nil)
		a := w.open("C1", "a")
		w.must(w.Approve(w.as("ann"), a, Act{}))
		w.must(w.WithdrawAct(w.as("ann"), a, "")) // b is still open: nothing has followed
		w.must(w.Approve(w.as("ann"), a, Act{}))
		w.must(w.Approve(w.as("ben"), w.open("C1", "b"), Act{}))
		w.want(w.WithdrawAct(w.as("ann"), a, ""), ErrFollowed) // the decision is open: ben's act opened it
		w.wantShape("C1", "d")
	})
}

func TestSurveyTakesTwoPeople(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", def(with(step("a"), func(n *Node) { n.Role = RoleSurvey }), decide("d")), nil)
		w.must(w.Approve(w.as("ann"), w.open("C1", "a"), Act{}))
		w.want(w.Approve(w.as("ann"), w.open("C1", "a"), Act{}), ErrSameSigner)
		w.must(w.Approve(w.as("ben"), w.open("C1", "a"), Act{}))
		w.wantShape("C1", "d")
	})
}

func TestHold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil) // Wednesday the 16th, 5 working days: Tuesday the 22nd (the 20th, a Sunday, works)
		id := w.open("C1", "a")
		w.must(w.Hold(w.ctx, "C1"))
		w.must(w.Hold(w.ctx, "C1"))
		err := w.Approve(w.as("ann"), id, Act{})
		w.want(err, ErrTaskHeld)
		w.clock.Advance(20 * 24 * time.Hour) // Tuesday, 6 October, a holiday
		w.must(w.CheckOverdue(w.ctx))
		w.must(w.Redate(w.ctx))
		if n := len(heard[TaskOverdue](w)); n != 0 {
			t.Errorf("%d overdue while held", n)
		}
		w.must(w.Release(w.ctx, "C1"))
		task, allowed, err := w.Task(w.as("ann"), id)
		w.must(err)
		held := w.cal.WorkdaysBetween(workday.MustParseDate("2026-09-16"), workday.MustParseDate("2026-10-06"))
		if want := w.cal.AddWorkdays(workday.MustParseDate("2026-09-16"), 5+held); task.DueOn != want || task.Held || !slices.Contains(allowed, ActApprove) {
			t.Errorf("due on %s, want %s; allowed %v", task.DueOn, want, allowed)
		}
		w.must(w.Redate(w.ctx))
		w.must(w.Approve(w.as("ann"), id, Act{}))
		w.want(w.Hold(w.ctx, "C2"), ErrNotRunning)
	})
}

func TestOverdue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		w.start("C2", def(with(step("a"), func(n *Node) { n.OnTimeout = TimeoutEscalate }), decide("d")), nil)
		w.must(w.Claim(w.as("chief"), w.open("C2", "a")))
		w.clock.Advance(6 * 24 * time.Hour) // the 22nd, the last day
		w.must(w.CheckOverdue(w.ctx))
		if n := len(heard[TaskOverdue](w)); n != 0 {
			t.Errorf("%d overdue on the last day", n)
		}
		w.clock.Advance(24 * time.Hour)
		w.must(w.CheckOverdue(w.ctx))
		w.must(w.CheckOverdue(w.ctx))
		if o := heard[TaskOverdue](w); len(o) != 2 || o[0].Escalated == o[1].Escalated {
			t.Errorf("overdue %+v", o)
		}
		c, err := w.Counts(w.as("ann"), Query{})
		w.must(err)
		if c.Overdue != 2 || c.Open != 2 || c.Normal != 0 {
			t.Errorf("counts %+v", c)
		}
		w.want(w.Approve(w.as("chief"), w.open("C2", "a"), Act{}), ErrTaskDenied) // reviews, but does not decide
		w.must(w.Approve(w.as("ann"), w.open("C2", "a"), Act{}))
		i, err := w.Instance(w.ctx, "C2")
		w.must(err)
		if !slices.ContainsFunc(i.History, func(r Recorded) bool { return r.Act == ActEscalate && r.Target == "chief" }) {
			t.Errorf("no escalation in %+v", i.History)
		}
	})
}

func TestRedateWhenTheCalendarChanges(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		w.cal = w.cal.With(workday.Day{Date: workday.MustParseDate("2026-09-18"), Off: true, Name: "台风停工"})
		w.must(w.Redate(w.ctx))
		task, _, err := w.Task(w.as("ann"), w.open("C1", "a"))
		w.must(err)
		if task.DueOn.String() != "2026-09-23" {
			t.Errorf("due on %s", task.DueOn)
		}
	})
}

func TestRemind(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		id := w.open("C1", "a")
		w.want(w.Remind(w.as("viewer"), id, "请尽快"), ErrTaskDenied)
		w.must(w.Remind(w.as("chief"), id, "请尽快"))
		w.want(w.Remind(w.as("chief"), id, "请尽快"), ErrRemindedAlready)
		w.clock.Advance(24 * time.Hour)
		w.must(w.Remind(w.as("chief"), id, "请尽快"))
		if r := heard[TaskReminded](w); len(r) != 2 || r[0].By != "chief" {
			t.Errorf("reminded %+v", r)
		}
	})
}

func TestCancel(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", line, nil)
		id := w.open("C1", "a")
		w.must(w.Cancel(w.ctx, "C1", "申请人撤回"))
		w.want(w.Approve(w.as("ann"), id, Act{}), ErrTaskOver)
		w.want(w.Cancel(w.ctx, "C1", ""), ErrNotRunning)
		w.wantShape("C1", "cancelled ")
		w.start("C1", line, nil) // may be started again
		w.wantShape("C1", "a")
	})
}

func TestNeverHalfDone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("C1", def(decide("d")), nil)
		w.fail = errors.New("the case could not be decided")
		err := w.Approve(w.as("ann"), w.open("C1", "d"), Act{})
		if err == nil {
			t.Fatal("the act must fail with its subscriber")
		}
		i, err := w.Instance(w.ctx, "C1")
		w.must(err)
		if i.State != "running" || i.Outcome != "" || len(i.History) != 1 || i.Tasks[0].State != Open {
			t.Errorf("half done: %+v", i)
		}
		w.fail = nil
		w.must(w.Approve(w.as("ann"), w.open("C1", "d"), Act{}))
	})
}

func TestListsShowWhatMayBeOpened(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := def(parallel("p", branch("", step("a")), branch("", with(step("b"), func(n *Node) { n.Agency, n.Role = "dept:D07", RoleSign })),
			branch("", with(step("c"), func(n *Node) { n.Agency = "city" })), branch("", with(step("e"), func(n *Node) { n.Agency, n.Limit = "town", 0 }))), decide("d"))
		for _, s := range []string{"C1", "C2", "C3"} {
			w.start(s, d, nil)
		}
		w.must(w.Claim(w.as("ann"), w.open("C2", "a")))
		w.must(w.Delegate(w.as("ann"), w.open("C2", "a"), "ben", ""))
		w.must(w.Claim(w.as("ann"), w.open("C3", "a")))
		w.must(w.AddApprover(w.as("ann"), w.open("C3", "a"), Extra{Account: "fire", Position: Before}))
		w.must(w.Approve(w.as("fire"), w.open("C1", "b"), Act{}))
		w.people["county"] = identity.Actor{Account: "county", Kind: identity.KindStaff, Grants: []identity.Grant{{Verb: VerbView, From: "440232000000", To: "440233000000"}}}
		w.people["signer"] = identity.Actor{Account: "signer", Kind: identity.KindStaff, Grants: []identity.Grant{{Verb: VerbSign, Dept: "D07"}, {Verb: VerbReview, Agency: cityLicensing}}}
		w.people["outlet"] = identity.Actor{Account: "outlet", Kind: identity.KindStaff, Grants: []identity.Grant{{Verb: VerbView, On: identity.Receiving, From: "440232103000", To: "440232104000"}}}
		w.people["system"] = identity.System("test")
		w.people["citizen"] = identity.Actor{Account: "citizen", Kind: identity.KindPerson}
		w.people["anonymous"] = identity.Actor{}
		var rows []*taskRow
		w.must(w.DB.Conn(w.ctx).Select(w.ctx, &rows, `SELECT `+taskColumns+` FROM workflow_task`))
		total := 0
		for name, a := range w.people {
			for _, state := range []string{Open, Waiting, Done} {
				var want []string
				for _, row := range rows {
					if row.State == state && row.visible(a) {
						want = append(want, row.ID)
					}
				}
				got := w.list(w.as(name), Query{State: state})
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s, %s: list has %d, may open %d", name, state, len(got), len(want))
				}
				total += len(got)
				if c, err := w.Counts(w.as(name), Query{}); state == Open && (err != nil || c.Open != len(want)) {
					t.Errorf("%s: counts %+v, %v, want %d", name, c, err, len(want))
				}
			}
		}
		if total < 40 {
			t.Errorf("only %d rows seen: the test shows nothing", total)
		}
	})
}
