package identity_test

import (
	"context"
	"errors"
	"net/url"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// residents is a person register of a few.
type residents map[string]string

func (r residents) Match(_ context.Context, name, no string) (bool, error) {
	if no == "down" {
		return false, errors.New("down")
	}
	return r[no] == name, nil
}

const rightNo = "440232196503070029"

// correcting is a villager with a wrong number, and clerks of two counties.
func correcting(t *testing.T, d *db.DB) (w world, villager string) {
	t.Helper()
	w = newWorld(d)
	w.Residents = residents{rightNo: "盘小妹"}
	id, err := w.CreateAccount(asSystem, citizen)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Prove(asSystem, identity.Proof{Account: id, Method: identity.ByFace}); err != nil {
		t.Fatal(err)
	}
	w.staff(t, "clerk-here", identity.RoleAt{Role: "window_clerk", At: identity.Reach{Division: "440232000000"}})
	w.staff(t, "clerk-there", identity.RoleAt{Role: "window_clerk", At: identity.Reach{Division: "440224000000"}})
	w.staff(t, "approver-a", everywhere("approver"))
	return w, id
}

// TestANumberIsPutRight: asked with a reason, decided by a clerk of where they
// live with the register beside; what was proven of the wrong number falls.
func TestANumberIsPutRight(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, id := correcting(t, d)
		me, clerk := w.as(t, id), w.as(t, "clerk-here")
		for field, c := range map[string]identity.Correction{
			"name": {Name: citizen.DisplayName, IDNo: citizen.IDNo, Reason: "没有变化也提一下"}, "id_no": {IDNo: "440232196503070020", Reason: "写错了一位"},
			"reason": {IDNo: rightNo, Reason: "错"},
		} {
			if err := w.AskCorrection(me, c, nil); !hasField(err, field) {
				t.Errorf("a wrong %s: %v", field, err)
			}
		}
		if err := w.AskCorrection(clerk, identity.Correction{IDNo: rightNo, Reason: "写错了一位"}, nil); !errors.Is(err, identity.ErrNoRight) {
			t.Errorf("staff asks: %v", err)
		}
		if err := w.AskCorrection(me, identity.Correction{IDNo: rightNo, Reason: "写错了一位"}, nil); err != nil {
			t.Fatal(err)
		}
		if err := w.AskCorrection(me, identity.Correction{Name: "盘小梅", Reason: "还要改姓名"}, nil); !errors.Is(err, identity.ErrCorrectionOne) {
			t.Errorf("two at a time: %v", err)
		}
		list, err := w.CorrectionsToDecide(clerk)
		if err != nil || len(list) != 1 || list[0].IDNo != rightNo || list[0].BeforeIDNo != citizen.IDNo {
			t.Fatalf("to decide: %+v, %v", list, err)
		}
		if there, err := w.CorrectionsToDecide(w.as(t, "clerk-there")); err != nil || len(there) != 0 {
			t.Errorf("another county sees %d: %v", len(there), err)
		}
		if _, err := w.CorrectionsToDecide(w.as(t, "approver-a")); !errors.Is(err, identity.ErrNoRight) {
			t.Errorf("without the right: %v", err)
		}
		for name, ctx := range map[string]context.Context{"themselves": me, "another county": w.as(t, "clerk-there"), "no right": w.as(t, "approver-a")} {
			if err := w.DecideCorrection(ctx, list[0].ID, true, ""); !errors.Is(err, identity.ErrCorrectionUnknown) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if said := w.AskRegister(clerk, list[0]); said != identity.RegisterSame {
			t.Errorf("the register says %s", said)
		}
		if err := w.DecideCorrection(clerk, list[0].ID, true, ""); err != nil {
			t.Fatal(err)
		}
		if err := w.DecideCorrection(clerk, list[0].ID, false, "晚了一步"); !errors.Is(err, identity.ErrCorrectionOver) {
			t.Errorf("decided twice: %v", err)
		}
		if p, err := w.Person(asSystem, id); err != nil || p.IDNo != rightNo || p.Name != citizen.DisplayName {
			t.Errorf("now %+v, %v", p, err)
		}
		if found, _ := w.AccountOf(asSystem, "111", rightNo); found != id {
			t.Error("not found by the new number")
		}
		if found, _ := w.AccountOf(asSystem, "111", citizen.IDNo); found != "" {
			t.Error("still found by the old number")
		}
		if l, err := w.LevelOf(asSystem, id); err != nil || l != identity.LevelRegister {
			t.Errorf("level %d, %v: the face was of the number before, the register confirms the new one", l, err)
		}
		if mine, err := w.Corrections(me); err != nil || len(mine) != 1 || mine[0].State != identity.CorrectionDone || mine[0].Register != identity.RegisterSame {
			t.Errorf("history %+v, %v", mine, err)
		}
	})
}

