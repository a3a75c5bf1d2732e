// Package office is where staff decide (审批工作台): the inbox of tasks by limit,
// the list of cases one may see, and THE case on one page for everybody who
// works on it: clerk, approver, manager.
//
//	GET  /office                        tasks, the most urgent first
//	POST /office/batch                  what one act would do to many tasks; …/start does it
//	GET  /office/team                   who has how much; sharing out by load
//	GET  /office/board                  how an agency stands
//	GET  /office/absence                leave, and who stands in
//	GET  /office/digest                 what is before somebody this morning
//	GET  /office/phrases                opinions written often
//	GET  /office/cases                  cases by state, light, item, date
//	GET  /office/cases/{number}         one case, whole
//	GET  /office/cases/{number}/{verb}  the form of an act on it; POST does it
//	GET  /office/tasks/{task}/{act}     the form of an act on a task; POST does it
//
// The page asks cases and workflow what the viewer may do (Case.Allowed,
// workflow.Task) and offers nothing else; the same functions refuse whatever
// is sent all the same. Every form carries the revision of the case it was
// made on: if the case has changed since, the answer is 409 with what changed,
// and with the words that were written.
package office
