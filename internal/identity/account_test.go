package identity_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

var citizen = identity.NewAccount{Name: "citizen-9", Kind: identity.KindPerson, DisplayName: "盘小妹", Division: "440232112209",
	IDType: "111", IDNo: "440232196411040017", Phone: "19900000009", Password: password}

func TestAccountsAreUnique(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		ctx := context.Background() // anybody may register themselves
		id, err := w.CreateAccount(ctx, citizen)
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.Person(ctx, id)
		if err != nil || p.IDNo != citizen.IDNo || p.Phone != citizen.Phone || p.Name != citizen.DisplayName {
			t.Errorf("person: %+v, %v", p, err)
		}
		again := citizen
		for _, name := range []string{"citizen-9", "CITIZEN-9", "ｃｉｔｉｚｅｎ-9"} {
			again.Name, again.IDNo = name, ""
			if _, err := w.CreateAccount(ctx, again); !errors.Is(err, identity.ErrAccountTaken) {
				t.Errorf("name %s: %v", name, err)
			}
		}
		again = citizen
		again.Name = "other"
		if _, err := w.CreateAccount(ctx, again); !errors.Is(err, identity.ErrIdentityTaken) {
			t.Errorf("same number: %v", err)
		}
		w.staff(t, "clerk-x")
		if _, err := w.Person(ctx, "clerk-x"); !errors.Is(err, identity.ErrAccountUnknown) {
			t.Errorf("staff as applicant: %v", err)
		}
	})
}

func TestAccountRefusals(t *testing.T) {
	w := newWorld(dbtest.Open(t, sources))
	for name, c := range map[string]struct {
		change func(*identity.NewAccount)
		want   error
		ctx    context.Context
	}{
		"short name":         {func(a *identity.NewAccount) { a.Name = "x" }, identity.ErrAccountInvalid, asSystem},
		"name like id":       {func(a *identity.NewAccount) { a.Name = db.NewID() }, identity.ErrAccountInvalid, asSystem},
		"blank in name":      {func(a *identity.NewAccount) { a.Name = "a b c" }, identity.ErrAccountInvalid, asSystem},
		"no kind":            {func(a *identity.NewAccount) { a.Kind = "" }, identity.ErrAccountInvalid, asSystem},
		"nameless":           {func(a *identity.NewAccount) { a.DisplayName = " " }, identity.ErrAccountInvalid, asSystem},
		"short password":     {func(a *identity.NewAccount) { a.Password = "Ab1-" }, identity.ErrPasswordWeak, asSystem},
		"dull password":      {func(a *identity.NewAccount) { a.Password = "abcdefgh1234" }, identity.ErrPasswordWeak, asSystem},
		"huge password":      {func(a *identity.NewAccount) { a.Password = strings.Repeat("Ab1-", 40) }, identity.ErrPasswordWeak, asSystem},
		"staff by nobody":    {func(a *identity.NewAccount) { a.Kind = identity.KindStaff }, identity.ErrMayNotManage, context.Background()},
		"roles of a citizen": {func(a *identity.NewAccount) { a.Roles = []identity.RoleAt{everywhere("approver")} }, identity.ErrAccountInvalid, asSystem},
		"two administrators": {func(a *identity.NewAccount) {
			a.Kind, a.Roles = identity.KindStaff, []identity.RoleAt{everywhere("audit_admin"), everywhere("system_admin")}
			a.Password = password
		}, identity.ErrThreeAdmins, asSystem},
	} {
		a := citizen
		c.change(&a)
		if _, err := w.CreateAccount(c.ctx, a); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLoginAndLockout(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		w.staff(t, "Clerk-A", identity.RoleAt{Role: "window_clerk", At: identity.Reach{Division: "440232112000", Exact: true}})
		login := func(name, pw string) error {
			_, err := w.Login(context.Background(), name, pw, "192.0.2.1")
			return err
		}
		a, err := w.Login(context.Background(), " clerk-a ", password, "192.0.2.1")
		if err != nil || a.Login != "Clerk-A" || !a.Has("case.accept") || a.Via != identity.ViaSession {
			t.Fatalf("%+v, %v", a, err)
		}
		for _, name := range []string{"clerk-a", "nobody"} { // no difference is told
			for range 4 {
				if err := login(name, "wrong"); !errors.Is(err, identity.ErrLogin) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		if err := login("clerk-a", password); err != nil { // forgets the four
			t.Fatal(err)
		}
		for _, name := range []string{"clerk-a", "nobody"} {
			for range 5 {
				_ = login(name, "wrong")
			}
			if err := login(name, password); !errors.Is(err, identity.ErrLocked) {
				t.Errorf("%s after five: %v", name, err)
			}
		}
		w.clock.Advance(14 * time.Minute)
		_ = login("clerk-a", "wrong") // does not lock for longer
		if err := login("clerk-a", password); !errors.Is(err, identity.ErrLocked) {
			t.Errorf("after 14 minutes: %v", err)
		}
		w.clock.Advance(time.Minute + time.Second)
		if err := login("clerk-a", password); err != nil {
			t.Errorf("after 15 minutes: %v", err)
		}
		if err := w.Disable(asSystem, "clerk-a"); err != nil {
			t.Fatal(err)
		}
		if err := login("clerk-a", password); !errors.Is(err, identity.ErrLogin) {
			t.Errorf("disabled: %v", err)
		}
		w.clock.Advance(time.Hour)
		if err := w.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		var left int
		if err := d.Conn(asSystem).Get(asSystem, &left, `SELECT COUNT(*) FROM identity_failure`); err != nil || left != 0 {
			t.Errorf("%d failures left, %v", left, err)
		}
	})
}

// TestNoNameIsToldByTheTimeItTakes: a wrong password costs one hash of the same
// kind, whoever's name it is given with, and nobody's.
func TestNoNameIsToldByTheTimeItTakes(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		w.staff(t, "clerk-a")
		w.staff(t, "clerk-off")
		if err := w.Disable(asSystem, "clerk-off"); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"clerk-a", "clerk-off", "nobody", "13912345678", ""} {
			before := w.Hashes()
			if _, err := w.Login(context.Background(), name, "wrong-1234", ""); !errors.Is(err, identity.ErrLogin) {
				t.Errorf("%q: %v", name, err)
			}
			if n := w.Hashes() - before; n != 1 {
				t.Errorf("%q costs %d hashes, want 1", name, n)
			}
		}
	})
}

