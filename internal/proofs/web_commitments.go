package proofs

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// CommitmentsURL is where commitments are checked.
const CommitmentsURL = "/office/commitments"

func commitmentURL(id string) string { return CommitmentsURL + "/" + url.PathEscape(id) }

func (m *Module) commitmentRoutes(rt *web.Router) {
	see := identity.HasAny(VerbVerify, VerbSupervise)
	rt.Get(CommitmentsURL, see, m.commitments)
	rt.Get(CommitmentsURL+"/{id}", see, m.showCommitment)
	rt.Post(CommitmentsURL+"/{id}/revocation", identity.HasAny(VerbRevoke), m.decideRevocation)
	rt.Post(CommitmentsURL+"/{id}", identity.HasAny(VerbVerify), m.verifyCommitment)
}

type commitmentsPage struct {
	part        string
	list        []Commitment
	figures     CommitmentFigures
	next, first string
	today       workday.Date
}

func (p commitmentsPage) tabs() []ui.Tab {
	var tabs []ui.Tab
	for _, x := range []struct{ part, label string }{{CommitmentsOpen, "待核查"}, {CommitmentsUntrue, "不实"}, {CommitmentsDone, "办完的"}} {
		tabs = append(tabs, ui.Tab{Label: x.label, URL: CommitmentsURL + "?part=" + x.part, Active: p.part == x.part})
	}
	return tabs
}

func (m *Module) commitments(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	p := commitmentsPage{part: q.Get("part"), today: m.today(ctx)}
	if p.part != CommitmentsUntrue && p.part != CommitmentsDone {
		p.part = CommitmentsOpen
	}
	var err error
	if p.list, p.next, err = m.Commitments(ctx, p.part, db.Page{Limit: 50, After: q.Get("after")}); err != nil {
		return err
	}
	if p.figures, err = m.CommitmentFigures(ctx); err != nil {
		return err
	}
	base := CommitmentsURL + "?part=" + p.part
	if q.Get("after") != "" {
		p.first = base
	}
	if p.next != "" {
		p.next = base + "&after=" + url.QueryEscape(p.next)
	}
	return web.Render(w, r, http.StatusOK, commitmentsView(p))
}

type commitmentPage struct {
	Commitment
	form             *web.Form
	mayCheck, barred bool
	today            workday.Date
	revocation       Revocation
	proposed         bool // there is one
	mayRevoke        bool
}

func (m *Module) showCommitment(w http.ResponseWriter, r *http.Request) error {
	return m.renderCommitment(w, r, nil)
}

func (m *Module) renderCommitment(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	ctx := r.Context()
	p := commitmentPage{form: f, today: m.today(ctx)}
	var err error
	if p.Commitment, err = m.Commitment(ctx, r.PathValue("id")); err != nil {
		return err
	}
	p.mayCheck = identity.FromContext(ctx).Can(VerbVerify, p.at())
	p.barred = m.barring(ctx, p.Commitment)
	if p.revocation, p.proposed, err = m.RevocationOf(ctx, p.ID); err != nil {
		return err
	}
	a := identity.FromContext(ctx)
	p.mayRevoke = p.proposed && p.revocation.Open() && a.Can(VerbRevoke, p.at()) && a.Account != p.revocation.ProposedBy
	if p.form == nil {
		p.form = web.NewForm(nil)
	}
	return web.Render(w, r, f.Status(), commitmentView(p))
}

func (m *Module) verifyCommitment(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id, said := r.PathValue("id"), ""
	if f.Value("act") == "repair" {
		_, err = m.Repair(r.Context(), id, f.Value("reason"))
		said = "已登记信用修复，当事人可以再用告知承诺。"
	} else {
		_, err = m.Verify(r.Context(), id, Verification{Finding: f.Value("finding"), Report: f.Value("report"), Measures: f.Value("measures")})
		said = "核查结果已登记。"
	}
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.renderCommitment(w, r, f)
	}
	web.Flash(r, "success", said)
	return web.Redirect(w, r, commitmentURL(id))
}

func (c Commitment) paragraphs() []string { return strings.Split(c.Text, "\n") }

