package app

import (
	"context"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/events"
)

// react says who hears of what, one line each. What must never be seen apart
// from its cause (a case is decided in the transaction in which its workflow
// finishes) a module subscribes to itself when it is made: see cases.New.
func (a *App) react() {
	t := teller{a} // tells the people, see notices.go
	events.Later(a.Bus, tellers, t.submitted)
	events.Later(a.Bus, tellers, t.accepted)
	events.Later(a.Bus, tellers, t.correctionRequested)
	events.Later(a.Bus, tellers, t.corrected)
	events.Later(a.Bus, tellers, t.refused)
	events.Later(a.Bus, tellers, t.paused)
	events.Later(a.Bus, tellers, t.resumed)
	events.Later(a.Bus, tellers, t.extended)
	events.Later(a.Bus, tellers, t.decided)
	events.Later(a.Bus, tellers, t.ready)
	events.Later(a.Bus, tellers, t.delivered)
	events.Later(a.Bus, tellers, t.withdrawn)
	events.Later(a.Bus, tellers, t.terminated)
	events.Later(a.Bus, tellers, t.draftEnding)
	events.Later(a.Bus, tellers, t.mandateChanged)
	events.Later(a.Bus, tellers, t.accountChanged)
	events.Later(a.Bus, tellers, t.delegationChanged)
	events.Later(a.Bus, tellers, t.taskAssigned)
	events.Later(a.Bus, tellers, t.taskReminded)
	events.Later(a.Bus, tellers, t.taskOverdue)

	events.Together(a.Bus, tellers, t.together)

	events.Later(a.Bus, papersOf, func(ctx context.Context, e cases.Submitted) error { return a.paper(ctx, e.Number) })
	events.Later(a.Bus, papersOf, func(ctx context.Context, e cases.Corrected) error { return a.paper(ctx, e.Number) })
	events.Together(a.Bus, papersOf, a.papers)

	events.Later(a.Bus, licencesOf, a.issueLicence, func(e cases.Decided) bool { return e.Outcome == cases.Granted && e.Licence != "" })

	events.Later(a.Bus, promisesOf, func(ctx context.Context, e cases.Withdrawn) error {
		return a.endPromises(ctx, e.Number, "申请人撤回了申请，不用核查。")
	})
	events.Later(a.Bus, promisesOf, func(ctx context.Context, e cases.Refused) error {
		return a.endPromises(ctx, e.Number, "没有受理，不用核查。")
	})
	events.Later(a.Bus, promisesOf, func(ctx context.Context, e cases.Terminated) error {
		return a.endPromises(ctx, e.Number, "办件已经终止，不用核查。")
	})
	denied := func(e cases.Decided) bool { return e.Outcome == cases.Denied }
	events.Later(a.Bus, promisesOf, func(ctx context.Context, e cases.Decided) error {
		if !denied(e) {
			return nil // told by the release before
		}
		return a.endPromises(ctx, e.Number, "决定不予许可，不用核查。")
	}, denied)
}

// promisesOf is the subscriber that ends promises of cases that came to nothing.
const promisesOf = "promises"

func (a *App) endPromises(ctx context.Context, number, reason string) error {
	return a.Proofs.CloseCommitments(identity.With(ctx, identity.System(promisesOf)), number, reason)
}

// papersOf is the subscriber that notes papers to be handed on.
const papersOf = "papers"

// paper notes the papers of a case that is decided elsewhere.
func (a *App) paper(ctx context.Context, number string) error {
	_, err := a.Hall.CaseCame(identity.With(ctx, identity.System(papersOf)), number)
	return err
}

// papers is paper for what many cases brought.
func (a *App) papers(ctx context.Context, list []events.Event, _ events.Tell) error {
	return a.Hall.CasesCame(identity.With(ctx, identity.System(papersOf)), numbersOf(list))
}

// numbersOf lists the cases that events are about, each once.
func numbersOf(list []events.Event) []string {
	var numbers []string
	seen := map[string]bool{}
	for _, e := range list {
		about, ok := e.(interface{ Of() cases.Ref })
		if ok && !seen[about.Of().Number] {
			seen[about.Of().Number] = true
			numbers = append(numbers, about.Of().Number)
		}
	}
	return numbers
}

// work registers what runs in the background: the modules' jobs and sweeps.
func (a *App) work() {
	a.Audit.Workers(a.Queue)
	a.Store.Workers(a.Queue)
	a.Keys.Workers(a.Queue)
	a.Archive.Workers(a.Queue)
	a.Identity.Workers(a.Queue)
	a.Messages.Workers(a.Queue)
	a.Presence.Workers(a.Queue)
	a.OpenID.Workers(a.Queue)
	a.Assurance.Workers(a.Queue)
	a.Workflow.Workers(a.Queue)
	a.Catalogue.Workers(a.Queue)
	a.countUsesHourly()
	a.tellOfGivenUp()
	a.Seals.Workers(a.Queue)
	a.Licences.Workers(a.Queue)
	if !a.NoticesWhenAsked {
		a.Notices.Workers(a.Queue)
	}
	a.Training.Workers(a.Queue)
	a.Proofs.Workers(a.Queue)
	a.Cases.Workers(a.Queue)
	a.Counter.Workers(a.Queue)
	a.Office.Workers(a.Queue)
	a.Hall.Workers(a.Queue)
}
