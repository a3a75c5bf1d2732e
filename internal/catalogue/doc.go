// Package catalogue keeps the city's service items (政务服务事项): what can be
// applied for, who may, what to bring, how long it takes, who decides.
//
// A base item is defined once, by the city. Its implementation at an agency
// (city bureau, county bureau, town, village) is derived from item × division:
// 74 items of town and village are 74 definitions at 1,558 places, not 115,000
// rows. Only the place, hours, phones and counters are local.
//
//	            ┌────────── reject ──────────┐
//	            ▼                            │
//	SaveDraft ─ draft ── Submit ─▶ review ─ Review ─▶ approved
//	                                                     │ Publish (checks of domain.md §2.5)
//	                                                     ▼
//	       cancelled ◀─ Cancel ─ suspended ◀─ Suspend ─ published ──▶ superseded
//	                                └──── Resume ──────▶             by the next version
//
// A published version never changes: a running case stays on the one it was
// handed in under. Other modules read Current, Version, Guide, Checklist and
// CheckForm; citizens read the guide page and the public API.
//
// Clauses: GB/T 39554.1 and C0109 for codes (domain.md §2.2), GB/T 39046 for the
// element list (§2.4), the publication rules of §2.5, situations §2.6, life
// cycle §2.7, rate of presence (进驻率) §16.
package catalogue
