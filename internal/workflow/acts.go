package workflow

import (
	"time"

	"yimen/internal/identity"
)

// Acts, as they are recorded. Those a person does to a task have the name of
// the operation in the API.
const (
	ActStart       = "start"
	ActApprove     = "approve"
	ActReturn      = "return"
	ActRefuse      = "refuse"
	ActClaim       = "claim"
	ActUnclaim     = "unclaim"
	ActReassign    = "reassign"
	ActDelegate    = "delegate"
	ActAddApprover = "add-approver"
	ActWithdraw    = "withdraw-act"
	ActRemind      = "remind"
	ActOverdue     = "overdue"
	ActEscalate    = "escalate"
	ActSupersede   = "supersede"
	ActHold        = "hold"
	ActRelease     = "release"
	ActCancel      = "cancel"
)

// ActNames are the acts in the words of the trade.
var ActNames = map[string]string{
	ActStart: "启动", ActApprove: "同意", ActReturn: "退回", ActRefuse: "不同意", ActClaim: "签收", ActUnclaim: "退签",
	ActReassign: "改派", ActDelegate: "委托", ActAddApprover: "加签", ActWithdraw: "撤回", ActRemind: "催办",
	ActOverdue: "超时", ActEscalate: "超时上报", ActSupersede: "自动关闭", ActHold: "暂停", ActRelease: "恢复", ActCancel: "终止",
}

// Recorded is one line of an instance's history.
type Recorded struct {
	ID        string    `json:"id"        db:"id"`
	Instance  string    `json:"-"         db:"instance"`
	Task      string    `json:"task"      db:"task"` // "" for acts on the whole instance
	Node      string    `json:"node"      db:"node"`
	Name      string    `json:"name"      db:"name"` // of the step
	Round     int       `json:"round"     db:"round"`
	Act       string    `json:"act"       db:"act"`
	Actor     string    `json:"actor"     db:"actor"` // account
	ActorName string    `json:"actor_name" db:"actor_name"`
	OnBehalf  string    `json:"on_behalf" db:"on_behalf"`
	Opinion   string    `json:"opinion"   db:"opinion"`
	Target    string    `json:"target"    db:"target"` // node returned to, account given to, act withdrawn …
	Outcome   string    `json:"outcome"   db:"outcome"`
	At        time.Time `json:"at"        db:"at"`
}

// allowed lists what the actor may do to the task as it stands, by the names
// of the acts.
func (t *taskRow) allowed(a identity.Actor) []string {
	var acts []string
	own := t.Assignee == a.Account && a.SignedIn()
	if t.State == Open && !t.Held && t.mayAct(a) == nil {
		acts = append(acts, ActApprove, ActReturn, ActRefuse)
		if t.Added == "" {
			acts = append(acts, ActAddApprover)
		}
	}
	if t.State == Open && t.Assignee == "" && t.mayAct(a) == nil || t.State == Open && t.OnBehalf == a.Account && a.SignedIn() ||
		t.State == Open && t.covered(a) {
		acts = append(acts, ActClaim)
	}
	if t.State == Open && own {
		acts = append(acts, ActUnclaim)
		if t.OnBehalf == "" {
			acts = append(acts, ActDelegate)
		}
	}
	if live := t.State == Open || t.State == Waiting; live && (own || a.Can(VerbReassign, t.place())) {
		acts = append(acts, ActReassign)
	}
	if t.State == Open && a.Can(VerbRemind, t.place()) {
		acts = append(acts, ActRemind)
	}
	if t.LastAct != "" && t.DoneBy == a.Account && !t.Held && !t.over {
		acts = append(acts, ActWithdraw)
	}
	return acts
}
