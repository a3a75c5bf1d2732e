package office

import (
	"context"
	"slices"
	"strconv"

	"yimen/internal/cases"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// act is something staff do to a case: how its form asks, and which function
// does it.
type act struct {
	Verb   cases.Verb
	Button string // words of the button, "" the verb's own
	Kind   string // temper of the button
	Lead   string // what it means, above the form
	Quick  bool   // needs nothing: a button on the case's page does it
	fields func(p *actPage) []ui.FieldOpts
	do     func(*cases.Module, context.Context, string, cases.Act) (cases.Case, error)
}

// Label is the act on its button.
func (a act) Label() string {
	if a.Button != "" {
		return a.Button
	}
	return a.Verb.Chinese()
}

// acts in the order in which buttons stand. Materials brought later have pages
// of their own (hand.go).
var acts = []act{
	{Verb: cases.VerbAccept, Kind: "primary", Quick: true, do: (*cases.Module).Accept,
		Lead: "受理后承诺时限从今天起算，打印受理通知书交给申请人。", fields: opinionOnly},
	{Verb: cases.VerbReceive, Kind: "outline-primary", Quick: true, do: (*cases.Module).Receive,
		Lead: "登记已经收到申请和材料，打印材料收件凭证。", fields: opinionOnly},
	{Verb: cases.VerbRequestCorrection, Kind: "outline-primary", do: (*cases.Module).RequestCorrection,
		Lead: "补正只能告知一次：请一次写清全部问题和每一项怎么补。"},
	{Verb: cases.VerbCorrect, Button: "收补正材料", Kind: "primary"},
	{Verb: cases.VerbSupplement, Button: "收容缺材料", Kind: "primary"},
	{Verb: cases.VerbDecide, Button: "作出决定", Kind: "primary", do: (*cases.Module).Decide,
		Lead: "决定作出后不能更改。不予的，须写明理由和依据。", fields: decideFields},
	{Verb: cases.VerbDeliver, Button: "登记送达", Kind: "primary", do: (*cases.Module).Deliver,
		Lead: "结果交到申请人手里后登记，办件随即办结。", fields: deliverFields},
	{Verb: cases.VerbResume, Kind: "primary", do: (*cases.Module).Resume,
		Lead: "特别程序结束，时限从下一个工作日继续计算。", fields: opinionOnly},
	{Verb: cases.VerbPause, Kind: "outline-primary", do: (*cases.Module).Pause,
		Lead: "只能启动事项列明的特别程序；所需时间不计入时限，并书面告知申请人。", fields: pauseFields},
	{Verb: cases.VerbExtend, Kind: "outline-primary", do: (*cases.Module).Extend,
		Lead: "审批期限只能延长一次，须经本机关负责人批准，并把理由告知申请人。", fields: extendFields},
	{Verb: cases.VerbRefuseAcceptance, Kind: "outline-danger", do: (*cases.Module).RefuseAcceptance,
		Lead: "不予受理须出具书面决定，写明理由和救济途径。", fields: refuseFields},
	{Verb: cases.VerbWithdraw, Button: "代申请人撤回", Kind: "outline-danger", do: (*cases.Module).Withdraw,
		Lead: "须申请人本人提出。撤回后办件终止，可以重新申请。", fields: reasonOnly},
	{Verb: cases.VerbTerminate, Kind: "outline-danger", do: (*cases.Module).Terminate,
		Lead: "申请人死亡、事项消失或不可抗力等使审查无法继续时，终止办理。", fields: reasonOnly},
}

func actOf(v cases.Verb) (act, bool) {
	i := slices.IndexFunc(acts, func(a act) bool { return a.Verb == v })
	if i < 0 {
		return act{}, false
	}
	return acts[i], true
}

// buttons are the acts that the viewer may do now. A decision stands on the
// task's own card, where the opinions before it are.
func (p *casePage) buttons() []act {
	var list []act
	for _, a := range acts {
		if a.Verb == cases.VerbDecide || !slices.Contains(p.c.Allowed, a.Verb) {
			continue
		}
		list = append(list, a)
	}
	return list
}

const maxOpinion = 2000

func opinionOnly(*actPage) []ui.FieldOpts {
	return []ui.FieldOpts{{Name: "opinion", Label: "意见", Type: "textarea", Rows: 2, MaxLength: maxOpinion}}
}

func reasonOnly(*actPage) []ui.FieldOpts {
	return []ui.FieldOpts{{Name: "opinion", Label: "理由和依据", Type: "textarea", Required: true, MaxLength: maxOpinion}}
}

var outcomeOptions = []ui.Option{{Value: cases.Granted, Label: "准予"}, {Value: cases.Denied, Label: "不予（须写明理由）"}}

func decideFields(p *actPage) []ui.FieldOpts {
	return []ui.FieldOpts{
		{Name: "outcome", Label: "决定", Type: "radio", Required: true, Options: outcomeOptions},
		{Name: "opinion", Label: "意见", Type: "textarea", Rows: 3, MaxLength: maxOpinion, Help: "不予的，写明理由和依据的条款。"},
		{Name: "remedies", Label: "救济途径", Type: "textarea", Rows: 2, MaxLength: maxOpinion, Help: "不予时写入决定书；不填则用事项规定的：" + remedyText(p)},
	}
}

func remedyText(p *actPage) string {
	return joinText(" ", p.def.Remedy.Reconsideration, p.def.Remedy.Litigation)
}

func deliverFields(p *actPage) []ui.FieldOpts {
	list := []ui.FieldOpts{
		{Name: "receiver", Label: "领取人姓名", Required: p.c.Deliver == cases.DeliverWindow, MaxLength: 100, Value: p.c.Applicant.Name, Autocomplete: "off"},
		{Name: "receiver_id_no", Label: "领取人证件号后四位", MaxLength: 4, InputMode: "text", Autocomplete: "off", Help: "核对证件后填写。"},
	}
	if p.c.Deliver == cases.DeliverPost {
		list = append([]ui.FieldOpts{{Name: "tracking", Label: "邮件号码", Required: true, MaxLength: 40, Autocomplete: "off", Help: "寄往：" + p.c.DeliverTo.Address}}, list...)
	}
	return append(list, ui.FieldOpts{Name: "opinion", Label: "备注", MaxLength: 200})
}

func pauseFields(p *actPage) []ui.FieldOpts {
	var options []ui.Option
	for _, x := range p.def.Procedures() {
		label := cases.ProcedureName(x.Kind)
		if x.Days > 0 {
			label += "（" + strconv.Itoa(x.Days) + "个工作日）"
		}
		options = append(options, ui.Option{Value: x.Kind, Label: label})
	}
	return []ui.FieldOpts{
		{Name: "procedure", Label: "特别程序", Type: "select", Required: true, Options: options},
		{Name: "days", Label: "预计需要", Type: "number", Min: "1", Max: "366", Suffix: "个工作日", Help: "事项规定了天数的可以不填。"},
		{Name: "opinion", Label: "理由和依据", Type: "textarea", Required: true, MaxLength: maxOpinion},
		{Name: "document", Label: "告知书文号", MaxLength: 60, Help: "已另行制发告知书的填写；不填则由系统编号制发。"},
	}
}

func extendFields(*actPage) []ui.FieldOpts {
	return []ui.FieldOpts{
		{Name: "days", Label: "延长", Type: "number", Required: true, Min: "1", Max: "10", Suffix: "天", Help: "按承诺时限的单位（工作日或自然日）计算，最多10。"},
		{Name: "approved_by", Label: "批准人", Required: true, MaxLength: 100, Help: "本机关负责人姓名和职务。", Autocomplete: "off"},
		{Name: "opinion", Label: "理由", Type: "textarea", Required: true, MaxLength: maxOpinion, Help: "会写进给申请人的告知书。"},
		{Name: "document", Label: "告知书文号", MaxLength: 60, Help: "已另行制发告知书的填写；不填则由系统编号制发。"},
	}
}

func refuseFields(p *actPage) []ui.FieldOpts {
	var options []ui.Option
	for _, g := range []string{cases.GroundsNotEligible, cases.GroundsNotCompetent, cases.GroundsNotNeeded, cases.GroundsIncomplete} {
		options = append(options, ui.Option{Value: g, Label: cases.GroundsName(g)})
	}
	return []ui.FieldOpts{
		{Name: "grounds", Label: "情形", Type: "radio", Required: true, Options: options},
		{Name: "organ", Label: "应当向哪个机关申请", MaxLength: 100, Help: "不属于本机关职权范围的必填。"},
		{Name: "opinion", Label: "理由和依据", Type: "textarea", Required: true, MaxLength: maxOpinion},
		{Name: "remedies", Label: "救济途径", Type: "textarea", Rows: 2, MaxLength: maxOpinion, Help: "不填则用事项规定的：" + remedyText(p)},
	}
}

// usualPhrases are opinions that everybody writes; one's own and the agency's
// stand before them (phrase.go).
var usualPhrases = map[string][]string{
	string(cases.VerbAccept):  {"材料齐全，符合法定形式，予以受理。", "材料经补正后齐全，予以受理。", "容缺受理，请按承诺日期补交材料。"},
	string(cases.VerbReceive): {"材料已收齐。", "纸质材料已收，与上传件一致。"},
	string(cases.VerbDecide):  {"符合法定条件，准予。", "情况属实，同意。"},
	string(cases.VerbResume):  {"特别程序已结束，恢复办理。"},
	workflow.ActApprove:       {"同意。", "材料齐全，情况属实，同意。", "符合法定条件，准予。", "拟同意，请领导审定。"},
	workflow.ActReturn:        {"审查意见不完整，请补充后重报。", "请核实申请人情况后重报。"},
	workflow.ActRefuse:        {"不符合法定条件，不同意。"},
	workflow.ActRemind:        {"该办件临近期限，请尽快办理。", "该办件已超期，请立即办理并说明原因。"},
}
