package portal_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yimen/city"
	"yimen/city/living"
	cityorg "yimen/city/org"
	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/events"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/kit/webtest"
	"yimen/internal/messages"
	"yimen/internal/org"
	"yimen/internal/portal"
	"yimen/internal/workflow"
	"yimen/workday"
)

var sources = []db.Source{web.Migrations, audit.Migrations, files.Migrations, org.Migrations, identity.Migrations,
	workflow.Migrations, catalogue.Migrations, cases.Migrations, messages.Migrations}

// Wednesday, 16 September 2026, 10:00 in Beijing.
var start = time.Date(2026, 9, 16, 2, 0, 0, 0, time.UTC)

const (
	village = "440232112209" // 大寮坑村, where citizen-1 lives
	county  = "440232000000"
)

// world is the portal over the real modules, with a clock that stands still.
type world struct {
	db        *db.DB
	clock     *clock.Fake
	org       *org.Module
	identity  *identity.Module
	workflow  *workflow.Module
	catalogue *catalogue.Module
	cases     *cases.Module
	store     *files.Store
	messages  *messages.Module
	portal    *portal.Module
	router    *web.Router
	system    context.Context
}

// newWorld wires the modules as the program does.
func newWorld(d *db.DB, dir string, demo bool) (*world, error) {
	w := &world{db: d, clock: clock.NewFake(start), system: identity.With(context.Background(), identity.System("test"))}
	log := slog.New(slog.DiscardHandler)
	queue, err := jobs.New(d, jobs.Options{Clock: w.clock, Log: log})
	if err != nil {
		return nil, err
	}
	w.store, err = files.Open(w.system, files.Options{URL: "file://" + filepath.ToSlash(dir) + "/files",
		KeyFile: filepath.Join(dir, "key"), CreateKey: true}, d, w.clock)
	if err != nil {
		return nil, err
	}
	trail, bus := audit.New(d, w.clock), events.New(queue)
	w.org = org.New(org.Deps{DB: d, Clock: w.clock, Audit: trail})
	w.identity = identity.New(identity.Deps{DB: d, Clock: w.clock, Log: log, Audit: trail, Demo: demo})
	calendar := func(ctx context.Context, division string) *workday.Calendar { return w.org.Calendar(ctx, division) }
	w.workflow = workflow.New(workflow.Deps{DB: d, Clock: w.clock, Events: bus, Agencies: agencies{w.org}, Accounts: w.identity, Calendar: calendar})
	w.catalogue = catalogue.New(catalogue.Deps{DB: d, Clock: w.clock, Org: w.org, Audit: trail,
		RegionOf: func(r *http.Request) string { return w.portal.RegionCode(r) }})
	w.cases = cases.New(cases.Deps{DB: d, Clock: w.clock, Events: bus, Org: w.org, Catalogue: w.catalogue,
		Workflow: w.workflow, Files: w.store, Accounts: w.identity, Rules: cases.Rules{AreaCode: "0751"}})
	w.cases.Workers(queue)
	w.messages = messages.New(messages.Deps{DB: d, Clock: w.clock, Jobs: queue, Identity: w.identity, SMS: messages.Outbox{}, Outbox: true})
	w.messages.Workers(queue)
	w.portal = portal.New(portal.Deps{Messages: w.messages, Cases: w.cases, Catalogue: w.catalogue, Org: w.org, Identity: w.identity, Store: w.store,
		Clock: w.clock, Demo: demo, Wizard: apply.Wizard{Cases: w.cases, Catalogue: w.catalogue, Org: w.org, Identity: w.identity,
			Store: w.store, Clock: w.clock}})
	w.router = web.NewRouter(web.Options{DB: d, Clock: w.clock, Log: log, Subject: identity.Subject,
		Site: ui.Site{RegionURL: "/region", SuggestURL: "/search/suggest"}, Region: w.portal.RegionName})
	w.router.Use(w.identity.Middleware)
	w.identity.Routes(w.router)
	w.catalogue.Routes(w.router)
	w.cases.Routes(w.router)
	w.portal.Routes(w.router)
	w.messages.Routes(w.router)
	return w, nil
}

// agencies answers workflow's questions about bodies.
type agencies struct{ org *org.Module }

func (x agencies) AgencyOf(ctx context.Context, dept string, level int, division string) (string, error) {
	a, err := x.org.CompetentAgency(ctx, dept, org.Level(level), division)
	return a.Code, err
}

func (x agencies) Place(ctx context.Context, agency string) (identity.Place, error) {
	a, err := x.org.Agency(ctx, agency)
	return identity.Place{Division: a.Division, Agency: a.Code, Dept: a.Dept}, err
}

// load makes the sample city with n cases.
func (w *world) load(n int) error {
	rows, err := cityorg.Rows()
	if err != nil {
		return err
	}
	people, err := cityorg.People()
	if err != nil {
		return err
	}
	definitions, err := city.Definitions()
	if err != nil {
		return err
	}
	if err := w.org.LoadCity(w.system, rows); err != nil {
		return err
	}
	return w.db.InTx(w.system, func(ctx context.Context) error {
		if err := w.identity.LoadDemo(ctx, w.org, people, "Yimen-2019"); err != nil {
			return err
		}
		if err := w.catalogue.LoadCity(ctx, definitions); err != nil {
			return err
		}
		if err := city.LoadSite(ctx, w.catalogue); err != nil {
			return err
		}
		life := living.City{DB: w.db, Org: w.org, Identity: w.identity, Catalogue: w.catalogue, Workflow: w.workflow, Cases: w.cases, Store: w.store}
		return life.Live(ctx, w.clock.Now(), n, people)
	})
}

var (
	shared   *world
	sharedDB sync.Once
	folder   string
)

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "portal"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if shared != nil {
		_, _ = shared.store.Close(), shared.db.Close()
	}
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// theCity is the sample city, made once for all tests: each test is somebody
// else in it.
func theCity(t testing.TB) *world {
	t.Helper()
	sharedDB.Do(func() {
		ctx := context.Background()
		d, err := db.Open(ctx, "sqlite:"+filepath.Join(folder, "city.db"), db.Options{})
		must(t, err)
		must(t, d.Migrate(ctx, sources))
		must(t, jobs.Migrate(ctx, d))
		w, err := newWorld(d, folder, true)
		must(t, err)
		must(t, w.load(80))
		shared = w
	})
	if shared == nil {
		t.Fatal("the sample city could not be made")
	}
	return shared
}

// bare is a world with nothing in it, on a database of its own.
func bare(t *testing.T, demo bool) *world {
	t.Helper()
	w, err := newWorld(dbtest.Open(t, sources), t.TempDir(), demo)
	must(t, err)
	t.Cleanup(func() { _ = w.store.Close() })
	return w
}

// as is a browser signed in as an account of the sample city.
func (w *world) as(t *testing.T, account string) *webtest.Client {
	t.Helper()
	c := webtest.New(t, w.router)
	c.Get("/demo").Status(200)
	c.NoRedirect().PostForm("/demo/login", map[string][]string{"account": {account}, "next": {"/my"}}).Location("/my")
	return c
}

// actor is the account as the modules know it.
func (w *world) actor(t *testing.T, account string) context.Context {
	t.Helper()
	a, err := w.identity.Actor(w.system, account)
	must(t, err)
	return identity.With(context.Background(), a)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (%s)", err, errs.From(err).Code)
	}
}
