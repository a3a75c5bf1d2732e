package counter

import (
	"slices"
	"strings"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web/ui"
)

// wayWords are the ways of a material as a busy window says them.
var wayWords = map[string]string{
	apply.WayForm: "表单代替", apply.WayPaper: "收到纸质", apply.WayFile: "扫描件", apply.WayPromise: "告知承诺",
	apply.WayLater: "容缺后补", apply.WayNone: "不交", apply.WayLicence: "本人有电子证照", apply.WayOrgan: "由部门核查",
}

func (s *sheet) lead() string { return s.where + "　草稿号 " + s.draft.Number }

func applicantTypes(def *catalogue.Definition) []ui.Option {
	var options []ui.Option
	if def.Serves("person") {
		options = append(options, ui.Option{Value: "person", Label: "个人"})
	}
	if def.Serves("enterprise") {
		options = append(options, ui.Option{Value: "enterprise", Label: "企业、个体工商户或其他单位"})
	}
	return options
}

func deliverOptions(def *catalogue.Definition) []ui.Option {
	var options []ui.Option
	for _, way := range def.Result.DeliverBy {
		options = append(options, ui.Option{Value: way, Label: cases.DeliverName(way)})
	}
	return options
}

func (s *sheet) byPost() bool { return slices.Contains(s.def.Result.DeliverBy, cases.DeliverPost) }

func (s *sheet) mayDefer() bool {
	return slices.ContainsFunc(s.list.Materials, catalogue.Material.CanDefer)
}

// answers are those ticked on the page.
func (s *sheet) answers() catalogue.Answers {
	if s.sub().Answers == nil {
		return catalogue.Answers{}
	}
	return s.sub().Answers
}

// wayShown is the way ticked on the page: what was chosen, though no file has
// come yet, else what is stored.
func wayShown(s *sheet, m catalogue.Material) string {
	if name := "way." + m.ID; s.form.Has(name) && len(filesOf(s.sub().Materials, m.ID)) == 0 {
		return s.form.Value(name)
	}
	return wayOf(m, s.sub().Materials)
}

func isPicture(f files.File) bool { return strings.HasPrefix(f.MediaType, "image/") }
