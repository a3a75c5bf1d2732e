package catalogue

import (
	"slices"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

// State is where a version stands (§2.7: 草稿 待审核 已审定 已发布 审核驳回 暂停 取消).
type State string

// The states of a version. An item as a whole is draft (nothing published
// yet), published, suspended or cancelled.
const (
	Draft      State = "draft"
	InReview   State = "review"
	Approved   State = "approved"
	Rejected   State = "rejected"
	Published  State = "published"
	Superseded State = "superseded" // a later version took its place
	Suspended  State = "suspended"
	Cancelled  State = "cancelled"
	Scheduled  State = "scheduled" // approved, and published of itself when its time comes
	Discarded  State = "discarded" // a draft given up; the version in force stays
)

var stateNames = map[State]string{
	Draft: "草稿", InReview: "待审核", Approved: "已审定", Rejected: "审核驳回", Published: "已发布",
	Superseded: "历史版本", Suspended: "暂停办理", Cancelled: "已取消", Scheduled: "待生效", Discarded: "已放弃",
}

// String is the Chinese name.
func (s State) String() string { return stateNames[s] }

// Verb is something that is done to a version.
type Verb string

// The verbs.
const (
	Edit    Verb = "edit"
	Submit  Verb = "submit"
	Recall  Verb = "recall"
	Approve Verb = "approve"
	Reject  Verb = "reject"
	Publish Verb = "publish"
	Suspend Verb = "suspend"
	Resume  Verb = "resume"
	Cancel  Verb = "cancel"
	// Schedule is Publish at a time to come, Unschedule takes that back.
	Schedule   Verb = "schedule"
	Unschedule Verb = "unschedule"
	Discard    Verb = "discard"
)

var verbNames = map[Verb]string{
	Edit: "编辑", Submit: "提交审核", Recall: "撤回", Approve: "审核通过", Reject: "驳回", Publish: "发布",
	Suspend: "暂停办理", Resume: "恢复办理", Cancel: "取消事项", Schedule: "定时发布", Unschedule: "取消定时", Discard: "放弃草稿",
}

// String is the Chinese name.
func (v Verb) String() string { return verbNames[v] }

// Rights. Whose item it is follows from its department.
var (
	RightViewDraft = identity.DefineVerb("item.view_draft", "查看未发布的事项")
	RightEdit      = identity.DefineVerb("item.edit", "编辑事项")
	RightReview    = identity.DefineVerb("item.review", "审核事项")
	RightPublish   = identity.DefineVerb("item.publish", "发布事项")
	RightSuspend   = identity.DefineVerb("item.suspend", "暂停、恢复和取消事项")
)

func init() {
	identity.Extend("item_editor", RightViewDraft, RightEdit)
	identity.Extend("item_reviewer", RightViewDraft, RightReview, RightPublish, RightSuspend)
}

// move is one line of the table: from a state, by a verb, to a state.
type move struct {
	from    State
	verb    Verb
	to      State
	right   identity.Verb
	opinion bool // a reason must be given
}

// moves are all that can happen to a version. Superseded is reached by the
// publication of the next one; it, and Cancelled, are ends.
var moves = []move{
	{Draft, Edit, Draft, RightEdit, false},
	{Rejected, Edit, Draft, RightEdit, false},
	{Draft, Submit, InReview, RightEdit, false},
	{InReview, Recall, Draft, RightEdit, false},
	{InReview, Approve, Approved, RightReview, false},
	{InReview, Reject, Rejected, RightReview, true},
	{Approved, Reject, Rejected, RightReview, true},
	{Approved, Publish, Published, RightPublish, false},
	{Approved, Schedule, Scheduled, RightPublish, false},
	{Scheduled, Unschedule, Approved, RightPublish, false},
	{Scheduled, Publish, Published, RightPublish, false},
	{Draft, Discard, Discarded, RightEdit, false},
	{Rejected, Discard, Discarded, RightEdit, false},
	{Published, Suspend, Suspended, RightSuspend, true},
	{Suspended, Resume, Published, RightSuspend, false},
	{Published, Cancel, Cancelled, RightSuspend, true},
	{Suspended, Cancel, Cancelled, RightSuspend, true},
}

// Errors about versions.
var (
	ErrItemUnknown   = errs.Define(errs.NotFound, "item_unknown", "没有找到这个事项，可能已取消或编号有误，请重新搜索。")
	ErrItemSuspended = errs.Define(errs.Conflict, "item_suspended", "该事项已暂停办理，请留意恢复通知或拨打12345咨询。")
	ErrVersion       = errs.Define(errs.NotFound, "item_version_unknown", "没有找到事项的这个版本，请刷新后重试。")
	ErrMove          = errs.Define(errs.Conflict, "item_move_not_allowed", "事项当前状态不能执行此操作，请刷新后重试。")
	ErrStale         = errs.Define(errs.Conflict, "item_changed_meanwhile", "您编辑期间事项已被他人修改，请刷新后在最新内容上重做。")
	ErrFindings      = errs.Define(errs.Invalid, "item_not_publishable", "事项还不能发布，请按检查结果逐项修改。")
	ErrSameReviewer  = errs.Define(errs.Denied, "item_reviewer_is_author", "审核人不能是编辑人本人，请由其他人员审核。")
	ErrRight         = errs.Define(errs.Denied, "item_right_missing", "您没有对该部门事项执行此操作的权限，请联系安全管理员授权。")
	ErrOpinion       = errs.Define(errs.Invalid, "item_opinion_required", "请填写理由后再提交。")
	ErrCodeTaken     = errs.Define(errs.Conflict, "item_code_taken", "事项编号或基本编码已被其他事项使用，编码不能重复使用，请更换。")
)

// find gives the move of a verb from a state; ErrMove with the verbs that are
// allowed.
func find(from State, verb Verb) (move, error) {
	i := slices.IndexFunc(moves, func(m move) bool { return m.from == from && m.verb == verb })
	if i < 0 {
		return move{}, ErrMove.Say("事项处于“%s”，不能%s，请刷新后重试。", from, verb).Allowed(verbsFrom(from)...)
	}
	return moves[i], nil
}

func verbsFrom(from State) []string {
	var verbs []string
	for _, m := range moves {
		if m.from == from {
			verbs = append(verbs, string(m.verb))
		}
	}
	return verbs
}
