// Package training is the training of those who sit at counters (培训与上岗):
// courses, the days on which they are held, who came and how it went, the
// certificates, and which items may be accepted only by who holds one.
//
//	course ──┬─ materials           files to read at home
//	         ├─ sessions ─ attendance ─ results ─▶ certificates   from the day of
//	         │                                     the session, for so many months
//	         └─ requirements        items
//
// A course belongs to the division whose manager keeps it, and is about those
// who work there: a county cannot ask anything of the clerks of another. A
// certificate is of a person on the register of staff, not of an account. It is
// valid from its first to its last day, unless it was revoked; a later one of the
// same course takes its place. Thirty days before the end its holder is told.
//
// A window asks by [Module.Lacking] while it accepts, in the transaction and in
// the message in which the case is read: an item without requirement costs one
// look into an index.
//
// We call org, identity, messages and catalogue. cases asks us through an
// interface of its own.
package training