func (c Commitment) light(today workday.Date) (light, text string) {
	switch {
	case c.Open == 0:
		return "normal", "已办结"
	case today.After(c.DueOn):
		return "overdue", "已超期，" + c.DueOn.Chinese() + "到期"
	case !today.Add(7).Before(c.DueOn):
		return "yellow", c.DueOn.Chinese() + "前核查"
	}
	return "normal", c.DueOn.Chinese() + "前核查"
}

func commitmentTone(c Commitment) string {
	switch {
	case c.Open == 1:
		return "warning"
	case c.Finding == CommitmentUntrue:
		return "danger"
	case c.Finding == CommitmentTrue:
		return "success"
	}
	return "muted"
}

func (p commitmentPage) facts() []ui.Row {
	who := "申请人本人"
	if p.GivenBy != p.Account {
		who = p.GivenByName + "登记"
	}
	return []ui.Row{{Label: "申请人", Value: p.Name}, p.number(), {Label: "事项", Value: p.ItemName}, {Label: "办件", Value: p.Case},
		{Label: "代替的材料", Value: p.MaterialName}, {Label: "承诺时间", Value: ui.DateTime(p.GivenAt)}, {Label: "由谁承诺", Value: who},
		{Label: "文本", Value: "第" + strconv.Itoa(p.TextVersion) + "版"}, {Label: "核查单位", Value: p.AgencyName}, {Label: "核查期限", Value: p.DueOn.Chinese()}}
}

// number is the applicant's: a credit code is public, a person's is masked.
func (p commitmentPage) number() ui.Row {
	if code, err := gb.ParseUSCC(p.IDNo); err == nil {
		return ui.Row{Label: "统一社会信用代码", Value: code.String()}
	}
	return ui.Row{Label: "证件号码", Value: gb.MaskResidentID(p.IDNo)}
}

func (p commitmentPage) found() []ui.Row {
	rows := []ui.Row{{Label: "结论", Value: p.StateName()}, {Label: "核查情况", Value: p.Report}}
	if p.Measures != "" {
		rows = append(rows, ui.Row{Label: "怎么处理", Value: p.Measures})
	}
	if p.CheckedAt != nil {
		rows = append(rows, ui.Row{Label: "核查人", Value: p.CheckerName + "，" + ui.DateTime(*p.CheckedAt)})
	}
	if !p.BarredUntil.IsZero() {
		rows = append(rows, ui.Row{Label: "不能用告知承诺到", Value: p.BarredUntil.Chinese()})
	}
	return rows
}

func (m *Module) decideRevocation(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	err = m.DecideRevocation(r.Context(), id, Decision{State: f.Value("decision"), Document: f.Value("document"), Reason: f.Value("reason")})
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.renderCommitment(w, r, f)
	}
	web.Flash(r, "success", "已登记，马上生效。")
	return web.Redirect(w, r, commitmentURL(id))
}

func (p commitmentPage) revocationRows() []ui.Row {
	r := p.revocation
	rows := []ui.Row{{Label: "到哪一步", Value: r.StateName()}, {Label: "谁建议的", Value: r.ProposedByName + "，" + ui.DateTime(r.ProposedAt)}}
	if r.Licence != "" {
		rows = append(rows, ui.Row{Label: "已发的证照", Value: r.Licence})
	}
	if r.DecidedAt != nil {
		rows = append(rows, ui.Row{Label: "谁决定的", Value: r.DecidedByName + "，" + ui.DateTime(*r.DecidedAt)}, ui.Row{Label: "理由", Value: r.Reason})
	}
	if r.Document != "" {
		rows = append(rows, ui.Row{Label: "文号", Value: r.Document})
	}
	return rows
}

func (p commitmentPage) revocationOptions() []ui.Option {
	list := []ui.Option{{Value: RevocationRevoked, Label: "撤销决定", Help: "有证照的同时撤销证照。"}}
	if p.revocation.Licence != "" && p.revocation.State == RevocationProposed {
		list = append(list, ui.Option{Value: RevocationSuspended, Label: "先暂扣证照，再作决定"})
	}
	return append(list, ui.Option{Value: RevocationKept, Label: "不撤销", Help: "如撤销会对公共利益造成重大损害；已暂扣的证照发还。"})
}
