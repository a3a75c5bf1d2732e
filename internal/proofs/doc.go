// Package proofs keeps the city's list of proofs (证明事项清单, domain.md §7):
// which proofs may be asked of people, who issues them, and what stands in for
// those that may not.
//
//	editor ─ Propose ─▶ change (waiting) ─ Publish, by somebody else ─▶ entry, version n+1
//	                         ├─ Refuse                                     │
//	                         └─ Withdraw                                   ▼ Changed (event)
//	                                                       the keepers of items are told
//
// An item may ask only for proofs that are kept. The catalogue asks us through
// an interface of its own (catalogue.Proofs) before it publishes, and when it
// makes a checklist: a proof that was taken off the list is not asked for from
// the same moment, whatever the version in force says. Which items ask for a
// proof is read from the catalogue and never stored here.
//
// Who is asked for a proof that is off the list reports it: a supervision order
// (监督单) with a number and a day, for the manager of the division where it
// happened, which counts against the organ.
//
//	reported ─ accept ─▶ accepted ─ ask ─▶ asked ─ reply ─▶ answered
//	                        └───────────── close ◀────────────┘  confirmed | unfounded
//
// A proof that is kept and has a type of electronic licence is asked for online.
// Who issues it where the person lives checks it, or has those on the spot check
// the facts, and issues a sealed licence into the person's store. What somebody
// holds and is still valid is given back instead of a second one (一次制证、长期使用).
//
//	asked ──▶ checking ──▶ checked ──▶ issued | refused
//	  └───────────────────────────────────▲      withdrawn, by who asked
//
// Instead of some proofs people promise (告知承诺). What they read and ticked is
// kept, and who decides the case checks it within some weeks:
//
//	given ──▶ checked: true | untrue | unclear
//	  └─────▶ taken back, when the proof is handed in after all
//
// Who gave an untrue one may give none for a year, unless it is put right before.
//
// Of the other kept proofs the pages say where to get the paper.
package proofs
