package workflow

import (
	"time"

	"yimen/workday"
)

// Opinions and reminders are somebody's words and may name people, so they
// reach only subscribers in the same transaction (events.Now): what waits in
// the job queue holds ids.

// Finished tells that an instance has ended with a decision, in the
// transaction of the last act.
type Finished struct {
	Subject, Instance string
	Outcome           string // Granted or Denied
	Opinion           string `json:"-"` // of the act that decided last
	By, ByName        string
	At                time.Time
}

// TaskOpened tells that somebody has something to do.
type TaskOpened struct {
	Subject, Instance, Task string
	Node, Name, Role        string
	Agency, Assignee        string
	Round                   int
	DueOn                   workday.Date // zero: no limit
	At                      time.Time
}

// TaskAssigned tells that somebody was given a task by somebody else: it was
// reassigned, or delegated to them.
type TaskAssigned struct {
	Subject, Instance, Task string
	Name, Agency, Assignee  string
	Act                     string // ActReassign, ActDelegate
	DueOn                   workday.Date
	By, ByName              string
	At                      time.Time
}

// TaskDone tells that somebody approved or refused a task.
type TaskDone struct {
	Subject, Instance, Task string
	Node, Name, Agency      string
	Result                  string // ActApprove, ActRefuse
	Opinion                 string `json:"-"`
	By, ByName, OnBehalf    string
	At                      time.Time
}

// Returned tells that a case went back to an earlier step.
type Returned struct {
	Subject, Instance string
	From, FromName    string // node
	To, ToName        string // node
	Opinion           string `json:"-"`
	By, ByName        string
	Round             int
	At                time.Time
}

// TaskOverdue tells, once for each task, that its limit is over.
type TaskOverdue struct {
	Subject, Instance, Task string
	Node, Name              string
	Agency, Assignee        string
	DueOn                   workday.Date
	Escalated               bool
	At                      time.Time
}

// TaskReminded tells that somebody asked for a task to be hurried (催办).
type TaskReminded struct {
	Subject, Instance, Task string
	Name, Agency, Assignee  string
	DueOn                   workday.Date
	Text                    string `json:"-"`
	By, ByName              string
	At                      time.Time
}

// ActWithdrawn tells that an act was undone: the task is open again.
type ActWithdrawn struct {
	Subject, Instance, Task string
	Node, Name              string
	Act                     string // which act was undone
	By, ByName              string
	At                      time.Time
}

func (Finished) EventName() string     { return "workflow.finished.v1" }
func (TaskOpened) EventName() string   { return "workflow.task_opened.v1" }
func (TaskAssigned) EventName() string { return "workflow.task_assigned.v1" }
func (TaskDone) EventName() string     { return "workflow.task_done.v1" }
func (Returned) EventName() string     { return "workflow.returned.v1" }
func (TaskOverdue) EventName() string  { return "workflow.task_overdue.v1" }
func (TaskReminded) EventName() string { return "workflow.task_reminded.v1" }
func (ActWithdrawn) EventName() string { return "workflow.act_withdrawn.v1" }
