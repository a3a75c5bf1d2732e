package browser_test

import (
	"slices"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/workflow"
)

// opens are the tasks of a case that wait for somebody.
func (c *city) opens(t testing.TB, number string) []workflow.Task {
	t.Helper()
	flow, err := c.Workflow.Instance(c.System, number)
	must(t, err)
	var list []workflow.Task
	for _, task := range flow.Tasks {
		if task.State == workflow.Open {
			list = append(list, task)
		}
	}
	return list
}

// approverOf is somebody who may do a task and has done none of its step.
func (c *city) approverOf(t testing.TB, task workflow.Task) string {
	t.Helper()
	flow, err := c.Workflow.Instance(c.System, task.Subject)
	must(t, err)
	var acted []string
	for _, x := range flow.History {
		if x.Node == task.Node && x.Round == task.Round {
			acted = append(acted, x.Actor)
		}
	}
	people, err := c.Identity.Colleagues(c.System, task.Agency, identity.Verb("task."+task.Role))
	must(t, err)
	for _, p := range people {
		if task.Assignee == p.ID || task.Assignee == "" && !slices.Contains(acted, p.ID) {
			return p.Name
		}
	}
	t.Fatalf("nobody of %s can do “%s” of %s", task.Agency, task.Name, task.Subject)
	return ""
}

// takeUp finds a case in the inbox, as whoever has the task, and opens it.
func (v *visitor) takeUp(task workflow.Task) *visitor {
	v.t.Helper()
	v.As(v.city.approverOf(v.t, task))
	v.Open("/office").Fill("q", task.Subject).Click("查询").Click(task.Subject)
	return v.Says(task.Name)
}

// approveAll lets every step of a case be approved by whoever has it; sees is
// called on the page of each task before.
func (v *visitor) approveAll(number, outcome, opinion string, sees func(v *visitor, task workflow.Task)) {
	v.t.Helper()
	for range 12 {
		tasks := v.city.opens(v.t, number)
		if len(tasks) == 0 {
			return
		}
		task := tasks[0]
		other := v.beside().takeUp(task)
		if sees != nil {
			sees(other, task)
		}
		decides := other.panel().Has(`#task-`+task.ID+` input[name="outcome"]`) > 0
		if decides {
			other.Fill("outcome", outcome)
		}
		other.Fill("opinion", opinion)
		if decides {
			other.Click("提交决定")
		} else {
			other.Click("同意")
		}
		other.Says("已")
		other.Calm(v.t)
	}
	v.t.Fatalf("the approval of %s does not end", number)
}
