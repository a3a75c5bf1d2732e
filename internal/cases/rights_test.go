package cases

import (
	"slices"
	"strings"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

func page(n int) db.Page { return db.Page{Limit: n} }

// cast is one case of each kind of place.
func (w *world) cast() map[string]Case {
	cases := map[string]Case{"zhang's": one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang"))), "clerk's": w.received()}
	s := w.atWindow()
	cases["town's"] = one[Case](w)(w.Submit(w.as("town-clerk"), s))
	s = w.web("li")
	s.Division = shixing
	cases["shixing's"] = one[Case](w)(w.Submit(w.as("li"), s))
	cases["reviewing"] = w.reviewing()
	cases["instant"] = func() Case {
		s := w.atWindow()
		s.Item, s.Answers, s.Deliver = notice, nil, DeliverElectronic
		return one[Case](w)(w.Submit(w.as("clerk"), s))
	}()
	return cases
}

var everybody = []string{"", "zhang", "li", "clerk", "town-clerk", "approver", "other-approver", "head", "county-manager", "city-manager", "other-manager"}

func TestWhoSeesWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		cases := w.cast()
		want := map[string][]string{
			"":               {},
			"zhang":          {"zhang's"},
			"li":             {"shixing's"},
			"clerk":          {"clerk's", "instant", "reviewing"},
			"town-clerk":     {"town's"},
			"approver":       {"clerk's", "instant", "reviewing", "town's", "zhang's"},
			"other-approver": {"shixing's"},
			"head":           {"clerk's", "instant", "reviewing", "town's", "zhang's"},
			"county-manager": {"clerk's", "instant", "reviewing", "town's", "zhang's"},
			"city-manager":   {"clerk's", "instant", "reviewing", "shixing's", "town's", "zhang's"},
			"other-manager":  {"shixing's"},
		}
		for _, who := range everybody {
			var seen []string
			for name, c := range cases {
				got, err := w.Find(w.as(who), c.Number)
				switch {
				case err == nil && got.Number == c.Number:
					seen = append(seen, name)
				default:
					w.wants(err, ErrUnknown)
					w.wants(second(w.History(w.as(who), c.Number)), ErrUnknown)
					w.wants(second(w.Notice(w.as(who), c.Number, "x")), ErrUnknown)
					for _, v := range apiVerbs {
						w.wants(second(v.do(w.Module, w.as(who), c.Number, Act{})), ErrUnknown)
					}
				}
			}
			slices.Sort(seen)
			if !slices.Equal(seen, want[who]) {
				t.Errorf("%q sees %v, want %v", who, seen, want[who])
			}
		}
	})
}

// Lists, counts and searches show exactly what may be opened.
func TestListsShowWhatMayBeOpened(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		cases := w.cast()
		for _, who := range everybody {
			ctx := w.as(who)
			for _, q := range []Query{
				{}, {State: StateReceived}, {States: []State{StateReviewing, StateSubmitted}}, {State: StateClosed}, {Q: "张"}, {Q: "王小明"}, {Q: "王小"},
				{Q: "2609"}, {Q: cases["clerk's"].Number}, {Mine: true}, {Item: notice}, {Agency: forestry}, {Outlet: ruyuan},
				{From: day("2026-09-16"), To: day("2026-09-16")}, {From: day("2026-09-17")}, {Light: LightNormal}, {Light: LightOverdue},
			} {
				want := map[string]bool{}
				for _, c := range cases {
					if got, err := w.Find(ctx, c.Number); err == nil && q.matches(got, who) {
						want[c.Number] = true
					}
				}
				list, next, err := w.List(ctx, q, page(200))
				if err != nil || next != "" {
					t.Fatalf("%q %+v: %v", who, q, err)
				}
				for _, c := range list {
					if !want[c.Number] {
						t.Errorf("%q %+v lists %s", who, q, c.Number)
					}
				}
				n := one[int](w)(w.Count(ctx, q))
				if len(list) != len(want) || n != len(want) {
					t.Errorf("%q %+v: %d listed, %d counted, want %d", who, q, len(list), n, len(want))
				}
			}
			sum := 0
			for _, n := range one[map[State]int](w)(w.CountByState(ctx)) {
				sum += n
			}
			if all := one[int](w)(w.Count(ctx, Query{})); sum != all {
				t.Errorf("%q: %d by state, %d in all", who, sum, all)
			}
		}
		w.field(second(w.Count(w.ctx, Query{State: "flying"})), "state")
		_, _, err := w.List(w.ctx, Query{Light: "blue"}, page(1))
		w.field(err, "light")
	})
}

