package counter

import (
	"context"
	"errors"
	"net/http"
	"time"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// ErrNoDocument is told where a document has to be seen first.
var ErrNoDocument = errs.Define(errs.Conflict, "counter_no_document", "还没有核对这个人的证件：请先回到窗口页面，刷或输入他本人的身份证。")

// identityPage is where a clerk vouches for who stands before them, and does for
// them what others do with a telephone.
type identityPage struct {
	visit   Visit
	age     int // 0: not known
	today   workday.Date
	account string         // "": none yet
	level   identity.Level // that holds now
	until   time.Time      // of the newest proof that made it
	way     identity.Method
	asked   []identity.Mandate
	led     []identity.Mandate // enterprises the person leads
	family  []identity.Mandate // bonds that stand or wait
	form    *web.Form

	attestable bool // a look at the document would tell more than is known, or for longer
}

// IdentityURL is that page of a visit.
func IdentityURL(visit string) string { return PersonURL(visit) + "/identity" }

// inHand is what the clerk has in their hands; false when they have seen none.
func (v Visit) inHand() (identity.Document, bool) {
	d := identity.Document{Name: v.Name, IDType: v.IDType, IDNo: v.IDNo, Method: identity.ByWindow}
	if v.How == "reader" {
		d.Method = identity.ByCard
	}
	return d, v.proven() && v.Kind == "person"
}

// seenText says in the history of a case how the clerk saw who it is: the
// applicant, or who came for them.
func (v Visit) seenText(s cases.Submission) string {
	if !v.proven() || v.IDNo == "" {
		return ""
	}
	who := ""
	switch {
	case v.IDNo == s.Applicant.IDNo:
		who = "申请人"
	case s.Agent != nil && v.IDNo == s.Agent.IDNo:
		who = "代理人"
	default:
		return ""
	}
	if v.How == "reader" {
		return "窗口读取了" + who + "的身份证。"
	}
	return "窗口核对了" + who + "的证件。"
}

// seen says it of the visit that an application is taken in on; "" when it is over.
func (m *Module) seen(ctx context.Context, visit string, s cases.Submission) (string, error) {
	if visit == "" {
		return "", nil
	}
	v, err := m.visit(ctx, visit)
	if errors.Is(err, ErrVisitOver) {
		return "", nil
	}
	return v.seenText(s), err
}

// standing is what is known of the person's account.
func (m *Module) standing(ctx context.Context, v Visit) (account string, level identity.Level, err error) {
	if _, ok := v.inHand(); !ok {
		return "", 0, nil
	}
	if account, err = m.Identity.AccountOf(ctx, v.IDType, v.IDNo); err != nil || account == "" {
		return "", 0, err
	}
	level, err = m.Identity.LevelOf(ctx, account)
	return account, level, err
}

func (m *Module) identityOf(ctx context.Context, key string) (*identityPage, error) {
	v, err := m.visit(ctx, key)
	if err != nil {
		return nil, err
	}
	if _, ok := v.inHand(); !ok {
		return nil, ErrNoDocument
	}
	today := m.today(ctx)
	p := &identityPage{visit: v, age: ageOf(v, today), today: today, form: web.NewForm(nil)}
	if p.account, p.level, err = m.standing(ctx, v); err != nil || p.account == "" {
		return p, err
	}
	proofs, err := m.Identity.Proofs(ctx, p.account)
	if err != nil {
		return nil, err
	}
	for _, x := range proofs {
		if x.Level == p.level && x.Holds(m.now(ctx)) && x.Until.After(p.until) {
			p.until, p.way = x.Until, x.Method
		}
	}
	p.attestable = p.level < identity.LevelPresence || p.until.Before(m.now(ctx).AddDate(0, 3, 0))
	a, err := m.Identity.Actor(ctx, p.account)
	if err != nil {
		return nil, err
	}
	for _, x := range a.Mandates {
		if x.Kind == identity.MandateEnterprise && x.Role == identity.LegalRole {
			p.led = append(p.led, x)
		}
	}
	if p.family, err = m.Identity.FamilyOf(ctx, p.account); err != nil {
		return nil, err
	}
	p.asked, err = m.Identity.AskedOf(ctx, p.account)
	return p, err
}

// identity shows it.
func (m *Module) identity(w http.ResponseWriter, r *http.Request) error {
	p, err := m.identityOf(r.Context(), r.PathValue("visit"))
	if errors.Is(err, ErrVisitOver) || errors.Is(err, ErrNoDocument) {
		web.Flash(r, "info", errs.From(err).Message)
		return web.Redirect(w, r, "/counter")
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, identityView(p))
}

// identify does one act for the person. Each asks the clerk to say that the person
// stands there: a card may have been brought by somebody else.
func (m *Module) identify(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := m.identityOf(r.Context(), r.PathValue("visit"))
	if err != nil {
		return err
	}
	p.form = form
	if form.Value("present") == "" {
		form.Error("present."+r.PathValue("act"), "请先看人：本人在场、与证件照片一致，再勾选。")
	}
	done, slip := "", identity.Slip{}
	if form.OK() {
		done, slip, err = m.identifyAct(r, p)
		if k := errs.KindOf(err); err != nil && (k == errs.Conflict || k == errs.Denied) && !errors.Is(err, identity.ErrNoRight) {
			form.Error("", errs.From(err).Message)
			err = nil
		}
		if err := form.Merge(err); err != nil {
			return err
		}
	}
	switch {
	case !form.OK():
		return web.Render(w, r, http.StatusUnprocessableEntity, identityView(p))
	case slip.Login != "":
		who, err := m.Identity.Person(r.Context(), slip.Account)
		if err != nil {
			return err
		}
		return web.Render(w, r, http.StatusOK, slipView(p.visit, slip, who))
	}
	web.Flash(r, "success", done)
	if form.Value("back") == "person" {
		return web.Redirect(w, r, PersonURL(p.visit.ID))
	}
	return web.Redirect(w, r, IdentityURL(p.visit.ID))
}

// identifyAct does what the form of the path asks for.
func (m *Module) identifyAct(r *http.Request, p *identityPage) (done string, slip identity.Slip, err error) {
	ctx, doc := r.Context(), identity.Document{}
	doc, _ = p.visit.inHand()
	act := r.PathValue("act")
	if p.account == "" && act != "open" {
		return "", slip, ErrNoDocument.Say("这个人还没有账号，请先为他开通。")
	}
	switch act {
	case "attest":
		err = m.Identity.Attest(ctx, p.account, doc)
		return "已记录：" + doc.Method.Title() + "，实名等级为高级。", slip, err
	case "open":
		doc.Name = p.form.Value("name")
		place, err := m.Org.Outlet(ctx, identity.FromContext(ctx).Outlet)
		if err != nil {
			return "", slip, err
		}
		slip, err = m.Identity.OpenAccount(ctx, identity.Opening{Document: doc, Phone: p.form.Value("phone"), Division: place.Division})
		return "", slip, err
	case "password":
		slip, err = m.Identity.ReissueFirst(ctx, p.account, doc)
		return "", slip, err
	case "agree":
		x, err := m.Identity.AgreeAtWindow(ctx, p.form.Value("mandate"), p.account)
		return "已生效：" + x.AgentName + "可以替" + x.PrincipalName + "办事，到" + x.To.Chinese() + "为止。", slip, err
	case "family":
		x, err := m.Identity.ProposeAtWindow(ctx, p.account, doc, identity.Proposal{AsAgent: p.form.Value("side") == "agent",
			Name: p.form.Value("name"), IDNo: p.form.Value("id_no"), To: p.form.Date("to"), Purpose: p.form.Value("purpose")})
		return p.proposedText(x), slip, err
	case "company":
		x, err := m.Identity.BindCompanyAtWindow(ctx, p.account, identity.Binding{Name: p.form.Value("company"), USCC: p.form.Value("uscc")}, p.form.Value("newer") != "")
		return "已绑定：" + x.AgentName + "是" + x.PrincipalName + "的法定代表人，可以用自己的账号替它办事。", slip, renamed(err)
	}
	return "", slip, web.ErrNotFound
}

// renamed gives the fields of a binding the names they have on the page.
func renamed(err error) error {
	e := errs.From(err)
	if e == nil || len(e.Fields) == 0 {
		return err
	}
	var bad errs.Fields
	for _, f := range e.Fields {
		if f.Name == "name" {
			f.Name = "company"
		}
		bad.Add(f.Name, "%s", f.Message)
	}
	return bad.Err()
}

// proposedText says who has to say yes now, and where.
func (p *identityPage) proposedText(x identity.Mandate) string {
	if x.Principal == "" {
		return "已登记。" + x.PrincipalName + "没有账号：请接着在“核验亲子关系”里核对户口簿等原件，核验后生效。"
	}
	other := x.AgentName
	if x.Agent == p.account {
		other = x.PrincipalName
	}
	return "已登记，等" + other + "同意后生效：他可以在自己的账号里同意，也可以带身份证到任一窗口同意。"
}

// familyText says in a line who acts for whom, and whether it holds yet.
func (p *identityPage) familyText(x identity.Mandate) string {
	text := x.AgentName + "替" + x.PrincipalName + "办事，到" + x.To.Chinese() + "为止："
	switch {
	case x.State == identity.MandateActive:
		return text + "已生效。"
	case x.Principal == "":
		return text + "等核验亲子关系。"
	case x.ProposedBy == p.account:
		return text + "等对方同意。"
	}
	return text + "等他本人同意。"
}

// side is who acts for whom, as the clerk chose: at first the person before them
// for their family, unless they are too young for it.
func (p *identityPage) side() string {
	if s := p.form.Value("side"); s != "" {
		return s
	}
	if 0 < p.age && p.age < 18 {
		return "principal"
	}
	return "agent"
}

// levelText says what is known of who it is.
func (p *identityPage) levelText() string {
	if p.account == "" {
		return "没有账号"
	}
	text := p.level.Title()
	if !p.until.IsZero() {
		text += "（" + p.way.Title() + "，有效到" + ui.Date(p.until) + "）"
	}
	return text
}

// agreeID and agreeError are of the look that comes before the yes to the i-th
// proposal; the summary of errors leads to the one that was asked for.
func (p *identityPage) agreeID(i int) string {
	if p.agrees(i) {
		return ui.FieldID("present.agree")
	}
	return ui.FieldID("present.agree." + p.asked[i].ID)
}

func (p *identityPage) agreeError(i int) string {
	if p.agrees(i) {
		return p.form.ErrorOf("present.agree")
	}
	return ""
}

func (p *identityPage) agrees(i int) bool { return p.form.Value("mandate") == p.asked[i].ID }

func docName(v Visit) string { return gb.IDType(v.IDType).String() }
