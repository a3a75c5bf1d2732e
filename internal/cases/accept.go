package cases

import (
	"context"

	"yimen/internal/catalogue"
	"yimen/internal/org"
	"yimen/internal/workflow"
	"yimen/workday"
)

// Accept accepts an application (受理): the promised and the legal clock start
// today, the process of the item's version starts, and the case goes on to
// examination in the same transaction. From `submitted` it implies receipt.
// Nothing is accepted on an electronic licence that has stopped counting.
func (m *Module) Accept(ctx context.Context, number string, a Act) (Case, error) {
	return m.act(ctx, number, VerbAccept, a, func(ctx context.Context, t *turn) error {
		if err := t.licencesStand(ctx); err != nil {
			return err
		}
		return t.accept(ctx, VerbAccept, t.today, a.Opinion)
	})
}

// accept starts clock and process; on is the day of acceptance.
func (t *turn) accept(ctx context.Context, v Verb, on workday.Date, opinion string) error {
	def, err := t.definition(ctx)
	if err != nil {
		return err
	}
	if err := t.step(v, opinion, nil); err != nil {
		return err
	}
	t.r.AcceptedOn, t.r.Deemed = on, v == VerbDeem
	if t.r.ReceivedOn.After(on) { // handed in after hours, and accepted all the same
		t.r.ReceivedOn = on
	}
	t.ledger = new(workday.Ledger)
	if err := t.clock(ctx, workday.Entry{Kind: workday.Start, On: on}); err != nil {
		return err
	}
	if err := t.step(VerbReview, "", nil); err != nil {
		return err
	}
	t.r.dues(t.m.Org.Calendar(ctx, t.r.CompetentDivision), *t.ledger)
	t.give(acceptanceSheet(t.r, def))
	if !t.r.DeferredUntil.IsZero() {
		names, err := t.deferredNames(ctx)
		if err != nil {
			return err
		}
		t.give(deferralSheet(t.r, names))
	}
	t.tell(Accepted{Ref: t.r.ref(), Deemed: t.r.Deemed, DueOn: t.r.DueOn})
	return t.start(ctx, def)
}

// start begins the workflow. The row of the case is written afterwards, by
// commit, so that a process which finishes at once is a mistake of the
// definition and not a lost decision.
func (t *turn) start(ctx context.Context, def *catalogue.Definition) error {
	places, err := t.m.places(ctx, t.r, def.Dept)
	if err != nil {
		return err
	}
	vars, err := t.vars(ctx)
	if err != nil {
		return err
	}
	t.r.Instance, err = t.m.Workflow.Start(ctx, workflow.Start{
		Subject: t.r.Number, Title: t.r.ItemName, Item: t.r.Item, Definition: def.Process, Vars: vars,
		Places: places, Division: t.r.CompetentDivision, Level: int(org.LevelOf(t.r.CompetentDivision)),
	})
	return err
}

// places are the agencies that steps may name: the competent one, the one that
// stands behind the receiving outlet, and the governments above the matter.
// Behind a village point stands the committee, behind a town's outlet the town
// government; halls and the centre have no agency of their own, there it is
// the competent one.
func (m *Module) places(ctx context.Context, r *record, dept string) (map[string]string, error) {
	places := map[string]string{"competent": r.CompetentAgency, "receiving": r.CompetentAgency}
	if level := org.LevelOf(r.ReceivingDivision); level >= org.Town {
		if a, err := m.Org.CompetentAgency(ctx, "", level, r.ReceivingDivision); err == nil {
			places["receiving"] = a.Code
		}
	}
	for name, level := range map[string]org.Level{"village": org.Village, "town": org.Town, "county": org.County, "city": org.City} {
		// A matter of the county has no town, and a neighbourhood in a mining
		// district no town government: the deciding body does their part.
		places[name] = r.CompetentAgency
		if at := org.Above(r.Division, level); at != "" {
			if a, err := m.Org.CompetentAgency(ctx, dept, level, at); err == nil {
				places[name] = a.Code
			}
		}
	}
	return places, nil
}

// vars are what the conditions of a process may ask: the form and the answers.
func (t *turn) vars(ctx context.Context) (map[string]any, error) {
	c := t.content
	if c == nil {
		read, err := t.m.contentOf(ctx, t.r.ID)
		if err != nil {
			return nil, err
		}
		c = &read
	}
	form, answers := map[string]any{}, map[string][]string{}
	if err := fromJSON(c.Form, &form); err != nil {
		return nil, err
	}
	if err := fromJSON(c.Answers, &answers); err != nil {
		return nil, err
	}
	vars := map[string]any{"form": form, "answers": answers, "channel": t.r.Channel, "applicant_type": t.r.ApplicantType}
	for k, v := range form {
		vars[k] = v
	}
	return vars, nil
}

// DeemAccepted accepts every case whose five days of receipt have passed in
// silence (行政许可法 art. 32(4)): accepted from the day of receipt, so that the
// promise counts from then. A periodic job; each case in a transaction of its own.
func (m *Module) DeemAccepted(ctx context.Context) error {
	return m.sweep(ctx, "deem", []State{StateSubmitted, StateReceived}, "due_on", func(ctx context.Context, number string) error {
		return m.job(ctx, number, "逾期视为受理", func(ctx context.Context, t *turn) error {
			cal := m.Org.Calendar(ctx, t.r.CompetentDivision)
			if !inState(t.r.State, StateSubmitted, StateReceived) || !workday.IsDeemedAccepted(cal, t.r.ReceivedOn, t.today) {
				return nil
			}
			return t.accept(ctx, VerbDeem, workday.DeemedAcceptedOn(t.r.ReceivedOn), "")
		})
	})
}

func inState(s State, list ...State) bool {
	for _, x := range list {
		if s == x {
			return true
		}
	}
	return false
}
