package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/events"
	"yimen/internal/messages"
	"yimen/internal/portal"
	"yimen/workday"
)

// tellers names the subscriber that turns events into notices.
const tellers = "messages"

// teller tells the people of a case what happened to it: whoever applied, and
// whoever acts for them. It runs as a job after the fact, so what depends on
// the moment comes from the event, the rest from the case as it is now.
type teller struct{ a *App }

type vars map[string]string

// tell sends a notice about a case to its people. once tells one cause from
// another of the same case.
func (t teller) tell(ctx context.Context, ref cases.Ref, template, once string, with func(c cases.Case) vars) error {
	c, err := t.find(ctx, ref.Number)
	if errors.Is(err, cases.ErrUnknown) {
		return nil // deleted with the sample city
	}
	if err != nil {
		return err
	}
	return t.tellOf(ctx, c, ref.Account, template, once, with)
}

// together tells of many events: their cases are read and what is to be said
// is written by a few statements for all of them.
func (t teller) together(ctx context.Context, list []events.Event, tell events.Tell) error {
	known, err := t.a.Cases.Glances(identity.With(ctx, identity.System(tellers)), numbersOf(list))
	if err != nil {
		return err
	}
	ctx = context.WithValue(ctx, glancesKey{}, known)
	return t.a.Messages.Gather(ctx, func(ctx context.Context) error {
		for _, e := range list {
			if err := tell(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// glancesKey is of the cases that together has read.
type glancesKey struct{}

// find reads the case without its content: most notices name what stands in
// its row.
func (t teller) find(ctx context.Context, number string) (cases.Case, error) {
	known, _ := ctx.Value(glancesKey{}).(map[string]cases.Case)
	if c, ok := known[number]; ok {
		return c, nil
	}
	return t.a.Cases.Glance(identity.With(ctx, identity.System(tellers)), number)
}

// whole reads the case with its content.
func (t teller) whole(ctx context.Context, number string) (cases.Case, error) {
	return t.a.Cases.Find(identity.With(ctx, identity.System(tellers)), number)
}

// tellOf sends to the applicant, by account or, without one, to the telephone
// in the case; and to the agent's account when the applicant has none.
func (t teller) tellOf(ctx context.Context, c cases.Case, account, template, once string, with func(c cases.Case) vars) error {
	v := vars{"item": c.ItemName, "number": c.Number, "code": c.QueryCode, "agency": c.Competent.Name, "outlet": c.Receiving.Name}
	if with != nil {
		for k, x := range with(c) {
			v[k] = x
		}
	}
	n := messages.Notice{Template: template, Vars: v, About: c.Number,
		Link: portal.CaseURL(c.Number), Division: c.Competent.Division, Key: "case:" + c.Number + ":" + once}
	if err := t.a.toApplicant(ctx, c, n); err != nil {
		return err
	}
	if c.Account != "" || account == "" {
		return nil
	}
	n.To, n.Key = account, n.Key+":agent"
	return t.a.Messages.Send(ctx, n)
}

// toApplicant sends a notice about a case to who applied.
func (a *App) toApplicant(ctx context.Context, c cases.Case, n messages.Notice) (err error) {
	n.Name, n.About = c.Applicant.Name, c.Number
	if n.To, n.Phone, err = a.applicantOf(ctx, c); err != nil {
		return err
	}
	return a.Messages.Send(ctx, n)
}

// applicantOf is where the applicant of a case is reached: the account, or without
// one the telephone in the case. An account that the case stands under by its
// number alone is told nothing before it has shown who it is: it would be told the
// query code too (cases.OwnLevel).
func (a *App) applicantOf(ctx context.Context, c cases.Case) (account, phone string, err error) {
	if c.Account == "" {
		return "", c.Applicant.Phone, nil
	}
	if c.Filed {
		return c.Account, "", nil
	}
	level, err := a.Identity.LevelOf(ctx, c.Account)
	if err != nil {
		return "", "", err
	}
	if level < cases.OwnLevel {
		return "", c.Applicant.Phone, nil
	}
	return c.Account, "", nil
}

// day is a civil date for people; a limit that is not set is a word.
func day(d workday.Date) string {
	if d.IsZero() {
		return "规定期限"
	}
	return d.Chinese()
}

func (t teller) submitted(ctx context.Context, e cases.Submitted) error {
	template := "case.submitted"
	if e.Channel == cases.ChannelWindow || e.Channel == cases.ChannelPost {
		template = "case.received"
	}
	return t.tell(ctx, e.Ref, template, "submitted", func(c cases.Case) vars { return vars{"due": day(c.ReceiptDueOn)} })
}

// accepted: what is decided on the spot is told once, by its decision.
func (t teller) accepted(ctx context.Context, e cases.Accepted) error {
	c, err := t.find(ctx, e.Number)
	if errors.Is(err, cases.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	template := "case.accepted"
	switch {
	case e.Deemed:
		template = "case.deemed_accepted"
	case c.Kind == "instant" && c.Outcome != "":
		return nil
	case c.Kind == "instant":
		template = "case.accepted_instant"
	}
	return t.tellOf(ctx, c, e.Account, template, "accepted", func(cases.Case) vars { return vars{"due": day(e.DueOn)} })
}

func (t teller) correctionRequested(ctx context.Context, e cases.CorrectionRequested) error {
	c, err := t.whole(ctx, e.Number)
	if errors.Is(err, cases.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.tellOf(ctx, c, e.Account, "case.correction_requested", "correction", func(c cases.Case) vars {
		return vars{"due": day(e.DueOn), "what": demands(c)}
	})
}

// demands lists what is to be corrected, each with its cure.
func demands(c cases.Case) string {
	var b strings.Builder
	for i, d := range c.Content.Correction {
		name := ""
		for _, m := range c.Content.Checklist.Materials {
			if m.ID == d.Material {
				name = m.Name + "："
			}
		}
		fmt.Fprintf(&b, "%d. %s%s", i+1, name, sentence(d.Problem))
		b.WriteString(sentence(d.Cure))
	}
	if b.Len() == 0 {
		return "见补正材料一次性告知书。"
	}
	return b.String()
}

// sentence ends a phrase with a full stop.
func sentence(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.HasSuffix(s, "。") {
		return s
	}
	return s + "。"
}

func (t teller) corrected(ctx context.Context, e cases.Corrected) error {
	return t.tell(ctx, e.Ref, "case.corrected", "corrected", func(c cases.Case) vars { return vars{"due": day(c.ReceiptDueOn)} })
}

func (t teller) refused(ctx context.Context, e cases.Refused) error {
	return t.tell(ctx, e.Ref, "case.refused", "refused", nil)
}

// paused may happen several times: the pauses of the ledger tell them apart.
func (t teller) paused(ctx context.Context, e cases.Paused) error {
	c, err := t.whole(ctx, e.Number)
	if errors.Is(err, cases.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	n := 0
	for _, entry := range c.Content.Ledger {
		if entry.Kind == workday.Pause {
			n++
		}
	}
	return t.tellOf(ctx, c, e.Account, "case.paused", fmt.Sprintf("paused:%d", n),
		func(cases.Case) vars { return vars{"procedure": cases.ProcedureName(e.Procedure)} })
}

func (t teller) resumed(ctx context.Context, e cases.Resumed) error {
	return t.tell(ctx, e.Ref, "case.resumed", "resumed:"+e.DueOn.String(), func(cases.Case) vars { return vars{"due": day(e.DueOn)} })
}

func (t teller) extended(ctx context.Context, e cases.Extended) error {
	return t.tell(ctx, e.Ref, "case.extended", "extended", func(cases.Case) vars { return vars{"due": day(e.DueOn)} })
}

// decided: an electronic result that nothing stands in the way of is there at
// once, and is told with the decision.
func (t teller) decided(ctx context.Context, e cases.Decided) error {
	if e.Outcome == cases.Denied {
		return t.tell(ctx, e.Ref, "case.denied", "decided", nil)
	}
	c, err := t.find(ctx, e.Number)
	if errors.Is(err, cases.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	if c.Deliver == cases.DeliverElectronic && c.DeferredUntil.IsZero() {
		return t.tellOf(ctx, c, e.Account, "case.granted_electronic", "electronic", nil)
	}
	return t.tellOf(ctx, c, e.Account, "case.granted", "decided", nil)
}

func (t teller) ready(ctx context.Context, e cases.Ready) error {
	if e.By == cases.DeliverPost {
		return t.tell(ctx, e.Ref, "case.posting", "ready", nil)
	}
	return t.tell(ctx, e.Ref, "case.ready", "ready", func(c cases.Case) vars {
		place := c.DeliverTo.Name
		if c.DeliverTo.Address != "" {
			place += "（" + c.DeliverTo.Address + "）"
		}
		return vars{"place": place}
	})
}

func (t teller) delivered(ctx context.Context, e cases.Delivered) error {
	if e.By == cases.DeliverElectronic {
		return t.tell(ctx, e.Ref, "case.granted_electronic", "electronic", nil)
	}
	return t.tell(ctx, e.Ref, "case.delivered", "delivered", func(cases.Case) vars { return vars{"way": cases.DeliverName(e.By)} })
}

func (t teller) withdrawn(ctx context.Context, e cases.Withdrawn) error {
	return t.tell(ctx, e.Ref, "case.withdrawn", "withdrawn", nil)
}

func (t teller) terminated(ctx context.Context, e cases.Terminated) error {
	return t.tell(ctx, e.Ref, "case.terminated", "terminated", nil)
}
