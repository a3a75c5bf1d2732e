// Package audit records who did what to whose record, and when, in a log that
// shows any later change.
//
//	err := log.Write(ctx, audit.Entry{Actor: account, Action: "case.read", Object: "case", ObjectID: number})
//
// An entry is part of the transaction of what it records. It holds ids only,
// no personal numbers.
//
// How a change shows: every row carries the SM3 of its content. Seal, every
// few seconds, puts the rows not yet sealed into a batch: their hashes as
// leaves in audit_leaf, the root of their Merkle tree in audit_batch, and each
// batch's chain value over the one before:
//
//	chain = SM3(chain before ‖ root ‖ seq ‖ size)
//
// Writers thus never wait for each other. Verify computes all of it again and
// names rows that were changed, removed or added and batches that do not fit.
// Triggers forbid changes to the tables; whoever can drop a trigger is whom
// the chain is for. Whoever rewrites the whole chain is found by comparing
// Head with one kept elsewhere. A row not yet sealed is protected only by its
// own hash: Report.Unsealed says how many there are.
package audit
