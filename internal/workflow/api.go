package workflow

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/workday"
)

// API adds the operations on tasks. They ask the rights that the verbs ask.
func (m *Module) API(api huma.API) {
	tags := []string{"任务"}
	web.Op(api, huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/tasks", Summary: "任务列表",
		Description: "按权限列出任务：待办按到期日排序，其他按时间倒序。", Tags: tags,
	}, identity.Staff(), m.apiList)
	web.Op(api, huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/tasks/{id}", Summary: "任务详情", Tags: tags,
	}, identity.Staff(), m.apiTask)
	for _, o := range []struct {
		act, summary string
		do           func(ctx context.Context, id string, b actBody) error
	}{
		{ActApprove, "同意；审批决定环节以outcome给出准予或不予", func(ctx context.Context, id string, b actBody) error {
			return m.Approve(ctx, id, Act{Opinion: b.Opinion, Outcome: b.Outcome})
		}},
		{ActReturn, "退回到前面的环节（to）", func(ctx context.Context, id string, b actBody) error {
			return m.Return(ctx, id, b.To, b.Opinion)
		}},
		{ActRefuse, "不同意", func(ctx context.Context, id string, b actBody) error { return m.Refuse(ctx, id, b.Opinion) }},
		{ActReassign, "改派给另一账号（to）", func(ctx context.Context, id string, b actBody) error {
			return m.Reassign(ctx, id, b.To, b.Opinion)
		}},
		{ActDelegate, "委托本单位同事（to）代办", func(ctx context.Context, id string, b actBody) error {
			return m.Delegate(ctx, id, b.To, b.Opinion)
		}},
		{ActAddApprover, "加签：账号（to）或单位（agency），前加签或后加签（position）", func(ctx context.Context, id string, b actBody) error {
			return m.AddApprover(ctx, id, Extra{Account: b.To, Agency: b.Agency, Position: b.Position, Reason: b.Opinion})
		}},
		{ActClaim, "签收", func(ctx context.Context, id string, _ actBody) error { return m.Claim(ctx, id) }},
		{ActUnclaim, "退签", func(ctx context.Context, id string, _ actBody) error { return m.Unclaim(ctx, id) }},
		{ActWithdraw, "撤回刚才的办理", func(ctx context.Context, id string, b actBody) error { return m.WithdrawAct(ctx, id, b.Opinion) }},
		{ActRemind, "催办", func(ctx context.Context, id string, b actBody) error { return m.Remind(ctx, id, b.Opinion) }},
	} {
		web.Op(api, huma.Operation{
			Method: http.MethodPost, Path: "/api/v1/tasks/{id}/" + o.act, Summary: o.summary, Tags: tags,
		}, identity.Staff(), func(ctx context.Context, in *actInput) (*actOutput, error) { return m.apiAct(ctx, in, o.do) })
	}
}

