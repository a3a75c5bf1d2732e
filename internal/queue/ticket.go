package queue

import (
	"fmt"
	"slices"
	"time"
)

// State is where a ticket stands.
type State string

// The states of a ticket (排队号状态).
const (
	Waiting State = "waiting" // 等候
	Called  State = "called"  // 已叫号
	Serving State = "serving" // 办理中
	Held    State = "held"    // 挂起: fetches a copy, fills something in
	Done    State = "done"    // 办结
	Missed  State = "missed"  // 过号
)

var stateNames = map[State]string{Waiting: "等候中", Called: "已叫号", Serving: "办理中", Held: "挂起", Done: "已办完", Missed: "过号"}

// Chinese is the state's name for people.
func (s State) Chinese() string { return stateNames[s] }

// Tone is the colour of the state's badge.
func (s State) Tone() string {
	switch s {
	case Called, Serving:
		return "info"
	case Held, Missed:
		return "warning"
	case Done:
		return "success"
	}
	return "muted"
}

// Open says that the person is still in the hall, or may come back.
func (s State) Open() bool { return s == Waiting || s == Called || s == Serving || s == Held }

// Act is what is done to a ticket.
type Act string

// The acts.
const (
	ActTake     Act = "take"
	ActCall     Act = "call"
	ActRecall   Act = "recall"
	ActArrive   Act = "arrive"
	ActHold     Act = "hold"
	ActUnhold   Act = "unhold"
	ActTransfer Act = "transfer"
	ActMiss     Act = "miss"
	ActRevive   Act = "revive"
	ActFinish   Act = "finish"
	ActPriority Act = "priority" // a wrong one is put right
	ActLapse    Act = "lapse"    // the day is over
)

var actNames = map[Act]string{
	ActTake: "取号", ActCall: "叫号", ActRecall: "重呼", ActArrive: "到窗口", ActHold: "挂起", ActUnhold: "恢复",
	ActTransfer: "转移", ActMiss: "过号", ActRevive: "过号恢复", ActFinish: "办完",
	ActPriority: "更正优先", ActLapse: "日终结束",
}

// Chinese is the act's name for people.
func (a Act) Chinese() string { return actNames[a] }

// moves is the one table of what may be done to a ticket in which state.
var moves = map[Act][]State{
	ActCall:     {Waiting},
	ActRecall:   {Called},
	ActArrive:   {Called},
	ActHold:     {Called, Serving},
	ActUnhold:   {Held},
	ActTransfer: {Called, Serving, Held, Waiting},
	ActMiss:     {Called},
	ActRevive:   {Missed},
	ActFinish:   {Called, Serving},
	ActPriority: {Waiting},
	ActLapse:    {Waiting, Called, Serving, Held},
}

func allowed(a Act, s State) bool { return slices.Contains(moves[a], s) }

// Priorities: who is called before others. "" is everybody else.
const (
	Elder    = "elder"    // 老年人, 60 and older
	Soldier  = "soldier"  // 军人、退役军人和其他优抚对象
	Disabled = "disabled" // 残疾人
	Pregnant = "pregnant" // 孕妇、抱小孩的
	Booked   = "booked"   // 预约
)

// Priority is one of them for people.
type Priority struct{ ID, Name, Who string }

// Priorities lists them in the order in which the machine offers them.
var Priorities = []Priority{
	{Elder, "老年人", "60周岁以上"},
	{Soldier, "军人", "现役、退役军人，烈属军属"},
	{Disabled, "残疾人", "持残疾人证"},
	{Pregnant, "孕妇", "孕妇和抱小孩的"},
	{Booked, "预约", "已预约今天来办"},
}

// PriorityName is the name of a priority, "" for none.
func PriorityName(id string) string {
	for _, p := range Priorities {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}

// laneName is PriorityName with a name for none.
func laneName(id string) string { return firstText(PriorityName(id), "一般群众") }

// Rules of the line.
const (
	PriorityInARow    = 2 // how many priority numbers a counter calls in a row while others wait
	RevivedBehind     = 3 // how many go before one who missed the call and came back
	CallsBeforeMissed = 3 // how often a number is called before it may be passed over
)

// Ticket (排队号) is one person's number on one day.
type Ticket struct {
	ID        string
	No        string // A012
	Code      string // in the address of the page one follows it on
	Outlet    string
	Queue     string
	QueueName string
	Day       string // civil date of Beijing
	State     State
	Priority  string // one of Priorities, "" for none

	Counter     string // org.Counter.ID where it is called to, served or held; "" while waiting
	CounterNo   string // as on the sign
	CounterName string
	Reserved    string // counter that alone may call it; "" any that serves the queue
	Calls       int    // how often it was called at this counter

	Clerk string // account that called it
	Name  string // as given, "" mostly
	Phone string

	TakenAt  time.Time
	CalledAt time.Time // last call; zero before
	ServedAt time.Time // arrived at the counter
	DoneAt   time.Time
}

// Waited is how long the person waited or has waited until the first call.
func (r *ticketRow) waitedUntil(now time.Time) time.Duration {
	if r.FirstCalled != nil {
		now = *r.FirstCalled
	}
	return max(0, now.Sub(r.TakenAt))
}

// number writes A012; beyond 999 it grows a digit.
func number(letter string, n int) string { return fmt.Sprintf("%s%03d", letter, n) }
