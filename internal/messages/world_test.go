package messages

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/web"
	"yimen/internal/org"
)

var sources = []db.Source{audit.Migrations, web.Migrations, org.Migrations, identity.Migrations, Migrations}

// Wednesday, 18 November 2026, 10:00 in Beijing.
var start = time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC)

// gone is what a sender was asked to bring out, and what it answers.
type gone struct {
	mu   sync.Mutex
	sent []Outgoing
	err  error
}

func (g *gone) Send(_ context.Context, o Outgoing) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sent = append(g.sent, o)
	return "receipt-" + o.ID[:4], g.err
}

// world is the module with people, a clock that stands still, and senders that
// only remember.
type world struct {
	*Module
	t         *testing.T
	db        *db.DB
	clock     *clock.Fake
	queue     *jobs.Queue
	id        *identity.Module
	org       *org.Module
	sms, mail *gone
	system    context.Context
	villager  context.Context
	clerk     context.Context
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, db: d, clock: clock.NewFake(start), sms: &gone{}, mail: &gone{}}
	w.system = identity.With(context.Background(), identity.System("test"))
	var err error
	w.queue, err = jobs.New(d, jobs.Options{Clock: w.clock, Log: slog.New(slog.DiscardHandler)})
	w.must(err)
	log := audit.New(d, w.clock)
	w.id = identity.New(identity.Deps{DB: d, Clock: w.clock, Audit: log,
		Hash: &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}})
	w.org = org.New(org.Deps{DB: d})
	w.Module = New(Deps{DB: d, Clock: w.clock, Jobs: w.queue, Identity: w.id, Org: w.org, Audit: log, SMS: w.sms, Mail: w.mail, BaseURL: "https://yimen.test"})
	w.Workers(w.queue)
	w.villager = w.person("villager", identity.NewAccount{Kind: identity.KindPerson, DisplayName: "赵秀兰", IDType: "111",
		IDNo: "440232196503070024", Phone: "13812345678", Division: "440232112209"})
	w.clerk = w.person("clerk", identity.NewAccount{Kind: identity.KindStaff, DisplayName: "李建国", Staff: "s-1"})
	return w
}

func (w *world) person(name string, a identity.NewAccount) context.Context {
	w.t.Helper()
	a.Name = name
	_, err := w.id.CreateAccount(w.system, a)
	w.must(err)
	actor, err := w.id.Actor(w.system, name)
	w.must(err)
	return identity.With(context.Background(), actor)
}

func account(ctx context.Context) string { return identity.FromContext(ctx).Account }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// accepted is a notice about a case.
func accepted(to context.Context, key string) Notice {
	return Notice{To: account(to), Template: "case.accepted", Key: key, About: "2611180345712946", Link: "/my/cases/2611180345712946",
		Division: "440232000000", Vars: map[string]string{"item": "林木采伐许可证核发", "number": "2611180345712946",
			"agency": "乳源瑶族自治县林业局", "due": "2026年12月2日"}}
}

// delivered is a notice that the law does not require.
func delivered(to context.Context, key string) Notice {
	n := accepted(to, key)
	n.Template = "case.resumed"
	return n
}

func (w *world) drain() {
	w.t.Helper()
	w.must(w.queue.Drain(w.system))
}

func (w *world) unread(who context.Context, want int) {
	w.t.Helper()
	n, err := w.Unread(who)
	w.must(err)
	if n != want {
		w.t.Errorf("unread: %d, want %d", n, want)
	}
}

// states are the deliveries of a channel by state, from the rows, after the
// kept counts were found to say the same.
func (w *world) states(channel string) map[State]int {
	w.t.Helper()
	list, _, err := w.deliveries(w.system, Filter{Channel: channel}, db.Page{Limit: 200})
	w.must(err)
	found := map[State]int{}
	for _, d := range list {
		found[d.State]++
	}
	counts, err := w.counts(w.system)
	w.must(err)
	for _, s := range states {
		if counts[channel][s] != found[s] {
			w.t.Errorf("%s %s: counted %d, there are %d", channel, s, counts[channel][s], found[s])
		}
	}
	return found
}

func (w *world) refused(err, want error) {
	w.t.Helper()
	if !errors.Is(err, want) {
		w.t.Errorf("got %v, want %v", err, want)
	}
}
