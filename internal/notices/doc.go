// Package notices turns the notices and decisions of cases (文书) into sealed
// documents: OFD files under the seal of the body that signs, and PDF files of
// the same pages.
//
// Whoever issues a notice does not wait for its document: cases tells of it
// within its transaction (Issued), a worker seals it some seconds later, and
// whoever asks for it before is served at once (Open). A document is sealed once;
// what cannot be sealed is tried again, and the reason is shown to those who
// keep the seals.
//
// Whoever has a file of a document can have it verified: the OFD file by its
// seal, a PDF by its signature, which names the OFD file (Filed).
//
// Receipts and proofs of delivery are signed by hand at the window and get no
// seal: an outlet has none.
package notices
