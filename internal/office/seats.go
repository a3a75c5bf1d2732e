package office

import (
	"fmt"
	"slices"

	"yimen/internal/workflow"
)

// signingActs are what only a signer of the step does to a task.
var signingActs = []string{workflow.ActApprove, workflow.ActReturn, workflow.ActRefuse, workflow.ActAddApprover}

// leave takes away what a viewer cannot do to a task because a colleague has
// to sign it. A task that the viewer lent (委托) can still be claimed back.
func (t *taskCard) leave(account string) {
	t.Allowed = slices.DeleteFunc(t.Allowed, func(a string) bool {
		return slices.Contains(signingActs, a) || a == workflow.ActClaim && t.OnBehalf != account
	})
	t.Colleague = true
}

// shareOut leaves one form for each step: different people sign it, so of
// several tasks that the viewer may do the first is theirs, one in their name
// before others, and the rest is for colleagues.
func shareOut(cards []taskCard, account string) {
	type step struct {
		node  string
		round int
	}
	mine := map[step]int{}
	signs := func(t taskCard) bool {
		return t.Seat.No > 0 && (t.may(workflow.ActApprove) || t.may(workflow.ActClaim))
	}
	for i, t := range cards {
		k, taken := mine[step{t.Node, t.Round}]
		if signs(t) && (!taken || t.Assignee == account && cards[k].Assignee != account) {
			mine[step{t.Node, t.Round}] = i
		}
	}
	for i := range cards {
		if k, ok := mine[step{cards[i].Node, cards[i].Round}]; ok && k != i && signs(cards[i]) {
			cards[i].leave(account)
		}
	}
}

// seatText says which of its signers a task waits for: （第1人 / 共2人）.
func seatText(s workflow.Seat) string {
	if s.Of < 2 {
		return ""
	}
	return fmt.Sprintf("（第%d人 / 共%d人）", s.No, s.Of)
}
