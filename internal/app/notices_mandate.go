package app

import (
	"context"
	"errors"
	"fmt"

	"yimen/internal/identity"
	"yimen/internal/messages"
)

// mandatesPage is where people see the mandates they gave and got.
const mandatesPage = "/my/mandates"

// mandateChanged tells the other side of a mandate what became of it.
func (t teller) mandateChanged(ctx context.Context, e identity.MandateChanged) error {
	who, err := t.a.Identity.Actor(ctx, e.To)
	if errors.Is(err, identity.ErrAccountUnknown) || errors.Is(err, identity.ErrAccountDisabled) {
		return nil // nobody is left to be told
	}
	if err != nil {
		return err
	}
	x, err := t.a.Identity.Mandate(identity.With(ctx, who), e.Mandate)
	if errors.Is(err, identity.ErrMandateUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.a.Messages.Send(ctx, messages.Notice{To: e.To, Template: "mandate." + e.What, Link: mandatesPage,
		Key:  "mandate:" + e.Mandate + ":" + e.What,
		Vars: vars{"by": e.By, "scope": reachOf(x), "due": day(x.To)}})
}

// reachOf says in a few words what a mandate is for.
func reachOf(x identity.Mandate) string {
	switch x.Scope {
	case identity.ScopeItems:
		return fmt.Sprintf("指定的%d个事项", len(x.Items))
	case identity.ScopeCase:
		return "办件" + x.Case
	}
	return "所有事项"
}
