package identity_test

import (
	"context"
	"errors"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// admins are two system administrators, a security and an audit administrator.
func admins(t *testing.T, w world) (system, second, security, audit context.Context) {
	t.Helper()
	for name, role := range map[string]string{"sys": "system_admin", "sys-2": "system_admin", "sec": "security_admin", "aud": "audit_admin"} {
		w.staff(t, name, everywhere(role))
	}
	return w.as(t, "sys"), w.as(t, "sys-2"), w.as(t, "sec"), w.as(t, "aud")
}

// TestRolesNeedTwoAdministrators: one proposes, the other authorises; neither
// does it alone, and nobody for themselves.
func TestRolesNeedTwoAdministrators(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		system, _, security, audit := admins(t, w)
		id := w.staff(t, "clerk-a")
		at := identity.Reach{Agency: "440232-d11"}
		for name, err := range map[string]error{
			"given by the security administrator": w.GrantRole(security, id, "approver", at),
			"given by the system administrator":   w.GrantRole(system, id, "approver", at),
			"proposed by the security one":        second(w.ProposeGrant(security, id, "approver", at, "调入")),
			"proposed by the audit one":           second(w.ProposeGrant(audit, id, "approver", at, "调入")),
			"authorised by the audit one":         w.AuthoriseChange(audit, "x"),
			"refused by the system administrator": w.RefuseChange(system, "x", "不行"),
			"withdrawn by the security one":       w.WithdrawChange(security, "x"),
			"revoked at once by the system one":   w.RevokeGrant(system, id, "x"),
			"listed by the audit one":             func() error { _, _, err := w.RoleChanges(audit, "", true, db.Page{}); return err }(),
		} {
			if !errors.Is(err, identity.ErrMayNotManage) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.ProposeGrant(system, id, "approver", at, " "); !errors.Is(err, identity.ErrChangeInvalid) {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := w.ProposeGrant(system, "sys", "approver", at, "自己用"); !errors.Is(err, identity.ErrRoleNotForYou) {
			t.Errorf("for oneself: %v", err)
		}
		change, err := w.ProposeGrant(system, id, "approver", at, "调入审批岗位")
		if err != nil {
			t.Fatal(err)
		}
		if a, _ := w.Actor(system, id); a.Has("task.decide") {
			t.Error("a proposal alone gives the right")
		}
		if err := w.AuthoriseChange(system, change); !errors.Is(err, identity.ErrMayNotManage) {
			t.Errorf("authorised by who proposed: %v", err)
		}
		list, _, err := w.RoleChanges(security, "", true, db.Page{})
		if err != nil || len(list) != 1 || list[0].Reason != "调入审批岗位" || list[0].Login != "clerk-a" || list[0].AskedBy == "" {
			t.Fatalf("waiting: %+v, %v", list, err)
		}
		if err := w.AuthoriseChange(security, change); err != nil {
			t.Fatal(err)
		}
		if a, _ := w.Actor(system, id); !a.Can("task.decide", identity.Place{Agency: "440232-d11"}) {
			t.Error("the authorised role gives no right")
		}
		for _, again := range []error{w.AuthoriseChange(security, change), w.RefuseChange(security, change, "晚了"), w.WithdrawChange(system, change)} {
			if !errors.Is(again, identity.ErrChangeOver) {
				t.Errorf("decided twice: %v", again)
			}
		}

		held, _ := w.Held(system, id)
		take, err := w.ProposeRevoke(system, id, held[0].ID, "调离")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.AuthoriseChange(security, take); err != nil {
			t.Fatal(err)
		}
		if held, _ = w.Held(system, id); len(held) != 0 {
			t.Errorf("still holds %+v", held)
		}
	})
}

func second(_ string, err error) error { return err }

// TestAdministratorsStayApart: no account and no person holds two of the three,
// whoever gives them.
func TestAdministratorsStayApart(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		system, _, security, _ := admins(t, w)
		all := identity.Reach{Everywhere: true}
		if err := w.GrantRole(asSystem, "sec", "audit_admin", all); !errors.Is(err, identity.ErrThreeAdmins) {
			t.Errorf("two on one account, even by the program: %v", err)
		}
		w.staff(t, "nobody")
		if _, err := w.ProposeGrant(system, "nobody", "audit_admin", all, "新任"); !errors.Is(err, identity.ErrAdminUnknown) {
			t.Errorf("an account of nobody in particular: %v", err)
		}
		for name, same := range map[string]identity.NewAccount{
			"staff": {Staff: "s-17"}, "number": {IDType: "111", IDNo: "440232196411040017"},
		} {
			for i, suffix := range []string{"-1", "-2"} {
				same.Name, same.Kind, same.DisplayName, same.Password = name+suffix, identity.KindStaff, "赵秀兰", password
				if i == 0 {
					same.Roles = []identity.RoleAt{everywhere("audit_admin")}
				} else {
					same.Roles = nil
				}
				if _, err := w.CreateAccount(asSystem, same); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := w.ProposeGrant(system, name+"-2", "system_admin", all, "兼任"); !errors.Is(err, identity.ErrThreeAdmins) {
				t.Errorf("two accounts of one person by %s: %v", name, err)
			}
			if err := w.GrantRole(asSystem, name+"-2", "system_admin", all); !errors.Is(err, identity.ErrThreeAdmins) {
				t.Errorf("the same by the program: %v", err)
			}
			if change, err := w.ProposeGrant(system, name+"-2", "audit_admin", all, "备用账号"); err != nil || w.AuthoriseChange(security, change) != nil {
				t.Errorf("a second account with the same duty is refused: %v", err)
			}
		}
	})
}

// TestOneAdministratorOfEachKindStays: the last active one is neither stopped
// nor loses the role, whoever tries.
func TestOneAdministratorOfEachKindStays(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		system, other, security, _ := admins(t, w)
		for name, err := range map[string]error{
			"the only security administrator is stopped": w.Disable(system, "sec"),
			"the only audit administrator is stopped":    w.Disable(asSystem, "aud"),
			"the only audit role is taken":               w.Revoke(security, "aud", "audit_admin"),
		} {
			if !errors.Is(err, identity.ErrLastAdmin) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.Disable(other, "sys"); err != nil {
			t.Errorf("one of two system administrators: %v", err)
		}
		if err := w.Disable(asSystem, "sys-2"); !errors.Is(err, identity.ErrLastAdmin) {
			t.Errorf("then the other: %v", err)
		}
		held, _ := w.Held(asSystem, identity.FromContext(other).Account)
		if err := w.RevokeGrant(security, "sys-2", held[0].ID); !errors.Is(err, identity.ErrLastAdmin) {
			t.Errorf("or their role: %v", err)
		}
		if err := w.SetPassword(other, "sec", "Taken-Over-2026"); !errors.Is(err, identity.ErrAdminPassword) {
			t.Errorf("one administrator becomes another by a new password: %v", err)
		}
	})
}
