package workflow

import (
	"slices"
	"strings"
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

func isRole(r string) bool { return slices.Contains(Roles, r) }

func rolesSentence() string {
	parts := make([]string, len(Roles))
	for i, r := range Roles {
		parts[i] = r + "（" + RoleNames[r] + "）"
	}
	return strings.Join(parts, "、")
}
