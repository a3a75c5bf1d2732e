package cases

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/workday"
)

const apiTag = "办件"

// API adds the operations on cases.
func (m *Module) API(api huma.API) {
	op := func(method, path, id, summary string) huma.Operation {
		return huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, Tags: []string{apiTag}}
	}
	signedIn := identity.SignedIn()
	submit := op(http.MethodPost, "/api/v1/cases", "submit-case", "提交申请")
	submit.DefaultStatus = http.StatusCreated
	submit.MaxBodyBytes = 4 << 20
	web.Op(api, submit, signedIn, m.apiSubmit)
	web.Op(api, op(http.MethodGet, "/api/v1/cases", "list-cases", "查询办件"), signedIn, m.apiList)
	web.Op(api, op(http.MethodGet, "/api/v1/cases/totals", "get-case-totals", "各状态的办件数"), signedIn, m.apiTotals)
	web.Op(api, op(http.MethodGet, "/api/v1/cases/spared", "get-spared-materials", "用电子证照代替、没有另交的材料"), identity.Staff(), m.apiSpared)
	web.Op(api, op(http.MethodGet, "/api/v1/cases/{number}", "get-case", "办件详情"), signedIn, m.apiFind)
	web.Op(api, op(http.MethodGet, "/api/v1/cases/{number}/history", "get-case-history", "办件经过"), signedIn, m.apiHistory)
	web.Op(api, op(http.MethodGet, "/api/v1/cases/{number}/tasks", "get-case-tasks", "办件的审批环节"), identity.Staff(), m.apiTasks)
	web.Op(api, op(http.MethodGet, "/api/v1/progress", "get-progress", "凭编号和查询码查询进度"), web.Public, m.apiProgress)
	for _, v := range apiVerbs {
		act := op(http.MethodPost, "/api/v1/cases/{number}/"+string(v.verb), string(v.verb)+"-case", v.verb.Chinese())
		act.DefaultStatus = http.StatusOK
		act.MaxBodyBytes = 4 << 20
		web.Op(api, act, signedIn, m.apiAct(v.do))
	}
	m.apiFiles(api)
}

// doing is what a verb of the API calls.
type doing func(m *Module, ctx context.Context, number string, a Act) (Case, error)

// apiVerbs are the verbs that people may ask for over the API.
var apiVerbs = []struct {
	verb Verb
	do   doing
}{
	{VerbReceive, (*Module).Receive}, {VerbAccept, (*Module).Accept}, {VerbRefuseAcceptance, (*Module).RefuseAcceptance},
	{VerbRequestCorrection, (*Module).RequestCorrection}, {VerbCorrect, (*Module).Correct},
	{VerbSupplement, (*Module).Supplement}, {VerbWithdraw, (*Module).Withdraw}, {VerbPause, (*Module).Pause},
	{VerbResume, (*Module).Resume}, {VerbExtend, (*Module).Extend}, {VerbDecide, (*Module).Decide},
	{VerbDeliver, (*Module).Deliver}, {VerbTerminate, (*Module).Terminate},
}

type submitInput struct {
	Key  string `header:"Idempotency-Key"`
	Body struct {
		Item       string              `json:"item" doc:"事项编号"`
		Division   string              `json:"division" doc:"事项所属地区，12位行政区划代码"`
		Outlet     string              `json:"outlet,omitempty" doc:"收件网点；不填时为窗口人员所在网点或最近的网点"`
		Channel    string              `json:"channel" doc:"window、web、mobile、post 或 kiosk"`
		Applicant  caseApplicantJSON   `json:"applicant"`
		Agent      *caseAgentJSON      `json:"agent,omitempty"`
		Answers    map[string][]string `json:"answers,omitempty" doc:"情形问题的回答：问题编号 → 选项编号"`
		Form       json.RawMessage     `json:"form,omitempty" doc:"按事项表单填写的内容"`
		Materials  []caseHandedJSON    `json:"materials,omitempty" nullable:"true"`
		DeferUntil string              `json:"defer_until,omitempty" doc:"容缺材料的补交日期"`
		Deliver    string              `json:"deliver,omitempty" doc:"window、post 或 electronic"`
		DeliverTo  string              `json:"deliver_to,omitempty" doc:"邮寄地址，或领取网点的编号"`
		Draft      string              `json:"draft,omitempty" doc:"由此草稿提交"`
		Version    int                 `json:"version,omitempty" doc:"填写时的事项版本；与现行版本不同则拒绝"`
	}
}

