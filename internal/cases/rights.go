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

// owns tells whether the case is the actor's own, as its applicant or as the
// agent who filed it. own is the same in SQL.
func (r *record) owns(a identity.Actor) bool {
	return a.IsApplicant() && a.SignedIn() && (r.Account == a.Account || r.AgentAccount == a.Account)
}

const own = "account = ? OR agent_account <> '' AND agent_account = ?"

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
		w.And(own, a.Account, a.Account)
	default:
		if cond, args := scope.Condition(columns); cond != "" {
			w.And(own+" OR "+cond, append([]any{a.Account, a.Account}, args...)...)
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
