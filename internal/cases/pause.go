package cases

import (
	"context"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// procedureWords are the special procedures by name. Those of 行政许可法 art. 45
// may stop the clock of any item that lists them; others by the item's own law.
var procedureWords = map[string]string{
	"hearing": "听证", "tender": "招标", "auction": "拍卖", "inspection": "检验", "testing": "检测", "quarantine": "检疫",
	"appraisal": "鉴定", "expert_review": "专家评审", "publicity": "公示", "survey": "现场勘验", "consultation": "征求意见",
}

// ProcedureName is a special procedure for people; the word itself if unknown.
func ProcedureName(kind string) string {
	if w := procedureWords[kind]; w != "" {
		return w
	}
	return kind
}

// Pause starts a special procedure that the item lists (特别程序 B): the clock
// stands still from tomorrow, the tasks too, and the applicant is told in
// writing how long it will take (art. 45). a.Document is the number of that
// notice, "" to have one given. ErrPauseNotListed.
func (m *Module) Pause(ctx context.Context, number string, a Act) (Case, error) {
	return m.act(ctx, number, VerbPause, a, func(ctx context.Context, t *turn) error {
		def, err := t.definition(ctx)
		if err != nil {
			return err
		}
		if err := checkPause(def, &a); err != nil {
			return err
		}
		detail := map[string]any{"procedure": a.Procedure, "days": a.Days}
		if err := t.step(VerbPause, a.Opinion, detail); err != nil {
			return err
		}
		document, err := t.document(ctx, a.Document, pauseSheet(t.r, def, a))
		if err != nil {
			return err
		}
		reason := ProcedureName(a.Procedure) + "：" + a.Opinion
		if err := t.clock(ctx, workday.Entry{Kind: workday.Pause, On: t.today, Reason: reason, Document: document}); err != nil {
			return err
		}
		t.tell(Paused{Ref: t.r.ref(), Procedure: a.Procedure})
		return m.Workflow.Hold(ctx, t.r.Number)
	})
}

func checkPause(def *catalogue.Definition, a *Act) error {
	var bad errs.Fields
	listed := def.Procedures()
	i := slices.IndexFunc(listed, func(p catalogue.Procedure) bool { return p.Kind == a.Procedure })
	if i < 0 {
		e := ErrPauseNotListed.Field("procedure", ErrPauseNotListed.Message)
		if len(listed) == 0 {
			e = e.Say("该事项没有规定特别程序，不能暂停计时。")
		}
		return e
	}
	if a.Days == 0 {
		a.Days = listed[i].Days
	}
	switch {
	case a.Days < 1 || a.Days > 366:
		bad.Add("days", "请填写特别程序预计需要的工作日数（1至366），并书面告知申请人。")
	case listed[i].Days > 0 && a.Days > listed[i].Days:
		bad.Add("days", "该事项规定%s为%d个工作日，不能超过。", ProcedureName(a.Procedure), listed[i].Days)
	}
	checkText(&bad, "opinion", &a.Opinion, "请写明启动特别程序的理由和依据。")
	checkText(&bad, "document", &a.Document, "")
	return bad.Err()
}

// Resume ends the special procedure: the clock runs on with the next working day.
func (m *Module) Resume(ctx context.Context, number string, a Act) (Case, error) {
	return m.act(ctx, number, VerbResume, a, func(ctx context.Context, t *turn) error {
		var bad errs.Fields
		checkText(&bad, "opinion", &a.Opinion, "")
		if err := bad.Err(); err != nil {
			return err
		}
		if err := t.step(VerbResume, a.Opinion, nil); err != nil {
			return err
		}
		if err := t.clock(ctx, workday.Entry{Kind: workday.Resume, On: t.today, Reason: a.Opinion}); err != nil {
			return err
		}
		t.r.dues(m.Org.Calendar(ctx, t.r.CompetentDivision), *t.ledger)
		t.tell(Resumed{Ref: t.r.ref(), DueOn: t.r.DueOn})
		return m.Workflow.Release(ctx, t.r.Number)
	})
}

// document gives the number of the written notice that a pause or an extension
// needs: that of one made elsewhere, or of one that is made now.
func (t *turn) document(ctx context.Context, given string, s Sheet) (string, error) {
	if given != "" {
		s.DocNo = given
	}
	return t.m.issue(ctx, t, s)
}
