package cases

import "yimen/internal/kit/errs"

// What can go wrong with a case, besides the fields of a form.
var (
	ErrUnknown           = errs.Define(errs.NotFound, "case_unknown", "没有找到该办件，请核对办件编号。")
	ErrNoticeUnknown     = errs.Define(errs.NotFound, "case_notice_unknown", "没有找到该文书，请从办件页面重新打开。")
	ErrVerbNotAllowed    = errs.Define(errs.Conflict, "case_verb_not_allowed", "办件当前状态不能执行此操作，请刷新后重试。")
	ErrVerbDenied        = errs.Define(errs.Denied, "case_verb_denied", "您没有办理此操作的权限，请联系本单位管理员。")
	ErrNoCertificate     = errs.Define(errs.Denied, "case_certificate_missing", "受理这个事项要先取得培训证书，请让有证的同事受理，并联系大厅管理人员参加培训。")
	ErrVerbUnknown       = errs.Define(errs.NotFound, "case_verb_unknown", "没有这项操作，请核对地址。")
	ErrStale             = errs.Define(errs.Conflict, "case_changed_since", "办件在您打开页面之后已有变化，请刷新后重新操作。")
	ErrDamaged           = errs.Define(errs.Internal, "case_damaged", "这件办件的记录已损坏，暂时打不开，请把请求编号报给管理员，由管理员修复。")
	ErrClockBehind       = errs.Define(errs.Unavailable, "case_clock_behind", "服务器的时间早于本办件已有的记录，本次操作没有保存，请联系管理员核对服务器时间。")
	ErrCorrectionOnce    = errs.Define(errs.Conflict, "case_correction_once", "补正只能一次性告知：该办件已经告知过补正，请依现有材料决定受理或不予受理。")
	ErrNoCorrectionAfter = errs.Define(errs.Conflict, "case_correction_after_acceptance", "办件已经受理，不能再要求补正，请依法作出决定。")
	ErrStepsOpen         = errs.Define(errs.Conflict, "case_steps_open", "前面的审批环节尚未完成，请办完后再作决定。")
	ErrExtendedOnce      = errs.Define(errs.Conflict, "case_extended_once", "审批期限只能延长一次，请在已延长的期限内作出决定。")
	ErrPauseNotListed    = errs.Define(errs.Invalid, "case_pause_not_listed", "该事项没有规定此特别程序，请从事项列明的特别程序中选择。")
	ErrNothingDeferred   = errs.Define(errs.Conflict, "case_nothing_deferred", "该办件没有待补交的容缺材料，无需补交。")
	ErrKeyReused         = errs.Define(errs.Invalid, "case_key_reused", "同一提交编号对应了不同的申请内容，请刷新页面后重新提交。")
	ErrSignIn            = errs.Define(errs.Unauthenticated, "case_sign_in", "请先登录再办理。")
	ErrSubmitDenied      = errs.Define(errs.Denied, "case_submit_denied", "您没有在该网点代为提交申请的权限，请联系网点管理员。")
	ErrProgressUnknown   = errs.Define(errs.NotFound, "case_progress_unknown", "办件编号或查询码不正确，请核对回执后重新输入。")
	ErrProgressClosed    = errs.Define(errs.RateLimited, "case_progress_closed", "查询码输错次数过多，请10分钟后再试，或凭身份证件到窗口查询。")
	ErrNumbersExhausted  = errs.Define(errs.Unavailable, "case_number_exhausted", "暂时无法分配办件编号，请稍后重试。")
	ErrDraftUnknown      = errs.Define(errs.NotFound, "case_draft_unknown", "没有找到该草稿，可能已经提交或删除。")
	ErrDraftTooLarge     = errs.Define(errs.TooLarge, "case_draft_too_large", "草稿内容超过1MB，请减少填写的内容或改为上传附件。")
)
