package proofs_test

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	cityorg "yimen/city/org"
	"yimen/gb"
	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/webtest"
	"yimen/internal/licences"
	"yimen/internal/proofs"
	"yimen/internal/workflow"
)

// forester checks what the county's forestry decides.
const (
	felling  = "SG05001"
	forester = "approver-440232-d18"
)

// promising is an application for felling in which one material is promised.
func promising(t *testing.T, s *apptest.Site) (cases.Submission, string) {
	t.Helper()
	sub := s.Submission(felling, village)
	list, err := s.Catalogue.Checklist(s.System(), felling, village, 0, sub.Answers)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list.Materials, func(m catalogue.Material) bool { return m.Promise && m.Required() })
	if i < 0 {
		t.Fatal("no material of the item may be promised")
	}
	id := list.Materials[i].ID
	sub.Materials = slices.DeleteFunc(sub.Materials, func(h cases.Handed) bool { return h.ID == id })
	sub.Materials = append(sub.Materials, cases.Handed{ID: id, Promise: true})
	return sub, id
}

func given(t *testing.T, s *apptest.Site, account, part string) []proofs.Commitment {
	t.Helper()
	list, _, err := s.Proofs.Commitments(s.Ctx(account), part, db.Page{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What was promised instead of a proof is kept as it was read, checked by who
// decides, and an untrue promise keeps its giver from the next one for a year.
func TestACommitmentIsKeptCheckedAndAnUntrueOneBars(t *testing.T) {
	apptest.Each(t, aCommitmentIsKeptCheckedAndAnUntrueOneBars)
}

func aCommitmentIsKeptCheckedAndAnUntrueOneBars(t *testing.T, s *apptest.Site) {
	sub, id := promising(t, s)
	clerk := s.Ctx("clerk-" + village)
	c, err := s.Cases.Submit(clerk, sub)
	if err != nil {
		t.Fatal(err)
	}
	for _, nobody := range []string{"clerk-" + village, "approver-440232-d11", "approver-440224-d18"} {
		if list := given(t, s, nobody, proofs.CommitmentsOpen); len(list) != 0 {
			t.Errorf("%s sees %+v", nobody, list)
		}
	}
	list := given(t, s, forester, proofs.CommitmentsOpen)
	if len(list) != 1 || list[0].Case != c.Number || list[0].Material != id || list[0].TextVersion != proofs.CommitmentVersion {
		t.Fatalf("%+v", list)
	}
	if managers := given(t, s, "manager-440232000000", proofs.CommitmentsOpen); len(managers) != 1 {
		t.Errorf("who supervises sees %+v", managers)
	}
	boss := s.As(forester)
	boss.Get(proofs.CommitmentsURL).Status(200).Must("待核查", list[0].MaterialName)
	at := proofs.CommitmentsURL + "/" + list[0].ID
	s.As("manager-440232000000").Get(at).Status(200).MustNot("登记核查结果")
	s.As("approver-440232-d11").Get(at).Status(404)
	s.As("clerk-" + village).Get(at).Status(403)
	s.Anybody().NoRedirect().Get(at).Status(303)
	page := boss.Get(at).Status(200).Must("我承诺", "依法撤销", c.Number, "登记核查结果")
	page.Form("#verify").Send().Status(422).Must("请选择核查结论", "请写明怎么核查的")
	page.Form("#verify").Fill("finding", "untrue").Fill("report", "到山场看过，没有更新造林").Send().Status(422).Must("请写明怎么处理", "到山场看过")
	page.Form("#verify").Fill("finding", "untrue").Fill("report", "到山场看过，没有更新造林").Fill("measures", "责令限期更新造林，依法处理").Send().
		Status(200).Must("不实", "责令限期更新造林", "不能用告知承诺到", "信用修复").MustNot("登记核查结果")
	boss.Get(proofs.CommitmentsURL + "?part=untrue").Must(list[0].MaterialName)
	if f, err := s.Proofs.CommitmentFigures(s.Ctx(forester)); err != nil || f.Given != 1 || f.Checked != 1 || f.Untrue != 1 {
		t.Errorf("%+v (%v)", f, err)
	}
	if _, err := s.Proofs.Verify(s.Ctx(forester), list[0].ID, proofs.Verification{Finding: proofs.CommitmentTrue, Report: "再看一次"}); errs.From(err).Code != "commitment_move_not_allowed" {
		t.Errorf("checked twice: %v", err)
	}
	s.Drain()
	s.As("citizen-1").Get("/my/messages").Must("您的承诺经核查不实")

	_, err = s.Cases.Submit(clerk, sub)
	fieldsOf(t, err, "materials."+strconv.Itoa(len(sub.Materials)-1)+".promise")
	boss.Get(at).Form("#repair").Fill("reason", "已经更新造林，验收合格").Send().Status(200).Must("验收合格").MustNot("不能用告知承诺到")
	if _, err := s.Cases.Submit(clerk, sub); err != nil {
		t.Error(err)
	}
	s.As("admin-audit").Get("/admin/audit?action=proof.commitment_check").Must("核查告知承诺")
}

// A company's credit code is public; a person's number is not.
func TestACommitmentNamesItsGiver(t *testing.T) {
	s := apptest.New(t)
	sub, _ := promising(t, s)
	c, err := s.Cases.Submit(s.Ctx("clerk-"+village), sub)
	if err != nil {
		t.Fatal(err)
	}
	firm, err := cityorg.CompanyOf(1)
	if err != nil {
		t.Fatal(err)
	}
	person := given(t, s, forester, proofs.CommitmentsOpen)[0]
	err = s.Proofs.Commit(s.System(), proofs.Given{Need: catalogue.Material{ID: "plan", Name: "伐区说明"}, Item: felling, ItemName: "林木采伐许可证核发", Case: c.Number,
		Channel: cases.ChannelWeb, Name: firm.Name, IDNo: firm.USCC, Agency: person.Agency, AgencyName: person.AgencyName, Dept: person.Dept,
		Division: person.Division, Receiving: person.Receiving})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range given(t, s, forester, proofs.CommitmentsOpen) {
		page := s.As(forester).Get(proofs.CommitmentsURL + "/" + one.ID).Status(200)
		if one.ID == person.ID {
			page.Must("证件号码", gb.MaskResidentID(sub.Applicant.IDNo)).MustNot(sub.Applicant.IDNo)
			continue
		}
		page.Must("统一社会信用代码", firm.USCC)
	}
}

// The year ends by itself; other people are not kept from anything.
func TestTheYearWithoutCommitmentsEnds(t *testing.T) {
	s := apptest.New(t)
	sub, _ := promising(t, s)
	if _, err := s.Cases.Submit(s.Ctx("clerk-"+village), sub); err != nil {
		t.Fatal(err)
	}
	c := given(t, s, forester, proofs.CommitmentsOpen)[0]
	if _, err := s.Proofs.Verify(s.Ctx(forester), c.ID, proofs.Verification{Finding: proofs.CommitmentUntrue, Report: "情况不实", Measures: "责令改正"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Proofs.Barred(s.System(), sub.Applicant.IDNo); errs.From(err).Code != proofs.ErrBarred.Code {
		t.Errorf("%v", err)
	}
	other, err := s.Identity.Person(s.System(), "citizen-2")
	if err != nil || s.Proofs.Barred(s.System(), other.IDNo) != nil {
		t.Errorf("somebody else is kept from promising (%v)", err)
	}
	s.Clock.Advance(367 * 24 * time.Hour)
	if err := s.Proofs.Barred(s.System(), sub.Applicant.IDNo); err != nil {
		t.Errorf("after a year: %v", err)
	}
}

// Who hands the proof in after all takes the commitment back; what nobody checks in
// time is told once.
func TestACommitmentIsTakenBackOrToldOfWhenLate(t *testing.T) {
	s := apptest.New(t)
	sub, id := promising(t, s)
	clerk := s.Ctx("clerk-" + village)
	c, err := s.Cases.Submit(clerk, sub)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cases.Submit(clerk, sub); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cases.RequestCorrection(clerk, c.Number, cases.Act{Deficiencies: []cases.Deficiency{{Material: id, Problem: "情况写得不清楚", Cure: "请提交材料"}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cases.Correct(clerk, c.Number, cases.Act{Materials: []cases.Handed{{ID: id, Paper: true}}}); err != nil {
		t.Fatal(err)
	}
	if open := given(t, s, forester, proofs.CommitmentsOpen); len(open) != 1 || open[0].Case == c.Number {
		t.Errorf("%+v", open)
	}
	if f, err := s.Proofs.CommitmentFigures(s.Ctx(forester)); err != nil || f.Given != 2 || f.Taken != 1 || f.Checked != 0 {
		t.Errorf("%+v (%v)", f, err)
	}
	s.Clock.Advance(70 * 24 * time.Hour)
	for range 2 {
		if err := s.Proofs.LateCommitments(s.System()); err != nil {
			t.Fatal(err)
		}
	}
	s.As("head-440232-d18").Get("/office/messages").Must("有1份承诺没有按期核查")
	s.As("manager-440232000000").Get("/office/messages").Must("有1份承诺没有按期核查")
	s.As(forester).Get(proofs.CommitmentsURL).Must("已超期")
}

// At home one reads the words and ticks them; who is barred is told why and offered
// the other ways.
func TestThePromiseIsReadAndTicked(t *testing.T) {
	s := apptest.New(t)
	sub, id := promising(t, s)
	sub.Channel = cases.ChannelWeb
	sub.Materials = nil
	ctx := s.Ctx("citizen-1")
	d, err := s.Cases.SaveDraft(ctx, sub)
	if err != nil {
		t.Fatal(err)
	}
	at := "/apply/" + d.Number + "/materials/" + id
	page := s.As("citizen-1").Get(at).Status(200).Must("签署告知承诺", "我承诺：", "我看过了")
	page.Form("form.ap-form").Fill("way."+id, "promise").Send().Status(422).Must("请看完承诺书")
	page.Form("form.ap-form").Fill("way."+id, "promise").Fill("promise."+id, "1").Send().Status(200)
	if d, err = s.Cases.Draft(ctx, d.Number); err != nil || !slices.ContainsFunc(d.Submission.Materials, func(h cases.Handed) bool { return h.ID == id && h.Promise }) {
		t.Errorf("%+v (%v)", d.Submission.Materials, err)
	}
	desk, _ := promising(t, s)
	if _, err := s.Cases.Submit(s.Ctx("clerk-"+village), desk); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Proofs.Verify(s.Ctx(forester), given(t, s, forester, proofs.CommitmentsOpen)[0].ID,
		proofs.Verification{Finding: proofs.CommitmentUntrue, Report: "情况不实", Measures: "责令改正"}); err != nil {
		t.Fatal(err)
	}
	s.As("citizen-1").Get(at).Status(200).Must("此前作出的承诺经核查不实").MustNot("我看过了")
}

// Of what was granted on an untrue promise the revocation is proposed; the head
// decides it, who checked it does not, and nothing is revoked by itself.
func TestAnUntruePromiseProposesTheRevocation(t *testing.T) {
	apptest.Each(t, anUntruePromiseProposesTheRevocation)
}

func anUntruePromiseProposesTheRevocation(t *testing.T, s *apptest.Site) {
	sub, _ := promising(t, s)
	c, err := s.Cases.Submit(s.Ctx("clerk-"+village), sub)
	if err != nil {
		t.Fatal(err)
	}
	s.Proofs.Granted = func(context.Context, string) (bool, error) { return true, nil }
	one := given(t, s, forester, proofs.CommitmentsOpen)[0]
	checked, err := s.Proofs.Verify(s.Ctx(forester), one.ID, proofs.Verification{Finding: proofs.CommitmentUntrue, Report: "现场查看，没有林权。", Measures: "依法撤销决定。"})
	if err != nil || checked.Case != c.Number {
		t.Fatal(err)
	}
	at := proofs.CommitmentsURL + "/" + one.ID
	s.As(forester).Get(at).Status(200).Must("建议撤销决定", "待决定").MustNot("作出决定</button>")
	head := s.As("head-440232-d18")
	page := head.Get(at).Status(200).Must("建议撤销决定", "不会自动撤销")
	page.Form("#revocation").Fill("decision", proofs.RevocationRevoked).Fill("reason", "以不实承诺取得许可").Send().Status(422).Must("文号")
	page.Form("#revocation").Fill("decision", proofs.RevocationRevoked).Fill("reason", "以不实承诺取得许可").Fill("document", "乳林撤〔2026〕1号").Send().Status(200).Must("已撤销", "乳林撤〔2026〕1号")
	if err := s.Proofs.DecideRevocation(s.Ctx("head-440232-d18"), one.ID, proofs.Decision{State: proofs.RevocationKept, Reason: "再想一想。"}); errs.From(err).Code != proofs.ErrRevocationMove.Code {
		t.Errorf("decided twice: %v", err)
	}
	s.As("admin-audit").Get("/admin/audit?action=proof.revocation_decide").Must("已撤销")
}

// granted is a promising case that was accepted and granted, and its licence.
func granted(t *testing.T, s *apptest.Site) (cases.Case, licences.Order) {
	t.Helper()
	sub, _ := promising(t, s)
	sub.Channel = cases.ChannelWindow
	c, err := s.Cases.Submit(s.Ctx("clerk-"+village), sub)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cases.Accept(s.Ctx(forester), c.Number, cases.Act{}); err != nil {
		t.Fatal(err)
	}
	for range 9 {
		s.Drain()
		flow, err := s.Workflow.Instance(s.System(), c.Number)
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range flow.Tasks {
			if task.State == workflow.Open {
				approver := s.Ctx([]string{"approver-", "chief-", "head-"}[task.Seat] + task.Agency)
				err := s.Workflow.Approve(approver, task.ID, workflow.Act{Opinion: "同意"})
				if err != nil { // the last step, which decides
					err = s.Workflow.Approve(approver, task.ID, workflow.Act{Outcome: workflow.Granted, Opinion: "同意"})
				}
				if err != nil {
					t.Fatal(task.Name, err)
				}
			}
		}
		if o, err := s.Licences.OfCase(s.System(), c.Number); err == nil {
			if o.State != licences.OrderIssued {
				_, err = s.Licences.Complete(s.Ctx(forester), c.Number, licences.Completion{})
				t.Fatalf("%+v %v", o, err)
			}
			return c, o
		}
	}
	t.Fatal("no licence was issued")
	return c, licences.Order{}
}

// With a licence that the program itself issued: it is proposed, suspended until
// it is decided, and withdrawn or given back; whoever applied, and who looks into
// their licences, reads why.
func TestADecisionAboutARevocationReachesTheLicenceAndItsHolder(t *testing.T) {
	for _, end := range []struct{ decision, state, title string }{
		{proofs.RevocationRevoked, "已撤销", "准予的决定已撤销"}, {proofs.RevocationKept, "有效", "准予的决定不撤销"},
	} {
		t.Run(end.decision, func(t *testing.T) {
			apptest.Each(t, func(t *testing.T, s *apptest.Site) {
				c, o := granted(t, s)
				one := given(t, s, forester, proofs.CommitmentsOpen)[0]
				if _, err := s.Proofs.Verify(s.Ctx(forester), one.ID, proofs.Verification{Finding: proofs.CommitmentUntrue, Report: "现场查看，没有林权。", Measures: "依法撤销决定。"}); err != nil {
					t.Fatal(err)
				}
				at := proofs.CommitmentsURL + "/" + one.ID
				head, holder := s.As("head-440232-d18"), s.As("citizen-1")
				holder.Get("/my/messages").Status(200).Must("您的承诺经核查不实").MustNot("证照已暂扣")
				holder.Get(licences.OwnURL(o.Licence)).Status(200).Must("有效")

				head.Get(at).Must(o.Licence).Form("#revocation").Fill("decision", proofs.RevocationSuspended).Fill("reason", "查清以前先暂扣。").Send().Status(200).Must("证照已暂扣，待决定")
				holder.Get(licences.OwnURL(o.Licence)).Status(200).Must("暂扣", "查清以前先暂扣。")
				holder.Get("/my/messages").Must("证照已暂扣：林木采伐许可证核发").MustNot("您的证照已暂扣")
				onItsCase(s, c.Number, func(p *webtest.Page) {
					p.Must("这一件颁发的“林木采伐许可证”", "暂扣，发还以前不能使用", "查清以前先暂扣。")
				})
				if _, err := s.Licences.Check(s.System(), o.Licence); err != nil {
					t.Fatal(err)
				}

				head.Get(at).Form("#revocation").Fill("decision", end.decision).Fill("reason", "林权另有他人。").Fill("document", "乳林撤〔2026〕2号").Send().Status(200)
				holder.Get(licences.OwnURL(o.Licence)).Status(200).Must(end.state, "林权另有他人。", "乳林撤〔2026〕2号")
				holder.Get("/my/messages").Must(end.title + "：林木采伐许可证核发")
				onItsCase(s, c.Number, func(p *webtest.Page) {
					p.MustNot("发还以前不能使用")
					if end.decision == proofs.RevocationRevoked {
						p.Must("这一件准予的决定", "撤销（乳林撤〔2026〕2号）。理由：林权另有他人。")
					} else {
						p.MustNot("这一件准予的决定", "这一件颁发的")
					}
				})
				if found, err := s.Licences.Check(s.System(), o.Licence); err != nil || found.State.Name() != end.state {
					t.Errorf("%s: %+v %v", c.Number, found, err)
				}
			})
		})
	}
}

// onItsCase looks at the page of a case as its applicant, the counter and who
// decided it see it.
func onItsCase(s *apptest.Site, number string, look func(*webtest.Page)) {
	look(s.As("citizen-1").Get("/my/cases/" + number).Status(200))
	for _, staff := range []string{"clerk-" + village, forester} {
		look(s.As(staff).Get("/office/cases/" + number).Status(200))
	}
}

// What an agency does to a licence by itself is told to its holder.
func TestTheHolderIsToldOfAnActOnALicence(t *testing.T) {
	apptest.Each(t, theHolderIsToldOfAnActOnALicence)
}

func theHolderIsToldOfAnActOnALicence(t *testing.T, s *apptest.Site) {
	c, o := granted(t, s)
	onItsCase(s, c.Number, func(p *webtest.Page) { p.MustNot("这一件颁发的") })
	if err := s.Licences.Do(s.Ctx(forester), o.Licence, licences.Step{Act: licences.Suspend, Reason: "超出范围采伐。", Document: "乳林罚〔2026〕3号"}); err != nil {
		t.Fatal(err)
	}
	s.As("citizen-1").Get("/my/messages").Status(200).Must("您的证照已暂扣：林木采伐许可证", "超出范围采伐（乳林罚〔2026〕3号）")
	onItsCase(s, c.Number, func(p *webtest.Page) {
		p.Must("暂扣，发还以前不能使用（乳林罚〔2026〕3号）。原因：超出范围采伐。")
	})
	if err := s.Licences.Do(s.Ctx(forester), o.Licence, licences.Step{Act: licences.Revoke, Reason: "情节严重。", Document: "乳林罚〔2026〕4号"}); err != nil {
		t.Fatal(err)
	}
	onItsCase(s, c.Number, func(p *webtest.Page) { p.Must("已吊销（乳林罚〔2026〕4号）。原因：情节严重。") })
}

// The promises of a case that came to nothing end with it.
func TestPromisesEndWithTheirCase(t *testing.T) {
	s := apptest.New(t)
	sub, _ := promising(t, s)
	clerk := s.Ctx("clerk-" + village)
	c, err := s.Cases.Submit(clerk, sub)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cases.Withdraw(s.Ctx("citizen-1"), c.Number, cases.Act{Opinion: "不办了。"}); err != nil {
		t.Fatal(err)
	}
	s.Drain()
	if list := given(t, s, forester, proofs.CommitmentsOpen); len(list) != 0 {
		t.Errorf("still open: %+v", list)
	}
	done := given(t, s, forester, proofs.CommitmentsDone)
	if len(done) != 1 || done[0].State != proofs.CommitmentEnded || done[0].Report == "" {
		t.Errorf("%+v", done)
	}
	s.As(forester).Get(proofs.CommitmentsURL + "/" + done[0].ID).Status(200).Must("申请人撤回了申请")
}
