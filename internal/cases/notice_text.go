package cases

import (
	"fmt"
	"strings"

	"yimen/gb"
	"yimen/internal/catalogue"
	"yimen/workday"
)

// sheet is what every notice has in common; the competent agency signs. on is
// its date; no date is the day on which it is issued.
func sheet(r *record, kind, title string, on workday.Date) Sheet {
	return Sheet{
		Kind: kind, Title: title, Organ: r.CompetentName, OrganCode: r.CompetentAgency, Number: r.Number,
		Applicant: r.ApplicantName, IDType: gb.IDType(r.ApplicantIDType).String(), IDNo: r.ApplicantIDNo,
		Item: r.ItemName, On: on,
	}
}

// receiptSheet is 材料收件凭证: the outlet signs for what it has in hand.
func receiptSheet(r *record, names []string) Sheet {
	s := sheet(r, NoticeReceipt, "材料收件凭证", workday.Date{})
	s.Organ, s.OrganCode = r.ReceivingName, r.ReceivingOutlet
	s.Names = names
	s.Decision = []string{
		fmt.Sprintf("你（单位）于%s提交的“%s”申请材料已收到。", r.ReceivedOn.Chinese(), r.ItemName),
		fmt.Sprintf("本件由%s办理，将在%s前告知是否受理；逾期未告知的，自收到申请材料之日起即为受理。", r.CompetentName, r.ReceiptDueOn.Chinese()),
		"凭办件编号和查询码可以查询办理进度，查询码：" + r.QueryCode + "。",
	}
	return s
}

// licensing cites the licensing law: as law for licences, as the model that
// other items follow for the rest.
func licensing(def *catalogue.Definition, article string) string {
	text := "《中华人民共和国行政许可法》" + article
	if def.Type != catalogue.TypeLicence {
		return "参照" + text
	}
	return text
}

// acceptanceSheet is 受理通知书.
func acceptanceSheet(r *record, def *catalogue.Definition) Sheet {
	s := sheet(r, NoticeAcceptance, "受理通知书", workday.Date{})
	s.Basis, s.Contact = basisText(def), contactText(def)
	s.Facts = []string{fmt.Sprintf("你（单位）申请办理“%s”，经审查，申请事项属于本机关职权范围，申请材料齐全、符合法定形式。", r.ItemName)}
	if r.Deemed {
		s.Facts = []string{fmt.Sprintf("你（单位）申请办理“%s”，本机关自收到申请材料之日起五个工作日内未告知补正或者不予受理，依法自收到之日起视为受理。", r.ItemName)}
	}
	limit := "本件为即办件，当场办结。"
	if r.promise().Unit != workday.Immediate {
		limit = fmt.Sprintf("承诺办结时限为%s，应于%s前作出决定；依法进行听证、检验、检测、专家评审等特别程序的时间不计算在内。", r.promise(), r.PromiseDueOn.Chinese())
	}
	s.Decision = []string{fmt.Sprintf("决定自%s起予以受理。", r.AcceptedOn.Chinese()), limit}
	return s
}

// deferralSheet is 容缺受理通知书: which materials, how and until when, and what follows.
func deferralSheet(r *record, names []string) Sheet {
	s := sheet(r, NoticeDeferral, "容缺受理通知书", r.AcceptedOn)
	s.Names = names
	s.Decision = []string{
		"主要申请材料齐全，根据你（单位）的承诺，先行受理，所列材料可以后补。",
		fmt.Sprintf("请于%s前通过原申请渠道或在收件窗口补交。材料补齐前不发出办理结果。", r.DeferredUntil.Chinese()),
		"逾期未补交或者补交的材料不符合要求的，终止办理。",
	}
	return s
}

