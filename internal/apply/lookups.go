package apply

import (
	"context"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/proofs"
)

// lookUp asks the registers for what the applicant need not prove, once it is
// known who applies and what is asked of them.
func (j *journey) lookUp(ctx context.Context) error {
	sub := j.draft.Submission
	if !j.list.Complete || j.list.Stop != "" || sub.Applicant.IDNo == "" || !j.standing() {
		return nil
	}
	sub.Draft, sub.Channel = j.draft.Number, cases.ChannelWeb
	return j.w.Cases.LookUp(ctx, sub, j.def, j.list.Materials)
}

// spared are the materials that nobody has to hand in, with why.
func (j *journey) spared() []catalogue.Material {
	var list []catalogue.Material
	for _, m := range j.list.Materials {
		if m.Needless() {
			list = append(list, m)
		}
	}
	return list
}

// askURL is where a proof that was not found can be asked for online; "" it cannot.
func askURL(m catalogue.Material) string {
	if m.Looked == "" || m.Found || m.Paperless || len(m.LicenceTypes) == 0 {
		return ""
	}
	return proofs.AskURL(m.Proof)
}

// howAsked is the question about the ways of a material.
func howAsked(m catalogue.Material) string {
	if m.Paperless {
		return "没有查到，怎么办"
	}
	return "怎么提交"
}

// onlineHint is what to bring; what was looked up stands beside it by itself.
func onlineHint(m catalogue.Material) string {
	m.Looked = ""
	return MaterialHint(m)
}
