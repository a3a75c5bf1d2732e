// Package cases keeps the applications (办件) of a city from the first form to
// the archive. It is the module the others turn around: portal and counter
// hand in, the workflow examines, licences issue, oversight counts.
//
//	draft ─submit─▶ submitted ─receive─▶ received ─accept─▶ accepted ─▶ reviewing ─decide─▶ decided
//	                    │  └────────accept──────┬─▲             (one transaction) │  ▲         │
//	                    │        request-correction│correct                  pause│  │resume   ▼ by itself
//	                    │                       ▼ │                               ▼  │      issuing
//	                    ├──▶ refused        correcting                           paused        │
//	                    │                       │                                              ▼
//	                    └──▶ withdrawn      terminated (never corrected)        closed ◀─ delivering
//	                                                                              └▶ archived
//
// case.go has the ONE table of moves: what is not in it is refused with 409
// and the verbs that are allowed. Each verb of the business has its file
// (submit.go, accept.go, correct.go …) and does the same: a turn (turn.go)
// takes the case, the verb changes it, commit writes row, history, clock,
// tally, events and notices in one transaction.
//
// Three places are three fields: the outlet that received (收件地), the agency
// that decides (实施主体, from item and division of the matter), the place of
// delivery (送达地). A viewer sees a case by one rule, in Go and in SQL: rights.go.
//
// The clock is a ledger (cases_clock, workday.Ledger). Due dates are computed
// from it; the stored columns are an index, recomputed when the calendar
// changes (RecomputeDue). Four clocks follow one another: five working days to
// accept or say what is wrong, the applicant's time to correct, the promise,
// ten working days to deliver.
//
// A case keeps a snapshot of what was asked of it: item version, answer path,
// list of materials, names as they were. History is appended, never changed.
//
// Counts are exact and cheap: every change of state appends to cases_move (no
// two writers meet on a row), a job adds that up in cases_count, and what a
// clerk, an agency or a manager may see is the sum of a few rows of both.
// Narrower counts (a search, a light, a period) are taken from an index.
//
// Clauses: 行政许可法 arts 32 (receipt, correction once, deemed acceptance), 38
// (reasons, remedies), 42 (20 days, +10 once), 44 (10 days to deliver), 45
// (special procedures); GB/T 39046 tables of cases; domain.md §3 and §16.
//
// Where we differ: a case number is 16 digits and tells nothing about the item
// (the exchange number of 43 is made at the edge); a correction makes the five
// days start anew from the day the corrected materials are in hand.
package cases