// refusalSheet is 不予受理决定书; for want of jurisdiction it names the right organ.
func refusalSheet(r *record, def *catalogue.Definition, a Act) Sheet {
	s := sheet(r, NoticeRefusal, "不予受理决定书", workday.Date{})
	s.Basis, s.Contact = licensing(def, "第三十二条")+"；"+basisText(def), contactText(def)
	s.Facts = []string{groundsWords[a.Grounds] + "。", a.Opinion}
	s.Decision = []string{"决定不予受理。"}
	if a.Organ != "" {
		s.Decision = append(s.Decision, "请向"+a.Organ+"提出申请。")
	}
	s.Remedies = a.Remedies
	if s.Remedies == "" {
		s.Remedies = remediesText(def)
	}
	return s
}

// correctionSheet is 补正材料告知书: all that is wanting, each with its cure.
func correctionSheet(r *record, def *catalogue.Definition, list Checklist, a Act) Sheet {
	s := sheet(r, NoticeCorrection, "补正材料一次性告知书", r.CorrectionFrom)
	s.Basis, s.Contact = licensing(def, "第三十二条第一款第四项"), contactText(def)
	s.Demands = make([]Deficiency, len(a.Deficiencies))
	for i, d := range a.Deficiencies {
		for _, need := range list.Materials {
			if need.ID == d.Material {
				d.Material = need.Name
			}
		}
		s.Demands[i] = d
	}
	s.Facts = []string{"你（单位）提交的申请材料不齐全或者不符合法定形式，现一次性告知需要补正的全部内容。"}
	if a.Opinion != "" {
		s.Facts = append(s.Facts, a.Opinion)
	}
	s.Decision = []string{fmt.Sprintf("请于%s前补正；逾期未补正的，终止办理，今后可以重新申请。", r.CorrectionDueOn.Chinese())}
	return s
}

// pauseSheet is 特别程序告知书 (art. 45: the time needed is told in writing).
func pauseSheet(r *record, def *catalogue.Definition, a Act) Sheet {
	s := sheet(r, NoticePause, "特别程序告知书", workday.Date{})
	s.Basis, s.Contact = "《中华人民共和国行政许可法》第四十五条；"+basisText(def), contactText(def)
	s.Facts = []string{a.Opinion}
	s.Decision = []string{fmt.Sprintf("本件需要进行%s，预计需要%d个工作日，所需时间不计算在办理期限内。", ProcedureName(a.Procedure), a.Days)}
	return s
}

// extensionSheet is 延长审批期限告知书 (art. 42).
func extensionSheet(r *record, def *catalogue.Definition, a Act) Sheet {
	s := sheet(r, NoticeExtension, "延长审批期限告知书", workday.Date{})
	s.Basis, s.Contact = "《中华人民共和国行政许可法》第四十二条", contactText(def)
	s.Facts = []string{a.Opinion}
	s.Decision = []string{fmt.Sprintf("经%s批准，办理期限延长%d%s，延长后应于%s前作出决定。",
		a.ApprovedBy, a.Days, r.promise().Unit.Chinese(), r.PromiseDueOn.Chinese())}
	return s
}

// decisionSheet is 准予决定书 or 不予决定书, with reasons and remedies when denied (art. 38).
func decisionSheet(r *record, def *catalogue.Definition, opinion, remedies string) Sheet {
	what := "办理"
	if def.Type == catalogue.TypeLicence {
		what = "行政许可"
	}
	s := sheet(r, NoticeGrant, "准予"+what+"决定书", r.DecidedOn)
	s.Basis, s.Contact = basisText(def), contactText(def)
	s.Facts = []string{fmt.Sprintf("你（单位）于%s申请办理“%s”，本机关于%s受理。经审查：", r.ReceivedOn.Chinese(), r.ItemName, r.AcceptedOn.Chinese())}
	if r.Outcome == Granted {
		s.Facts = append(s.Facts, "申请符合法定条件、标准。")
		if opinion != "" {
			s.Facts = append(s.Facts, opinion)
		}
		s.Decision = []string{"决定准予。办理结果：" + resultName(def) + "。", deliveryText(r)}
		return s
	}
	s.Kind, s.Title = NoticeDenial, "不予"+what+"决定书"
	s.Facts = append(s.Facts, "申请不符合法定条件、标准。理由："+opinion)
	s.Decision = []string{"决定不予" + what + "。"}
	s.Remedies = remedies
	return s
}

