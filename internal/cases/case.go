package cases

import "slices"

// State is where a case stands. The ids are part of the interface: they are
// stored, sent and asked for (design §4).
type State string

// The states of a case (办件状态), in the order in which a case usually meets
// them, and the three ends that come early.
const (
	StateDraft      State = "draft"      // 草稿
	StateSubmitted  State = "submitted"  // 已提交，待收件
	StateReceived   State = "received"   // 已收件，待受理
	StateCorrecting State = "correcting" // 待补正
	StateAccepted   State = "accepted"   // 已受理: passed through within one transaction
	StateReviewing  State = "reviewing"  // 审查中
	StatePaused     State = "paused"     // 特别程序中
	StateDecided    State = "decided"    // 已决定
	StateIssuing    State = "issuing"    // 制证中
	StateDelivering State = "delivering" // 待送达（待领取）
	StateClosed     State = "closed"     // 已办结
	StateArchived   State = "archived"   // 已归档
	StateRefused    State = "refused"    // 不予受理
	StateWithdrawn  State = "withdrawn"  // 已撤回
	StateTerminated State = "terminated" // 已终止
)

// States lists every state in its usual order.
var States = []State{
	StateDraft, StateSubmitted, StateReceived, StateCorrecting, StateAccepted, StateReviewing, StatePaused,
	StateDecided, StateIssuing, StateDelivering, StateClosed, StateArchived,
	StateRefused, StateWithdrawn, StateTerminated,
}

var stateNames = map[State]string{
	StateDraft: "草稿", StateSubmitted: "已提交", StateReceived: "已收件", StateCorrecting: "待补正",
	StateAccepted: "已受理", StateReviewing: "审查中", StatePaused: "特别程序中", StateDecided: "已决定",
	StateIssuing: "制证中", StateDelivering: "待送达", StateClosed: "已办结", StateArchived: "已归档",
	StateRefused: "不予受理", StateWithdrawn: "已撤回", StateTerminated: "已终止",
}

// Chinese is the state's name for people; "" for a word that is no state.
func (s State) Chinese() string { return stateNames[s] }

// Valid tells whether s is one of the states.
func (s State) Valid() bool { return stateNames[s] != "" }

// Ended tells whether nothing but filing away can still happen.
func (s State) Ended() bool {
	switch s {
	case StateClosed, StateArchived, StateRefused, StateWithdrawn, StateTerminated:
		return true
	}
	return false
}

// Verb is what somebody does to a case. The ids are the last part of
// POST /api/v1/cases/{number}/{verb}.
type Verb string

// The verbs of people, then those of jobs.
const (
	VerbSubmit            Verb = "submit"
	VerbDiscard           Verb = "discard"
	VerbReceive           Verb = "receive"
	VerbAccept            Verb = "accept"
	VerbRefuseAcceptance  Verb = "refuse-acceptance"
	VerbRequestCorrection Verb = "request-correction"
	VerbCorrect           Verb = "correct"
	VerbSupplement        Verb = "supplement"
	VerbWithdraw          Verb = "withdraw"
	VerbPause             Verb = "pause"
	VerbResume            Verb = "resume"
	VerbExtend            Verb = "extend"
	VerbDecide            Verb = "decide"
	VerbDeliver           Verb = "deliver"
	VerbTerminate         Verb = "terminate"

	VerbDeem               Verb = "deem-accepted"
	VerbReview             Verb = "review"
	VerbTerminateUncorrect Verb = "terminate-uncorrected"
	VerbIssue              Verb = "issue"
	VerbDispatch           Verb = "dispatch"
	VerbClose              Verb = "close"
	VerbArchive            Verb = "archive"
)

var verbNames = map[Verb]string{
	VerbSubmit: "提交", VerbDiscard: "删除草稿", VerbReceive: "收件", VerbAccept: "受理", VerbRefuseAcceptance: "不予受理",
	VerbRequestCorrection: "告知补正", VerbCorrect: "补正", VerbSupplement: "补交容缺材料", VerbWithdraw: "撤回",
	VerbPause: "启动特别程序", VerbResume: "恢复办理", VerbExtend: "延长审批期限", VerbDecide: "决定",
	VerbDeliver: "送达", VerbTerminate: "终止", VerbDeem: "逾期未告知，视为受理", VerbReview: "转入审查",
	VerbTerminateUncorrect: "逾期未补正，终止", VerbIssue: "制作结果", VerbDispatch: "待送达",
	VerbClose: "办结", VerbArchive: "归档",
}

// Chinese is the verb's name for people; "" for a word that is no verb.
func (v Verb) Chinese() string { return verbNames[v] }

// Who is a side of the counter. A move names every side that may make it.
type Who uint8

// The sides.
const (
	ByApplicant Who = 1 << iota // the account the case belongs to
	ByReceiver                  // the outlet that received it (收件地)
	ByCompetent                 // the agency that decides it (实施主体)
	ByJob                       // the system itself: no page and no API call
)

