package identity_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/workday"
)

// TestAnAccountIsClosed: asked for, taken back, asked again; after its days
// nobody signs in, nothing of the person stands in the row, and the number is free.
func TestAnAccountIsClosed(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		id, err := w.CreateAccount(asSystem, citizen)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Prove(asSystem, identity.Proof{Account: id, Method: identity.BySMS}); err != nil {
			t.Fatal(err)
		}
		me := w.as(t, id)
		var forgot []string
		w.JoinClosing(identity.Closer{Forget: func(_ context.Context, p identity.Person) error {
			forgot = append(forgot, p.Phone)
			return nil
		}})
		first, err := w.AskClosing(me)
		if err != nil || first.Due() != workday.NewDate(2026, time.December, 4) {
			t.Fatalf("due %s, %v", first.Due(), err)
		}
		if _, err := w.AskClosing(me); !errors.Is(err, identity.ErrClosingAsked) {
			t.Errorf("asked twice: %v", err)
		}
		if err := w.WithdrawClosing(me); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(20 * 24 * time.Hour)
		sweep(t, w)
		if _, err := w.Actor(asSystem, id); err != nil {
			t.Fatalf("closed although it was taken back: %v", err)
		}
		if _, err := w.AskClosing(me); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(15 * 24 * time.Hour)
		sweep(t, w)
		if _, err := w.Login(asSystem, citizen.Name, password, ""); err != nil {
			t.Fatalf("closed a day early: %v", err)
		}
		w.clock.Advance(24 * time.Hour)
		sweep(t, w)
		var n int
		if err := d.Conn(me).Get(me, &n, `SELECT (SELECT COUNT(*) FROM identity_signin WHERE account = $1) + (SELECT COUNT(*) FROM identity_password WHERE account = $1)`, id); err != nil || n != 0 {
			t.Errorf("%d rows left: %v", n, err)
		}
		for _, name := range []string{citizen.Name, citizen.Phone, id} {
			if _, err := w.Login(asSystem, name, password, ""); !errors.Is(err, identity.ErrLogin) {
				t.Errorf("signs in by %q: %v", name, err)
			}
		}
		if _, err := w.Actor(asSystem, id); !errors.Is(err, identity.ErrAccountDisabled) {
			t.Errorf("still somebody: %v", err)
		}
		if err := w.Enable(asSystem, id); !errors.Is(err, identity.ErrAccountClosed) {
			t.Errorf("opened again: %v", err)
		}
		if list, _ := w.AccountsByPhone(asSystem, citizen.Phone); len(list) != 0 || len(forgot) != 1 || forgot[0] != citizen.Phone {
			t.Errorf("telephone opens %d, others forgot %v", len(list), forgot)
		}
		p, err := w.Person(asSystem, id)
		if err != nil || p.Name != "已注销用户" || p.IDNo+p.Phone+p.Address+p.Division != "" {
			t.Errorf("left over: %+v, %v", p, err)
		}
		again := citizen
		if fresh, err := w.CreateAccount(asSystem, again); err != nil || fresh == id {
			t.Errorf("the number is not free: %v", err)
		}
	})
}

func sweep(t *testing.T, w world) {
	t.Helper()
	if err := w.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// TestWhatIsInTheWayOfClosing: on asking, and once more when the day has come.
func TestWhatIsInTheWayOfClosing(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		id, err := w.CreateAccount(asSystem, citizen)
		if err != nil {
			t.Fatal(err)
		}
		me := w.as(t, id)
		var open []string
		w.JoinClosing(identity.Closer{InTheWay: func(context.Context, string, identity.Level) ([]string, error) { return open, nil }})
		open = []string{"您有1件事还在办。"}
		if _, err := w.AskClosing(me); !errors.Is(err, identity.ErrCloseInTheWay) || !strings.Contains(err.Error(), "1件事") {
			t.Errorf("with open cases: %v", err)
		}
		open = nil
		if _, err := w.AskClosing(me); err != nil {
			t.Fatal(err)
		}
		open = []string{"您有1件事还在办。"}
		w.clock.Advance(16 * 24 * time.Hour)
		sweep(t, w)
		if c, ok, err := w.ClosingOf(me); err != nil || !ok || c.State != "held" || c.Note != "您有1件事还在办" {
			t.Errorf("held: %+v, %v", c, err)
		}
		if _, err := w.Login(asSystem, citizen.Name, password, ""); err != nil {
			t.Errorf("closed all the same: %v", err)
		}
		// An enterprise that would have nobody left.
		firm, err := w.CreateAccount(asSystem, identity.NewAccount{Name: "firm", Kind: identity.KindEnterprise, DisplayName: "瑶山茶厂", IDType: "001", IDNo: "91440232MA4UL00X1A"})
		if err != nil {
			t.Fatal(err)
		}
		open = nil
		_, err = d.Conn(me).Exec(me, `INSERT INTO identity_mandate (id, kind, role, appointed_by, principal, agent, proposed_by, child_name, child_id_no, scope, items, case_number,
			from_on, to_on, purpose, state, created_at, confirmed_by, ended_by) VALUES ('m1', 'enterprise', 'legal', '', $1, $2, $1, '', '', 'all', '', '', '2026-01-01', '2028-12-31', '', 'active', $3, '', '')`,
			firm, id, w.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.AskClosing(me); !errors.Is(err, identity.ErrCloseInTheWay) || !strings.Contains(err.Error(), "瑶山茶厂") {
			t.Errorf("leads alone: %v", err)
		}
		if list, err := w.InTheWay(me, firm); err != nil || len(list) != 1 {
			t.Errorf("an enterprise closes itself: %v, %v", list, err)
		}
	})
}