// TestTheRegisterDisagrees: a yes then needs words, and so does every no; a
// number that is another account's is not given twice.
func TestTheRegisterDisagrees(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, id := correcting(t, d)
		me, clerk := w.as(t, id), w.as(t, "clerk-here")
		ask := func(c identity.Correction) identity.Correction {
			t.Helper()
			c.Reason = "登记时写错了"
			if err := w.AskCorrection(me, c, nil); err != nil {
				t.Fatal(err)
			}
			list, err := w.CorrectionsToDecide(clerk)
			if err != nil || len(list) != 1 {
				t.Fatalf("%d to decide: %v", len(list), err)
			}
			return list[0]
		}
		c := ask(identity.Correction{Name: "盘小梅"})
		for _, yes := range []bool{true, false} {
			if err := w.DecideCorrection(clerk, c.ID, yes, "不"); !hasField(err, "note") {
				t.Errorf("%v without words: %v", yes, err)
			}
		}
		if err := w.DecideCorrection(clerk, c.ID, false, "照片看不清，请重拍"); err != nil {
			t.Fatal(err)
		}
		if l, _ := w.LevelOf(asSystem, id); l != identity.LevelPresence {
			t.Errorf("a refusal took the level: %d", l)
		}
		other := citizen
		other.Name, other.IDNo, other.Phone = "citizen-10", "440232199001011233", ""
		if _, err := w.CreateAccount(asSystem, other); err != nil {
			t.Fatal(err)
		}
		c = ask(identity.Correction{IDNo: other.IDNo})
		if err := w.DecideCorrection(clerk, c.ID, true, "凭户口簿原件"); !errors.Is(err, identity.ErrIdentityTaken) {
			t.Errorf("somebody else's number: %v", err)
		}
		if err := w.WithdrawCorrection(me); err != nil {
			t.Fatal(err)
		}
		c = ask(identity.Correction{Name: "盘小梅"})
		if err := w.DecideCorrection(clerk, c.ID, true, "凭户口簿原件"); err != nil {
			t.Fatal(err)
		}
		if p, _ := w.Person(asSystem, id); p.Name != "盘小梅" {
			t.Errorf("now %s", p.Name)
		}
		if l, _ := w.LevelOf(asSystem, id); l > identity.LevelPhone {
			t.Errorf("level %d of a name that nothing proves", l)
		}
	})
}

// TestCorrectionPages: the person masked, the clerk whole and recorded; and each
// form with what is wrong beside it.
func TestCorrectionPages(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, _ := correcting(t, d)
		c := w.site(t)
		signIn(c, citizen.Name, password, "/").Status(303)
		c.PostForm("/my/data/correct", url.Values{"id_no": {"1"}, "reason": {"写错了一位"}}).Status(422).Must("逐位核对")
		c.PostForm("/my/data/correct", url.Values{"id_no": {rightNo}, "reason": {"写错了一位"}}).Status(200).At("/my/data/correct").Must("已提交")
		c.Get("/my/data/correct").Status(200).Must("等待核对", "撤回更正申请", "写错了一位").MustNot(rightNo, citizen.IDNo)
		c.Get("/office/corrections").Status(403)
		desk := w.site(t)
		signIn(desk, "clerk-here", password, "/").Status(303)
		list := desk.Get("/office/corrections").Status(200).MustNot(rightNo, citizen.DisplayName)
		page := list.Click("核对").Status(200).Must(rightNo, citizen.IDNo, "核对一致")
		page.Form("#decide").Press("不更正").Send().Status(422).Must("请写明理由")
		page.Form("#decide").Press("更正").Send()
		c.Get("/my/data/correct").Status(200).Must("已更正")
		var looks int
		if err := d.Conn(t.Context()).Get(t.Context(), &looks, `SELECT COUNT(*) FROM audit_row WHERE action = 'person.see_in_full'`); err != nil || looks == 0 {
			t.Errorf("%d looks recorded: %v", looks, err)
		}
	})
}
