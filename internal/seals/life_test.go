package seals_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/seals"
)

// who may make each move, when the state allows it.
var actors = map[seals.Move]context.Context{seals.MoveApprove: chief, seals.MoveRefuse: chief, seals.MoveRecord: maker, seals.MoveMake: maker,
	seals.MoveHandOut: maker, seals.MoveActivate: keeper, seals.MoveSuspend: keeper, seals.MoveResume: chief, seals.MoveCancel: chief}

// What may happen in which state, written down once more: a second opinion on
// the table in seal.go.
var allowed = map[seals.State][]seals.Move{
	seals.Applied:   {seals.MoveApprove, seals.MoveRefuse},
	seals.Refused:   {},
	seals.Approved:  {seals.MoveRecord},
	seals.Recorded:  {seals.MoveMake},
	seals.Made:      {seals.MoveHandOut, seals.MoveCancel},
	seals.HandedOut: {seals.MoveActivate, seals.MoveCancel},
	seals.Active:    {seals.MoveSuspend, seals.MoveCancel},
	seals.Suspended: {seals.MoveResume, seals.MoveCancel},
	seals.Cancelled: {},
}

// Every move in every state: what the table allows leads on, everything else is
// refused and changes nothing.
func TestEveryMoveInEveryState(t *testing.T) {
	each(t, func(w *world) {
		for _, state := range seals.States {
			var s seals.Seal
			for _, move := range seals.Moves {
				if move == seals.MoveApply {
					continue
				}
				if s.State != state {
					s = w.at(state)
				}
				got, err := w.Do(actors[move], s.ID, seals.Act{Move: move, Reason: "测试的原因", RecordNo: "粤公备4402320001"})
				if slices.Contains(allowed[state], move) {
					w.must(err)
					if to, _ := seals.Allowed(state, move); got.State != to {
						t.Errorf("%s from %s leads to %s, not %s", move, state, got.State, to)
					}
					s = got
					continue
				}
				w.refused(err, seals.ErrMove)
				if now, err := w.Find(system, s.ID); err != nil || now.State != state || now.Revision != s.Revision {
					t.Errorf("%s from %s left %s (%v)", move, state, now.State, err)
				}
			}
		}
	})
}

// Who may make a move, and who must not.
func TestFourEyes(t *testing.T) {
	each(t, func(w *world) {
		s := w.upTo(seals.Applied)
		_, err := w.Do(keeper, s.ID, seals.Act{Move: seals.MoveApprove})
		w.refused(err, seals.ErrNotHere)
		// One who holds both rights: as the applicant, and as the keeper of another's application.
		asked := w.asks()
		asked.Custodian = "keeper"
		own, err := w.Apply(approver, asked)
		w.must(err)
		_, err = w.Do(approver, own.ID, seals.Act{Move: seals.MoveApprove})
		w.refused(err, seals.ErrOwn)
		asked.Custodian = "approver"
		kept, err := w.Apply(keeper, asked)
		w.must(err)
		for _, m := range []seals.Move{seals.MoveApprove, seals.MoveRefuse} {
			_, err = w.Do(approver, kept.ID, seals.Act{Move: m, Reason: "测试的原因"})
			w.refused(err, seals.ErrOwn)
		}
		// Another county sees nothing of it.
		_, err = w.Do(far, s.ID, seals.Act{Move: seals.MoveApprove})
		w.refused(err, seals.ErrUnknown)
		_, err = w.Do(nobody, s.ID, seals.Act{Move: seals.MoveApprove})
		w.refused(err, seals.ErrUnknown)
		// Only the custodian takes it into use.
		handed := w.upTo(seals.HandedOut)
		_, err = w.Do(second, handed.ID, seals.Act{Move: seals.MoveActivate})
		w.refused(err, seals.ErrNotCustody)
		_, err = w.Do(maker, handed.ID, seals.Act{Move: seals.MoveActivate})
		w.refused(err, seals.ErrNotHere)
		if got := w.MovesFor(keeper, handed); !slices.Equal(got, []seals.Move{seals.MoveActivate}) {
			t.Errorf("the keeper is offered %v", got)
		}
		// A page that is out of date changes nothing; a reason is asked for.
		active := w.upTo(seals.Active)
		_, err = w.Do(keeper, active.ID, seals.Act{Move: seals.MoveSuspend, Reason: "设备遗失", Revision: active.Revision - 1})
		w.refused(err, seals.ErrStale)
		if _, err = w.Do(keeper, active.ID, seals.Act{Move: seals.MoveSuspend, Reason: "丢"}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%v", err)
		}
		history, err := w.History(keeper, active.ID)
		w.must(err)
		if len(history) != 6 || history[0].Move != seals.MoveApply || history[5].Account != "keeper" || !strings.Contains(history[2].Reason, "粤公备") {
			t.Errorf("%+v", history)
		}
	})
}

