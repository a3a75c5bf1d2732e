package apply

import (
	"context"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web/ui"
)

// finished are the pages that are done.
func (j *journey) finished() []stop {
	return slices.DeleteFunc(slices.Clone(j.stops), func(s stop) bool { return !s.done })
}

// onLabel says where the main button leads.
func (j *journey) onLabel() string {
	switch {
	case j.from == fromReview:
		return "保存并返回核对"
	case j.stop().key == j.last() && j.settled():
		return "下一步：核对"
	}
	return "下一步"
}

// whoOptions are oneself and those one acts for.
func (j *journey) whoOptions(ctx context.Context) []ui.Option {
	var options []ui.Option
	if a := actor(ctx); j.w.unserved(a.Kind, j.def) == "" {
		options = append(options, ui.Option{Value: self, Label: "为我自己办：" + a.Name})
	}
	for _, p := range j.principals {
		options = append(options, ui.Option{Value: p.mandate.ID, Label: "替" + p.mandate.PrincipalName + "办",
			Help: mandateKinds[p.mandate.Kind] + "，有效到" + p.mandate.To.Chinese()})
	}
	return options
}

var mandateKinds = map[string]string{
	identity.MandatePerson: "委托代办", identity.MandateFamily: "亲属代办", identity.MandateEnterprise: "单位经办",
}

// givenNow are the answers as the page shows them: what was chosen a moment
// ago stands above what is kept.
func (j *journey) givenNow() catalogue.Answers {
	q := j.question()
	if j.form.Has("answers." + q.ID) {
		return ReadAnswers(j.form, []catalogue.Question{q})
	}
	return j.list.Answers
}

// filesOf are the files of a material, in order.
func (j *journey) filesOf(m catalogue.Material) []files.File {
	var list []files.File
	for _, h := range HandedAll(j.draft.Submission.Materials, m.ID) {
		if f, ok := j.kept[h.File]; ok && h.File != "" {
			list = append(list, f)
		}
	}
	return list
}

// partOf is the part of the form that a page of the plan asks.
func (j *journey) partOf(s stop) part {
	i := slices.IndexFunc(j.parts, func(p part) bool { return p.id == s.id() })
	return j.parts[i]
}

// sheetMaterials names what goes with the form and how it is met.
func (p *answersPage) sheetMaterials() []string {
	var list []string
	for _, m := range p.list.Materials {
		if all := HandedAll(p.draft.Submission.Materials, m.ID); len(all) > 0 {
			list = append(list, m.Name+"："+handedText(all, p.kept))
		} else if m.ByForm {
			list = append(list, m.Name+"：即本表")
		}
	}
	return list
}