// matches is the query once more, over a case.
func (q Query) matches(c Case, who string) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	switch {
	case q.State != "" && c.State != q.State, len(q.States) > 0 && !slices.Contains(q.States, c.State):
		return false
	case q.Mine && c.Account != who, !is(q.Item, c.Item), !is(q.Agency, c.Competent.Code), !is(q.Outlet, c.Receiving.Code), !is(q.Light, c.Light):
		return false
	case !q.From.IsZero() && q.From.After(day("2026-09-16")):
		return false
	case q.Q == "":
		return true
	}
	return len(c.Number) >= len(q.Q) && c.Number[:len(q.Q)] == q.Q || len(c.Applicant.Name) >= len(q.Q) && c.Applicant.Name[:len(q.Q)] == q.Q
}

func TestWhoMayDoWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.received()
		allowed := func(who string) []Verb { return one[Case](w)(w.Find(w.as(who), c.Number)).Allowed }
		same := func(who string, want ...Verb) {
			t.Helper()
			if got := allowed(who); !slices.Equal(got, want) {
				t.Errorf("%s may %v, want %v", who, got, want)
			}
		}
		same("clerk", VerbAccept, VerbRefuseAcceptance, VerbRequestCorrection, VerbWithdraw)
		same("approver", VerbAccept, VerbRefuseAcceptance, VerbRequestCorrection)
		same("county-manager")
		w.wants(second(w.Accept(w.as("county-manager"), c.Number, Act{})), ErrVerbDenied)
		w.must(second(w.Accept(w.as("clerk"), c.Number, Act{})))
		same("clerk", VerbWithdraw)
		same("approver", VerbPause, VerbExtend, VerbDecide)
		same("head", VerbExtend, VerbDecide, VerbTerminate)
		same("county-manager", VerbTerminate)
		w.wants(second(w.Decide(w.as("clerk"), c.Number, Act{Outcome: Granted})), ErrVerbDenied)
		e := w.wants(second(w.Accept(w.as("approver"), c.Number, Act{})), ErrVerbNotAllowed)
		if !slices.Equal(e.Verbs, []string{"pause", "extend", "decide"}) {
			t.Errorf("allowed: %v", e.Verbs)
		}
	})
}

// An item that the agency accepts itself is not accepted at windows.
func TestAgencyAccepts(t *testing.T) {
	r := record{State: StateReceived, AcceptedBy: "agency", ReceivingDivision: ruyuan, CompetentDivision: ruyuan, CompetentAgency: forestry, Dept: "D11"}
	w := &world{t: t}
	w.have = map[string]identity.Actor{}
	w.people()
	for who, want := range map[string]bool{"clerk": false, "approver": true, "other-approver": false} {
		for _, v := range []Verb{VerbAccept, VerbRefuseAcceptance, VerbRequestCorrection} {
			m, _ := MoveOf(v)
			if got := r.may(w.have[who], m); got != want {
				t.Errorf("%s may %s: %t", who, v, got)
			}
		}
	}
	r.AcceptedBy = acceptedByWindow
	if m, _ := MoveOf(VerbAccept); !r.may(w.have["clerk"], m) {
		t.Error("the clerk may not accept what is accepted at windows")
	}
}

func TestPaging(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var want []string
		for range 5 {
			want = append(want, w.received().Number) // all at the same instant
		}
		slices.Reverse(want)
		var got []string
		p := page(2)
		for {
			list, next, err := w.List(w.as("clerk"), Query{}, p)
			w.must(err)
			for _, c := range list {
				got = append(got, c.Number)
			}
			if next == "" {
				break
			}
			p.After = next
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		_, _, err := w.List(w.as("clerk"), Query{}, db.Page{After: "garbage"})
		w.wants(err, db.ErrCursor)
	})
}

// The filter by light lists what the light shows, and the tally survives
// being summed up.
func TestLightsListedAsShown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.cast()
		for _, on := range []string{"2026-09-16", "2026-09-18", "2026-09-21", "2026-09-22", "2026-09-23", "2026-09-24", "2026-09-28", "2026-09-29"} {
			w.on(on)
			all, _, err := w.List(w.ctx, Query{}, page(200))
			w.must(err)
			for _, light := range []string{LightNormal, LightYellow, LightRed, LightOverdue} {
				want := 0
				for _, c := range all {
					if c.Light == light {
						want++
					}
				}
				if got := one[int](w)(w.Count(w.ctx, Query{Light: light})); got != want {
					t.Errorf("%s %s: %d counted, %d shown", on, light, got, want)
				}
			}
		}
		before := one[map[State]int](w)(w.CountByState(w.ctx))
		var rows int
		w.must(w.CompactTally(w.ctx))
		w.must(w.db.Conn(w.ctx).Get(w.ctx, &rows, `SELECT (SELECT COUNT(*) FROM cases_tally) + (SELECT COUNT(*) FROM cases_move)`))
		if rows != 0 {
			t.Errorf("%d rows left to sum up", rows)
		}
		after := one[map[State]int](w)(w.CountByState(w.ctx))
		if len(before) == 0 || len(before) != len(after) {
			t.Errorf("%v became %v", before, after)
		}
		for s, n := range before {
			if after[s] != n {
				t.Errorf("%s: %d became %d", s, n, after[s])
			}
		}
		w.must(w.CompactTally(w.ctx))
	})
}

