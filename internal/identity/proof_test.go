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

// TestAPhoneOpensOnceItIsProven: the account of a telephone is found once the
// number was proven, no longer when it was changed, and a family's all.
func TestAPhoneOpensOnceItIsProven(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		one, err := w.CreateAccount(asSystem, citizen)
		if err != nil {
			t.Fatal(err)
		}
		found := func(phone string, n int) {
			t.Helper()
			if list, err := w.AccountsByPhone(context.Background(), phone); err != nil || len(list) != n {
				t.Fatalf("%d accounts, %v; want %d", len(list), err, n)
			}
		}
		login := func(name string) error {
			_, err := w.Login(context.Background(), name, citizen.Password, "")
			return err
		}
		found(citizen.Phone, 0)
		if login(citizen.Phone) == nil {
			t.Error("a number nobody has proven is a name to sign in with")
		}
		if err := w.Prove(asSystem, identity.Proof{Account: one, Method: identity.BySMS}); err != nil {
			t.Fatal(err)
		}
		found(citizen.Phone, 1)
		if err := login(citizen.Phone); err != nil {
			t.Error(err)
		}
		two := citizen
		two.Name, two.IDNo = "citizen-10", ""
		two.Proofs = []identity.Proof{{Method: identity.BySMS}}
		if _, err := w.CreateAccount(asSystem, two); err != nil {
			t.Fatal(err)
		}
		found(citizen.Phone, 2)
		if login(citizen.Phone) == nil {
			t.Error("a number of two accounts opened one of them")
		}
		if err := w.SetContact(w.as(t, one), identity.Contact{Phone: "19900000123"}); err != nil {
			t.Fatal(err)
		}
		found(citizen.Phone, 1)
		found("19900000123", 0)
	})
}

// TestARaisedCostRehashes: a password hashed at another cost is hashed anew
// when its owner signs in, once.
func TestARaisedCostRehashes(t *testing.T) {
	d := dbtest.Open(t, sources)
	w := newWorld(d)
	w.staff(t, "clerk-a")
	dear := *cheap
	dear.Memory = 128
	later := identity.New(identity.Deps{DB: d, Clock: w.clock, Hash: &dear})
	for i, want := range []int64{2, 1} { // compared and hashed anew, then compared alone
		before := later.Hashes()
		if _, err := later.Login(context.Background(), "clerk-a", password, ""); err != nil {
			t.Fatal(err)
		}
		if n := later.Hashes() - before; n != want {
			t.Errorf("login %d took %d hashes, want %d", i+1, n, want)
		}
	}
}

// TestTooManyAtOnce: who comes when the queue is full is told so at once, and
// the others are served.
func TestTooManyAtOnce(t *testing.T) {
	d := dbtest.Open(t, sources)
	w := newWorld(d)
	w.staff(t, "clerk-a")
	slow := *cheap
	slow.Memory, slow.Iterations = 8*1024, 4
	m := identity.New(identity.Deps{DB: d, Clock: w.clock, Hash: &slow, HashQueue: 1})
	if _, err := m.Login(context.Background(), "clerk-a", password, ""); err != nil {
		t.Fatal(err)
	}
	const crowd = 60
	results := make(chan error, crowd)
	for range crowd {
		go func() {
			_, err := m.Login(context.Background(), "clerk-a", password, "")
			results <- err
		}()
	}
	in, busy := 0, 0
	for range crowd {
		switch err := <-results; {
		case err == nil:
			in++
		case errors.Is(err, identity.ErrBusy):
			busy++
		default:
			t.Fatal(err)
		}
	}
	if in == 0 || busy == 0 {
		t.Errorf("%d let in, %d sent away", in, busy)
	}
}
