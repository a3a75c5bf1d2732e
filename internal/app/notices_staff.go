package app

import (
	"context"
	"errors"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/messages"
	"yimen/internal/office"
	"yimen/internal/workflow"
)

// mostAsked bounds how many colleagues hear of a task that is nobody's yet: those
// who could take it, not the whole house.
const mostAsked = 10

// tellStaff sends a notice about a task to whoever has it, or, while nobody
// has, to those of the agency who may do it.
func (t teller) tellStaff(ctx context.Context, template, once, subject, agency, assignee string, v vars) error {
	c, err := t.find(ctx, subject)
	if errors.Is(err, cases.ErrUnknown) {
		return nil // an instance that is no case's, or of a sample that is gone
	}
	if err != nil {
		return err
	}
	v["item"], v["number"] = c.ItemName, c.Number
	to := []string{assignee}
	if assignee == "" {
		if to, err = t.whoCould(ctx, agency); err != nil {
			return err
		}
	}
	for _, account := range to {
		err := t.a.Messages.Send(ctx, messages.Notice{To: account, Template: template, Vars: v, About: c.Number,
			Link: office.CaseURL(c.Number), Division: c.Competent.Division, Key: once + ":" + account})
		if err != nil {
			return err
		}
	}
	return nil
}

// whoCould lists the first few of an agency who decide or examine.
func (t teller) whoCould(ctx context.Context, agency string) ([]string, error) {
	ctx = identity.With(ctx, identity.System(tellers))
	var list []string
	seen := map[string]bool{}
	for _, verb := range []identity.Verb{workflow.VerbDecide, workflow.VerbReview} {
		colleagues, err := t.a.Identity.Colleagues(ctx, agency, verb)
		if err != nil {
			return nil, err
		}
		for _, c := range colleagues {
			if !seen[c.ID] && len(list) < mostAsked {
				seen[c.ID] = true
				list = append(list, c.ID)
			}
		}
	}
	return list, nil
}

func (t teller) taskAssigned(ctx context.Context, e workflow.TaskAssigned) error {
	return t.tellStaff(ctx, "task.assigned", "task:"+e.Task+":assigned:"+e.At.Format("20060102T150405.000"),
		e.Subject, e.Agency, e.Assignee, vars{"by": e.ByName, "task": e.Name, "due": day(e.DueOn)})
}

func (t teller) taskReminded(ctx context.Context, e workflow.TaskReminded) error {
	return t.tellStaff(ctx, "task.reminded", "task:"+e.Task+":reminded:"+e.At.Format("20060102T150405.000"),
		e.Subject, e.Agency, e.Assignee, vars{"by": e.ByName, "task": e.Name, "due": day(e.DueOn)})
}

// taskOverdue tells whoever let it lie; an escalated task is nobody's, so those
// who decide hear of it.
func (t teller) taskOverdue(ctx context.Context, e workflow.TaskOverdue) error {
	once, v := "task:"+e.Task+":overdue", vars{"task": e.Name, "due": day(e.DueOn)}
	if e.Escalated && e.Assignee != "" {
		if err := t.tellStaff(ctx, "task.overdue", once, e.Subject, e.Agency, "", v); err != nil {
			return err
		}
	}
	return t.tellStaff(ctx, "task.overdue", once, e.Subject, e.Agency, e.Assignee, v)
}