type listInput struct {
	Case  string `query:"case" doc:"办件编号"`
	State string `query:"state" enum:"open,waiting,done,superseded,undone,cancelled" doc:"缺省为open（待办）"`
	Mine  bool   `query:"mine" doc:"只看自己名下的；state=done时为自己办过的"`
	Role  string `query:"role" enum:"review,survey,sign,approve,decide"`
	Light string `query:"light" enum:"normal,yellow,red,overdue"`
	Q     string `query:"q" maxLength:"100" doc:"事项名称或办件编号的一部分"`
	After string `query:"after" doc:"上一页的next"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
}

// apiItem is a task as the list of the API shows it.
type apiItem struct {
	ID       string       `json:"id"`
	Case     string       `json:"case"`
	ItemName string       `json:"item_name"`
	Step     string       `json:"step"`
	Role     string       `json:"role"`
	Agency   string       `json:"agency"`
	Assignee string       `json:"assignee"`
	State    string       `json:"state"`
	Held     bool         `json:"held"`
	DueOn    workday.Date `json:"due_on" format:"date" nullable:"true"`
	Light    string       `json:"light"`
}

type listOutput struct {
	Body struct {
		Items []apiItem `json:"items"`
		Next  string    `json:"next"`
	}
}

func (m *Module) apiList(ctx context.Context, in *listInput) (*listOutput, error) {
	q := Query{Subject: in.Case, State: in.State, Mine: in.Mine, Role: in.Role, Light: in.Light, Q: in.Q}
	tasks, next, err := m.Tasks(ctx, q, db.Page{Limit: in.Limit, After: in.After})
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Next, out.Body.Items = next, make([]apiItem, len(tasks))
	for i, t := range tasks {
		out.Body.Items[i] = itemOf(t)
	}
	return out, nil
}

func itemOf(t Task) apiItem {
	return apiItem{
		ID: t.ID, Case: t.Subject, ItemName: t.Title, Step: t.Name, Role: t.Role, Agency: t.Agency, Assignee: t.Assignee,
		State: t.State, Held: t.Held, DueOn: t.DueOn, Light: t.Light,
	}
}

type taskInput struct {
	ID string `path:"id"`
}

// apiTaskBody is one task, with what the caller may do to it now.
type apiTaskBody struct {
	apiItem
	Result  string   `json:"result"`
	Opinion string   `json:"opinion"`
	Allowed []string `json:"allowed" doc:"现在可以执行的操作"`
	Targets []Target `json:"targets" doc:"可以退回的环节"`
}

type taskOutput struct{ Body apiTaskBody }

func (m *Module) apiTask(ctx context.Context, in *taskInput) (*taskOutput, error) {
	t, err := m.taskByID(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if !t.visible(identity.FromContext(ctx)) {
		return nil, ErrTaskUnknown
	}
	return m.show(ctx, t)
}

func (m *Module) show(ctx context.Context, t *taskRow) (*taskOutput, error) {
	body, err := m.body(ctx, t)
	return &taskOutput{body}, err
}

func (m *Module) body(ctx context.Context, t *taskRow) (apiTaskBody, error) {
	targets, err := m.targets(ctx, t)
	if err != nil {
		return apiTaskBody{}, err
	}
	actor, err := m.actorFor(ctx, t)
	if err != nil {
		return apiTaskBody{}, err
	}
	allowed := t.allowed(actor)
	if allowed == nil {
		allowed = []string{}
	}
	v := t.task(m.lights(ctx))
	return apiTaskBody{apiItem: itemOf(v), Result: v.Result, Opinion: v.Opinion, Allowed: allowed, Targets: targets}, nil
}

type actBody struct {
	Opinion  string `json:"opinion,omitempty" maxLength:"2000" doc:"意见或理由；退回和不同意时必填"`
	Outcome  string `json:"outcome,omitempty" enum:"granted,denied" doc:"仅审批决定环节：准予或不予"`
	To       string `json:"to,omitempty" doc:"退回的环节，或改派、委托、加签的账号"`
	Agency   string `json:"agency,omitempty" doc:"加签单位，不指定账号时填"`
	Position string `json:"position,omitempty" enum:"before,after" doc:"前加签或后加签"`
}

type actInput struct {
	ID   string `path:"id"`
	Body *actBody
}

// apiActBody is the task as an act left it, and what is to be done next.
type apiActBody struct {
	apiTaskBody
	Process apiProcess `json:"process" doc:"办理之后流程到了哪里"`
}

type apiProcess struct {
	State string    `json:"state" doc:"running、finished 或 cancelled"`
	Open  []APIStep `json:"open" doc:"现在待办的环节，先开始的在前"`
}

type actOutput struct{ Body apiActBody }

// apiAct acts, and answers with the task as it is then and with the steps that
// are to be done now: who acts for others need not ask who has the case next.
func (m *Module) apiAct(ctx context.Context, in *actInput, do func(context.Context, string, actBody) error) (*actOutput, error) {
	var b actBody
	if in.Body != nil {
		b = *in.Body
	}
	if err := do(ctx, in.ID, b); err != nil {
		return nil, err
	}
	var t *taskRow
	var left apiProcess
	var err error
	if done, ok := m.DB.Remembered(ctx, doneKey(in.ID)).(completed); ok {
		t, left = done.task, done.run.process(ctx)
	} else {
		// theirs to see a last time, even if it was handed on
		if t, err = m.taskByID(ctx, in.ID); err != nil {
			return nil, err
		}
		if left, err = m.process(ctx, t.Subject); err != nil {
			return nil, err
		}
	}
	body, err := m.body(ctx, t)
	return &actOutput{apiActBody{body, left}}, err
}
