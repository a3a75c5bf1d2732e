// Package licences is the city's store of electronic licences (电子证照库):
// what was issued to whom, by whom, and what it is worth today.
//
//	type ── fields            what a licence of this kind says (GB/T 36903)
//	 │
//	licence ── versions       a change or renewal is a new version; the one
//	 │                        before it lapses
//	 └─ history               every act on it, with who, when and why
//
// A licence is named by its identifier (GB/T 36904), which carries type, issuer,
// serial and version. What it is worth is asked on the day (Licence.StateOn): a
// file that somebody keeps never changes, the store does.
//
//	valid ⇄ suspended                     暂扣, 发还
//	valid, suspended → withdrawn          撤销: wrongly granted (行政许可法 art. 69)
//	valid, suspended → revoked            吊销: a penalty
//	valid → replaced                      变更、延续: the next version counts
//	valid → lapsed                        the last day is over; nobody does it
//	withdrawn, revoked, lapsed,
//	replaced, valid → cancelled           注销: the formality afterwards (art. 70;
//	                                      from valid when the holder has died or ended)
//
// Stock from before (存量证照) is taken over from files, with how far it may be
// believed: see Trust, and Deps.Least for what may stand in for a paper. With a
// file may come photographs of holders and scans of papers: see ImportArchive.
//
// We call org and identity. Whoever demands papers asks us; whoever decides cases
// issues through us.
package licences
