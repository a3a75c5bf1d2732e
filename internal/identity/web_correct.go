package identity

import (
	"errors"
	"io"
	"net/http"

	"yimen/gb"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// Addresses of putting one's data right, and of closing one's account.
const (
	MyCorrectURL   = "/my/data/correct"
	MyCloseURL     = "/my/data/close"
	correctionsURL = "/office/corrections"
)

func (m *Module) selfRoutes(rt *web.Router) {
	fresh := Applicant().And(m.MustBeFresh())
	rt.Get(MyCorrectURL, Applicant(), m.correctPage)
	rt.Post(MyCorrectURL, fresh, m.askCorrection)
	rt.Post(MyCorrectURL+"/withdraw", Applicant(), m.withdrawCorrection)
	rt.Get(MyCloseURL, Applicant(), m.closePage)
	rt.Post(MyCloseURL, fresh, m.askClosing)
	rt.Post(MyCloseURL+"/withdraw", Applicant(), m.withdrawClosing)
	clerk := Has(VerbPersonCorrect)
	rt.Get(correctionsURL, clerk, m.correctionsPage)
	rt.Get(correctionsURL+"/{id}", clerk, m.correctionPage)
	rt.Get(correctionsURL+"/{id}/file", clerk, m.correctionFile)
	rt.Post(correctionsURL+"/{id}", clerk, m.decideCorrection)
}

// ownCorrections is what somebody had put right, and the form for more.
type ownCorrections struct {
	form   *web.Form
	who    Person
	list   []Correction
	asked  bool // one waits already
	fresh  bool
	person bool // enterprises go to a window
	paper  bool
}

func (m *Module) correctPage(w http.ResponseWriter, r *http.Request) error {
	return m.showCorrect(w, r, web.NewForm(nil))
}

func (m *Module) showCorrect(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	ctx := r.Context()
	p := ownCorrections{form: form, fresh: m.IsFresh(r), paper: m.Files != nil}
	var err error
	if p.who, err = m.Person(ctx, FromContext(ctx).Account); err != nil {
		return err
	}
	p.person = p.who.Kind == KindPerson
	if p.list, err = m.Corrections(ctx); err != nil {
		return err
	}
	for _, c := range p.list {
		p.asked = p.asked || c.State == CorrectionAsked
	}
	return web.Render(w, r, form.Status(), correctView(p))
}

func (m *Module) askCorrection(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	err = m.AskCorrection(r.Context(), Correction{Name: form.Value("name"), IDNo: form.Value("id_no"), Reason: form.Value("reason")}, form.File("file"))
	if errors.Is(err, ErrCorrectionOne) {
		form.Error("", errs.From(err).Message)
	} else if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.showCorrect(w, r, form)
	}
	web.Flash(r, "success", "已提交，工作人员核对后会发消息告诉您结果。")
	return web.Redirect(w, r, MyCorrectURL)
}

func (m *Module) withdrawCorrection(w http.ResponseWriter, r *http.Request) error {
	if err := m.WithdrawCorrection(r.Context()); err != nil {
		return err
	}
	web.Flash(r, "success", "更正申请已撤回，登记的信息没有改。")
	return web.Redirect(w, r, MyCorrectURL)
}

// correctionsPage lists what waits for the clerk.
func (m *Module) correctionsPage(w http.ResponseWriter, r *http.Request) error {
	list, err := m.CorrectionsToDecide(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, correctionsView(list))
}

// deskCorrection is one correction before the clerk, with the register beside it.
type deskCorrection struct {
	Correction
	form     *web.Form
	register string
}

func (m *Module) correctionPage(w http.ResponseWriter, r *http.Request) error {
	return m.showCorrection(w, r, web.NewForm(nil))
}

