package apply

import (
	"context"
	"net/http"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/web"
)

// principal is somebody for whom the account may apply for the item.
type principal struct {
	mandate identity.Mandate
}

// principals are those whose mandate stands today and covers the item.
func (w *Wizard) principals(ctx context.Context, item string) ([]principal, error) {
	var list []principal
	for _, x := range actor(ctx).Mandates {
		if x.Covers(item) {
			list = append(list, principal{x})
		}
	}
	return list, nil
}

// standing says that the application may still be filled in in this name: a
// mandate may have ended since yesterday.
func (j *journey) standing() bool {
	chosen := j.draft.Submission.Mandate
	return chosen == "" || j.principalOf(chosen) != nil
}

func (j *journey) principalOf(mandate string) *principal {
	for i := range j.principals {
		if j.principals[i].mandate.ID == mandate {
			return &j.principals[i]
		}
	}
	return nil
}

// self stands in the choice for the account itself.
const self = "self"

// mandateChosen is what the page of the choice shows as chosen.
func (j *journey) mandateChosen() string {
	if x := j.draft.Submission.Mandate; x != "" {
		return x
	}
	if j.draft.Submission.Applicant.Name != "" {
		return self
	}
	return ""
}

// applicantAccount is the account whose matter it is.
func (j *journey) applicantAccount(ctx context.Context) string {
	if p := j.principalOf(j.draft.Submission.Mandate); p != nil {
		return p.mandate.Principal
	}
	return actor(ctx).Account
}

// applicant is that account as an applicant.
func (j *journey) applicant(ctx context.Context, account string) (cases.Applicant, error) {
	p, err := j.w.Identity.Person(ctx, account)
	if err != nil {
		return cases.Applicant{}, err
	}
	return cases.Applicant{Type: string(p.Kind), Name: p.Name, IDType: p.IDType, IDNo: p.IDNo, Phone: p.Phone}, nil
}

// takePeople keeps for whom it is. Another applicant has other facts: what the
// form had of the first is asked anew.
func (j *journey) takePeople(ctx context.Context) error {
	chosen := j.form.Value("mandate")
	switch {
	case chosen == "":
		j.form.Error("mandate", "请选择为谁申请。")
		return nil
	case chosen != self && j.principalOf(chosen) == nil:
		j.form.Error("mandate", "这份委托已经结束，或者不包括这个事项，请另选一位。")
		return nil
	case chosen == self:
		if why := j.w.unserved(actor(ctx).Kind, j.def); why != "" {
			j.form.Error("mandate", why)
			return nil
		}
		chosen = ""
	default:
		kind := identity.KindPerson
		if j.principalOf(chosen).mandate.Kind == identity.MandateEnterprise {
			kind = identity.KindEnterprise
		}
		if !j.def.Serves(string(kind)) {
			j.form.Error("mandate", "这个事项不受理这位申请人，请看办事指南里的“谁可以办”。")
			return nil
		}
	}
	before := j.draft.Submission.Applicant.IDNo
	j.draft.Submission.Mandate = chosen
	a, err := j.applicant(ctx, j.applicantAccount(ctx))
	if err != nil {
		return err
	}
	return j.change(ctx, "people", func(ctx context.Context, s *cases.Submission) error {
		s.Mandate, s.Agent = chosen, nil
		if before != a.IDNo {
			s.Applicant, s.Form, s.DeliverTo = a, nil, ""
			s.Pages = nil
			return j.disagree(ctx, s)
		}
		return nil
	})
}

// fillPhone shows the number given before, else the one on record.
func (j *journey) fillPhone(ctx context.Context) error {
	a := j.draft.Submission.Applicant
	if a.Name == "" || a.Phone == "" || !j.standing() {
		own, err := j.applicant(ctx, j.applicantAccount(ctx))
		if err != nil {
			return err
		}
		a = own
	}
	j.form.Set("phone", a.Phone)
	j.draft.Submission.Applicant = a
	return nil
}

// mandateOver is told to who was filling in for somebody when their right to do
// so ended: nothing becomes their own matter before they have read it.
const mandateOver = "您替别人办这件事的委托已经结束，不能再用他的名义。填过的内容还在草稿里；从这里继续，就是为您自己申请，表单要重新填写。"

func (j *journey) takePhone(ctx context.Context) error {
	phone := j.form.Value("phone")
	if !j.standing() && j.form.Value("own") == "" {
		j.form.Error("phone", "委托已经结束，没有保存。请看上面的说明。")
		return nil
	}
	a, err := j.applicant(ctx, j.applicantAccount(ctx))
	if err != nil {
		return err
	}
	j.draft.Submission.Applicant = a
	if _, err := gb.ParseMobile(phone); err != nil {
		if _, err := gb.ParsePhone(phone, "0751"); err != nil {
			j.form.Error("phone", "电话号码不正确，请填写11位手机号，或带区号的固定电话，例如0751-8881234。")
			return nil
		}
	}
	return j.change(ctx, "phone", func(_ context.Context, s *cases.Submission) error {
		if !j.standing() { // the mandate has ended: one's own matter from now on
			s.Mandate = ""
		}
		if s.Applicant.IDNo != "" && s.Applicant.IDNo != a.IDNo {
			s.Form, s.Pages = nil, nil
		}
		s.Applicant, s.Agent = a, nil
		s.Applicant.Phone = phone
		return nil
	})
}

// unserved says why an account cannot apply for itself; "" if it can.
func (w *Wizard) unserved(kind identity.Kind, def interface{ Serves(string) bool }) string {
	switch {
	case kind == identity.KindEnterprise && !def.Serves("enterprise"):
		return "这个事项只受理个人的申请。您现在用的是企业账号，请换用个人账号登录后再申请。"
	case kind == identity.KindPerson && !def.Serves("person"):
		return "这个事项只受理企业和其他组织的申请。您现在用的是个人账号，请换用企业账号登录，或由企业委托您为经办人。"
	}
	return ""
}

// preview shows the application form as it will be printed.
func (w *Wizard) preview(rw http.ResponseWriter, r *http.Request) error {
	j, err := w.journey(r)
	if err != nil {
		return w.sentAlready(rw, r, err)
	}
	j.title = "预览申请表"
	p, err := j.readBackOf(r.Context())
	if err != nil {
		return err
	}
	return web.Render(rw, r, http.StatusOK, previewView(p))
}
