package proofs_test

import (
	"slices"
	"testing"
	"time"

	"yimen/internal/app/apptest"
	"yimen/internal/kit/db"
	"yimen/internal/proofs"
	"yimen/workday"
)

// poverty is a proof that can be asked for online; welfare issues it in Ruyuan.
const (
	poverty = "61"
	welfare = "approver-440232-d08"
)

// Whoever needs a proof asks at home; the village is asked, the department
// issues, and the next time the same one is given back.
func TestAProofIsAskedForCheckedAndIssued(t *testing.T) {
	s := apptest.New(t)
	s.Drain() // the seals are made
	villager, clerk, boss := s.As("citizen-1"), s.As("clerk-"+village), s.As(welfare)
	villager.Get("/proofs/" + poverty).Must("网上申请")
	villager.Get("/proofs/70").Must("殡仪馆").MustNot("网上申请", "还不能在网上申请")
	s.Anybody().NoRedirect().Get(proofs.RequestsURL).Status(303)
	villager.Get("/my").Status(200).Click("证明").Status(200).Must("还没有申请过")
	villager.Get("/my/proofs/new").Must("宅基地使用权情况证明", "殡仪馆")
	villager.Get(proofs.AskURL(poverty)).Form("#ask").Fill("purpose", "助").Send().Status(422).Must("请写用途", "请写给谁看")
	page := villager.Get(proofs.AskURL(poverty)).Form("#ask").Fill("purpose", "申请助学金").Fill("recipient", "乳源高级中学").Send().Status(200).Must("待开具", "乳源瑶族自治县民政局", "ZM2026000001")
	mine := page.URL.Path
	villager.Get(proofs.AskURL(poverty)).Form("#ask").Fill("purpose", "再申请一份").Fill("recipient", "某单位").Send().Status(422).Must("正在办理")

	s.Drain()
	at := boss.Get(proofs.DeskURL).Status(200).Must("贫困证明", "申请助学金").Click("ZM2026000001").Status(200).Must("姓名和证件号码与人口信息一致").URL.Path
	s.As("citizen-2").Get(mine).Status(404)
	clerk.Get(at).Status(404) // not asked yet
	s.As("approver-440232-d07").Get(at).Status(404)
	s.As("clerk-440224000000").Get(at).Status(404)
	s.As("manager-440232000000").Get(proofs.DeskURL).Status(403)
	boss.Get(at).Form("#act-check").Fill("text", " ").Send().Status(422).Must("请写明内容")
	boss.Get(at).Form("#act-check").Fill("text", "家里几口人，是不是困难").Send().Status(200).Must("请村里核实中")
	clerk.Get(proofs.DeskURL).Must("贫困证明").Click("ZM2026000001").Status(200).MustNot("开具并盖章").
		Form("#act-answer").Fill("text", "四口人，主要劳动力患病，属实。").Send().Status(200).Must("已核实")
	boss.Get(at).Must("四口人").Form("#act-issue").Fill("fields.JTRKS", "").Send().Status(422).Must("家庭人口数")
	boss.Get(at).Form("#act-issue").Fill("fields.JTRKS", "4").Fill("fields.RDYY", "因病").Fill("until", "2020-01-01").Send().Status(422).Must("有效期应在今天以后")
	boss.Get(at).Form("#act-issue").Fill("fields.JTRKS", "4").Fill("fields.RDYY", "因病").Send().Status(200).Must("已开具").MustNot("act-refuse")

	s.Drain()
	villager.Get("/my/messages").Must("“贫困证明”已经开好")
	villager.Get(mine).Must("证明已经开好").Click("看证明、下载").Status(200).Must("贫困证明", "因病", "申请助学金")
	villager.Get(proofs.AskURL(poverty)).Status(200).Must("您已有一份有效的").MustNot(`id="ask"`)
	s.As("admin-audit").Get("/admin/audit?action=proof.request_issue").Must("ZM2026000001")
}

// What is held is given back, not made twice, also to whoever posts the form by
// hand; when it has lapsed one may ask again.
func TestWhatIsValidIsNotIssuedTwice(t *testing.T) {
	s := apptest.New(t)
	s.Drain()
	villager, boss := s.Ctx("citizen-1"), s.Ctx(welfare)
	wish := proofs.Wish{Proof: poverty, Purpose: "申请助学金", Recipient: "乳源高级中学"}
	ask := func() proofs.Request {
		t.Helper()
		q, have, err := s.Proofs.Ask(villager, wish)
		if err != nil || have.Identifier != "" {
			t.Fatal(have, err)
		}
		return q
	}
	first := ask()
	if _, err := s.Proofs.Grant(villager, first.ID, proofs.Grant{Verb: proofs.GrantIssue, Until: workday.NewDate(2030, 1, 1)}); err == nil {
		t.Error("issued to oneself")
	}
	until := workday.DateOf(s.Clock.Now(), time.UTC).Add(60)
	fields := map[string]string{"JTRKS": "4", "RDYY": "因病", "YT": "申请助学金"}
	issued, err := s.Proofs.Grant(boss, first.ID, proofs.Grant{Verb: proofs.GrantIssue, Until: until, Fields: fields})
	if err != nil || issued.Identifier == "" {
		t.Fatal(issued, err)
	}
	if _, err := s.Proofs.Grant(boss, first.ID, proofs.Grant{Verb: proofs.GrantRefuse, Text: "不符合条件"}); err == nil {
		t.Error("decided twice")
	}
	if _, have, err := s.Proofs.Ask(villager, wish); err != nil || have.Identifier != issued.Identifier || have.Until != until {
		t.Errorf("%+v (%v)", have, err)
	}
	s.Clock.Advance(61 * 24 * time.Hour)
	second := ask()
	if _, err := s.Proofs.Grant(boss, second.ID, proofs.Grant{Verb: proofs.GrantRefuse, Text: "家庭收入高于标准"}); err != nil {
		t.Error(err)
	}
	third := ask()
	if _, err := s.Proofs.Grant(villager, third.ID, proofs.Grant{Verb: proofs.GrantTakeBack}); err != nil {
		t.Error(err)
	}
	list, _, err := s.Proofs.Requests(boss, false, true, db.Page{Limit: 10})
	if err != nil || slices.ContainsFunc(list, func(q proofs.Request) bool { return q.Account == first.Account }) {
		t.Errorf("%+v (%v)", list, err)
	}
}