// A Move is one line of the table: what a verb makes of a case, and who may.
type Move struct {
	Verb  Verb
	From  []State
	To    State // "" leaves the state as it is
	By    Who
	Right string // the right that ByReceiver and ByCompetent need
	// AtWindow: the receiver may only if the item is accepted at windows
	// (Definition.AcceptedBy == "window"); the competent agency always may.
	AtWindow bool
}

// The whole of what can happen to a case. What is not here is refused.
//
// No correction can be asked for after acceptance (行政许可法 art. 32), and no
// case leaves `reviewing` except by decision, withdrawal or termination.
var moves = []Move{
	{Verb: VerbSubmit, From: []State{StateDraft}, To: StateSubmitted, By: ByApplicant},
	{Verb: VerbDiscard, From: []State{StateDraft}, By: ByApplicant},
	{Verb: VerbReceive, From: []State{StateSubmitted}, To: StateReceived, By: ByReceiver | ByCompetent, Right: RightReceive},
	{Verb: VerbAccept, From: []State{StateSubmitted, StateReceived}, To: StateAccepted, By: ByReceiver | ByCompetent, Right: RightAccept, AtWindow: true},
	{Verb: VerbRefuseAcceptance, From: []State{StateSubmitted, StateReceived}, To: StateRefused, By: ByReceiver | ByCompetent, Right: RightAccept, AtWindow: true},
	{Verb: VerbRequestCorrection, From: []State{StateSubmitted, StateReceived}, To: StateCorrecting, By: ByReceiver | ByCompetent, Right: RightCorrect, AtWindow: true},
	{Verb: VerbCorrect, From: []State{StateCorrecting}, To: StateReceived, By: ByApplicant | ByReceiver, Right: RightSubmitFor},
	{Verb: VerbSupplement, From: []State{StateReviewing, StatePaused, StateDecided, StateIssuing}, By: ByApplicant | ByReceiver, Right: RightSubmitFor},
	{Verb: VerbWithdraw, From: []State{StateSubmitted, StateReceived, StateCorrecting, StateAccepted, StateReviewing, StatePaused}, To: StateWithdrawn, By: ByApplicant | ByReceiver, Right: RightSubmitFor},
	{Verb: VerbPause, From: []State{StateReviewing}, To: StatePaused, By: ByCompetent, Right: RightPause},
	{Verb: VerbResume, From: []State{StatePaused}, To: StateReviewing, By: ByCompetent, Right: RightPause},
	{Verb: VerbExtend, From: []State{StateReviewing}, By: ByCompetent, Right: RightExtend},
	{Verb: VerbDecide, From: []State{StateReviewing}, To: StateDecided, By: ByCompetent, Right: RightDecide},
	{Verb: VerbDeliver, From: []State{StateDelivering}, To: StateClosed, By: ByReceiver | ByCompetent, Right: RightDeliver},
	{Verb: VerbTerminate, From: []State{StateCorrecting, StateAccepted, StateReviewing, StatePaused}, To: StateTerminated, By: ByCompetent, Right: RightTerminate},

	{Verb: VerbDeem, From: []State{StateSubmitted, StateReceived}, To: StateAccepted, By: ByJob},
	{Verb: VerbReview, From: []State{StateAccepted}, To: StateReviewing, By: ByJob},
	{Verb: VerbTerminateUncorrect, From: []State{StateCorrecting, StateReviewing, StatePaused, StateDecided, StateIssuing}, To: StateTerminated, By: ByJob},
	{Verb: VerbIssue, From: []State{StateDecided}, To: StateIssuing, By: ByJob},
	{Verb: VerbDispatch, From: []State{StateDecided, StateIssuing}, To: StateDelivering, By: ByJob}, // from decided when denied: nothing to issue
	{Verb: VerbClose, From: []State{StateDelivering}, To: StateClosed, By: ByJob},
	{Verb: VerbArchive, From: []State{StateClosed}, To: StateArchived, By: ByJob},
}

// MoveOf gives the line of the table for a verb; false for a word that is no verb.
func MoveOf(v Verb) (Move, bool) {
	for _, m := range moves {
		if m.Verb == v {
			return m, true
		}
	}
	return Move{}, false
}

// Next gives the state that the verb makes of a case in state s, or
// ErrVerbNotAllowed (409) with the verbs that s does allow.
func Next(s State, v Verb) (State, error) {
	m, ok := MoveOf(v)
	if !ok || !slices.Contains(m.From, s) {
		return s, notAllowed(s, v)
	}
	if m.To == "" {
		return s, nil
	}
	return m.To, nil
}

// AllowedIn lists the verbs of people that a state allows, in table order.
func AllowedIn(s State) []Verb {
	var list []Verb
	for _, m := range moves {
		if m.By != ByJob && slices.Contains(m.From, s) {
			list = append(list, m.Verb)
		}
	}
	return list
}

func notAllowed(s State, v Verb) error {
	allowed := AllowedIn(s)
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	what := v.Chinese()
	if what == "" {
		what = "执行此操作"
	}
	return ErrVerbNotAllowed.Say("办件当前为“%s”，不能%s，请刷新页面查看最新进度后再操作。", s.Chinese(), what).Allowed(names...)
}
