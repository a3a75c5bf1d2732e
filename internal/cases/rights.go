package cases

import (
	"slices"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// The rights of this module.
const (
	RightSubmitFor = "case.submit_for"
	RightReceive   = "case.receive"
	RightAccept    = "case.accept"
	RightCorrect   = "case.correct"
	RightPause     = "case.pause"
	RightExtend    = "case.extend"
	RightDecide    = "case.decide"
	RightDeliver   = "case.deliver"
	RightView      = "case.view"
	RightTerminate = "case.terminate"

	// RightSeeInFull shows documents and telephones that pages mask, once, for a
	// purpose that is kept.
	RightSeeInFull = "person.see_in_full"
)

func init() {
	identity.DefineVerb(RightSubmitFor, "代为提交、补正和撤回")
	identity.DefineVerb(RightReceive, "收件")
	identity.DefineVerb(RightAccept, "受理、不予受理")
	identity.DefineVerb(RightCorrect, "一次性告知补正")
	identity.DefineVerb(RightPause, "启动和结束特别程序")
	identity.DefineVerb(RightExtend, "延长审批期限")
	identity.DefineVerb(RightDecide, "作出决定")
	identity.DefineVerb(RightDeliver, "送达")
	identity.DefineVerb(RightView, "查看办件")
	identity.DefineVerb(RightTerminate, "终止办理")
	identity.Extend("agency_head", RightTerminate)
	identity.DefineVerb(RightSeeInFull, "查看完整的个人信息")
	for _, role := range []string{"window_clerk", "handler", "approver", "section_chief", "agency_head"} {
		identity.Extend(role, RightSeeInFull)
	}
}

// columns are where a case's place stands in cases_case.
var columns = identity.Columns{
	Receiving: "receiving_division", Division: "competent_division", Agency: "competent_agency", Dept: "dept",
}

func (r *record) place() identity.Place {
	return identity.Place{
		Receiving: r.ReceivingDivision, Division: r.CompetentDivision, Agency: r.CompetentAgency, Dept: r.Dept,
	}
}

// OwnLevel is how surely people must have shown who they are before they see as
// their own what others filed under their number, such as a window: whoever knows
// a stranger's name and number has not. What they filed themselves, or an agent
// under their mandate, they see without.
const OwnLevel = identity.LevelPresence

// filed tells whether whoever signed in to the applicant's account filed it, or
// gave the mandate it was filed under; otherwise it stands there by a number.
func (r *record) filed() bool { return r.SubmittedBy == r.Account || r.Mandate != "" }

// filedBy is filed in SQL.
const filedBy = " AND (submitted_by = account OR mandate <> '')"

// owns tells whether the case is the actor's own: as its applicant, as the
// agent who filed it under a mandate that still stands, or as somebody who was
// given this one case. own is the same in SQL; they change together
// (TestMandatesListWhatMayBeOpened).
func (r *record) owns(a identity.Actor) bool {
	return r.belongs(a) && (r.filed() || a.Level >= OwnLevel)
}

// belongs is owns for whoever has shown surely enough who they are.
func (r *record) belongs(a identity.Actor) bool {
	if !a.IsApplicant() || !a.SignedIn() {
		return false
	}
	return r.Account == a.Account || r.agentOf(a)
}

// agentOf tells whether the actor acts for the applicant here: under the mandate
// it was filed under, one for this case, or as who leads the enterprise.
func (r *record) agentOf(a identity.Actor) bool {
	if r.AgentAccount == a.Account && a.Account != "" {
		if _, held := a.HeldMandate(r.Mandate); held || r.Mandate == "" {
			return true
		}
	}
	return slices.ContainsFunc(a.Mandates, func(x identity.Mandate) bool {
		return (x.Scope == identity.ScopeCase && x.Case == r.Number || x.Leads()) && x.Principal == r.Account && r.Account != ""
	})
}

func own(a identity.Actor) (cond string, args []any) {
	sure := filedBy
	if a.Level >= OwnLevel {
		sure = ""
	}
	cond, args = "account = ?"+sure+" OR agent_account <> '' AND agent_account = ?"+sure+" AND (mandate = ''", []any{a.Account, a.Account}
	for _, x := range a.Mandates {
		cond += " OR mandate = ?"
		args = append(args, x.ID)
	}
	cond += ")"
	for _, x := range a.Mandates {
		if x.Leads() && x.Principal != "" {
			cond += " OR account = ?" + sure
			args = append(args, x.Principal)
		}
		if x.Scope == identity.ScopeCase && x.Principal != "" {
			cond += " OR number = ? AND account = ?" + sure
			args = append(args, x.Case, x.Principal)
		}
	}
	return cond, args
}

// unseen is what somebody is told who may not see the case: the level that is
// missing where only that is missing, nothing otherwise.
func (r *record) unseen(a identity.Actor) error {
	if r.belongs(a) {
		return identity.TooLow(a.Level, OwnLevel)
	}
	return ErrUnknown
}

// visible is the rule of who sees a case: its applicant, the outlet that
// received it, the agency that decides it, and those set over either. narrow
// is the same rule in SQL; they change together (TestListsShowWhatMayBeOpened).
func (r *record) visible(a identity.Actor) bool {
	return r.owns(a) || a.Can(RightView, r.place())
}

// narrow adds the rule to a query.
func narrow(w *db.Where, a identity.Actor) {
	scope := a.Scope(RightView)
	switch {
	case !a.SignedIn():
		w.And("1 = 0")
	case !a.IsApplicant():
		scope.Where(w, columns)
	case scope.Empty():
		cond, args := own(a)
		w.And(cond, args...)
	default:
		if cond, args := scope.Condition(columns); cond != "" {
			mine, mineArgs := own(a)
			w.And(mine+" OR "+cond, append(mineArgs, args...)...)
		}
	}
}

// may tells whether the actor stands on a side that the move is open to.
func (r *record) may(a identity.Actor, mv Move) bool {
	if a.IsSystem() {
		return true
	}
	if mv.By&ByApplicant != 0 && r.owns(a) {
		return true
	}
	right := identity.Verb(mv.Right)
	if right == "" {
		return false
	}
	if mv.By&ByCompetent != 0 && a.Can(right, r.competentSide()) {
		return true
	}
	window := !mv.AtWindow || r.AcceptedBy == acceptedByWindow
	return mv.By&ByReceiver != 0 && window && a.Can(right, r.receivingSide())
}

// The two sides of a case, each without the other, so that a right over one is
// not taken for a right over the other.
func (r *record) competentSide() identity.Place {
	return identity.Place{Division: r.CompetentDivision, Agency: r.CompetentAgency, Dept: r.Dept}
}

func (r *record) receivingSide() identity.Place {
	return identity.Place{Receiving: r.ReceivingDivision}
}

// allowed lists what the actor may do to the case as it stands.
func (r *record) allowed(a identity.Actor) []Verb {
	list := []Verb{}
	for _, mv := range moves {
		if mv.By == ByJob || !slices.Contains(mv.From, r.State) || !r.may(a, mv) {
			continue
		}
		if mv.Verb == VerbRequestCorrection && r.Corrections > 0 ||
			mv.Verb == VerbSupplement && r.DeferredUntil.IsZero() {
			continue
		}
		list = append(list, mv.Verb)
	}
	return list
}

const acceptedByWindow = "window"
