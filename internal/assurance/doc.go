// Package assurance (实名核验) is how people show who they are, and how they
// sign in beside the password.
//
//	proves a level                          signs in
//	  code sent to the phone      1           code sent to the phone
//	  name and number, register   2           passkey (a phone's face or finger)
//	  card read at a window       3           scan with a phone that is signed in
//	  (face: its own files)       3           password, then a code of an app
//
// What was proven is kept by identity ([identity.Module.Prove]); this package
// makes sure that it is true. Each way is a page of its own under /verify, and
// the step-up page ([Module.OfferProof]) shows those that lead high enough and
// brings people back to where they were. Ways to sign in end in
// [identity.Module.SignIn], which knows the rules of sessions.
//
// Codes, secrets and keys are kept as hashes or public halves. What is counted
// (wrong codes, codes sent, questions to the register) is written outside the
// transaction that a refusal would undo, so those forms are PostEach.
//
// Answers to strangers never tell whether somebody has an account: the same
// page, after the same work.
package assurance
