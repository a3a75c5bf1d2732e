package identity_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
)

// asked counts the statements that it takes to know who an account is.
func (w world) asked(t *testing.T, account string) (identity.Actor, int) {
	t.Helper()
	n := 0
	a, err := w.Actor(db.Observe(context.Background(), func(db.Sent) { n++ }), account)
	if err != nil {
		t.Fatal(err)
	}
	return a, n
}

// lentTo is a delegation of the approver's, which nobody has authorised yet.
func (w world) lentTo(t *testing.T, deputy string) string {
	t.Helper()
	id, err := w.lend(w.as(t, "approver"), deputy, 0, 3, "approver")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// proposed is a mandate of the mother's to the son, which she has not confirmed yet.
func (f family) proposed(t *testing.T) identity.Mandate {
	t.Helper()
	x, err := f.ProposeMandate(f.as(t, "son"), f.ask())
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestWhoHasNothingLentIsReadByOneStatement: a second is asked only of those who
// have something of others, from the moment it stands to the one it ends.
func TestWhoHasNothingLentIsReadByOneStatement(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, id := bureauWorld(t, d)
		lent := w.lentTo(t, id["deputy"])
		for _, account := range []string{"deputy", "approver"} {
			if _, n := w.asked(t, account); n != 1 {
				t.Errorf("%s: %d statements", account, n)
			}
		}
		if err := w.AuthoriseDelegation(w.as(t, "head"), lent); err != nil {
			t.Fatal(err)
		}
		if a, n := w.asked(t, "deputy"); n != 2 || !a.Has("task.approve") {
			t.Errorf("the deputy: %d statements, %v", n, a.Grants)
		}
		if err := w.EndDelegation(w.as(t, "approver"), lent); err != nil {
			t.Fatal(err)
		}
		if a, _ := w.asked(t, "deputy"); a.Has("task.approve") {
			t.Error("ended, and counts at the next request")
		}
		w.clock.Advance(4 * 24 * time.Hour)
		if _, n := w.asked(t, "deputy"); n != 1 {
			t.Errorf("the deputy, when it is over: %d statements", n)
		}
	})
}

// TestWhoActsForNobodyIsReadByOneStatement: so is a person without a mandate, and
// an enterprise that nobody leads.
func TestWhoActsForNobodyIsReadByOneStatement(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		f := newFamily(t, d)
		x := f.proposed(t)
		for _, account := range []string{"son", "mother", "firm"} {
			if _, n := f.asked(t, account); n != 1 {
				t.Errorf("%s: %d statements", account, n)
			}
		}
		if _, err := f.ConfirmMandate(f.as(t, "mother"), x.ID); err != nil {
			t.Fatal(err)
		}
		if a, n := f.asked(t, "son"); n != 2 || len(a.Mandates) != 1 {
			t.Errorf("the son: %d statements, %v", n, a.Mandates)
		}
		if _, n := f.asked(t, "mother"); n != 1 {
			t.Errorf("the mother, who acts for nobody: %d statements", n)
		}
	})
}

// observed signs an account in; each call of what it gives asks for a page and
// says how many messages the database got for it.
func (w world) observed(t *testing.T, account string) func() (page *webtest.Page, messages int) {
	t.Helper()
	n := 0
	rt := w.router(func(rt *web.Router) {
		rt.Get("/lent", identity.SignedIn(), func(rw http.ResponseWriter, r *http.Request) error {
			a := identity.FromContext(r.Context())
			_, err := fmt.Fprintf(rw, "approves %t, mandates %d", a.Has("task.approve"), len(a.Mandates))
			return err
		})
	})
	c := webtest.New(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rt.ServeHTTP(rw, r.WithContext(db.Observe(r.Context(), func(s db.Sent) {
			if !s.Beside {
				n++
			}
		})))
	}))
	signIn(c, account, password, "/lent").Status(303)
	return func() (*webtest.Page, int) {
		n = 0
		return c.Get("/lent").Status(200), n
	}
}