type caseOutput struct{ Body caseJSON }

func (m *Module) apiSubmit(ctx context.Context, in *submitInput) (*caseOutput, error) {
	b := in.Body
	s := Submission{
		Item: b.Item, Division: b.Division, Outlet: b.Outlet, Channel: b.Channel, Applicant: Applicant(b.Applicant),
		Agent: (*Agent)(b.Agent), Answers: b.Answers, Form: b.Form, Materials: handed(b.Materials), Deliver: b.Deliver,
		DeliverTo: b.DeliverTo, Draft: b.Draft, Version: b.Version, Key: in.Key,
	}
	var err error
	if s.DeferUntil, err = parseDate("defer_until", b.DeferUntil); err != nil {
		return nil, err
	}
	c, err := m.Submit(ctx, s)
	if err != nil {
		return nil, err
	}
	return m.answer(ctx, c)
}

// answer is a case as the API gives it: masked, but for those whose own it is.
func (m *Module) answer(ctx context.Context, c Case) (*caseOutput, error) {
	c, err := m.Masked(ctx, c)
	if err != nil {
		return nil, err
	}
	return &caseOutput{c.json()}, nil
}

func parseDate(field, text string) (workday.Date, error) {
	if text == "" {
		return workday.Date{}, nil
	}
	d, err := workday.ParseDate(text)
	if err != nil {
		return d, errs.ErrInvalid.Field(field, err.Error())
	}
	return d, nil
}

// Filter is what the API narrows cases by. It is exported for the API library,
// which reads no fields of an unexported part.
type Filter struct {
	State  string `query:"state" doc:"办件状态"`
	Mine   bool   `query:"mine" doc:"只列本人的办件"`
	Q      string `query:"q" doc:"办件编号或其开头，申请人姓名或其开头"`
	Light  string `query:"light" doc:"normal、yellow、red 或 overdue"`
	Agency string `query:"agency" doc:"办理机关"`
	Outlet string `query:"outlet" doc:"收件网点"`
	Item   string `query:"item" doc:"事项编号"`
	From   string `query:"from" doc:"提交日期起，含当日"`
	To     string `query:"to" doc:"提交日期止，含当日"`
	Sample string `query:"sample" enum:"true,false" doc:"true只看样例办件，false不看样例办件"`
}

func (in *Filter) query() (Query, error) {
	q := Query{State: State(in.State), Mine: in.Mine, Q: in.Q, Light: in.Light, Agency: in.Agency, Outlet: in.Outlet, Item: in.Item}
	if in.Sample != "" {
		sample := in.Sample == "true"
		q.Sample = &sample
	}
	var err error
	if q.From, err = parseDate("from", in.From); err != nil {
		return q, err
	}
	q.To, err = parseDate("to", in.To)
	return q, err
}

type listInput struct {
	Filter
	After string `query:"after" doc:"上一页给出的 next"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"20" doc:"每页条数，最多200"`
	Count bool   `query:"count" default:"true" doc:"是否给出总数"`
}

type listOutput struct {
	Body struct {
		Items []caseJSON `json:"items"`
		Next  string     `json:"next" doc:"下一页的 after，没有下一页时为空"`
		Total *int       `json:"total,omitempty" doc:"符合条件的办件总数"`
	}
}