func TestApplications(t *testing.T) {
	each(t, func(w *world) {
		for field, spoil := range map[string]func(a *seals.Application){
			"kind":      func(a *seals.Application) { a.Kind = "round" },
			"agency":    func(a *seals.Application) { a.Agency = "440232-d99" },
			"purposes":  func(a *seals.Application) { a.Purposes = []string{"everything"} },
			"until":     func(a *seals.Application) { a.Until = a.From },
			"custodian": func(a *seals.Application) { a.Custodian = "unknown" },
			"line":      func(a *seals.Application) { a.Line = "电子\U0002FFFF章" },
			"owner":     func(a *seals.Application) { a.Kind = seals.Personal },
		} {
			a := w.asks()
			spoil(&a)
			_, err := w.Apply(keeper, a)
			if e := errs.From(err); err == nil || e.Code != "seal_invalid" || len(e.Fields) != 1 || e.Fields[0].Name != field {
				t.Errorf("%s: %v %+v", field, err, errs.From(err))
			}
		}
		for _, custodian := range []string{"far", "boss"} { // no right to use there; an administrator
			a := w.asks()
			a.Custodian = custodian
			if _, err := w.Apply(keeper, a); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s keeps a seal: %v", custodian, err)
			}
		}
		a := w.asks()
		a.Agency = others
		if _, err := w.Apply(keeper, a); errs.KindOf(err) != errs.Invalid {
			t.Errorf("applied for another county: %v", err)
		}
		s := w.upTo(seals.Applied)
		if s.ESID != "4402320000001" || s.Name != "乳源瑶族自治县人力资源和社会保障局电子证照专用章" || s.Width != 40 {
			t.Errorf("%+v", s)
		}
	})
}

func TestListsShowWhatMayBeOpened(t *testing.T) {
	each(t, func(w *world) {
		s := w.upTo(seals.Active)
		_, err := w.Seal(keeper, w.use(), page(t), corner)
		w.must(err)
		for name, c := range map[string]struct {
			ctx context.Context
			n   int
		}{"keeper": {keeper, 1}, "maker": {maker, 1}, "far": {far, 0}, "nobody": {nobody, 0}, "system": {system, 1}} {
			list, _, err := w.List(c.ctx, seals.Query{}, db.Page{})
			w.must(err)
			uses, _, err := w.Uses(c.ctx, seals.UseQuery{}, db.Page{})
			w.must(err)
			counts, err := w.Counts(c.ctx)
			w.must(err)
			if len(list) != c.n || len(uses) != c.n || counts[seals.Active] != c.n {
				t.Errorf("%s sees %d seals, %d uses, counts %v", name, len(list), len(uses), counts)
			}
			if _, err := w.Find(c.ctx, s.ID); (err == nil) != (c.n > 0) {
				t.Errorf("%s opens it: %v", name, err)
			}
		}
	})
}

// The three administrators are given no right to seal by their roles.
func TestAdministratorsSealNothing(t *testing.T) {
	for _, role := range identity.Roles() {
		for _, v := range role.Verbs {
			if role.Admin != "" && (v == seals.VerbUse || v == seals.VerbApply || v == seals.VerbApprove || v == seals.VerbMake) {
				t.Errorf("%s holds %s", role.Name, v)
			}
			if v == seals.VerbUse && slices.Contains(role.Verbs, seals.VerbApprove) {
				t.Errorf("%s uses what it approves", role.Name)
			}
		}
	}
}

// Anybody may ask what a seal is worth today, by its number: since when, and of
// one that was never made that there is none.
func TestAnybodyAsksForTheStateOfASeal(t *testing.T) {
	each(t, func(w *world) {
		for state, want := range map[seals.State]string{seals.HandedOut: "not_yet", seals.Active: "valid", seals.Suspended: "suspended", seals.Cancelled: "cancelled"} {
			s := w.at(state)
			p, err := w.StateOf(context.Background(), s.ESID)
			w.must(err)
			if p.State != want || p.Since.IsZero() || p.Number != s.ESID || p.Agency == "" {
				w.t.Errorf("%s: %+v", state, p)
			}
		}
		_, err := w.StateOf(context.Background(), w.at(seals.Applied).ESID)
		w.refused(err, seals.ErrUnknown)
		_, err = w.StateOf(context.Background(), "4402329999999")
		w.refused(err, seals.ErrUnknown)
	})
}
