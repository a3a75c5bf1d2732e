package identity_test

import (
	"context"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	cityorg "yimen/city/org"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/org"
)

var sources = []db.Source{audit.Migrations, web.Migrations, org.Migrations, identity.Migrations}

// asSystem is the program's own work.
var asSystem = identity.With(context.Background(), identity.System("test"))

const password = "Yimen-2026-Yao"

// cheap makes hashing fast; what is tested does not depend on its cost.
var cheap = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

type world struct {
	*identity.Module
	clock *clock.Fake
	db    *db.DB
}

func newWorld(d *db.DB) world {
	c := clock.NewFake(time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC))
	return world{identity.New(identity.Deps{DB: d, Clock: c, Audit: audit.New(d, c), Hash: cheap}), c, d}
}

// demoWorld has the sample city's organisation and accounts.
func demoWorld(t testing.TB, d *db.DB) world {
	t.Helper()
	w := newWorld(d)
	w.Module = identity.New(identity.Deps{DB: d, Clock: w.clock, Audit: audit.New(d, w.clock), Hash: cheap, Demo: true})
	o := org.New(org.Deps{DB: d, Clock: w.clock})
	rows, err := cityorg.Rows()
	if err != nil {
		t.Fatal(err)
	}
	people, err := cityorg.People()
	if err != nil {
		t.Fatal(err)
	}
	if err := o.LoadCity(asSystem, rows); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := w.LoadDemo(asSystem, o, people, password); err != nil {
		t.Fatal(err)
	}
	t.Logf("LoadDemo: %s", time.Since(start).Round(time.Millisecond))
	return w
}

// staff makes an account of staff and gives its id.
func (w world) staff(t *testing.T, name string, roles ...identity.RoleAt) string {
	t.Helper()
	id, err := w.CreateAccount(asSystem, identity.NewAccount{Name: name, Kind: identity.KindStaff, DisplayName: "测试员", Password: password, Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// as is a context in which the account asks.
func (w world) as(t *testing.T, account string) context.Context {
	t.Helper()
	a, err := w.Actor(context.Background(), account)
	if err != nil {
		t.Fatal(err)
	}
	return identity.With(context.Background(), a)
}

func everywhere(role string) identity.RoleAt {
	return identity.RoleAt{Role: role, At: identity.Reach{Everywhere: true}}
}
