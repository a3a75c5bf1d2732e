package workflow

import (
	"slices"
	"strings"

	"yimen/internal/identity"
)

// Roles of a step: what is done there, and so who may do it.
const (
	RoleReview  = "review"  // 审查
	RoleSurvey  = "survey"  // 现场核查, by two people (行政许可法 art. 34)
	RoleSign    = "sign"    // 会签
	RoleApprove = "approve" // 审核
	RoleDecide  = "decide"  // 审批决定
)

// Roles lists the roles in the order a case usually meets them.
var Roles = []string{RoleReview, RoleSurvey, RoleSign, RoleApprove, RoleDecide}

// RoleNames are the roles in the words of the trade.
var RoleNames = map[string]string{
	RoleReview: "审查", RoleSurvey: "现场核查", RoleSign: "会签", RoleApprove: "审核", RoleDecide: "审批决定",
}

// The rights of this module: one for each role of a step, and those of the
// people who watch over tasks rather than do them.
var (
	VerbView     = identity.DefineVerb("task.view", "查看任务")
	VerbRemind   = identity.DefineVerb("task.remind", "催办任务")
	VerbReview   = identity.DefineVerb("task.review", "审查办件")
	VerbSurvey   = identity.DefineVerb("task.survey", "现场核查")
	VerbSign     = identity.DefineVerb("task.sign", "会签办件")
	VerbApprove  = identity.DefineVerb("task.approve", "审核办件")
	VerbDecide   = identity.DefineVerb("task.decide", "审批决定")
	VerbReassign = identity.DefineVerb("task.reassign", "改派任务")
)

// rolesOf are the roles in which somebody may do steps, wherever that is.
func rolesOf(a identity.Actor) []string {
	var list []string
	for _, role := range Roles {
		if a.Has(verbOf[role]) {
			list = append(list, role)
		}
	}
	return list
}

var verbOf = map[string]identity.Verb{
	RoleReview: VerbReview, RoleSurvey: VerbSurvey, RoleSign: VerbSign,
	RoleApprove: VerbApprove, RoleDecide: VerbDecide,
}

func isRole(r string) bool { return slices.Contains(Roles, r) }

func rolesSentence() string {
	parts := make([]string, len(Roles))
	for i, r := range Roles {
		parts[i] = r + "（" + RoleNames[r] + "）"
	}
	return strings.Join(parts, "、")
}
