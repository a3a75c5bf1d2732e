package apply

import (
	"context"
	"net/http"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// people asks whose matter it is and, if somebody else came, on what
// authority.
func (w *Wizard) people(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.open(r, "people")
	if err != nil {
		return err
	}
	s.fillPeople()
	return web.Render(rw, r, http.StatusOK, peopleView(s))
}

func (s *screen) fillPeople() {
	a, agent := s.draft.Submission.Applicant, s.draft.Submission.Agent
	if a.Type == "" {
		a.Type, a.IDType = "person", gb.IDResident.Code()
		if !s.def.Serves("person") {
			a.Type, a.IDType = "enterprise", gb.IDCreditCode.Code()
		}
	}
	for name, v := range map[string]string{"type": a.Type, "name": a.Name, "id_type": a.IDType, "id_no": a.IDNo, "phone": a.Phone} {
		s.form.Set("applicant."+name, v)
	}
	if agent != nil {
		s.form.Set("has_agent", "1")
		for name, v := range map[string]string{"name": agent.Name, "id_type": agent.IDType, "id_no": agent.IDNo, "phone": agent.Phone, "authority": agent.Authority} {
			s.form.Set("agent."+name, v)
		}
	}
}

func (w *Wizard) savePeople(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.open(r, "people")
	if err != nil {
		return err
	}
	if s.form, err = web.ReadForm(r); err != nil {
		return err
	}
	a := cases.Applicant{Type: s.form.Value("applicant.type"), Name: s.form.Value("applicant.name"),
		IDType: s.form.Value("applicant.id_type"), IDNo: s.form.Value("applicant.id_no"), Phone: s.form.Value("applicant.phone")}
	s.draft.Submission.Applicant, s.draft.Submission.Agent = a, agentOf(s.form)
	if err := s.form.Merge(w.checkPeople(r.Context(), s.def, a, s.draft.Submission.Agent)); err != nil {
		return err
	}
	if !s.form.OK() {
		return web.Render(rw, r, http.StatusUnprocessableEntity, peopleView(s))
	}
	return s.save(rw, r, "questions")
}

func agentOf(f *web.Form) *cases.Agent {
	if f.Value("has_agent") == "" {
		return nil
	}
	return &cases.Agent{Name: f.Value("agent.name"), IDType: gb.IDResident.Code(), IDNo: f.Value("agent.id_no"),
		Phone: f.Value("agent.phone"), Authority: f.Value("agent.authority")}
}

// checkPeople tells early what Submit would refuse at the end.
func (w *Wizard) checkPeople(ctx context.Context, def *catalogue.Definition, a cases.Applicant, agent *cases.Agent) error {
	var bad errs.Fields
	if !def.Serves(a.Type) {
		bad.Add("applicant.type", "该事项不受理%s的申请。", map[string]string{"person": "个人", "enterprise": "企业"}[a.Type])
	}
	if a.Type == "enterprise" {
		if a.Name == "" {
			bad.Add("applicant.name", "请填写企业（单位）名称。")
		}
	} else if _, err := gb.ParsePersonName(a.Name); err != nil {
		bad.Add("applicant.name", "%s", sentence(err))
	}
	w.checkNumber(ctx, &bad, "applicant.id_no", a.IDType, a.IDNo)
	checkPhone(&bad, "applicant.phone", a.Phone)
	if agent == nil {
		return bad.Err()
	}
	if _, err := gb.ParsePersonName(agent.Name); err != nil {
		bad.Add("agent.name", "%s", sentence(err))
	}
	w.checkNumber(ctx, &bad, "agent.id_no", agent.IDType, agent.IDNo)
	checkPhone(&bad, "agent.phone", agent.Phone)
	if agent.Authority == "" {
		bad.Add("agent.authority", "请填写授权委托书的编号或签署日期。")
	}
	return bad.Err()
}

func (w *Wizard) checkNumber(ctx context.Context, bad *errs.Fields, field, idType, no string) {
	t, err := gb.ParseIDType(idType)
	if err == nil {
		_, err = t.ParseNumber(no, w.today(ctx))
	}
	if err != nil {
		bad.Add(field, "%s", sentence(err))
	}
}

func checkPhone(bad *errs.Fields, field, phone string) {
	if _, err := gb.ParseMobile(phone); err != nil {
		if _, err := gb.ParsePhone(phone, "0751"); err != nil {
			bad.Add(field, "电话号码不正确，请填写11位手机号或带区号的固定电话（如0751-8881234）。")
		}
	}
}

// sentence is an error of gb in words.
func sentence(err error) string {
	var e *gb.Error
	if asGB(err, &e) {
		return e.Message
	}
	return err.Error()
}

func applicantTypes(def *catalogue.Definition) []ui.Option {
	var options []ui.Option
	if def.Serves("person") {
		options = append(options, ui.Option{Value: "person", Label: "个人"})
	}
	if def.Serves("enterprise") {
		options = append(options, ui.Option{Value: "enterprise", Label: "企业、个体工商户或其他单位"})
	}
	return options
}
