// Package ses makes and verifies electronic seals and signatures of OFD documents with SM2 and SM3: GB/T 38540-2020
// (version 4), GM/T 0031-2014 (version 1, read only), GM/T 0031-2025 (version 5), and signatures without seal as of
// GB/T 35275. It stands on package ofd for the container and needs no network.
//
// A seal is made by [MakeSeal] and read by [ParseSeal]. [Affix] puts it on a document at one or several places ([Seam] gives
// those of a perforation seal), [Sign] signs without one. [Verify] and [VerifySeal] answer step by step: every step has a
// stable code, a Chinese title, a result and a reason, and a step about a file names it. What cannot be told is said to be
// unknown, never taken for good.
//
// [SignDetached] makes the value of a signature in a PDF file (package ofd/pdf writes the file), and [VerifyPDF] verifies such files.
//
// Keys stay where they are: a [Signer] is a certificate and a crypto.Signer, which may stand for a UKey, a cipher machine or
// an HSM. Time stamps come from a [Timestamper]; which roots are believed, which certificates are revoked and what became of
// a seal is told by [Options].
//
// # What is signed
//
// Everything is verified over the bytes received; nothing is encoded anew. The signer's signature is over toSign, which holds
// the whole seal and the SM3 digest of Signature.xml; Signature.xml holds the digests of all protected files. The maker's
// signature is over eSealInfo (in version 1 over eSealInfo, certificate and algorithm). A signature leaves the list of
// signatures and the files of other signatures unprotected, so that more can follow, unless [Signing] says Final.
//
// # Clauses
//
// docs/standards/seals.md says clause by clause what is followed, what is checked against files made by others, and what is
// believed.
package ses
