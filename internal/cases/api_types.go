package cases

import (
	"encoding/json"
	"time"

	"yimen/workday"
)

// The shapes of the API. Their names begin with "case" because schema names are
// shared by the whole description.

type caseApplicantJSON struct {
	Type   string `json:"type" doc:"person（个人）或 enterprise（企业）"`
	Name   string `json:"name"`
	IDType string `json:"id_type,omitempty" doc:"三位证件类型代码；不填时个人为111居民身份证，企业为001统一社会信用代码"`
	IDNo   string `json:"id_no"`
	Phone  string `json:"phone"`
}

type caseAgentJSON struct {
	Name      string `json:"name"`
	IDType    string `json:"id_type,omitempty"`
	IDNo      string `json:"id_no"`
	Phone     string `json:"phone"`
	Authority string `json:"authority" doc:"授权委托书的文件编号，或其文号和日期"`
}

type caseHandedJSON struct {
	ID      string `json:"id" doc:"材料编号"`
	File    string `json:"file,omitempty" doc:"上传文件的编号"`
	Licence string `json:"licence,omitempty" doc:"电子证照标识"`
	Promise bool   `json:"promise,omitempty" doc:"告知承诺"`
	Organ   bool   `json:"organ,omitempty" doc:"系统查询没有查到的，由部门核查"`
	Paper   bool   `json:"paper,omitempty" doc:"在窗口提交纸质材料"`
	Later   bool   `json:"later,omitempty" doc:"容缺后补"`
	Form    bool   `json:"form,omitempty" doc:"申请表：由填写的表单生成，不另交"`
	Consent bool   `json:"consent,omitempty" doc:"持证人（或者有权替他同意的人）同意在这件申请里使用licence所写的电子证照，只用这一次；以申请人本人的身份调用时才算数。没有同意的，返回422"`
}

func handed(list []caseHandedJSON) []Handed {
	out := make([]Handed, len(list))
	for i, h := range list {
		out[i] = Handed(h)
	}
	return out
}

type caseDeficiencyJSON struct {
	Material string `json:"material,omitempty" doc:"材料编号；不针对材料时不填"`
	Problem  string `json:"problem" doc:"存在的问题"`
	Cure     string `json:"cure" doc:"如何补正"`
}

// caseActJSON is the body of every verb; which fields matter depends on it.
type caseActJSON struct {
	Opinion      string               `json:"opinion,omitempty" doc:"意见、理由"`
	Revision     int                  `json:"revision,omitempty" doc:"所依据的办件版本；此后已有变化则拒绝"`
	Deficiencies []caseDeficiencyJSON `json:"deficiencies,omitempty" doc:"告知补正：全部补正内容；只填opinion时视为一项"`
	Days         int                  `json:"days,omitempty" doc:"补正期限、特别程序预计天数或延长天数"`
	Grounds      string               `json:"grounds,omitempty" doc:"不予受理：not_needed、not_competent、not_eligible、incomplete"`
	Organ        string               `json:"organ,omitempty" doc:"不予受理：应当向哪个机关申请"`
	Procedure    string               `json:"procedure,omitempty" doc:"特别程序的种类，如 hearing、inspection"`
	Document     string               `json:"document,omitempty" doc:"已有告知书的编号；不填时自动编号"`
	ApprovedBy   string               `json:"approved_by,omitempty" doc:"延长期限的批准人"`
	Outcome      string               `json:"outcome,omitempty" doc:"决定：granted 或 denied"`
	Remedies     string               `json:"remedies,omitempty" doc:"救济途径；不填时用事项规定的"`
	Receiver     string               `json:"receiver,omitempty" doc:"送达：领取人"`
	ReceiverIDNo string               `json:"receiver_id_no,omitempty" doc:"送达：领取人证件号码后四位"`
	Tracking     string               `json:"tracking,omitempty" doc:"送达：邮件号码"`
	Form         json.RawMessage      `json:"form,omitempty" doc:"补正：新的表单内容"`
	Materials    []caseHandedJSON     `json:"materials,omitempty" doc:"补正、补交：材料"`
	Channel      string               `json:"channel,omitempty" doc:"补正、补交的渠道"`
}

func (b *caseActJSON) act() Act {
	a := Act{
		Opinion: b.Opinion, Revision: b.Revision, Days: b.Days, Grounds: b.Grounds, Organ: b.Organ, Procedure: b.Procedure,
		Document: b.Document, ApprovedBy: b.ApprovedBy, Outcome: b.Outcome, Remedies: b.Remedies, Receiver: b.Receiver,
		ReceiverIDNo: b.ReceiverIDNo, Tracking: b.Tracking, Form: b.Form, Materials: handed(b.Materials), Channel: b.Channel,
	}
	for _, d := range b.Deficiencies {
		a.Deficiencies = append(a.Deficiencies, Deficiency(d))
	}
	return a
}

