package office_test

import (
	"testing"

	"yimen/internal/cases"
	"yimen/internal/kit/webtest"
)

// A village clerk takes in, accepts, decides and hands out what may be done on
// the spot, on one page.
func TestDecidedOnTheSpot(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, onTheSpot, village, func(sub *cases.Submission) { sub.Deliver = cases.DeliverWindow })
	browser := s.As(clerk)

	page := browser.Get(url(c)).Status(200).Must("已收件", "受理", "告知补正", c.Number, "申请人", "材料收件凭证", "办理流程", "办理记录").
		MustNot("提交决定")
	s.As(manager).Get(url(c)).Status(200).Must(c.Number, "申请表").MustNot(c.Applicant.IDNo, c.Applicant.Phone, "可以办理")
	page = quick(page, actURL(c, cases.VerbAccept)).Send().Status(200).At(url(c)).Must("已受理", "审查中", "受理通知书", "环节：当场办结", "时限台账")
	browser.Get("/office").Status(200).Must(c.Number, "当场办结")

	approveForm(t, page).Fill("outcome", "granted").Fill("opinion", "材料齐全，当场登记。").Send().Status(200).Must("准予", "材料齐全，当场登记。")
	s.Drain()
	page = browser.Get(url(c)).Status(200).Must("待送达", "登记送达").MustNot("撤回我的操作")
	page = page.Click("登记送达").Status(200)
	wrong := page.Form(".ym-card").Fill("receiver", "").Fill("receiver_id_no", "12").Send().Status(422).Must("请填写领取人姓名", "后四位")
	if got := webtest.Attr(wrong.One("#f-receiver_id_no"), "value"); got != "12" {
		t.Errorf("the number typed is %q after a mistake", got)
	}
	wrong.Form(".ym-card").Fill("receiver", "盘大山").Fill("receiver_id_no", "123X").Send().Status(200).
		Must("已办结", "领取人 盘大山", "送达回证").MustNot("登记送达")
}

// A case goes from village to town to county: everybody who is asked reads it,
// each decides their step, and it can be sent back.
func TestThroughTheHands(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, upward, village, nil)
	quick(s.As(clerk).Get(url(c)), actURL(c, cases.VerbAccept)).Send().Status(200).MustNot("提交决定")

	in := s.As(villager)
	in.Get("/office").Must(c.Number, "待签收")
	page := in.Get(url(c)).Status(200).Must("申请表", "材料")
	page = page.Form(".of-buttons form").Press("签收").Send().Status(200).Must("已签收", "退签")
	approveForm(t, page).Fill("phrase", "材料齐全，情况属实，同意。").Send().Status(200).Must("材料齐全，情况属实，同意。", "撤回我的操作")

	town := s.As(townsman)
	page = town.Get(url(c)).Status(200).Click("退回").Status(200)
	page = page.Form(".ym-card").Send().Status(422).Must("请填写意见或理由")
	page.Form(".ym-card").Fill("to", "verify").Fill("opinion", "户籍信息请核实。").Send().Status(200).Must("退回至", "户籍信息请核实。")

	page = in.Get(url(c)).Status(200).Must("第2轮", "户籍信息请核实。")
	approveForm(t, page).Fill("opinion", "已核实。").Send().Status(200)
	in.Get("/office?box=done").Must(c.Number, "同意")
	page = in.Get(url(c)).Click("撤回我的操作").Status(200)
	page.Form(".ym-card").Fill("opinion", "漏写一句").Send().Status(200).Must("已撤回刚才的操作")
}

// What is wrong is told once and all at once, and brought to the window.
func TestCorrection(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, onTheSpot, village, nil)
	browser := s.As(clerk)
	page := browser.Get(actURL(c, cases.VerbRequestCorrection)).Status(200).Must("补正只能告知一次")
	page = page.Form(".ym-card").Press("告知补正").Send().Status(422).Must("请一次性列出全部需要补正的内容")

	whole, err := s.Cases.Find(s.Ctx(clerk), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	id := whole.Content.Checklist.Materials[0].ID
	form := page.Form(".ym-card").Fill("deficiencies.1.material", id).Fill("deficiencies.1.problem", "照片模糊")
	page = form.Press("告知补正").Send().Status(422).Must("请写明如何补正")
	if got := webtest.Attr(page.One("#f-deficiencies-0-problem"), "value"); got != "照片模糊" {
		t.Errorf("first row holds %q, want what was typed into the second", got)
	}
	page = page.Form(".ym-card").Press("再加几行").Send().Status(200)
	page.One("#f-deficiencies-4-cure")
	page.Form(".ym-card").Fill("deficiencies.0.cure", "重新拍照").Fill("deficiencies.2.problem", "少填联系电话").Fill("deficiencies.2.cure", "补填").
		Press("告知补正").Send().Status(200).Must("待补正", "补正材料一次性告知书", "照片模糊", "少填联系电话", "共2项", "收补正材料").MustNot("不予受理")

	page = browser.Get(url(c)).Click("收补正材料").Status(200).Must("照片模糊", "重新拍照")
	page = page.Form(".ym-card").Fill("way."+id, "file").Send().Status(422)
	page.Form(".ym-card").Fill("way."+id, "paper").Fill("opinion", "当场补齐").Send().Status(200).Must("已收件", "当场补齐", "已被替换")
	browser.Get(actURL(c, cases.VerbRequestCorrection)).Status(409).Must("补正只能一次性告知", "受理")
}

