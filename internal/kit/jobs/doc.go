// Package jobs does work later: a row in the database, written in the same
// transaction as the change that asks for it, and run by one process until it
// has succeeded.
//
//	type SendNotice struct{ Case string `json:"case"` }
//	func (SendNotice) Kind() string { return "portal.send_notice" }
//
//	jobs.Register(q, func(ctx context.Context, j SendNotice) error { … })   // before Start
//	err := q.Insert(ctx, SendNotice{Case: number}, jobs.At(tomorrow))       // in the transaction of ctx
//
// A job may run twice (a process may die between the work and its record), so
// what it does must bear that. One that fails is tried again after 1 s, 16 s,
// 81 s … (attempt⁴), 25 times, over some three weeks; then it is kept until
// somebody looks at Failures and calls Retry. Arguments hold ids, never
// personal data: they are kept and shown.
//
// The context of a job carries no user. A handler that needs one sets it.
//
// River keeps the queue; no River type leaves this package.
package jobs
