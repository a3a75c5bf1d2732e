package identity_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
)

// TestLevelsHoldAndEnd: the highest proof that holds counts; a later, lower
// proof takes nothing away; each ends in its time.
func TestLevelsHoldAndEnd(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		id, err := w.CreateAccount(asSystem, citizen)
		if err != nil {
			t.Fatal(err)
		}
		level := func(want identity.Level) {
			t.Helper()
			a, err := w.Actor(context.Background(), id)
			if err != nil || a.Level != want {
				t.Fatalf("level %d, %v; want %d", a.Level, err, want)
			}
			if l, err := w.LevelOf(context.Background(), id); err != nil || l != want {
				t.Fatalf("LevelOf %d, %v; want %d", l, err, want)
			}
		}
		prove := func(p identity.Proof) {
			t.Helper()
			p.Account = id
			if err := w.Prove(asSystem, p); err != nil {
				t.Fatal(err)
			}
		}
		level(0)
		prove(identity.Proof{Method: identity.ByRegister, Until: w.clock.Now().Add(48 * time.Hour)})
		level(2)
		prove(identity.Proof{Method: identity.ByCard, Until: w.clock.Now().Add(24 * time.Hour), By: "clerk"})
		level(3)
		prove(identity.Proof{Method: identity.BySMS})
		level(3)
		w.clock.Advance(25 * time.Hour)
		level(2)
		w.clock.Advance(25 * time.Hour)
		level(1)
		w.clock.Advance(366 * 24 * time.Hour)
		level(0)
		list, err := w.Proofs(asSystem, id)
		if err != nil || len(list) != 3 || list[0].Method != identity.BySMS || list[2].Level != identity.LevelRegister {
			t.Errorf("proofs %+v, %v", list, err)
		}
	})
}

func TestWhatProvesNothing(t *testing.T) {
	w := newWorld(dbtest.Open(t, sources))
	id, err := w.CreateAccount(asSystem, citizen)
	if err != nil {
		t.Fatal(err)
	}
	clerk := w.staff(t, "clerk-a")
	for name, p := range map[string]identity.Proof{
		"an unknown way":         {Account: id, Method: "gossip", Level: 3},
		"more than the way can":  {Account: id, Method: identity.BySMS, Level: identity.LevelPresence},
		"ended before it began":  {Account: id, Method: identity.BySMS, Until: w.clock.Now().Add(-time.Hour)},
		"a member of staff":      {Account: clerk, Method: identity.ByCard},
		"an account that is not": {Account: "nobody", Method: identity.ByCard},
	} {
		if err := w.Prove(asSystem, p); err == nil {
			t.Errorf("%s was proven", name)
		}
	}
	made := citizen
	made.Name, made.IDNo, made.Proofs = "citizen-x", "", []identity.Proof{{Method: identity.ByCard}}
	if _, err := w.CreateAccount(context.Background(), made); !errors.Is(err, identity.ErrMayNotManage) {
		t.Errorf("somebody brought a proof along: %v", err)
	}
}

// TestAtLeast: pages lead to the step-up page and back, the API tells the
// code, staff pass.
func TestAtLeast(t *testing.T) {
	w := newWorld(dbtest.Open(t, sources))
	if _, err := w.CreateAccount(asSystem, citizen); err != nil {
		t.Fatal(err)
	}
	w.staff(t, "clerk-a")
	c := w.siteWith(t, func(rt *web.Router) {
		ok := func(rw http.ResponseWriter, r *http.Request) error { _, err := rw.Write([]byte("in")); return err }
		rt.Get("/high", identity.AtLeast(2), ok)
		rt.Post("/high", identity.AtLeast(2), ok)
		rt.Get("/api/v1/high", identity.AtLeast(2), ok)
	})
	c.NoRedirect().Get("/high?a=1").Status(303).Location("/login?next=%2Fhigh%3Fa%3D1")
	signIn(c, citizen.Name, citizen.Password, "/").Status(303)
	c.NoRedirect().Get("/high?a=1").Status(303).Location("/verify?level=2&next=%2Fhigh%3Fa%3D1")
	c.NoRedirect().With("HX-Request", "true").Get("/high").Status(403)
	if p := c.Get("/api/v1/high").Status(403).Problem(); p.Code != "level_too_low" {
		t.Errorf("the API says %+v", p)
	}
	if err := w.Prove(asSystem, identity.Proof{Account: citizen.Name, Method: identity.ByRegister}); err != nil {
		t.Fatal(err)
	}
	c.Get("/high").Status(200).Must("in")
	if to := w.StepUp(3, "https://evil.example/"); to != "/verify?level=3&next=%2F" {
		t.Errorf("an address elsewhere is led to: %s", to)
	}
	staff := w.siteWith(t, func(rt *web.Router) {
		rt.Get("/high", identity.AtLeast(4), func(rw http.ResponseWriter, r *http.Request) error { return nil })
	})
	signIn(staff, "clerk-a", password, "/").Status(303)
	staff.Get("/high").Status(200)
}
