package designer

import (
	"fmt"
	"strings"

	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// nodeFacts tells everything about a node, for a comparison; tell says a
// condition in words.
func nodeFacts(n workflow.Node, within string, tell func(when string) string) []fact {
	list := []fact{{"name", "名称", n.Name}, {"within", "所在分支", within}}
	if n.Kind != workflow.Step {
		list = append(list, fact{"kind", "类型", map[string]string{workflow.Parallel: "并行", workflow.Choice: "选择"}[n.Kind]})
		for k := range n.Branches {
			list = append(list, fact{fmt.Sprintf("branch.%d", k), fmt.Sprintf("第%d个分支", k+1), branchWords(n, k, tell)})
		}
		return list
	}
	var signers []string
	for _, s := range n.Signers {
		signers = append(signers, labelOf(agencyWords, s))
	}
	limit := "不限"
	if n.Limit > 0 {
		limit = fmt.Sprintf("%d个工作日", n.Limit)
	}
	return append(list, fact{"agency", "办理单位", labelOf(agencyWords, n.Agency)}, fact{"role", "办理角色", workflow.RoleNames[n.Role]}, fact{"limit", "时限", limit},
		fact{"sign", "签署方式", labelOf(signings, n.Sign)}, fact{"signers", "会签单位", strings.Join(signers, "、")},
		fact{"decision", "作出决定", field{Kind: tick}.words(n.Decision)}, fact{"may_refuse", "可以直接不予许可", field{Kind: tick}.words(n.MayRefuse)},
		fact{"on_timeout", "超时", labelOf(timeouts, n.OnTimeout)}, fact{"form", "环节表单", string(n.Form)})
}

var (
	signings = choices("", "一人签（核查为两人）", workflow.SignOne, "一人签", workflow.SignAll, "全部签", workflow.SignAny, "任一人签")
	timeouts = choices(workflow.TimeoutRemind, "提醒经办人", workflow.TimeoutEscalate, "上报给本单位的决定人")
)

func roleOptions() []ui.Option {
	var list []ui.Option
	for _, role := range workflow.Roles {
		list = append(list, ui.Option{Value: role, Label: workflow.RoleNames[role]})
	}
	return list
}