// TestGuessesAllAtOnce: many guesses at the same moment do not get past the lock.
func TestGuessesAllAtOnce(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		w.staff(t, "clerk-a")
		var tried, locked int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				_, err := w.Login(context.Background(), "clerk-a", "wrong", "")
				mu.Lock()
				defer mu.Unlock()
				switch {
				case errors.Is(err, identity.ErrLogin):
					tried++
				case errors.Is(err, identity.ErrLocked), errors.Is(err, identity.ErrBusy):
					locked++
				default:
					t.Errorf("neither refused nor locked: %v", err)
				}
			})
		}
		wg.Wait()
		if tried < 5 || tried > 5+64 || locked == 0 {
			t.Errorf("%d guesses tried, %d locked", tried, locked)
		}
	})
}

func TestPasswordsAreNotStored(t *testing.T) {
	w := newWorld(dbtest.Open(t, sources))
	id := w.staff(t, "clerk-a")
	var hash string
	if err := w.db.Conn(asSystem).Get(asSystem, &hash, `SELECT password FROM identity_account WHERE id = $1`, id); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$") || strings.Contains(hash, password) {
		t.Errorf("stored: %s", hash)
	}
	if err := w.SetPassword(context.Background(), id, "Another-2026"); !errors.Is(err, identity.ErrMayNotManage) {
		t.Errorf("changed by a stranger: %v", err)
	}
	if err := w.SetPassword(w.as(t, id), id, "Another-2026"); err != nil {
		t.Errorf("changed by oneself: %v", err)
	}
	if _, err := w.Login(context.Background(), "clerk-a", "Another-2026", ""); err != nil {
		t.Error(err)
	}
}

