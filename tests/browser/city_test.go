package browser_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"yimen/internal/app"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/web"
)

// sampleCases is how many cases the city begins with: lists have pages.
const sampleCases = 300

// Places of the stories.
const (
	theVillage = "440232112209" // 大寮坑村
	theTown    = "440232112000" // 游溪镇
	theCounty  = "440232000000" // 乳源瑶族自治县
)

// People of the stories.
const (
	villageClerk   = "clerk-" + theVillage
	villager       = "citizen-1"
	countyApprover = "approver-440232-d11"
	cityManager    = "manager-440200000000"
)

// engines are the databases a main story runs on.
var engines []string

// beforeStart is what stories add to the work in the background.
var beforeStart []func(*jobs.Queue)

// cities are the running programs by engine, in folders of a workshop.
var (
	cities   = map[string]*city{}
	workshop string
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	engines = []string{"sqlite"}
	if os.Getenv(postgresVar) != "" {
		engines = append(engines, "postgres")
	}
	var err error
	if workshop, err = os.MkdirTemp("", "yimen-browser-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(workshop)
	defer func() {
		for engine, c := range cities {
			if err := c.stop(); err != nil {
				fmt.Fprintf(os.Stderr, "stop the sample city on %s: %v\n", engine, err)
			}
		}
	}()
	if err := raise("sqlite"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// raise starts the city of an engine if nobody has yet: one story after the other asks.
func raise(engine string) error {
	if cities[engine] != nil {
		return nil
	}
	c, err := startCity(engine, filepath.Join(workshop, engine))
	if err != nil {
		return fmt.Errorf("start the sample city on %s: %w", engine, err)
	}
	cities[engine] = c
	return nil
}

// city is the program, running.
type city struct {
	*app.App
	URL    string
	stop   func() error
	System context.Context // of what a test looks up behind the pages
}

// startCity makes the sample city in dir and serves it on a port of its own.
func startCity(engine, dir string) (*city, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	database, drop := "sqlite:"+filepath.Join(dir, "yimen.db"), func() error { return nil }
	if engine == "postgres" {
		var err error
		if database, drop, err = createDatabase(); err != nil {
			return nil, err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, drop())
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, errors.Join(err, listener.Close(), drop())
	}
	address := "http://localhost:" + port // passkeys know a site by its name
	ctx, cancel := context.WithCancel(identity.With(context.Background(), identity.System("test")))
	a, err := app.Open(ctx, app.Settings{
		Database: database, Files: "file://" + filepath.ToSlash(filepath.Join(dir, "files")),
		FilesKey: filepath.Join(dir, "files.key"), MakeKey: true, Demo: true, FewSeals: true, BaseURL: address,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		cancel()
		return nil, errors.Join(err, listener.Close(), drop())
	}
	served := make(chan error, 1)
	stop := func() error {
		cancel()
		err := <-served
		late, done := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		defer done()
		return errors.Join(err, a.Queue.Stop(late), a.Close(), drop())
	}
	for _, prepare := range beforeStart {
		prepare(a.Queue)
	}
	err = errors.Join(a.Migrate(ctx), a.LoadCity(ctx, sampleCases), a.Queue.Start(ctx))
	if err != nil {
		served <- listener.Close()
		return nil, errors.Join(err, stop())
	}
	go func() { served <- web.Serve(ctx, web.Server("", a.Router), listener, 10*time.Second) }()
	return &city{App: a, URL: address, stop: stop, System: context.WithoutCancel(ctx)}, nil
}

// furnished waits until the seals of the sample are made, which goes on after
// the start.
func (c *city) furnished(t testing.TB) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		var left int
		must(t, c.DB.Conn(c.System).Get(c.System, &left, `SELECT COUNT(*) FROM river_job WHERE kind = 'seals.furnish' AND finalized_at IS NULL`))
		if left == 0 {
			return
		}
	}
	t.Fatal("the sample's seals were not made within two minutes")
}

// postgresVar names the PostgreSQL server that tests may use.
const postgresVar = "YIMEN_TEST_POSTGRES"

// createDatabase makes an empty database and gives the way to drop it.
func createDatabase() (address string, drop func() error, err error) {
	u, err := url.Parse(os.Getenv(postgresVar))
	if err != nil {
		return "", nil, fmt.Errorf("%s cannot be read as an address", postgresVar)
	}
	name := fmt.Sprintf("yimen_browser_%d_%s", os.Getpid(), db.NewID()[24:])
	if err := onServer("CREATE DATABASE " + name); err != nil {
		return "", nil, err
	}
	u.Path = "/" + name
	return u.String(), func() error { return onServer("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") }, nil
}

func onServer(statement string) error {
	d, err := sql.Open("pgx", os.Getenv(postgresVar))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err = d.ExecContext(ctx, statement)
	return errors.Join(err, d.Close())
}

// each runs a story on every database.
func each(t *testing.T, story func(t *testing.T, c *city)) {
	t.Helper()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			must(t, raise(engine))
			story(t, cities[engine])
		})
	}
}

// theCity is the one most stories share.
func theCity() *city { return cities["sqlite"] }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
