package queue

import "yimen/internal/kit/errs"

// Errors of the queue.
var (
	ErrNobodyWaiting  = errs.Define(errs.NotFound, "queue_nobody_waiting", "现在没有人在等，来人取号后再叫。")
	ErrTicketUnknown  = errs.Define(errs.NotFound, "queue_ticket_unknown", "没有这个号，请核对后重试。")
	ErrQueueUnknown   = errs.Define(errs.NotFound, "queue_unknown", "没有这个队列，请重新选择。")
	ErrQueueInvalid   = errs.Define(errs.Invalid, "queue_invalid", "队列设置有误，请按提示修改。")
	ErrCounterUnknown = errs.Define(errs.NotFound, "queue_counter_unknown", "没有这个窗口，请重新选择。")
	ErrAct            = errs.Define(errs.Conflict, "queue_act_not_allowed", "这个号的状态已经变了，不能这样操作，请刷新后重试。")
	ErrCalledStill    = errs.Define(errs.Conflict, "queue_called_still", "上一个号还没有处理，请先点“已到”、“重呼”或“过号”。")
	ErrCallAgain      = errs.Define(errs.Conflict, "queue_call_again", "叫满三次、人还没来，才能过号，请再呼叫。")
	ErrSeatTaken      = errs.Define(errs.Conflict, "queue_seat_taken", "这个窗口正有人在办理，请选择别的窗口。")
	ErrSeatBusy       = errs.Define(errs.Conflict, "queue_seat_busy", "窗口上还有没办完的号，请先办完、挂起或转走。")
	ErrNoSeat         = errs.Define(errs.Conflict, "queue_no_seat", "您还没有选择今天坐哪个窗口，请先选择窗口。")
	ErrClosed         = errs.Define(errs.Conflict, "queue_closed", "现在不是取号时间，请在办公时间来取号。")
	ErrPriority       = errs.Define(errs.Invalid, "queue_priority_invalid", "没有这种优先，请重新选择。")
	ErrPriorityReason = errs.Define(errs.Invalid, "queue_priority_reason", "请写明为什么更正，例如“取号时点错”，100字以内。")
	ErrTransfer       = errs.Define(errs.Invalid, "queue_transfer_invalid", "请选择本大厅的另一个队列或窗口。")
	ErrNotHere        = errs.Define(errs.Denied, "queue_not_here", "这不是您所在大厅的号，不能操作。")
)
