package identity_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/events"
	"yimen/internal/kit/jobs"
	"yimen/workday"
)

// TestDelegationPage: asked on the page, authorised by the head on theirs; one's
// own is never authorised by oneself, one that has run out by nobody.
func TestDelegationPage(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, id := bureauWorld(t, d)
		today := workday.DateOf(w.clock.Now(), clock.Beijing)
		approver := w.site(t)
		signIn(approver, "approver", password, "/").Status(303)
		page := approver.Get("/office/delegations").Status(200)
		page.Form("#ask").Send().Status(422).Must("请选择受托人", "请至少选一个角色", "请写清为什么要委托")
		ask := func() {
			t.Helper()
			approver.Get("/office/delegations").Form("#ask").Fill("deputy", id["deputy"]).Fill("roles", "approver").Fill("from", today.String()).
				Fill("to", today.Add(1).String()).Fill("reason", "年休假").Send().Status(200).Must("已提出", "待授权")
		}
		ask()
		own, err := w.OwnDelegations(w.as(t, "approver"))
		if err != nil || len(own) != 1 {
			t.Fatalf("%d of one's own: %v", len(own), err)
		}
		approver.Get("/office/delegations").None("#decide")
		for _, who := range []string{"approver", "deputy"} {
			if err := w.AuthoriseDelegation(w.as(t, who), own[0].ID); !errors.Is(err, identity.ErrDelegationDenied) {
				t.Errorf("%s authorises their own: %v", who, err)
			}
		}
		head := w.site(t)
		signIn(head, "head", password, "/").Status(303)
		head.Get("/office/delegations").Must("年休假").Form("#decide form").Press("授权").Send().Status(200).Must("到期自动结束", "已授权")
		deputy := w.site(t)
		signIn(deputy, "deputy", password, "/").Status(303)
		deputy.Get("/office/delegations").Status(200).Must("approver", "年休假").Form("#own form").Press("提前结束").Send().Status(200).Must("已结束")
		ask()
		w.clock.Advance(72 * time.Hour)
		signIn(head, "head", password, "/").Status(303)
		head.Get("/office/delegations").Status(200).Must("没有待授权的")
		list, err := w.OwnDelegations(w.as(t, "approver"))
		if err != nil || len(list) != 2 {
			t.Fatalf("%d of one's own: %v", len(list), err)
		}
		if err := w.AuthoriseDelegation(w.as(t, "head"), list[0].ID); !errors.Is(err, identity.ErrDelegationOver) {
			t.Errorf("authorised after its last day: %v", err)
		}
	})
}

// TestBothSidesHearOfLentRights: when they are given, taken back and have run
// out, each once.
func TestBothSidesHearOfLentRights(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, id := bureauWorld(t, d)
		q, err := jobs.New(d, jobs.Options{Clock: w.clock, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		w.Events = events.New(q)
		var told []string
		events.Now(w.Events, "test", func(_ context.Context, e identity.DelegationChanged) error {
			if d, err := w.DelegationByID(asSystem, e.Delegation); err != nil || d.Delegator != id["approver"] || d.Deputy != id["deputy"] {
				t.Errorf("told of %+v, %v", d, err)
			}
			told = append(told, e.What)
			return nil
		})
		give := func() string {
			t.Helper()
			lent, err := w.lend(w.as(t, "approver"), id["deputy"], 0, 1, "approver")
			if err == nil {
				err = w.AuthoriseDelegation(w.as(t, "head"), lent)
			}
			if err != nil {
				t.Fatal(err)
			}
			return lent
		}
		if err := w.EndDelegation(w.as(t, "deputy"), give()); err != nil {
			t.Fatal(err)
		}
		give()
		sweep(t, w)
		w.clock.Advance(72 * time.Hour)
		sweep(t, w)
		sweep(t, w)
		if want := []string{"given", "ended", "given", "expired"}; !slices.Equal(told, want) {
			t.Errorf("told %s, want %s", strings.Join(told, " "), strings.Join(want, " "))
		}
		if _, err := w.DelegationByID(w.as(t, "third"), told[0]); !errors.Is(err, identity.ErrDelegationUnknown) {
			t.Errorf("anybody reads it: %v", err)
		}
	})
}
