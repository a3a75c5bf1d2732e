package apply

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
)

// position says where the page stands. While questions are open their answers
// may still add pages or take some away.
func (j *journey) position() string {
	here, all := j.steps()
	if j.settled() {
		return fmt.Sprintf("第%d步，共%d步", here, all)
	}
	return fmt.Sprintf("第%d步，共约%d步", here, all)
}

// question is the one in sight.
func (j *journey) question() catalogue.Question {
	i := slices.IndexFunc(j.list.Questions, func(q catalogue.Question) bool { return q.ID == j.stop().id() })
	return j.list.Questions[i]
}

// takeAnswer reads the answer to the question in sight. An answer that ends the
// application is not kept: it can be chosen anew. What the old answer had
// filled into the form follows the new one, unless it was changed by hand.
func (j *journey) takeAnswer(ctx context.Context) error {
	q := j.question()
	chosen := ReadAnswers(j.form, []catalogue.Question{q})
	if !q.Multiple && len(chosen[q.ID]) == 0 {
		j.form.Error("answers."+q.ID, "请选择一项："+q.Text)
		return nil
	}
	given := catalogue.Answers{}
	maps.Copy(given, j.list.Answers)
	given[q.ID] = chosen[q.ID]
	list, err := j.w.Catalogue.Checklist(ctx, j.def.Code, j.draft.Submission.Division, 0, given)
	if err := j.form.Merge(err); err != nil || !j.form.OK() {
		return err
	}
	if list.Stop != "" {
		j.list.Stop = list.Stop
		j.form.Error("answers."+q.ID, list.Stop)
		return nil
	}
	old := j.list.Defaults
	return j.change(ctx, j.stop().key, func(_ context.Context, s *cases.Submission) error {
		s.Answers = list.Answers
		var err error
		s.Form, err = followAnswers(j.def, s.Form, old, list.Defaults)
		return err
	})
}

// fillDelivery shows what was chosen, else what the guide names first and the
// address on record.
func (j *journey) fillDelivery(ctx context.Context) error {
	sub := j.draft.Submission
	j.form.Set("deliver", firstOf(sub.Deliver, j.def.Result.DeliverBy))
	address := sub.DeliverTo
	if address == "" {
		p, err := j.w.Identity.Person(ctx, j.applicantAccount(ctx))
		if err != nil {
			return err
		}
		address = p.Address
	}
	j.form.Set("deliver_address", address)
	return nil
}

func (j *journey) takeDelivery(ctx context.Context) error {
	way := j.form.Value("deliver")
	if !slices.Contains(j.def.Result.DeliverBy, way) {
		j.form.Error("deliver", "请选择结果怎么给您。")
		return nil
	}
	address := ""
	if way == cases.DeliverPost {
		address = j.form.Value("deliver_address")
		if n := len([]rune(address)); n < 5 || n > 200 {
			j.form.Error("deliver_address", "请写清邮寄地址，5至200个字，写到门牌号。")
			return nil
		}
	}
	return j.change(ctx, "deliver", func(_ context.Context, s *cases.Submission) error {
		s.Deliver, s.DeliverTo = way, address
		return nil
	})
}

func (j *journey) takeDeferral(ctx context.Context) error {
	day := j.form.Date("defer_until")
	if !day.IsZero() && !day.After(j.w.today(ctx)) {
		j.form.Error("defer_until", "补交日期要在今天之后，请重新选择。")
	}
	if !j.form.OK() {
		return nil
	}
	return j.change(ctx, "defer", func(_ context.Context, s *cases.Submission) error {
		s.DeferUntil = day
		return nil
	})
}

// deferHelp names the materials that are to follow.
func (j *journey) deferHelp() string {
	names := ""
	for _, m := range j.list.Materials {
		if HandedOf(j.draft.Submission.Materials, m.ID).Later {
			names += "“" + m.Name + "”"
		}
	}
	return "先受理、之后补交的是：" + names + "。最迟到承诺办结的那一天，不选就按那一天；到期不补交，办件会终止。"
}

// notePage remembers that a page of the draft has been filled in.
func notePage(s *cases.Submission, key string) {
	if !slices.Contains(s.Pages, key) {
		s.Pages = append(s.Pages, key)
	}
}

// stepOfField is the page on which a field of the submission can be mended.
func (j *journey) stepOfField(f errs.Field) string {
	name := f.Name
	for _, p := range j.parts {
		if len(p.problems([]errs.Field{f})) > 0 {
			return "form/" + p.id
		}
	}
	for _, s := range j.stops {
		kind, id := s.kind(), s.id()
		switch {
		case kind == "questions" && name == "answers."+id, kind == "materials" && name == "materials."+id,
			kind == "defer" && name == "defer_until", kind == "deliver" && (name == "deliver" || name == "deliver_to"),
			kind == "phone" && name == "applicant.phone":
			return s.key
		}
	}
	return cmp.Or(firstMissing(j.missing()), "phone")
}

func firstMissing(open []stop) string {
	if len(open) == 0 {
		return ""
	}
	return open[0].key
}
