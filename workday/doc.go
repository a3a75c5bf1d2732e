// Package workday counts China's working days, computes deadlines and keeps the ledger of a legal clock.
//
// A working day (工作日) is Monday to Friday, minus the holidays of the State Council's yearly notice, plus its make-up
// days (调休上班). [China] knows the notices for 2017–2026; a later notice, a mid-year amendment or a local holiday makes
// a new [Calendar] with [Calendar.With] or [NewCalendar]; [Book] hands the right one to every division.
//
// # How days are counted
//
// The start day is not counted; day 1 is the next working day; the deadline is the end (24:00) of the n-th working day.
// Systems differ on this, so [Options] can count the start day. 行政许可法 art. 82: limits of the licensing law are working
// days, excluding statutory holidays. "Day" has three meanings in the trade (工作日, 自然日, 小时), so a [Limit] always
// carries its [Unit].
//
// # The clock
//
// A [Ledger] holds what happened to a clock: start, pause and resume (art. 45: hearing, inspection, expert review …,
// told to the applicant in writing), extension (art. 42: once, approved, with reasons told), stop. Elapsed and remaining
// days and the due date are computed from it against a calendar and are never stored, so that a changed calendar moves
// open deadlines. The day of a pause still counts, the day of resumption does not, as with the start day.
//
// # Trust
//
// holidays_cn.csv lists each day with the address of its notice. It was compiled from the public data set holiday-cn
// (MIT) and agrees day by day with lunar-go 1.4.6, save for the working Monday 2020-02-03, which only the first names.
// Before a year's notice is out (October to December of the year before), [Calendar.Covers] is false and that year is counted
// Monday to Friday only: deadlines that reach into it are provisional.
package workday
