package identity_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

func TestRulesMayBeStricterNeverLaxer(t *testing.T) {
	if err := identity.DefaultRules().Check(); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
	for flag, change := range map[string]func(*identity.Rules){
		"password-length":       func(r *identity.Rules) { r.PasswordLength = 7 },
		"password-length-admin": func(r *identity.Rules) { r.AdminPasswordLength = 11 },
		"password-history":      func(r *identity.Rules) { r.PasswordHistory = 4 },
		"password-days":         func(r *identity.Rules) { r.PasswordDays = 91 },
		"password-warn-days":    func(r *identity.Rules) { r.PasswordWarnDays = 0 },
		"login-failures":        func(r *identity.Rules) { r.MaxFailures = 6 },
		"login-lock":            func(r *identity.Rules) { r.LockFor = 9 * time.Minute },
		"staff-idle":            func(r *identity.Rules) { r.StaffIdle = 31 * time.Minute },
		"admin-idle":            func(r *identity.Rules) { r.AdminIdle = 11 * time.Minute },
	} {
		r := identity.DefaultRules()
		change(&r)
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), "设置 "+flag+"（") {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

// TestFirstPasswordIsChangedFirst: what an administrator set opens the page
// where it is changed, and nothing else.
func TestFirstPasswordIsChangedFirst(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		id := w.staff(t, "clerk-a")
		w.staff(t, "system-a", everywhere("system_admin"))
		if err := w.SetPassword(w.as(t, "system-a"), id, "Reset-By-Admin-1"); err != nil {
			t.Fatal(err)
		}
		c := w.site(t)
		signIn(c, "clerk-a", "Reset-By-Admin-1", "/staff").Status(303)
		c.NoRedirect().Get("/staff").Status(303).Location("/account/password")
		c.NoRedirect().PostForm("/staff", nil).Status(303).Location("/account/password")
		if code := c.Get("/api/v1/closed").Status(403).Problem().Code; code != "password_must_change" {
			t.Errorf("the API says %s", code)
		}
		c.Get("/account/password").Status(200).Must("初始密码").Form("#password").
			Fill("old", "Reset-By-Admin-1").Fill("new", "Mine-Alone-22").Fill("again", "Mine-Alone-22").Send().Status(200)
		c.Get("/staff").Status(200)
	})
}

func TestPasswordsGetOldAndDoNotComeBack(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		id := w.staff(t, "clerk-a")
		change := func(fresh string) error { return w.SetPassword(w.as(t, id), id, fresh) }
		for _, fresh := range []string{"Second-2026", "Third-20267", "Fourth-2026", "Fifth-20267"} {
			if err := change(password); !errors.Is(err, identity.ErrPasswordWeak) {
				t.Errorf("the first password comes back before %s: %v", fresh, err)
			}
			if err := change(fresh); err != nil {
				t.Fatalf("%s: %v", fresh, err)
			}
		}
		if err := change(password); !errors.Is(err, identity.ErrPasswordWeak) {
			t.Errorf("the fifth last comes back: %v", err)
		}
		if err := errors.Join(change("Sixth-20267"), change(password)); err != nil {
			t.Errorf("the sixth last may come back: %v", err)
		}

		w.clock.Advance(82*24*time.Hour + time.Minute)
		c := w.site(t)
		signIn(c, "clerk-a", password, "/account/logins").Status(303)
		c.Get("/account/logins").Status(200).MustNot("到期")
		w.clock.Advance(24 * time.Hour)
		signIn(c, "clerk-a", password, "/account/logins").Status(303)
		c.Get("/account/logins").Status(200).Must("还有7天", "上次登录：", "成功")
		w.clock.Advance(7 * 24 * time.Hour)
		signIn(c, "clerk-a", password, "/staff").Status(303)
		c.NoRedirect().Get("/staff").Status(303).Location("/account/password")
		c.Get("/account/password").Must("用满90天")
	})
}

// TestStaffSitInOnePlace: a second sign-in ends the first, which is told; people
// may be signed in at home and on the phone.
func TestStaffSitInOnePlace(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		w.staff(t, "clerk-a")
		if _, err := w.CreateAccount(asSystem, citizen); err != nil {
			t.Fatal(err)
		}
		first, second := w.site(t), w.site(t)
		signIn(first, "clerk-a", password, "/staff").Status(303)
		first.Get("/staff").Status(200)
		signIn(second, "clerk-a", password, "/staff").Status(303)
		first.Get("/staff").At("/login").Must("您的账号已在别处登录")
		second.Get("/staff").Status(200)

		phone, pc := w.site(t), w.site(t)
		signIn(phone, citizen.Name, password, "/mine").Status(303)
		signIn(pc, citizen.Name, password, "/mine").Status(303)
		phone.Get("/mine").Status(200)
		pc.Get("/mine").Status(200)
	})
}

// TestIdleSessionsEnd: half an hour for staff, ten minutes for administrators,
// counted from the last use.
func TestIdleSessionsEnd(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		for role, idle := range map[string]time.Duration{"window_clerk": 30 * time.Minute, "security_admin": 10 * time.Minute} {
			w := newWorld(d)
			w.staff(t, role, everywhere(role))
			c := w.site(t)
			signIn(c, role, password, "/staff").Status(303)
			for range 3 { // kept alive by use
				w.clock.Advance(idle - time.Minute)
				c.NoRedirect().Get("/staff").Status(200)
			}
			w.clock.Advance(idle + time.Second)
			c.NoRedirect().Get("/staff").Status(303)
		}
	})
}