func TestTokens(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(d), context.Background()
		id := w.staff(t, "clerk-a", identity.RoleAt{Role: "approver", At: identity.Reach{Agency: "440232-d11"}})
		token, err := w.Token(asSystem, "clerk-a", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		a, err := w.ByToken(ctx, token)
		if err != nil || a.Account != id || a.Via != identity.ViaToken || !a.Can("task.decide", identity.Place{Agency: "440232-d11"}) {
			t.Errorf("%+v, %v", a, err)
		}
		var kept int
		if err := d.Conn(ctx).Get(ctx, &kept, `SELECT COUNT(*) FROM identity_token WHERE hash = $1`, token); err != nil || kept != 0 {
			t.Error("the token itself is stored")
		}
		for _, bad := range []string{"", "ym_", token + "x", strings.TrimPrefix(token, "ym_")} {
			if _, err := w.ByToken(ctx, bad); !errors.Is(err, identity.ErrToken) {
				t.Errorf("token %q: %v", bad, err)
			}
		}
		w.clock.Advance(time.Hour)
		if _, err := w.ByToken(ctx, token); !errors.Is(err, identity.ErrToken) {
			t.Errorf("expired: %v", err)
		}
		token, _ = w.Token(w.as(t, id), id, time.Hour)
		if err := w.RevokeTokens(w.as(t, id), id); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ByToken(ctx, token); !errors.Is(err, identity.ErrToken) {
			t.Errorf("revoked: %v", err)
		}
		token, _ = w.Token(asSystem, id, time.Hour)
		if err := w.Disable(asSystem, id); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ByToken(ctx, token); !errors.Is(err, identity.ErrToken) {
			t.Errorf("disabled account: %v", err)
		}
		if _, err := w.Token(ctx, id, time.Hour); err == nil {
			t.Error("a stranger made a token")
		}
		if _, err := w.Token(asSystem, "clerk-a", time.Second); !errors.Is(err, identity.ErrTokenTTL) {
			t.Errorf("short lived: %v", err)
		}
	})
}

// TestThreeAdministratorsAtTheSameMoment gives two of the roles at once, again and again.
func TestThreeAdministratorsAtTheSameMoment(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		for i := range 10 {
			id := w.staff(t, "who-"+string(rune('a'+i)))
			var wg sync.WaitGroup
			for _, role := range []string{"system_admin", "security_admin", "audit_admin"} {
				wg.Go(func() {
					err := w.GrantRole(asSystem, id, role, identity.Reach{Everywhere: true})
					if err != nil && !errors.Is(err, identity.ErrThreeAdmins) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if held, err := w.Held(asSystem, id); err != nil || len(held) != 1 {
				t.Errorf("holds %+v, %v", held, err)
			}
		}
	})
}

func TestGrantsTakeEffectAtOnce(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, other := newWorld(d), newWorld(d) // two processes
		id := w.staff(t, "clerk-a")
		at := identity.Reach{Division: "440232000000", Dept: "D11"}
		for range 2 { // the second changes nothing
			if err := w.GrantRole(asSystem, id, "approver", at); err != nil {
				t.Fatal(err)
			}
		}
		if held, _ := w.Held(asSystem, id); len(held) != 1 {
			t.Errorf("held: %+v", held)
		}
		a, err := other.Actor(asSystem, id)
		if err != nil || !a.Can("task.sign", identity.Place{Division: "440232112000", Dept: "D11"}) ||
			a.Can("task.sign", identity.Place{Division: "440203000000", Dept: "D11"}) || a.Can("task.sign", identity.Place{Division: "440232112000"}) {
			t.Errorf("%+v, %v", a.Grants, err)
		}
		if err := w.Revoke(asSystem, id, "approver"); err != nil {
			t.Fatal(err)
		}
		if a, _ := other.Actor(asSystem, id); a.Has("task.sign") {
			t.Error("a revoked right is still there")
		}
		entries, _, err := audit.New(d, w.clock).Search(asSystem, audit.Query{Action: "grant.take"}, db.Page{})
		if err != nil || len(entries) != 1 || entries[0].ObjectID != id {
			t.Errorf("audit: %+v, %v", entries, err)
		}
		person, err := w.CreateAccount(asSystem, citizen)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			account, role string
			at            identity.Reach
			want          error
		}{
			"role":      {id, "king", at, identity.ErrRoleUnknown},
			"nowhere":   {id, "approver", identity.Reach{}, identity.ErrReach},
			"both":      {id, "approver", identity.Reach{Everywhere: true, Agency: "x"}, identity.ErrReach},
			"no code":   {id, "approver", identity.Reach{Division: "44"}, identity.ErrReach},
			"no place":  {id, "approver", identity.Reach{Division: "440232000000", On: "moon"}, identity.ErrReach},
			"exact":     {id, "approver", identity.Reach{Agency: "x", Exact: true}, identity.ErrReach},
			"a citizen": {person, "approver", at, identity.ErrRoleForStaff},
			"nobody":    {"nobody", "approver", at, identity.ErrAccountUnknown},
		} {
			if err := w.GrantRole(asSystem, c.account, c.role, c.at); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
