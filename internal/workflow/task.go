package workflow

import (
	"slices"
	"time"

	"yimen/internal/identity"
	"yimen/workday"
)

// States of a task.
const (
	Open       = "open"       // to be done
	Waiting    = "waiting"    // behind an added approver, or one added for later
	Done       = "done"       // somebody acted
	Superseded = "superseded" // an act elsewhere made it pointless
	Undone     = "undone"     // the act that opened it was withdrawn
	Cancelled  = "cancelled"  // the instance was cancelled
)

// Lights of a deadline (红黄灯), by working days left.
const (
	LightNormal  = "normal"
	LightYellow  = "yellow" // three or fewer
	LightRed     = "red"    // one or none
	LightOverdue = "overdue"
)

// Task is something that somebody has to do, or had.
type Task struct {
	ID        string       `json:"id"`
	Instance  string       `json:"instance"`
	Subject   string       `json:"subject"` // case number
	Title     string       `json:"title"`
	Item      string       `json:"item"` // code
	Node      string       `json:"node"`
	Name      string       `json:"name"` // of the step
	Seat      int          `json:"seat"` // which of the step's signers, from 0
	Round     int          `json:"round"`
	Role      string       `json:"role"`
	Agency    string       `json:"agency"`
	Division  string       `json:"division"` // of the agency
	Dept      string       `json:"dept"`
	Receiving string       `json:"receiving"` // division where the matter was handed in
	Assignee  string       `json:"assignee"`  // account; "": whoever of the agency has the role
	OnBehalf  string       `json:"on_behalf"` // the delegator
	Added     string       `json:"added"`     // "", Before, After: an added approver (加签)
	State     string       `json:"state"`
	Held      bool         `json:"held"`
	Light     string       `json:"light"` // of an open task; "" of others
	OpenedAt  time.Time    `json:"opened_at"`
	DueOn     workday.Date `json:"due_on"`  // zero: no limit
	DoneAt    time.Time    `json:"done_at"` // zero: not done
	DoneBy    string       `json:"done_by"` // account
	DoneName  string       `json:"done_name"`
	Result    string       `json:"result"` // ActApprove, ActReturn, ActRefuse
	Opinion   string       `json:"opinion"`
}

// taskRow is a row of workflow_task.
type taskRow struct {
	ID         string     `db:"id"`
	Instance   string     `db:"instance"`
	Subject    string     `db:"subject"`
	Title      string     `db:"title"`
	Node       string     `db:"node"`
	Name       string     `db:"name"`
	Seat       int        `db:"seat"`
	Round      int        `db:"round"`
	Role       string     `db:"role"`
	Agency     string     `db:"agency"`
	Receiving  string     `db:"receiving"`
	Division   string     `db:"division"`
	Dept       string     `db:"dept"`
	Assignee   string     `db:"assignee"`
	OnBehalf   string     `db:"on_behalf"`
	Added      string     `db:"added"`
	Host       string     `db:"host"`
	State      string     `db:"state"`
	Held       bool       `db:"held"`
	Touched    bool       `db:"touched"`
	Overdue    bool       `db:"overdue"`
	Days       int        `db:"days"`
	OpenedOn   string     `db:"opened_on"`
	DueOn      string     `db:"due_on"`
	OpenedAt   time.Time  `db:"opened_at"`
	DoneAt     *time.Time `db:"done_at"`
	DoneBy     string     `db:"done_by"`
	DoneName   string     `db:"done_name"`
	Result     string     `db:"result"`
	Opinion    string     `db:"opinion"`
	CreatedAct string     `db:"created_act"`
	OpenedAct  string     `db:"opened_act"`
	ClosedAct  string     `db:"closed_act"`
	ClosedFrom string     `db:"closed_from"`
	LastAct    string     `db:"last_act"`
	Item       string     `db:"item"`
	DoneOn     string     `db:"done_on"` // civil day, "" while it is not done

	over bool // its instance is, so nothing of it is taken back; see Module.learnOver
}

// noLimit sorts tasks without a limit behind all others.
const noLimit = "9999-12-31"

func (t *taskRow) token() token {
	return token{
		id: t.ID, node: t.Node, seat: t.Seat, round: t.Round,
		wait: t.State == Waiting, added: t.Added, host: t.Host,
	}
}

func (t *taskRow) place() identity.Place {
	return identity.Place{Receiving: t.Receiving, Division: t.Division, Agency: t.Agency, Dept: t.Dept}
}

func (t *taskRow) due() workday.Date {
	if t.DueOn == noLimit {
		return workday.Date{}
	}
	d, _ := workday.ParseDate(t.DueOn)
	return d
}

// task is the row as others see it.
func (t *taskRow) task(l lights) Task {
	v := Task{
		ID: t.ID, Instance: t.Instance, Subject: t.Subject, Title: t.Title, Item: t.Item, Node: t.Node, Name: t.Name,
		Seat: t.Seat, Round: t.Round, Role: t.Role, Agency: t.Agency, Division: t.Division, Dept: t.Dept,
		Receiving: t.Receiving, Assignee: t.Assignee, OnBehalf: t.OnBehalf, Added: t.Added, State: t.State,
		Held: t.Held, OpenedAt: t.OpenedAt, DueOn: t.due(), DoneBy: t.DoneBy, DoneName: t.DoneName,
		Result: t.Result, Opinion: t.Opinion,
	}
	if t.DoneAt != nil {
		v.DoneAt = *t.DoneAt
	}
	if t.State == Open {
		v.Light = l.of(t.DueOn, t.Held)
	}
	return v
}

// lights are the days at which lights change, the same for one task and for
// the condition of a list. A task due before red is overdue.
type lights struct{ today, red, yellow string }

func lightsOn(today workday.Date, cal *workday.Calendar) lights {
	t := workday.DefaultThresholds
	return lights{
		today:  today.String(),
		red:    cal.AddWorkdays(today, t.Red).String(),
		yellow: cal.AddWorkdays(today, t.Yellow).String(),
	}
}

func (l lights) of(due string, held bool) string {
	switch {
	case held:
		return LightNormal // the clock stands still
	case due < l.today:
		return LightOverdue
	case due <= l.red:
		return LightRed
	case due <= l.yellow:
		return LightYellow
	}
	return LightNormal
}

// visible is the rule of who sees a task: those who may do or view such tasks
// there, and whoever has or had it. scope is the same rule in SQL; they change
// together (TestListsShowWhatMayBeOpened).
func (t *taskRow) visible(a identity.Actor) bool {
	if a.Can(verbOf[t.Role], t.place()) || a.Can(VerbView, t.place()) {
		return true
	}
	return a.SignedIn() && (t.Assignee == a.Account || t.OnBehalf == a.Account || t.DoneBy == a.Account)
}

// mayAct says whether the actor may do the task: it is theirs, or it is
// nobody's yet and they have the role there, or it is in the name of a
// colleague on leave for whom they stand in.
func (t *taskRow) mayAct(a identity.Actor) error {
	switch {
	case t.Assignee == "" && !a.Can(verbOf[t.Role], t.place()):
		return ErrTaskDenied
	case t.Assignee == "" || t.Assignee == a.Account || a.IsSystem() || t.covered(a):
		return nil
	}
	return ErrTaskTaken
}

// covered tells whether the task is in the name of somebody on leave for whom
// the actor stands in. Standing in gives no right of its own, and is not passed
// on: what was delegated to the absent one stays with whoever delegated it.
func (t *taskRow) covered(a identity.Actor) bool {
	return t.OnBehalf == "" && t.Assignee != "" && slices.Contains(a.Covers, t.Assignee) && a.Can(verbOf[t.Role], t.place())
}
