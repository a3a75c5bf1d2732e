package apply

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"yimen/gb"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

func asGB(err error, target **gb.Error) bool { return errors.As(err, target) }

// form asks the fields of the item.
func (w *Wizard) form(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.open(r, "form")
	if err != nil {
		return err
	}
	list, err := s.checklist(r.Context())
	if err != nil {
		return err
	}
	if !list.Complete {
		return web.Redirect(rw, r, s.url("questions"))
	}
	fields, err := s.fields(r.Context(), s.draft.Submission.Form)
	if err != nil {
		return err
	}
	if err := Fill(s.form, fields, s.draft.Submission.Form, s.defaults(r.Context(), list)); err != nil {
		return err
	}
	return web.Render(rw, r, http.StatusOK, formView(s, fields))
}

// fields are those of the item's form, with the places of form in words.
func (s *screen) fields(ctx context.Context, form []byte) ([]catalogue.FormField, error) {
	fields, err := catalogue.FormFields(s.def.Form)
	if err != nil {
		return nil, err
	}
	return fields, Places(ctx, s.w.Org, fields, form, s.draft.Submission.Division)
}

// defaults are what need not be typed again: what the answers say, and who the
// applicant is.
func (s *screen) defaults(ctx context.Context, list catalogue.Checklist) map[string]any {
	a := s.draft.Submission.Applicant
	known := map[string]any{
		"applicant_name": a.Name, "phone": a.Phone, "division": s.draft.Submission.Division,
		"bank_account_name": a.Name,
	}
	if a.Type == "enterprise" {
		known["enterprise_name"], known["uscc"] = a.Name, a.IDNo
	} else {
		known["id_number"] = a.IDNo
		if id, err := gb.ParseResidentID(a.IDNo, s.w.today(ctx)); err == nil {
			known["birth_date"] = id.Birth().String()
			known["sex"] = id.Sex().Code()
		}
	}
	for k, v := range list.Defaults {
		known[k] = v
	}
	return known
}

func (w *Wizard) saveForm(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.open(r, "form")
	if err != nil {
		return err
	}
	if s.form, err = web.ReadForm(r); err != nil {
		return err
	}
	fields, err := catalogue.FormFields(s.def.Form)
	if err != nil {
		return err
	}
	raw, err := FormOf(s.form, fields)
	if err != nil {
		return err
	}
	s.draft.Submission.Form = raw
	if s.form.Value("later") != "" { // kept as it is, to go on another time
		if s.form.Value("later") == "rows" {
			return s.save(rw, r, "form")
		}
		return s.leave(rw, r)
	}
	if err := s.form.Merge(w.Catalogue.CheckForm(*s.def, raw)); err != nil {
		return err
	}
	if !s.form.OK() {
		if err := Places(r.Context(), w.Org, fields, raw, s.draft.Submission.Division); err != nil {
			return err
		}
		return web.Render(rw, r, http.StatusUnprocessableEntity, formView(s, fields))
	}
	return s.save(rw, r, "materials")
}

// leave stores the draft and lets the applicant go, to come back another time.
func (s *screen) leave(rw http.ResponseWriter, r *http.Request) error {
	if err := s.keep(r); err != nil {
		return err
	}
	web.Flash(r, "success", "已暂存，草稿号 "+s.draft.Number+"。下次从这里继续填写。")
	return web.Redirect(rw, r, s.w.Home.URL)
}

// materials asks for what has to be handed in.
func (w *Wizard) materials(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.open(r, "materials")
	if err != nil {
		return err
	}
	list, err := s.checklist(r.Context())
	if err != nil {
		return err
	}
	if !list.Complete {
		return web.Redirect(rw, r, s.url("questions"))
	}
	kept, err := s.keptFiles(r.Context())
	if err != nil {
		return err
	}
	return web.Render(rw, r, http.StatusOK, materialsView(s, list, kept))
}

// saveMaterials stores the uploads and keeps those that are right when another
// is wrong: nobody uploads the same photo twice over a village line.
func (w *Wizard) saveMaterials(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.open(r, "materials")
	if err != nil {
		return err
	}
	if s.form, err = web.ReadForm(r); err != nil {
		return err
	}
	list, err := s.checklist(r.Context())
	if err != nil {
		return err
	}
	handed, err := ReadMaterials(r.Context(), s.form, list.Materials, s.draft.Submission.Materials, w.Cases.Uploads(),
		identity.FromContext(r.Context()).Account, w.Side)
	s.draft.Submission.Materials = handed
	if err != nil {
		return errors.Join(err, s.keep(r))
	}
	for _, m := range list.Materials {
		if m.Required() && empty(HandedOf(handed, m.ID)) && s.form.ErrorOf("file."+m.ID) == "" {
			s.form.Error("materials."+m.ID, "“"+m.Name+"”还没有提交，请选择文件"+otherWays(m, w.Side)+"。")
		}
	}
	if s.form.OK() {
		return s.save(rw, r, "review")
	}
	if err := s.keep(r); err != nil {
		return err
	}
	kept, err := s.keptFiles(r.Context())
	if err != nil {
		return err
	}
	return web.Render(rw, r, http.StatusUnprocessableEntity, materialsView(s, list, kept))
}

// keep stores what is right so far without going on.
func (s *screen) keep(r *http.Request) error {
	s.draft.Submission.Draft, s.draft.Submission.Item = s.draft.Number, s.draft.Item
	_, err := s.w.Cases.SaveDraft(r.Context(), s.draft.Submission)
	return err
}

func otherWays(m catalogue.Material, side Side) string {
	text := ""
	for _, way := range WaysOf(m, side) {
		switch way {
		case WayPaper:
			text += "、登记纸质材料"
		case WayPromise:
			text += "、签署告知承诺"
		case WayLater:
			text += "、选择容缺后补"
		}
	}
	if text == "" {
		return ""
	}
	return "，或" + text[len("、"):]
}

// stepOf is the step on which a field of the submission can be mended.
func stepOf(field string) string {
	head, _, _ := strings.Cut(field, ".")
	switch head {
	case "applicant", "agent":
		return "people"
	case "answers":
		return "questions"
	case "form":
		return "form"
	case "materials":
		return "materials"
	}
	return "review"
}

// invalid says whether an error is about what was filled in.
func invalid(err error) bool {
	k := errs.KindOf(err)
	return err != nil && (k == errs.Invalid || k == errs.Conflict)
}
