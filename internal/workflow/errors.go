package workflow

import "yimen/internal/kit/errs"

// What people are told. All of them leave everything as it was.
var (
	ErrTaskUnknown = errs.Define(errs.NotFound, "task_unknown", "没有找到这个任务，可能已删除或不在您的办理范围内，请回到任务列表。")
	ErrTaskOver    = errs.Define(errs.Conflict, "task_over", "该任务已经处理，请刷新任务列表。")
	ErrTaskTaken   = errs.Define(errs.Conflict, "task_taken", "该任务正由他人办理，请刷新任务列表；确需由您办理的，请改派后再办。")
	ErrTaskWaiting = errs.Define(errs.Conflict, "task_waiting", "该任务正等待加签人员办理，请在加签完成后继续。")
	ErrTaskHeld    = errs.Define(errs.Conflict, "task_held", "办件已暂停计时，请在恢复计时后再办理该任务。")
	ErrTaskDenied  = errs.Define(errs.Denied, "task_denied", "您没有办理该任务的权限，请联系所在单位负责人。")

	ErrOpinionNeeded  = errs.Define(errs.Invalid, "opinion_needed", "请填写意见或理由后再提交。")
	ErrOpinionLong    = errs.Define(errs.Invalid, "opinion_too_long", "意见最多2000个字，请精简后再提交。")
	ErrOutcome        = errs.Define(errs.Invalid, "outcome_invalid", "审批决定只能是准予（granted）或不予（denied），其他环节不填决定。")
	ErrReturnTarget   = errs.Define(errs.Invalid, "return_target_invalid", "只能退回到已经办过的前面环节，请重新选择退回环节。")
	ErrAlreadyDecided = errs.Define(errs.Conflict, "decision_already_taken",
		"审批决定已经作出，此环节不能再不同意；确有问题请退回审批决定环节。")
	ErrSameSigner = errs.Define(errs.Conflict, "same_signer", "该环节须由不同人员分别办理，您已经办理过，请由另一位同事办理。")

	ErrAccountUnfit    = errs.Define(errs.Invalid, "task_account_unfit", "所选人员不存在或没有办理该环节的权限，请另选人员。")
	ErrNotYours        = errs.Define(errs.Conflict, "task_not_yours", "该任务不在您名下，请先签收。")
	ErrDelegated       = errs.Define(errs.Conflict, "task_already_delegated", "受委托的任务不能再委托他人，请退还委托人。")
	ErrDelegateAgency  = errs.Define(errs.Invalid, "delegate_other_agency", "只能委托给本单位的其他人员，请另选人员。")
	ErrExtraPosition   = errs.Define(errs.Invalid, "extra_position_invalid", "加签位置只能是before（前加签）或after（后加签），审批决定环节只能前加签。")
	ErrExtraTarget     = errs.Define(errs.Invalid, "extra_target_invalid", "请选择一个有效的加签人员或加签单位。")
	ErrExtraOnExtra    = errs.Define(errs.Conflict, "extra_on_extra", "加签任务不能再加签，请在意见中说明并交还原经办人。")
	ErrNothingToUndo   = errs.Define(errs.Conflict, "nothing_to_withdraw", "没有可以撤回的操作：只能由本人撤回刚刚办理的任务。")
	ErrFollowed        = errs.Define(errs.Conflict, "act_already_followed", "后续环节已经签收或办理，不能撤回；请联系后续经办人退回。")
	ErrRemindedAlready = errs.Define(errs.Conflict, "task_reminded_today", "今天已经催办过，请明天再催或直接联系经办单位。")

	ErrRunning    = errs.Define(errs.Conflict, "workflow_running", "该办件的办理流程已经启动，不能重复启动。")
	ErrNotRunning = errs.Define(errs.Conflict, "workflow_not_running", "该办件没有正在进行的办理流程，请刷新页面查看办件状态。")
	ErrPlace      = errs.Define(errs.Invalid, "workflow_place_unknown", "办理流程中有环节找不到办理单位，请联系事项管理员核对机构设置。")
	ErrNoInstance = errs.Define(errs.NotFound, "workflow_unknown", "该办件还没有办理流程。")
	ErrState      = errs.Define(errs.Invalid, "task_query_invalid", "筛选条件不正确，请重新选择。")
)
