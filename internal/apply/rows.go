package apply

import (
	"slices"
	"strings"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/web/ui"
)

// peopleRows reads back who applies; numbers are masked on screen.
func peopleRows(s cases.Submission) []ui.Row {
	a := s.Applicant
	rows := []ui.Row{
		{Label: "姓名或名称", Value: a.Name},
		{Label: "证件号码", Value: gb.MaskIDNumber(gb.IDType(a.IDType), a.IDNo)},
		{Label: "联系电话", Value: gb.MaskPhone(a.Phone)},
	}
	if s.Agent != nil {
		rows = append(rows, ui.Row{Label: "代办人", Value: s.Agent.Name + "（" + gb.MaskPhone(s.Agent.Phone) + "）"},
			ui.Row{Label: "授权委托书", Value: s.Agent.Authority})
	}
	return rows
}

// AnswerRows reads back what was answered.
func AnswerRows(questions []catalogue.Question, given catalogue.Answers) []ui.Row {
	rows := make([]ui.Row, 0, len(questions))
	for _, q := range questions {
		var labels []string
		for _, o := range q.Options {
			if slices.Contains(given[q.ID], o.ID) {
				labels = append(labels, o.Label)
			}
		}
		rows = append(rows, ui.Row{Label: q.Text, Value: strings.Join(labels, "、")})
	}
	return rows
}

func hasTable(fields []catalogue.FormField) bool {
	return slices.ContainsFunc(fields, func(f catalogue.FormField) bool { return len(f.Columns) > 0 })
}

func hasWay(def *catalogue.Definition, way string) bool {
	return slices.Contains(def.Result.DeliverBy, way)
}

func firstOf(value string, choices []string) string {
	if value == "" && len(choices) > 0 {
		return choices[0]
	}
	return value
}

func orNone(answer string) string {
	if answer == "" {
		return "以上都没有"
	}
	return answer
}

// deeperTitle asks for the next level down, or offers it.
func deeperTitle(p placePage) string {
	if p.offered == "" {
		return "或者选择更具体的地区"
	}
	return "选择下一级地区"
}
