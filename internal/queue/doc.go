// Package queue is the hall of an outlet (办事大厅): numbers that people take
// and counters that call them, the display on the wall, the figures, and what
// clerks hand to one another: shifts and papers.
//
//	          ┌────────── transfer, unhold ─────────┐
//	          ▼                                     │
//	take ▶ waiting ──call──▶ called ──arrive──▶ serving ──finish──▶ done
//	          ▲                │  └──finish──────────┼──────────────▲
//	       revive             miss                  hold
//	          └──────────── missed                   └──▶ held
//
// Who is next. Each counter calls from the queues it serves, in two lanes: the
// ordinary one, and that of the old, soldiers, the disabled, the pregnant and
// those with an appointment. The priority lane goes first, but no counter
// calls more than [PriorityInARow] of it in a row while an ordinary number
// waits: a hall full of priorities still moves, one in three, for everybody.
// Within a lane the earlier place goes first. A number sent on by another
// counter keeps its place; one that was missed and comes back stands behind
// the next [RevivedBehind] (docs/decisions says why).
//
// Numbers are given out per outlet, day and letter (A001), one after the
// other, by one row that is locked for it; none comes twice. What is known of
// a person is at most a name and a telephone, and only if they gave it: the
// wall shows numbers and nothing else.
//
// Every change of a ticket appends to its history and keeps the day's figures
// in the same transaction, so pages read sums and never count rows.
//
// We call identity, org and cases. The counter's desk calls us.
package queue