type casePlaceJSON struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Division string `json:"division"`
	Address  string `json:"address,omitempty"`
	Phone    string `json:"phone,omitempty"`
}

type caseEntryJSON struct {
	Seq     int             `json:"seq"`
	At      time.Time       `json:"at"`
	Verb    Verb            `json:"verb"`
	Title   string          `json:"title"`
	From    State           `json:"from"`
	To      State           `json:"to"`
	Who     string          `json:"who"`
	WhoName string          `json:"who_name"`
	Agency  string          `json:"agency,omitempty"`
	Opinion string          `json:"opinion,omitempty"`
	Detail  json.RawMessage `json:"detail,omitempty"`
}

type caseMaterialJSON struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Way        string     `json:"way" doc:"file、licence、promise、paper 或 later"`
	File       string     `json:"file,omitempty"`
	FileName   string     `json:"file_name,omitempty"`
	Licence    string     `json:"licence,omitempty"`
	At         time.Time  `json:"at"`
	Superseded *time.Time `json:"superseded_at,omitempty"`
}

type caseNoticeJSON struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Title  string    `json:"title"`
	DocNo  string    `json:"doc_no"`
	MadeAt time.Time `json:"made_at"`
}

type caseAnsweredJSON struct {
	Question string   `json:"question"`
	Text     string   `json:"text"`
	Options  []string `json:"options"`
	Labels   []string `json:"labels"`
}

type caseNeedJSON struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Necessity string `json:"necessity"`
	Promise   bool   `json:"promise,omitempty"`
	Later     bool   `json:"later,omitempty"`
	Waived    string `json:"waived,omitempty" doc:"免交的原因；没有告知承诺的，收了也不留存"`
}

type caseChecklistJSON struct {
	Version   int                `json:"version"`
	Basis     string             `json:"basis"`
	Path      []caseAnsweredJSON `json:"path"`
	Materials []caseNeedJSON     `json:"materials"`
}

type caseClockJSON struct {
	Kind       string `json:"kind" doc:"start、pause、resume、extend 或 stop"`
	On         string `json:"on"`
	Reason     string `json:"reason,omitempty"`
	Document   string `json:"document,omitempty"`
	ApprovedBy string `json:"approved_by,omitempty"`
	Days       int    `json:"days,omitempty"`
}

// caseJSON is a case; the part from answers on only when one case is asked for.
type caseJSON struct {
	Number          string            `json:"number"`
	QueryCode       string            `json:"query_code,omitempty"`
	State           State             `json:"state"`
	StateName       string            `json:"state_name"`
	Revision        int               `json:"revision"`
	Item            string            `json:"item"`
	ItemName        string            `json:"item_name"`
	Version         int               `json:"version"`
	Kind            string            `json:"kind,omitempty" doc:"instant（即办件）或 promised（承诺件）"`
	Division        string            `json:"division"`
	DivisionName    string            `json:"division_name,omitempty"`
	Channel         string            `json:"channel"`
	Applicant       caseApplicantJSON `json:"applicant"`
	Agent           *caseAgentJSON    `json:"agent,omitempty"`
	Receiving       string            `json:"receiving_outlet" doc:"收件网点编号"`
	ReceivingName   string            `json:"receiving_outlet_name"`
	Competent       string            `json:"competent_agency" doc:"作出决定的机关的编号"`
	CompetentName   string            `json:"competent_agency_name"`
	Dept            string            `json:"dept,omitempty"`
	Deliver         string            `json:"deliver"`
	DeliverTo       casePlaceJSON     `json:"deliver_to"`
	SubmittedAt     time.Time         `json:"submitted_at"`
	ReceivedOn      *string           `json:"received_on"`
	ReceiptDueOn    *string           `json:"receipt_due_on"`
	CorrectionDueOn *string           `json:"correction_due_on"`
	AcceptedOn      *string           `json:"accepted_on"`
	Deemed          bool              `json:"deemed_accepted"`
	DecidedOn       *string           `json:"decided_on"`
	Outcome         string            `json:"outcome,omitempty"`
	ClosedAt        *time.Time        `json:"closed_at"`
	PromiseDueOn    *string           `json:"promise_due_on"`
	DueOn           *string           `json:"due_on" doc:"当前计时的到期日，见 clock"`
	Clock           string            `json:"clock" doc:"receipt、correction、promise、delivery 或 none"`
	Light           string            `json:"light" doc:"normal、yellow、red、overdue 或 none"`
	DaysLeft        *int              `json:"days_left" doc:"剩余工作日，已超期为负"`
	Corrections     int               `json:"corrections"`
	DeferredUntil   *string           `json:"deferred_until"`
	Sample          bool              `json:"sample,omitempty"`
	Allowed         []Verb            `json:"allowed" doc:"当前可执行的操作"`

	Answers        map[string][]string  `json:"answers,omitempty"`
	Form           json.RawMessage      `json:"form,omitempty"`
	Checklist      *caseChecklistJSON   `json:"checklist,omitempty"`
	Materials      []caseMaterialJSON   `json:"materials,omitempty"`
	Notices        []caseNoticeJSON     `json:"notices,omitempty"`
	Ledger         []caseClockJSON      `json:"ledger,omitempty"`
	Correction     []caseDeficiencyJSON `json:"correction,omitempty"`
	StatutoryDueOn *string              `json:"statutory_due_on,omitempty"`
}

