package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
)

// part is the part of the form in sight.
func (j *journey) part() part {
	i := slices.IndexFunc(j.parts, func(p part) bool { return p.id == j.stop().id() })
	return j.parts[i]
}

// fillPart puts the part into its inputs: what was saved; on the first visit
// what is known already, under what an earlier page may have left.
func (j *journey) fillPart(ctx context.Context) error {
	fields, err := catalogue.FormFields(j.def.Form)
	if err != nil {
		return err
	}
	saved, err := catalogue.FormValues(fields, j.draft.Submission.Form)
	if err != nil {
		saved = url.Values{} // a form that cannot be read is asked anew
	}
	visited := slices.Contains(j.draft.Submission.Pages, j.stop().key)
	if visited {
		j.form.Set("form_sent", "1")
	} else {
		for name, v := range j.defaults(ctx, j.list) {
			j.form.Set("form."+name, fmt.Sprint(v))
		}
	}
	p := j.part()
	for name, list := range saved {
		if !p.owns(name) || !visited && list[0] == "false" {
			continue
		}
		j.form.Raw()["form."+name] = list
	}
	return nil
}

// takePart reads the part in sight into the form of the draft, checks it and
// leaves the other parts as they are. "Later" keeps what was typed unchecked.
func (j *journey) takePart(ctx context.Context) error {
	p, key := j.part(), j.stop().key
	later := j.form.Value("later") != "" || j.form.Value("more") != ""
	known := j.defaults(ctx, j.list)
	store := func(_ context.Context, s *cases.Submission) error {
		raw, err := withPart(j.def, s.Form, p, j.form.Raw(), known)
		if err != nil {
			return err
		}
		s.Form = raw
		return nil
	}
	if !later {
		trial := j.draft.Submission
		if err := store(ctx, &trial); err != nil {
			return err
		}
		if err := j.form.Merge(partError(p, j.w.Catalogue.CheckForm(*j.def, trial.Form))); err != nil || !j.form.OK() {
			return err
		}
	}
	return j.change(ctx, key, store)
}

// partError leaves of an error of the whole form what is about the part.
func partError(p part, err error) error {
	if !invalid(err) {
		return err
	}
	mine := p.problems(errs.From(err).Fields)
	if len(mine) == 0 {
		return nil
	}
	told := catalogue.ErrForm
	for _, f := range mine {
		told = told.Field(f.Name, f.Message)
	}
	return told
}

// withPart is the form with one part replaced by what was posted. Hidden fields
// get what is known of them.
func withPart(def *catalogue.Definition, form []byte, p part, posted url.Values, known map[string]any) (json.RawMessage, error) {
	fields, err := catalogue.FormFields(def.Form)
	if err != nil {
		return nil, err
	}
	values, err := catalogue.FormValues(fields, form)
	if err != nil {
		values = url.Values{}
	}
	for name := range values {
		if p.owns(name) {
			delete(values, name)
		}
	}
	for name, list := range posted {
		if bare, ok := strings.CutPrefix(name, "form."); ok && p.owns(bare) {
			values[bare] = list
		}
	}
	for _, f := range fields {
		if f.Widget != "hidden" || values.Has(f.Name) {
			continue
		}
		if v, ok := known[f.Name]; ok {
			values.Set(f.Name, fmt.Sprint(v))
		} else if f.Default != nil {
			values.Set(f.Name, fmt.Sprint(f.Default))
		}
	}
	return catalogue.FormFromValues(fields, values)
}

// followAnswers brings into the form what changed answers fill in: a value that
// still is what the old answers said becomes what the new ones say.
func followAnswers(def *catalogue.Definition, form []byte, old, fresh map[string]any) (json.RawMessage, error) {
	if len(form) == 0 {
		return nil, nil
	}
	fields, err := catalogue.FormFields(def.Form)
	if err != nil {
		return nil, err
	}
	values, err := catalogue.FormValues(fields, form)
	if err != nil {
		return form, nil
	}
	for name, was := range old {
		if fmt.Sprint(fresh[name]) != fmt.Sprint(was) && values.Get(name) == fmt.Sprint(was) {
			values.Del(name)
		}
	}
	for name, is := range fresh {
		if fmt.Sprint(old[name]) != fmt.Sprint(is) && (!values.Has(name) || values.Get(name) == "false") {
			values.Set(name, fmt.Sprint(is))
		}
	}
	return catalogue.FormFromValues(fields, values)
}