// Two counters, two approvers: the second act on an old page is refused, with
// what happened and with the words that were written.
func TestStalePage(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, onTheSpot, village, nil)
	one, two := s.As(clerk), s.As(clerk)
	late := two.Get(actURL(c, cases.VerbRefuseAcceptance)).Status(200).Form(".ym-card").
		Fill("grounds", cases.GroundsNotEligible).Fill("opinion", "户籍不在本市，写了很久的理由")
	quick(one.Get(url(c)), actURL(c, cases.VerbAccept)).Send().Status(200)

	late.Send().Status(409).Must("户籍不在本市，写了很久的理由", "受理", "现在可以").None(".ym-card[method=post]")

	// Still possible, but the case has changed: the words stay in the form.
	open := s.Submit(clerk, onTheSpot, village, nil)
	late = two.Get(actURL(open, cases.VerbRefuseAcceptance)).Form(".ym-card").Fill("grounds", cases.GroundsNotNeeded).Fill("opinion", "不需要办理")
	if _, err := s.Cases.RequestCorrection(s.Ctx(clerk), open.Number, cases.Act{Deficiencies: []cases.Deficiency{{Problem: "缺页", Cure: "补页"}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cases.Correct(s.Ctx(clerk), open.Number, cases.Act{Opinion: "已补页"}); err != nil {
		t.Fatal(err)
	}
	page := late.Send().Status(409).Must("已有变化", "告知补正", "补正", "请核对办件后再提交", "不需要办理")
	page.Form(".ym-card").Send().Status(200).Must("不予受理", "不予受理决定书")
}

// An opinion on a case that has changed since the page was opened is held back.
func TestStaleTask(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, promisedDay, "440232000000", nil)
	approver := s.As(approverOf(c))
	quick(approver.Get(url(c)), actURL(c, cases.VerbAccept)).Send().Status(200)
	late := approveForm(t, approver.Get(url(c))).Fill("opinion", "现场核实无误")
	if _, err := s.Cases.Extend(s.Ctx(approverOf(c)), c.Number, cases.Act{Days: 3, ApprovedBy: "局长", Opinion: "检测排队"}); err != nil {
		t.Fatal(err)
	}
	late.Send().Status(409).Must("已有变化", "延长审批期限", "现场核实无误").Form(".ym-card").Send().Status(200).Must("现场核实无误", "延长3")
}

// The clock stops, runs on and is extended, each with its paper.
func TestClockActs(t *testing.T) {
	s := newSite(t)
	c := s.Submit(clerk, promisedDay, "440232000000", nil)
	b := s.As(approverOf(c))
	quick(b.Get(url(c)), actURL(c, cases.VerbAccept)).Send().Status(200)

	page := b.Get(url(c)).Click("启动特别程序").Status(200).Must("检测", "书面告知").MustNot("听证")
	page = page.Form(".ym-card").Fill("procedure", "testing").Fill("days", "x").Fill("opinion", "送检").Send().Status(422).Must("请填写特别程序预计需要的工作日数")
	page.Form(".ym-card").Fill("days", "5").Send().Status(200).Must("特别程序中", "计时暂停", "特别程序告知书", "检测：送检", "恢复办理").MustNot("提交决定")
	b.Get(url(c)).Click("恢复办理").Form(".ym-card").Send().Status(200).Must("审查中", "恢复计时")

	page = b.Get(url(c)).Click("延长审批期限").Form(".ym-card").Fill("days", "11").Send().Status(422).Must("延长的天数应为1至10", "请填写批准人")
	page.Form(".ym-card").Fill("days", "5").Fill("approved_by", "李局长").Fill("opinion", "检测排队").Send().Status(200).Must("延长5", "李局长", "延长审批期限告知书")
	b.Get(actURL(c, cases.VerbExtend)).Form(".ym-card").Fill("days", "2").Fill("approved_by", "李局长").Fill("opinion", "再延").Send().Status(409).Must("只能延长一次")
}

// Behind a hall stands no agency of its own: what is decided where it was
// received is decided there by the competent one.
func TestReceivedAtAHall(t *testing.T) {
	s := newSite(t)
	hall := "clerk-440232000000"
	c := s.Submit(hall, "SG01009", village, nil)
	quick(s.As(hall).Get(url(c)), actURL(c, cases.VerbAccept)).Send().Status(200).MustNot("提交决定")
	approveForm(t, s.As(approverOf(c)).Get(url(c))).Fill("outcome", "granted").Send().Status(200).Must("准予")
}
