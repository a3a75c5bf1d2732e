package portal

import (
	"context"
	"fmt"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/web/ui"
)

// whose says whose matter a case is, where it is not simply one's own.
func whose(ctx context.Context, c cases.Case) string {
	switch {
	case c.Account != identity.FromContext(ctx).Account:
		return "替" + c.Applicant.Name + "办"
	case c.Delegated:
		return "由代办人提交"
	}
	return ""
}

// hands says in plain words who has the case now and how long that takes.
func hands(c cases.Case) string {
	who := ""
	switch c.State {
	case cases.StateSubmitted, cases.StateReceived:
		who = c.Receiving.Name
	case cases.StateCorrecting:
		who = "您"
	case cases.StateAccepted, cases.StateReviewing, cases.StatePaused, cases.StateDecided, cases.StateIssuing:
		who = c.Competent.Name
	case cases.StateDelivering:
		if c.Deliver != cases.DeliverWindow {
			return "现在在路上，就要送到您手里"
		}
		who = c.DeliverTo.Name
	default:
		return ""
	}
	return "现在在" + who + "手里" + daysText(c)
}

func daysText(c cases.Case) string {
	if c.DaysLeft == nil || c.DueOn.IsZero() || c.State == cases.StatePaused || c.State == cases.StateDelivering {
		return ""
	}
	switch n := *c.DaysLeft; {
	case n < 0:
		return fmt.Sprintf("，已经超过%d个工作日，可以打12345催办", -n)
	case n == 0:
		return "，今天到期"
	case c.State == cases.StateCorrecting:
		return fmt.Sprintf("，还有%d个工作日", n)
	default:
		return fmt.Sprintf("，最多还要%d个工作日", n)
	}
}

// progressOf is a case under way as a line of five dots; one that has ended
// needs none.
func progressOf(c cases.Case) []ui.Step {
	if c.State.Ended() {
		return nil
	}
	return stepsOf(c.State)
}
