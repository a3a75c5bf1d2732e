package main

import (
	"context"
	"fmt"

	cityorg "yimen/city/org"
	"yimen/internal/app"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/workday"
)

// lent measures the sessions of those who have something of others: the legal
// representative of an enterprise, the enterprise, which is known as surely as
// they are, and a deputy.
func (c *city) lent(ctx context.Context, a *app.App) error {
	as := func(account string) (context.Context, error) {
		actor, err := a.Identity.Actor(ctx, account)
		return identity.With(ctx, actor), err
	}
	firm, err := cityorg.CompanyOf(1)
	if err != nil {
		return err
	}
	who, err := as(citizen)
	if err != nil {
		return err
	}
	bound, err := a.Identity.BindCompany(who, identity.Binding{Name: firm.Name, USCC: firm.USCC, LegalName: firm.LegalName, LegalIDNo: firm.LegalIDNo})
	if err != nil {
		return fmt.Errorf("bind a company: %w", err)
	}
	if err := lend(a, as); err != nil {
		return fmt.Errorf("lend to a deputy: %w", err)
	}
	for _, of := range []struct{ who, account string }{
		{"person who acts for a company", citizen}, {"company that is led by somebody", bound.Principal}, {"deputy", chief}} {
		cookies, err := signedIn(a, of.account)
		if err != nil {
			return err
		}
		if err := c.check(ctx, a, of.who, cookies); err != nil {
			return err
		}
	}
	return nil
}

// lend lets the chief stand in for an approver, as the head of both agrees.
func lend(a *app.App, as func(account string) (context.Context, error)) error {
	own, err := as(approver)
	if err != nil {
		return err
	}
	deputy, err := a.Identity.Actor(own, chief)
	if err != nil {
		return err
	}
	today := workday.DateOf(a.Clock.Now(), clock.Beijing)
	id, err := a.Identity.AskDelegation(own, identity.Delegation{Deputy: deputy.Account, From: today, To: today.Add(3), Reason: "年休假"}, []string{"approver"})
	if err != nil {
		return err
	}
	head, err := as(head)
	if err != nil {
		return err
	}
	return a.Identity.AuthoriseDelegation(head, id)
}
