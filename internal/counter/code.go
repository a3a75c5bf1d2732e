package counter

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/licences"
)

// ErrCodeOfOther is told when the code is somebody's who may not agree.
var ErrCodeOfOther = errs.Define(errs.Denied, "counter_code_of_other",
	"亮码的人不是申请人，也没有替申请人办这件事的委托，不能同意使用申请人的电子证照。请让申请人本人亮码，或者收原件。")

// codePage takes the code of a licence that somebody shows on their telephone:
// they have signed in there a minute ago, so they may agree as with a card.
type codePage struct {
	visit Visit
	draft cases.Draft
	form  *web.Form
}

// CodeURL is that page, for an application that is being taken in.
func CodeURL(visit, draft string) string {
	return PersonURL(visit) + "/code?" + url.Values{"draft": {draft}}.Encode()
}

func (m *Module) codePageOf(ctx context.Context, visit, draft string) (*codePage, error) {
	v, err := m.visit(ctx, visit)
	if err != nil {
		return nil, err
	}
	d, err := m.Cases.Draft(ctx, draft)
	return &codePage{visit: v, draft: d, form: web.NewForm(nil)}, err
}

// askCode shows it.
func (m *Module) askCode(w http.ResponseWriter, r *http.Request) error {
	p, err := m.codePageOf(r.Context(), r.PathValue("visit"), r.URL.Query().Get("draft"))
	if errors.Is(err, ErrVisitOver) {
		web.Flash(r, "info", ErrVisitOver.Message)
		return web.Redirect(w, r, "/counter")
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, codeView(p))
}

// takeCode uses a code up and leads back to the application.
func (m *Module) takeCode(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := m.codePageOf(r.Context(), r.PathValue("visit"), form.Value("draft"))
	if err != nil {
		return err
	}
	p.form = form
	if form.Value("code") == "" {
		form.Error("code", "请扫描办事人手机上的二维码。")
	}
	if form.OK() {
		err := m.presented(r.Context(), p, form.Value("code"))
		if k := errs.KindOf(err); err != nil && (k == errs.NotFound || k == errs.Conflict || k == errs.Denied) {
			form.Error("code", errs.From(err).Message)
			err = nil
		}
		if err != nil {
			return err
		}
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, codeView(p))
	}
	web.Flash(r, "success", "已核对亮码。请当面问清是否同意，再在材料下勾选。")
	return web.Redirect(w, r, IntakeURL(p.draft.Number, p.visit.ID)+"#in-materials-title")
}

// presented notes on the visit who has shown a code, if they may agree for the
// applicant; else the code is not used up.
func (m *Module) presented(ctx context.Context, p *codePage, typed string) error {
	code := licences.CodeOf(typed)
	account, err := m.Licences.Presenter(ctx, code)
	if err != nil {
		return err
	}
	if _, ok, err := m.byPhone(ctx, licences.ByCode, account, p.draft.Submission.Applicant, p.draft.Item); err != nil || !ok {
		return errors.Join(err, ErrCodeOfOther)
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := m.Licences.Read(ctx, code); err != nil {
			return err
		}
		_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE counter_visit SET code_account = $1 WHERE id = $2 AND account = $3`,
			account, p.visit.ID, identity.FromContext(ctx).Account)
		if err != nil {
			return wrap("note code", err)
		}
		return m.record(ctx, "visit.code", p.visit.ID, "")
	})
}

// byPhone tells whether who has a telephone in hand may agree for the applicant: the
// applicant, or who has a mandate that covers the item.
func (m *Module) byPhone(ctx context.Context, way licences.Way, account string, a cases.Applicant, item string) (consenter, bool, error) {
	p, err := m.Identity.Person(ctx, account)
	if err != nil {
		return consenter{}, false, err
	}
	who := consenter{way: way, account: account, name: p.Name}
	if p.IDNo != "" && p.IDNo == a.IDNo {
		return who, true, nil
	}
	ok, err := m.actsFor(ctx, account, a, item)
	return who, ok, err
}
