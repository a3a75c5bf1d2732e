package identity_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// From asking to taking back: what stands is one version of a text, a new one
// asks again from its day on, and everything that was said stays on record.
func TestConsents(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		w.staff(t, "sys", everywhere("system_admin"))
		a := identity.Actor{Account: "a1", Name: "盘大山", Kind: identity.KindPerson, Person: "a1", Via: identity.ViaSession}
		me := identity.With(context.Background(), a)
		stands := func(want bool) {
			t.Helper()
			if got, err := w.Consented(me, "a1", identity.ConsentFace); err != nil || got != want {
				t.Fatalf("consent stands: %t, want %t (%v)", got, want, err)
			}
		}
		give := func(ctx context.Context, account, kind string, version int, channel string) error {
			return w.GiveConsent(ctx, account, kind, version, channel)
		}
		stands(false)
		for name, c := range map[string]struct {
			err  error
			want *errs.Error
		}{
			"another version":    {give(me, "a1", identity.ConsentFace, 2, identity.ConsentByWeb), identity.ErrConsentChanged},
			"no version":         {give(me, "a1", identity.ConsentFace, 0, identity.ConsentByWeb), identity.ErrConsentChanged},
			"somebody else's":    {give(me, "a2", identity.ConsentFace, 1, identity.ConsentByWeb), identity.ErrNoRight},
			"a text there isn't": {give(me, "a1", "soul", 1, identity.ConsentByWeb), identity.ErrConsentUnknown},
			"a channel":          {give(me, "a1", identity.ConsentFace, 1, "pigeon"), identity.ErrNoRight},
			"back of the terms":  {w.WithdrawConsent(me, identity.ConsentTerms), identity.ErrConsentKept},
			"back of nothing":    {w.WithdrawConsent(me, "soul"), identity.ErrConsentUnknown},
		} {
			if !errors.Is(c.err, c.want) {
				t.Errorf("%s: %v", name, c.err)
			}
		}
		for range 2 { // the second yes changes nothing
			if err := give(me, "a1", identity.ConsentFace, 1, identity.ConsentByWeb); err != nil {
				t.Fatal(err)
			}
		}
		stands(true)

		sys, tomorrow := w.as(t, "sys"), workday.DateOf(w.clock.Now(), clock.Beijing).Add(1)
		next := identity.ConsentText{Kind: identity.ConsentFace, Body: strings.Repeat("新的说明。", 10), BeginsOn: tomorrow}
		if err := w.PublishConsent(me, next); !errors.Is(err, identity.ErrNoRight) {
			t.Errorf("a citizen publishes: %v", err)
		}
		bad := next
		bad.Kind, bad.Body, bad.BeginsOn = "soul", "短", tomorrow.Add(-2)
		if err := w.PublishConsent(sys, bad); errs.KindOf(err) != errs.Invalid || len(errs.From(err).Fields) != 3 {
			t.Errorf("published with three faults: %v", err)
		}
		if err := w.PublishConsent(sys, next); err != nil {
			t.Fatal(err)
		}
		early := next
		early.BeginsOn = tomorrow.Add(-1)
		if err := w.PublishConsent(sys, early); errs.KindOf(err) != errs.Invalid {
			t.Errorf("before the version before: %v", err)
		}
		stands(true) // not before its day
		w.clock.Advance(24 * time.Hour)
		stands(false)
		if err := give(me, "a1", identity.ConsentFace, 2, identity.ConsentByWeb); err != nil {
			t.Fatal(err)
		}
		stands(true)
		if err := w.WithdrawConsent(me, identity.ConsentFace); err != nil {
			t.Fatal(err)
		}
		stands(false)
		list, err := w.Consents(me)
		if err != nil || len(list) != 2 || list[0].Version != 2 || list[0].WithdrawnAt == nil || list[1].WithdrawnAt == nil {
			t.Errorf("said: %+v, %v", list, err)
		}
		rows, _, err := audit.New(d, w.clock).Search(me, audit.Query{Object: "consent"}, db.Page{})
		if err != nil || len(rows) != 4 {
			t.Errorf("the audit has %d: %v", len(rows), err)
		}
	})
}

// The pages: a text for everybody, one's own with what taking back leads to, and
// the administrator's.
func TestPagesOfConsents(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		w.staff(t, "sys", everywhere("system_admin"))
		w.staff(t, "clerk")
		id, err := w.CreateAccount(asSystem, identity.NewAccount{Name: "dashan", Kind: identity.KindPerson, DisplayName: "盘大山", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.GiveConsent(asSystem, id, identity.ConsentFace, 1, identity.ConsentByWindow); err != nil {
			t.Fatal(err)
		}
		nobody := w.site(t)
		nobody.Get("/consents/face").Status(200).Must("人脸核验同意书", "第1版", "比完就丢掉")
		nobody.Get("/consents/face?version=7").Status(404)
		nobody.Get("/consents/soul").Status(404)
		nobody.NoRedirect().Get("/my/consents").Status(303)

		me := w.site(t)
		me.Get("/login").Form("main form").Fill("account", "dashan").Fill("password", password).Send().Status(200)
		page := me.Get("/my/consents").Status(200).Must("在窗口同意第1版", "到窗口核对身份证，一样能办", "已授权的应用", "还没有问过您")
		page.Form("#face form").Send().Status(200).Must("已撤回《人脸核验同意书》", "撤回。")
		me.Get("/my/consents").MustNot("在窗口同意第1版")
		me.PostForm("/my/consents/terms/withdraw", nil).Status(409)
		me.Get("/admin/consents").Status(403)

		sys := w.site(t)
		sys.Get("/login").Form("main form").Fill("account", "sys").Fill("password", password).Send()
		sys.Get("/admin/consents").Status(200).Must("服务条款", "现行").Form("#next").Fill("kind", "face").Fill("body", "短").Fill("begins_on", "2026-11-18").
			Send().Status(422).Must("20至5000个字", "短")
		sys.Get("/admin/consents").Form("#next").Fill("kind", "face").Fill("body", strings.Repeat("新的说明。", 10)).Fill("begins_on", "2026-11-18").
			Send().Status(200).Must("第2版", "已更新")
		nobody.Follow().Get("/consents/face").Must("第2版", "新的说明")
		if err := w.GiveConsent(asSystem, id, identity.ConsentFace, 1, identity.ConsentByWeb); !errors.Is(err, identity.ErrConsentChanged) {
			t.Errorf("the old version: %v", err)
		}
	})
}
