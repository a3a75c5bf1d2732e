package portal

import (
	"net/http"
	"net/url"

	"yimen/gb"
	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// SubmittedURL is the page after an application was sent: the number, what
// comes next, a sheet to keep.
func SubmittedURL(number string) string { return CaseURL(number) + "/submitted" }

// SheetURL is the application form of a case on paper.
func SheetURL(number string) string { return "/my/cases/" + url.PathEscape(number) + "/form" }

// submittedPage says that it worked and what happens now.
type submittedPage struct {
	cases.Case
	def      *catalogue.Definition
	progress string // absolute address for the QR code
}

func (m *Module) submitted(w http.ResponseWriter, r *http.Request) error {
	c, err := m.Cases.Find(r.Context(), r.PathValue("number"))
	if err != nil {
		return err
	}
	v, err := m.Catalogue.Version(r.Context(), c.Item, c.Version)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, submittedView(submittedPage{c, &v.Definition, m.Cases.ProgressURL(r, c.Number)}))
}

// nextSteps are what happens after an application was sent, in plain words.
func (p submittedPage) nextSteps() []string {
	steps := []string{p.Receiving.Name + "收到后，" + p.DueOn.Chinese() + "前告诉您是否受理。缺什么会一次说清，您可以在网上补。"}
	if p.Case.Kind == "instant" {
		steps = append(steps, "材料齐全的，受理后当场办结，由"+p.Competent.Name+"作出决定。")
	} else {
		steps = append(steps, "受理后由"+p.Competent.Name+"审查，按承诺的时限作出决定。")
	}
	switch p.Deliver {
	case cases.DeliverPost:
		steps = append(steps, "办好后邮寄到："+p.DeliverTo.Address+"。")
	case cases.DeliverElectronic:
		steps = append(steps, "办好后电子送达，在“我的”里查看、下载。")
	default:
		steps = append(steps, "办好后请带身份证件到"+p.DeliverTo.Name+"领取。")
	}
	return append(steps, "每一步都会通知您。想早点知道，凭编号和查询码随时可以查。")
}

func (p submittedPage) rows() []ui.Row {
	rows := []ui.Row{
		{Label: "办件编号", Part: ui.CopyNumber(p.Number)},
		{Label: "查询码", Part: ui.CopyNumber(p.QueryCode)},
		{Label: "申请人", Value: p.Applicant.Name},
		{Label: "收件网点", Value: p.Receiving.Name},
		{Label: "提交时间", Value: ui.DateTime(p.SubmittedAt)},
	}
	if p.Agent != nil {
		rows = append(rows, ui.Row{Label: "代办人", Value: p.Agent.Name})
	}
	return rows
}

// sheet prints the application form of a case as it was handed in.
func (m *Module) sheet(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := m.Cases.Find(ctx, r.PathValue("number"))
	if err != nil {
		return err
	}
	v, err := m.Catalogue.Version(ctx, c.Item, c.Version)
	if err != nil {
		return err
	}
	fields, err := catalogue.FormFields(v.Definition.Form)
	if err != nil {
		return err
	}
	if err := apply.Places(ctx, m.Org, fields, c.Content.Form, ""); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, sheetView(c, fields))
}

func sheetRows(c cases.Case) []ui.Row {
	rows := []ui.Row{
		{Label: "申请事项", Value: c.ItemName},
		{Label: "事项属地", Value: c.DivisionName},
		{Label: "申请人", Value: c.Applicant.Name},
		{Label: gb.IDType(c.Applicant.IDType).String(), Value: c.Applicant.IDNo},
		{Label: "联系电话", Value: c.Applicant.Phone},
		{Label: "提交时间", Value: ui.DateTime(c.SubmittedAt)},
	}
	if c.Agent != nil {
		rows = append(rows, ui.Row{Label: "代办人", Value: c.Agent.Name}, ui.Row{Label: "授权", Value: c.Agent.Authority})
	}
	return rows
}

// handedNames are the materials as handed in, one line each.
func handedNames(list []cases.Material) []string {
	var names []string
	for _, x := range list {
		if x.Superseded != nil {
			continue
		}
		text := materialWays[x.Way]
		if x.FileName != "" {
			text = x.FileName
		}
		if text == "" {
			text = "即本表"
		}
		names = append(names, x.Name+"："+text)
	}
	return names
}