func (m *Module) showCorrection(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	c, err := m.Correction(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Render(w, r, form.Status(), correctionView(deskCorrection{c, form, m.AskRegister(r.Context(), c)}))
}

func (m *Module) correctionFile(w http.ResponseWriter, r *http.Request) error {
	c, err := m.Correction(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if c.File == "" {
		return web.ErrNotFound
	}
	body, f, err := m.Files.Open(r.Context(), c.File)
	if err != nil {
		return err
	}
	defer body.Close()
	web.Attach(w, f.Name)
	_, _ = io.Copy(w, body) // the reader has gone: nobody to tell
	return nil
}

func (m *Module) decideCorrection(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	do := form.Value("do")
	if do != "yes" && do != "no" {
		return errs.ErrInvalid
	}
	err = m.DecideCorrection(r.Context(), r.PathValue("id"), do == "yes", form.Value("note"))
	if errors.Is(err, ErrIdentityTaken) {
		form.Error("", "这个证件号码已经有另一个账号，不能更正。请核对号码；确是同一个人的，请本人先注销其中一个账号。")
	} else if errors.Is(err, ErrCorrectionOver) {
		form.Error("", errs.From(err).Message)
	} else if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return m.showCorrection(w, r, form)
	}
	done := "没有更正，理由已经告诉本人。"
	if do == "yes" {
		done = "已更正，并已告诉本人。"
	}
	web.Flash(r, "success", done)
	return web.Redirect(w, r, correctionsURL)
}

var correctionStates = map[string]struct{ name, tone string }{
	CorrectionAsked: {"等待核对", "warning"}, CorrectionDone: {"已更正", "success"}, CorrectionRefused: {"没有更正", "danger"}, CorrectionWithdrawn: {"已撤回", "neutral"},
}

var correctionWhats = map[string]string{CorrectPhone: "更换手机号", CorrectAddress: "修改地址"}

// title says what was put right.
func (c Correction) title() string {
	switch {
	case c.What != CorrectIdentity:
		return correctionWhats[c.What]
	case c.Name != "" && c.IDNo != "":
		return "更正姓名和证件号码"
	case c.Name != "":
		return "更正姓名"
	case c.IDNo != "":
		return "更正证件号码"
	}
	return "更正姓名或者证件号码"
}

// rows are a correction as the person sees it: masked, the screen may stand in a hall.
func (c Correction) rows() []ui.Row {
	var rows []ui.Row
	if c.Name != "" {
		rows = append(rows, ui.Row{Label: "姓名改成", Value: c.Name})
	}
	if c.IDNo != "" {
		rows = append(rows, ui.Row{Label: "证件号码改成", Value: gb.MaskIDNumber(gb.IDResident, c.IDNo)})
	}
	if c.Reason != "" {
		rows = append(rows, ui.Row{Label: "理由", Value: c.Reason})
	}
	if c.DecidedAt != nil && c.What == CorrectIdentity {
		rows = append(rows, ui.Row{Label: "处理", Value: ui.DateTime(*c.DecidedAt)})
	}
	if c.Note != "" && c.State == CorrectionRefused {
		rows = append(rows, ui.Row{Label: "没有更正的原因", Value: c.Note})
	}
	return rows
}

var registerSays = map[string]struct{ text, tone string }{
	RegisterSame:    {"人口信息核对一致：这个姓名和号码是同一个人的。", "success"},
	RegisterOther:   {"人口信息核对不一致：没有这个姓名和号码的人。仍要更正的，请写明凭什么。", "warning"},
	RegisterOffline: {"人口信息现在核对不了。要更正的，请写明凭什么。", "info"},
}

// closingPage is the closing of one's own account.
type closingPage struct {
	form     *web.Form
	last     Closing
	asked    bool     // it waits for its day
	inTheWay []string // what has to be done first
	fresh    bool
	low      bool // below the level at which they see what windows filed
	days     int
}

func (m *Module) closePage(w http.ResponseWriter, r *http.Request) error {
	return m.showClose(w, r, web.NewForm(nil))
}

func (m *Module) showClose(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	ctx := r.Context()
	p := closingPage{form: form, fresh: m.IsFresh(r), low: FromContext(ctx).Level < LevelPresence, days: m.Rules.CloseDays}
	var err error
	if p.last, _, err = m.ClosingOf(ctx); err != nil {
		return err
	}
	if p.asked = p.last.State == "asked"; !p.asked {
		if p.inTheWay, err = m.InTheWay(ctx, FromContext(ctx).Account); err != nil {
			return err
		}
	}
	return web.Render(w, r, form.Status(), closeView(p))
}

func (m *Module) askClosing(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if form.Value("sure") == "" {
		form.Error("sure", "请先确认您知道注销的后果。")
		return m.showClose(w, r, form)
	}
	c, err := m.AskClosing(r.Context())
	if errors.Is(err, ErrCloseInTheWay) || errors.Is(err, ErrClosingAsked) {
		form.Error("", errs.From(err).Message)
		return m.showClose(w, r, form)
	}
	if err != nil {
		return err
	}
	web.Flash(r, "success", "已申请注销，"+c.Due().Chinese()+"办理。之前随时可以登录撤回。")
	return web.Redirect(w, r, MyCloseURL)
}

func (m *Module) withdrawClosing(w http.ResponseWriter, r *http.Request) error {
	if err := m.WithdrawClosing(r.Context()); err != nil {
		return err
	}
	web.Flash(r, "success", "注销已撤回，账号照常使用。")
	return web.Redirect(w, r, MyCloseURL)
}
