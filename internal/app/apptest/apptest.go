// Package apptest gives tests of pages the whole program over the sample city,
// as a browser meets it: every module real, the clock standing still.
//
//	s := apptest.New(t)
//	clerk := s.As("clerk-440232112209")
//	clerk.Get("/counter").Status(200).Must("待受理")
//
// The city is made once in a process and copied for each test, so that tests
// may do to it what they like.
package apptest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yimen/internal/app"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/webtest"
)

// Cases is how many sample cases the city has.
const Cases = 50

// Start is what the clock of the city says: Wednesday, 18 November 2026, 10:00
// in Beijing.
var Start = time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC)

// Site is the program with a city of its own.
type Site struct {
	*app.App
	Clock *clock.Fake
	t     testing.TB
}

// New gives a city that is like every other at the beginning.
func New(t testing.TB) *Site {
	t.Helper()
	from, err := made()
	if err != nil {
		t.Fatalf("apptest: make the sample city: %v", err)
	}
	return site(t, from, sqlite)
}

// Each runs fn as the subtests "sqlite" and, where tests may use PostgreSQL (see
// dbtest), "postgres", each in a city of its own.
func Each(t *testing.T, fn func(t *testing.T, s *Site)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, New(t)) })
	if !dbtest.HasPostgres() {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		from := filepath.Join(folder, "postgres") // its files
		url := dbtest.Copy(t, template, func(_ context.Context, url string) error { return fill(from, url) })
		fn(t, site(t, from, func(string) string { return url }))
	})
}

// site is the program over a copy of the city whose files are in a folder, and
// over the database for the copy.
func site(t testing.TB, from string, database func(dir string) string) *Site {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatalf("apptest: copy the sample city: %v", err)
	}
	s := &Site{t: t, Clock: clock.NewFake(Start)}
	var err error
	if s.App, err = open(dir, database(dir), s.Clock); err != nil {
		t.Fatalf("apptest: open the sample city: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func sqlite(dir string) string { return "sqlite:" + filepath.Join(dir, "yimen.db") }

func open(dir, database string, c clock.Clock) (*app.App, error) {
	return app.Open(context.Background(), app.Settings{
		Database: database, Files: "file://" + filepath.ToSlash(filepath.Join(dir, "files")),
		FilesKey: filepath.Join(dir, "files.key"), MakeKey: true, Demo: true, FewSeals: true, BaseURL: "http://yimen.test", Clock: c,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
}

// folder holds what a process makes once.
var (
	folder   = filepath.Join(os.TempDir(), fmt.Sprintf("yimen-apptest-%d", os.Getpid()))
	template = fmt.Sprintf("city_%d_%d", os.Getpid(), time.Now().UnixNano()) // of PostgreSQL's databases
)

// made makes the city once; every test copies it.
var made = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(folder, "sqlite")
	return dir, fill(dir, sqlite(dir))
})

// fill makes the city.
func fill(dir, database string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	a, err := open(dir, database, clock.NewFake(Start))
	if err != nil {
		return err
	}
	ctx := context.Background()
	err = a.Migrate(ctx)
	if err == nil {
		err = a.LoadCity(ctx, Cases)
	}
	if err == nil {
		err = a.Queue.Drain(ctx)
	}
	return errors.Join(err, a.Close())
}

// Main runs the tests of a package and then removes the city:
//
//	func TestMain(m *testing.M) { apptest.Main(m) }
func Main(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(folder)
	if err := dbtest.Drop(template); err != nil {
		fmt.Fprintln(os.Stderr, "apptest: remove the sample city:", err)
	}
	os.Exit(code)
}

// Anybody is a browser without a session.
func (s *Site) Anybody() *webtest.Client { s.t.Helper(); return webtest.New(s.t, s.Router) }

// As is a browser signed in as an account of the sample city.
func (s *Site) As(account string) *webtest.Client {
	s.t.Helper()
	c := s.Anybody()
	c.NoRedirect().PostForm("/demo/login", url.Values{"account": {account}, "next": {"/"}}).Status(303)
	return c
}

// Ctx is the context of an account's own act, without a browser.
func (s *Site) Ctx(account string) context.Context {
	s.t.Helper()
	a, err := s.Identity.Actor(context.Background(), account)
	if err != nil {
		s.t.Fatalf("apptest: account %s: %v", account, err)
	}
	return identity.With(context.Background(), a)
}

// System is the context of the program's own work.
func (s *Site) System() context.Context {
	return identity.With(context.Background(), identity.System("test"))
}

// Drain runs the jobs that are due.
func (s *Site) Drain() {
	s.t.Helper()
	if err := s.Queue.Drain(s.System()); err != nil {
		s.t.Fatalf("apptest: run jobs: %v", err)
	}
}
