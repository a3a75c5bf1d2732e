package portal

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/licences"
	"yimen/internal/proofs"
)

// casePage is one of the applicant's own cases.
type casePage struct {
	cases.Case
	history []cases.Entry
	fields  []catalogue.FormField // of the version it came in under
	licence *licences.Order       // the licence that the case results in
	lookUps []proofs.LookUp       // what registers said instead of proofs
	undone  string                // why what was granted does not count any more; "" it does
	mine    bool                  // the viewer is the applicant, not their agent
}

func (m *Module) showCase(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := casePage{}
	var err error
	if p.Case, err = m.Cases.Find(ctx, r.PathValue("number")); err != nil {
		return err
	}
	p.mine = p.Account == identity.FromContext(ctx).Account
	if p.history, err = m.Cases.History(ctx, p.Number); err != nil {
		return err
	}
	v, err := m.Catalogue.Version(ctx, p.Item, p.Version)
	if err != nil {
		return err
	}
	if p.fields, err = catalogue.FormFields(v.Definition.Form); err != nil {
		return err
	}
	if err := apply.Places(ctx, m.Org, p.fields, p.Content.Form, ""); err != nil {
		return err
	}
	if p.licence, err = m.licenceOf(ctx, p.Number); err != nil {
		return err
	}
	if m.Proofs != nil && p.Outcome == cases.Granted {
		if p.undone, err = m.Proofs.Undone(ctx, p.Number); err != nil {
			return err
		}
	}
	if m.Proofs != nil && cases.LookedUp(p.Content.Materials) {
		if p.lookUps, err = m.Proofs.LookUpsIn(ctx, p.Number); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, caseView(p))
}

// licenceOf is how far the licence of a case is; nil when it results in none.
func (m *Module) licenceOf(ctx context.Context, number string) (*licences.Order, error) {
	if m.Licences == nil {
		return nil, nil
	}
	o, err := m.Licences.OfCase(ctx, number)
	if errors.Is(err, licences.ErrOrderUnknown) {
		return nil, nil
	}
	return &o, err
}

// quiet are steps inside one act: the applicant sees the act.
var quiet = []cases.Verb{cases.VerbReview, cases.VerbArchive}

// timeline is what happened, and what happens now.
func (p casePage) timeline() []ui.TimelineEntry {
	var list []ui.TimelineEntry
	for _, e := range p.history {
		if slices.Contains(quiet, e.Verb) {
			continue
		}
		list = append(list, ui.TimelineEntry{At: e.At, Title: e.Title, Who: e.WhoName, Text: e.Opinion, Kind: kindOf(e.Verb)})
	}
	if !p.State.Ended() {
		list = append(list, ui.TimelineEntry{Title: p.StateName, Text: left(p.Case), Kind: "current"})
	}
	return list
}

func kindOf(v cases.Verb) string {
	switch v {
	case cases.VerbRequestCorrection, cases.VerbPause, cases.VerbExtend, cases.VerbWithdraw:
		return "warning"
	case cases.VerbRefuseAcceptance, cases.VerbTerminate, cases.VerbTerminateUncorrect:
		return "danger"
	}
	return "done"
}

// facts are what the applicant may be asked for on the telephone.
func (p casePage) facts() []ui.Row {
	rows := []ui.Row{
		{Label: "办件编号", Part: ui.CopyNumber(p.Number)},
		{Label: "查询码", Value: p.QueryCode},
		{Label: "申请人", Value: p.Applicant.Name},
		{Label: "事项属地", Value: p.DivisionName},
		{Label: "收件网点", Value: p.Receiving.Name},
		{Label: "决定机关", Value: p.Competent.Name},
		{Label: "提交时间", Value: ui.DateTime(p.SubmittedAt)},
	}
	if p.Agent != nil {
		rows = append(rows, ui.Row{Label: "代办人", Value: p.Agent.Name})
	}
	if !p.AcceptedOn.IsZero() {
		rows = append(rows, ui.Row{Label: "受理日期", Value: p.AcceptedOn.Chinese()})
	}
	if !p.PromiseDueOn.IsZero() {
		rows = append(rows, ui.Row{Label: "承诺办结", Value: p.PromiseDueOn.Chinese()})
	}
	if d := p.Content.StatutoryDueOn; !d.IsZero() {
		rows = append(rows, ui.Row{Label: "法定办结", Value: d.Chinese()})
	}
	rows = append(rows, ui.Row{Label: "领取方式", Value: p.deliverText()})
	if !p.DeferredUntil.IsZero() {
		rows = append(rows, ui.Row{Label: "容缺补交", Value: p.DeferredUntil.Chinese() + "前"})
	}
	return rows
}

func (p casePage) deliverText() string {
	text := deliverNames[p.Deliver]
	switch p.Deliver {
	case cases.DeliverWindow:
		if p.DeliverTo.Name != "" {
			text += "：" + p.DeliverTo.Name
		}
	case cases.DeliverPost:
		if p.DeliverTo.Address != "" {
			text += "：" + p.DeliverTo.Address
		}
	}
	return text
}

// nameOf is a material of the list by id.
func nameOf(list []cases.ChecklistItem, id string) string {
	for _, m := range list {
		if m.ID == id {
			return m.Name
		}
	}
	return "其他内容"
}