// TestWhatIsLentTravelsWithTheSession: once it was asked for it is read in one
// message with the session; and it counts no longer than it stands, not for one
// request, whatever the process remembers.
func TestWhatIsLentTravelsWithTheSession(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		statement := 1 // messages that a second statement costs
		if d.Engine() == db.Postgres {
			statement = 0
		}
		w, id := bureauWorld(t, d)
		lent := w.lentTo(t, id["deputy"])
		f := newFamily(t, d)
		mandate := f.proposed(t)
		for _, x := range []struct {
			account, has, hasNot string
			begin, end           func() error
		}{
			{"deputy", "approves true", "approves false",
				func() error { return w.AuthoriseDelegation(w.as(t, "head"), lent) },
				func() error { return w.EndDelegation(w.as(t, "approver"), lent) }},
			{"son", "mandates 1", "mandates 0",
				func() error { _, err := f.ConfirmMandate(f.as(t, "mother"), mandate.ID); return err },
				func() error { _, err := f.EndMandate(f.as(t, "mother"), mandate.ID); return err }},
		} {
			ask := w.observed(t, x.account)
			expect := func(when, says string, messages int) {
				t.Helper()
				page, n := ask()
				if page.Must(says); n != messages {
					t.Errorf("%s, %s: %d messages, want %d", x.account, when, n, messages)
				}
			}
			expect("before", x.hasNot, 1)
			if err := x.begin(); err != nil {
				t.Fatal(err)
			}
			expect("at first", x.has, 2)
			expect("from then on", x.has, 1+statement)
			if err := x.end(); err != nil {
				t.Fatal(err)
			}
			expect("ended", x.hasNot, 1+statement)
		}
		w.clock.Advance(4 * 24 * time.Hour)
		ask := w.observed(t, "deputy")
		if _, n := ask(); n != 1 {
			t.Errorf("the deputy, when it is over: %d messages", n)
		}
	})
}

// TestWhatAnOlderReleaseLentCountsWithinTheHour: a process of the release before
// does not mark whom something is lent to.
func TestWhatAnOlderReleaseLentCountsWithinTheHour(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, id := bureauWorld(t, d)
		lent := w.lentTo(t, id["deputy"])
		f := newFamily(t, d)
		mandate := f.proposed(t)
		for table, of := range map[string]string{"identity_delegation SET decided_at": lent, "identity_mandate SET confirmed_at": mandate.ID} {
			if _, err := d.Conn(asSystem).Exec(asSystem, `UPDATE `+table+` = $2, state = 'active' WHERE id = $1`, of, w.clock.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if a, n := w.asked(t, "deputy"); n != 1 || a.Has("task.approve") {
			t.Fatal("marked already: this is no longer what the test is about")
		}
		if err := w.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		if a, _ := w.asked(t, "deputy"); !a.Has("task.approve") {
			t.Errorf("the deputy may %v", a.Grants)
		}
		if a, _ := f.asked(t, "son"); len(a.Mandates) != 1 {
			t.Errorf("the son acts under %v", a.Mandates)
		}
	})
}

// TestWhatWasLentBeforeTheMarkCounts: the migration marks whom something is lent
// to when it comes.
func TestWhatWasLentBeforeTheMarkCounts(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w, id := bureauWorld(t, d)
		lent := w.lentTo(t, id["deputy"])
		if err := w.AuthoriseDelegation(w.as(t, "head"), lent); err != nil {
			t.Fatal(err)
		}
		f := newFamily(t, d)
		x := f.proposed(t)
		if _, err := f.ConfirmMandate(f.as(t, "mother"), x.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Conn(asSystem).Exec(asSystem, `UPDATE identity_account SET lent_until = NULL`); err != nil {
			t.Fatal(err)
		}
		if a, _ := w.asked(t, "deputy"); a.Has("task.approve") {
			t.Fatal("counts without a mark: this is no longer what the test is about")
		}
		migration, err := os.ReadFile("migrations/202612020401_identity_lent.sql")
		if err != nil {
			t.Fatal(err)
		}
		_, marking, _ := strings.Cut(string(migration), "lent_until TIMESTAMP;")
		if _, err := d.Conn(asSystem).Exec(asSystem, marking); err != nil {
			t.Fatal(err)
		}
		if a, _ := w.asked(t, "deputy"); !a.Has("task.approve") {
			t.Errorf("the deputy may %v", a.Grants)
		}
		if a, _ := f.asked(t, "son"); len(a.Mandates) != 1 {
			t.Errorf("the son acts under %v", a.Mandates)
		}
		if _, n := w.asked(t, "approver"); n != 1 {
			t.Errorf("who has nothing of others: %d statements", n)
		}
	})
}