func (c Case) json() caseJSON {
	out := caseJSON{
		Number: c.Number, QueryCode: c.QueryCode, State: c.State, StateName: c.StateName, Revision: c.Revision, Item: c.Item,
		ItemName: c.ItemName, Version: c.Version, Kind: c.Kind, Division: c.Division, DivisionName: c.DivisionName,
		Channel: c.Channel, Applicant: caseApplicantJSON(c.Applicant), Agent: (*caseAgentJSON)(c.Agent),
		Receiving: c.Receiving.Code, ReceivingName: c.Receiving.Name, Competent: c.Competent.Code, CompetentName: c.Competent.Name, Dept: c.Dept, Deliver: c.Deliver,
		DeliverTo: casePlaceJSON(c.DeliverTo), SubmittedAt: c.SubmittedAt, ReceivedOn: date(c.ReceivedOn),
		ReceiptDueOn: date(c.ReceiptDueOn), CorrectionDueOn: date(c.CorrectionDueOn), AcceptedOn: date(c.AcceptedOn),
		Deemed: c.Deemed, DecidedOn: date(c.DecidedOn), Outcome: c.Outcome, ClosedAt: c.ClosedAt,
		PromiseDueOn: date(c.PromiseDueOn), DueOn: date(c.DueOn), Clock: c.Clock, Light: c.Light, DaysLeft: c.DaysLeft,
		Corrections: c.Corrections, DeferredUntil: date(c.DeferredUntil), Sample: c.Sample, Allowed: c.Allowed,
	}
	if c.Content != nil {
		out.fill(c.Content)
	}
	return out
}

func (out *caseJSON) fill(c *Content) {
	out.Answers, out.Form, out.StatutoryDueOn = c.Answers, c.Form, date(c.StatutoryDueOn)
	out.Checklist = &caseChecklistJSON{
		Version: c.Checklist.Version, Basis: c.Checklist.BasisText, Path: []caseAnsweredJSON{}, Materials: []caseNeedJSON{},
	}
	for _, a := range c.Checklist.Path {
		out.Checklist.Path = append(out.Checklist.Path, caseAnsweredJSON(a))
	}
	for _, n := range c.Checklist.Materials {
		out.Checklist.Materials = append(out.Checklist.Materials, caseNeedJSON(n))
	}
	for _, x := range c.Materials {
		out.Materials = append(out.Materials, caseMaterialJSON(x))
	}
	for _, n := range c.Notices {
		out.Notices = append(out.Notices, caseNoticeJSON(n))
	}
	for _, e := range c.Ledger {
		out.Ledger = append(out.Ledger, caseClockJSON{string(e.Kind), e.On.String(), e.Reason, e.Document, e.ApprovedBy, e.Days})
	}
	for _, d := range c.Correction {
		out.Correction = append(out.Correction, caseDeficiencyJSON(d))
	}
}

// date writes a date for JSON; null for no date.
func date(d workday.Date) *string {
	if d.IsZero() {
		return nil
	}
	s := d.String()
	return &s
}

type caseProgressStepJSON struct {
	At    time.Time `json:"at"`
	Title string    `json:"title"`
	State State     `json:"state"`
}

type caseProgressJSON struct {
	Number    string                 `json:"number"`
	Applicant string                 `json:"applicant" doc:"已脱敏"`
	ItemName  string                 `json:"item_name"`
	Agency    string                 `json:"competent_agency_name"`
	Outlet    string                 `json:"receiving_outlet_name"`
	State     State                  `json:"state"`
	StateName string                 `json:"state_name"`
	Submitted time.Time              `json:"submitted_at"`
	DueOn     *string                `json:"due_on"`
	Outcome   string                 `json:"outcome,omitempty"`
	Deliver   string                 `json:"deliver"`
	Steps     []caseProgressStepJSON `json:"steps"`
}

func progressJSON(p Progress) caseProgressJSON {
	out := caseProgressJSON{
		Number: p.Number, Applicant: p.Applicant, ItemName: p.ItemName, Agency: p.Agency, Outlet: p.Outlet, State: p.State,
		StateName: p.StateName, Submitted: p.Submitted, DueOn: date(p.DueOn), Outcome: p.Outcome, Deliver: p.Deliver,
		Steps: make([]caseProgressStepJSON, len(p.Steps)),
	}
	for i, s := range p.Steps {
		out.Steps[i] = caseProgressStepJSON(s)
	}
	return out
}
