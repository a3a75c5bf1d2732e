package presence

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"yimen/face/samples"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/org"
)

// schema is what the package and those it stands on need.
var schema = []db.Source{audit.Migrations, org.Migrations, identity.Migrations, Migrations}

// album is a register of two people, by the name of their account.
type album map[string]string

func (a album) Photo(_ context.Context, p identity.Person) ([]byte, error) {
	if name, ok := a[p.Name]; ok {
		return samples.Portrait(name), nil
	}
	return nil, ErrNoPhoto
}

type world struct {
	*Module
	clock *clock.Fake
	ctx   map[string]context.Context
	t     *testing.T
}

func newWorld(t *testing.T, d *db.DB, rules Rules) *world {
	t.Helper()
	c := clock.NewFake(time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC))
	log := audit.New(d, c)
	id := identity.New(identity.Deps{DB: d, Clock: c, Audit: log, Demo: true})
	w := &world{clock: c, ctx: map[string]context.Context{}, t: t,
		Module: New(Deps{DB: d, Clock: c, Identity: id, Audit: log, Model: model, Register: album{"甲": "a", "乙": "d"}, Rules: rules})}
	for _, name := range []string{"甲", "乙", "丙"} {
		_, err := id.CreateAccount(identity.With(context.Background(), identity.System("test")), identity.NewAccount{
			Name: map[string]string{"甲": "someone-a", "乙": "someone-b", "丙": "someone-c"}[name], Kind: identity.KindPerson, DisplayName: name})
		if err != nil {
			t.Fatal(err)
		}
		w.ctx[name] = w.as(map[string]string{"甲": "someone-a", "乙": "someone-b", "丙": "someone-c"}[name], "s1")
	}
	return w
}

func (w *world) as(account, session string) context.Context {
	w.t.Helper()
	a, err := w.Identity.Actor(context.Background(), account)
	if err != nil {
		w.t.Fatal(err)
	}
	a.Session = session
	return identity.With(context.Background(), a)
}

// try begins one and films somebody doing what it asks.
func (w *world) try(who, portrait string) (Try, []Shot) {
	w.t.Helper()
	t, err := w.Start(w.ctx[who])
	if err != nil {
		w.t.Fatal(err)
	}
	steps, film := asTold(t.Moves()...)
	return t, newShots(person(w.t, portrait), steps, film)
}

func (w *world) check(who string, t Try, list []Shot, want Reason) Outcome {
	w.t.Helper()
	out, err := w.Check(w.ctx[who], t.ID, list)
	if err != nil || out.Reason != want {
		w.t.Errorf("%s: %s at %.3f (%v), should be %s", who, out.Reason, out.Distance, err, want)
	}
	return out
}

// Who is meant passes, once; another does not; a film is not good twice; and nothing of the frames is kept.
func TestOnlyWhoIsMeantPasses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, Rules{})
		mine, film := w.try("甲", "a")
		if out := w.check("甲", mine, film, Passed); out.Distance <= 0 || out.Distance > DefaultDistance {
			t.Errorf("distance %f", out.Distance)
		}
		proofs, err := w.Identity.Proofs(w.ctx["甲"], mine.Account)
		if err != nil || len(proofs) != 1 || proofs[0].Method != identity.ByFace || proofs[0].Level != identity.LevelPresence ||
			!strings.Contains(proofs[0].Detail, model.Version()) || !strings.Contains(proofs[0].Detail, mine.ID) {
			t.Errorf("proofs %+v, %v", proofs, err)
		}
		if _, err := w.Check(w.ctx["甲"], mine.ID, film); !errors.Is(err, ErrTryGone) {
			t.Errorf("the same try twice: %v", err)
		}
		again, err := w.Start(w.ctx["甲"])
		if err != nil {
			t.Fatal(err)
		}
		w.check("甲", again, film, Replayed)

		other, theirs := w.try("乙", "a") // 乙's account, 甲's face
		if out := w.check("乙", other, theirs, NotAlike); out.Distance <= DefaultDistance {
			t.Errorf("distance %f", out.Distance)
		}
		unknown, film := w.try("丙", "e")
		w.check("丙", unknown, film, NoPicture)
		for _, who := range []string{"乙", "丙"} {
			a := identity.FromContext(w.ctx[who])
			if l, err := w.Identity.LevelOf(context.Background(), a.Account); err != nil || l != identity.LevelNone {
				t.Errorf("%s holds level %d, %v", who, l, err)
			}
		}
		entries, _, err := w.Audit.Search(context.Background(), audit.Query{Action: "face.check"}, db.Page{Limit: 10})
		if err != nil || len(entries) != 4 {
			t.Errorf("%d audited, %v", len(entries), err)
		}
		for _, e := range entries {
			if len(e.Detail) > 200 {
				t.Errorf("the audit says %q", e.Detail)
			}
		}
	})
}

