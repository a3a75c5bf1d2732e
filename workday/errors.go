package workday

// An Error is a refusal that may be shown to people: a stable code and a Chinese sentence that says what to do.
type Error struct {
	Code    string // stable, snake_case
	Message string // Chinese
}

// Error gives the Chinese sentence.
func (e *Error) Error() string { return e.Message }

// The refusals of this package; compare with errors.Is.
var (
	ErrDate = &Error{"date_invalid", "日期格式不正确，请按“2026-09-30”的格式填写真实存在的日期。"}
	ErrUnit = &Error{"limit_unit_invalid", "时限单位不正确，请选择工作日、自然日、小时或即办。"}

	ErrNotStarted     = &Error{"clock_not_started", "计时尚未开始，请先登记受理（收件）日期。"}
	ErrStartedTwice   = &Error{"clock_started_twice", "计时已经开始，不能重复开始；如日期有误请更正原记录。"}
	ErrPausedTwice    = &Error{"clock_already_paused", "计时已经暂停，请先恢复计时再启动新的特别程序。"}
	ErrNotPaused      = &Error{"clock_not_paused", "计时没有暂停，无需恢复。"}
	ErrStopped        = &Error{"clock_stopped", "计时已经结束，不能再暂停、恢复或延长。"}
	ErrExtendedTwice  = &Error{"clock_already_extended", "办理期限只能延长一次，请在已延长的期限内办结。"}
	ErrExtensionDays  = &Error{"clock_extension_days", "延长的天数应为1至366之间的整数，请重新填写。"}
	ErrNeedsDate      = &Error{"clock_entry_needs_date", "请填写这一步发生的日期。"}
	ErrNeedsReason    = &Error{"clock_entry_needs_reason", "请填写暂停或延长的理由和依据。"}
	ErrNeedsDocument  = &Error{"clock_entry_needs_document", "暂停或延长须书面告知申请人，请填写告知书的文书编号。"}
	ErrNeedsApprover  = &Error{"clock_entry_needs_approver", "延长期限须经本机关负责人批准，请填写批准人。"}
	ErrOutOfOrder     = &Error{"clock_entry_out_of_order", "这一步的日期早于上一步，请核对日期。"}
	ErrUnknownKind    = &Error{"clock_entry_unknown_kind", "计时记录的类型不正确，请选择开始、暂停、恢复、延长或结束。"}
	ErrDuplicateDay   = &Error{"holiday_duplicate", "放假安排中同一天出现了两次，请删除重复的行。"}
	ErrHolidayColumns = &Error{"holiday_columns", "放假安排文件应有“date”“is_off_day”两列，请核对表头。"}
	ErrHolidayOff     = &Error{"holiday_off", "放假安排文件的“is_off_day”列只能填1（放假）或0（上班），请更正。"}
)