func TestProgress(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.reviewing()
		p := one[Progress](w)(w.Progress(w.as(""), " "+c.Number+" ", strings.ToLower(c.QueryCode)))
		if p.Applicant != "王*明" || p.State != StateReviewing || len(p.Steps) != 3 || p.Agency == "" {
			t.Errorf("%+v", p)
		}
		wrong := w.wants(second(w.Progress(w.as(""), c.Number, "AAAAAA")), ErrProgressUnknown)
		for _, number := range []string{NewNumber(start), "123", ""} {
			for _, code := range []string{c.QueryCode, ""} {
				if e := w.wants(second(w.Progress(w.as(""), number, code)), ErrProgressUnknown); e.Error() != wrong.Error() {
					t.Errorf("unknown number says %v, wrong code says %v", e, wrong)
				}
			}
		}
	})
}

// forZhang is an application that li files for zhang.
func (w *world) forZhang() Submission {
	s := w.web("li")
	s.Answers["who"] = []string{"agent"}
	s.Materials = append(s.Materials, Handed{ID: "power", Promise: true})
	s.Applicant.Name, s.Applicant.IDNo = "张建国", idOf("zhang")
	return s
}

// An agent and the applicant both follow a case filed over the net; the agent
// no longer when the mandate has ended.
func TestAgentAndApplicantFollow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.mandate("li", identity.Mandate{ID: "m1", Principal: "zhang", Agent: "li", Scope: identity.ScopeAll})
		s := w.forZhang()
		s.Agent = &Agent{Name: "别人", IDNo: idOf("wang"), Phone: "13800003333", Authority: "随便写的"}
		c := one[Case](w)(w.Submit(w.as("li"), s))
		for _, who := range []string{"zhang", "li"} {
			for _, q := range []Query{{}, {Mine: true}} {
				list, _, err := w.List(w.as(who), q, page(10))
				if err != nil || len(list) != 1 || one[int](w)(w.Count(w.as(who), q)) != 1 {
					t.Errorf("%s %+v: %d, %v", who, q, len(list), err)
				}
			}
			w.must(second(w.Find(w.as(who), c.Number)))
		}
		found := w.find(c.Number)
		if found.Agent == nil || found.Agent.Name != "李晓敏" || found.Agent.IDNo != idOf("li") || !strings.Contains(found.Agent.Authority, "m1") {
			t.Errorf("the agent is %+v: not who signed in", found.Agent)
		}
		history := one[[]Entry](w)(w.History(w.as("zhang"), c.Number))
		if history[0].WhoName != "李晓敏（代张建国）" {
			t.Errorf("submitted by %s", history[0].WhoName)
		}
		if n := one[int](w)(w.Count(w.as("clerk"), Query{Mine: true})); n != 0 {
			t.Errorf("the clerk has %d cases of their own", n)
		}
		a := w.have["li"]
		a.Mandates = nil // it ended
		w.have["li"] = a
		w.wants(second(w.Find(w.as("li"), c.Number)), ErrUnknown)
		w.wants(second(w.Withdraw(w.as("li"), c.Number, Act{})), ErrUnknown)
		if n := one[int](w)(w.Count(w.as("li"), Query{Mine: true})); n != 0 {
			t.Errorf("%d cases are left to the agent of before", n)
		}
		w.must(second(w.Withdraw(w.as("zhang"), c.Number, Act{})))
	})
}

