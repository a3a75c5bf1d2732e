package apply

import (
	"context"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/proofs"
)

// Promises knows who may promise instead of handing in a proof (告知承诺).
type Promises interface {
	Barred(ctx context.Context, idNo string) error
}

// findPromise asks whether the applicant may promise instead of the material: why
// not is told on its page.
func (j *journey) findPromise(ctx context.Context, m catalogue.Material) error {
	var err error
	j.barred, err = j.w.Barred(ctx, []catalogue.Material{m}, j.draft.Submission.Applicant.IDNo)
	return err
}

// Barred says why an applicant may not promise instead of any of the materials; ""
// when they may, or nothing is promised.
func (w *Wizard) Barred(ctx context.Context, list []catalogue.Material, idNo string) (string, error) {
	if w.Promises == nil || !slices.ContainsFunc(list, func(m catalogue.Material) bool { return m.Promise }) {
		return "", nil
	}
	err := w.Promises.Barred(ctx, idNo)
	if err == nil || errs.From(err).Code != proofs.ErrBarred.Code {
		return "", err
	}
	return errs.From(err).Message, nil
}

// promiseWords is what the applicant reads before they promise.
func (j *journey) promiseWords(m catalogue.Material) []string { return proofs.Words(m, j.def.Name) }

// promised says that the applicant has ticked the promise, now or before.
func (j *journey) promised(m catalogue.Material) string {
	if j.form.Value("promise."+m.ID) != "" || !j.form.Has("promise."+m.ID+".sent") && HandedOf(j.draft.Submission.Materials, m.ID).Promise {
		return "1"
	}
	return ""
}

// checkPromise asks for the tick: nobody promises without having read it.
func (j *journey) checkPromise(m catalogue.Material) {
	switch {
	case j.barred != "":
		j.form.Error("way."+m.ID, j.barred)
	case j.form.Value("promise."+m.ID) == "":
		j.form.Error("promise."+m.ID, "请看完承诺书，勾选承诺；不愿承诺的，请改选别的方式提交。")
	}
}
