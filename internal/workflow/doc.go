// Package workflow carries a case through the hands it has to pass: who has
// what to do now, until when, and what follows from what they did.
//
// A Definition (办理流程) is a sequence of steps, with blocks of branches between
// them: parallel (all branches whose condition holds) and choice (the first
// one). Blocks nest and never cross. Start fixes everything that can be fixed:
// the conditions are evaluated, the agencies looked up, the definition kept by
// its content. What remains, the plan, holds only steps and parallel blocks,
// and the state of an instance is nothing but its open tasks:
//
//	open ──approve──► done ──► the tasks that follow
//	  │ ──refuse───► done ──► the decision step, which confirms or grants all the same
//	  │ ──return───► done ──► an earlier step, once more (round + 1)
//	  └──superseded: a colleague's act made the task pointless (returned, refused, one signature was enough)
//
//	waiting: stands behind an approver added before it (前加签), or is one added after (后加签)
//
// Decisions that were open and are settled here:
//
//   - A refusal (不同意) at an ordinary step does not end the case: it is recorded
//     as a negative opinion and leads straight to the decision step, where
//     whoever decides confirms it (denied) or grants all the same. It is final
//     only at the decision step, or where the definition says may_refuse.
//   - Delegation (委托) hands one's own task to a colleague of the same agency who
//     acts on one's behalf; both names are in the record. The delegator can
//     claim it back, the delegate can give it back, and cannot delegate further.
//   - Standing in (AB 角) is not delegation: during a confirmed leave the
//     substitute may do what is in the absent one's name, with a right of their
//     own to do such tasks, and both names are in the record.
//   - A survey (现场核查) takes two different people unless the definition says
//     sign: one (行政许可法 art. 34).
//   - Escalation (超时上报) passes an overdue task to those of its agency who decide.
//   - An act can be withdrawn (撤回) by whoever did it, as long as nobody has
//     touched what followed from it and the instance is still running.
//   - While an instance is held (special procedures, corrections) nothing can be
//     approved, returned or refused, and the working days do not count.
//
// Every act locks its instance first, so two people on one task are put in
// order: one wins, the other is told what the task is now (409). Everything
// done is appended to workflow_act: who, when, what, why. Task rows say how
// things stand; they can be undone, acts cannot.
//
// Sending a case back to the applicant, and the legal clock, belong to the
// caller (cases), which hears of Finished and Returned inside our transaction.
package workflow