func (m *Module) apiList(ctx context.Context, in *listInput) (*listOutput, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	if q.State == StateDraft {
		return m.apiDrafts(ctx, db.Page{Limit: in.Limit, After: in.After})
	}
	list, next, err := m.List(ctx, q, db.Page{Limit: in.Limit, After: in.After})
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Items, out.Body.Next = make([]caseJSON, len(list)), next
	for i, c := range list {
		if c, err = m.Masked(ctx, c); err != nil {
			return nil, err
		}
		out.Body.Items[i] = c.json()
	}
	if !in.Count {
		return out, nil
	}
	total, err := m.Count(ctx, q)
	out.Body.Total = &total
	return out, err
}

// apiDrafts lists the caller's drafts as cases: number, item, state.
func (m *Module) apiDrafts(ctx context.Context, p db.Page) (*listOutput, error) {
	list, next, err := m.Drafts(ctx, p)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Items, out.Body.Next = make([]caseJSON, len(list)), next
	for i, d := range list {
		c := Case{
			Number: d.Number, State: StateDraft, StateName: StateDraft.Chinese(), Item: d.Item, ItemName: d.ItemName,
			Division: d.Submission.Division, Channel: d.Submission.Channel, Applicant: d.Submission.Applicant,
			SubmittedAt: d.UpdatedAt, Clock: ClockNone, Light: LightNone, Allowed: []Verb{VerbSubmit, VerbDiscard},
			Own: identity.FromContext(ctx).IsApplicant(), // a clerk's are of those who came to the window
		}
		if c, err = m.Masked(ctx, c); err != nil {
			return nil, err
		}
		out.Body.Items[i] = c.json()
	}
	return out, nil
}

type numberInput struct {
	Number string `path:"number" doc:"16位办件编号"`
}

type findInput struct {
	Number string `path:"number" doc:"16位办件编号"`
	InFull string `query:"in_full" doc:"查看完整证件号码、电话和银行账号的用途，4至120字；不填时已脱敏。须有查看完整个人信息的权限，每次都记入审计，本人可见"`
}

func (m *Module) apiFind(ctx context.Context, in *findInput) (*caseOutput, error) {
	if in.InFull != "" {
		c, err := m.LookInFull(ctx, in.Number, in.InFull)
		if err != nil {
			return nil, err
		}
		return &caseOutput{c.json()}, nil
	}
	c, err := m.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	return m.answer(ctx, c)
}

type historyOutput struct {
	Body struct {
		Items []caseEntryJSON `json:"items"`
	}
}

func (m *Module) apiHistory(ctx context.Context, in *numberInput) (*historyOutput, error) {
	list, err := m.History(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	out := &historyOutput{}
	out.Body.Items = make([]caseEntryJSON, len(list))
	for i, e := range list {
		out.Body.Items[i] = caseEntryJSON(e)
	}
	return out, nil
}

type progressInput struct {
	Number    string `query:"number" doc:"16位办件编号"`
	QueryCode string `query:"query_code" doc:"6位查询码"`
}

type progressOutput struct{ Body caseProgressJSON }

func (m *Module) apiProgress(ctx context.Context, in *progressInput) (*progressOutput, error) {
	p, err := m.Progress(ctx, in.Number, in.QueryCode)
	if err != nil {
		return nil, err
	}
	return &progressOutput{progressJSON(p)}, nil
}

type actInput struct {
	Number string       `path:"number" doc:"16位办件编号"`
	Body   *caseActJSON `required:"false"`
}

func (m *Module) apiAct(do doing) func(context.Context, *actInput) (*caseOutput, error) {
	return func(ctx context.Context, in *actInput) (*caseOutput, error) {
		a := Act{}
		if in.Body != nil {
			a = in.Body.act()
		}
		c, err := do(m, ctx, in.Number, a)
		if err != nil {
			return nil, err
		}
		return m.answer(ctx, c)
	}
}
