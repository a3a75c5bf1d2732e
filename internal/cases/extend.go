package cases

import (
	"context"

	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Extend extends the time to decide (延长审批, 特别程序 A): once, by a.Days in the
// unit of the promise, at most ten working days (art. 42), with the approver's
// name, the reasons, and a notice to the applicant. a.Document is the number
// of that notice, "" to have one given. ErrExtendedOnce.
func (m *Module) Extend(ctx context.Context, number string, a Act) (Case, error) {
	return m.act(ctx, number, VerbExtend, a, func(ctx context.Context, t *turn) error {
		if err := t.loadLedger(ctx); err != nil {
			return err
		}
		if t.ledger.Extension(t.today) > 0 {
			return ErrExtendedOnce.Allowed(words(t.r.allowed(t.actor))...)
		}
		if err := m.checkExtension(&a, t.r); err != nil {
			return err
		}
		def, err := t.definition(ctx)
		if err != nil {
			return err
		}
		entry := workday.Entry{
			Kind: workday.Extend, On: t.today, Reason: a.Opinion, Document: "—", ApprovedBy: a.ApprovedBy, Days: a.Days,
		}
		// What the date will be stands in the notice, whose number stands in the ledger.
		ahead, err := t.ledger.Append(entry)
		if err != nil {
			return clockError(err)
		}
		t.r.dues(m.Org.Calendar(ctx, t.r.CompetentDivision), ahead)
		detail := map[string]any{"days": a.Days, "approved_by": a.ApprovedBy, "due_on": t.r.PromiseDueOn}
		if err := t.step(VerbExtend, a.Opinion, detail); err != nil {
			return err
		}
		if entry.Document, err = t.document(ctx, a.Document, extensionSheet(t.r, def, a)); err != nil {
			return err
		}
		t.tell(Extended{Ref: t.r.ref(), DueOn: t.r.PromiseDueOn})
		return t.clock(ctx, entry)
	})
}

func (m *Module) checkExtension(a *Act, r *record) error {
	var bad errs.Fields
	if r.promise().Unit == workday.Immediate {
		bad.Add("days", "即办件当场办结，不能延长期限。")
	} else if a.Days < 1 || a.Days > m.Rules.ExtensionDays {
		bad.Add("days", "延长的天数应为1至%d，请重新填写。", m.Rules.ExtensionDays)
	}
	checkText(&bad, "opinion", &a.Opinion, "请写明延长期限的理由，并告知申请人。")
	checkText(&bad, "approved_by", &a.ApprovedBy, "延长期限须经本机关负责人批准，请填写批准人。")
	checkText(&bad, "document", &a.Document, "")
	return bad.Err()
}
