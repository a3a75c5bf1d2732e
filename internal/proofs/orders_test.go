package proofs_test

import (
	"context"
	"testing"
	"time"

	"yimen/internal/app/apptest"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/proofs"
)

func citizen(account string) context.Context {
	return identity.With(context.Background(), identity.Actor{Account: account, Name: account, Kind: identity.KindPerson, Person: account, Via: identity.ViaSession})
}

// An order goes from the report to the answer, for those alone who supervise there.
func TestSupervisionOrder(t *testing.T) {
	each(t, func(w *world) {
		zhao, boss, far := citizen("zhao"), as("boss", county, proofs.VerbSupervise), as("far", "440224000000", proofs.VerbSupervise)
		_, err := w.Report(zhao, proofs.Ask{Proof: "居", Phone: "123", Outlet: ""})
		w.refused(err, "invalid_input")
		_, err = w.Report(zhao, proofs.Ask{Proof: "居住证明", Outlet: "nowhere"})
		w.refused(err, "invalid_input")
		o, err := w.Report(zhao, proofs.Ask{Proof: "居住证明", Outlet: county, Phone: "13800001111"})
		w.must(err)
		if o.Number != "JD2026000001" || o.State != proofs.Reported || o.DueOn.String() != "2026-11-25" || o.Account != "zhao" || o.Agency != county {
			t.Errorf("%+v", o)
		}
		var stored string
		w.must(w.d.Conn(zhao).Get(zhao, &stored, `SELECT phone FROM proofs_order WHERE id = $1`, o.ID))
		if stored == "13800001111" {
			t.Error("the telephone can be read")
		}
		hidden, err := w.Report(zhao, proofs.Ask{Proof: "同一人证明", Place: "某地", Anonymous: true, Division: county})
		w.must(err)
		if hidden.Account != "" || hidden.Division != county {
			t.Errorf("%+v", hidden)
		}
		if mine, err := w.MyOrders(zhao); err != nil || len(mine) != 1 {
			t.Errorf("%v (%v)", mine, err)
		}
		if seen, err := w.OrderByCode(zhao, " "+hidden.Code); err != nil || seen.Number != hidden.Number {
			t.Errorf("%+v (%v)", seen, err)
		}
		for ctx, want := range map[context.Context]int{boss: 2, far: 0, zhao: 0} {
			if list, _, err := w.Orders(ctx, true, db.Page{}); err != nil || len(list) != want {
				t.Errorf("%d orders, want %d (%v)", len(list), want, err)
			}
		}
		_, err = w.Do(far, o.ID, proofs.Act{Verb: proofs.ActAccept})
		w.refused(err, "supervision_unknown")
		_, err = w.Do(boss, o.ID, proofs.Act{Verb: proofs.ActClose, Text: "查清了", Finding: proofs.Confirmed})
		w.refused(err, "supervision_move_not_allowed")
		o, err = w.Do(boss, o.ID, proofs.Act{Verb: proofs.ActAccept})
		w.must(err)
		_, err = w.Do(boss, o.ID, proofs.Act{Verb: proofs.ActClose, Text: " "})
		w.refused(err, "invalid_input")
		_, err = w.Do(boss, o.ID, proofs.Act{Verb: proofs.ActAsk, Text: "为什么要？"})
		w.must(err)
		organ := as("head", county, proofs.VerbReply)
		_, err = w.Do(organ, o.ID, proofs.Act{Verb: proofs.ActClose, Text: "没有的事", Finding: proofs.Unfounded})
		w.refused(err, "supervision_right_missing")
		_, err = w.Do(organ, o.ID, proofs.Act{Verb: proofs.ActReply, Text: "新来的同事弄错了。"})
		w.must(err)
		w.clock.Advance(time.Hour)
		o, err = w.Do(boss, o.ID, proofs.Act{Verb: proofs.ActClose, Text: "属实，已改正。", Finding: proofs.Confirmed})
		w.must(err)
		if o.Open != 0 || o.FindingName() != "属实" {
			t.Errorf("%+v", o)
		}
		if steps, err := w.Steps(boss, o); err != nil || len(steps) != 4 {
			t.Errorf("%+v (%v)", steps, err)
		}
		if list, err := w.Tallies(boss); err != nil || len(list) != 1 || list[0].Reported != 1 || list[0].Confirmed != 1 || list[0].Unfounded != 0 {
			t.Errorf("%+v (%v)", list, err)
		}
		if list, err := w.Tallies(far); err != nil || len(list) != 0 {
			t.Errorf("%+v (%v)", list, err)
		}
	})
}

// A villager reports on the spot; the manager sees to it, and the villager hears.
func TestPagesOfSupervision(t *testing.T) {
	s := apptest.New(t)
	villager, boss := s.As("citizen-1"), s.As("manager-440232000000")
	villager.Get("/items/SG01010").Must("被要求提供清单外证明")
	form := villager.Get("/proofs/report?item=SG01010&outlet=440232112209").Status(200).Must("失业登记", "大寮坑").Form("#off-list")
	form.Fill("proof", "居").Send().Status(422).Must("2到60个字", "大寮坑")
	form = villager.Get("/proofs/report?item=SG01010&outlet=440232112209").Form("#off-list")
	form.Fill("proof", "居住证明").Attach("photo", "a.jpg", []byte("no picture")).Send().Status(422).Must("a.jpg")
	form = villager.Get("/proofs/report?item=SG01010&outlet=440232112209").Form("#off-list")
	form.Fill("proof", "居住证明").Send().Status(200).Must("收到了", "待受理")
	villager.Get(proofs.MineURL).Must("JD2026000001", "居住证明")
	s.Anybody().Get("/proofs/report").Form("#off-list").Fill("proof", "未婚单身证明").Fill("place", "某镇").Send().Status(200).Must("JD2026000002")
	s.Anybody().Get("/proofs/reports/NOTTHERE").Status(404)

	s.As("clerk-440232112209").Get(proofs.SupervisionURL).Status(403)
	s.As("manager-440224000000").Get(proofs.SupervisionURL).Status(200).MustNot("JD2026000001")
	at := boss.Get(proofs.SupervisionURL).Status(200).Must("居住证明").Click("JD2026000001").Status(200).Must("大寮坑").URL.Path
	s.As("manager-440224000000").Get(at).Status(404)
	boss.Get(at).Form("#act-accept").Send().Status(200).Must("已受理")
	boss.Get(at).Form("#act-close").Send().Status(422).Must("请选择核查结论", "请写明内容")
	boss.Get(at).Form("#act-close").Fill("finding", "confirmed").Fill("text", "属实，已要求改正，您不用交。").Send().Status(200).Must("已办结", "属实")
	boss.Get(proofs.SupervisionURL+"?state=closed").Must("JD2026000001", "各单位被反映的次数")
	villager.Get(proofs.MineURL).Click("JD2026000001").Must("属实，已要求改正")
	villager.Get("/my/messages").Must("您反映的清单外证明已查清")
	s.As("admin-audit").Get("/admin/audit?action=proof.order_close").Must("JD2026000001")
}