// deliverySheet is 送达回证.
func deliverySheet(r *record, on workday.Date, a Act) Sheet {
	s := sheet(r, NoticeDelivery, "送达回证", on)
	s.Decision = []string{
		"送达方式：" + deliverKinds[r.Deliver] + "。",
		"送达地点：" + strings.TrimSpace(r.DeliverName+" "+r.DeliverAddress) + "。",
		"受送达人：" + a.Receiver + suffix("（证件号码后四位 ", a.ReceiverIDNo, "）") + "。",
		"送达日期：" + on.Chinese() + "。",
	}
	if a.Tracking != "" {
		s.Decision = append(s.Decision, "邮件号码："+a.Tracking+"。")
	}
	return s
}

// endSheet is the paper of a case that ends before its decision is delivered.
func endSheet(r *record, def *catalogue.Definition, v Verb, reason string) Sheet {
	s := sheet(r, NoticeTermination, "终止办理通知书", workday.Date{})
	s.Decision = []string{"决定终止办理。申请材料可以在收件网点领回，今后可以重新申请。"}
	if v == VerbWithdraw {
		s.Kind, s.Title = NoticeWithdrawal, "撤回申请确认书"
		s.Decision = []string{"根据申请人的请求，撤回申请，终止办理。今后可以重新申请。"}
	}
	if reason != "" {
		s.Facts = []string{reason}
	}
	s.Contact = contactText(def)
	if v != VerbWithdraw {
		s.Remedies = remediesText(def)
	}
	return s
}

var deliverKinds = map[string]string{DeliverWindow: "窗口领取", DeliverPost: "邮寄送达", DeliverElectronic: "电子送达"}

func deliveryText(r *record) string {
	switch r.Deliver {
	case DeliverElectronic:
		return "办理结果以电子方式送达。"
	case DeliverPost:
		return "办理结果将在十个工作日内邮寄送达。"
	}
	return "请在十个工作日内到" + r.DeliverName + "领取办理结果。"
}

func resultName(def *catalogue.Definition) string {
	if def.Result.Name != "" {
		return def.Result.Name
	}
	return def.Name
}

// basisText is the legal basis in one line.
func basisText(def *catalogue.Definition) string {
	parts := make([]string, len(def.Basis))
	for i, b := range def.Basis {
		parts[i] = "《" + strings.Trim(b.Law, "《》") + "》" + suffix("（", b.Number, "）") + b.Article
	}
	return strings.Join(parts, "；")
}

// The ways to challenge a decision when the item names none: 行政复议法 art. 20,
// 行政诉讼法 art. 46.
const remediesDefault = "如不服本决定，可以自知道之日起六十日内申请行政复议，或者自知道之日起六个月内依法提起行政诉讼。"

func remediesText(def *catalogue.Definition) string {
	if def.Remedy.Reconsideration == "" && def.Remedy.Litigation == "" {
		return remediesDefault
	}
	text := remediesDefault
	if def.Remedy.Reconsideration != "" {
		text += "行政复议：" + strings.TrimRight(def.Remedy.Reconsideration, "。") + "。"
	}
	if def.Remedy.Litigation != "" {
		text += "行政诉讼：" + strings.TrimRight(def.Remedy.Litigation, "。") + "。"
	}
	return text
}

func contactText(def *catalogue.Definition) string {
	var parts []string
	if def.Consult != "" {
		parts = append(parts, "咨询电话："+def.Consult)
	}
	if def.Complaint != "" {
		parts = append(parts, "监督投诉电话："+def.Complaint)
	}
	return strings.Join(parts, "，")
}

func suffix(before, text, after string) string {
	if text == "" {
		return ""
	}
	return before + text + after
}
