package identity_test

import (
	"context"
	"errors"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

func TestAccountLists(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := demoWorld(t, d)
		admin := w.as(t, "admin-system")
		list, _, err := w.Accounts(admin, identity.AccountQuery{Q: "CLERK-440232112209"}, db.Page{})
		if err != nil || len(list) != 1 || list[0].Outlet != "440232112209" || !list[0].Active() {
			t.Fatalf("by name: %+v, %v", list, err)
		}
		clerk := list[0]
		byName, _, err := w.Accounts(admin, identity.AccountQuery{Q: clerk.DisplayName, Kind: identity.KindStaff}, db.Page{Limit: 200})
		if err != nil || len(byName) == 0 {
			t.Errorf("by display name: %d, %v", len(byName), err)
		}
		if none, _, err := w.Accounts(admin, identity.AccountQuery{Q: "cler_-%"}, db.Page{}); err != nil || len(none) != 0 {
			t.Errorf("wildcards are text: %d, %v", len(none), err)
		}
		seen, page := map[string]bool{}, db.Page{Limit: 200}
		for {
			part, next, err := w.Accounts(admin, identity.AccountQuery{Kind: identity.KindStaff, Q: "approver-440232"}, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range part {
				if seen[a.ID] {
					t.Fatalf("%s is on two pages", a.Name)
				}
				seen[a.ID] = true
			}
			if page.After = next; next == "" {
				break
			}
		}
		if len(seen) < 100 {
			t.Errorf("%d approvers in the county", len(seen))
		}
		for _, who := range []string{"clerk-440232112209", "admin-audit", "citizen-1"} {
			if _, _, err := w.Accounts(w.as(t, who), identity.AccountQuery{}, db.Page{}); !errors.Is(err, identity.ErrMayNotManage) {
				t.Errorf("%s lists accounts: %v", who, err)
			}
		}
		if err := w.Disable(admin, clerk.ID); err != nil {
			t.Fatal(err)
		}
		if stopped, _, err := w.Accounts(admin, identity.AccountQuery{Disabled: true}, db.Page{}); err != nil || len(stopped) != 1 || stopped[0].Active() {
			t.Errorf("stopped: %+v, %v", stopped, err)
		}
		names, err := w.NamesOf(context.Background(), []string{clerk.ID, "nobody"})
		if err != nil || len(names) != 1 || names[clerk.ID] != clerk.DisplayName {
			t.Errorf("names: %v, %v", names, err)
		}
	})
}

// A village's task can be handed to its approver and to the clerk of its window.
func TestColleagues(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := demoWorld(t, d)
		list, err := w.Colleagues(w.as(t, "approver-440232112209"), "440232112209", "task.decide")
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, a := range list {
			names[a.Name] = true
		}
		if len(list) != 2 || !names["clerk-440232112209"] || !names["approver-440232112209"] {
			t.Errorf("colleagues who decide: %v", names)
		}
		if list, err = w.Colleagues(w.as(t, "approver-440232112209"), "440232112209", "task.review"); err != nil || len(list) != 1 {
			t.Errorf("colleagues who review: %v, %v", list, err)
		}
		if _, err := w.Colleagues(w.as(t, "citizen-1"), "440232112209", "task.review"); !errors.Is(err, identity.ErrNoRight) {
			t.Errorf("a citizen lists staff: %v", err)
		}
	})
}

func TestRevokeGrant(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		id := w.staff(t, "clerk-a", identity.RoleAt{Role: "window_clerk", At: identity.Reach{Division: "440232112000"}},
			identity.RoleAt{Role: "window_clerk", At: identity.Reach{Division: "440222000000"}})
		held, err := w.Held(context.Background(), id)
		if err != nil || len(held) != 2 {
			t.Fatalf("%+v, %v", held, err)
		}
		for range 2 { // again changes nothing
			if err := w.RevokeGrant(asSystem, id, held[0].ID); err != nil {
				t.Fatal(err)
			}
		}
		left, err := w.Held(context.Background(), id)
		if err != nil || len(left) != 1 || left[0].ID != held[1].ID {
			t.Errorf("left: %+v, %v", left, err)
		}
		if err := w.RevokeGrant(w.as(t, "clerk-a"), id, held[1].ID); !errors.Is(err, identity.ErrMayNotManage) {
			t.Errorf("without the right: %v", err)
		}
	})
}
