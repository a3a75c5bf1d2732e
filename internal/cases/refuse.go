package cases

import (
	"context"
	"strings"
	"unicode/utf8"

	"yimen/internal/kit/errs"
)

// Grounds on which an application is refused (行政许可法 art. 32).
const (
	GroundsNotNeeded    = "not_needed"    // 依法不需要取得许可
	GroundsNotCompetent = "not_competent" // 不属于本机关职权范围
	GroundsNotEligible  = "not_eligible"  // 申请人或事项不符合法定条件
	GroundsIncomplete   = "incomplete"    // 补正后仍不齐全或不符合法定形式
)

var groundsWords = map[string]string{
	GroundsNotNeeded: "申请事项依法不需要办理", GroundsNotCompetent: "申请事项不属于本机关职权范围",
	GroundsNotEligible: "申请事项不符合法定受理条件", GroundsIncomplete: "申请材料经补正后仍不齐全或者不符合法定形式",
}

// RefuseAcceptance refuses to accept (不予受理): a dated decision with grounds,
// reasons and remedies; when the organ is not competent it names the one that is.
// Incomplete materials are grounds only once the applicant was asked to correct.
func (m *Module) RefuseAcceptance(ctx context.Context, number string, a Act) (Case, error) {
	return m.act(ctx, number, VerbRefuseAcceptance, a, func(ctx context.Context, t *turn) error {
		if a.Grounds == "" {
			a.Grounds = GroundsNotEligible
		}
		if err := checkRefusal(t.r, &a); err != nil {
			return err
		}
		def, err := t.definition(ctx)
		if err != nil {
			return err
		}
		detail := map[string]string{"grounds": a.Grounds}
		if a.Organ != "" {
			detail["organ"] = a.Organ
		}
		if err := t.step(VerbRefuseAcceptance, a.Opinion, detail); err != nil {
			return err
		}
		t.give(refusalSheet(t.r, def, a))
		t.tell(Refused{t.r.ref()})
		return nil
	})
}

func checkRefusal(r *record, a *Act) error {
	var bad errs.Fields
	checkText(&bad, "opinion", &a.Opinion, "请写明不予受理的理由和依据。")
	checkText(&bad, "organ", &a.Organ, "")
	switch {
	case groundsWords[a.Grounds] == "":
		bad.Add("grounds", "不予受理的情形应为 not_needed、not_competent、not_eligible 或 incomplete。")
	case a.Grounds == GroundsNotCompetent && a.Organ == "":
		bad.Add("organ", "不属于本机关职权范围的，请写明应当向哪个机关申请。")
	case a.Grounds == GroundsIncomplete && r.Corrections == 0:
		bad.Add("grounds", "材料不齐全的应当先一次性告知补正，不能直接不予受理。")
	}
	return bad.Err()
}

// maxOpinion bounds what people write on a case, in characters.
const maxOpinion = 2000

// checkText trims what was written and checks its length; need is what to say
// when it is empty, "" if it may be.
func checkText(bad *errs.Fields, field string, text *string, need string) {
	*text = strings.TrimSpace(*text)
	switch {
	case *text == "" && need != "":
		bad.Add(field, "%s", need)
	case utf8.RuneCountInString(*text) > maxOpinion:
		bad.Add(field, "最多%d个字，请精简后再提交。", maxOpinion)
	}
}