// Nobody applies in another's name without their mandate for this item.
func TestMandatesAreAsked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, x := range map[string]identity.Mandate{
			"none":              {},
			"of somebody else":  {ID: "m", Principal: "wang", Agent: "li", Scope: identity.ScopeAll},
			"for another item":  {ID: "m", Principal: "zhang", Agent: "li", Scope: identity.ScopeItems, Items: []string{notice}},
			"for one case only": {ID: "m", Principal: "zhang", Agent: "li", Scope: identity.ScopeCase, Case: "2026091600000000"},
			"without principal": {ID: "m", Agent: "li", Scope: identity.ScopeAll},
		} {
			a := w.have["li"]
			a.Mandates = []identity.Mandate{x}
			w.have["li"] = a
			t.Run(name, func(t *testing.T) { w.field(second(w.Submit(w.as("li"), w.forZhang())), "applicant.id_no") })
		}
		s := w.forZhang()
		s.Applicant.Name = "张冒名"
		w.have["li"] = identity.Actor{Account: "li", Name: "李晓敏", Kind: identity.KindPerson, Level: identity.LevelPresence,
			Mandates: []identity.Mandate{{ID: "m", Principal: "zhang", Agent: "li", Scope: identity.ScopeItems, Items: []string{felling}}}}
		w.field(second(w.Submit(w.as("li"), s)), "applicant.name")
		w.must(second(w.Submit(w.as("li"), w.forZhang())))
	})
}

// One case given to somebody is theirs to follow and act on, in lists as on its
// page, and no other of the same principal.
func TestMandatesListWhatMayBeOpened(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		given := one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		other := one[Case](w)(w.Submit(w.as("zhang"), w.web("zhang")))
		theirs := one[Case](w)(w.Submit(w.as("li"), w.web("li")))
		w.mandate("li", identity.Mandate{ID: "m1", Principal: "zhang", Agent: "li", Scope: identity.ScopeCase, Case: given.Number})
		w.mandate("li", identity.Mandate{ID: "m2", Principal: "wang", Agent: "li", Scope: identity.ScopeCase, Case: other.Number}) // not wang's to give
		w.mandate("li", identity.Mandate{ID: "m3", Principal: "zhang", Agent: "li", Scope: identity.ScopeAll})                     // for new ones
		var numbers []string
		for _, c := range one[[]Case](w)(first(w.List(w.as("li"), Query{Mine: true}, page(10)))) {
			numbers = append(numbers, c.Number)
			w.must(second(w.Find(w.as("li"), c.Number)))
		}
		slices.Sort(numbers)
		want := []string{given.Number, theirs.Number}
		slices.Sort(want)
		if !slices.Equal(numbers, want) {
			t.Errorf("li sees %v, want %v", numbers, want)
		}
		w.wants(second(w.Find(w.as("li"), other.Number)), ErrUnknown)
		w.must(second(w.Withdraw(w.as("li"), given.Number, Act{Opinion: "受托撤回"})))
	})
}

func first[T any](list T, _ string, err error) (T, error) { return list, err }

// Guessing codes closes the number for a while, to the right code too, and
// leaves other numbers open.
func TestGuessingQueryCodes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c, other := w.received(), w.received()
		w.must(second(w.Progress(w.as(""), c.Number, c.QueryCode)))
		for range maxMisses {
			w.wants(second(w.Progress(w.as(""), c.Number, "AAAAAA")), ErrProgressUnknown)
		}
		w.wants(second(w.Progress(w.as(""), c.Number, "AAAAAA")), ErrProgressClosed)
		w.wants(second(w.Progress(w.as(""), c.Number, c.QueryCode)), ErrProgressClosed)
		// Nor does it help to ask another process.
		elsewhere := &Module{Deps: w.Deps, db: w.db}
		w.wants(second(elsewhere.Progress(w.as(""), c.Number, c.QueryCode)), ErrProgressClosed)
		w.must(second(w.Progress(w.as(""), other.Number, other.QueryCode)))
		w.clock.Advance(missWindow)
		w.must(w.sweepMisses(w.as("")))
		w.must(second(w.Progress(w.as(""), c.Number, c.QueryCode)))
	})
}

func TestFilesOfCases(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.web("zhang")
		c := one[Case](w)(w.Submit(w.as("zhang"), s))
		for who, ok := range map[string]bool{"zhang": true, "approver": true, "li": false, "clerk": false, "": false} {
			body, f, err := w.OpenFile(w.as(who), c.Number, s.Materials[0].File)
			if ok != (err == nil) {
				t.Errorf("%q opens the file: %v", who, err)
			}
			if err == nil {
				_ = body.Close()
				if f.Name != "申请表.pdf" {
					t.Errorf("name %s", f.Name)
				}
			}
		}
		// A file of the same account that is not of the case is not opened by way of it.
		loose := w.upload("zhang", "其他.pdf")
		_, _, err := w.OpenFile(w.as("approver"), c.Number, loose)
		w.wants(err, ErrUnknown)
	})
}
