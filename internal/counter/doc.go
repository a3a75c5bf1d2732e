// Package counter is the window's side of the counter (窗口): one screen per
// person served, by keys from the greeting to the printed receipt.
//
//	desk ──omnibox, card reader, ticket──▶ visit ──▶ person ──start──▶ intake ──▶ done: receipt
//	  what is at this outlet                │        open cases,        everything on one
//	  and whose turn it is                  │        what to do next    page, kept as one types
//	                                        └ minutes: the document number stands in no address
//
// recognise.go reads what was typed, scanned or sent by a card reader. A visit
// (visit.go) is a person being served; pages name it by a key that says nothing
// and ends after half an hour, so that no number of a person is in an address,
// a log or a browser's history.
//
// An application is taken in on one page (intake*.go): situations, form and
// materials, filled in beforehand from what the person handed in earlier
// (prefill.go), stored as a draft whenever something changes, with what is
// still missing at its side. The stepwise pages of internal/apply remain for
// phones and for browsers without scripts.
//
// Any window takes any item that its level offers; who decides follows from
// the item and the division of the matter (internal/cases).
package counter
