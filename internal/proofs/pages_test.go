package proofs_test

import (
	"slices"
	"strconv"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/proofs"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// Everybody reads the list; its keepers change it by two hands, and the keepers
// of items hear of it.
func TestPagesOfTheList(t *testing.T) {
	s := apptest.New(t)
	anybody := s.Anybody()
	anybody.Get("/proofs").Status(200).Must("76", "34", "25", "17", "无犯罪记录证明", "居民养犬证明")
	anybody.Get("/proofs?q=养犬").Status(200).Must("居民养犬证明").MustNot("火化证明")
	anybody.Get("/proofs?state=kept").Status(200).Must("火化证明").MustNot("居民养犬证明")
	anybody.Get("/proofs?q=zzzz").Status(200).Must("清单里没有这一项")
	anybody.Get("/proofs/60").Status(200).Must("网上也能申请", "派出所", "第1版")
	anybody.Get("/proofs/4").Status(200).Must("不用再提供", "告知承诺")
	anybody.Get("/proofs/999").Status(404)
	for _, path := range []string{"/admin/proofs", "/admin/proofs/new", "/admin/proofs/66"} {
		s.Anybody().NoRedirect().Get(path).Status(303)
		s.As("clerk-440232112209").Get(path).Status(403)
	}
	editor, reviewer := s.As("editor-440200"), s.As("reviewer-440200")
	editor.Get("/admin/proofs").Status(200).Must("待审核", "学籍证明：替代", "在用事项里不在保留之列的证明（0处）")
	editor.Get("/admin/proofs/new").Form("#proof").Fill("number", "60").Fill("name", "又一项").Fill("purpose", "又一项").Fill("issuer", "谁").Fill("how", "怎么").Fill("reason", "法律新设").
		Send().Status(422).Must("这个编号已经有了", "又一项")
	editor.Get("/admin/proofs/66").Must("孤儿及事实无人抚养儿童认定").Form("#proof").Fill("state", "replaced").Fill("reason", "短").Send().Status(422).Must("至少选一种替代方式", "4到500个字")
	page := editor.Get("/admin/proofs/66").Form("#proof").Fill("state", "replaced").Fill("ways", "organ").Fill("reason", "公安机关的接报记录可以查到").Send().Status(200).Must("由其他审核人员发布", "替代")
	at := page.URL.Path
	reviewer.Get(at).Must("部门核查", "孤儿及事实无人抚养儿童认定").Form("#decide").Press("退回").Send().Status(422).Must("请写明退回的理由")
	reviewer.Get(at).Form("#decide").Press("发布").Send().Status(200).Must("已发布")
	anybody.Get("/proofs/66").Must("不用再提供", "第2版", "接报记录")
	s.Drain()
	editor.Get("/office/messages").Must("捡拾弃婴证明不再保留")
	s.As("admin-audit").Get("/admin/audit?action=proof.publish").Must("66")
}

// An item that asks for what is not kept cannot be published again, and nobody
// is asked for it from the same moment.
func TestItemsMayAskOnlyForWhatIsKept(t *testing.T) {
	s := apptest.New(t)
	ctx := s.Ctx("editor-440200")
	v, err := s.Catalogue.Current(ctx, "SG02011")
	if err != nil {
		t.Fatal(err)
	}
	d, err := v.Definition.Clone()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(d.Materials, func(m catalogue.Material) bool { return m.ID == "foundling_proof" })
	broken := func(want int) {
		t.Helper()
		found, err := s.Catalogue.Check(ctx, &d)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, f := range found {
			if f.Rule == catalogue.RuleProofs {
				n++
			}
		}
		if n != want {
			t.Errorf("%d findings, want %d: %+v", n, want, found)
		}
	}
	d.Materials[i].DataShare = false
	broken(0)
	d.Materials[i].Proof = "999"
	broken(1)
	d.Materials[i].Proof = "1" // cancelled; the law lets one promise instead
	broken(1)
	d.Materials[i].Promise = true
	broken(0)
	d.Materials[i].Proof, d.Materials[i].Name = "", "亲属关系情况证明"
	broken(1)
	d.Materials[i].Class = catalogue.ClassDocument
	broken(0)
	d.Materials[i].Name = "居住证明" // the name of what was cancelled helps itself to no other class
	broken(1)
	d.Materials[i] = v.Definition.Materials[i]

	// The whole way: a draft with it is refused at submission.
	d.Materials[i].Proof, d.Materials[i].DataShare = "4", false
	saved, err := s.Catalogue.SaveDraft(ctx, d, sheet(t, s, "SG02011"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Catalogue.Submit(ctx, catalogue.Act{Item: "SG02011", Seen: saved.Edit})
	if errs.From(err).Code != "item_not_publishable" || len(errs.From(err).Fields) != 1 || errs.From(err).Fields[0].Name != "materials."+strconv.Itoa(i)+".proof" {
		t.Errorf("%v", err)
	}

	need := func() catalogue.Material {
		t.Helper()
		list, err := s.Catalogue.Checklist(ctx, "SG02011", "", 0, answersWith(v.Definition, "foundling_proof"))
		if err != nil {
			t.Fatal(err)
		}
		j := slices.IndexFunc(list.Materials, func(m catalogue.Material) bool { return m.ID == "foundling_proof" })
		if j < 0 {
			t.Fatal("not asked for at all")
		}
		return list.Materials[j]
	}
	if m := need(); m.Waived != "" || !m.Required() {
		t.Errorf("%+v", m)
	}
	for _, x := range []struct {
		ways    []string
		waived  string
		promise bool
	}{{[]string{proofs.WayData}, "由部门核查，无需提供。", false}, {[]string{proofs.WayPromise}, "这份证明已改为告知承诺：签承诺书即可，无需提供。", true}} {
		e, err := s.Proofs.Entry(ctx, "66")
		if err != nil {
			t.Fatal(err)
		}
		e.State, e.Ways = proofs.Replaced, x.ways
		c, err := s.Proofs.Propose(ctx, e, e.Version, "可以不用提供了")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Proofs.Publish(s.Ctx("reviewer-440200"), c.ID); err != nil {
			t.Fatal(err)
		}
		if m := need(); m.Waived != x.waived || m.Promise != x.promise || m.Required() == !x.promise {
			t.Errorf("%v: %+v", x.ways, m)
		}
	}
}

func sheet(t *testing.T, s *apptest.Site, item string) int64 {
	t.Helper()
	sheet, err := s.Catalogue.Sheet(s.Ctx("editor-440200"), item)
	if err != nil {
		t.Fatal(err)
	}
	return sheet.Edit
}

// answersWith are answers of an item on whose way a material is asked for.
func answersWith(d catalogue.Definition, material string) catalogue.Answers {
	given := catalogue.Answers{}
	for _, q := range d.Situations {
		for _, o := range q.Options {
			if slices.Contains(o.Materials, material) {
				given[q.ID] = []string{o.ID}
			}
		}
	}
	return given
}
