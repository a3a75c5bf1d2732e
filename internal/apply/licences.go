package apply

import (
	"context"
	"slices"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web/ui"
	"yimen/internal/licences"
)

// findLicences looks for electronic licences that the applicant need only agree
// to, instead of handing in the material.
func (j *journey) findLicences(ctx context.Context, m catalogue.Material) error {
	if j.w.Licences == nil || len(m.LicenceTypes) == 0 || !j.standing() {
		return nil
	}
	var err error
	if j.instead, err = j.w.Licences.Offered(ctx, j.def.Code, m.LicenceTypes, j.draft.Submission.Applicant.IDNo); err != nil || len(j.instead) == 0 {
		return err
	}
	j.decides = j.def.DeptName
	a, err := j.w.Cases.Decides(ctx, j.def, j.draft.Submission.Division)
	if err == nil {
		j.decides = a.Name
	} else if k := errs.KindOf(err); k == errs.Internal || k == errs.Unavailable {
		return err
	}
	return nil
}

// ways are the ways of the material in sight; a licence comes first.
func (j *journey) ways(m catalogue.Material) []string {
	ways := WaysOf(m, Online)
	if j.barred != "" {
		ways = slices.DeleteFunc(ways, func(w string) bool { return w == WayPromise })
	}
	if len(j.instead) > 0 || HandedOf(j.draft.Submission.Materials, m.ID).Licence != "" {
		ways = append([]string{WayLicence}, ways...)
	}
	return ways
}

// wayNow is how the material has been met so far, else the first choice; what
// need not be handed in is not, until somebody says so.
func (j *journey) wayNow(m catalogue.Material) string {
	h := HandedOf(j.draft.Submission.Materials, m.ID)
	if empty(h) && len(j.instead) > 0 && m.Required() {
		return WayLicence
	}
	return WayOf(m, h, Online)
}

// licenceChosen is the one that is to stand in: the chosen one of several.
func (j *journey) licenceChosen(m catalogue.Material) string {
	for _, id := range []string{j.form.Value("licence." + m.ID), HandedOf(j.draft.Submission.Materials, m.ID).Licence} {
		if slices.ContainsFunc(j.instead, func(l licences.Licence) bool { return l.Identifier == id }) {
			return id
		}
	}
	if len(j.instead) == 0 {
		return ""
	}
	return j.instead[0].Identifier
}

// agreed says that the holder has ticked, now or before, that the licence may be
// used for this.
func (j *journey) agreed(m catalogue.Material) string {
	if j.form.Value("consent."+m.ID) != "" || !j.form.Has("way."+m.ID+".sent") && HandedOf(j.draft.Submission.Materials, m.ID).Licence != "" {
		return "1"
	}
	return ""
}

// checkConsent asks for the tick: nothing is used in silence.
func (j *journey) checkConsent(m catalogue.Material) {
	switch {
	case len(j.instead) == 0:
		j.form.Error("way."+m.ID, "没有找到可以使用的电子证照，请改用别的方式提交。")
	case j.form.Value("consent."+m.ID) == "":
		j.form.Error("consent."+m.ID, "请先勾选同意；不同意的，请改选别的方式提交。")
	}
}

// consent keeps what was ticked. What the store refuses is told beside the tick.
func (j *journey) consent(ctx context.Context, m catalogue.Material) (cases.Handed, error) {
	id := j.licenceChosen(m)
	err := j.w.Licences.Consent(ctx, licences.Consent{Case: j.draft.Number, Material: m.ID, MaterialName: m.Name, Types: m.LicenceTypes,
		Item: j.def.Code, ItemName: j.def.Name, AgencyName: j.decides, Purpose: "办理“" + j.def.Name + "”", Licence: id,
		HolderNo: j.draft.Submission.Applicant.IDNo})
	return cases.Handed{ID: m.ID, Licence: id}, err
}

// unagreed ends a consent when the material is met in another way after all.
func (j *journey) unagreed(ctx context.Context, m catalogue.Material, before cases.Handed) error {
	if before.Licence == "" || j.w.Licences == nil {
		return nil
	}
	return j.w.Licences.Withdraw(ctx, j.draft.Number, m.ID)
}

// disagree ends all consents of an application that is somebody else's now.
func (j *journey) disagree(ctx context.Context, s *cases.Submission) error {
	s.Materials = slices.DeleteFunc(s.Materials, func(h cases.Handed) bool { return h.Licence != "" })
	if j.w.Licences == nil {
		return nil
	}
	return j.w.Licences.Withdraw(ctx, j.draft.Number, "")
}

// wayOptions are the ways as the page offers them.
func (j *journey) wayOptions(m catalogue.Material) []ui.Option {
	var options []ui.Option
	for _, w := range j.ways(m) {
		options = append(options, ui.Option{Value: w, Label: wayLabels[w]})
	}
	return options
}

func (j *journey) licenceOptions() []ui.Option {
	var options []ui.Option
	for _, l := range j.instead {
		options = append(options, ui.Option{Value: l.Identifier, Label: l.TypeName + "（" + l.Tail() + "）", Help: l.IssuerName + "颁发，" + l.Term()})
	}
	return options
}

func licenceRows(l licences.Licence) []ui.Row {
	return []ui.Row{{Label: "证照", Value: l.TypeName}, {Label: "编号", Value: l.Tail()}, {Label: "颁发机构", Value: l.IssuerName}, {Label: "有效期", Value: l.Term()}}
}
