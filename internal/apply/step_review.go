package apply

import (
	"net/http"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// reviewPage is everything read back before it is sent.
type reviewPage struct {
	*screen
	list     catalogue.Checklist
	fields   []catalogue.FormField
	kept     map[string]files.File
	missing  []string
	problems []errs.Field
}

func (w *Wizard) reviewOf(r *http.Request) (*reviewPage, error) {
	s, err := w.open(r, "review")
	if err != nil {
		return nil, err
	}
	p := &reviewPage{screen: s}
	if p.list, err = s.checklist(r.Context()); err != nil {
		return nil, err
	}
	if p.fields, err = s.fields(r.Context(), s.draft.Submission.Form); err != nil {
		return nil, err
	}
	if p.kept, err = s.keptFiles(r.Context()); err != nil {
		return nil, err
	}
	p.missing = Missing(p.list.Materials, s.draft.Submission.Materials)
	sub := s.draft.Submission
	if len(sub.Form) > 0 { // what is not right yet is told before it is sent
		err := w.Catalogue.CheckForm(*s.def, sub.Form)
		if err != nil && !invalid(err) {
			return nil, err
		}
		if err != nil {
			p.problems = errs.From(err).Fields
		}
	}
	s.form.Set("deliver", sub.Deliver)
	s.form.Set("deliver_address", sub.DeliverTo)
	s.form.Set("defer_until", sub.DeferUntil.String())
	return p, nil
}

// review reads everything back.
func (w *Wizard) review(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.reviewOf(r)
	if err != nil {
		return err
	}
	return web.Render(rw, r, http.StatusOK, reviewView(p))
}

// submit sends the application. What is wrong is listed with the step where it
// can be mended; nothing is lost.
func (w *Wizard) submit(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.reviewOf(r)
	if err != nil {
		return err
	}
	if p.form, err = web.ReadForm(r); err != nil {
		return err
	}
	sub := p.draft.Submission
	sub.Draft, sub.Item, sub.Channel = p.draft.Number, p.draft.Item, w.channel(r)
	sub.Deliver, sub.DeliverTo = p.form.Value("deliver"), ""
	if sub.Deliver == cases.DeliverPost {
		sub.DeliverTo = p.form.Value("deliver_address")
	}
	if d := p.form.Date("defer_until"); !d.IsZero() {
		sub.DeferUntil = d
	}
	if p.form.Value("declared") == "" {
		p.form.Error("declared", "请确认所填内容和所交材料真实有效。")
	}
	if !p.form.OK() {
		return web.Render(rw, r, http.StatusUnprocessableEntity, reviewView(p))
	}
	p.problems = nil
	c, err := w.Cases.Submit(r.Context(), sub)
	if invalid(err) {
		p.problems = errs.From(err).Fields
		if merged := p.form.Merge(err); merged != nil {
			return merged
		}
		return web.Render(rw, r, http.StatusUnprocessableEntity, reviewView(p))
	}
	if err != nil {
		return err
	}
	web.Flash(r, "success", "申请已提交，办件编号 "+c.Number+"，查询码 "+c.QueryCode+"。")
	return web.Redirect(rw, r, w.CaseURL(c.Number))
}

func (w *Wizard) askDiscard(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.open(r, "review")
	if err != nil {
		return err
	}
	return web.Render(rw, r, http.StatusOK, discardView(s))
}

func (w *Wizard) discard(rw http.ResponseWriter, r *http.Request) error {
	if err := w.Cases.DiscardDraft(r.Context(), r.PathValue("draft")); err != nil {
		return err
	}
	web.Flash(r, "info", "草稿已删除。")
	return web.Redirect(rw, r, w.Home.URL)
}

var deliverLabels = map[string]string{
	cases.DeliverWindow: "到收件窗口领取", cases.DeliverPost: "邮寄到家", cases.DeliverElectronic: "电子送达（在网上查看、下载）",
}

func deliverOptions(def *catalogue.Definition) []ui.Option {
	var options []ui.Option
	for _, way := range def.Result.DeliverBy {
		options = append(options, ui.Option{Value: way, Label: deliverLabels[way]})
	}
	return options
}

func empty(h cases.Handed) bool { return h == cases.Handed{ID: h.ID} }

// deferred says whether a material is to follow later.
func deferred(list []cases.Handed) bool {
	for _, h := range list {
		if h.Later {
			return true
		}
	}
	return false
}

// wayText says how a material was met.
func wayText(h cases.Handed, kept map[string]files.File) string {
	switch {
	case h.File != "" && kept[h.File].ID != "":
		return "文件：" + kept[h.File].Name
	case h.Paper:
		return "纸质材料，窗口收取"
	case h.Promise:
		return "告知承诺，免交"
	case h.Organ:
		return "没有查到，由办理部门核查，不用交"
	case h.Later:
		return "容缺，之后补交"
	case h.Form:
		return "由填写的表单生成"
	case h.Licence != "":
		return "用电子证照，不用交"
	}
	return "未提交"
}
