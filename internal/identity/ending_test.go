package identity_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/events"
	"yimen/internal/kit/jobs"
)

// TestSessionsEndedIsTold: another password and a stopped account tell that
// every session ended, in the same transaction.
func TestSessionsEndedIsTold(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		q, err := jobs.New(d, jobs.Options{Clock: clock.Real, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		m := identity.New(identity.Deps{DB: d, Hash: cheap, Events: events.New(q)})
		var told []identity.SessionsEnded
		var refusal error
		events.Now(m.Events, "test", func(_ context.Context, e identity.SessionsEnded) error {
			told = append(told, e)
			return refusal
		})
		ctx := identity.With(context.Background(), identity.System("test"))
		id, err := m.CreateAccount(ctx, identity.NewAccount{Name: "somebody", Kind: identity.KindPerson, DisplayName: "张三"})
		if err != nil {
			t.Fatal(err)
		}
		before, err := m.Actor(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.SetPassword(ctx, id, "Another-2026"); err != nil {
			t.Fatal(err)
		}
		if err := m.Disable(ctx, id); err != nil {
			t.Fatal(err)
		}
		if len(told) != 2 || told[0] != (identity.SessionsEnded{Account: id}) {
			t.Fatalf("told %+v", told)
		}
		refusal = errors.New("not now")
		if err := m.Enable(ctx, id); !errors.Is(err, refusal) {
			t.Fatalf("got %v", err)
		}
		if _, err := m.Actor(ctx, id); !errors.Is(err, identity.ErrAccountDisabled) {
			t.Fatalf("the change was kept although its listener failed: %v", err)
		}
		refusal = nil
		if err := m.Enable(ctx, id); err != nil {
			t.Fatal(err)
		}
		after, err := m.ByAccount(ctx, id)
		if err != nil || after.Epoch() == before.Epoch() {
			t.Fatalf("epoch %d, was %d, %v", after.Epoch(), before.Epoch(), err)
		}
	})
}

// TestTokensOfOtherModules: a bearer token with their prefix is theirs to read.
func TestTokensOfOtherModules(t *testing.T) {
	m := identity.New(identity.Deps{DB: dbtest.Open(t, sources), Hash: cheap})
	m.AcceptTokens("xx_", func(_ *http.Request, token string) (identity.Actor, error) {
		return identity.Actor{Account: "of " + token}, nil
	})
	seen := ""
	h := m.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = identity.FromContext(r.Context()).Account
	}))
	r := httptest.NewRequest(http.MethodGet, "/api/v1/cases", nil)
	r.Header.Set("Authorization", "Bearer xx_1")
	h.ServeHTTP(httptest.NewRecorder(), r)
	if seen != "of xx_1" {
		t.Errorf("it speaks for %q", seen)
	}
}