// A try is bound to its account and session, ends after a minute, and is one of a few a day.
func TestTriesAreBound(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, Rules{Tries: 2})
		mine, err := w.Start(w.ctx["甲"])
		if err != nil {
			t.Fatal(err)
		}
		for name, ctx := range map[string]context.Context{"another account": w.ctx["乙"], "another session": w.as("someone-a", "s2")} {
			if _, err := w.Check(ctx, mine.ID, nil); !errors.Is(err, ErrTryGone) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Check(context.Background(), mine.ID, nil); !errors.Is(err, identity.ErrSignIn) {
			t.Errorf("nobody: %v", err)
		}
		w.clock.Advance(tryGood + time.Second)
		if _, err := w.Check(w.ctx["甲"], mine.ID, nil); !errors.Is(err, ErrTryGone) {
			t.Errorf("a minute later: %v", err)
		}
		first, err := w.Start(w.ctx["甲"])
		if err != nil {
			t.Fatal(err)
		}
		second, err := w.Start(w.ctx["甲"])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Check(w.ctx["甲"], first.ID, nil); !errors.Is(err, ErrTryGone) {
			t.Errorf("one that was replaced: %v", err)
		}
		w.check("甲", second, nil, TooFew)
		third, err := w.Start(w.ctx["甲"])
		if err != nil {
			t.Fatal(err)
		}
		w.check("甲", third, nil, TooFew)
		if _, err := w.Start(w.ctx["甲"]); !errors.Is(err, ErrTooOften) {
			t.Errorf("a third time: %v", err)
		}
		w.clock.Advance(24 * time.Hour)
		if _, err := w.Start(w.ctx["甲"]); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}

// Of two that come with one try one gets it; of more than there are cores the rest are told to come again.
func TestManyAtOnceAreTurnedAway(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, Rules{})
		mine, err := w.Start(w.ctx["甲"])
		if err != nil {
			t.Fatal(err)
		}
		for range cap(w.turns) {
			w.turns <- struct{}{}
		}
		if _, err := w.Check(w.ctx["甲"], mine.ID, nil); !errors.Is(err, ErrBusy) {
			t.Fatalf("all cores are at work: %v", err)
		}
		for range cap(w.turns) {
			<-w.turns
		}
		var group sync.WaitGroup
		var mu sync.Mutex
		got := map[string]int{}
		for range 4 {
			group.Go(func() {
				out, err := w.Check(w.ctx["甲"], mine.ID, nil)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					got[string(out.Reason)]++
				case errors.Is(err, ErrTryGone), errors.Is(err, ErrBusy):
					got["refused"]++
				default:
					t.Error(err)
				}
			})
		}
		group.Wait()
		if got[string(TooFew)] != 1 || got["refused"] != 3 {
			t.Errorf("%v", got)
		}
	})
}

func TestSweepForgets(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, Rules{})
		ctx := context.Background()
		if _, err := w.Start(w.ctx["甲"]); err != nil {
			t.Fatal(err)
		}
		if err := w.remember(ctx, []string{"h"}, w.now(ctx)); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(keepSeen + time.Minute)
		if known, err := w.known(ctx, []string{"h"}); err != nil || known {
			t.Errorf("a day later: %v, %v", known, err)
		}
		if err := w.Sweep(ctx); err != nil || w.rows() != "0 1" {
			t.Errorf("left %s, %v", w.rows(), err)
		}
		w.clock.Advance(keepTries)
		if err := w.Sweep(ctx); err != nil || w.rows() != "0 0" {
			t.Errorf("left %s, %v", w.rows(), err)
		}
	})
}

func (w *world) rows() string {
	w.t.Helper()
	var seen, tries int
	ctx := context.Background()
	if err := errors.Join(w.DB.Conn(ctx).Get(ctx, &seen, `SELECT COUNT(*) FROM assurance_face_seen`),
		w.DB.Conn(ctx).Get(ctx, &tries, `SELECT COUNT(*) FROM assurance_face_try`)); err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprint(seen, " ", tries)
}

func TestRulesHaveAnEdge(t *testing.T) {
	for rules, ok := range map[Rules]bool{{}: true, {Distance: 0.5}: true, {Distance: 0.51}: false, {Distance: -1}: false, {Tries: -1}: false} {
		if err := rules.Check(); (err == nil) != ok {
			t.Errorf("%+v: %v", rules, err)
		}
	}
}
