package office

import (
	"context"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// taskAct is something people do to a task.
type taskAct struct {
	Name   string
	Button string
	Kind   string
	Lead   string
	Done   string // 已… after it
	Quick  bool   // needs nothing
	fields func(p *taskPage) []ui.FieldOpts
	choose func(m *Module, ctx context.Context, t workflow.Task) ([]ui.Option, error)
	do     func(m *workflow.Module, ctx context.Context, task string, f *web.Form) error
}

var taskActs = []taskAct{
	{Name: workflow.ActApprove, Button: "同意", Kind: "primary", Done: "办理", fields: approveFields,
		do: func(m *workflow.Module, ctx context.Context, task string, f *web.Form) error {
			return m.Approve(ctx, task, workflow.Act{Opinion: opinionOf(f), Outcome: f.Value("outcome")})
		}},
	{Name: workflow.ActReturn, Button: "退回", Kind: "outline-primary", Done: "退回", choose: (*Module).earlier, fields: returnFields,
		Lead: "退回到前面的环节重新办理，时限照常计算。要申请人补材料的，受理前应一次性告知；受理后不能退给申请人。",
		do: func(m *workflow.Module, ctx context.Context, task string, f *web.Form) error {
			return m.Return(ctx, task, f.Value("to"), opinionOf(f))
		}},
	{Name: workflow.ActRefuse, Button: "不同意", Kind: "outline-danger", Done: "提出不同意见", fields: refuseTaskFields,
		Lead: "不同意的意见会直接送到审批决定环节，由其作出决定。",
		do: func(m *workflow.Module, ctx context.Context, task string, f *web.Form) error {
			return m.Refuse(ctx, task, opinionOf(f))
		}},
	{Name: workflow.ActClaim, Button: "签收", Kind: "outline-primary", Done: "签收", Quick: true, Lead: "签收后由您办理。",
		do: func(m *workflow.Module, ctx context.Context, task string, _ *web.Form) error {
			return m.Claim(ctx, task)
		}},
	{Name: workflow.ActUnclaim, Button: "退签", Kind: "", Done: "退签", Quick: true, Lead: "退签后同事可以签收。",
		do: func(m *workflow.Module, ctx context.Context, task string, _ *web.Form) error {
			return m.Unclaim(ctx, task)
		}},
	{Name: workflow.ActAddApprover, Button: "加签", Kind: "", Done: "加签", choose: (*Module).advisers, fields: addFields,
		Lead: "请另一位同事或另一个单位发表意见。前加签：对方办完后任务回到您这里；后加签：您办完后再由对方办理。",
		do: func(m *workflow.Module, ctx context.Context, task string, f *web.Form) error {
			x := workflow.Extra{Position: f.Value("position"), Reason: f.Value("opinion")}
			if agency, ok := strings.CutPrefix(f.Value("to"), "agency:"); ok {
				x.Agency = agency
			} else {
				x.Account = f.Value("to")
			}
			return m.AddApprover(ctx, task, x)
		}},
	{Name: workflow.ActDelegate, Button: "委托", Kind: "", Done: "委托", choose: (*Module).sameAgency, fields: giveFields,
		Lead: "由同单位的同事代您办理，记录中写明两人。您可以随时收回。",
		do: func(m *workflow.Module, ctx context.Context, task string, f *web.Form) error {
			return m.Delegate(ctx, task, f.Value("to"), f.Value("opinion"))
		}},
	{Name: workflow.ActReassign, Button: "改派", Kind: "", Done: "改派", choose: (*Module).capable, fields: giveFields,
		Lead: "把任务交给有权办理的另一位同事。",
		do: func(m *workflow.Module, ctx context.Context, task string, f *web.Form) error {
			return m.Reassign(ctx, task, f.Value("to"), f.Value("opinion"))
		}},
	{Name: workflow.ActWithdraw, Button: "撤回我的操作", Kind: "outline-danger", Done: "撤回刚才的操作", fields: withdrawFields,
		Lead: "后面的环节还没有办理时，可以撤回您刚才的操作。",
		do: func(m *workflow.Module, ctx context.Context, task string, f *web.Form) error {
			return m.WithdrawAct(ctx, task, f.Value("opinion"))
		}},
	{Name: workflow.ActRemind, Button: "催办", Kind: "", Done: "催办", fields: remindFields, Lead: "提醒经办人尽快办理；同一任务每人每天一次。",
		do: func(m *workflow.Module, ctx context.Context, task string, f *web.Form) error {
			return m.Remind(ctx, task, opinionOf(f))
		}},
}

func approveFields(p *taskPage) []ui.FieldOpts {
	if p.task.Decides {
		return decisionFields()
	}
	return []ui.FieldOpts{{Name: "opinion", Label: "意见", Type: "textarea", Rows: 3, MaxLength: maxOpinion}}
}

func decisionFields() []ui.FieldOpts {
	return []ui.FieldOpts{
		{Name: "outcome", Label: "决定", Type: "radio", Required: true, Value: workflow.Granted, Options: outcomeOptions},
		{Name: "opinion", Label: "意见", Type: "textarea", Rows: 3, MaxLength: maxOpinion, Help: "不予的，写明理由和依据的条款。"},
	}
}

func returnFields(p *taskPage) []ui.FieldOpts {
	return []ui.FieldOpts{
		{Name: "to", Label: "退回到", Type: "select", Required: true, Options: p.options},
		{Name: "opinion", Label: "退回理由", Type: "textarea", Required: true, MaxLength: maxOpinion},
	}
}

func refuseTaskFields(*taskPage) []ui.FieldOpts {
	return []ui.FieldOpts{{Name: "opinion", Label: "理由和依据", Type: "textarea", Required: true, MaxLength: maxOpinion}}
}

func addFields(p *taskPage) []ui.FieldOpts {
	positions := []ui.Option{{Value: workflow.Before, Label: "前加签", Help: "对方先办，再回到我"}}
	if !p.task.Decides {
		positions = append(positions, ui.Option{Value: workflow.After, Label: "后加签", Help: "我办完，再由对方办"})
	}
	return []ui.FieldOpts{
		{Name: "position", Label: "先后", Type: "radio", Required: true, Value: workflow.Before, Options: positions},
		{Name: "to", Label: "请谁会商", Type: "select", Required: true, Options: p.options},
		{Name: "opinion", Label: "说明", Type: "textarea", Rows: 2, MaxLength: maxOpinion},
	}
}

func giveFields(p *taskPage) []ui.FieldOpts {
	return []ui.FieldOpts{
		{Name: "to", Label: "交给", Type: "select", Required: true, Options: p.options},
		{Name: "opinion", Label: "理由", Type: "textarea", Rows: 2, MaxLength: maxOpinion},
	}
}

func withdrawFields(*taskPage) []ui.FieldOpts {
	return []ui.FieldOpts{{Name: "opinion", Label: "理由", Type: "textarea", Rows: 2, MaxLength: maxOpinion}}
}

func remindFields(*taskPage) []ui.FieldOpts {
	return []ui.FieldOpts{{Name: "opinion", Label: "催办内容", Type: "textarea", Rows: 2, MaxLength: 500}}
}

// earlier are the steps a task can be returned to.
func (m *Module) earlier(ctx context.Context, t workflow.Task) ([]ui.Option, error) {
	targets, err := m.Workflow.Targets(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	var options []ui.Option
	for _, x := range targets {
		options = append(options, ui.Option{Value: x.Node, Label: x.Name})
	}
	return options, nil
}

// capable are the people of the agency who may do such a task, but for its holder.
func (m *Module) capable(ctx context.Context, t workflow.Task) ([]ui.Option, error) {
	return m.people(ctx, t, identity.Verb("task."+t.Role), func(a identity.Account) bool { return a.ID != t.Assignee })
}

// sameAgency are colleagues a task can be delegated to.
func (m *Module) sameAgency(ctx context.Context, t workflow.Task) ([]ui.Option, error) {
	me := identity.FromContext(ctx).Account
	return m.people(ctx, t, identity.Verb("task."+t.Role), func(a identity.Account) bool { return a.ID != me && a.Agency == t.Agency })
}

// advisers are who may be asked for an opinion: colleagues, and the other
// bodies of the place.
func (m *Module) advisers(ctx context.Context, t workflow.Task) ([]ui.Option, error) {
	me := identity.FromContext(ctx).Account
	options, err := m.people(ctx, t, workflow.VerbSign, func(a identity.Account) bool { return a.ID != me })
	if err != nil {
		return nil, err
	}
	bodies, err := m.Org.AgenciesAt(ctx, t.Division)
	if err != nil {
		return nil, err
	}
	for _, a := range bodies {
		if a.Code != t.Agency {
			options = append(options, ui.Option{Value: "agency:" + a.Code, Label: a.Name + "（单位）"})
		}
	}
	return options, nil
}

func (m *Module) people(ctx context.Context, t workflow.Task, v identity.Verb, fit func(identity.Account) bool) ([]ui.Option, error) {
	list, err := m.Identity.Colleagues(ctx, t.Agency, v)
	if err != nil {
		return nil, err
	}
	var options []ui.Option
	for _, a := range list {
		if fit(a) {
			options = append(options, ui.Option{Value: a.ID, Label: a.DisplayName + "（" + a.Name + "）"})
		}
	}
	return options, nil
}

// others are the acts besides approving, for the row of buttons on a card.
func (t taskCard) others() []taskAct {
	var list []taskAct
	for _, a := range taskActs {
		if a.Name != workflow.ActApprove && t.may(a.Name) {
			list = append(list, a)
		}
	}
	return list
}
