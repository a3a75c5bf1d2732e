package apply

import (
	"context"
	"net/http"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// answersPage is everything that was said, read back before it is sent, each
// answer with the way to change it and come back.
type answersPage struct {
	*journey
	fields []catalogue.FormField // with the places of the form in words
	wrong  []errs.Field          // what the office would not take
}

// readBackOf reads back the application as it stands.
func (j *journey) readBackOf(ctx context.Context) (*answersPage, error) {
	p := &answersPage{journey: j}
	var err error
	p.fields, err = catalogue.FormFields(j.def.Form)
	if err != nil {
		return nil, err
	}
	return p, Places(ctx, j.w.Org, p.fields, j.draft.Submission.Form, "")
}

func (w *Wizard) answersPage(r *http.Request) (*answersPage, error) {
	j, err := w.journey(r)
	if err != nil {
		return nil, err
	}
	j.title = "核对后提交"
	return j.readBackOf(r.Context())
}

// readBack shows the answers before they are sent.
func (w *Wizard) readBack(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.answersPage(r)
	if err != nil {
		return w.sentAlready(rw, r, err)
	}
	return web.Render(rw, r, http.StatusOK, answersView(p))
}

// send hands the application in. What is wrong is listed with the page where
// it can be mended; nothing is lost.
func (w *Wizard) send(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.answersPage(r)
	if err != nil {
		return w.sentAlready(rw, r, err)
	}
	if p.form, err = web.ReadForm(r); err != nil {
		return err
	}
	if n := len(p.missing()); n > 0 {
		p.form.Error("missing", "还有没填完的内容，请按下面的提示补齐后再提交。")
	}
	if p.form.Value("declared") == "" {
		p.form.Error("declared", "请确认所填内容和所交材料真实有效。")
	}
	if !p.form.OK() {
		return web.Render(rw, r, http.StatusUnprocessableEntity, answersView(p))
	}
	c, err := w.Cases.Submit(r.Context(), p.submission(w.channel(r)))
	if invalid(err) {
		p.wrong = errs.From(err).Fields
		if merged := p.form.Merge(err); merged != nil {
			return merged
		}
		return web.Render(rw, r, http.StatusUnprocessableEntity, answersView(p))
	}
	if err != nil {
		return w.sentAlready(rw, r, err)
	}
	return web.Redirect(rw, r, w.CaseURL(c.Number))
}

// submission is what goes to the office: only what the plan still asks for.
// A material that other answers have made needless stays in the draft.
func (p *answersPage) submission(channel string) cases.Submission {
	sub := p.draft.Submission
	sub.Draft, sub.Item, sub.Channel, sub.Answers = p.draft.Number, p.draft.Item, channel, p.list.Answers
	sub.Pages = nil
	var handed []cases.Handed
	for _, m := range p.list.Materials {
		all := HandedAll(sub.Materials, m.ID)
		if len(all) == 0 && m.ByForm {
			all = []cases.Handed{{ID: m.ID, Form: true}}
		}
		handed = append(handed, all...)
	}
	sub.Materials = handed
	if !p.asksDelivery() {
		sub.Deliver, sub.DeliverTo = firstOf("", p.def.Result.DeliverBy), ""
	}
	return sub
}

// said is one page of the plan read back.
type said struct {
	stop
	value string
}

// saidIn reads back the pages of a group, but for the form, which is read back
// field by field.
func (p *answersPage) saidIn(group string) []said {
	var list []said
	for _, s := range p.stops {
		if s.group == group {
			list = append(list, said{s, p.valueOf(s)})
		}
	}
	return list
}

func (p *answersPage) valueOf(s stop) string {
	sub := p.draft.Submission
	switch s.kind() {
	case "people":
		return p.applicantText()
	case "phone":
		return gb.MaskPhone(sub.Applicant.Phone)
	case "questions":
		for i, row := range AnswerRows(p.list.Questions, p.list.Answers) {
			if p.list.Questions[i].ID == s.id() && s.done {
				return orNone(row.Value)
			}
		}
	case "materials":
		if s.aside {
			return "由您填写的表单生成，不用另交"
		}
		if s.done {
			return handedText(HandedAll(sub.Materials, s.id()), p.kept)
		}
	case "defer":
		if sub.DeferUntil.IsZero() {
			return "承诺办结的那一天之前"
		}
		return sub.DeferUntil.Chinese() + "前"
	case "deliver":
		if sub.Deliver == cases.DeliverPost {
			return "邮寄到：" + sub.DeliverTo
		}
		return deliverLabels[sub.Deliver]
	}
	return ""
}

// applicantText says who applies, and for whom.
func (j *journey) applicantText() string {
	a := j.draft.Submission.Applicant
	if a.Name == "" {
		return ""
	}
	return a.Name + "（" + gb.MaskIDNumber(gb.IDType(a.IDType), a.IDNo) + "）"
}

// partRows reads back one part of the form.
func (p *answersPage) partRows(x part) []backSection {
	var fields []catalogue.FormField
	for _, f := range p.fields {
		if x.owns(f.Name) {
			f.Section = ""
			fields = append(fields, f)
		}
	}
	return readBack(fields, p.draft.Submission.Form)
}

// handedText says how a material was met: its files, or another way.
func handedText(list []cases.Handed, kept map[string]files.File) string {
	if len(list) == 0 {
		return "不提交"
	}
	if list[0].File == "" {
		return wayText(list[0], kept)
	}
	text := ""
	for i, h := range list {
		if i > 0 {
			text += "、"
		}
		text += kept[h.File].Name
	}
	return text
}

// facts of the sheet that is printed: who applies for what, where.
func (p *answersPage) sheetRows() []ui.Row {
	sub := p.draft.Submission
	rows := []ui.Row{
		{Label: "申请事项", Value: p.def.Name},
		{Label: "事项属地", Value: p.where},
		{Label: "申请人", Value: sub.Applicant.Name},
		{Label: "证件号码", Value: sub.Applicant.IDNo},
		{Label: "联系电话", Value: sub.Applicant.Phone},
	}
	if x := p.principalOf(sub.Mandate); x != nil {
		rows = append(rows, ui.Row{Label: "代办人", Value: x.mandate.AgentName})
	}
	return rows
}
