package apply

import (
	"maps"
	"net/http"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/kit/web"
)

// questionsPage asks the situations of a person at a window: all that apply.
type questionsPage struct {
	*screen
	list  catalogue.Checklist
	given catalogue.Answers
}

// questions asks the situations and shows what the answers come to.
func (w *Wizard) questions(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.open(r, "questions")
	if err != nil {
		return err
	}
	p := &questionsPage{screen: s}
	if p.list, err = s.checklist(r.Context()); err != nil {
		return err
	}
	p.given = p.list.Answers
	return web.Render(rw, r, http.StatusOK, questionsView(p))
}

func (w *Wizard) saveQuestions(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.open(r, "questions")
	if err != nil {
		return err
	}
	if s.form, err = web.ReadForm(r); err != nil {
		return err
	}
	p := &questionsPage{screen: s, given: s.answered()}
	p.list, err = w.Catalogue.Checklist(r.Context(), s.def.Code, s.draft.Submission.Division, 0, p.given)
	if err := s.form.Merge(err); err != nil {
		return err
	}
	if s.form.OK() {
		noteOpen(s.form, p.list, p.given)
	} else if p.list, err = s.checklist(r.Context()); err != nil {
		return err
	}
	if !s.form.OK() || p.list.Stop != "" {
		return web.Render(rw, r, http.StatusUnprocessableEntity, questionsView(p))
	}
	if !sameAnswers(s.draft.Submission.Answers, p.list.Answers) && len(s.draft.Submission.Form) > 0 {
		web.Flash(r, "info", "您修改了前面的回答，请核对表单和材料是否仍然合适。")
	}
	s.draft.Submission.Answers = p.list.Answers
	if p.list.Complete {
		return s.save(rw, r, "form")
	}
	return s.save(rw, r, "questions")
}

// answered is what the draft knows, with what was answered on this page.
func (s *screen) answered() catalogue.Answers {
	answers := catalogue.Answers{}
	maps.Copy(answers, s.draft.Submission.Answers)
	var shown []catalogue.Question
	for _, q := range s.def.Situations {
		if slices.Contains(s.form.Values("shown"), q.ID) {
			shown = append(shown, q)
			delete(answers, q.ID)
		}
	}
	maps.Copy(answers, ReadAnswers(s.form, shown))
	for id := range answers { // of a guide that is no longer in force
		if !slices.ContainsFunc(s.def.Situations, func(q catalogue.Question) bool { return q.ID == id }) {
			delete(answers, id)
		}
	}
	return answers
}

// noteOpen tells which of the questions that were shown has no answer yet. One
// that only now turned out to be needed is no mistake.
func noteOpen(f *web.Form, list catalogue.Checklist, answers catalogue.Answers) {
	for _, q := range list.Questions {
		if _, answered := answers[q.ID]; !answered && slices.Contains(f.Values("shown"), q.ID) {
			f.Error("answers."+q.ID, "请选择：“"+q.Text+"”")
		}
	}
}

func sameAnswers(a, b catalogue.Answers) bool {
	return maps.EqualFunc(a, b, func(x, y []string) bool { return slices.Equal(x, y) })
}
