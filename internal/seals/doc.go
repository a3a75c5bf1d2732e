// Package seals is the city's electronic seals (电子印章): who may have one, who
// keeps it, what it may be used for, and every use it was put to.
//
//	applied ─approve▶ approved ─record▶ recorded ─make▶ made ─hand out▶ handed_out ─activate▶ active ⇄ suspended
//	   └─refuse▶ refused            any of those that were made ─cancel▶ cancelled (its key is destroyed)
//
// What a seal may be used for are its purposes: licence:<type>, proof:<type> (licence:* and proof for
// every type), notice, proof, document. [Module.Seal] refuses anything else,
// and writes down what it did in the transaction of whoever asked: nothing
// sealed is given out unrecorded. What it refused is written down as well, in a
// transaction of its own, for the caller's is undone.
//
// Every seal has a key of its own in the vault (package vault) and a
// certificate for it. In the sample city our own root and issuing authority
// make those; elsewhere a request (PKCS#10) goes out and the certificate is
// imported and checked against the key. The seal itself (SESeal of GB/T
// 38540-2020) is signed by the maker's certificate.
//
// Nobody approves what they applied for or will keep, and none of the three
// administrators seals anything (docs/decisions/0043).
package seals
