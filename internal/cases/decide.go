package cases

import (
	"context"
	"fmt"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/workflow"
	"yimen/workday"
)

// Decide decides a case whose decision step is open (作出决定): it completes that
// task in the name of the actor, by the rights of the workflow, and the case is
// decided when the workflow finishes, in the same transaction. A denial needs
// reasons. ErrStepsOpen (409) names the steps that come before.
func (m *Module) Decide(ctx context.Context, number string, a Act) (Case, error) {
	mv, _ := MoveOf(VerbDecide)
	err := m.db.InTx(ctx, func(ctx context.Context) error {
		t, err := m.take(ctx, number)
		switch {
		case err != nil:
			return err
		case !t.r.visible(t.actor):
			return t.r.unseen(t.actor)
		case !t.r.may(t.actor, mv):
			return ErrVerbDenied
		}
		if err := t.stale(ctx, a.Revision); err != nil {
			return err
		}
		if _, err := Next(t.r.State, VerbDecide); err != nil {
			return t.refuse(err, VerbDecide)
		}
		if err := checkDecision(&a); err != nil {
			return err
		}
		task, err := m.decisionTask(ctx, number)
		if err != nil {
			return err
		}
		ctx = context.WithValue(ctx, remediesKey{}, a.Remedies)
		return m.Workflow.Approve(ctx, task, workflow.Act{Opinion: a.Opinion, Outcome: a.Outcome})
	})
	if err != nil {
		return Case{}, err
	}
	r, err := m.byNumber(ctx, number)
	if err != nil {
		return Case{}, err
	}
	return m.present(ctx, r, identity.FromContext(ctx)), nil
}

// remediesKey carries the remedies that the decider wrote past the workflow,
// which has no word for them, to the decision that follows.
type remediesKey struct{}

func checkDecision(a *Act) error {
	var bad errs.Fields
	need := ""
	switch a.Outcome {
	case Granted:
	case Denied:
		need = "不予决定须写明理由和依据。"
	default:
		bad.Add("outcome", "决定应为准予（granted）或不予（denied）。")
	}
	checkText(&bad, "opinion", &a.Opinion, need)
	checkText(&bad, "remedies", &a.Remedies, "")
	return bad.Err()
}

// decisionTask finds the open decision task, or says which steps come first.
func (m *Module) decisionTask(ctx context.Context, number string) (string, error) {
	i, err := m.Workflow.Instance(ctx, number)
	if err != nil {
		return "", err
	}
	decision := map[string]bool{}
	for _, n := range i.Definition.Steps() {
		decision[n.ID] = n.Decision
	}
	task, before := "", []string{}
	for _, t := range i.Tasks {
		switch {
		case t.State != workflow.Open && t.State != workflow.Waiting:
		case decision[t.Node] && t.State == workflow.Open && t.Added == "":
			task = t.ID
		default:
			before = append(before, t.Name)
		}
	}
	if task == "" || len(before) > 0 {
		return "", ErrStepsOpen.Say("以下环节尚未完成：%s。请办完后再作决定。", strings.Join(before, "、"))
	}
	return task, nil
}

// decided is the end of the workflow: the clock of the promise stops, the
// decision gets its number, and the case goes on as far as it goes by itself.
func (m *Module) decided(ctx context.Context, e workflow.Finished) error {
	t, err := m.takeFor(ctx, e.Subject, VerbDecide)
	if err != nil {
		return err
	}
	if t.r.Instance != e.Instance {
		return ErrUnknown
	}
	if e.Outcome == Denied && strings.TrimSpace(e.Opinion) == "" {
		return errs.ErrInvalid.Field("opinion", "不予决定须写明理由和依据。")
	}
	def, err := t.definition(ctx)
	if err != nil {
		return err
	}
	remedies, _ := ctx.Value(remediesKey{}).(string)
	if remedies == "" {
		remedies = remediesText(def)
	}
	if err := t.step(VerbDecide, e.Opinion, map[string]string{"outcome": e.Outcome}); err != nil {
		return fmt.Errorf("decide case %s: %w", e.Subject, err)
	}
	t.r.DecidedOn, t.r.Outcome = t.today, e.Outcome
	if err := t.clock(ctx, workday.Entry{Kind: workday.Stop, On: t.today}); err != nil {
		return err
	}
	t.give(decisionSheet(t.r, def, e.Opinion, remedies))
	t.tell(Decided{Ref: t.r.ref(), Outcome: e.Outcome, Licence: def.Result.LicenceType})
	if err := t.byItself(); err != nil {
		return err
	}
	return t.commit(ctx)
}
