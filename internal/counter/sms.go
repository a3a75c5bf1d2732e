package counter

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"yimen/gb"
	"yimen/internal/assurance"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/licences"
)

// Codes sends codes to the telephones of people and takes what they type.
type Codes interface {
	AskConsent(r *http.Request, c assurance.WindowConsent) (phone string, err error)
	TakeConsent(r *http.Request, c assurance.WindowConsent, typed string) error
}

// smsPage asks somebody without a card at hand to agree by a code that is sent to
// their telephone and that they type themselves.
type smsPage struct {
	codePage
	sent  string // telephone it went to, masked; "" not yet
	wrong string // why none was sent
}

// SMSURL is that page, for an application that is being taken in.
func SMSURL(visit, draft string) string {
	return PersonURL(visit) + "/sms?" + url.Values{"draft": {draft}}.Encode()
}

// smsSession keeps where the code of a visit went, masked.
func smsSession(visit, draft string) string { return "counter_sms_" + visit + "_" + draft }

func (m *Module) smsPageOf(r *http.Request, form *web.Form) (*smsPage, error) {
	draft := r.URL.Query().Get("draft")
	if form != nil {
		draft = form.Value("draft")
	}
	p, err := m.codePageOf(r.Context(), r.PathValue("visit"), draft)
	if err != nil {
		return nil, err
	}
	if form != nil {
		p.form = form
	}
	return &smsPage{codePage: *p, sent: web.Session(r).GetString(smsSession(p.visit.ID, p.draft.Number))}, nil
}

func (m *Module) askSMS(w http.ResponseWriter, r *http.Request) error {
	p, err := m.smsPageOf(r, nil)
	if errors.Is(err, ErrVisitOver) {
		web.Flash(r, "info", ErrVisitOver.Message)
		return web.Redirect(w, r, "/counter")
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, smsView(p))
}

// texted is who of the visit is sent the code: who acts for the applicant with a
// mandate that covers the item, else the applicant. As surely known as who would
// agree online. Errors: identity.ErrNoPhone.
func (m *Module) texted(ctx context.Context, v Visit, d cases.Draft) (string, error) {
	a := d.Submission.Applicant
	if v.IDNo != "" && v.IDNo != a.IDNo {
		agent, err := m.Identity.AccountOf(ctx, v.IDType, v.IDNo)
		if err != nil {
			return "", err
		}
		if ok, err := m.actsFor(ctx, agent, a, d.Item); err != nil || ok {
			return agent, err
		}
	}
	account, err := m.Identity.AccountOf(ctx, a.IDType, a.IDNo)
	if err != nil {
		return "", err
	}
	if account == "" {
		return "", identity.ErrNoPhone
	}
	level, err := m.Identity.LevelOf(ctx, account)
	if err == nil && level < licences.OwnLevel {
		err = identity.ErrNoPhone
	}
	return account, err
}

func (m *Module) consentOf(ctx context.Context, p *smsPage) (assurance.WindowConsent, error) {
	account, err := m.texted(ctx, p.visit, p.draft)
	if err != nil {
		return assurance.WindowConsent{}, err
	}
	c := assurance.WindowConsent{Account: account, Case: p.draft.Number, Visit: p.visit.ID, Item: p.draft.ItemName, Outlet: "政务服务窗口"}
	outlet := identity.FromContext(ctx).Outlet
	if outlet == "" {
		return c, nil
	}
	o, err := m.Org.Outlet(ctx, outlet)
	c.Outlet = o.Name
	return c, err
}

// sendSMS sends the code.
func (m *Module) sendSMS(w http.ResponseWriter, r *http.Request) error {
	return m.stepSMS(w, r, func(p *smsPage, c assurance.WindowConsent) error {
		phone, err := m.Codes.AskConsent(r, c)
		if err != nil {
			return err
		}
		web.Session(r).Put(smsSession(p.visit.ID, p.draft.Number), gb.MaskPhone(phone))
		return m.record(r.Context(), "visit.sms_send", p.visit.ID, p.draft.Number)
	}, func(p *smsPage) error { return web.Redirect(w, r, SMSURL(p.visit.ID, p.draft.Number)) })
}

// takeSMS takes what the person has typed and leads back to the application.
func (m *Module) takeSMS(w http.ResponseWriter, r *http.Request) error {
	return m.stepSMS(w, r, func(p *smsPage, c assurance.WindowConsent) error {
		if err := m.Codes.TakeConsent(r, c, p.form.Value("code")); err != nil {
			return err
		}
		web.Session(r).Remove(smsSession(p.visit.ID, p.draft.Number))
		return m.DB.InTx(r.Context(), func(ctx context.Context) error {
			_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE counter_visit SET sms_account = $1, sms_case = $2 WHERE id = $3 AND account = $4`,
				c.Account, c.Case, p.visit.ID, identity.FromContext(ctx).Account)
			if err != nil {
				return wrap("note code", err)
			}
			return m.record(ctx, "visit.sms", p.visit.ID, p.draft.Number)
		})
	}, func(p *smsPage) error {
		web.Flash(r, "success", "验证码正确，本人同意这件申请使用电子证照。请在材料下勾选。")
		return web.Redirect(w, r, IntakeURL(p.draft.Number, p.visit.ID)+"#in-materials-title")
	})
}

// stepSMS does one of the two steps; what people can mend is told on the page.
func (m *Module) stepSMS(w http.ResponseWriter, r *http.Request, do func(*smsPage, assurance.WindowConsent) error, then func(*smsPage) error) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := m.smsPageOf(r, form)
	if err != nil {
		return err
	}
	c, err := m.consentOf(r.Context(), p)
	if err == nil {
		err = do(p, c)
	}
	if err == nil {
		return then(p)
	}
	status := http.StatusUnprocessableEntity
	switch errs.KindOf(err) {
	case errs.Internal:
		return err
	case errs.RateLimited:
		status = http.StatusTooManyRequests
	case errs.Unavailable:
		status = http.StatusServiceUnavailable
	}
	if errors.Is(err, assurance.ErrCode) {
		form.Error("code", errs.From(err).Message)
	} else {
		p.wrong = errs.From(err).Message
	}
	return web.Render(w, r, status, smsView(p))
}
